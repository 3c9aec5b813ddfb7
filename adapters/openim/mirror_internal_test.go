package openim

import (
	"slices"
	"testing"

	"parley/adapters/wire/mirror"
)

// TestMirrorNamesPathsOfTheTable holds the mirror's literal and the table together: what it does not name writes, and the
// names say so.
func TestMirrorNamesPathsOfTheTable(t *testing.T) {
	traits := mirrorTraits()
	endpoints := newTable().endpoints()
	var paths []string
	for _, e := range endpoints {
		paths = append(paths, e.Spec().Name)
	}
	for path := range traits.Effects {
		if !slices.Contains(paths, path) {
			t.Errorf("%s is not in the table", path)
		}
	}
	for path := range traits.Keys {
		if !slices.Contains(paths, path) || traits.Effects[path] != mirror.Writes {
			t.Errorf("%s does not write", path)
		}
	}
	writes := 0
	for _, path := range paths {
		if traits.Effects[path] == mirror.Writes {
			writes++
		}
	}
	if writes != 35 {
		t.Errorf("%d of %d paths write; a path that is new is named here, too", writes, len(paths))
	}
}

func TestThreadsAreConversations(t *testing.T) {
	for _, tt := range []struct {
		m    mentioned
		want []string
	}{
		{mentioned{SendID: "b", RecvID: "a"}, []string{"si_a_b"}},
		{mentioned{SendID: "a", RecvIDs: []string{"b", "c"}}, []string{"si_a_b", "si_a_c"}},
		{mentioned{SendID: "a", GroupID: "g"}, []string{"sg_g"}},
		{mentioned{ConversationID: "sg_g", UserID: "u"}, []string{"sg_g"}},
		{mentioned{UserID: "u"}, []string{"u"}},
		{mentioned{}, []string{""}},
	} {
		if got := tt.m.threads(); !slices.Equal(got, tt.want) {
			t.Errorf("%+v: %q", tt.m, got)
		}
	}
}
