package main

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"parley/cmd/parley/admin"
)

func (p *program) appCommand() *cli.Command {
	return &cli.Command{
		Name:  "app",
		Usage: "add and change apps, the tenants of a store",
		Description: `The commands work while the server runs, through its admin listener, and while
it does not.`,
		Action: group,
		Commands: []*cli.Command{
			{
				Name:  "add",
				Usage: "create an app and print its credentials",
				Description: `Examples:

   parley app add --name shop
   parley app add --key 0123456789ABCDEF0123456789ABCDEF --set yesapi.sign=required --users open

Key and secret are generated unless given. --set names a dialect, a setting of
it and the value; true, false, lists and objects are JSON, all else is text.`,
				Flags: append(append(storeFlags(), appFlags()...),
					&cli.StringFlag{Name: "key", Usage: "32 characters; generated if left out"},
					&cli.StringFlag{Name: "secret-file", Usage: "file with the secret; generated if left out"},
					jsonFlag()),
				Action: p.addApp,
			},
			{
				Name:        "list",
				Usage:       "list the apps",
				Description: "Examples:\n\n   parley app list\n   parley app list --secrets --json",
				Flags: append(storeFlags(), jsonFlag(),
					&cli.BoolFlag{Name: "secrets", Usage: "show the secrets, too", HideDefault: true}),
				Action: p.listApps,
			},
			{
				Name:        "set",
				Usage:       "change an app's settings; what is not named stays",
				ArgsUsage:   "KEY",
				Description: "Example:\n\n   parley app set 0123456789ABCDEF0123456789ABCDEF --set yesapi.sign=off --zone UTC",
				Flags:       append(append(storeFlags(), appFlags()...), jsonFlag()),
				Action:      p.setApp,
			},
			{
				Name:      "rotate",
				Usage:     "give an app a new secret and print it; the old one ends at once",
				ArgsUsage: "KEY",
				Description: "Example:\n\n   parley app rotate 0123456789ABCDEF0123456789ABCDEF\n\n" +
					"An app whose secret stands in the settings file gets that one back at the next start.",
				Flags:  append(storeFlags(), jsonFlag()),
				Action: p.rotateApp,
			},
		},
	}
}

// appFlags are the settings of an app.
func appFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "name", Usage: "name for people"},
		&cli.StringFlag{Name: "zone", Usage: "time zone of wall clocks, such as Asia/Shanghai"},
		&cli.StringFlag{Name: "users", Usage: "closed, or open: whoever is mentioned becomes a user"},
		&cli.StringSliceFlag{Name: "set", Usage: "DIALECT.SETTING=VALUE; may be repeated"},
	}
}

func (p *program) addApp(ctx context.Context, c *cli.Command) error {
	members, err := dialectSettings(c.StringSlice("set"))
	if err != nil {
		return err
	}
	a := admin.App{
		Key: c.String("key"), Name: c.String("name"), Zone: c.String("zone"), Users: c.String("users"),
		Dialects: make(map[string]json.RawMessage),
	}
	for dialect, section := range members {
		if a.Dialects[dialect], err = json.Marshal(section); err != nil {
			return err
		}
	}
	if file := c.String("secret-file"); file != "" {
		if a.Secret, err = p.secretFrom(file); err != nil {
			return err
		}
	}
	return p.operate(ctx, c, true, func(ops admin.Operations) error {
		added, err := ops.AddApp(ctx, a)
		if err != nil {
			return err
		}
		return p.showApp(c, added)
	})
}

func (p *program) listApps(ctx context.Context, c *cli.Command) error {
	return p.operate(ctx, c, false, func(ops admin.Operations) error {
		all, err := ops.Apps(ctx, c.Bool("secrets"))
		if err != nil {
			return err
		}
		lines := [][]string{{"KEY", "NAME", "ZONE", "USERS", "SETTINGS"}}
		if c.Bool("secrets") {
			lines[0] = slices.Insert(lines[0], 1, "SECRET")
		}
		for _, a := range all {
			line := []string{a.Key, a.Name, a.Zone, a.Users, dialectText(a)}
			if c.Bool("secrets") {
				line = slices.Insert(line, 1, a.Secret)
			}
			lines = append(lines, line)
		}
		return p.show(c, all, lines)
	})
}

func (p *program) setApp(ctx context.Context, c *cli.Command) error {
	key, err := argument(c, "KEY")
	if err != nil {
		return err
	}
	var change admin.AppChange
	if change.Dialects, err = dialectSettings(c.StringSlice("set")); err != nil {
		return err
	}
	for name, field := range map[string]**string{"name": &change.Name, "zone": &change.Zone, "users": &change.Users} {
		if c.IsSet(name) {
			value := c.String(name)
			*field = &value
		}
	}
	return p.operate(ctx, c, false, func(ops admin.Operations) error {
		changed, err := ops.ChangeApp(ctx, key, change)
		if err != nil {
			return err
		}
		changed.Secret = ""
		return p.showApp(c, changed)
	})
}

func (p *program) rotateApp(ctx context.Context, c *cli.Command) error {
	key, err := argument(c, "KEY")
	if err != nil {
		return err
	}
	return p.operate(ctx, c, false, func(ops admin.Operations) error {
		rotated, err := ops.RotateSecret(ctx, key)
		if err != nil {
			return err
		}
		return p.showApp(c, rotated)
	})
}

func (p *program) showApp(c *cli.Command, a admin.App) error {
	lines := [][]string{{"key", a.Key}}
	for _, cell := range [][]string{
		{"secret", a.Secret}, {"name", a.Name}, {"zone", a.Zone}, {"users", a.Users}, {"settings", dialectText(a)},
	} {
		if cell[1] != "" {
			lines = append(lines, cell)
		}
	}
	return p.show(c, a, lines)
}

func dialectText(a admin.App) string {
	var parts []string
	for _, dialect := range slices.Sorted(maps.Keys(a.Dialects)) {
		parts = append(parts, dialect+string(a.Dialects[dialect]))
	}
	return strings.Join(parts, " ")
}

// dialectSettings reads DIALECT.SETTING=VALUE.
func dialectSettings(given []string) (map[string]map[string]json.RawMessage, error) {
	all := make(map[string]map[string]json.RawMessage)
	for _, text := range given {
		name, value, ok := strings.Cut(text, "=")
		dialect, setting, dotted := strings.Cut(name, ".")
		if !ok || !dotted || dialect == "" || setting == "" {
			return nil, usagef("--set %s is not of the form DIALECT.SETTING=VALUE, such as yesapi.sign=required", text)
		}
		raw, err := settingValue(value)
		if err != nil {
			return nil, usagef("--set %s: %w", text, err)
		}
		if all[dialect] == nil {
			all[dialect] = make(map[string]json.RawMessage)
		}
		all[dialect][setting] = raw
	}
	return all, nil
}

func settingValue(text string) (json.RawMessage, error) {
	if text == "true" || text == "false" || text == "null" {
		return json.RawMessage(text), nil
	}
	if strings.HasPrefix(text, "[") || strings.HasPrefix(text, "{") {
		var value any
		if err := json.Unmarshal([]byte(text), &value); err != nil {
			return nil, err
		}
		return json.RawMessage(text), nil
	}
	return json.Marshal(text)
}

// argument returns the command's only argument.
func argument(c *cli.Command, name string) (string, error) {
	if c.Args().Len() != 1 {
		return "", usagef("%s needs one argument: %s", c.FullName(), name)
	}
	return c.Args().First(), nil
}
