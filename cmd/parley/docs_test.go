package main

import (
	"bytes"
	"strings"
	"testing"

	"parley/cmd/parley/settings"
)

// Every endpoint, parameter and field is described in both languages: an empty cell is a row that says nothing.
func TestReferenceIsComplete(t *testing.T) {
	for _, lang := range []settings.Language{settings.English, settings.Chinese} {
		var page bytes.Buffer
		if err := printReference(t.Context(), &page, "", lang); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"Platform.ChatMessage.BulkSend", "App.Market_ChatMessage.GetAllUnreadNum", "data.list[].chat_message_data", "/auth/get_admin_token"} {
			if !strings.Contains(page.String(), want) {
				t.Errorf("%s: %s is missing", lang, want)
			}
		}
		for line := range strings.Lines(page.String()) {
			if strings.HasSuffix(strings.TrimSpace(line), "|  |") {
				t.Errorf("%s: nothing is said in %q", lang, line)
			}
		}
	}
	if err := printReference(t.Context(), &bytes.Buffer{}, "unknown", settings.English); err == nil {
		t.Error("an unknown dialect has a page")
	}
}
