package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"slices"
	"time"
)

// AppChecks holds, under each dialect's name, what finds the faults in its settings of an app.
type AppChecks map[string]func(json.RawMessage) error

// minTokenLength is the shortest admin token in bytes.
const minTokenLength = 16

// Check finds what is wrong with the settings beyond their form. The error lists everything that was found.
func (l *Loaded) Check(apps AppChecks) error {
	return errors.Join(l.checkAddresses(), l.checkWeChat(), l.checkBounds(), l.checkLimits(), l.checkApps(apps), l.checkMirror())
}

func (l *Loaded) checkAddresses() error {
	var found []error
	if _, _, err := net.SplitHostPort(l.Listen); err != nil {
		found = append(found, fmt.Errorf("listen: %q is not an address such as 127.0.0.1:8080", l.Listen))
	}
	found = append(found, l.checkOpenIM())
	for _, address := range []string{l.Listen, l.OpenIM.Listen} {
		if l.Demo && address != "" && !IsLoopback(address) {
			found = append(found, fmt.Errorf("demo: the demo's credentials are published, so it listens on loopback only; %q is not", address))
		}
	}
	if l.AdminToken != "" && len(l.AdminToken) < minTokenLength {
		found = append(found, fmt.Errorf("admin_token: fewer than %d characters can be guessed", minTokenLength))
	}
	if l.Admin == "" {
		return errors.Join(found...)
	}
	_, port, err := net.SplitHostPort(l.Admin)
	switch {
	case err != nil:
		found = append(found, fmt.Errorf("admin: %q is not an address such as 127.0.0.1:8081; empty switches it off", l.Admin))
	case l.Admin == l.Listen && port != "0":
		found = append(found, fmt.Errorf("admin: %q is where clients connect; administration needs an address of its own", l.Admin))
	case l.AdminToken == "" && !IsLoopback(l.Admin):
		found = append(found, fmt.Errorf("admin: %q can be reached from other machines; set admin_token or choose a loopback address", l.Admin))
	}
	return errors.Join(found...)
}

// checkOpenIM finds what is wrong with the dialect's own address.
func (l *Loaded) checkOpenIM() error {
	address := l.OpenIM.Listen
	if address == "" {
		return nil
	}
	_, port, err := net.SplitHostPort(address)
	switch {
	case err != nil:
		return fmt.Errorf("openim.listen: %q is not an address such as 127.0.0.1:10002; empty serves the dialect beside the others", address)
	case port != "0" && (address == l.Listen || address == l.Admin):
		return fmt.Errorf("openim.listen: %q is taken by another listener; leave it empty to serve the dialect beside the others", address)
	}
	return nil
}

func (l *Loaded) checkBounds() error {
	var found []error
	if l.MemoryMiB < 32 {
		found = append(found, fmt.Errorf("memory_mib: %d is too little to work with; 32 is the least", l.MemoryMiB))
	}
	if l.MinFreeMiB < 0 {
		found = append(found, errors.New("min_free_mib: cannot be negative"))
	}
	found = append(found,
		oneOf("log", l.Log, "auto", "text", "json"),
		oneOf("log_level", l.LogLevel, "debug", "info", "warn", "error"))
	return errors.Join(found...)
}

func (l *Loaded) checkLimits() error {
	m := &l.Limits
	within := func(key string, value, least, most int64) error {
		if value >= least && value <= most {
			return nil
		}
		return fmt.Errorf("limits.%s: %d is not between %d and %d", key, value, least, most)
	}
	found := []error{
		within("body", int64(m.Body), 4<<10, 1<<30),
		within("header", int64(m.Header), 4<<10, 1<<20),
		within("connections", int64(m.Connections), 1, 1<<20),
		within("connections_per_ip", int64(m.ConnectionsPerIP), 0, 1<<20),
		within("message_bytes", int64(m.MessageBytes), 1, 64<<10),
		within("recipients", int64(m.Recipients), 1, 200),
	}
	for _, d := range []struct {
		key   string
		value time.Duration
	}{
		{"read_timeout", m.ReadTimeout},
		{"upload_timeout", m.UploadTimeout},
		{"write_timeout", m.WriteTimeout},
		{"idle_timeout", m.IdleTimeout},
		{"stop_timeout", m.StopTimeout},
	} {
		if d.value <= 0 {
			found = append(found, fmt.Errorf("limits.%s: must be longer than zero, for a connection that never ends holds the server", d.key))
		}
	}
	return errors.Join(found...)
}

func (l *Loaded) checkApps(checks AppChecks) error {
	var found []error
	fault := func(i int, key, message string) {
		where := fmt.Sprintf("apps[%d]", i)
		path := "$." + where
		if key != "" {
			where += "." + key
			path += "." + key
		}
		if l.file == nil {
			found = append(found, errors.New(where+": "+message))
			return
		}
		found = append(found, l.file.at(path, where+": "+message))
	}
	seen := make(map[string]bool)
	for i := range l.Apps {
		a := &l.Apps[i]
		switch {
		case a.Key == "":
			fault(i, "", "an app in the file needs a key; `parley app add` prints a new one")
		case seen[a.Key]:
			fault(i, "key", "the key stands in the file twice")
		}
		seen[a.Key] = true
		if err := oneOf("users", a.Users, "", "closed", "open"); err != nil {
			fault(i, "users", err.Error())
		}
		if _, err := time.LoadLocation(a.Zone); err != nil {
			fault(i, "zone", fmt.Sprintf("%q is not a time zone such as Asia/Shanghai", a.Zone))
		}
		sections, err := a.Dialects()
		if err != nil {
			fault(i, "", err.Error())
		}
		for _, name := range slices.Sorted(maps.Keys(sections)) {
			if err := checks[name](sections[name]); err != nil {
				fault(i, name, err.Error())
			}
		}
	}
	return errors.Join(found...)
}

// Dialects gives the app's dialect settings as JSON under the dialects' names; dialects without settings are left out.
func (a *App) Dialects() (map[string]json.RawMessage, error) {
	all := make(map[string]json.RawMessage)
	for name, section := range map[string]map[string]any{"phalapi": a.PhalAPI, "yesapi": a.YesAPI, "openim": a.OpenIM} {
		if len(section) == 0 {
			continue
		}
		raw, err := json.Marshal(section)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		all[name] = raw
	}
	return all, nil
}

// IsLoopback reports whether the address, host and port, is reachable from this machine only.
func IsLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

func oneOf(key, value string, words ...string) error {
	if slices.Contains(words, value) {
		return nil
	}
	return fmt.Errorf("%s: %q is none of %q%s", key, value, words, meant(value, words))
}
