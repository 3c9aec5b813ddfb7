package bench

import "parley/core"

// The sizes of the rings of requests and of the sends to many.
const (
	requestRing = 4096
	bulkSize    = 200
)

// Workload is a kind of request with prepared examples of it.
type Workload struct {
	Name string
	// Requests are raw HTTP requests to be sent in turn.
	Requests [][]byte
	// Answer is the length of the body of an answer.
	Answer int
	// Messages is how many messages a request sends or lists.
	Messages int
}

// ring returns n requests.
func ring(n int, build func(i int) []byte) [][]byte {
	requests := make([][]byte, n)
	for i := range requests {
		requests[i] = build(i)
	}
	return requests
}

// sends builds the requests that send. Messages go to users beyond the members, so that the lists stay as they are.
func (all *people) sends() []Workload {
	members := len(all.tokens)
	others := all.users[members+1:]
	// 7919 is prime, so that all recipients get their turn with every sender.
	recipient := func(i int) *core.User { return others[i*7919%len(others)] }
	recipients := func(i int) []*core.User {
		some := make([]*core.User, bulkSize)
		for k := range some {
			some[k] = others[(i*13+k)%len(others)]
		}
		return some
	}
	return []Workload{
		{Name: "phalapi send", Messages: 1, Requests: ring(requestRing, func(i int) []byte {
			return phalSend("", recipient(i).UUID)
		})},
		{Name: "phalapi send token", Messages: 1, Requests: ring(requestRing, func(i int) []byte {
			return phalSend(all.tokens[i%members], recipient(i).UUID)
		})},
		{Name: "yesapi send signed", Messages: 1, Requests: ring(requestRing, func(i int) []byte {
			return yesSend(all.users[i%members].UUID, all.sessions[i%members], recipient(i).UUID)
		})},
		{Name: "phalapi bulk 200", Messages: bulkSize, Requests: ring(members, func(i int) []byte {
			return phalBulkSend("", uuids(recipients(i)))
		})},
		{Name: "phalapi bulk 200 token", Messages: bulkSize, Requests: ring(members, func(i int) []byte {
			return phalBulkSend(all.tokens[i%members], uuids(recipients(i)))
		})},
		{Name: "openim send", Messages: 1, Requests: ring(requestRing, func(i int) []byte {
			return openIMSend(all.admin, all.users[i%members].ID, recipient(i).ID)
		})},
		{Name: "openim batch 200", Messages: bulkSize, Requests: ring(members, func(i int) []byte {
			to := make([]string, 0, bulkSize)
			for _, u := range recipients(i) {
				to = append(to, u.ID)
			}
			return openIMBatch(all.admin, all.users[i%members].ID, to)
		})},
	}
}

// lists builds the requests that list 20 messages, one for each conversation of the members.
func (all *people) lists() []Workload { return all.pages(" 20", pageSize) }

// firstLists builds lists whose every page is asked for as if for the first time: a conversation is asked for more pages in
// turn, of 20 messages on average, than the engine keeps.
func (all *people) firstLists() []Workload {
	return all.pages(" 20 first", pageSize, 16, 24, 17, 23, 18, 22, 19, 21)
}

const pageSize = 20

// pages builds lists of every conversation of the members in each of the lengths, one after the other.
func (all *people) pages(name string, lengths ...int) []Workload {
	members := len(all.tokens)
	talks := members * all.peers
	peer := func(i int) *core.User { return all.users[i%members+1+i%talks/members] }
	length := func(i int) int { return lengths[i/talks] }
	return []Workload{
		{Name: "phalapi list" + name, Messages: pageSize, Requests: ring(talks*len(lengths), func(i int) []byte {
			return phalList(all.tokens[i%members], peer(i).UUID, length(i))
		})},
		{Name: "yesapi list" + name, Messages: pageSize, Requests: ring(talks*len(lengths), func(i int) []byte {
			return yesList(all.users[i%members].UUID, all.sessions[i%members], peer(i).UUID, length(i))
		})},
		{Name: "openim pull" + name, Messages: pageSize, Requests: ring(talks*len(lengths), func(i int) []byte {
			return openIMPull(all.admin, all.users[i%members].ID, peer(i).ID, length(i))
		})},
	}
}
