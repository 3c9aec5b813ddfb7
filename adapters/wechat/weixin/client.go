package weixin

import (
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/sony/gobreaker/v2"

	"parley/adapters/wire/outside"
)

// DefaultBaseURL is where the platform's official API is.
const DefaultBaseURL = "https://api.weixin.qq.com"

const (
	dialTimeout  = 5 * time.Second
	idleTimeout  = 60 * time.Second
	maxHeader    = 64 << 10
	callTimeout  = 5 * time.Second
	mediaTimeout = 60 * time.Second
	maxAnswer    = 1 << 20
	// MaxMedia is the size in bytes of the largest media that is downloaded.
	MaxMedia = 20 << 20
)

// Options are what a client is made of. Only AppID and Secret must be given.
type Options struct {
	// BaseURL is where the API is, an http or https URL; empty means DefaultBaseURL. It is the operator's, not a stranger's:
	// it may be an address of this machine or network.
	BaseURL string
	AppID   string
	Secret  string
	// HTTP makes the requests to BaseURL; nil means a client of our own. Deadlines come from this package.
	HTTP *http.Client
	// Outside fetches what the platform's answers point to; nil means outside.NewClient with BaseURL's host let through.
	Outside *http.Client
	// Now is the clock of the token's life and of the day's quota; nil means the machine's.
	Now func() time.Time
	// Log gets a line about every renewed token, every refusal and every change of the breaker; nil means none.
	Log *slog.Logger
	// Pause is the first pause before a read is repeated; the second is four times as long. 0 means 200 ms.
	Pause time.Duration
	// Trip is how many failures of the network in a row make the client stop trying; 0 means 5.
	Trip uint32
	// Rest is how long it then does not try, before one call finds out whether the platform is back; 0 means 30 s.
	Rest time.Duration
}

// Client makes calls of the official API as one account. It is safe for concurrent use.
//
// Every call has a deadline of its own of 5 s, or of 60 s with media, within that of its context, and fails with a
// *CallError. A call whose token is refused (40001, 40014, 42001) is repeated once with a new token. Reads without effect are
// tried up to three times when the platform is busy (-1) or not available; nothing else is ever repeated, but that the HTTP client may send what is a GET (of what has an effect, that
// is only DeleteMenu) again if an old connection turns out to be dead. A call whose
// daily quota is used up (45009) is refused here, in the platform's words, until the next day in China.
type Client struct {
	base    *url.URL
	appID   string
	secret  string
	http    *http.Client
	outside *http.Client
	now     func() time.Time
	log     *slog.Logger
	pause   time.Duration
	breaker *gobreaker.CircuitBreaker[struct{}]
	token   tokenKeeper
	quota   quotaKeeper
}

// New returns a client. It makes no call. Its error is ErrArgument.
func New(options Options) (*Client, error) {
	if options.BaseURL == "" {
		options.BaseURL = DefaultBaseURL
	}
	base, err := url.Parse(strings.TrimRight(options.BaseURL, "/"))
	if err != nil || base.Scheme != "http" && base.Scheme != "https" || base.Hostname() == "" || base.RawQuery != "" || base.User != nil {
		return nil, errors.Join(ErrArgument, errors.New("the base must be an http or https URL"))
	}
	if options.AppID == "" || options.Secret == "" {
		return nil, errors.Join(ErrArgument, errors.New("the app id and its secret are needed"))
	}
	c := &Client{
		base: base, appID: options.AppID, secret: options.Secret, http: options.HTTP, outside: options.Outside,
		now: options.Now, log: options.Log, pause: options.Pause,
	}
	c.complete(options)
	return c, nil
}

func (c *Client) complete(options Options) {
	if c.now == nil {
		c.now = time.Now
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	if c.pause <= 0 {
		c.pause = 200 * time.Millisecond
	}
	if c.http == nil {
		c.http = &http.Client{Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: dialTimeout}).DialContext,
			ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 16, IdleConnTimeout: idleTimeout,
			TLSHandshakeTimeout: dialTimeout, MaxResponseHeaderBytes: maxHeader,
		}}
	}
	// The platform redirects nobody, and a token must not follow a redirect.
	direct := *c.http
	direct.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c.http = &direct
	if c.outside == nil {
		c.outside = outside.NewClient(hostPort(c.base))
	}
	c.breaker = newBreaker(options.Trip, options.Rest, c.log)
}

// hostPort gives the address that a transport dials for a URL.
func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = "443"
		if u.Scheme == "http" {
			port = "80"
		}
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// Close ends the idle connections. Calls that are under way go on.
func (c *Client) Close() {
	c.http.CloseIdleConnections()
	c.outside.CloseIdleConnections()
}
