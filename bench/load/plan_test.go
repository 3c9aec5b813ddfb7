package load

import (
	"slices"
	"strconv"
	"testing"
)

// crowd are members who only have addresses.
func crowd(n int) People {
	var p People
	for i := range n {
		p.Members = append(p.Members, Member{Address: strconv.Itoa(i)})
	}
	return p
}

func workload(mix Mix) Workload {
	return Workload{Mix: mix, Contacts: 4, Recipients: 1, Size: 8, Page: 20, Seed: 7}
}

func TestContactsAreMutualNeighbours(t *testing.T) {
	p := crowd(10)
	for member := range 10 {
		for rank := range 9 {
			contact := p.contact(member, rank)
			other, err := strconv.Atoi(contact)
			if err != nil || other == member {
				t.Fatalf("contact %d of %d is %q", rank, member, contact)
			}
			mutual := slices.ContainsFunc([]int{0, 1, 2, 3, 4, 5, 6, 7, 8}, func(back int) bool {
				return back/2 == rank/2 && p.contact(other, back) == strconv.Itoa(member)
			})
			if !mutual {
				t.Errorf("%d talks to %d, not the reverse", member, other)
			}
		}
	}
}

func TestBulkGoesToDifferentOthers(t *testing.T) {
	for name, people := range map[string]People{
		"members": crowd(6),
		"peers":   {Members: []Member{{Address: "me"}}, Peers: []string{"a", "b", "c", "d", "e"}},
	} {
		w := workload(Mix{Bulk: 1})
		w.Recipients = 5
		p, err := newPlan(&w, people)
		if err != nil {
			t.Fatal(err)
		}
		s := p.sequence(0)
		for range 50 {
			r := s.next()
			seen := slices.Sorted(slices.Values(r.to))
			if len(slices.Compact(seen)) != 5 || slices.Contains(r.to, r.member.Address) {
				t.Fatalf("%s: %s writes to %v", name, r.member.Address, r.to)
			}
		}
	}
}

func TestSequencesRepeatAndDiffer(t *testing.T) {
	draw := func(seed uint64, number int) (drawn []string) {
		w := workload(Mix{Send: 2, List: 1})
		w.Seed = seed
		p, err := newPlan(&w, crowd(50))
		if err != nil {
			t.Fatal(err)
		}
		s := p.sequence(number)
		for range 20 {
			r := s.next()
			drawn = append(drawn, r.op.String()+r.member.Address+">"+r.to[0]+string(r.text))
		}
		return drawn
	}
	if !slices.Equal(draw(1, 0), draw(1, 0)) {
		t.Error("the same seed gives another sequence")
	}
	if slices.Equal(draw(1, 0), draw(1, 1)) || slices.Equal(draw(1, 0), draw(2, 0)) {
		t.Error("connections or seeds give the same sequence")
	}
}

func TestSkew(t *testing.T) {
	const users, draws = 100, 20_000
	first := func(skew float64) int {
		random, r := newRandom(1, 1), newRanks(users, skew)
		count := 0
		for range draws {
			rank := r.draw(random)
			if rank < 0 || rank >= users {
				t.Fatalf("rank %d", rank)
			}
			if rank == 0 {
				count++
			}
		}
		return count
	}
	// Uniform: 1 %; Zipf over 100: 1/H(100) = 19 %.
	if n := first(0); n < draws/200 || n > draws/50 {
		t.Errorf("without skew the first is drawn %d times of %d", n, draws)
	}
	if n := first(1); n < draws*17/100 || n > draws*22/100 {
		t.Errorf("with all skew the first is drawn %d times of %d", n, draws)
	}
}

func TestWhatIsRefused(t *testing.T) {
	for name, change := range map[string]func(*Settings){
		"no connection":               func(s *Settings) { s.Connections = 0 },
		"too many connections":        func(s *Settings) { s.Connections = MaxConnections + 1 },
		"negative rate":               func(s *Settings) { s.Rate = -1 },
		"no duration":                 func(s *Settings) { s.Duration = 0 },
		"negative warm-up":            func(s *Settings) { s.Warmup = -1 },
		"no timeout":                  func(s *Settings) { s.Timeout = 0 },
		"negative requests":           func(s *Settings) { s.Requests = -1 },
		"skew above 1":                func(s *Settings) { s.Workload.Skew = 1.1 },
		"no contacts":                 func(s *Settings) { s.Workload.Contacts = 0 },
		"no text":                     func(s *Settings) { s.Workload.Size = 0 },
		"empty page":                  func(s *Settings) { s.Workload.Page = 0 },
		"no mix":                      func(s *Settings) { s.Workload.Mix = Mix{} },
		"bulk to one":                 func(s *Settings) { s.Workload.Mix[Bulk] = 1 },
		"several without bulk":        func(s *Settings) { s.Workload.Recipients = 2 },
		"more recipients than others": func(s *Settings) { s.Workload.Mix[Bulk], s.Workload.Recipients = 1, 3 },
	} {
		s := settings()
		change(&s)
		if _, err := Run(t.Context(), s, crowd(3), nil); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
	for name, people := range map[string]People{"nobody": {}, "one": crowd(1)} {
		if _, err := Run(t.Context(), settings(), people, nil); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}
