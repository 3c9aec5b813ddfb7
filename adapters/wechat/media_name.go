package wechat

import (
	"net/url"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"parley/core/official"
)

// maxFileName is how many characters of a file's name are kept.
const maxFileName = 100

// fileName is what is kept of the name under which a client sends a file: its last part, without control characters and,
// where it is long, cut before its ending.
func fileName(sent string) string {
	name := strings.ToValidUTF8(sent, "\ufffd")
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, name))
	if over := utf8.RuneCountInString(name) - maxFileName; over > 0 {
		ending := path.Ext(name)
		if utf8.RuneCountInString(ending) >= maxFileName {
			ending = ""
		}
		stem := []rune(strings.TrimSuffix(name, ending))
		name = string(stem[:len(stem)-over]) + ending
	}
	return name
}

// downloadName is the name that a download proposes: with the ending of its format, which the platform looks for in small
// letters where it is an image. amr tells the format of a voice whose name does not.
func downloadName(m *official.Media, amr bool) string {
	switch {
	case m.Kind != official.KindVoice:
		if strings.HasSuffix(m.Name, ".jpg") {
			return m.Name
		}
		return m.Name + ".jpg"
	case hasEnding(m.Name, voiceForm().endings):
		return m.Name
	case amr:
		return m.Name + ".amr"
	}
	return m.Name + ".mp3"
}

// disposition is the header of a download. The name is written as a form writes it: all but letters, digits and . - * _
// as the bytes of its UTF-8, with a plus for the space.
func disposition(name string) string {
	return "attachment; filename=" + strings.NewReplacer("%2A", "*", "~", "%7E").Replace(url.QueryEscape(name))
}
