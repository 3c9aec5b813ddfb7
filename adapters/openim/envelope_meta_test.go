package openim

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func everyMeta() *meta {
	return &meta{
		clientMsgID: [16]byte{1, 15: 255}, senderPlatformID: -2, senderNickname: "Alice", senderFaceURL: "http://f", msgFrom: 100, ex: "ex",
		notOfflinePush: true, hasPush: true, push: pushInfo{title: "t", description: "d", ex: "e", sound: "default", signal: "s", badge: true},
		atUserIDList: []string{"u1", "", "AtAllTag"},
	}
}

func compareMeta(a, b meta) string { return cmp.Diff(a, b, cmp.AllowUnexported(meta{}, pushInfo{})) }

func TestMetaComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String()
		m := meta{
			senderPlatformID: rapid.Int64().Draw(t, "platform"), senderNickname: s.Draw(t, "nickname"), senderFaceURL: s.Draw(t, "face"),
			msgFrom: rapid.Int64().Draw(t, "from"), ex: s.Draw(t, "ex"), notOfflinePush: rapid.Bool().Draw(t, "not"),
			hasPush: rapid.Bool().Draw(t, "has"),
		}
		copy(m.clientMsgID[:], rapid.SliceOfN(rapid.Byte(), 0, 16).Draw(t, "id"))
		if m.hasPush {
			m.push = pushInfo{
				title: s.Draw(t, "title"), description: s.Draw(t, "description"), ex: s.Draw(t, "push ex"), sound: s.Draw(t, "sound"),
				signal: s.Draw(t, "signal"), badge: rapid.Bool().Draw(t, "badge"),
			}
		}
		if list := rapid.SliceOf(s).Draw(t, "at"); len(list) > 0 {
			m.atUserIDList = list
		}
		b := appendMeta([]byte("x"), &m)
		got, err := parseMeta(b[1:])
		if diff := compareMeta(m, got); err != nil || diff != "" {
			t.Fatalf("%v %s", err, diff)
		}
	})
}

func TestMetaOfNothing(t *testing.T) {
	if b := appendMeta(nil, new(meta)); b != nil {
		t.Errorf("%x", b)
	}
	if m, err := parseMeta(nil); err != nil || compareMeta(m, meta{}) != "" {
		t.Errorf("%+v, %v", m, err)
	}
}

func TestBrokenMeta(t *testing.T) {
	whole := appendMeta(nil, everyMeta())
	for n := 1; n < len(whole); n++ {
		if m, err := parseMeta(whole[:n]); err == nil {
			t.Errorf("%d of %d bytes read as %+v", n, len(whole), m)
		}
	}
	for name, b := range map[string][]byte{
		"a version to come":    append([]byte{metaVersion + 1}, whole[1:]...),
		"more than it says":    append(bytes.Clone(whole), 0),
		"nothing present":      {metaVersion, 0},
		"something unknown":    {metaVersion, 0x80, 0x04},
		"a list beyond memory": {metaVersion, 0x80, 0x02, 0xff, 0xff, 0xff, 0xff, 0x0f},
	} {
		if m, err := parseMeta(b); err == nil {
			t.Errorf("%s read as %+v", name, m)
		}
	}
}

func FuzzParseMeta(f *testing.F) {
	f.Add([]byte(nil))
	f.Add(appendMeta(nil, everyMeta()))
	f.Add(appendMeta(nil, &meta{senderPlatformID: 10}))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := parseMeta(b)
		if err != nil {
			return
		}
		again, err := parseMeta(appendMeta(nil, &m))
		if diff := compareMeta(m, again); err != nil || diff != "" {
			t.Errorf("%x: %v %s", b, err, diff)
		}
	})
}

func TestMetaCostsNothing(t *testing.T) {
	m := everyMeta()
	m.atUserIDList = nil
	dst := make([]byte, 0, 256)
	n := testing.AllocsPerRun(100, func() {
		dst = appendMeta(dst[:0], m)
		if _, err := parseMeta(dst); err != nil {
			t.Fatal(err)
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}
