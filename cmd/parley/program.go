package main

import (
	"context"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"
)

// program is the command line and what it talks to.
type program struct {
	stdin   io.Reader
	stdout  io.Writer
	stderr  io.Writer
	environ []string
}

const about = `Parley is one chat server that answers clients written for PhalApi/APIUSB, YesApi,
OpenIM and the Odaesan platform of WeChat official accounts. Point them at it and
they work unmodified; a message sent in one dialect is read in the others. It needs
nothing beside itself.

Begin with

   parley serve --demo

which prepares an app with published credentials and prints lines to paste.

Exit codes: 0 done; 1 failed; 2 the command line or the settings are wrong;
3 the store is in use and the server that has it cannot be reached; 4 the
request was refused, for something is unknown, taken or invalid.`

// command is the whole command line.
func (p *program) command() *cli.Command {
	root := &cli.Command{
		Name:                  "parley",
		Usage:                 "a chat server that speaks your clients' dialect",
		Description:           about,
		Version:               version,
		Suggest:               true,
		EnableShellCompletion: true,
		Reader:                p.stdin,
		Writer:                p.stdout,
		ErrWriter:             p.stderr,
		ArgValidator:          noArguments,
		Action:                group,
		// Errors are printed once, by run.
		ExitErrHandler: func(context.Context, *cli.Command, error) {},
		ConfigureShellCompletionCommand: func(c *cli.Command) {
			c.Hidden = false
		},
		Commands: []*cli.Command{
			p.serveCommand(),
			p.appCommand(),
			p.userCommand(),
			p.exportCommand(),
			p.importCommand(),
			p.storeCommand(),
			p.doctorCommand(),
			p.mirrorCommand(),
			p.cutoverCommand(),
			p.migrateCommand(),
			p.benchCommand(),
			p.configCommand(),
			p.docsCommand(),
			p.versionCommand(),
		},
	}
	eachCommand(root, func(c *cli.Command) { c.OnUsageError = misused })
	return root
}

func eachCommand(c *cli.Command, do func(*cli.Command)) {
	do(c)
	for _, sub := range c.Commands {
		eachCommand(sub, do)
	}
}

// group is the action of a command that only holds others.
func group(_ context.Context, c *cli.Command) error {
	word := c.Args().First()
	if word == "" {
		if c.Root() == c {
			return cli.ShowRootCommandHelp(c)
		}
		return cli.ShowSubcommandHelp(c)
	}
	return usagef("there is no command %q%s", c.FullName()+" "+word, question(cli.SuggestCommand(c.Commands, word)))
}

// noArguments refuses arguments of commands that name none.
func noArguments(_ context.Context, c *cli.Command) error {
	isGroup := slices.ContainsFunc(c.Commands, func(sub *cli.Command) bool { return sub.Name != "help" })
	if c.Args().Present() && c.ArgsUsage == "" && !isGroup {
		return usagef("%s takes no argument such as %q", c.FullName(), c.Args().First())
	}
	return nil
}

// misused explains a flag that the command does not have or cannot read.
func misused(_ context.Context, c *cli.Command, err error, _ bool) error {
	const unknown = "flag provided but not defined: "
	if name, ok := strings.CutPrefix(err.Error(), unknown); ok {
		name = strings.TrimLeft(name, "-")
		return usagef("%s has no flag --%s%s", c.FullName(), name, question(cli.SuggestFlag(c.Flags, name, c.HideHelp)))
	}
	return usageError{err}
}

func question(suggestion string) string {
	if suggestion == "" {
		return ""
	}
	return "; did you mean " + suggestion + "?"
}
