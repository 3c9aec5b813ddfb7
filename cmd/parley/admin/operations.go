// Package admin is what an operator does to a store: apps and users. The operations run on an engine, or through the
// admin listener of the server that has the store open; both are the same interface.
package admin

import (
	"context"
	"encoding/json"
	"time"
)

// Operations are the administration of one store. Their errors are *core.Fault, or tell that the server that has the
// store cannot be used.
type Operations interface {
	// Apps lists the apps in order of creation, with their secrets only if asked.
	Apps(ctx context.Context, secrets bool) ([]App, error)
	// AddApp creates an app. An empty key or secret is generated; a key that is taken is the fault Exists.
	AddApp(ctx context.Context, a App) (App, error)
	// ChangeApp changes an app's settings; what the change leaves out stays.
	ChangeApp(ctx context.Context, key string, c AppChange) (App, error)
	// RotateSecret gives an app a new secret and returns it.
	RotateSecret(ctx context.Context, key string) (App, error)
	// AddUser registers a user.
	AddUser(ctx context.Context, app string, u NewUser) (User, error)
	// Users lists limit users in order of registration, skipping offset.
	Users(ctx context.Context, app string, offset, limit int) (UserPage, error)
	// SetBanned bans the user with the given ID or UUID, or lifts the ban.
	SetBanned(ctx context.Context, app, address string, banned bool) (User, error)
}

// App is an app as operators see it.
type App struct {
	Key string `json:"key"`
	// Secret is empty where it was not asked for.
	Secret string `json:"secret,omitempty"`
	Name   string `json:"name,omitempty"`
	Zone   string `json:"zone,omitempty"`
	// Users is closed or open.
	Users    string                     `json:"users"`
	Dialects map[string]json.RawMessage `json:"dialects,omitempty"`
}

// AppChange names the settings of an app to change; nil leaves one as it is.
type AppChange struct {
	Name  *string `json:"name,omitempty"`
	Zone  *string `json:"zone,omitempty"`
	Users *string `json:"users,omitempty"`
	// Dialects holds members to set in each dialect's settings; null removes one.
	Dialects map[string]map[string]json.RawMessage `json:"dialects,omitempty"`
}

// NewUser is a user to register.
type NewUser struct {
	ID       string `json:"id,omitempty"`
	UUID     string `json:"uuid,omitempty"`
	Username string `json:"username,omitempty"`
	// Password is the digest of the clear password; see Digest.
	Password string `json:"password,omitempty"`
	// Role is user or admin; empty means user.
	Role string `json:"role,omitempty"`
}

// User is a user as operators see it.
type User struct {
	ID         string    `json:"id"`
	UUID       string    `json:"uuid"`
	Username   string    `json:"username,omitempty"`
	Role       string    `json:"role"`
	Banned     bool      `json:"banned"`
	Registered time.Time `json:"registered"`
}

// UserPage is one page of an app's users.
type UserPage struct {
	Users []User `json:"users"`
	Total int    `json:"total"`
}
