package bench

import (
	"context"
	"fmt"
)

// The size of a measurement: users, those of them who are signed in, and the messages of each of their conversations.
const (
	userCount   = 1000
	memberCount = 64
	talkLength  = 40
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

// Prepare fills an empty store with users and conversations and returns the workloads on them. Each is tried once.
func (p *Parley) Prepare(ctx context.Context) ([]Workload, error) {
	all, err := p.addPeople(ctx, userCount, memberCount)
	if err != nil {
		return nil, err
	}
	if err := p.converse(ctx, all, talkLength); err != nil {
		return nil, err
	}
	workloads := all.workloads()
	for i := range workloads {
		body, err := p.call(workloads[i].Requests[0])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", workloads[i].Name, err)
		}
		workloads[i].Answer = len(body)
	}
	return workloads, nil
}

// workloads builds the requests. Messages go to users beyond the members, so that the lists stay as they are.
func (all *people) workloads() []Workload {
	ring := func(n int, build func(i int) []byte) [][]byte {
		requests := make([][]byte, n)
		for i := range requests {
			requests[i] = build(i)
		}
		return requests
	}
	members := len(all.tokens)
	others := len(all.users) - members - 1
	// 7919 is prime, so that all recipients get their turn with every sender.
	recipient := func(i int) string { return all.users[members+1+i*7919%others].UUID }
	peer := func(i int) string { return all.users[i%members+1].UUID }
	return []Workload{
		{Name: "phalapi send", Messages: 1, Requests: ring(requestRing, func(i int) []byte {
			return phalSend("", recipient(i))
		})},
		{Name: "phalapi send token", Messages: 1, Requests: ring(requestRing, func(i int) []byte {
			return phalSend(all.tokens[i%members], recipient(i))
		})},
		{Name: "yesapi send signed", Messages: 1, Requests: ring(requestRing, func(i int) []byte {
			return yesSend(all.users[i%members].UUID, all.sessions[i%members], recipient(i))
		})},
		{Name: "phalapi bulk 200", Messages: bulkSize, Requests: ring(members, func(i int) []byte {
			to := make([]string, bulkSize)
			for k := range to {
				to[k] = all.users[members+1+(i*13+k)%others].UUID
			}
			return phalBulkSend(to)
		})},
		{Name: "phalapi list 20", Messages: 20, Requests: ring(members, func(i int) []byte {
			return phalList(all.tokens[i%members], peer(i))
		})},
		{Name: "yesapi list 20", Messages: 20, Requests: ring(members, func(i int) []byte {
			return yesList(all.users[i%members].UUID, all.sessions[i%members], peer(i))
		})},
		{Name: "openim send", Messages: 1, Requests: ring(requestRing, func(i int) []byte {
			return openIMSend(all.admin, all.users[i%members].ID, all.users[members+1+i*7919%others].ID)
		})},
		{Name: "openim batch 200", Messages: bulkSize, Requests: ring(members, func(i int) []byte {
			to := make([]string, bulkSize)
			for k := range to {
				to[k] = all.users[members+1+(i*13+k)%others].ID
			}
			return openIMBatch(all.admin, all.users[i%members].ID, to)
		})},
		{Name: "openim pull 20", Messages: 20, Requests: ring(members, func(i int) []byte {
			return openIMPull(all.admin, all.users[i%members].ID, all.users[i%members+1].ID)
		})},
	}
}
