package weixin

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
)

// MaxInbound is the size in bytes of the largest callback that is read.
const MaxInbound = 64 << 10

// maxDepth is how deep the elements of a callback may be nested.
const maxDepth = 16

// ErrInbound says that a callback's body is not what the platform sends; the errors that wrap it say why.
var ErrInbound = errors.New("weixin: not a callback")

// Inbound is what the platform told us, as it stood in the XML: a message of a follower, an event, or a sealed one of them.
// What was not there is empty; what is nested deeper is left out.
type Inbound struct {
	ToUserName   string // the account's original id, gh_…
	FromUserName string // the follower's openid
	CreateTime   string // in seconds since 1970
	MsgType      string
	MsgID        string // of messages; of a finished mass send, the id that sending it gave
	MsgDataID    string
	Index        string // Idx
	Encrypt      string // the sealed text, in safe and compatible mode

	Content      string // of text
	PicURL       string // of image
	MediaID      string // of image, voice and video
	Format       string // of voice
	Recognition  string // of voice, where the account has it switched on
	ThumbMediaID string // of video
	LocationX    string // of location: the latitude
	LocationY    string // and the longitude
	Scale        string
	Label        string
	Title        string // of link
	Description  string
	URL          string

	Event       string
	EventKey    string
	Ticket      string // of a scanned code
	MenuID      string
	Latitude    string // of the event LOCATION
	Longitude   string
	Precision   string
	Status      string // of a finished mass send, and so on
	TotalCount  string
	FilterCount string
	SentCount   string
	ErrorCount  string
}

// field gives where the element of that name is kept, or nil if it is not.
func (m *Inbound) field(name string) *string {
	switch name {
	case "ToUserName":
		return &m.ToUserName
	case "FromUserName":
		return &m.FromUserName
	case "CreateTime":
		return &m.CreateTime
	case "MsgType":
		return &m.MsgType
	case "MsgId", "MsgID":
		return &m.MsgID
	case "MsgDataId":
		return &m.MsgDataID
	case "Idx":
		return &m.Index
	case "Encrypt":
		return &m.Encrypt
	case "Event":
		return &m.Event
	case "EventKey":
		return &m.EventKey
	case "Ticket":
		return &m.Ticket
	case "MenuId", "MenuID":
		return &m.MenuID
	case "Status":
		return &m.Status
	case "TotalCount":
		return &m.TotalCount
	case "FilterCount":
		return &m.FilterCount
	case "SentCount":
		return &m.SentCount
	case "ErrorCount":
		return &m.ErrorCount
	}
	return m.contentField(name)
}

func (m *Inbound) contentField(name string) *string {
	switch name {
	case "Content":
		return &m.Content
	case "PicUrl":
		return &m.PicURL
	case "MediaId":
		return &m.MediaID
	case "Format":
		return &m.Format
	case "Recognition":
		return &m.Recognition
	case "ThumbMediaId":
		return &m.ThumbMediaID
	case "Location_X":
		return &m.LocationX
	case "Location_Y":
		return &m.LocationY
	case "Scale":
		return &m.Scale
	case "Label":
		return &m.Label
	case "Title":
		return &m.Title
	case "Description":
		return &m.Description
	case "Url":
		return &m.URL
	case "Latitude":
		return &m.Latitude
	case "Longitude":
		return &m.Longitude
	case "Precision":
		return &m.Precision
	}
	return nil
}

// ParseInbound reads a callback's body, or the text that a sealed one held. It refuses with an error that is ErrInbound what
// is longer than MaxInbound, is not one well-formed element in UTF-8, or has a document type, an entity of its own, or a
// processing instruction other than the XML declaration. Of an element that is there twice, the first one counts.
func ParseInbound(body []byte) (*Inbound, error) {
	if len(body) > MaxInbound {
		return nil, fmt.Errorf("%w: it is longer than %d bytes", ErrInbound, MaxInbound)
	}
	p := inboundParser{decoder: xml.NewDecoder(bytes.NewReader(body))}
	for {
		token, err := p.decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %v", ErrInbound, err) //nolint:errorlint // the parser's own errors are nobody's business
		}
		if err := p.read(token); err != nil {
			return nil, err
		}
	}
	if !p.rooted {
		return nil, fmt.Errorf("%w: it is empty", ErrInbound)
	}
	return &p.message, nil
}

// inboundParser walks through the elements of one callback.
type inboundParser struct {
	decoder *xml.Decoder
	message Inbound
	depth   int
	rooted  bool    // the root element has begun
	into    *string // where the text of the current child of the root goes
}

func (p *inboundParser) read(token xml.Token) error {
	switch t := token.(type) {
	case xml.Directive:
		return fmt.Errorf("%w: it has a document type", ErrInbound)
	case xml.ProcInst:
		if t.Target != "xml" || p.rooted {
			return fmt.Errorf("%w: it has a processing instruction", ErrInbound)
		}
	case xml.StartElement:
		return p.begin(t.Name.Local)
	case xml.EndElement:
		p.depth--
		if p.depth < 2 {
			p.into = nil
		}
	case xml.CharData:
		if p.depth == 2 && p.into != nil {
			*p.into += string(t)
		} else if p.depth == 0 && len(bytes.TrimSpace(t)) > 0 {
			return fmt.Errorf("%w: it has text around its element", ErrInbound)
		}
	}
	return nil
}

func (p *inboundParser) begin(name string) error {
	if p.depth++; p.depth > maxDepth {
		return fmt.Errorf("%w: its elements are nested deeper than %d", ErrInbound, maxDepth)
	}
	switch p.depth {
	case 1:
		if p.rooted || name != "xml" {
			return fmt.Errorf("%w: its root is not the one element xml", ErrInbound)
		}
		p.rooted = true
	case 2:
		if p.into = p.message.field(name); p.into != nil && *p.into != "" {
			p.into = nil
		}
	}
	return nil
}
