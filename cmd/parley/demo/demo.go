// Package demo prepares an app with published credentials, in which the examples of the platforms' own documents work,
// and prints what to paste.
package demo

import (
	"context"
	"encoding/json"
	"errors"

	"parley/adapters/openim"
	"parley/cmd/parley/admin"
	"parley/core"
)

// The credentials of the demo app. They are no secret, which is why it is served on loopback only.
const (
	Key    = "0123456789ABCDEF0123456789ABCDEF"
	Secret = "yesapi-test-secrect-AbCdEfGh0123456789" //nolint:gosec // published on purpose

	// Anonymous is who acts where a PhalApi call carries no access token.
	Anonymous = "HTogSDnO9kHwjBVkv8La7eQ4ehI0BVhx"
	// Password is the clear password of the users who have a username.
	Password = "123456"
)

// ErrOtherApps reports a store that is in use: published credentials have no place there.
var ErrOtherApps = errors.New("the store holds other apps, and the demo's credentials are published; choose another --store")

// users are the accounts that the documents' examples mention.
func users() []core.NewUser {
	ext := []byte(`{"yesapi_avatar":"","nickname":"","age":"18"}`)
	digest := admin.Digest(Password)
	return []core.NewUser{
		{UUID: Anonymous},
		{UUID: "12345678123456781234567812345678"},
		{UUID: "8AEA2AF1951C0376EC668A74B8CAA64A", Username: "AB君", Password: digest, Ext: ext},
		{UUID: "5B1CA086F3E9E86F83354191AFB41E9E", Username: "dogstar", Password: digest, Ext: ext},
		{ID: "9948077346"},
		{ID: "9371245179"},
		{ID: "3473643418"},
		{ID: "6412123282"},
	}
}

// Prepare makes sure that the demo app and its users are there. What is there already stays as it is. A store that holds
// other apps and not this one is ErrOtherApps.
func Prepare(ctx context.Context, e *core.Engine) (*core.App, error) {
	app, ok := e.App(Key)
	if !ok {
		if len(e.Apps()) > 0 {
			return nil, ErrOtherApps
		}
		var err error
		app, err = e.PutApp(ctx, core.App{Key: Key, Secret: Secret, Name: "demo", Dialects: map[string]json.RawMessage{
			"phalapi": json.RawMessage(`{"anonymous_user":"` + Anonymous + `"}`),
			"yesapi":  json.RawMessage(`{"sign":"optional","auth":true}`),
			"openim":  json.RawMessage(`{"secret":"` + openim.DefaultSecret + `"}`),
		}})
		if err != nil {
			return nil, err
		}
	}
	for _, u := range users() {
		address := u.UUID
		if address == "" {
			address = u.ID
		}
		_, err := e.Find(ctx, app, address)
		if core.CodeOf(err) == core.NotFound {
			_, err = e.Register(ctx, app, u)
		}
		if err != nil {
			return nil, err
		}
	}
	return app, nil
}
