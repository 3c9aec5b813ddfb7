package openim

import (
	"strings"

	"parley/adapters/wire"
)

// What core and the other dialects see of a content: an object whose first member is the main value.

func pictureBody(p *contentPart) []byte {
	source := p.nested("sourcePicture")
	url := source.value("url").text
	if url == "" {
		return nil
	}
	w := objectWriter{style: wire.JS}
	w.text("url", url)
	w.counted("width", source.value("width").number)
	w.counted("height", source.value("height").number)
	w.counted("size", source.value("size").number)
	w.known("type", source.value("type").text)
	if thumbnail := p.nested("snapshotPicture").value("url").text; thumbnail != url {
		w.known("thumbnail", thumbnail)
	}
	return w.close()
}

func soundBody(p *contentPart) []byte {
	url := p.value("sourceUrl").text
	if url == "" {
		return nil
	}
	w := objectWriter{style: wire.JS}
	w.text("url", url)
	w.counted("duration", p.value("duration").number)
	w.counted("size", p.value("dataSize").number)
	w.known("type", p.value("soundType").text)
	return w.close()
}

func videoBody(p *contentPart) []byte {
	url := p.value("videoUrl").text
	if url == "" {
		return nil
	}
	w := objectWriter{style: wire.JS}
	w.text("url", url)
	w.counted("duration", p.value("duration").number)
	w.counted("size", p.value("videoSize").number)
	w.known("type", p.value("videoType").text)
	w.known("thumbnail", p.value("snapshotUrl").text)
	w.counted("width", p.value("snapshotWidth").number)
	w.counted("height", p.value("snapshotHeight").number)
	return w.close()
}

func fileBody(p *contentPart) []byte {
	url := p.value("sourceUrl").text
	if url == "" {
		return nil
	}
	w := objectWriter{style: wire.JS}
	w.text("url", url)
	w.known("name", p.value("fileName").text)
	w.counted("size", p.value("fileSize").number)
	w.known("type", p.value("fileType").text)
	return w.close()
}

// atBody is a text with the users whom it mentions.
func atBody(p *contentPart) []byte {
	w := objectWriter{style: wire.JS}
	w.text("content", p.value("text").text)
	if list := p.value("atUserList").list; len(list) > 0 {
		w.name("atUserList")
		for i, id := range list {
			w.dst = append(w.dst, "[,"[min(i, 1)])
			w.dst = wire.AppendString(w.dst, id, wire.JS)
		}
		w.dst = append(w.dst, ']')
	}
	return w.close()
}

// customBody is the object that an application put into the data of a message with nothing beside it; nil means that the
// message is shown whole.
func customBody(members map[string]any) []byte {
	data, ok := members["data"].(string)
	if !ok || !strings.HasPrefix(data, "{") {
		return nil
	}
	for name, value := range members {
		if name != "data" && (value != "" || name != "description" && name != "extension") {
			return nil
		}
	}
	normal, err := wire.Normalize(nil, wire.Bytes(data))
	if err != nil {
		return nil
	}
	return normal
}

// nested returns the decoded part, an empty one where it is missing.
func (p *contentPart) nested(member string) *contentPart {
	if n := p.value(member).part; n != nil {
		return n
	}
	return new(contentPart)
}
