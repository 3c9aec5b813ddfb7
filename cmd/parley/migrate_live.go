package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
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
	u, err := platformURL(platform, rawURL)
	if err != nil {
		return nil, err
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

// platformURL reads the URL of a live platform.
func platformURL(platform, rawURL string) (*url.URL, error) {
	u, err := url.Parse(rawURL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return nil, usagef("--from %s+%s: the platform is an http or https URL without a user", platform, rawURL)
	}
	return u, nil
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
	o.Directory, o.Readers, o.UUIDs = client.Directory(), make(map[string]migrate.Reader), true
	for i := range secrets.Users {
		m := &liveMember{client: client, login: secrets.Users[i]}
		if err := m.begin(ctx); err != nil {
			return err
		}
		o.Readers[m.session.UUID] = m
	}
	if len(o.Readers) == 0 {
		return usagef("the platform shows a member's messages to nobody else: the credentials need users, each with uuid and token or username and password")
	}
	return nil
}

// livePhalAPI opens a view for each user of the credentials. The address of a user is told by its messages only: who has
// none is not taken over.
func livePhalAPI(ctx context.Context, o *migrate.LiveOptions, rawURL string, secrets *credentials, options phalapi.ClientOptions) error {
	client, err := phalapi.NewClient(rawURL, options)
	if err != nil {
		return err
	}
	o.Readers, o.UUIDs = make(map[string]migrate.Reader), true
	var known accounts
	for _, id := range secrets.UserIDs {
		u := &liveUser{client: client, key: secrets.AppKey, secret: secrets.AppSecret, id: id}
		address, err := u.begin(ctx)
		if err != nil {
			return fmt.Errorf("the user %d of the credentials: %w", id, err)
		}
		if address != "" {
			o.Readers[address] = u
			known = append(known, &core.User{ID: strconv.FormatInt(id, 10), UUID: address})
		}
	}
	o.Directory = known
	if len(o.Readers) == 0 {
		return usagef("the platform lists no users: the credentials need user_ids, and one of them messages")
	}
	return nil
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
