package openim

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"log/slog"
	"sync/atomic"

	"parley/adapters/wire"
	"parley/core"
)

// tenant is an app that speaks the dialect.
type tenant struct {
	app      *core.App
	settings *appSettings
	// shared tells that another app has the same secret: nobody can say whose a token is.
	shared bool
}

// tenants are the apps that speak the dialect, for one version of the engine's list of apps.
type tenants struct {
	of  []*core.App
	all []tenant
}

// directory finds apps by their secret: the platform's requests name no app.
type directory struct {
	engine   *core.Engine
	log      *slog.Logger
	settings wire.Settings[appSettings]
	current  atomic.Pointer[tenants]
}

// tenants returns the apps that speak the dialect now. Apps that are disabled or whose settings can not be read, which
// the checks of settings keep out, are none of them.
func (d *directory) tenants() *tenants {
	apps := d.engine.Apps()
	known := d.current.Load()
	// The engine replaces its list at every change and never writes into it.
	if known != nil && len(apps) == len(known.of) && (len(apps) == 0 || &apps[0] == &known.of[0]) {
		return known
	}
	known = &tenants{of: apps}
	for _, app := range apps {
		settings, err := d.settings.Of(app)
		switch {
		case err != nil:
			d.log.Error("an app is not served", slog.String("dialect", Name), slog.String("app", app.Key), slog.Any("error", err))
		case settings.spoken && !app.Disabled:
			known.add(tenant{app: app, settings: settings})
		}
	}
	d.current.Store(known)
	return known
}

func (t *tenants) add(one tenant) {
	for i := range t.all {
		if t.all[i].settings.digest == one.settings.digest {
			t.all[i].shared, one.shared = true, true
		}
	}
	t.all = append(t.all, one)
}

// check reads the settings of all apps. Two apps with one secret are an error.
func (d *directory) check() error {
	if err := d.settings.Check(d.engine.Apps()); err != nil {
		return err
	}
	all := d.tenants().all
	for i := range all {
		if all[i].shared {
			return fmt.Errorf("app %s: settings: another app has the same secret, and requests name their app by it", all[i].app.Key)
		}
	}
	return nil
}

// bySecret returns the app with the given secret. Every app's is compared, in constant time, so that the time taken tells
// nothing.
func (d *directory) bySecret(secret string) (*tenant, error) {
	digest := sha256.Sum256([]byte(secret))
	all := d.tenants().all
	var found *tenant
	for i := range all {
		if subtle.ConstantTimeCompare(all[i].settings.digest[:], digest[:]) == 1 {
			found = &all[i]
		}
	}
	switch {
	case found == nil:
		return nil, noPermission("secret invalid")
	case found.shared:
		return nil, sharedSecret()
	}
	return found, nil
}

// sharedSecret refuses a secret that does not tell whose it is.
func sharedSecret() error {
	return newRefusal(codeInternal, "ServerInternalError", "several apps have this secret; give each its own", core.Internal)
}
