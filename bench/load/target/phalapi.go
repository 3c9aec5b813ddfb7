package target

import (
	"context"
	"errors"
	"strconv"

	"github.com/valyala/fasthttp"

	"parley/adapters/phalapi"
	"parley/bench/load"
	"parley/core"
)

// openPhalAPI applies for an access token for each user or, without credentials, takes the anonymous user as the only
// one who acts.
func openPhalAPI(ctx context.Context, o Options, address string, dial fasthttp.DialFunc, told func()) (load.People, error) {
	client, err := phalapi.NewClient(address, phalapi.ClientOptions{Dial: dial})
	if err != nil {
		return load.People{}, err
	}
	ids := o.ids()
	// Each is found out by the one after it, and all of them by the anonymous user.
	finder := func(int) core.Messenger { return client.As("") }
	var acting load.People
	if o.AppKey != "" {
		if len(ids) < 2 {
			return acting, errTooFew
		}
		acting, err = o.gather(ctx, len(ids), nil, func(ctx context.Context, n int) (load.Member, error) {
			token, err := client.Apply(ctx, o.AppKey, o.Secret, ids[n])
			return load.Member{Messenger: client.As(token)}, err
		})
		if err != nil {
			return acting, err
		}
		finder = func(n int) core.Messenger { return acting.Members[(n+1)%len(ids)].Messenger }
	}
	known, err := o.gather(ctx, len(ids), told, func(ctx context.Context, n int) (load.Member, error) {
		uuid, err := findUUID(ctx, finder(n), strconv.FormatInt(ids[n], 10))
		return load.Member{Address: uuid}, err
	})
	if err != nil {
		return acting, err
	}
	for n, m := range known.Members {
		if o.AppKey == "" {
			acting.Peers = append(acting.Peers, m.Address)
		} else {
			acting.Members[n].Address = m.Address
		}
	}
	if o.AppKey == "" {
		acting.Members = []load.Member{{Messenger: client.As("")}}
	}
	return acting, nil
}

var (
	errTooFew = errors.New("target: one user has nobody to talk to: there must be at least 2")
	errUnseen = errors.New("target: the message that was just sent is not in the list")
)

// findUUID finds out the UUID of the user with an ID: lists take nothing else. The only way is to send a message and to
// look it up.
func findUUID(ctx context.Context, m core.Messenger, id string) (string, error) {
	sent, err := m.Send(ctx, core.Outgoing{To: []string{id}, Content: core.Content{Kind: core.KindText, Body: []byte("bench")}})
	if err != nil {
		return "", err
	}
	const recent = 100 // others may be writing
	h, err := m.History(ctx, core.HistoryQuery{Limit: recent})
	if err != nil {
		return "", err
	}
	for _, message := range h.Messages {
		if message.ID == sent[0].ID {
			return message.Peer, nil
		}
	}
	return "", errUnseen
}

// ids are the IDs of the users.
func (o *Options) ids() []int64 {
	if len(o.UserIDs) > 0 {
		return o.UserIDs[:min(o.Users, len(o.UserIDs))]
	}
	ids := make([]int64, o.Users)
	for i := range ids {
		ids[i] = FirstUserID + int64(i)
	}
	return ids
}
