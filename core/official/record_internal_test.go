package official

import (
	"bytes"
	"reflect"
	"testing"
)

// samples are records of every kind with every field set, and what the store holds of them. A change of a stored line
// makes the stores of earlier versions unreadable.
func samples() map[string]any {
	blob := blobRef{ID: blobID{1, 2}, Size: 3}
	at := place{Time: 4, Tick: 5}
	reply := Reply{ID: "r", Type: ReplyNews}
	profile := Profile{
		Nickname: "n", Country: "c", Province: "p", City: "i", Language: "l", UnionID: "u", Remark: "k", Avatar: "a", Gender: GenderFemale,
	}
	return map[string]any{
		`{"ID":"i","OriginalID":"o","Token":"t","Created":1,"HasCredentials":true,"FollowersFetched":true,"MenuFetched":true}`: &Account{
			ID: "i", OriginalID: "o", Token: "t", Created: 1, HasCredentials: true, FollowersFetched: true, MenuFetched: true,
		},
		`{"KeyID":"k","Nonce":"AQ==","Box":"Ag=="}`: &sealed{KeyID: "k", Nonce: []byte{1}, Box: []byte{2}},
		`{"OpenID":"o","Nickname":"n","Country":"c","Province":"p","City":"i","Language":"l","UnionID":"u","Remark":"k",` +
			`"Avatar":"a","Gender":2,"Subscribed":true,"SubscribeTime":1,"UnsubscribeTime":2,"Ungrouped":true,"Blocked":true,` +
			`"Groups":[{"Group":"g","Joined":3}],"Seen":4}`: &Follower{
			OpenID: "o", Profile: profile, Subscribed: true, SubscribeTime: 1, UnsubscribeTime: 2, Ungrouped: true, Blocked: true,
			Groups: []Membership{{"g", 3}}, Seen: 4,
		},
		`{"Name":"n","Place":{"Time":4,"Tick":5},"Deleting":true}`: &groupRecord{Name: "n", Place: at, Deleting: true},
		`{"ID":"i","Content":"<c>","Created":1}`:                   &Text{ID: "i", Content: "<c>", Created: 1},
		`{"ID":"i","Kind":"video","Name":"n","Title":"t","Description":"d","Size":1,"Created":2,"Version":3,"Deleted":true,` +
			`"Blob":{"ID":"01020000000000000000000000000000","Size":3},"Place":{"Time":4,"Tick":5}}`: &mediaRecord{
			Media: Media{
				ID: "i", Kind: KindVideo, Name: "n", Title: "t", Description: "d", Size: 1, Created: 2, Version: 3, Deleted: true,
			}, Blob: blob, Place: at,
		},
		`{"ID":"u","Version":1,"Created":2}`: &uploadRecord{ID: "u", Version: 1, Created: 2},
		`{"Created":1,"Place":{"Time":4,"Tick":5},"Version":2,"Articles":["a"],"Deleted":true}`: &newsRecord{
			Created: 1, Place: at, Version: 2, Articles: []string{"a"}, Deleted: true,
		},
		`{"NewsID":"n","Title":"t","Author":"a","Digest":"d","ImageID":"i","Source":"s","Updated":1,"ShowCover":true,` +
			`"Content":{"ID":"01020000000000000000000000000000","Size":3},"Replaced":true}`: &articleRecord{
			NewsID: "n", Title: "t", Author: "a", Digest: "d", ImageID: "i", Source: "s", Updated: 1, ShowCover: true,
			Content: blob, Replaced: true,
		},
		`{"ID":"i","Name":"n","Reply":{"ID":"r","Type":"news"},"Keywords":[{"ID":"k","Content":"c","Fuzzy":true}],` +
			`"Created":1,"Updated":2,"Place":{"Time":4,"Tick":5}}`: &ruleRecord{
			Rule: Rule{
				ID: "i", Name: "n", Reply: reply, Keywords: []Keyword{{"k", KeywordInput{"c", true}}}, Created: 1, Updated: 2,
			}, Place: at,
		},
		`{"ID":"i","Parent":"0","Name":"n","Type":"click","Keycode":"k","URL":"u","Reply":{"ID":"r","Type":"news"},` +
			`"Sequence":1,"Children":null}`: &Button{
			ID: "i", Parent: "0", Name: "n", Type: "click", Keycode: "k", URL: "u", Reply: reply, Sequence: 1,
		},
		`{"ID":"i","Kind":"event","Sender":"s","Time":1,"Content":"c","MediaID":"m","ThumbMediaID":"t","PictureURL":"p",` +
			`"Copy":"o","ThumbCopy":"h","Format":"f","Recognition":"r","Latitude":"1","Longitude":"2","Scale":"3","Label":"l",` +
			`"Title":"e","Description":"d","URL":"u","Event":"v","EventKey":"k","Answered":true,"Place":{"Time":4,"Tick":5}}`: &inboundRecord{
			Inbound: Inbound{
				ID: "i", Kind: InboundEvent, Sender: "s", Time: 1, Content: "c", MediaID: "m", ThumbMediaID: "t", PictureURL: "p",
				Copy: "o", ThumbCopy: "h", Format: "f", Recognition: "r", Latitude: "1", Longitude: "2", Scale: "3", Label: "l",
				Title: "e", Description: "d", URL: "u", Event: "v", EventKey: "k", Answered: true,
			}, Place: at,
		},
		`{"ID":"i","Audience":{"Group":"g","Gender":null},"Type":"t","Material":"m","Created":1,"Size":2,"Chunks":[{"Index":0,` +
			`"Size":2,"State":"sent","MessageID":3,"Code":4,"Note":"n","Finish":{"Status":"s","Succeeded":true,"Counts":{"Total":1,` +
			`"Filtered":2,"Sent":3,"Failed":4}}}],"Status":"preparing","Counts":null,"Place":{"Time":4,"Tick":5},"Changed":6}`: &massRecord{
			MassSend: MassSend{
				ID: "i", MassSendInput: MassSendInput{Audience: Selection{Group: "g"}, Type: "t", Material: "m"}, Created: 1, Size: 2,
				Chunks: []Chunk{{
					Size: 2, State: ChunkSent, MessageID: 3, Code: 4, Note: "n",
					Finish: &Finish{Status: "s", Succeeded: true, Counts: Counts{1, 2, 3, 4}},
				}}, Status: MassPreparing,
			}, Place: at, Changed: 6,
		},
		`{"MassSend":"m","Index":1}`: &chunkRef{MassSend: "m", Index: 1},
		`{"Status":"s","Succeeded":true,"Counts":{"Total":1,"Filtered":2,"Sent":3,"Failed":4},"Came":5}`: &earlyReport{
			Finish: Finish{Status: "s", Succeeded: true, Counts: Counts{1, 2, 3, 4}}, Came: 5,
		},
		`{"ID":"i","Account":"a","Kind":"k","Key":"y","Payload":"AQ==","RunAt":1,"Progress":"Ag==","Owner":"o","LeaseUntil":2,` +
			`"Failures":3,"Note":"n","Created":4,"Due":5}`: &jobRecord{
			Job: Job{
				ID: "i", JobInput: JobInput{Account: "a", Kind: "k", Key: "y", Payload: []byte{1}, RunAt: 1}, Progress: []byte{2},
				Owner: "o", LeaseUntil: 2, Failures: 3, Note: "n", Created: 4,
			}, Due: 5,
		},
	}
}

func TestRecordsKeepTheirForm(t *testing.T) {
	for want, record := range samples() {
		got, err := encode(record)
		if err != nil || string(got) != "\x01"+want {
			t.Errorf("%T is stored as %q, %v; want %q", record, got, err, want)
		}
	}
}

// decodeLike reads a record of the type of sample.
func decodeLike(sample any, b []byte) (any, error) {
	switch sample.(type) {
	case *Account:
		return decode[Account](b)
	case *sealed:
		return decode[sealed](b)
	case *Follower:
		return decode[Follower](b)
	case *groupRecord:
		return decode[groupRecord](b)
	case *Text:
		return decode[Text](b)
	case *mediaRecord:
		return decode[mediaRecord](b)
	case *uploadRecord:
		return decode[uploadRecord](b)
	case *newsRecord:
		return decode[newsRecord](b)
	case *articleRecord:
		return decode[articleRecord](b)
	case *ruleRecord:
		return decode[ruleRecord](b)
	case *Button:
		return decode[Button](b)
	case *inboundRecord:
		return decode[inboundRecord](b)
	case *massRecord:
		return decode[massRecord](b)
	case *chunkRef:
		return decode[chunkRef](b)
	case *earlyReport:
		return decode[earlyReport](b)
	case *jobRecord:
		return decode[jobRecord](b)
	}
	return nil, corrupt(b)
}

func TestRecordsAreReadBack(t *testing.T) {
	for text, record := range samples() {
		got, err := decodeLike(record, []byte("\x01"+text))
		if err != nil || !reflect.DeepEqual(got, record) {
			t.Errorf("%q became %+v, %v", text, got, err)
		}
		for _, bad := range []string{"", "\x02" + text, "\x01" + text[:len(text)-1], "\x01" + text + "}"} {
			if _, err := decodeLike(record, []byte(bad)); err == nil {
				t.Errorf("%T was read from %q", record, bad)
			}
		}
	}
}

// Whatever is in the store, reading it ends with a record that is stored in one way, or an error.
func FuzzRecords(f *testing.F) {
	for text := range samples() {
		f.Add([]byte("\x01" + text))
	}
	f.Add(encodeNumber(1 << 60))
	all := samples()
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, sample := range all {
			record, err := decodeLike(sample, b)
			if err != nil {
				continue
			}
			once, err := encode(record)
			if err != nil {
				t.Fatal(err)
			}
			again, err := decodeLike(sample, once)
			if err != nil {
				t.Fatal(err)
			}
			if twice, err := encode(again); err != nil || !bytes.Equal(once, twice) {
				t.Errorf("%q became %q, %v", once, twice, err)
			}
		}
		if n, err := decodeNumber(b); err == nil && b != nil && !bytes.Equal(encodeNumber(n), b) {
			t.Errorf("%x became %d", b, n)
		}
	})
}

// Whatever the bytes, parsing a key ends with its fields or an error.
func FuzzKeys(f *testing.F) {
	f.Add(accountKey(1))
	f.Add(dueKey(2, "job"))
	f.Add(looseKey(3, blobID{4}))
	f.Add(place{5, 6}.newest("id"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if at, id, err := parseDue(b); err == nil && !bytes.HasSuffix(dueKey(at, id), b[tablePrefixWidth:]) {
			t.Errorf("%x became %d %q", b, at, id)
		}
		if account, blob, err := parseLoose(b); err == nil && !bytes.HasSuffix(looseKey(account, blob), b[tablePrefixWidth:]) {
			t.Errorf("%x became %d %x", b, account, blob)
		}
		if at, tail, err := parseNewestFirst(b); err == nil && !bytes.Equal(newestFirst(at, tail), b) {
			t.Errorf("%x became %d %q", b, at, tail)
		}
		if n, err := parseAccountNumber(b); err == nil && !bytes.HasSuffix(accountKey(n), b[tablePrefixWidth:]) {
			t.Errorf("%x became %d", b, n)
		}
		if id, err := parsePlaced(b); err == nil && len(id) != len(b)-placeWidth {
			t.Errorf("%x became %q", b, id)
		}
	})
}
