package load

import (
	"context"
	"math/rand/v2"

	"parley/core"
)

// plan is what all connections' sequences of requests have in common. It is read only.
type plan struct {
	workload Workload
	people   People
	weights  int
	members  *ranks
	contacts *ranks
	text     []byte // messages are pieces of it
}

// spareText is by how much the text is longer than a message: that many messages differ.
const spareText = 4096

func newPlan(w *Workload, people People) (*plan, error) {
	if err := w.Check(); err != nil {
		return nil, err
	}
	if err := people.check(w); err != nil {
		return nil, err
	}
	p := &plan{
		workload: *w, people: people, weights: w.Mix.sum(),
		members:  newRanks(len(people.Members), w.Skew),
		contacts: newRanks(people.contacts(w), w.Skew),
		text:     make([]byte, w.Size+spareText),
	}
	random := newRandom(w.Seed, 0)
	for i := range p.text {
		p.text[i] = byte('a' + random.IntN(26))
	}
	return p, nil
}

// newRandom returns the numbers of one sequence. They choose the load and protect nothing.
func newRandom(seed, sequence uint64) *rand.Rand {
	return rand.New(rand.NewPCG(seed, sequence)) //nolint:gosec // repeatable on purpose
}

// sequence is one connection's requests.
type sequence struct {
	plan   *plan
	random *rand.Rand
	to     []string // reused
}

func (p *plan) sequence(number int) *sequence {
	return &sequence{plan: p, random: newRandom(p.workload.Seed, uint64(number)+1)}
}

// request is one request. Its recipients are valid until the next one is drawn.
type request struct {
	op     Op
	member *Member
	to     []string // the peer, or the recipients
	text   []byte
	page   int
}

// next draws a request.
func (s *sequence) next() request {
	p := s.plan
	member := p.members.draw(s.random)
	r := request{op: p.workload.Mix.pick(s.random.IntN(p.weights)), member: &p.people.Members[member], page: p.workload.Page}
	contact, count := p.contacts.draw(s.random), 1
	if r.op == Bulk {
		count = p.workload.Recipients
	}
	s.to = s.to[:0]
	for i := range count {
		s.to = append(s.to, p.people.contact(member, (contact+i)%p.contacts.count))
	}
	r.to = s.to
	if r.op == Send || r.op == Bulk {
		at := s.random.IntN(spareText)
		r.text = p.text[at : at+p.workload.Size]
	}
	return r
}

// do sends the request and waits for the answer.
func (r *request) do(ctx context.Context) (err error) {
	m := r.member.Messenger
	switch r.op {
	case Send, Bulk:
		_, err = m.Send(ctx, core.Outgoing{To: r.to, Content: core.Content{Kind: core.KindText, Body: r.text}})
	case List:
		_, err = m.History(ctx, core.HistoryQuery{Peer: r.to[0], Limit: r.page})
	case Chats:
		_, err = m.Conversations(ctx, 0, r.page)
	case Mark:
		_, err = m.MarkRead(ctx, r.to[0], 0)
	case Unread:
		_, err = m.Unread(ctx)
	}
	return err
}
