package wire

import (
	"log/slog"
	"time"

	"github.com/valyala/fasthttp"

	"parley/core"
)

// Dialect is one platform's way of talking, ready to be put on a listener.
type Dialect interface {
	// Name is the dialect's name in settings, metrics and documents.
	Name() string
	// Routes are the paths that the dialect answers, in every HTTP method. A path may hold {name} segments.
	Routes() []Route
	// Endpoints is the dialect's table.
	Endpoints() []Endpoint
}

// Route binds a path to its handler.
type Route struct {
	Path   string
	Handle fasthttp.RequestHandler
	// Streams tells that the handler reads the request's body itself, from ctx.RequestBodyStream, which is nil where there
	// is none, and refuses what is too large for it. The limit on bodies of other requests does not hold.
	Streams bool
}

// House is what every dialect is built from.
type House struct {
	Engine *core.Engine
	Log    *slog.Logger
	Meter  Meter
	// Now is the clock of the wall times in answers.
	Now func() time.Time
}

// Meter returns the recorder of one endpoint's requests. It is called once for each endpoint, when a dialect is built.
type Meter func(dialect, endpoint string) Recorder

// Recorders returns a recorder for each of a dialect's endpoints.
func (m Meter) Recorders(dialect string, endpoints []Endpoint) map[Endpoint]Recorder {
	all := make(map[Endpoint]Recorder, len(endpoints))
	for _, e := range endpoints {
		all[e] = m(dialect, e.Spec().Name)
	}
	return all
}

// Recorder notes that one request took so long and ended with the given code; zero means success.
type Recorder func(took time.Duration, code core.Code)
