package core_test

import (
	"context"
	"math/rand/v2"
	"testing"

	"parley/core"
	"parley/storage/memory"
)

// runsSizes is how many others each of the first users talks with.
var runsSizes = [...]int{0, 1, 40, 700, 3000}

// peerOf returns one of those whom a user talks with; they are the same for all, so that conversations meet in one step.
func peerOf(i int) int { return len(runsSizes) + i }

// exchange lets one of the first users and those whom it talks with send to each other, while one transaction fails.
func exchange(t *testing.T, m *runsModel, random *rand.Rand, f fate) {
	t.Helper()
	user := 1 + random.IntN(len(runsSizes)-1)
	size := runsSizes[user]
	m.store.arm(random.IntN(4), f)
	switch random.IntN(4) {
	case 0: // to many, some of them twice, and to itself
		to := make([]int, 1+random.IntN(min(size, 1400)))
		for i := range to {
			to[i] = peerOf(random.IntN(size))
		}
		m.send(t, user, core.Direct, append(to, user)...)
	case 1:
		for range 1 + random.IntN(40) {
			m.send(t, peerOf(random.IntN(size)), core.Direct, user)
		}
	case 2: // what the sender announces is only in the lists of the others
		m.send(t, peerOf(random.IntN(size)), core.Notices, user, peerOf(random.IntN(size)))
	case 3:
		i := random.IntN(size)
		m.send(t, user, core.Direct, peerOf(i))
		m.send(t, peerOf(i), core.Direct, user)
		_, err := m.engine.Send(context.Background(), m.caller(user), core.Outgoing{To: []string{m.users[user].UUID}})
		wantCode(t, "a message to oneself", err, core.Conflict)
	}
	m.store.arm(0, f)
}

// checkSome checks everybody with few chats, and now and then those with many.
func checkSome(t *testing.T, m *runsModel, random *rand.Rand) {
	t.Helper()
	for user := range 3 {
		m.check(t, user, 1+random.IntN(20))
	}
	m.check(t, peerOf(random.IntN(40)), 10)
	switch random.IntN(4) {
	case 0:
		m.check(t, 3, 150+random.IntN(600))
	case 1:
		m.check(t, 4, 500+random.IntN(501))
	}
}

// Whichever transaction of the follower fails, whether it was committed or not, and whether the engine is opened anew
// before the next step or not, the chat lists are what a plain list of all messages says.
func TestChatListsSurviveEveryFailure(t *testing.T) {
	m := newRunsModel(t, memory.New(), len(runsSizes)+runsSizes[len(runsSizes)-1])
	random := rand.New(rand.NewPCG(1, 2))
	for user, size := range runsSizes {
		for from := 0; from < size; from += 1500 {
			var to []int
			for i := from; i < min(size, from+1500); i++ {
				to = append(to, peerOf(i))
			}
			m.send(t, user, core.Direct, to...)
		}
	}
	checkAll := func() {
		for user := range runsSizes {
			m.check(t, user, 700)
		}
	}
	checkAll()
	steps := []int{5, 300, 1 << 15}
	if testing.Short() {
		steps = steps[2:]
	}
	for _, f := range fates() {
		for k := 1; k <= 4; k++ {
			for _, step := range steps {
				for range 1 + random.IntN(4) {
					exchange(t, m, random, f)
				}
				m.store.arm(k, f)
				for n := 0; m.engine.Lag() > 0 && n < 5; n++ {
					if err := m.engine.FollowOnce(step); err != nil {
						checkSome(t, m, random)
						break
					}
				}
				m.store.arm(0, f)
				if random.IntN(2) == 0 {
					m.reopen(t)
					checkSome(t, m, random)
				}
				if random.IntN(3) == 0 { // what happens between a failure and the next step is in both
					exchange(t, m, random, f)
				}
				m.follow(t, 200+100*step)
				checkSome(t, m, random)
			}
		}
	}
	checkAll()
	m.reopen(t)
	checkAll()
}
