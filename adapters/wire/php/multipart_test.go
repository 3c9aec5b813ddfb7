package php

import (
	"strings"
	"testing"
)

func TestMultipart(t *testing.T) {
	const head = "Content-Disposition: form-data; "
	for _, test := range []struct{ name, contentType, body, want string }{
		{"as clients send it", "multipart/form-data; boundary=X", "--X\r\n" + head + `name="k"` + "\r\n\r\nv\r\n--X--\r\n", "v"},
		{"several lines", "multipart/form-data; boundary=X", "--X\r\n" + head + `name="k"` + "\r\n\r\na\r\n\r\n-X\r\n--X--\r\n", "a\r\n\r\n-X"},
		{"lines that end with LF", "multipart/form-data; boundary=X", "--X\n" + head + "name=\"k\"\n\nv\n--X--\n", "v"},
		{"a boundary in quotes", `multipart/form-data; charset=utf-8; boundary="a b;="`, "--a b;=\r\n" + head + "name=k\r\n\r\nv\r\n--a b;=--", "v"},
		{"a boundary of any characters", "multipart/form-data; boundary=----=_Part_1", "------=_Part_1\r\n" + head + "name=k\r\n\r\nv\r\n------=_Part_1--", "v"},
		{"a parameter without a value", "multipart/form-data; x; Boundary = X", "--X\r\n" + head + "x; name=k\r\n\r\nv\r\n--X--", "v"},
		{"a preamble", "multipart/form-data; boundary=X", "hello\r\n--X\r\n" + head + "name=k\r\n\r\nv\r\n--X--", "v"},
		{"other lines in the head", "multipart/form-data; boundary=X", "--X\r\nA: b\r\n" + head + "name=k\r\nC: d\r\n\r\nv\r\n--X--", "v"},
		{"a part that is not closed", "multipart/form-data; boundary=X", "--X\r\n" + head + "name=k\r\n\r\nv", "v"},
		{"the last of several", "multipart/form-data; boundary=X", "--X\r\n" + head + "name=k\r\n\r\n1\r\n--X\r\n" + head + "name=k\r\n\r\n2\r\n--X--", "2"},
		{"a name in another script", "multipart/form-data; boundary=X", "--X\r\n" + head + "name=k; filename*=x; y=你\r\n\r\nv\r\n--X--", "v"},
		{"nothing after the end", "multipart/form-data; boundary=X", "--X--\r\n--X\r\n" + head + "name=k\r\n\r\nv\r\n--X--", ""},
		{"a file", "multipart/form-data; boundary=X", "--X\r\n" + head + "name=k; filename=\"a;\\\"b\"\r\n\r\nv\r\n--X--", ""},
		{"a quoted name of another parameter", "multipart/form-data; boundary=X", "--X\r\n" + head + `x="; name=k"` + "\r\n\r\nv\r\n--X--", ""},
		{"no disposition", "multipart/form-data; boundary=X", "--X\r\nname=k\r\n\r\nv\r\n--X--", ""},
		{"a head that does not end", "multipart/form-data; boundary=X", "--X\r\n" + head + "name=k\r\n--X--", ""},
		{"no boundary", "multipart/form-data; boundary=", "--\r\n" + head + "name=k\r\n\r\nv\r\n----", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			var v Values
			read(&v, "POST", "", test.contentType, test.body)
			if got := v.Get("k").Raw; got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
	var v Values
	read(&v, "POST", "", "multipart/form-data; boundary=X", "--X\r\n"+head+`name="a\\\"b.c[]"`+"\r\n\r\nv\r\n--X--")
	if got := v.Get(`a\"b_c`).Kind; got != Array {
		t.Errorf("%+v", v.pairs)
	}
	v.Reset()
	read(&v, "POST", "", "multipart/form-data; boundary=X", strings.Repeat("--X\r\n"+head+"name=k\r\n\r\n\r\n", 2*maxVariables))
	if v.Len() != maxVariables {
		t.Errorf("%d fields", v.Len())
	}
}

func FuzzMultipart(f *testing.F) {
	for _, seed := range []string{
		"--X\r\nContent-Disposition: form-data; name=\"k\"\r\n\r\nv\r\n--X--\r\n",
		"preamble\r\n--X\r\nContent-Disposition: form-data; name=k\r\n\r\n\r\n--X\r\n\r\n--X--", "--X", "--X--", "--X\r\n\r\n\r\n--X",
	} {
		f.Add("multipart/form-data; boundary=X", seed)
	}
	f.Fuzz(func(t *testing.T, contentType, body string) {
		var v Values
		v.parseMultipart([]byte(contentType), []byte(body))
		for i := range v.pairs {
			if v.pairs[i].name == "" || v.pairs[i].from != Form {
				t.Fatalf("%+v", v.pairs[i])
			}
		}
	})
}
