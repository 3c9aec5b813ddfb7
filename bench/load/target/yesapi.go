package target

import (
	"context"
	"crypto/hmac"
	"crypto/md5" //nolint:gosec // the platform's passwords travel as MD5
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/valyala/fasthttp"

	"parley/adapters/yesapi"
	"parley/bench/load"
	"parley/core"
)

// openYesAPI registers the users bench-0001 and so on unless they are there, and logs them in.
func openYesAPI(ctx context.Context, o Options, address string, dial fasthttp.DialFunc, told func()) (load.People, error) {
	client, err := yesapi.NewClient(address, yesapi.ClientOptions{AppKey: o.AppKey, Secret: o.Secret, Dial: dial})
	if err != nil {
		return load.People{}, err
	}
	password := o.digest()
	return o.gather(ctx, o.Users, told, func(ctx context.Context, n int) (load.Member, error) {
		name := fmt.Sprintf("bench-%04d", n+1)
		if _, err := client.Register(ctx, name, password); err != nil && core.CodeOf(err) != core.Exists {
			return load.Member{}, err
		}
		session, err := client.Login(ctx, name, password)
		if core.CodeOf(err) == core.Forbidden {
			err = fmt.Errorf("%s exists with another password, or is banned: %w", name, err)
		}
		return load.Member{Messenger: client.As(session), Address: session.UUID}, err
	})
}

// digest is the users' password as the platform's clients send it. Without a clear one it follows from the secret, so
// that the next run can log in and nobody else can.
func (o *Options) digest() string {
	if o.Password == "" {
		mac := hmac.New(sha256.New, []byte(o.Secret))
		mac.Write([]byte("password of bench users")) // never fails
		return hex.EncodeToString(mac.Sum(nil)[:md5.Size])
	}
	sum := md5.Sum([]byte(o.Password)) //nolint:gosec // see the import
	return hex.EncodeToString(sum[:])
}
