package main

import (
	"context"
	"strconv"
	"time"

	"github.com/urfave/cli/v3"

	"parley/cmd/parley/admin"
)

func (p *program) userCommand() *cli.Command {
	of := &cli.StringFlag{Name: "app", Usage: "key of the app; may be left out if there is only one"}
	return &cli.Command{
		Name:  "user",
		Usage: "add, list and ban an app's users",
		Description: `The commands work while the server runs, through its admin listener, and while
it does not.`,
		Action: group,
		Commands: []*cli.Command{
			{
				Name:  "add",
				Usage: "register a user",
				Description: `Examples:

   parley user add --id 9948077346
   parley user add --username dogstar --password-file -  < password.txt

A password is read from the file, from ` + passwordVariable + `, or asked for on a terminal.`,
				Flags: append(storeFlags(), of,
					&cli.StringFlag{Name: "id", Usage: "any name of 1 to 128 bytes"},
					&cli.StringFlag{Name: "uuid", Usage: "32 letters and digits; derived from the ID if left out"},
					&cli.StringFlag{Name: "username", Usage: "name to log in with; needs a password"},
					&cli.StringFlag{Name: "password-file", Usage: "file with the password in clear; - is standard input"},
					&cli.StringFlag{Name: "role", Value: "user", Usage: "user or admin"},
					jsonFlag()),
				Action: p.addUser,
			},
			{
				Name:        "list",
				Usage:       "list users in order of registration",
				Description: "Example:\n\n   parley user list --offset 100 --limit 50",
				Flags: append(storeFlags(), of,
					&cli.IntFlag{Name: "offset", Usage: "users to skip"},
					&cli.IntFlag{Name: "limit", Value: 100, Usage: "users to list, at most 1000"},
					jsonFlag()),
				Action: p.listUsers,
			},
			{
				Name:        "ban",
				Usage:       "ban a user and end its sessions",
				ArgsUsage:   "ID|UUID",
				Description: "Example:\n\n   parley user ban 8AEA2AF1951C0376EC668A74B8CAA64A",
				Flags:       append(storeFlags(), of, jsonFlag()),
				Action:      p.setBanned(true),
			},
			{
				Name:        "unban",
				Usage:       "lift a ban",
				ArgsUsage:   "ID|UUID",
				Description: "Example:\n\n   parley user unban 8AEA2AF1951C0376EC668A74B8CAA64A",
				Flags:       append(storeFlags(), of, jsonFlag()),
				Action:      p.setBanned(false),
			},
		},
	}
}

func (p *program) addUser(ctx context.Context, c *cli.Command) error {
	u := admin.NewUser{ID: c.String("id"), UUID: c.String("uuid"), Username: c.String("username"), Role: c.String("role")}
	if u.Username != "" {
		clear, err := p.password(c.String("password-file"))
		if err != nil {
			return err
		}
		u.Password = admin.Digest(clear)
	}
	return p.operate(ctx, c, false, func(ops admin.Operations) error {
		app, err := appOf(ctx, c, ops)
		if err != nil {
			return err
		}
		added, err := ops.AddUser(ctx, app, u)
		if err != nil {
			return err
		}
		return p.showUsers(c, added, added)
	})
}

func (p *program) listUsers(ctx context.Context, c *cli.Command) error {
	return p.operate(ctx, c, false, func(ops admin.Operations) error {
		app, err := appOf(ctx, c, ops)
		if err != nil {
			return err
		}
		page, err := ops.Users(ctx, app, c.Int("offset"), c.Int("limit"))
		if err != nil {
			return err
		}
		if shown := c.Int("offset") + len(page.Users); shown < page.Total {
			p.say("%d of %d users; continue with --offset %d\n", len(page.Users), page.Total, shown)
		}
		return p.showUsers(c, page, page.Users...)
	})
}

func (p *program) setBanned(banned bool) cli.ActionFunc {
	return func(ctx context.Context, c *cli.Command) error {
		address, err := argument(c, "the user's ID or UUID")
		if err != nil {
			return err
		}
		return p.operate(ctx, c, false, func(ops admin.Operations) error {
			app, err := appOf(ctx, c, ops)
			if err != nil {
				return err
			}
			u, err := ops.SetBanned(ctx, app, address, banned)
			if err != nil {
				return err
			}
			return p.showUsers(c, u, u)
		})
	}
}

// appOf is the app that the command names, or the only one.
func appOf(ctx context.Context, c *cli.Command, ops admin.Operations) (string, error) {
	if key := c.String("app"); key != "" {
		return key, nil
	}
	all, err := ops.Apps(ctx, false)
	if err != nil {
		return "", err
	}
	switch len(all) {
	case 0:
		return "", usagef("the store has no app yet; `parley app add` creates one")
	case 1:
		return all[0].Key, nil
	}
	return "", usagef("the store has %d apps; choose one with --app, `parley app list` lists them", len(all))
}

func (p *program) showUsers(c *cli.Command, value any, users ...admin.User) error {
	lines := [][]string{{"ID", "UUID", "USERNAME", "ROLE", "BANNED", "REGISTERED"}}
	for _, u := range users {
		lines = append(lines, []string{
			u.ID, u.UUID, u.Username, u.Role, strconv.FormatBool(u.Banned), u.Registered.Format(time.RFC3339),
		})
	}
	return p.show(c, value, lines)
}
