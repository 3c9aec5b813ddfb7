package yesapi

import (
	"encoding/json"
	"strings"
	"testing"

	"parley/core"
)

func TestFaultTable(t *testing.T) {
	table := faults()
	if missing := table.Missing(); len(missing) > 0 {
		t.Errorf("no row for %v", missing)
	}
	for _, code := range core.Codes() {
		row := table.Row(code)
		if row.Number < 400 || row.Number > 599 {
			t.Errorf("%v has ret %d", code, row.Number)
		}
	}
	for number, want := range map[int64]core.Code{
		400: core.Invalid, 401: core.Unauthenticated, 404: core.Unsupported, 408: core.Limited, 500: core.Internal, 499: core.Invalid, 599: core.Internal,
	} {
		if got := table.Code(number); got != want {
			t.Errorf("ret %d means %v, want %v", number, got, want)
		}
	}
	if got := prefix(retInternal).ZH; got != "服务器运行错误: " {
		t.Errorf("prefix of a server error: %q", got)
	}
	if got := prefix(retWrongSign).ZH; got != "客户端非法请求：" {
		t.Errorf("prefix of a refusal: %q", got)
	}
}

// TestOutcomesAreDistinct: the first outcome that matches a fault wins, so no later one may be hidden behind it.
func TestOutcomesAreDistinct(t *testing.T) {
	for _, endpoint := range newTable(core.DefaultMaxRecipients).endpoints() {
		spec := endpoint.Spec()
		for _, o := range spec.Outcomes {
			got, ok := spec.Outcome(core.NewFault(o.Code, o.Field, ""))
			if !ok || got != o {
				t.Errorf("%s: %v is hidden behind %v", spec.Name, o, got)
			}
			if o.Number == 0 || o.ZH == "" || o.EN == "" {
				t.Errorf("%s: %v is incomplete", spec.Name, o)
			}
		}
		if !strings.HasPrefix(spec.Name, "App.") || spec.ZH == "" || spec.EN == "" {
			t.Errorf("%s is not described", spec.Name)
		}
		for _, p := range spec.Params {
			if p.ZH == "" || p.EN == "" {
				t.Errorf("%s: %s is not described", spec.Name, p.Name)
			}
		}
	}
}

func TestCheckSettings(t *testing.T) {
	for _, good := range []string{
		"", "{}", `{"sign":"off"}`, `{"sign":"optional"}`, `{"sign":"required","static_signs":["0123456789abcdef"]}`, `{"auth":false}`,
		`{"json_style":"php-unicode"}`, `{"json_style":"php-default"}`, `{"json_style":"js"}`, `{"io":"documented"}`, `{"io":"natural"}`,
		`{"list_order":"asc"}`, `{"list_order":"desc"}`, `{"return_data_fill_err_msg":true}`, `{"plugin":false}`, `{"cors":false}`,
		`{"msg_prefix":""}`, `{"auth":null}`,
	} {
		if err := CheckSettings(json.RawMessage(good)); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for bad, word := range map[string]string{
		`{"signs":"off"}`: "signs", `{"sign":"never"}`: "sign", `{"sign":true}`: "sign", `{"static_signs":["short"]}`: "static sign",
		`{"static_signs":[""]}`: "static sign", `{"auth":"no"}`: "auth", `{"json_style":"xml"}`: "json_style", `{"io":"in"}`: "io",
		`{"list_order":"up"}`: "list_order", `{"plugin":0}`: "plugin", `{"users":"open"}`: "users", `[]`: "settings", `{`: "settings",
	} {
		if err := CheckSettings(json.RawMessage(bad)); err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("%s: %v", bad, err)
		}
	}
	err := CheckSettings(json.RawMessage(`{"sign":"never","io":"both"}`))
	if err == nil || !strings.Contains(err.Error(), "sign") || !strings.Contains(err.Error(), "io") {
		t.Errorf("two mistakes: %v", err)
	}
}
