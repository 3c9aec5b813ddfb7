package bench

import (
	"strconv"
	"testing"

	"parley/core"
)

// BenchmarkSendGroup measures one more message to a group with few or many members, each of whom has it to read then.
func BenchmarkSendGroup(b *testing.B) {
	for _, n := range sizes(b, 10, 1000, 100_000) {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			p := open(b, b.TempDir(), 0)
			users, err := p.addUsers(b.Context(), n)
			if err != nil {
				b.Fatal(err)
			}
			operator := core.Caller{App: p.App, User: users[0], Privileged: true}
			if _, err := p.Engine.CreateGroup(b.Context(), operator, core.NewGroup{ID: "all", Name: "all", Owner: users[0].ID}); err != nil {
				b.Fatal(err)
			}
			members := make([]string, 0, n)
			for _, u := range users[1:] {
				members = append(members, u.ID)
			}
			if err := p.Engine.AddMembers(b.Context(), operator, "all", members); err != nil {
				b.Fatal(err)
			}
			settle(b)
			out := core.Outgoing{Content: core.Content{Kind: core.KindText, Body: []byte(messageText)}, Seen: true}
			sender := core.Caller{App: p.App, User: users[n-1]}
			b.SetParallelism(128)
			defer spend(b)()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if _, err := p.Engine.SendToGroup(b.Context(), sender, "all", out); err != nil {
						b.Error(err)
						return
					}
				}
			})
		})
	}
}
