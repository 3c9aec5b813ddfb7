package wechat

import (
	"bytes"
	"strings"

	"parley/core/official"
)

// mediaForm is what may be uploaded as one kind of media, and how it is handed out again.
type mediaForm struct {
	kind official.MediaKind
	// limit is the largest size in bytes that is still accepted.
	limit int64
	// endings are those of the names that are accepted, the usual one first; lenient ones are for a setting.
	endings, lenient []string
	// refusal tells of a name with another ending.
	refusal string
	// download is the content type of a download, which the platform's clients know and browsers do not.
	download string
	// genuine tells from the first bytes of a file whether it is what its name says.
	genuine func(head []byte) bool
}

// headLength is how many of the first bytes of a file genuine needs.
const headLength = 12

func imageForm(kind official.MediaKind) *mediaForm {
	return &mediaForm{
		kind: kind, limit: 1 << 20, endings: []string{".jpg"}, lenient: []string{".jpeg"},
		refusal: "only JPG formated images are supported", download: "application/jpg", genuine: isJPEG,
	}
}

func voiceForm() *mediaForm {
	return &mediaForm{
		kind: official.KindVoice, limit: 2 << 20, endings: []string{".mp3", ".amr"},
		refusal: "only AMR/MP3 formated voices are supported", download: "application/mp3",
		genuine: func(head []byte) bool { return isAMR(head) || isMP3(head) },
	}
}

func videoForm() *mediaForm {
	return &mediaForm{
		kind: official.KindVideo, limit: 10 << 20, endings: []string{".mp4"},
		refusal: "only MP4 formated videos are supported", genuine: isMP4,
	}
}

// accepts tells whether a file may have a name.
func (f *mediaForm) accepts(name string, lenient bool) bool {
	return hasEnding(name, f.endings) || lenient && hasEnding(name, f.lenient)
}

func hasEnding(name string, endings []string) bool {
	lower := strings.ToLower(name)
	for _, ending := range endings {
		if strings.HasSuffix(lower, ending) {
			return true
		}
	}
	return false
}

func isJPEG(head []byte) bool { return bytes.HasPrefix(head, []byte{0xff, 0xd8, 0xff}) }

func isAMR(head []byte) bool { return bytes.HasPrefix(head, []byte("#!AMR")) }

// isMP3 tells whether there is a tag, or the mark of a frame of MPEG audio in layer 3.
func isMP3(head []byte) bool {
	return bytes.HasPrefix(head, []byte("ID3")) || len(head) >= 2 && head[0] == 0xff && head[1]&0xe6 == 0xe2
}

func isMP4(head []byte) bool { return len(head) >= 8 && string(head[4:8]) == "ftyp" }
