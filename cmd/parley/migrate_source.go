package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"parley/adapters/openim/mongodump"
	"parley/adapters/phalapi"
	"parley/adapters/wire/chattable"
	"parley/adapters/yesapi"
	"parley/core"
	"parley/core/migrate"
)

// origin is an open source.
type origin struct {
	migrate.Source

	file  string // empty for a live platform
	close func() error
}

// openSource opens what --from names, for an app; a nil app has the settings of a new one.
func (p *program) openSource(ctx context.Context, c *cli.Command, app *core.App) (*origin, error) {
	spec := c.String("from")
	kind, rest, ok := strings.Cut(spec, ":")
	if !ok || rest == "" {
		return nil, usagef("--from %q names no source; `parley migrate --help` lists them, such as yesapi-csv:FILE", spec)
	}
	zone, natural, err := clockAndIO(c, app, kind)
	if err != nil {
		return nil, err
	}
	if platform, scheme, live := strings.Cut(kind, "+"); live {
		source, err := p.openLive(ctx, c, platform, scheme+":"+rest, zone, natural)
		return &origin{Source: source, close: func() error { return nil }}, err
	}
	file, err := os.Open(rest)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is no file; a source is read more than once, so it cannot be a pipe", rest)
	}
	var source migrate.Source
	if err == nil {
		source, err = fileSource(kind, file, info.Size(), zone, natural)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &origin{Source: source, file: rest, close: file.Close}, nil
}

// sourceName names what --from names. A live platform is not asked for that.
func (p *program) sourceName(ctx context.Context, c *cli.Command, app *core.App) (string, error) {
	kind, rest, _ := strings.Cut(c.String("from"), ":")
	if platform, scheme, live := strings.Cut(kind, "+"); live {
		u, err := platformURL(platform, scheme+":"+rest)
		if err != nil {
			return "", err
		}
		return liveName(platform, u.Host), nil
	}
	source, err := p.openSource(ctx, c, app)
	if err != nil {
		return "", err
	}
	return source.Name(), source.close()
}

// sourceFile is a file as sources read it.
type sourceFile interface {
	io.ReaderAt
	io.ReadSeeker
}

func fileSource(kind string, file sourceFile, size int64, zone *time.Location, natural bool) (migrate.Source, error) {
	switch kind {
	case "yesapi-csv":
		return yesapi.OpenTable(file, size, chattable.CSV, zone, natural)
	case "yesapi-sql":
		return yesapi.OpenTable(file, size, chattable.SQL, zone, natural)
	case "phalapi-csv":
		return phalapi.OpenTable(file, size, chattable.CSV, zone, natural)
	case "phalapi-sql":
		return phalapi.OpenTable(file, size, chattable.SQL, zone, natural)
	case "openim-mongo":
		return mongodump.Open(file, size)
	case "archive":
		return migrate.OpenArchive(file, size)
	}
	return nil, usagef("there is no source of the kind %q; `parley migrate --help` lists them", kind)
}

// clockAndIO returns the time zone of the source's clocks and whether chat_message_io is natural: as the flags say, or else
// as the app says of its own clients, for these are the platform's.
func clockAndIO(c *cli.Command, app *core.App, kind string) (zone *time.Location, natural bool, err error) {
	if app != nil {
		zone = app.Location()
		var section struct {
			IO string `json:"io"`
		}
		platform, _, _ := strings.Cut(strings.ReplaceAll(kind, "+", "-"), "-")
		if raw := app.Dialects[platform]; raw != nil {
			if err := json.Unmarshal(raw, &section); err != nil {
				return nil, false, err
			}
		}
		natural = section.IO == "natural"
	}
	if name := c.String("zone"); name != "" {
		if zone, err = time.LoadLocation(name); err != nil {
			return nil, false, usagef("--zone %s: %w", name, err)
		}
	}
	switch c.String("io") {
	case "":
	case "natural":
		natural = true
	case "documented":
		natural = false
	default:
		return nil, false, usagef("--io is documented or natural")
	}
	return zone, natural, nil
}
