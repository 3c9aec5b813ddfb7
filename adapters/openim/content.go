package openim

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf8"

	"parley/adapters/wire"
	"parley/core"
)

// origin names the dialect in the contents that come in it.
const origin = "openim"

// The dialect carries a message as a type, which is a number, and an object. A plain text is kept as a bare string, a
// notification and most other objects whole, media as the address and what is known about it, with the platform's own
// form beside it.

// contentOf checks a content as checkContent does and returns it in core's form. It refers to content.
func contentOf(contentType int64, content []byte) (core.Content, error) {
	if contentType == typeText {
		if inside, ok := textInside(content); ok {
			return core.Content{Kind: core.KindText, Body: unescaped(inside), Origin: origin, Type: "101"}, nil
		}
	}
	if contentType == typeCustom {
		if c, ok := plainCustom(content); ok {
			return c, nil
		}
	}
	r, err := readContent(contentType, content)
	if err != nil {
		return core.Content{}, err
	}
	if r.object, err = json.Marshal(r.members); err != nil {
		return core.Content{}, err
	}
	r.stored = r.object
	if contentType >= firstSystemType {
		r.stored = appendDetail(nil, r.object)
	}
	return r.form(), nil
}

// contentFrom returns the content of a stored message of any type, such as another server lists it; stored is what
// appendContent gives back. What cannot be read is a custom message.
func contentFrom(contentType int64, stored []byte) core.Content {
	if contentType == typeText {
		if inside, ok := textInside(stored); ok {
			c := core.Content{Kind: core.KindText, Body: unescaped(inside), Origin: origin, Type: "101"}
			return keepRaw(c, stored)
		}
	}
	if !utf8.Valid(stored) {
		stored = bytes.ToValidUTF8(stored, []byte("\ufffd"))
	}
	r := reading{contentType: contentType, stored: stored}
	var err error
	if r.members, err = parseObject(stored); err == nil && contentType >= firstSystemType {
		if detail, ok := r.members["detail"].(string); ok {
			r.members, err = parseObject([]byte(detail))
		}
	}
	if err == nil {
		r.object, err = json.Marshal(r.members)
	}
	if err != nil || r.members == nil {
		return keepRaw(core.Content{Kind: core.KindCustom, Body: stored, Origin: origin, Type: decimal(contentType)}, stored)
	}
	_, fields := contentStruct(contentType)
	var d weakDecoder // what does not fit stays empty
	r.part = d.object("", r.members, fields)
	return r.form()
}

// form returns core's form of a content.
func (r *reading) form() core.Content {
	c := core.Content{Kind: contentKind(r.contentType), Origin: origin, Type: decimal(r.contentType)}
	if c.Body, c.Object = r.body(); c.Body == nil {
		normal, err := wire.Normalize(nil, r.object)
		if c.Body, c.Object = normal, err == nil; err != nil {
			c.Body = r.object
		}
		if _, named := r.members[c.Kind.MainField()].(string); c.Kind.MainField() != "" && !named {
			c.Kind = core.KindCustom
		}
	}
	return keepRaw(c, r.stored)
}

// body returns the body of a content that is not shown whole, nil for one that is.
func (r *reading) body() (body []byte, object bool) {
	switch r.contentType {
	case typeText:
		value := r.part.value("Content").text
		if _, named := r.members["content"].(string); value == "" || named && len(r.members) > 1 {
			return nil, true
		}
		return []byte(value), false
	case typePicture:
		return pictureBody(r.part), true
	case typeSound:
		return soundBody(r.part), true
	case typeVideo:
		return videoBody(r.part), true
	case typeFile:
		return fileBody(r.part), true
	case typeAtText:
		return atBody(r.part), true
	case typeCustom:
		return customBody(r.members), true
	}
	return nil, true
}

// keepRaw returns c and keeps the stored form beside the content unless the content gives it back.
func keepRaw(c core.Content, stored []byte) core.Content {
	if _, again := appendContent(nil, &c); !bytes.Equal(again, stored) {
		c.Raw = stored
	}
	return c
}

// contentKind returns the kind of a content type.
func contentKind(contentType int64) core.Kind {
	switch contentType {
	case typeText, typeAtText, typeMarkdown:
		return core.KindText
	case typePicture:
		return core.KindImage
	case typeSound:
		return core.KindVoice
	case typeVideo:
		return core.KindVideo
	case typeFile:
		return core.KindFile
	case typeCard:
		return core.KindCard
	case typeLocation:
		return core.KindLocation
	}
	if contentType >= firstSystemType {
		return core.KindNotification
	}
	return core.KindCustom
}

// decimal returns the number in digits.
func decimal(n int64) string { return strconv.FormatInt(n, 10) }
