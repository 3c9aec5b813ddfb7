package main

import (
	"context"
	"errors"
	"net"
	"net/url"
	"time"

	"github.com/urfave/cli/v3"
	"github.com/valyala/fasthttp"

	"parley/adapters/openim"
	"parley/adapters/phalapi"
	"parley/adapters/wire/outside"
	"parley/adapters/yesapi"
	"parley/core"
	"parley/core/migrate"
)

// openLive opens a live platform as a source. Its name is looked up once, and leads to no address of this machine or of a
// private network unless that is allowed.
func (p *program) openLive(ctx context.Context, c *cli.Command, platform, rawURL string, zone *time.Location, natural bool) (migrate.Source, error) {
	u, err := url.Parse(rawURL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return nil, usagef("--from %s+%s: the platform is an http or https URL without a user", platform, rawURL)
	}
	secrets, err := p.readCredentials(c.String("credentials"))
	if err != nil {
		return nil, err
	}
	pinned, err := outside.Pin(ctx, nil, addressOfURL(u), c.Bool("allow-private"))
	if errors.Is(err, outside.ErrAddress) {
		return nil, usagef("%w; --allow-private lets it be", err)
	}
	if err != nil {
		return nil, err
	}
	o := migrate.LiveOptions{Name: liveName(platform, u.Host)}
	switch platform {
	case yesapi.Name:
		err = liveYesApi(ctx, &o, rawURL, &secrets, yesapi.ClientOptions{
			AppKey: secrets.AppKey, Secret: secrets.AppSecret, Zone: zone, Natural: natural, Dial: pinned.Dial,
		})
	case phalapi.Name:
		err = livePhalAPI(ctx, &o, rawURL, &secrets, phalapi.ClientOptions{Zone: zone, Natural: natural, Dial: pinned.Dial})
	case openim.Name:
		err = liveOpenIM(&o, rawURL, &secrets, pinned.Dial)
	default:
		err = usagef("there is no live platform %q; they are yesapi, phalapi and openim", platform)
	}
	return migrate.NewLive(o), err
}

// liveName names the migration from a host.
func liveName(platform, host string) string {
	name := platform + "-live:" + host
	return name[:min(len(name), core.MaxSource)]
}

// addressOfURL is the host and port that a client dials for a URL.
func addressOfURL(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = "443"
		if u.Scheme == "http" {
			port = "80"
		}
	}
	return net.JoinHostPort(u.Hostname(), port)
}

func liveYesApi(ctx context.Context, o *migrate.LiveOptions, rawURL string, secrets *credentials, options yesapi.ClientOptions) error {
	client, err := yesapi.NewClient(rawURL, options)
	if err != nil {
		return err
	}
	o.Directory, o.Readers = client.Directory(), make(map[string]migrate.Reader)
	for _, u := range secrets.Users {
		session := yesapi.Session{UUID: u.UUID, Token: u.Token}
		if u.Token == "" {
			if session, err = client.Login(ctx, u.Username, u.Password); err != nil {
				return err
			}
		}
		if err := addReader(o, session.UUID, client.As(session)); err != nil {
			return err
		}
	}
	if len(o.Readers) == 0 {
		return usagef("the platform shows a member's messages to nobody else: the credentials need users, each with uuid and token or username and password")
	}
	return nil
}

func livePhalAPI(ctx context.Context, o *migrate.LiveOptions, rawURL string, secrets *credentials, options phalapi.ClientOptions) error {
	client, err := phalapi.NewClient(rawURL, options)
	if err != nil {
		return err
	}
	o.Readers = make(map[string]migrate.Reader)
	for _, id := range secrets.UserIDs {
		token, err := client.Apply(ctx, secrets.AppKey, secrets.AppSecret, id)
		if err != nil {
			return err
		}
		m := client.As(token)
		history, err := m.History(ctx, core.HistoryQuery{Limit: 1})
		if err != nil {
			return err
		}
		if len(history.Messages) == 0 {
			continue // who has no messages has no address that the platform would show either
		}
		page, err := phalapiOwner(ctx, m, history.Messages[0].Peer)
		if err != nil {
			return err
		}
		if err := addReader(o, page, m); err != nil {
			return err
		}
	}
	if len(o.Readers) == 0 {
		return usagef("the platform lists no users: the credentials need user_ids")
	}
	return nil
}

// phalapiOwner finds out the address of a user, which only messages tell.
func phalapiOwner(ctx context.Context, m core.Messenger, peer string) (string, error) {
	t, ok := m.(core.Transcript)
	if !ok {
		return "", errors.ErrUnsupported
	}
	for after := int64(0); ; {
		page, err := t.Pull(ctx, core.Ref{Peer: peer}, after, 100)
		if err != nil {
			return "", err
		}
		for i := range page {
			if page[i].Own {
				return page[i].Sender, nil
			}
			after = page[i].ID
		}
		if len(page) == 0 {
			return "", core.NewFault(core.Unsupported, core.FieldUser, "the platform tells the address of a user only by what it has sent, and a user of the credentials has sent nothing")
		}
	}
}

func liveOpenIM(o *migrate.LiveOptions, rawURL string, secrets *credentials, dial fasthttp.DialFunc) error {
	client, err := openim.NewClient(rawURL, openim.ClientOptions{Secret: secrets.Secret, AdminUserID: secrets.AdminUser, Dial: dial})
	if err != nil {
		return err
	}
	o.Directory = client.Directory()
	o.As = func(u *core.User) migrate.Reader {
		reader, _ := client.As(u.ID).(migrate.Reader)
		return reader
	}
	return nil
}

func addReader(o *migrate.LiveOptions, address string, m core.Messenger) error {
	reader, ok := m.(migrate.Reader)
	if !ok {
		return errors.ErrUnsupported
	}
	o.Readers[address] = reader
	return nil
}
