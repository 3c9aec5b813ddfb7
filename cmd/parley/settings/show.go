package settings

import "fmt"

// Redacted stands where a secret is set.
const Redacted = "(set, not shown)"

// Value is one setting in force.
type Value struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	Origin Layer  `json:"origin"`
}

// Values lists the settings in force with their origin; secrets are redacted. Apps of the file are listed by key.
func (l *Loaded) Values() []Value {
	var all []Value
	for _, f := range Fields() {
		v := Value{Key: f.Key, Value: f.Text(&l.Settings), Origin: FromDefault}
		if f.Secret && v.Value != "" {
			v.Value = Redacted
		}
		if origin, ok := l.Origin[f.Key]; ok {
			v.Origin = origin
		}
		all = append(all, v)
	}
	for i := range l.Apps {
		all = append(all, Value{Key: fmt.Sprintf("apps[%d].key", i), Value: l.Apps[i].Key, Origin: FromFile})
	}
	return all
}
