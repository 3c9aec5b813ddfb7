package core

// Kind is what a message is, whatever the dialect that it came in.
type Kind uint8

// The kinds of content.
const (
	KindText Kind = iota + 1
	KindHTML
	KindImage
	KindVoice
	KindVideo
	KindFile
	KindLocation
	KindLink
	KindCard
	KindCustom
	KindNotification
)

// String returns the kind's name.
func (k Kind) String() string {
	switch k {
	case KindText:
		return "text"
	case KindHTML:
		return "html"
	case KindImage:
		return "image"
	case KindVoice:
		return "voice"
	case KindVideo:
		return "video"
	case KindFile:
		return "file"
	case KindLocation:
		return "location"
	case KindLink:
		return "link"
	case KindCard:
		return "card"
	case KindCustom:
		return "custom"
	case KindNotification:
		return "notification"
	}
	return "unknown"
}

// Content is a message's payload in a canonical, lossless form. Its main value (the text of a text, the address of an
// image or link) is either the whole of Body, or the member of the JSON object in Body that MainField names.
type Content struct {
	Kind Kind
	// Object tells that Body is a JSON object in normal form: no white space, strings in UTF-8 with the fewest escapes.
	// Content that has no main value may also be a list. Otherwise Body is a bare UTF-8 string.
	Object bool
	Body   []byte
	// Origin and Type name the dialect and the wire type that Raw came in; both are opaque to core.
	Origin, Type string
	// Raw is the origin's own payload where Body cannot give it back byte for byte; nil otherwise.
	Raw []byte
	// Meta is what the origin keeps beside the payload, in a form of its own: opaque bytes that core stores with the
	// message and never reads. Nil if there is none.
	Meta []byte
}

// MainField names the member of an object body that holds the content's main value: "content" for text and html, "url"
// for what is fetched, and none for the other kinds.
func (k Kind) MainField() string {
	switch k {
	case KindText, KindHTML:
		return "content"
	case KindImage, KindLink, KindVoice, KindVideo, KindFile:
		return "url"
	case KindLocation, KindCard, KindCustom, KindNotification:
		return ""
	}
	return ""
}
