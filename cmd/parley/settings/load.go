package settings

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/knadh/koanf/maps"
	"github.com/knadh/koanf/v2"
)

const envPrefix = "PARLEY_"

// Loaded are the settings in force and what is known of their origin.
type Loaded struct {
	Settings
	// Origin holds the layer of each setting that is not at its default, under its key.
	Origin map[string]Layer
	// Warnings are what an operator should know and what stops nothing.
	Warnings []string

	file *file
}

// Load merges the layers: flags over environment over file over defaults. flags holds the written form of each flag
// that was given, under its setting's key; environ is as os.Environ gives it; other names environment variables with the
// program's prefix that are not settings.
func Load(flags map[string]string, environ []string, other ...string) (*Loaded, error) {
	env, warnings, err := readEnv(environ, other)
	if err != nil {
		return nil, err
	}
	given, err := readFlags(flags)
	if err != nil {
		return nil, err
	}
	l := &Loaded{Origin: make(map[string]Layer), Warnings: warnings}
	stored := map[string]any{}
	if name := fileName(given, env); name != "" {
		if l.file, err = readFile(name); err != nil {
			return nil, err
		}
		stored = l.file.values
	}
	if err := l.merge(map[Layer]map[string]any{FromFile: stored, FromEnv: env, FromFlag: given}); err != nil {
		return nil, err
	}
	if l.file != nil {
		l.Apps, l.Mirrors = l.file.apps, l.file.mirror
		if l.file.open && l.holdsSecrets() {
			l.Warnings = append(l.Warnings, l.file.name+" holds secrets and others can read it; chmod 600 is advised")
		}
	}
	return l, nil
}

// merge fills the settings from the defaults and the layers.
func (l *Loaded) merge(layers map[Layer]map[string]any) error {
	defaults := make(map[string]any)
	for _, f := range Fields() {
		defaults[f.Key] = f.value
	}
	layers[FromDefault] = defaults
	k := koanf.New(".")
	for _, name := range []Layer{FromDefault, FromFile, FromEnv, FromFlag} {
		if err := k.Load(layer(layers[name]), nil); err != nil {
			return fmt.Errorf("settings from %s: %w", name, err)
		}
		if name == FromDefault {
			continue
		}
		for key := range layers[name] {
			l.Origin[key] = name
		}
	}
	return k.UnmarshalWithConf("", &l.Settings, koanf.UnmarshalConf{Tag: "yaml"})
}

func (l *Loaded) holdsSecrets() bool {
	for _, f := range Fields() {
		if f.Secret && l.Origin[f.Key] == FromFile {
			return true
		}
	}
	for i := range l.Apps {
		if l.Apps[i].Secret != "" || l.Apps[i].OpenIM["secret"] != nil {
			return true
		}
	}
	return false
}

func fileName(layers ...map[string]any) string {
	for _, values := range layers {
		if name, ok := values["config"].(string); ok {
			return name
		}
	}
	return ""
}

// readEnv reads the variables that are settings. An empty one counts as set. A variable with the program's prefix that
// is no setting gives a warning.
func readEnv(environ, other []string) (values map[string]any, warnings []string, err error) {
	byName := make(map[string]Field)
	names := append([]string(nil), other...)
	for _, f := range Fields() {
		if name := f.Env(); name != "" {
			byName[name] = f
			names = append(names, name)
		}
	}
	values = make(map[string]any)
	for _, entry := range environ {
		name, text, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, envPrefix) {
			continue
		}
		f, ok := byName[name]
		if !ok {
			if !slices.Contains(other, name) {
				warnings = append(warnings, name+" is not a setting"+meant(name, names))
			}
			continue
		}
		if values[f.Key], err = f.parse(text); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", name, hide(&f, err))
		}
	}
	return values, warnings, nil
}

func readFlags(flags map[string]string) (map[string]any, error) {
	values := make(map[string]any)
	for _, f := range Fields() {
		text, ok := flags[f.Key]
		if !ok {
			continue
		}
		var err error
		if values[f.Key], err = f.parse(text); err != nil {
			return nil, fmt.Errorf("--%s: %w", f.Flag(), hide(&f, err))
		}
	}
	return values, nil
}

// hide keeps the value of a secret setting out of an error.
func hide(f *Field, err error) error {
	if f.Secret {
		return errors.New("the value is malformed")
	}
	return err
}

// layer is one layer of settings under their dotted keys.
type layer map[string]any

var _ koanf.Provider = layer(nil)

// Read gives the layer as nested maps.
func (l layer) Read() (map[string]any, error) { return maps.Unflatten(l, "."), nil }

// ReadBytes is not supported: a layer has been parsed already.
func (layer) ReadBytes() ([]byte, error) {
	return nil, errors.New("settings: a layer has no bytes")
}
