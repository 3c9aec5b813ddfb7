package openim

import (
	"encoding/json"
	"strconv"

	"parley/adapters/wire"
	"parley/core"
)

// appendMedia appends what another dialect sent as a picture, sound, video, file, place or card. What is not known about
// it is empty or zero. ok is false if the members do not make the platform's object.
func appendMedia(dst []byte, kind core.Kind, members map[string]any) (contentType int64, out []byte, ok bool) {
	m := media{members: members, objectWriter: objectWriter{dst: dst, style: wire.Go}}
	switch kind {
	case core.KindImage:
		contentType = m.picture()
	case core.KindVoice:
		contentType = m.sound()
	case core.KindVideo:
		contentType = m.video()
	case core.KindFile:
		contentType = m.file()
	case core.KindLocation:
		contentType = m.location()
	case core.KindCard:
		contentType = m.card()
	default:
		return 0, dst, false
	}
	if m.lacking || m.decoder.failures != nil {
		return 0, dst, false
	}
	return contentType, m.close(), true
}

// media turns the members of another dialect's object into the platform's, in the order of their names.
type media struct {
	objectWriter
	members map[string]any
	decoder weakDecoder
	lacking bool // what the object cannot do without
}

func (m *media) picture() int64 {
	url := m.needed("url")
	m.pictureInfo("bigPicture", url)
	if thumbnail := m.given("thumbnail"); thumbnail != "" {
		m.pictureInfo("snapshotPicture", thumbnail)
	} else {
		m.pictureInfo("snapshotPicture", url)
	}
	m.text("sourcePath", "")
	m.pictureInfo("sourcePicture", url)
	return typePicture
}

func (m *media) pictureInfo(name, url string) {
	kind := m.given("type")
	if kind == "" {
		kind = "image" // the platform wants one
	}
	m.name(name)
	w := objectWriter{dst: m.dst, style: wire.Go}
	w.number("height", m.count("height"))
	w.number("size", m.count("size"))
	w.text("type", kind)
	w.text("url", url)
	w.text("uuid", "")
	w.number("width", m.count("width"))
	m.dst = w.close()
}

func (m *media) sound() int64 {
	m.number("dataSize", m.count("size"))
	m.number("duration", m.count("duration"))
	m.text("soundPath", "")
	m.text("soundType", m.given("type"))
	m.text("sourceUrl", m.needed("url"))
	m.text("uuid", "")
	return typeSound
}

func (m *media) video() int64 {
	m.number("duration", m.count("duration"))
	m.number("snapshotHeight", m.count("height"))
	m.text("snapshotPath", "")
	m.number("snapshotSize", 0)
	m.text("snapshotUUID", "")
	m.text("snapshotUrl", m.given("thumbnail"))
	m.number("snapshotWidth", m.count("width"))
	m.text("videoPath", "")
	m.number("videoSize", m.count("size"))
	m.text("videoType", m.given("type"))
	m.text("videoUUID", "")
	m.text("videoUrl", m.needed("url"))
	return typeVideo
}

func (m *media) file() int64 {
	m.text("fileName", m.given("name"))
	m.text("filePath", "")
	m.number("fileSize", m.count("size"))
	m.text("fileType", m.given("type"))
	m.text("sourceUrl", m.needed("url"))
	m.text("uuid", "")
	return typeFile
}

func (m *media) location() int64 {
	m.text("description", m.given("description"))
	m.degrees("latitude")
	m.degrees("longitude")
	return typeLocation
}

func (m *media) card() int64 {
	m.text("ex", m.given("ex"))
	m.text("faceURL", m.given("faceURL"))
	m.text("nickname", m.given("nickname"))
	m.text("userID", m.needed("userID"))
	return typeCard
}

// given returns a member as a text, the empty one if it is missing.
func (m *media) given(name string) string {
	if v := m.members[name]; v != nil {
		return m.decoder.text(name, v)
	}
	return ""
}

func (m *media) needed(name string) string {
	s := m.given(name)
	m.lacking = m.lacking || s == ""
	return s
}

// count returns a member as a number, zero if it is missing.
func (m *media) count(name string) int64 {
	if v := m.members[name]; v != nil {
		return m.decoder.integer(name, v, 64)
	}
	return 0
}

// degrees writes a member that is a number, or a string that shows one.
func (m *media) degrees(name string) {
	degrees, err := strconv.ParseFloat(m.needed(name), 64)
	if err != nil {
		m.lacking = true
		return
	}
	shown, err := json.Marshal(degrees)
	if err != nil {
		m.lacking = true // not a finite number
		return
	}
	m.name(name)
	m.dst = append(m.dst, shown...)
}
