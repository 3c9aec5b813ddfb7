package official

import (
	"slices"
	"sort"
)

// automaton finds words inside a text in time proportional to the length of the text, however many words there are and
// whatever they look like (the algorithm is Aho and Corasick's).
type automaton struct {
	nodes []node
	words []string
}

// node stands for a beginning of a word.
type node struct {
	edges []edge // by byte
	// fail is the node of the longest proper end of this beginning that is itself one.
	fail int32
	// word is the longest word with which this beginning ends, -1 if there is none.
	word int32
}

type edge struct {
	by byte
	to int32
}

// child returns the node reached by a byte, or zero: the root is nobody's child.
func (n *node) child(by byte) int32 {
	if len(n.edges) == 1 { // nearly all nodes
		if n.edges[0].by == by {
			return n.edges[0].to
		}
		return 0
	}
	if i := sort.Search(len(n.edges), func(i int) bool { return n.edges[i].by >= by }); i < len(n.edges) && n.edges[i].by == by {
		return n.edges[i].to
	}
	return 0
}

// newAutomaton takes words that are not empty; among equal ones the first counts.
func newAutomaton(words []string) automaton {
	a := automaton{nodes: []node{{word: -1}}, words: words}
	for i, word := range words {
		a.add(word, int32(i))
	}
	queue := make([]int32, 0, len(a.nodes))
	for _, e := range a.nodes[0].edges {
		queue = append(queue, e.to)
	}
	for head := 0; head < len(queue); head++ {
		at := queue[head]
		for _, e := range a.nodes[at].edges {
			fail := a.next(a.nodes[at].fail, e.by)
			a.nodes[e.to].fail = fail
			if a.nodes[e.to].word < 0 {
				a.nodes[e.to].word = a.nodes[fail].word
			}
			queue = append(queue, e.to)
		}
	}
	return a
}

func (a *automaton) add(word string, index int32) {
	at := int32(0)
	for i := range len(word) {
		to := a.nodes[at].child(word[i])
		if to == 0 {
			to = int32(len(a.nodes))
			a.nodes = append(a.nodes, node{word: -1})
			edges := a.nodes[at].edges
			place := sort.Search(len(edges), func(j int) bool { return edges[j].by > word[i] })
			a.nodes[at].edges = slices.Insert(edges, place, edge{word[i], to})
		}
		at = to
	}
	if a.nodes[at].word < 0 {
		a.nodes[at].word = index
	}
}

// next returns the node after a byte.
func (a *automaton) next(at int32, by byte) int32 {
	for {
		if to := a.nodes[at].child(by); to != 0 {
			return to
		}
		if at == 0 {
			return 0
		}
		at = a.nodes[at].fail
	}
}

// longest returns the index of the longest word inside the text, of the first among those of one length, or -1.
func (a *automaton) longest(text string) int {
	best := -1
	at := int32(0)
	for i := range len(text) {
		at = a.next(at, text[i])
		word := int(a.nodes[at].word)
		if word < 0 || word == best {
			continue
		}
		if best < 0 || len(a.words[word]) > len(a.words[best]) || len(a.words[word]) == len(a.words[best]) && word < best {
			best = word
		}
	}
	return best
}
