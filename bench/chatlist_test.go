package bench

import (
	"strconv"
	"testing"

	"parley/core"
)

// BenchmarkGetAllChatList measures the first page of the chat list through YesApi.
func BenchmarkGetAllChatList(b *testing.B) {
	for _, n := range sizes(b, 20, 100_000) {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			p := open(b, b.TempDir(), 0)
			users, err := p.addUsers(b.Context(), n)
			if err != nil {
				b.Fatal(err)
			}
			reader, session, err := p.signIn(b.Context(), core.NewUser{ID: "reader", Username: "reader"})
			if err != nil {
				b.Fatal(err)
			}
			if err := concurrently(n, func(i int) error { return p.sendTo(b.Context(), users[i], reader.UUID) }); err != nil {
				b.Fatal(err)
			}
			settle(b)
			run(b, p, [][]byte{yesChats(reader.UUID, session)}, 1, 1)
		})
	}
}
