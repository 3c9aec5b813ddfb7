package wechat

import (
	"strings"
	"testing"
)

func TestFileName(t *testing.T) {
	for sent, want := range map[string]string{
		"a.jpg": "a.jpg", "/x/y/a.jpg": "a.jpg", `C:\x\a.jpg`: "a.jpg", "..": "..", "a\x00b\r\n.jpg": "ab.jpg", "\u0020a.jpg\u0020": "a.jpg",
		"\xff.jpg": "\ufffd.jpg", "a\u202egpj.exe": "agpj.exe", "": "",
		strings.Repeat("a", 150):          strings.Repeat("a", 100),
		strings.Repeat("a", 150) + ".mp3": strings.Repeat("a", 96) + ".mp3",
		"a." + strings.Repeat("b", 150):   "a." + strings.Repeat("b", 98),
		strings.Repeat("图", 97) + ".jpg":  strings.Repeat("图", 96) + ".jpg",
		strings.Repeat("图", 96) + ".jpg":  strings.Repeat("图", 96) + ".jpg",
	} {
		if got := fileName(sent); got != want {
			t.Errorf("%q becomes %q, want %q", sent, got, want)
		}
	}
}
