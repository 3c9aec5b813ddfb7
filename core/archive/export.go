package archive

import (
	"context"
	"encoding/json"
	"strings"

	"parley/core"
)

// SourcePrefix begins the names under which archives are imported: the app's key follows. What such a source calls a
// message is its id in the archive, which is not exported again.
const SourcePrefix = "archive:"

// ExportOptions say what an archive contains beside the ordinary.
type ExportOptions struct {
	// Passwords adds the sealed passwords: with them users can log in where the archive is imported, and whoever has the
	// archive can try passwords at leisure.
	Passwords bool
	// Settings returns what may be seen of an app's settings for a dialect, or nil for nothing. Without it no dialect's
	// settings are exported, since which of them are secrets core does not know.
	Settings func(dialect string, section json.RawMessage) json.RawMessage
	// Official is where the resources of official accounts come from; nil leaves them out.
	Official OfficialSource
	// Progress is called now and then with the number of messages that have been written and that there are.
	Progress func(done, total int64)
}

// OfficialSource yields the resources of official accounts, one record after the other until visit returns an error,
// which it returns.
type OfficialSource interface {
	Records(ctx context.Context, visit func(*Record) error) error
}

// progressEvery is after how many messages progress is told.
const progressEvery = 500

// exporter writes one archive.
type exporter struct {
	export  *core.Export
	out     *Writer
	options *ExportOptions
}

// Export writes what an app holds, but not the end, which is out.Close. The messages are exactly those that had been
// committed when it began, whatever happens meanwhile; so every conversation is there up to one moment, the same for
// all. Users, groups, what members have read, and settings are those of some moment between the beginning and the end;
// nothing refers to a message that is not in the archive.
func Export(ctx context.Context, e *core.Engine, app *core.App, out *Writer, o ExportOptions) error {
	export, err := e.BeginExport(ctx, app)
	if err != nil {
		return err
	}
	x := &exporter{export: export, out: out, options: &o}
	if err := x.app(app); err != nil {
		return err
	}
	for _, part := range [...]func(context.Context) error{
		x.users, x.friends, x.groups, x.messages, x.reads, x.threads, x.keys, x.imports,
	} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	if o.Official == nil {
		return nil
	}
	return o.Official.Records(ctx, out.Write)
}

func (x *exporter) app(app *core.App) error {
	r := &App{Name: app.Name, Zone: app.Zone, OpenUsers: app.OpenUsers, Disabled: app.Disabled}
	if x.options.Settings != nil {
		for dialect, section := range app.Dialects {
			if shown := x.options.Settings(dialect, section); shown != nil {
				if r.Dialects == nil {
					r.Dialects = make(map[string]json.RawMessage)
				}
				r.Dialects[dialect] = shown
			}
		}
	}
	return x.out.Write(&Record{Type: TypeApp, App: r})
}

func (x *exporter) users(ctx context.Context) error {
	return x.export.Users(ctx, func(u *core.ImportedUser) error {
		return x.out.Write(&Record{Type: TypeUser, User: userRecord(u, x.options.Passwords)})
	})
}

func (x *exporter) friends(ctx context.Context) error {
	return x.export.Friends(ctx, func(f core.ImportedFriend) error {
		return x.out.Write(&Record{Type: TypeFriend, Friend: &Friend{User: f.User, Friend: f.Friend, Since: f.Since}})
	})
}

// groups writes groups with their members, and then who has left them.
func (x *exporter) groups(ctx context.Context) error {
	err := x.export.Groups(ctx, func(g *core.ImportedGroup) error {
		first := &Record{Type: TypeGroup, Group: groupRecord(g)}
		var members []Member
		flush := func() error {
			r := &Record{Type: TypeMembers, Members: &Members{Group: g.ID, Members: members}}
			if first != nil {
				r, first = first, nil
				r.Group.Members = members
			}
			members = nil
			return x.out.Write(r)
		}
		err := x.export.Members(ctx, g, func(m *core.ImportedMember) error {
			if members = append(members, memberRecord(m)); len(members) == MaxMembers {
				return flush()
			}
			return nil
		})
		if err == nil && (first != nil || len(members) > 0) {
			err = flush()
		}
		return err
	})
	if err != nil {
		return err
	}
	return x.export.Left(ctx, func(group string, m *core.ImportedMember) error {
		return x.out.Write(&Record{Type: TypeMembers, Members: &Members{Group: group, Members: []Member{memberRecord(m)}}})
	})
}

func (x *exporter) messages(ctx context.Context) error {
	done, total := int64(0), x.export.Count()
	err := x.export.Messages(ctx, func(m *core.ImportedMessage) error {
		if done++; done%progressEvery == 0 && x.options.Progress != nil {
			x.options.Progress(done, total)
		}
		return x.out.Write(&Record{Type: TypeMessage, Message: messageRecord(m)})
	})
	if err == nil && x.options.Progress != nil {
		x.options.Progress(done, total)
	}
	return err
}

func (x *exporter) reads(ctx context.Context) error {
	return x.export.Reads(ctx, func(m *core.ImportedRead) error {
		return x.out.Write(&Record{Type: TypeRead, Read: readRecord(m)})
	})
}

func (x *exporter) threads(ctx context.Context) error {
	return x.export.Threads(ctx, func(t *core.ImportedThread) error {
		return x.out.Write(&Record{Type: TypeThread, Thread: threadRecord(t)})
	})
}

func (x *exporter) keys(ctx context.Context) error {
	return x.export.Keys(ctx, func(k *core.ImportedKey, id int64) error {
		if strings.HasPrefix(k.Source, SourcePrefix) {
			return nil
		}
		return x.out.Write(&Record{Type: TypeKey, Key: &Key{
			From: k.From, To: k.To, Group: k.Group, Channel: channelWord(k.Channel), Source: k.Source, Key: k.Key, Message: id,
		}})
	})
}

func (x *exporter) imports(ctx context.Context) error {
	return x.export.Imports(ctx, func(source string, cursor []byte, stored uint64) error {
		if strings.HasPrefix(source, SourcePrefix) {
			return nil
		}
		return x.out.Write(&Record{Type: TypeImport, Import: &Import{Source: source, Cursor: cursor, Stored: stored}})
	})
}
