// Package phalapi speaks the protocol of the PhalApi framework as the APIUSB platform uses it: one entry, a service name
// in the parameters, and an envelope of ret, data and msg that always has HTTP status 200.
package phalapi

import (
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/valyala/fasthttp"

	"parley/adapters/wire"
	"parley/adapters/wire/php"
	"parley/core"
)

// Name is the dialect's name in settings, metrics and documents.
const Name = "phalapi"

// Options are the dialect's settings beside those of each app.
type Options struct {
	// App is the key of the app that answers calls without an access token. If it is empty and there is only one app, that
	// one does.
	App string
}

// Dialect serves PhalApi clients. It is safe for concurrent use.
type Dialect struct {
	house     wire.House
	options   Options
	endpoints []wire.Endpoint
	services  *php.Services
	recorders map[wire.Endpoint]wire.Recorder
	unknown   wire.Recorder
	faults    wire.FaultTable
	settings  wire.Settings[appSettings]
	stock     *appSettings
	parser    *jwt.Parser
	tokens    tokens
	exchanges sync.Pool
}

// New returns the dialect in front of house's engine. It fails if the settings of an app can not be read.
func New(house wire.House, options Options) (*Dialect, error) {
	body, recipients := house.Engine.Limits()
	d := &Dialect{
		house:     house,
		options:   options,
		endpoints: newTable(body, recipients).endpoints(),
		unknown:   house.Meter(Name, "unknown"),
		faults:    faults(),
		settings:  wire.Settings[appSettings]{Dialect: Name, Read: readSettings},
		stock:     stock(),
		parser: jwt.NewParser(
			jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}),
			jwt.WithExpirationRequired(),
			jwt.WithTimeFunc(house.Now),
		),
	}
	d.services = php.NewServices(d.endpoints, false)
	d.recorders = house.Meter.Recorders(Name, d.endpoints)
	if err := d.settings.Check(house.Engine.Apps()); err != nil {
		return nil, err
	}
	return d, nil
}

// Name implements wire.Dialect.
func (d *Dialect) Name() string { return Name }

// Endpoints implements wire.Dialect.
func (d *Dialect) Endpoints() []wire.Endpoint { return d.endpoints }

// entries are the platform's two entry scripts.
func entries() []string { return []string{"/api/platform", "/api/app"} }

// Routes implements wire.Dialect: each entry with and without its ending and a slash, because some client libraries
// append one, and with a path behind it for apps that take the service from there.
func (d *Dialect) Routes() []wire.Route {
	var routes []wire.Route
	for _, entry := range entries() {
		for _, ending := range []string{"", "/{path:*}", ".php", ".php/{path:*}"} {
			routes = append(routes, wire.Route{Path: entry + ending, Handle: d.Serve})
		}
	}
	return routes
}

// behindEntry returns the path after the entry script.
func behindEntry(path string) string {
	for _, entry := range entries() {
		if rest, ok := strings.CutPrefix(path, entry); ok {
			return strings.TrimPrefix(rest, ".php")
		}
	}
	return path
}

// tokenless returns the app that answers calls without a token, or nil.
func (d *Dialect) tokenless() *core.App {
	if d.options.App != "" {
		app, _ := d.house.Engine.App(d.options.App)
		return app
	}
	if apps := d.house.Engine.Apps(); len(apps) == 1 {
		return apps[0]
	}
	return nil
}

// Serve answers one request.
func (d *Dialect) Serve(ctx *fasthttp.RequestCtx) {
	start := time.Now()
	x, ok := d.exchanges.Get().(*exchange)
	if !ok {
		x = &exchange{dialect: d}
	}
	defer d.exchanges.Put(x)
	defer x.reset()
	x.start(ctx, start)
	code, recorder := x.run(ctx)
	recorder(time.Since(start), code)
}
