package weixin

import (
	"context"
	"fmt"
)

// The bounds of a mass send.
const (
	MinMassTo       = 2
	MaxMassTo       = 10_000
	MaxMassClientID = 64 // bytes
)

// Message is the content of a mass send, a preview or a message of the customer service. Which fields count is said by
// Type: text (Content), image and voice (MediaID), video (MediaID, ThumbMediaID, Title, Description; customer service),
// mpvideo (MediaID, Title, Description; mass), mpnews (MediaID; mass), news (Articles; customer service).
type Message struct {
	Type         string
	Content      string
	MediaID      string
	ThumbMediaID string
	Title        string
	Description  string
	Articles     []Article
}

// The types of messages beside MediaImage, MediaVoice, MediaVideo and MediaNews.
const (
	TypeText    = "text"
	TypeMPNews  = "mpnews"
	TypeMPVideo = "mpvideo"
)

// write writes msgtype and the member that it names.
func (m *Message) write(o *object) error {
	switch m.Type {
	case TypeText, MediaImage, MediaVoice, MediaVideo, TypeMPNews, TypeMPVideo, MediaNews:
	default:
		return fmt.Errorf("%w: there is no message of type %q", ErrArgument, m.Type)
	}
	o.string("msgtype", m.Type)
	o.object(m.Type, func(o *object) {
		switch m.Type {
		case TypeText:
			o.string("content", m.Content)
		case MediaNews:
			o.objects("articles", len(m.Articles), func(o *object, i int) {
				a := &m.Articles[i]
				o.string("title", a.Title)
				o.string("description", a.Description)
				o.string("url", a.URL)
				o.string("picurl", a.PicURL)
			})
		default:
			m.writeMedia(o)
		}
	})
	return nil
}

func (m *Message) writeMedia(o *object) {
	o.string("media_id", m.MediaID)
	if m.Type == MediaVideo {
		o.string("thumb_media_id", m.ThumbMediaID)
	}
	if m.Type == MediaVideo || m.Type == TypeMPVideo {
		o.string("title", m.Title)
		o.string("description", m.Description)
	}
}

// MassReceipt is what the platform answers to a mass send.
type MassReceipt struct {
	ID     int64 // by which the event of its end names it
	DataID int64 // 0 if the platform gave none
	// Repeated tells that the platform had got a send with this client id before, and that this is its receipt.
	Repeated bool
}

// SendMass sends a message to 2 to 10,000 followers. clientID, of at most 64 bytes, makes the platform refuse a second send with
// it within a day; such a refusal that names the first send is its receipt, and no error. The call is repeated only after
// the token was refused. If MaybeDone tells that it may have been carried out, sending again with the same clientID is safe.
func (c *Client) SendMass(ctx context.Context, to []string, message Message, clientID string) (*MassReceipt, error) {
	const name = "message/mass/send"
	if len(to) < MinMassTo || len(to) > MaxMassTo || clientID == "" || len(clientID) > MaxMassClientID {
		err := fmt.Errorf("%w: it takes %d to %d followers and a client id", ErrArgument, MinMassTo, MaxMassTo)
		return nil, &CallError{Call: name, Err: err}
	}
	var o object
	o.strings("touser", to)
	if err := message.write(&o); err != nil {
		return nil, &CallError{Call: name, Err: err}
	}
	o.string("clientmsgid", clientID)
	if message.Type == TypeMPNews {
		o.integer("send_ignore_reprint", 0)
	}
	var a struct {
		ID     number `json:"msg_id"`
		DataID number `json:"msg_data_id"`
	}
	err := c.do(ctx, &call{name: name, body: o.end()}, &a)
	repeated := IsCode(err, CodeRepeatedMass) && a.ID != 0
	if err != nil && !repeated {
		return nil, err
	}
	return &MassReceipt{ID: int64(a.ID), DataID: int64(a.DataID), Repeated: repeated}, nil
}

// PreviewMass shows a message to one follower as a mass send would, and gives the platform's id of it.
func (c *Client) PreviewMass(ctx context.Context, to string, message Message) (int64, error) {
	const name = "message/mass/preview"
	var o object
	o.string("touser", to)
	if err := message.write(&o); err != nil {
		return 0, &CallError{Call: name, Err: err}
	}
	var a struct {
		ID number `json:"msg_id"`
	}
	err := c.do(ctx, &call{name: name, body: o.end()}, &a)
	return int64(a.ID), err
}

// MassStatus gives the state of a mass send in the platform's word, as SEND_SUCCESS.
func (c *Client) MassStatus(ctx context.Context, id int64) (string, error) {
	var o object
	o.integer("msg_id", id)
	var a struct {
		Status string `json:"msg_status"`
	}
	err := c.do(ctx, &call{name: "message/mass/get", body: o.end(), read: true}, &a)
	return a.Status, err
}

// SendToFollower sends a message of the customer service, which the platform allows for 48 hours after the follower has done
// something. It is never repeated but after the token was refused.
func (c *Client) SendToFollower(ctx context.Context, to string, message Message) error {
	const name = "message/custom/send"
	var o object
	o.string("touser", to)
	if err := message.write(&o); err != nil {
		return &CallError{Call: name, Err: err}
	}
	return c.do(ctx, &call{name: name, body: o.end()}, nil)
}
