package wechat

import (
	"context"

	"github.com/valyala/fasthttp"

	"parley/core/official"
)

// Background does what needs the platform's official API. Its errors are faults of core, or hold the platform's own refusal
// as a *weixin.APIError, which the dialect answers with code 502 and the platform's words. The rows have checked that the
// account exists and that their parameters are sound; they call no method while holding a lock.
type Background interface {
	// CheckCredentials obtains a token with credentials that are not stored yet. It changes nothing.
	CheckCredentials(ctx context.Context, account string, c official.Credentials) error
	// CredentialsChanged is called when new credentials have been stored. It forgets the token that was obtained with the
	// old ones, and starts the import of groups, followers and menu, which goes on after the return. An import that runs
	// already is not an error. It marks followers and menu as fetched.
	CredentialsChanged(ctx context.Context, account string) error
	// ImportFollowers starts the import of groups and followers, which updates what is there and goes on after the return,
	// and marks the followers as fetched. While an import runs the fault is Exists with official.FieldJob.
	ImportFollowers(ctx context.Context, account string) error
	// ImportMenu asks the platform for the menu, puts it in the place of the stored one, and marks it as fetched. When it
	// fails the stored menu is as it was. No menu at the platform is an empty one.
	ImportMenu(ctx context.Context, account string) error
	// PublishMenu makes top, which satisfies the platform's limits, the menu at the platform; an empty one deletes it there.
	PublishMenu(ctx context.Context, account string, top []*official.Button) error
	// MassSend creates a mass send and sends it. It returns when the platform has accepted, or refused, the first chunk. The
	// type is one of text, image, voice, mpnews and mpvideo, or news or video, which mean the same as those with mp. An empty
	// audience is the fault of official.Service.CreateMassSend.
	MassSend(ctx context.Context, account string, in official.MassSendInput) error
	// Preview sends material, of the types of MassSend, to one follower and returns the platform's verdict.
	Preview(ctx context.Context, account, openID, msgType, material string) error
	// Forget drops what is remembered of an account's credentials and token, so that both are fetched anew.
	Forget(ctx context.Context, account string) error
	// Callback answers a GET or POST that the platform sends to the URL of the account with an id, which need not exist. It
	// writes the answer, which has no envelope, into ctx, and keeps nothing of the request.
	Callback(ctx *fasthttp.RequestCtx, id string)
}
