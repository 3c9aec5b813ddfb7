package archive_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"reflect"
	"strings"
	"testing"

	"parley/core"
	"parley/core/archive"
)

const headerLine = `{"parley":"archive","version":1,"app":"A"}` + "\n"

// ended adds a right end line to the lines of an archive.
func ended(lines string) string {
	sum := sha256.Sum256([]byte(lines))
	return lines + `{"type":"end","sha256":"` + hex.EncodeToString(sum[:]) + `"}` + "\n"
}

// readAll returns the records of an archive and how it ends.
func readAll(in *archive.Reader) (all []archive.Record, err error) {
	for {
		r, err := in.Next()
		if err != nil {
			return all, err
		}
		all = append(all, r)
	}
}

func TestWhatIsNoArchive(t *testing.T) {
	user := `{"type":"user","id":"u"}` + "\n"
	whole := ended(headerLine + user)
	for name, c := range map[string]struct{ text, want string }{
		"whole":            {whole, "EOF"},
		"empty":            {"", "line 1 of the archive: the file is empty"},
		"something else":   {"id,name\n1,2\n", "line 1 of the archive: the line is no JSON object"},
		"other JSON":       {`{"a":1}` + "\n", "this is no archive"},
		"newer":            {`{"parley":"archive","version":2}` + "\n", "has version 2, and this program reads up to version 1"},
		"no version":       {`{"parley":"archive"}` + "\n", "says no version"},
		"no end":           {headerLine + user, "line 2 of the archive: the archive ends here without its end line"},
		"cut line":         {headerLine + user[:10], "line 2 of the archive: the archive ends in the middle of the line"},
		"altered":          {strings.Replace(whole, `"u"`, `"v"`, 1), "line 3 of the archive: the digest is"},
		"more":             {whole + user, "line 4 of the archive: something follows the end line"},
		"bad count":        {strings.Replace(ended(headerLine+user), `"end",`, `"end","counts":{"user":2},`, 1), `1 records of type "user" and should have 2`},
		"no type":          {headerLine + `{"id":"u"}` + "\n", "line 2 of the archive: the line says no type"},
		"no JSON":          {headerLine + `{"type":"user",}` + "\n", `the record of type "user" cannot be read`},
		"unknown no JSON":  {headerLine + `{"type":"new",}` + "\n", "the line is no JSON"},
		"wrong value":      {headerLine + `{"type":"user","id":1}` + "\n", "cannot be read"},
		"no UTF-8":         {headerLine + "{\"type\":\"user\",\"id\":\"\xff\"}\n", "the line is not UTF-8"},
		"too deep":         {headerLine + `{"type":"x","v":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + "}\n", "nested more than 32 deep"},
		"too long":         {headerLine + `{"type":"x","v":"` + strings.Repeat("v", archive.MaxLine) + "\"}\n", "has more than 16777216 bytes"},
		"endless":          {headerLine + strings.Repeat("v", archive.MaxLine+1<<20), "has more than 16777216 bytes"},
		"no id":            {headerLine + `{"type":"user"}` + "\n", "neither an id nor a uuid"},
		"no receiver":      {headerLine + `{"type":"message","id":1,"from":"a","body":{"kind":"text","text":""}}` + "\n", "a receiver or a group"},
		"no body":          {headerLine + `{"type":"message","id":1,"from":"a","to":"b"}` + "\n", "no body"},
		"no origin":        {headerLine + `{"type":"message","from":"a","to":"b","body":{"kind":"text","text":""}}` + "\n", "neither an origin nor an id"},
		"negative":         {headerLine + `{"type":"message","id":-1,"from":"a","to":"b"}` + "\n", "negative"},
		"descending":       {headerLine + `{"type":"read","member":"a","peer":"b","read":[[3,4],[1,2]]}` + "\n", "not ascending"},
		"too much content": {headerLine + `{"type":"content","account":"a","sha256":"","size":1,"data":"YWI="}` + "\n", "outside of the content"},
		"many members":     {headerLine + `{"type":"members","group":"g","members":[` + strings.Repeat(`{"user":"u"},`, 500) + `{"user":"u"}]}` + "\n", "more members"},
		"early check":      {headerLine + `{"type":"check","sha256":"00"}` + "\n", "line 2 of the archive: the digest is"},
		"spaces and order": {ended(headerLine + ` { "id" : "u" , "type" : "user" } ` + "\r\n"), "EOF"},
		"unknown":          {ended(headerLine + `{"type":"new","v":[1,{"a":"}"}]}` + "\n" + strings.Replace(user, "}", `,"new":1}`, 1)), "EOF"},
	} {
		_, err := readAll(archive.NewReader(strings.NewReader(c.text)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %s", name, err, c.want)
		}
	}
}

func TestUnknownTypesAreCounted(t *testing.T) {
	in := archive.NewReader(strings.NewReader(ended(headerLine + `{"type":"new"}` + "\n" + `{"type":"user","id":"u"}` + "\n")))
	if _, err := readAll(in); !errors.Is(err, io.EOF) || in.Skipped() != 1 || in.Counts()[archive.TypeUser] != 1 {
		t.Errorf("%d skipped, %v read, %v", in.Skipped(), in.Counts(), err)
	}
}

// The error of a reader below is not taken for the end of an archive.
func TestBrokenReader(t *testing.T) {
	broken := errors.New("the disk is gone")
	_, err := readAll(archive.NewReader(io.MultiReader(strings.NewReader(headerLine), &failing{broken})))
	if !errors.Is(err, broken) {
		t.Error(err)
	}
}

type failing struct{ err error }

func (f *failing) Read([]byte) (int, error) { return 0, f.err }

// An archive that the format document shows is one.
func TestExampleOfTheFormat(t *testing.T) {
	doc, err := os.ReadFile("FORMAT.md")
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(string(doc), "```\n")
	w := newWorld(t)
	defer w.close(t)
	w.restore(t, []byte(parts[len(parts)-2]), strict())
	h, err := w.engine.History(t.Context(), w.caller(t, "bob"), core.HistoryQuery{Peer: "alice", Limit: 9}, nil)
	if err != nil || len(h.Messages) != 1 || string(h.Messages[0].Content.Body) != "hello" || h.Unread != 0 {
		t.Errorf("%+v, %v", h, err)
	}
}

// sample is an archive of some length.
func sample(t testing.TB, messages int) []byte {
	t.Helper()
	var b bytes.Buffer
	out := archive.NewWriter(&b, archive.Header{App: appKey})
	for i := range messages {
		err := out.Write(&archive.Record{Type: archive.TypeMessage, Message: &archive.Message{
			ID: int64(i + 1), From: "a", To: "b", Time: int64(i), Body: &archive.Body{Kind: "text", Text: "text"},
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestContinue(t *testing.T) {
	data := sample(t, 2100) // with check lines
	want, _ := readAll(archive.NewReader(bytes.NewReader(data)))
	if len(want) != 2100 {
		t.Fatalf("%d records", len(want))
	}
	in := archive.NewReader(bytes.NewReader(data))
	for i := range want {
		if i%211 == 0 || i > 2095 {
			cursor, err := in.Cursor()
			if err != nil || i > 0 && len(cursor) > core.MaxImportCursor {
				t.Fatalf("a cursor of %d bytes, %v", len(cursor), err)
			}
			if i == 0 {
				if _, err := in.Header(); err != nil {
					t.Fatal(err)
				}
				if cursor, err = in.Cursor(); err != nil {
					t.Fatal(err)
				}
			}
			for _, source := range []io.Reader{bytes.NewReader(data), io.MultiReader(bytes.NewReader(data))} {
				again, err := archive.Continue(source, cursor)
				if err != nil {
					t.Fatal(err)
				}
				rest, err := readAll(again)
				if !errors.Is(err, io.EOF) || !reflect.DeepEqual(rest, want[i:]) {
					t.Fatalf("after %d records there are %d, %v", i, len(rest), err)
				}
			}
		}
		if _, err := in.Next(); err != nil {
			t.Fatal(err)
		}
	}
	cursor, err := in.Cursor()
	if err != nil {
		t.Fatal(err)
	}
	other := sample(t, 3)
	other = bytes.Replace(other, []byte(appKey), []byte(strings.Repeat("B", 32)), 1)
	if _, err := archive.Continue(bytes.NewReader(other), cursor); !errors.Is(err, archive.ErrOtherArchive) {
		t.Errorf("another archive: %v", err)
	}
	altered := bytes.Replace(data, []byte(`"text":"text"`), []byte(`"text":"TEXT"`), 1)
	if _, err := readAll(archive.NewReader(bytes.NewReader(altered))); err == nil || !strings.Contains(err.Error(), "line 1002 of the archive") {
		t.Errorf("an altered archive: %v", err)
	}
}

func TestWriterRefuses(t *testing.T) {
	var b bytes.Buffer
	out := archive.NewWriter(&b, archive.Header{App: "A"})
	large := &archive.Record{Type: archive.TypeUser, User: &archive.User{ID: strings.Repeat("x", archive.MaxLine)}}
	if err := out.Write(large); err == nil {
		t.Error("a line that no reader takes was written")
	}
	if err := out.Write(&archive.Record{Type: archive.TypeUser}); err == nil {
		t.Error("a record without a value was written")
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	if err := out.Write(&archive.Record{Type: archive.TypeUser, User: &archive.User{ID: "u"}}); err == nil {
		t.Error("a record was written behind the end")
	}
	if all, err := readAll(archive.NewReader(&b)); !errors.Is(err, io.EOF) || len(all) != 0 {
		t.Errorf("%d records, %v", len(all), err)
	}
}

// Whatever the bytes are, reading ends with a record, an error in words or the end; what is read can be written and is the
// same again.
func FuzzReader(f *testing.F) {
	f.Add([]byte(ended(headerLine + `{"type":"user","id":"u"}` + "\n" + `{"type":"read","member":"a","peer":"b","read":[[1,2]]}` + "\n")))
	f.Add(sample(f, 3))
	f.Add([]byte(headerLine + `{"type":"message","id":1,"from":"a","to":"b","body":{"kind":"text","text":"","raw":"","meta":""}}` + "\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		all, err := readAll(archive.NewReader(bytes.NewReader(data)))
		if _, told := errors.AsType[*archive.Error](err); !told && !errors.Is(err, io.EOF) {
			t.Fatalf("reading ends with %v", err)
		}
		var b bytes.Buffer
		out := archive.NewWriter(&b, archive.Header{})
		for i := range all {
			if err := out.Write(&all[i]); err != nil {
				return // what grows beyond a line by being written
			}
		}
		if err := out.Close(); err != nil {
			t.Fatal(err)
		}
		first := bytes.Clone(b.Bytes())
		again, err := readAll(archive.NewReader(&b))
		if !errors.Is(err, io.EOF) || len(again) != len(all) {
			t.Fatalf("%d records are %d, %v:\n%s", len(all), len(again), err, first)
		}
	})
}
