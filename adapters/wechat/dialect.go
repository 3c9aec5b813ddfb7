// Package wechat speaks the REST protocol of the Odaesan platform for official accounts: JSON in an envelope that has HTTP
// status 200 whatever happens, under /v1, and beside it what the accounts' own platform and their readers ask for.
package wechat

import (
	"crypto/sha256"
	"errors"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/valyala/fasthttp"

	"parley/adapters/wire"
	"parley/core/official"
)

// Name is the dialect's name in settings, metrics and documents.
const Name = "wechat"

// Options are what the dialect is built from beside the house.
type Options struct {
	// Official is the accounts and their data.
	Official *official.Service
	// Background does what needs the platform's official API.
	Background Background
	// App is the key of the app that the accounts belong to: its zone is that of dates.
	App string
	// APIKey, unless it is empty, must be sent with every call below /v1. Without it those calls are answered only to
	// clients that address this machine by localhost or a loopback address, and the dialect must listen on loopback only.
	APIKey string
	// OriginalShapes gives the answers of the original server where its document says something else.
	OriginalShapes bool
	// MirrorStatus repeats the code of an envelope as the HTTP status.
	MirrorStatus bool
	// LenientUploads takes files with endings that the platform refuses although it could use them, and CheckedUploads refuses
	// files that are not what their name says.
	LenientUploads, CheckedUploads bool
	// BaseURL is where the world reaches this server: an http or https URL.
	BaseURL string
}

// Dialect serves clients of the platform. It is safe for concurrent use.
type Dialect struct {
	house     wire.House
	options   Options
	key       [sha256.Size]byte
	base      address
	endpoints []wire.Endpoint
	paths     node
	roots     []string
	unknown   wire.Recorder
	faults    wire.FaultTable
	exchanges sync.Pool
}

// New returns the dialect in front of the accounts of options.
func New(house wire.House, options Options) (*Dialect, error) {
	if options.Official == nil || options.Background == nil {
		return nil, errors.New("wechat: the dialect needs accounts and what works for them in the background")
	}
	base, err := url.Parse(options.BaseURL)
	if err != nil || base.Scheme != "http" && base.Scheme != "https" || base.Host == "" || base.RawQuery != "" {
		return nil, errors.New("wechat: the base URL must be an http or https URL")
	}
	d := &Dialect{
		house: house, options: options,
		key:       sha256.Sum256([]byte(options.APIKey)),
		base:      address(strings.TrimRight(options.BaseURL, "/")),
		endpoints: newTable(options.OriginalShapes, newUploads(options.LenientUploads, options.CheckedUploads)).endpoints(),
		unknown:   house.Meter(Name, "unknown"),
		faults:    faults(),
	}
	recorders := house.Meter.Recorders(Name, d.endpoints)
	for _, endpoint := range d.endpoints {
		p := newPlace(endpoint, recorders[endpoint])
		if err := d.paths.add(p); err != nil {
			return nil, err
		}
		d.addRoot(p)
	}
	return d, nil
}

// addRoot notes the first segment of a place's path.
func (d *Dialect) addRoot(p *place) {
	root, _, _ := strings.Cut(p.path[1:], "/")
	if !slices.Contains(d.roots, root) {
		d.roots = append(d.roots, root)
	}
}

// Name implements wire.Dialect.
func (d *Dialect) Name() string { return Name }

// Endpoints implements wire.Dialect.
func (d *Dialect) Endpoints() []wire.Endpoint { return d.endpoints }

// Routes implements wire.Dialect: everything below the first segments of the paths is the dialect's, which looks for the
// rest itself. It knows which segments win over which, and answers what is missing in its own envelope. Below /v1 it reads
// the bodies itself: files as they come in, and of news more than others may send.
func (d *Dialect) Routes() []wire.Route {
	routes := make([]wire.Route, len(d.roots))
	for i, root := range d.roots {
		routes[i] = wire.Route{Path: "/" + root + "/{path:*}", Handle: d.serve, Streams: root == "v1"}
	}
	return routes
}

// serve answers a request.
func (d *Dialect) serve(ctx *fasthttp.RequestCtx) {
	start := time.Now()
	x, ok := d.exchanges.Get().(*exchange)
	if !ok {
		x = &exchange{dialect: d}
	}
	defer d.exchanges.Put(x)
	defer x.reset()
	code := x.run(ctx)
	recorder := d.unknown
	if x.place != nil {
		recorder = x.place.recorder
	}
	recorder(time.Since(start), code)
}
