package phalapi

import (
	"testing"

	"parley/adapters/wire/mirror"
	"parley/core"
)

// TestEveryServiceHasAnEffect holds the mirror's literal and the table together.
func TestEveryServiceHasAnEffect(t *testing.T) {
	effects := mirrorTraits().Effects
	endpoints := newTable(core.DefaultMaxBody, core.DefaultMaxRecipients).endpoints()
	for _, e := range endpoints {
		if _, ok := effects[e.Spec().Name]; !ok {
			t.Errorf("%s has none", e.Spec().Name)
		}
	}
	if len(effects) != len(endpoints) {
		t.Errorf("%d effects for %d services", len(effects), len(endpoints))
	}
}

func TestOpenReadsEveryEnvelope(t *testing.T) {
	s := &speech{traits: mirrorTraits()}
	for _, tt := range []struct {
		body   string
		ok     bool
		reply  bool
		number int64
		text   string
	}{
		{`{"ret":200,"data":{"id":"1"},"msg":""}`, true, true, 200, ""},
		{`{"ret":406,"data":{},"msg":"token"}`, true, false, 406, "token"},
		{`cb({"ret":200,"data":{},"msg":""})`, true, true, 200, ""},
		{`{}`, false, false, 0, ""},
		{``, false, false, 0, ""},
		{`<html>`, false, false, 0, ""},
		{`f(`, false, false, 0, ""},
	} {
		reply, ok := s.Open([]byte(tt.body))
		if ok != tt.ok || reply.OK != tt.reply || reply.Number != tt.number || reply.Text != tt.text {
			t.Errorf("%s: %+v, %t", tt.body, reply, ok)
		}
	}
	if f := s.Fields(nil); len(f) == 0 {
		t.Error("an unknown service has no envelope")
	}
	if s.Traits().EffectOf(nil) != mirror.Writes {
		t.Error("what is not known does not write")
	}
}
