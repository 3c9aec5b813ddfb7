package wechat

import (
	"slices"
	"time"

	"parley/adapters/wire"
	"parley/core/official"
)

type messagesQuery struct {
	start, end   string
	hideAnswered bool
	filter       string
	page         page
}

// messageView is a received message as it is shown.
type messageView struct {
	official.ReceivedMessage

	kind, url, thumbURL string
	time                int64
}

type messagesAnswer struct {
	messages   []messageView
	pagination pagination
}

func messagesParams() []wire.Param[messagesQuery] {
	day := func(name string, at func(*messagesQuery) *string, zh, en string) wire.Param[messagesQuery] {
		return wire.String(name, at).At(wire.PlaceQuery).Means(zh, en)
	}
	return append([]wire.Param[messagesQuery]{
		accountParam[messagesQuery](),
		day("start_date", func(q *messagesQuery) *string { return &q.start }, "开始日期，包含，如2014-08-27", "The first day, as 2014-08-27"),
		day("end_date", func(q *messagesQuery) *string { return &q.end }, "结束日期，不包含", "The day after the last"),
		wire.Bool("filterivrmsg", func(q *messagesQuery) *bool { return &q.hideAnswered }).At(wire.PlaceQuery).
			Means("1则不含触发关键字的消息", "1 leaves out what a keyword has answered"),
		wire.String("filter", func(q *messagesQuery) *string { return &q.filter }).At(wire.PlaceQuery).
			Means("内容包含的文字，不区分大小写", "What the content of texts contains, whatever the case of its letters"),
	}, pageParams(func(q *messagesQuery) *page { return &q.page })...)
}

// messageFields are those of all kinds of messages, in an order that is that of the document for each.
func messageFields() []wire.Field[messageView] {
	line := func(name string, at func(*messageView) *string, zh, en string, kinds ...official.InboundKind) wire.Field[messageView] {
		return wire.Text(name, at).Means(zh, en).When(func(m *messageView) bool { return slices.Contains(kinds, m.Kind) })
	}
	const (
		text, image, voice   = official.InboundText, official.InboundImage, official.InboundVoice
		video, location, lnk = official.InboundVideo, official.InboundLocation, official.InboundLink
	)
	return []wire.Field[messageView]{
		wire.Text("id", func(m *messageView) *string { return &m.ID }).Means("消息ID", "The message's ID at the official platform"),
		wire.Text("type", func(m *messageView) *string { return &m.kind }).Means("类型", "text, image, voice, video, location or link"),
		line("content", func(m *messageView) *string { return &m.Content }, "文本内容", "A text's content", text),
		line("latitude", func(m *messageView) *string { return &m.Latitude }, "纬度", "A location's latitude", location),
		line("longitude", func(m *messageView) *string { return &m.Longitude }, "经度", "A location's longitude", location),
		line("scale", func(m *messageView) *string { return &m.Scale }, "缩放", "A location's scale", location),
		line("label", func(m *messageView) *string { return &m.Label }, "地名", "A location's name", location),
		line("media_id", func(m *messageView) *string { return &m.MediaID }, "平台的媒体ID", "The medium's ID at the official platform", image, voice, video),
		line("pic_url", func(m *messageView) *string { return &m.PictureURL }, "平台的图片地址", "The image's URL at the official platform", image),
		line("url", func(m *messageView) *string { return &m.url }, "媒体地址（未下载时为空）或链接", "The URL of our copy, empty until there is one, or of a link", image, voice, video, lnk),
		line("format", func(m *messageView) *string { return &m.Format }, "语音格式", "A voice's format", voice),
		line("recognition", func(m *messageView) *string { return &m.Recognition }, "语音识别结果", "What the voice was understood to say", voice),
		line("thumb_media_id", func(m *messageView) *string { return &m.ThumbMediaID }, "平台的缩略图ID", "The still picture's ID at the official platform", video),
		line("thumb_url", func(m *messageView) *string { return &m.thumbURL }, "缩略图地址", "The URL of our copy of it", video),
		line("title", func(m *messageView) *string { return &m.Title }, "标题", "The title", video, lnk),
		line("description", func(m *messageView) *string { return &m.Description }, "描述", "The description", video, lnk),
		wire.Text("sender_id", func(m *messageView) *string { return &m.Sender }).Means("发送者openid", "The follower who sent it"),
		wire.Text("nickname", func(m *messageView) *string { return &m.Nickname }).Means("昵称", "The nickname"),
		wire.Text("avatar", func(m *messageView) *string { return &m.Avatar }).Means("头像地址", "The avatar's URL"),
		wire.Number("create_time", func(m *messageView) *int64 { return &m.time }).Means("时间，毫秒", "When, in milliseconds"),
	}
}

func messagesRow() *wire.Row[messagesQuery, messagesAnswer] {
	return &wire.Row[messagesQuery, messagesAnswer]{
		Name: "GET /v1/{INFO_ID}/msg", ZH: "收到的消息", EN: "What followers have sent, the newest first",
		Params: messagesParams(),
		Answer: []wire.Field[messagesAnswer]{
			paginationField(func(a *messagesAnswer) *pagination { return &a.pagination }),
			wire.Objects("message", func(a *messagesAnswer) *[]messageView { return &a.messages }, messageFields()...).Means("消息", "The messages"),
		},
		Do: in(messages),
	}
}

func messages(x *exchange, q *messagesQuery, a *messagesAnswer) (err error) {
	query := official.InboundQuery{HideAnswered: q.hideAnswered, Contains: q.filter, Page: q.page.section()}
	if query.Start, err = x.day("start_date", q.start); err != nil {
		return err
	}
	if query.End, err = x.day("end_date", q.end); err != nil {
		return err
	}
	list, err := x.service().ListInbound(x.ctx, x.account.ID, query)
	if err != nil {
		return err
	}
	for _, m := range list.Messages {
		a.messages = append(a.messages, x.showMessage(m))
	}
	a.pagination = q.page.of(list.Total)
	return nil
}

// day returns when a day begins in the app's zone, zero for none. Days before 1970, of which there are no messages, begin
// when that does.
func (x *exchange) day(name, text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	t, err := time.ParseInLocation(time.DateOnly, text, x.dialect.zone())
	if err != nil {
		return 0, invalid(name)
	}
	return max(1, t.UnixMilli()), nil
}

// showMessage refers to our copies of media; the URL of a link is left as it is.
func (x *exchange) showMessage(m *official.ReceivedMessage) messageView {
	v := messageView{ReceivedMessage: *m, kind: string(m.Kind), url: m.URL, time: m.Time}
	if m.Kind != official.InboundLink {
		v.url = x.dialect.base.media(x.account.ID, m.Copy)
		v.thumbURL = x.dialect.base.media(x.account.ID, m.ThumbCopy)
	}
	return v
}
