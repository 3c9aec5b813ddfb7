// Package target logs users in at the service that is put under load, through the client half of its dialect.
package target

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/valyala/fasthttp"

	"parley/adapters/openim"
	"parley/adapters/phalapi"
	"parley/adapters/yesapi"
	"parley/bench/load"
)

// Options say where the service is and who acts.
type Options struct {
	// URL is the service's address.
	URL string
	// Dialect is what it speaks.
	Dialect string
	// AppKey and Secret are the app's credentials. Without both, a PhalApi service sees its anonymous user. An OpenIM
	// service has a secret only.
	AppKey, Secret string
	// AdminUser is the administrator who acts for all users of an OpenIM service; empty means the platform's own.
	AdminUser string
	// Password is the clear password of the users that YesApi registers; empty derives one from Secret.
	Password string
	// UserIDs are the IDs of users who exist; PhalApi cannot register any. Empty means FirstUserID and what follows it,
	// for apps with open users.
	UserIDs []int64
	// Users is how many users act. It is not more than the UserIDs.
	Users int
	// Connections is how many connections are open at once, at the most.
	Connections int
	// AllowRemote permits a service that is not on this machine.
	AllowRemote bool
	// Dial replaces the network; nil means TCP.
	Dial fasthttp.DialFunc
}

// FirstUserID is the ID of the first user whom PhalApi apps with open users get to know.
const FirstUserID = 9_000_000_001

// MaxUsers is how many users act at the most.
const MaxUsers = 1_000_000

// Dialects lists the dialects that can be driven.
func Dialects() []string { return []string{openim.Name, phalapi.Name, yesapi.Name} }

// Operations lists what a dialect's services can be asked for.
func Operations(dialect string) []load.Op {
	if dialect == phalapi.Name {
		return []load.Op{load.Send, load.Bulk, load.List}
	}
	return load.Ops()
}

// Check reports what is wrong with the options, and a mix that the dialect cannot serve.
func (o *Options) Check(mix load.Mix) error {
	if !slices.Contains(Dialects(), o.Dialect) {
		return fmt.Errorf("the dialect must be one of %s", strings.Join(Dialects(), ", "))
	}
	for op, weight := range mix {
		if weight > 0 && !slices.Contains(Operations(o.Dialect), load.Op(op)) {
			return fmt.Errorf("%s offers no %v; it offers %v", o.Dialect, load.Op(op), Operations(o.Dialect))
		}
	}
	switch {
	case o.Users < 1 || o.Users > MaxUsers:
		return fmt.Errorf("the users must be from 1 to %d", MaxUsers)
	case o.Dialect == yesapi.Name && o.AppKey == "":
		return errors.New("yesapi needs an app key")
	case o.Dialect == yesapi.Name && o.Secret == "" && o.Password == "":
		return errors.New("yesapi needs the app's secret or, where requests are not signed, a password for the users")
	case o.Dialect != phalapi.Name && len(o.UserIDs) > 0:
		return fmt.Errorf("%s registers its own users and takes no IDs", o.Dialect)
	case o.Dialect == openim.Name && o.Secret == "":
		return errors.New("openim needs the server's secret")
	case o.Dialect == openim.Name && (o.AppKey != "" || o.Password != ""):
		return errors.New("openim has neither app keys nor passwords: the secret is all that it needs")
	case o.Dialect != openim.Name && o.AdminUser != "":
		return fmt.Errorf("%s has no administrators who act for others", o.Dialect)
	case o.Dialect == phalapi.Name && (o.AppKey == "") != (o.Secret == ""):
		return errors.New("phalapi needs the app key and the secret, or neither to act as the anonymous user")
	}
	_, err := o.address()
	return err
}

// address is the checked URL.
func (o *Options) address() (string, error) {
	u, err := url.Parse(o.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return "", fmt.Errorf("the target %q is no http or https URL", o.URL)
	}
	if !o.AllowRemote && o.Dial == nil && !isLoopback(u.Hostname()) {
		return "", fmt.Errorf("%s is not this machine: a load test looks like an attack to those who run it; if they agree, allow remote targets", u.Hostname())
	}
	if o.Dialect == phalapi.Name && strings.Trim(u.Path, "/") == "" {
		u.Path = phalapiEntry
	}
	return u.String(), nil
}

// phalapiEntry is the path of a PhalApi service whose URL has none.
const phalapiEntry = "/api/platform"

// loginTimeout bounds the logging in of one user. Passwords are slow on purpose, and many are checked at once.
const loginTimeout = time.Minute

// Open logs the users in. It calls told, if not nil, after each of them, from several goroutines at once.
func Open(ctx context.Context, o Options, told func()) (load.People, error) {
	address, err := o.address()
	if err != nil {
		return load.People{}, err
	}
	dial := o.dial()
	switch o.Dialect {
	case openim.Name:
		return openOpenIM(ctx, o, address, dial, told)
	case phalapi.Name:
		return openPhalAPI(ctx, o, address, dial, told)
	}
	return openYesAPI(ctx, o, address, dial, told)
}

// gather logs in count users.
func (o *Options) gather(ctx context.Context, count int, told func(), login func(context.Context, int) (load.Member, error)) (load.People, error) {
	members, err := load.Gather(ctx, count, min(o.Connections, maxLogins), func(ctx context.Context, n int) (load.Member, error) {
		ctx, cancel := context.WithTimeout(ctx, loginTimeout)
		defer cancel()
		m, err := login(ctx, n)
		if err == nil && told != nil {
			told()
		}
		return m, err
	})
	return load.People{Members: members}, err
}

// maxLogins is how many users log in at once.
const maxLogins = 16
