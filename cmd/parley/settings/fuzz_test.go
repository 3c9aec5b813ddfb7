package settings

import "testing"

// FuzzParseFile looks for settings files that make the program fall over, and for files that are accepted and break what
// stands on them.
func FuzzParseFile(f *testing.F) {
	for _, seed := range []string{
		"", "listen: a:1\n", "limits: {body: 1MiB, read_timeout: 3s}\n", "apps:\n  - {key: k, yesapi: {sign: 'off'}}\n",
		"listen: [\n", "- a\n", "a: &x [*x]\n", "limits:\n", "listen: ~\n", "\xff", "apps: [{phalapi: {1: 2}}]\n",
		"apps:\n ! #", // the library falls over this one
		Example(English),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, source []byte) {
		parsed, err := parseFile("parley.yaml", source)
		if err != nil {
			if err.Error() == "" {
				t.Error("an error without words")
			}
			return
		}
		l := &Loaded{Origin: make(map[string]Layer), file: parsed}
		if err := l.merge(map[Layer]map[string]any{FromFile: parsed.values}); err != nil {
			t.Errorf("%q is accepted and cannot be merged: %v", source, err)
		}
		l.Apps = parsed.apps
		_ = l.Check(AppChecks{
			"phalapi": checks()["phalapi"], "yesapi": checks()["yesapi"],
		})
	})
}

func FuzzSize(f *testing.F) {
	for _, seed := range []string{"0", "65536", "64KiB", "1MiB", "2GiB", "-1", "1e3", " 7 "} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var s, again Size
		if s.UnmarshalText([]byte(text)) != nil {
			return
		}
		if err := again.UnmarshalText([]byte(s.String())); err != nil || again != s {
			t.Errorf("%q is %d, written %q, read as %d: %v", text, s, s, again, err)
		}
	})
}
