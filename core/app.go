package core

import (
	"encoding/json"
	"time"
)

// App is a tenant: its credentials, its settings, and the scope of its users and conversations. An *App handed out by the
// engine is a snapshot that nobody modifies.
type App struct {
	// Number is the app's place in the store, given once and never again.
	Number uint32 `json:"number"`
	// Key is the public name that clients send: 32 characters.
	Key string `json:"key"`
	// Secret signs requests and access tokens.
	Secret string `json:"secret"`
	// Name is for people.
	Name string `json:"name,omitempty"`
	// Zone is the IANA time zone in which dialects show wall clocks; empty means Asia/Shanghai.
	Zone string `json:"zone,omitempty"`
	// OpenUsers makes an address that is mentioned for the first time a user, for apps whose accounts live elsewhere.
	OpenUsers bool `json:"open_users,omitempty"`
	// Disabled refuses every call.
	Disabled bool `json:"disabled,omitempty"`
	// Dialects holds each dialect's own settings under the dialect's name. Core keeps them and does not read them.
	Dialects map[string]json.RawMessage `json:"dialects,omitempty"`

	location *time.Location
}

// DefaultZone is the time zone of apps that name none: the platforms' own.
const DefaultZone = "Asia/Shanghai"

// Location returns the app's time zone.
func (a *App) Location() *time.Location {
	if a.location == nil {
		return time.UTC
	}
	return a.location
}
