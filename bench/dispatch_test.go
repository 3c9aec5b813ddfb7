package bench

import (
	"strconv"
	"testing"

	"parley/core"
)

// BenchmarkDispatch measures one message to every one of a few or many chats, at the engine; an operation is a whole
// dispatch.
func BenchmarkDispatch(b *testing.B) {
	for _, n := range sizes(b, 1, bulkSize, 10_000) {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			p, users, sender := crowd(b, n)
			out := core.Outgoing{Content: core.Content{Kind: core.KindText, Body: []byte(messageText)}}
			for _, u := range users {
				out.To = append(out.To, u.UUID)
			}
			caller := core.Caller{App: p.App, User: sender}
			defer spend(b)()
			for b.Loop() {
				results, err := p.Engine.Dispatch(b.Context(), caller, out)
				if err != nil || len(results) != n || results[n-1].Err != nil {
					b.Fatal(len(results), err)
				}
			}
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "messages/s")
		})
	}
}
