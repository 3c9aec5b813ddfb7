package settings

import (
	"errors"
	"fmt"
	"time"

	"parley/adapters/wire/mirror"
)

// Mirror are the settings of the mirror that belong to no app.
type Mirror struct {
	Queue        int           `yaml:"queue" default:"1024" en:"comparisons that may wait; more are dropped and counted" zh:"等待比较的请求数上限;超出则丢弃并计数"`
	QueueBytes   Size          `yaml:"queue_bytes" default:"64MiB" en:"memory that comparisons may take while they wait" zh:"等待比较的请求可占用的内存"`
	Workers      int           `yaml:"workers" default:"4" en:"comparisons that run at once" zh:"同时进行的比较数"`
	Timeout      time.Duration `yaml:"timeout" default:"10s" en:"time that a legacy server has to answer" zh:"旧服务器应答的时限"`
	MaxAnswer    Size          `yaml:"max_answer" default:"8MiB" en:"largest answer that is taken from a legacy server" zh:"旧服务器应答体的上限"`
	Hold         time.Duration `yaml:"hold" default:"10s" en:"time that requests may wait while an app moves to another server; a move that takes longer does not happen" zh:"切换时请求最长等待时间;超过则不切换"`
	Sole         bool          `yaml:"sole" default:"false" en:"this is the only server on a store that several may share; a cutover needs that" zh:"共享存储上只有本服务器运行;切换需要如此"`
	AllowPrivate bool          `yaml:"allow_private" default:"false" en:"legacy servers may have addresses that are not on the public Internet" zh:"允许旧服务器使用非公网地址"`
}

// AppMirror is an app that has a legacy server, as the file declares it.
type AppMirror struct {
	// App is the app's key.
	App string `yaml:"app"`
	// PhalAPI, YesAPI and OpenIM are the URLs of the legacy servers; empty has no mirror for the dialect.
	PhalAPI string `yaml:"phalapi"`
	YesAPI  string `yaml:"yesapi"`
	OpenIM  string `yaml:"openim"`
	// Host replaces the Host header of what is forwarded; empty leaves the client's.
	Host string `yaml:"host"`
	// Mode is legacy (the default), mirror-legacy, mirror-local or local. Mode, Percent and Writes hold until
	// `parley mirror set` or a cutover changes them; that is remembered in the store.
	Mode string `yaml:"mode"`
	// Percent is the share of users for whom the mode holds; nil means all.
	Percent *int `yaml:"percent"`
	// Writes allows writes that can be repeated harmlessly to be sent to both sides for comparing.
	Writes bool `yaml:"writes"`
}

// Upstreams are the URLs of the app's legacy servers by dialect.
func (m *AppMirror) Upstreams() map[string]string {
	all := make(map[string]string)
	for name, url := range map[string]string{"phalapi": m.PhalAPI, "yesapi": m.YesAPI, "openim": m.OpenIM} {
		if url != "" {
			all[name] = url
		}
	}
	return all
}

// checkMirror finds what is wrong with the mirror's settings.
func (l *Loaded) checkMirror() error {
	m := &l.Mirror
	var found []error
	for _, b := range []struct {
		key                string
		value, least, most int64
	}{
		{"queue", int64(m.Queue), 1, 1 << 20},
		{"queue_bytes", int64(m.QueueBytes), 1 << 20, 1 << 40},
		{"workers", int64(m.Workers), 1, 256},
		{"timeout", int64(m.Timeout), int64(10 * time.Millisecond), int64(5 * time.Minute)},
		{"max_answer", int64(m.MaxAnswer), 1 << 10, 1 << 30},
		{"hold", int64(m.Hold), int64(10 * time.Millisecond), int64(5 * time.Minute)},
	} {
		if b.value < b.least || b.value > b.most {
			found = append(found, fmt.Errorf("mirror.%s: out of bounds", b.key))
		}
	}
	seen := make(map[string]bool)
	for i := range l.Mirrors {
		a := &l.Mirrors[i]
		fault := func(text string) { found = append(found, fmt.Errorf("mirrors[%d]: %s", i, text)) }
		switch {
		case a.App == "":
			fault("app names the app's key")
		case seen[a.App]:
			fault("the app stands in the list twice")
		case len(a.Upstreams()) == 0:
			fault("phalapi, yesapi or openim gives the URL of a legacy server")
		}
		seen[a.App] = true
		for name, url := range a.Upstreams() {
			if err := checkURL(name, url); err != nil {
				fault(err.Error())
			}
		}
		if a.Mode != "" {
			if _, err := mirror.ParseMode(a.Mode); err != nil {
				fault("mode: " + err.Error())
			}
		}
		if p := a.Percent; p != nil && (*p < 0 || *p > 100) {
			fault("percent is between 0 and 100")
		}
	}
	return errors.Join(found...)
}
