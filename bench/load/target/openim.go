package target

import (
	"context"
	"fmt"

	"github.com/valyala/fasthttp"

	"parley/adapters/openim"
	"parley/bench/load"
	"parley/core"
)

// openOpenIM registers the users bench_0001 and so on unless they are there. They need no tokens: the administrator acts
// for them, as programs do on the platform.
func openOpenIM(ctx context.Context, o Options, address string, dial fasthttp.DialFunc, told func()) (load.People, error) {
	client, err := openim.NewClient(address, openim.ClientOptions{Secret: o.Secret, AdminUserID: o.AdminUser, Dial: dial})
	if err != nil {
		return load.People{}, err
	}
	return o.gather(ctx, o.Users, told, func(ctx context.Context, n int) (load.Member, error) {
		id := fmt.Sprintf("bench_%04d", n+1)
		err := client.Register(ctx, openim.Account{ID: id, Nickname: id})
		if core.CodeOf(err) == core.Exists {
			err = nil
		}
		return load.Member{Messenger: client.As(id), Address: id}, err
	})
}
