package php

import "parley/core"

// The message types that both platforms have, and what a member sees of a message.

// MessageTypes are the values of chat_message_type, in the order in which error messages list them.
func MessageTypes() []string { return []string{"text", "html", "image", "link", "custom"} }

// KindOf returns the kind of a message type that has been checked.
func KindOf(messageType string) core.Kind {
	switch messageType {
	case "text":
		return core.KindText
	case "html":
		return core.KindHTML
	case "image":
		return core.KindImage
	case "link":
		return core.KindLink
	}
	return core.KindCustom
}

// TypeOf returns the message type that shows a kind: its own, or custom.
func TypeOf(kind core.Kind) string {
	switch kind {
	case core.KindText:
		return "text"
	case core.KindHTML:
		return "html"
	case core.KindImage:
		return "image"
	case core.KindLink:
		return "link"
	case core.KindVoice, core.KindVideo, core.KindFile, core.KindLocation, core.KindCard, core.KindCustom, core.KindNotification:
		return "custom"
	}
	return "custom"
}

// Direction is chat_message_io: the documents say that in is sent by oneself, their own samples and plain language the
// contrary; an app chooses by its setting io, which is natural or documented.
func Direction(own, natural bool) string {
	if own != natural {
		return "in"
	}
	return "out"
}

// OwnIn is the inverse of Direction.
func OwnIn(direction string, natural bool) bool { return (direction == "in") != natural }
