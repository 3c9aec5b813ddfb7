package main

import (
	"fmt"
	"slices"

	"github.com/urfave/cli/v3"

	"parley/cmd/parley/server"
	"parley/cmd/parley/settings"
)

// passwordVariable holds the password of a new user.
const passwordVariable = "PARLEY_PASSWORD"

// settingFlags are the flags of the settings with the given keys, or of all settings.
func settingFlags(keys ...string) []cli.Flag {
	var flags []cli.Flag
	for _, f := range settings.Fields() {
		if f.Flag() == "" || len(keys) > 0 && !slices.Contains(keys, f.Key) {
			continue
		}
		if f.Bool {
			flags = append(flags, &cli.BoolFlag{Name: f.Flag(), Usage: f.EN, HideDefault: true})
			continue
		}
		flags = append(flags, &cli.StringFlag{Name: f.Flag(), Usage: f.EN, DefaultText: f.Default, HideDefault: f.Default == ""})
	}
	return flags
}

// storeFlags are the flags of commands that work on a store.
func storeFlags() []cli.Flag { return settingFlags("store", "config", "admin") }

// givenSettings are the settings that the command line names, in their written form.
func givenSettings(c *cli.Command) map[string]string {
	given := make(map[string]string)
	for _, f := range settings.Fields() {
		name := f.Flag()
		switch {
		case name == "" || !c.IsSet(name):
		case f.Bool:
			given[f.Key] = fmt.Sprint(c.Bool(name))
		default:
			given[f.Key] = c.String(name)
		}
	}
	return given
}

// otherVariables are the environment variables of the program that are no settings.
func otherVariables() []string {
	return []string{passwordVariable, benchSecretVariable, benchPasswordVariable, credentialsVariable}
}

// load reads and checks the settings of a command. Warnings go to stderr.
func (p *program) load(c *cli.Command) (*settings.Loaded, error) {
	l, err := settings.Load(givenSettings(c), p.environ, otherVariables()...)
	if err != nil {
		return nil, usageError{err}
	}
	for _, w := range l.Warnings {
		p.say("parley: warning: %s\n", w)
	}
	if err := l.Check(server.AppChecks()); err != nil {
		return nil, usageError{err}
	}
	return l, nil
}
