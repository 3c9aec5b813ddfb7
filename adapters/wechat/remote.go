package wechat

import (
	"context"
	"net/url"
	"path"
	"strings"

	"parley/adapters/wechat/weixin"
	"parley/adapters/wire"
	"parley/core"
	"parley/core/official"
)

// remote is a server seen by one of its accounts.
type remote struct{ *RemoteAccount }

var (
	_ core.Messenger  = remote{}
	_ core.Transcript = remote{}
	_ core.Directory  = (*RemoteAccount)(nil)
)

// Messenger returns the service as the account sees it; see Client.As.
func (a *RemoteAccount) Messenger() core.Messenger { return remote{a} }

// Send sends a message to each of the followers, one after the other. A medium whose URL is one of the account's own goes
// as such; everything else goes as a text, which the server keeps. The platform names neither the messages that it has
// sent nor their times.
func (r remote) Send(ctx context.Context, out core.Outgoing) ([]core.Delivery, error) {
	switch {
	case out.Key != "" || out.Time != 0:
		return nil, core.NewFault(core.Unsupported, core.FieldKey, "the platform knows neither message keys nor times of the sender")
	case out.Channel != core.Direct:
		return nil, core.NewFault(core.Unsupported, core.FieldContent, "the platform has no other channels")
	case len(out.To) == 0:
		return nil, core.NewFault(core.Invalid, core.FieldRecipient, "there is no recipient")
	}
	kind, material, err := r.materialOf(ctx, &out.Content)
	if err != nil {
		return nil, err
	}
	var deliveries []core.Delivery
	seen := map[string]bool{r.id: true}
	missing := false
	for _, to := range out.To {
		if seen[to] {
			continue
		}
		seen[to] = true
		err := r.Preview(ctx, to, kind, material)
		switch {
		case core.CodeOf(err) == core.NotFound:
			missing = true
		case err != nil:
			return deliveries, err
		default:
			deliveries = append(deliveries, core.Delivery{To: to})
		}
	}
	switch {
	case len(deliveries) > 0:
		return deliveries, nil
	case missing:
		return nil, core.NewFault(core.NotFound, core.FieldRecipient, "nobody of them is a follower")
	}
	return nil, core.NewFault(core.Conflict, core.FieldRecipient, "a message to oneself")
}

// Preview sends a stored text, image, voice, video or news to one follower. kind is text, image, voice, mpvideo or mpnews.
// Somebody who is no follower is NotFound.
func (a *RemoteAccount) Preview(ctx context.Context, openID, kind, material string) error {
	q := massQuery{openID: validText(openID), kind: kind, material: material}
	return ask(ctx, a.client, a.client.table.massPreview, a.id, &q, &nothing{})
}

// CreateText stores a text to reply with or to send, and returns its ID.
func (a *RemoteAccount) CreateText(ctx context.Context, content string) (id string, err error) {
	var answer created
	err = ask(ctx, a.client, a.client.table.textCreate, a.id, &textQuery{content: validText(content)}, &answer)
	return answer.id, err
}

// materialOf returns what stands for a content, after storing it if need be.
func (r remote) materialOf(ctx context.Context, c *core.Content) (kind, id string, err error) {
	fields := readFields(c)
	if name, ok := r.ownMedia(fields["url"]); ok {
		switch c.Kind {
		case core.KindImage:
			return weixin.MediaImage, name, nil
		case core.KindVoice:
			return weixin.MediaVoice, name, nil
		case core.KindVideo:
			return weixin.TypeMPVideo, name, nil
		default:
		}
	}
	text := outboundText(c, fields)
	if text == "" {
		return "", "", core.NewFault(core.Unsupported, core.FieldContent, "the content has no form at the platform")
	}
	id, err = r.CreateText(ctx, text)
	return weixin.TypeText, id, err
}

// ownMedia returns the ID of the medium that a URL of the account leads to.
func (r remote) ownMedia(address string) (id string, ok bool) {
	u, err := url.Parse(address)
	if err != nil {
		return "", false
	}
	_, name, ok := strings.Cut(u.Path, "/media/"+r.id+"/")
	return strings.TrimSuffix(name, path.Ext(name)), ok
}

// User returns a follower. One that is blocked, or has left, is none.
func (r remote) User(ctx context.Context, address string) (*core.User, error) {
	f, err := r.follower(ctx, validText(address))
	switch {
	case core.CodeOf(err) == core.NotFound || err == nil && (f.Blocked || !f.Subscribed):
		return nil, core.NewFault(core.NotFound, core.FieldUser, "there is no such follower")
	case err != nil:
		return nil, err
	}
	return &core.User{
		ID: f.OpenID, UUID: f.OpenID, Nickname: f.Nickname, Avatar: f.Avatar, Extra: f.Remark, Registered: f.SubscribeTime,
	}, nil
}

// Accounts implements core.Directory: the followers who are not blocked, the newest first. The platform lists by pages:
// the cursor counts followers, and who follows during a walk lets others be listed twice.
func (a *RemoteAccount) Accounts(ctx context.Context, cursor string, limit int) (accounts core.AccountPage, err error) {
	s, err := wire.SectionAt(cursor, limit, clientPage)
	if err != nil {
		return accounts, err
	}
	items, total, err := a.followerPage(ctx, official.GroupAll, page{s.Number(), int64(s.Size)})
	if err != nil {
		return accounts, err
	}
	items, accounts.Next = wire.Cut(s, items, total)
	for i := range items {
		f := &items[i]
		accounts.Users = append(accounts.Users, &core.User{ID: f.openID, UUID: f.openID, Nickname: f.nickname, Avatar: f.avatar})
	}
	return accounts, nil
}
