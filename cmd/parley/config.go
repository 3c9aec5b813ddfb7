package main

import (
	"context"
	"fmt"

	"github.com/urfave/cli/v3"

	"parley/cmd/parley/settings"
)

func (p *program) configCommand() *cli.Command {
	language := &cli.StringFlag{Name: "lang", Value: "en", Usage: "language: en or zh"}
	return &cli.Command{
		Name:   "config",
		Usage:  "show, check and explain the settings",
		Action: group,
		Commands: []*cli.Command{
			{
				Name:        "show",
				Usage:       "print the settings in force and where each comes from; secrets are not shown",
				Description: "Example:\n\n   parley config show --config parley.yaml",
				Flags:       append(settingFlags(), jsonFlag()),
				Action: func(_ context.Context, c *cli.Command) error {
					l, err := p.load(c)
					if err != nil {
						return err
					}
					lines := [][]string{{"KEY", "VALUE", "FROM"}}
					for _, v := range l.Values() {
						lines = append(lines, []string{v.Key, v.Value, string(v.Origin)})
					}
					return p.show(c, l.Values(), lines)
				},
			},
			{
				Name:        "check",
				Usage:       "find mistakes in the settings without starting anything",
				Description: "Example:\n\n   parley config check --config parley.yaml && systemctl restart parley",
				Flags:       settingFlags(),
				Action: func(_ context.Context, c *cli.Command) error {
					if _, err := p.load(c); err != nil {
						return err
					}
					_, err := fmt.Fprintln(p.stderr, "the settings are sound")
					return err
				},
			},
			{
				Name:        "example",
				Usage:       "print a settings file with every key at its default",
				Description: "Example:\n\n   parley config example > parley.yaml",
				Flags:       []cli.Flag{language},
				Action:      p.text(settings.Example),
			},
			{
				Name:        "docs",
				Usage:       "print the reference page of all settings in Markdown",
				Description: "Example:\n\n   parley config docs --lang zh",
				Flags:       []cli.Flag{language},
				Action:      p.text(settings.Page),
			},
		},
	}
}

// text is the action that prints a text in the language that the command was given.
func (p *program) text(of func(settings.Language) string) cli.ActionFunc {
	return func(_ context.Context, c *cli.Command) error {
		lang := settings.Language(c.String("lang"))
		if lang != settings.English && lang != settings.Chinese {
			return usagef("--lang is en or zh, not %q", lang)
		}
		_, err := fmt.Fprint(p.stdout, of(lang))
		return err
	}
}
