package main

import (
	"context"
	"slices"

	"github.com/urfave/cli/v3"

	"parley/adapters/wire/mirror"
	"parley/cmd/parley/admin"
	"parley/core"
)

func (p *program) cutoverCommand() *cli.Command {
	force := &cli.BoolFlag{Name: "force", Usage: "although writes are missing; what is missing is noted and set aside", HideDefault: true}
	step := func(name, usage string, flags ...cli.Flag) *cli.Command {
		return &cli.Command{
			Name: name, Usage: usage, ArgsUsage: "KEY",
			Description: "Example:\n\n   parley cutover " + name + " 0123456789ABCDEF0123456789ABCDEF",
			Flags:       append(append(storeFlags(), jsonFlag()), flags...),
			Action: func(ctx context.Context, c *cli.Command) error {
				return p.cutover(ctx, c, admin.Step{Command: name, Force: c.Bool("force")})
			},
		}
	}
	return &cli.Command{
		Name:  "cutover",
		Usage: "move an app from its legacy server to this one, and back",
		Description: `States: legacy, begun, ready, committed, closed. Nothing moves but by a command.

   begin      the legacy server answers, and its writes are repeated here
   commit     this server answers, and its writes are repeated there
   abort      back from begun or ready
   rollback   back from committed; refused while the legacy server lacks writes
   close      the end: nothing is repeated any more, and there is no way back

Requests of clients wait for a moment at each step; none is refused.`,
		Action: group,
		Commands: []*cli.Command{
			{
				Name: "status", Usage: "show how far an app has moved, and each step", ArgsUsage: "KEY",
				Description: "Example:\n\n   parley cutover status 0123456789ABCDEF0123456789ABCDEF",
				Flags:       append(storeFlags(), jsonFlag()),
				Action:      p.cutoverStatus,
			},
			step("begin", "have every write of the legacy server repeated here; both must hold the same now"),
			step("commit", "have this server answer from now on", force),
			step("abort", "stop what begin has begun"),
			step("rollback", "have the legacy server answer again", force),
			step("close", "stop repeating writes on the legacy server", force),
			{
				Name: "repair", Usage: "deal with the writes that the other server has refused", ArgsUsage: "KEY",
				Description: "Examples:\n\n   parley cutover repair KEY --retry\n   parley cutover repair KEY --drop",
				Flags: append(storeFlags(), jsonFlag(),
					&cli.BoolFlag{Name: "retry", Usage: "try them again", HideDefault: true},
					&cli.BoolFlag{Name: "drop", Usage: "drop them, and reset the counts of what is lost", HideDefault: true}),
				Action: func(ctx context.Context, c *cli.Command) error {
					if c.Bool("retry") == c.Bool("drop") {
						return usagef("one of --retry and --drop is needed")
					}
					if c.Bool("drop") {
						return p.cutover(ctx, c, admin.Step{Command: "drop"})
					}
					return p.cutover(ctx, c, admin.Step{Command: "retry"})
				},
			},
		},
	}
}

func (p *program) cutover(ctx context.Context, c *cli.Command, s admin.Step) error {
	key, err := argument(c, "KEY")
	if err != nil {
		return err
	}
	return p.withMirror(ctx, c, func(m admin.Mirror) error {
		moved, err := m.Cutover(ctx, key, s)
		if err != nil {
			return err
		}
		return p.showMirror(c, &moved)
	})
}

func (p *program) cutoverStatus(ctx context.Context, c *cli.Command) error {
	key, err := argument(c, "KEY")
	if err != nil {
		return err
	}
	return p.withMirror(ctx, c, func(m admin.Mirror) error {
		all, err := m.MirrorStatus(ctx)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(all, func(s mirror.AppStatus) bool { return s.App == key })
		if at < 0 {
			return core.NewFault(core.NotFound, core.FieldApp, "the server's settings name no legacy server for app "+key)
		}
		return p.showMirror(c, &all[at])
	})
}
