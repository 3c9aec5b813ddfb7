package official

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The automaton agrees with looking for every word.
func TestAutomatonAgreesWithSearch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.StringOfN(rapid.SampledFrom([]rune("abé")), 1, 6, -1)
		words := rapid.SliceOfN(texts, 0, 12).Draw(t, "words")
		text := rapid.StringOfN(rapid.SampledFrom([]rune("abéc")), 0, 20, -1).Draw(t, "text")
		best := -1
		for i, word := range words {
			if strings.Contains(text, word) && (best < 0 || len(word) > len(words[best])) {
				best = i
			}
		}
		a := newAutomaton(words)
		if got := a.longest(text); got != best {
			t.Fatalf("%q in %q: %d, want %d", words, text, got, best)
		}
	})
}

// manyRules are rules with so many keywords in all, half of them fuzzy.
func manyRules(keywords int) (rules []*Rule) {
	draw := rand.New(rand.NewPCG(1, 2))
	for i := range keywords / 2 {
		words := make([]Keyword, 2)
		for j := range words {
			word := ""
			for range 2 + draw.IntN(6) {
				word += string(rune(0x4e00 + draw.IntN(2000)))
			}
			words[j].KeywordInput = KeywordInput{Content: word, Fuzzy: j == 1}
		}
		rules = append(rules, &Rule{Reply: Reply{ID: fmt.Sprint(i), Type: ReplyText}, Keywords: words})
	}
	return rules
}

func BenchmarkMatch(b *testing.B) {
	m := newMatcher(manyRules(1000))
	short := "请问你们明天的营业时间是几点到几点"
	for name, text := range map[string]string{"short": short, "long": strings.Repeat(short, 110)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				m.match(text)
			}
		})
	}
	// The worst for most algorithms: every place of the text begins nearly a whole keyword.
	var alike []*Rule
	for i := range 1000 {
		word := strings.Repeat("a", 400) + fmt.Sprint(i)
		alike = append(alike, &Rule{Keywords: []Keyword{{KeywordInput: KeywordInput{Content: word, Fuzzy: true}}}})
	}
	worst, text := newMatcher(alike), strings.Repeat("a", 2000)
	b.Run("worst", func(b *testing.B) {
		for b.Loop() {
			worst.match(text)
		}
	})
}

func BenchmarkBuildMatcher(b *testing.B) {
	rules := manyRules(1000)
	for b.Loop() {
		newMatcher(rules)
	}
}
