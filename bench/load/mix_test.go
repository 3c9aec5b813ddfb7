package load

import "testing"

func TestParseMix(t *testing.T) {
	for text, want := range map[string]string{
		"send=70,list=25,chats=5":         "send=70,list=25,chats=5",
		"list=1 , send=2":                 "send=2,list=1",
		"bulk=1,mark=2,unread=3,send=0":   "bulk=1,mark=2,unread=3",
		"send":                            "",
		"send=":                           "",
		"send=-1":                         "",
		"send=1,send=2":                   "",
		"sent=1":                          "",
		"send=0":                          "",
		"":                                "",
		"send=1,":                         "",
		"send=99999999999999999999":       "",
		"send=70,list=25,chats=5,mark=-0": "send=70,list=25,chats=5",
	} {
		m, err := ParseMix(text)
		if (err == nil) != (want != "") || err == nil && m.String() != want {
			t.Errorf("%q is %v, %v; want %q", text, m, err, want)
		}
	}
}

func TestPickFollowsTheWeights(t *testing.T) {
	m := Mix{Send: 70, List: 25, Chats: 5}
	var counts Mix
	for point := range m.sum() {
		counts[m.pick(point)]++
	}
	if counts != m {
		t.Errorf("picked %v of %v", counts, m)
	}
}

func FuzzParseMix(f *testing.F) {
	f.Add("send=70,list=25,chats=5")
	f.Add("bulk=1,=,")
	f.Fuzz(func(t *testing.T, text string) {
		m, err := ParseMix(text)
		if err != nil {
			return
		}
		again, err := ParseMix(m.String())
		if err != nil || again != m {
			t.Errorf("%q: %v is read back as %v, %v", text, m, again, err)
		}
	})
}
