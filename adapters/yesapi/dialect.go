// Package yesapi speaks the protocol of the YesApi platform (OkayApi, 小白接口, 果创云): signed calls that name their app by
// its key, an envelope that always has HTTP status 200, and business results in err_code and err_msg.
package yesapi

import (
	"bytes"
	"strings"
	"sync"
	"time"

	"github.com/valyala/fasthttp"

	"parley/adapters/wire"
	"parley/adapters/wire/php"
	"parley/core"
)

// Name is the dialect's name in settings, metrics and documents.
const Name = "yesapi"

// Dialect serves YesApi clients. It is safe for concurrent use.
type Dialect struct {
	house     wire.House
	endpoints []wire.Endpoint
	services  *php.Services
	common    []wire.Param[commonQuery]
	recorders map[wire.Endpoint]wire.Recorder
	unknown   wire.Recorder
	faults    wire.FaultTable
	settings  wire.Settings[appSettings]
	stock     *appSettings
	exchanges sync.Pool
}

// New returns the dialect in front of house's engine. It fails if the settings of an app can not be read.
func New(house wire.House) (*Dialect, error) {
	_, recipients := house.Engine.Limits()
	d := &Dialect{
		house:     house,
		endpoints: newTable(recipients).endpoints(),
		common:    commonParams(),
		unknown:   house.Meter(Name, "unknown"),
		faults:    faults(),
		settings:  wire.Settings[appSettings]{Dialect: Name, Read: readSettings},
		stock:     stock(),
	}
	d.services = php.NewServices(d.endpoints, true)
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

// pathEntry begins the paths of the platform's newer form, in which class and action are segments.
const pathEntry = "/api/App/"

// Routes implements wire.Dialect. The double slash is what the official PHP library sends.
func (d *Dialect) Routes() []wire.Route {
	return []wire.Route{
		{Path: "/", Handle: d.Serve},
		{Path: "//", Handle: d.Serve},
		{Path: "/index.php", Handle: d.Serve},
		{Path: pathEntry + "{service:*}", Handle: d.Serve},
	}
}

// pathService returns the service that a path of the newer form names, or nothing.
func pathService(path []byte) string {
	rest, ok := bytes.CutPrefix(path, []byte(pathEntry))
	if !ok {
		return ""
	}
	return "App." + strings.ReplaceAll(strings.Trim(string(rest), "/"), "/", ".")
}

// Serve answers one request.
func (d *Dialect) Serve(ctx *fasthttp.RequestCtx) {
	start := time.Now()
	if ctx.IsOptions() {
		preflight(ctx)
		return
	}
	x, ok := d.exchanges.Get().(*exchange)
	if !ok {
		x = &exchange{dialect: d, scratch: make([]byte, 0, 1<<10)}
	}
	defer d.exchanges.Put(x)
	defer x.reset()
	code, recorder := x.run(ctx)
	recorder(time.Since(start), code)
}

// preflight answers a browser that asks whether it may call from another origin. Calls carry no cookies, so any may.
func preflight(ctx *fasthttp.RequestCtx) {
	h := &ctx.Response.Header
	h.Set(fasthttp.HeaderAccessControlAllowOrigin, "*")
	h.Set(fasthttp.HeaderAccessControlAllowMethods, "GET, POST, OPTIONS")
	h.Set(fasthttp.HeaderAccessControlAllowHeaders, "*, Content-Type, Accept, X-Requested-With")
	h.Set(fasthttp.HeaderAccessControlMaxAge, "86400")
	ctx.SetStatusCode(fasthttp.StatusNoContent)
}

// commonQuery holds the parameters of every call.
type commonQuery struct{ key, sign, uuid, token, flat string }

// commonParams come before an endpoint's own, so that their refusals do too.
func commonParams() []wire.Param[commonQuery] {
	return []wire.Param[commonQuery]{
		wire.String("app_key", func(q *commonQuery) *string { return &q.key }).Must().AtLeast(core.AppKeyLength).AtMost(core.AppKeyLength).Means("开发者应用的app_key", "The app's key"),
		wire.String("sign", func(q *commonQuery) *string { return &q.sign }).Means("接口签名", "The signature"),
		wire.String("uuid", func(q *commonQuery) *string { return &q.uuid }).AtLeast(core.UUIDLength).AtMost(core.UUIDLength).Means("当前登录的会员uuid", "The caller's uuid; goes with token"),
		wire.String("token", func(q *commonQuery) *string { return &q.token }).AtLeast(core.TokenLength).AtMost(core.TokenLength).Means("当前登录会员的会话凭证", "The caller's session; goes with uuid"),
		wire.String("return_data", func(q *commonQuery) *string { return &q.flat }).Or("0").Means("数据返回结构，1只返回data", "1 answers with data alone"),
	}
}
