package demo

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync/atomic"

	"parley/adapters/wechat/wechattest"
	"parley/core/official"
)

// OriginalID is what the platform calls the demo's official account.
const OriginalID = "gh_parleydemo01"

// SealKey seals the credentials of the demo's account. They are those of the stand-in, and no secret.
const SealKey = "the demo's key is 32 bytes long."

// followers is how many the demo's account has.
const followers = 60

// Platform stands in for the platform of official accounts, on loopback and in this process.
type Platform struct {
	server *wechattest.Server
	pusher atomic.Pointer[wechattest.Pusher]
	log    *slog.Logger
}

// StartPlatform starts a stand-in with some followers and a menu. Close ends it.
func StartPlatform(log *slog.Logger) (*Platform, error) {
	p := &Platform{log: log}
	server, err := wechattest.NewServer(wechattest.Options{Followers: followers, AfterMass: p.finish})
	if err != nil {
		return nil, err
	}
	server.SetMenu([]byte(`[{"type":"click","name":"Today","key":"TODAY"},{"type":"view","name":"About","url":"http://127.0.0.1/"}]`))
	p.server = server
	return p, nil
}

// API is where an account's official API is: here, whichever the account is.
func (p *Platform) API(*official.Account) string { return p.server.URL() }

// Close ends the stand-in.
func (p *Platform) Close() error { return p.server.Close() }

// Bind makes sure that the demo's account is there and has the stand-in's credentials. From then on the stand-in reports the
// ends of mass sends to base, the URL of this server.
func (p *Platform) Bind(ctx context.Context, service *official.Service, base string) (*official.Account, error) {
	account, err := service.Bind(ctx, OriginalID)
	if err != nil {
		return nil, err
	}
	credentials := official.Credentials{AppID: p.server.AppID(), Secret: p.server.Secret()}
	if err := service.SetCredentials(ctx, account.ID, credentials); err != nil {
		return nil, err
	}
	p.pusher.Store(&wechattest.Pusher{
		URL: strings.TrimRight(base, "/") + "/wx/" + account.ID, Account: OriginalID, Token: account.Token,
	})
	return service.Account(ctx, account.ID)
}

// finish reports the end of a mass send, as the platform does.
func (p *Platform) finish(m wechattest.Mass) {
	pusher := p.pusher.Load()
	if pusher == nil {
		return
	}
	if _, err := pusher.Push(context.Background(), pusher.MassFinished(m, 0)); err != nil {
		p.log.Warn("the demo's platform can not report the end of a mass send", "error", err)
	}
}

// PrintOfficial writes lines to paste that talk to the demo's official account at base, the URL of this server.
func (p *Platform) PrintOfficial(w io.Writer, account *official.Account, base string) error {
	_, err := fmt.Fprintf(w, officialGuide, strings.TrimRight(base, "/"), account.ID, OriginalID, p.server.AppID(), p.server.Secret(),
		account.Token, wechattest.OpenID(0))
	return err
}

// officialGuide is what PrintOfficial writes. Every line that begins with curl works as it stands, after those above it.
const officialGuide = `  Odaesan / WeChat official accounts — the account %[3]s on a stand-in for the platform:

curl '%[1]s/v1/bind' -H 'Content-Type: application/json' -d '{"weixin_id":"%[3]s"}'
curl '%[1]s/v1/bind/fillin' -H 'Content-Type: application/json' -d '{"id":"%[2]s","app_id":"%[4]s","app_secret":"%[5]s"}'
curl '%[1]s/v1/%[2]s/group'
curl '%[1]s/v1/%[2]s/user?group=-1&index=1&size=10'
curl '%[1]s/v1/%[2]s/menu'
text=$(curl -s --noproxy '*' '%[1]s/v1/%[2]s/text' -H 'Content-Type: application/json' -d '{"content":"hello from Parley"}' | sed 's/.*"data":"\([^"]*\)".*/\1/')

curl '%[1]s/v1/%[2]s/keyword' -H 'Content-Type: application/json' -d '{"rule_name":"hello","keyword":[{"content":"hello","fuzzy":"1"}],"reply_id":"'$text'","reply_type":"text"}'
curl '%[1]s/v1/%[2]s/masssend/send' -H 'Content-Type: application/json' -d '{"group_id":"-1","msg_type":"text","msg_id":"'$text'"}'
curl '%[1]s/v1/%[2]s/masssend'

  What a follower writes, signed as the platform signs it (two lines), and what has come in:

at=$(date +%%s); signature=$(printf '%%s\n' %[6]s $at 42 | LC_ALL=C sort | tr -d '\n' | sha1sum | cut -c1-40)
curl "%[1]s/wx/%[2]s?timestamp=$at&nonce=42&signature=$signature" -d "<xml><ToUserName>%[3]s</ToUserName><FromUserName>%[7]s</FromUserName><CreateTime>$at</CreateTime><MsgType>text</MsgType><Content>hello there</Content><MsgId>$at</MsgId></xml>"
curl '%[1]s/v1/%[2]s/msg'

`
