package server

import (
	"log/slog"
	"time"

	"parley/adapters/openim"
	"parley/adapters/phalapi"
	"parley/adapters/wire"
	"parley/adapters/yesapi"
	"parley/cmd/parley/admin"
	"parley/cmd/parley/httpd"
	"parley/cmd/parley/settings"
	"parley/core"
	"parley/storage"
	"parley/storage/badger"
	"parley/storage/memory"
	"parley/storage/postgres"
)

// Engines are the storage engines of the program.
func Engines() storage.Engines {
	return storage.Engines{"badger": badger.Open, "memory": memory.Open, "postgres": postgres.Open, "postgresql": postgres.Open}
}

// AppChecks are the checks of apps' settings, by dialect.
func AppChecks() settings.AppChecks {
	return settings.AppChecks{
		phalapi.Name: phalapi.CheckSettings, yesapi.Name: yesapi.CheckSettings, openim.Name: openim.CheckSettings,
	}
}

// Dialects returns all dialects on the engine; without accounts that of the official accounts is not among them.
func Dialects(e *core.Engine, accounts *Accounts, s *settings.Settings, log *slog.Logger, meter wire.Meter, now func() time.Time) ([]wire.Dialect, error) {
	house := wire.House{Engine: e, Log: log, Meter: meter, Now: now}
	phal, err := phalapi.New(house, phalapi.Options{App: s.PhalAPI.App})
	if err != nil {
		return nil, err
	}
	yes, err := yesapi.New(house)
	if err != nil {
		return nil, err
	}
	open, err := openim.New(house)
	if err != nil {
		return nil, err
	}
	all := []wire.Dialect{phal, yes, open}
	if accounts != nil {
		wechat, err := accounts.dialect(house)
		if err != nil {
			return nil, err
		}
		all = append(all, wechat)
	}
	return all, nil
}

// sites divides the dialects between the listener that they share and, if alone is set, one that OpenIM has for itself.
// Where OpenIM is served, its way of answering unknown paths is the listener's: the others have none of their own.
func sites(dialects []wire.Dialect, alone bool) (shared, own httpd.Site) {
	for _, d := range dialects {
		open, ok := d.(*openim.Dialect)
		if !ok {
			shared.Dialects = append(shared.Dialects, d)
			continue
		}
		site := &shared
		if alone {
			site = &own
		}
		site.Dialects = append(site.Dialects, d)
		site.Fallback = open.Unknown
	}
	return shared, own
}

// HiddenSettings are the members of apps' settings that are secrets.
func HiddenSettings() []string { return []string{"static_signs", "secret"} }

// Operations administers an engine of this process.
func Operations(e *core.Engine) *admin.Local {
	return &admin.Local{Engine: e, Checks: AppChecks(), Hidden: HiddenSettings()}
}
