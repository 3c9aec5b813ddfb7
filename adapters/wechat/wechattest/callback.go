package wechattest

import (
	"slices"
	"strconv"
	"time"

	"parley/adapters/wechat/weixin"
)

// Message is the content of a callback: elements in their order. Elements whose value is empty are there, too.
type Message []Element

// Element is one element of a callback.
type Element struct{ Name, Value string }

// XML gives the callback's text.
func (m Message) XML() []byte {
	text := []byte("<xml>")
	for _, e := range m {
		text = append(append(append(text, '<'), e.Name...), '>')
		if _, err := strconv.ParseFloat(e.Value, 64); err == nil {
			text = append(text, e.Value...) // the platform writes numbers bare
		} else {
			text = weixin.AppendCDATA(text, e.Value)
		}
		text = append(append(append(text, "</"...), e.Name...), '>')
	}
	return append(text, "</xml>"...)
}

// With gives the message with one more element.
func (m Message) With(name, value string) Message {
	return append(slices.Clip(m), Element{name, value})
}

// At gives the message with another moment of creation.
func (m Message) At(created time.Time) Message {
	other := append(Message(nil), m...)
	for i := range other {
		if other[i].Name == "CreateTime" {
			other[i].Value = strconv.FormatInt(created.Unix(), 10)
		}
	}
	return other
}

func (p *Pusher) message(from, kind string, id int64) Message {
	m := Message{
		{"ToUserName", p.Account},
		{"FromUserName", from},
		{"CreateTime", strconv.FormatInt(p.now().Unix(), 10)},
		{"MsgType", kind},
	}
	if id != 0 {
		m = m.With("MsgId", strconv.FormatInt(id, 10))
	}
	return m
}

// Text is a text that a follower wrote. id is the message's, given by the caller, as in all of these; 0 leaves it out.
func (p *Pusher) Text(from string, id int64, content string) Message {
	return p.message(from, "text", id).With("Content", content)
}

// Image is an image that a follower sent.
func (p *Pusher) Image(from string, id int64, picURL, mediaID string) Message {
	return p.message(from, "image", id).With("PicUrl", picURL).With("MediaId", mediaID)
}

// Voice is a recording of a follower. recognition is what was understood, and empty where that is not switched on.
func (p *Pusher) Voice(from string, id int64, mediaID, format, recognition string) Message {
	m := p.message(from, "voice", id).With("MediaId", mediaID).With("Format", format)
	if recognition != "" {
		m = m.With("Recognition", recognition)
	}
	return m
}

// Video is a video of a follower.
func (p *Pusher) Video(from string, id int64, mediaID, thumbMediaID string) Message {
	return p.message(from, "video", id).With("MediaId", mediaID).With("ThumbMediaId", thumbMediaID)
}

// Location is a place that a follower sent.
func (p *Pusher) Location(from string, id int64, latitude, longitude, scale, label string) Message {
	return p.message(from, "location", id).With("Location_X", latitude).With("Location_Y", longitude).
		With("Scale", scale).With("Label", label)
}

// Link is a link that a follower sent.
func (p *Pusher) Link(from string, id int64, title, description, url string) Message {
	return p.message(from, "link", id).With("Title", title).With("Description", description).With("Url", url)
}

// Event is an event: subscribe, unsubscribe, SCAN, CLICK, VIEW and so on. ticket is left out if it is empty.
func (p *Pusher) Event(from, event, key, ticket string) Message {
	m := p.message(from, "event", 0).With("Event", event).With("EventKey", key)
	if ticket != "" {
		m = m.With("Ticket", ticket)
	}
	return m
}

// MassFinished is the event at the end of a mass send that the server took. failed of the followers got nothing.
func (p *Pusher) MassFinished(m Mass, failed int) Message {
	status := "send success"
	if failed >= len(m.To) {
		status = "send fail"
	}
	return p.message("mphelper", "event", 0).With("Event", "MASSSENDJOBFINISH").
		With("MsgID", strconv.FormatInt(m.ID, 10)).With("Status", status).
		With("TotalCount", strconv.Itoa(len(m.To))).With("FilterCount", strconv.Itoa(len(m.To))).
		With("SentCount", strconv.Itoa(len(m.To)-failed)).With("ErrorCount", strconv.Itoa(failed))
}
