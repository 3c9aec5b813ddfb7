package official

// InboundKind is the kind of a received message.
type InboundKind string

// The kinds of received messages.
const (
	InboundText     InboundKind = "text"
	InboundImage    InboundKind = "image"
	InboundVoice    InboundKind = "voice"
	InboundVideo    InboundKind = "video"
	InboundLocation InboundKind = "location"
	InboundLink     InboundKind = "link"
	// InboundEvent is stored, so that it is not handled twice, and never listed.
	InboundEvent InboundKind = "event"
)

// Inbound is a message or an event that the platform delivered. Texts have at most 2000 characters.
type Inbound struct {
	// ID is the platform's number of the message, at most 45 characters. An event has none; it gets 32 hexadecimal digits.
	ID   string `json:",omitempty"`
	Kind InboundKind
	// Sender is the follower's OpenID. It need not be known.
	Sender string `json:",omitempty"`
	// Time is when the message was sent.
	Time int64
	// Content is that of a text.
	Content string `json:",omitempty"`
	// MediaID and ThumbMediaID are the platform's names for media, PictureURL its link to a picture.
	MediaID, ThumbMediaID, PictureURL string `json:",omitempty"`
	// Copy and ThumbCopy are the IDs of our copies, media of KindReceived; empty until SetInboundCopy.
	Copy, ThumbCopy string `json:",omitempty"`
	// Format and Recognition are a voice's.
	Format, Recognition string `json:",omitempty"`
	// Latitude, Longitude, Scale and Label are a location's, as they were received.
	Latitude, Longitude, Scale, Label string `json:",omitempty"`
	// Title, Description and URL are a link's.
	Title, Description, URL string `json:",omitempty"`
	// Event and EventKey are an event's.
	Event, EventKey string `json:",omitempty"`
	// Answered tells that a keyword has answered the message.
	Answered bool `json:",omitempty"`
}

// ReceivedMessage is a listed message with what is known of its sender.
type ReceivedMessage struct {
	Inbound
	// Nickname and Avatar are empty if the sender is not known.
	Nickname, Avatar string
}

// InboundQuery selects received messages.
type InboundQuery struct {
	// Start and End bound the time: Start <= time < End. Zero means no bound.
	Start, End int64
	// HideAnswered leaves out messages that a keyword has answered.
	HideAnswered bool
	// Contains leaves texts whose content contains it, whatever the case of its letters; empty leaves every message.
	Contains string
	Page     Page
}

// InboundPage is one page of received messages, the newest first.
type InboundPage struct {
	Messages []*ReceivedMessage
	// Total is the number of messages on all pages.
	Total int
}
