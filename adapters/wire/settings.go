package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"parley/core"
)

// Settings reads a dialect's section of an app's settings and remembers the result for each version of the app.
type Settings[T any] struct {
	Dialect string
	// Read turns a section, which may be empty, into settings.
	Read func(section json.RawMessage) (*T, error)

	known sync.Map // *core.App -> *T
}

// Of returns the settings of app. An app whose section cannot be read, which CheckSettings keeps out of the store, is the
// fault Internal.
func (s *Settings[T]) Of(app *core.App) (*T, error) {
	if found, ok := s.known.Load(app); ok {
		if settings, ok := found.(*T); ok {
			return settings, nil
		}
	}
	settings, err := s.Read(app.Dialects[s.Dialect])
	if err != nil {
		return nil, core.Wrap(core.Internal, "the app's settings can not be read", err)
	}
	s.forgetOlder(app)
	s.known.Store(app, settings)
	return settings, nil
}

// Check reads the settings of all apps and returns the first error, with the app's key.
func (s *Settings[T]) Check(apps []*core.App) error {
	for _, app := range apps {
		if _, err := s.Of(app); err != nil {
			return fmt.Errorf("app %s: %w", app.Key, err)
		}
	}
	return nil
}

// forgetOlder drops earlier versions of an app, so that a setting changed a thousand times leaves one entry.
func (s *Settings[T]) forgetOlder(app *core.App) {
	s.known.Range(func(key, _ any) bool {
		if other, ok := key.(*core.App); ok && other.Key == app.Key {
			s.known.Delete(key)
		}
		return true
	})
}

// DecodeSettings reads a section strictly: an unknown key is an error that names it.
func DecodeSettings(section json.RawMessage, into any) error {
	if len(section) == 0 {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(section))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	return nil
}

// OneOf reports a setting whose value is not one of those allowed; an empty value means the first.
func OneOf(key, value string, allowed ...string) error {
	if value == "" {
		return nil
	}
	if slices.Contains(allowed, value) {
		return nil
	}
	return fmt.Errorf("settings: %s is %q and must be one of %q", key, value, allowed)
}

// ParseStyle returns the style that a json_style setting names.
func ParseStyle(name string, otherwise Style) (Style, error) {
	switch name {
	case "":
		return otherwise, nil
	case "php-default":
		return PHPDefault, nil
	case "php-unicode":
		return PHPUnicode, nil
	case "js":
		return JS, nil
	}
	return otherwise, OneOf("json_style", name, "php-default", "php-unicode", "js")
}
