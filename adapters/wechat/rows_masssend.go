package wechat

import (
	"net/http"

	"parley/adapters/wire"
	"parley/core"
	"parley/core/official"
)

// massTypes are what a mass send can be of. Those without mp mean the same as those with.
func massTypes() []string {
	return []string{"text", "image", "voice", "mpnews", "mpvideo", "news", "video"}
}

// massQuery is a mass send, or a preview of one.
type massQuery struct{ group, gender, openID, kind, material string }

func materialParams() []wire.Param[massQuery] {
	return []wire.Param[massQuery]{
		wire.Enum("msg_type", func(q *massQuery) *string { return &q.kind }, massTypes()...).At(wire.PlaceBody).Must().Means("消息类型", "The type of the message"),
		text("msg_id", func(q *massQuery) *string { return &q.material }, "素材ID", "What is sent"),
	}
}

func massSendRow() *wire.Row[massQuery, nothing] {
	return &wire.Row[massQuery, nothing]{
		Name: "POST /v1/{INFO_ID}/masssend/send", ZH: "群发", EN: "Sends to many followers at once",
		Params: append([]wire.Param[massQuery]{
			accountParam[massQuery](),
			text("group_id", func(q *massQuery) *string { return &q.group }, "分组ID；-1全部，0未分组", "The group; -1 all followers, 0 those in no group"),
			wire.Enum("gender", func(q *massQuery) *string { return &q.gender }, "0", "1", "2").At(wire.PlaceBody).
				Means("性别：0未知，1男，2女；不传为全部", "Only those of a gender: 0 unknown, 1 male, 2 female"),
		}, materialParams()...),
		Outcomes: []wire.Outcome{
			outcome(core.Invalid, official.FieldAudience, http.StatusBadRequest, "invalid openid list under selection condition"),
		},
		Do: in(func(x *exchange, q *massQuery, _ *nothing) error {
			return x.background().MassSend(x.ctx, x.account.ID, official.MassSendInput{
				Audience: official.Selection{Group: q.group, Gender: gender(q.gender)}, Type: q.kind, Material: q.material,
			})
		}),
	}
}

// gender reads one of the numbers that the parameter allows; nil means all.
func gender(text string) *official.Gender {
	if text == "" {
		return nil
	}
	g := official.Gender(text[0] - '0')
	return &g
}

func massPreviewRow() *wire.Row[massQuery, nothing] {
	return &wire.Row[massQuery, nothing]{
		Name: "POST /v1/{INFO_ID}/masssend/preview", ZH: "群发预览", EN: "Sends to one follower what is to be sent to many",
		Params: append([]wire.Param[massQuery]{
			accountParam[massQuery](),
			text("openid", func(q *massQuery) *string { return &q.openID }, "用户openid", "The follower"),
		}, materialParams()...),
		Do: in(func(x *exchange, q *massQuery, _ *nothing) error {
			if q.openID == "" {
				return invalid("openid")
			}
			return x.background().Preview(x.ctx, x.account.ID, q.openID, q.kind, q.material)
		}),
	}
}

type massIDQuery struct{ id string }

// massStatus is how far a mass send is.
type massStatus struct {
	status                         string
	total, filtered, sent, refused *int64
}

func massStatusRow() *wire.Row[massIDQuery, massStatus] {
	count := func(name string, at func(*massStatus) **int64, zh, en string) wire.Field[massStatus] {
		return wire.NumberOrNull(name, at).Means(zh, en)
	}
	return &wire.Row[massIDQuery, massStatus]{
		Name: "GET /v1/{INFO_ID}/masssend/{ID}", ZH: "群发状态", EN: "How far a mass send is; until it has ended there are no counts",
		Params: []wire.Param[massIDQuery]{
			accountParam[massIDQuery](), idParam(func(q *massIDQuery) *string { return &q.id }, "群发ID", "The mass send"),
		},
		Answer: []wire.Field[massStatus]{
			wire.Text("status", func(a *massStatus) *string { return &a.status }).Means("状态；结束前为sending", "sending, or what the official platform says of the end"),
			count("total_count", func(a *massStatus) **int64 { return &a.total }, "总数", "How many followers it was for"),
			count("filter_count", func(a *massStatus) **int64 { return &a.filtered }, "过滤后的数量", "How many were left after filtering"),
			count("sent_count", func(a *massStatus) **int64 { return &a.sent }, "成功数", "How many got it"),
			count("error_count", func(a *massStatus) **int64 { return &a.refused }, "失败数", "How many did not"),
		},
		Do: in(func(x *exchange, q *massIDQuery, a *massStatus) error {
			m, err := x.service().MassSend(x.ctx, x.account.ID, q.id)
			if err != nil {
				return err
			}
			a.status = showStatus(m.Status)
			if c := m.Counts; c != nil {
				a.total, a.filtered, a.sent, a.refused = &c.Total, &c.Filtered, &c.Sent, &c.Failed
			}
			return nil
		}),
	}
}

// showStatus puts a status of our own into the platform's words.
func showStatus(status string) string {
	switch status {
	case official.MassPreparing:
		return official.MassSending
	case official.MassFailed:
		return "send fail"
	}
	return status
}
