package official

import (
	"context"
	"io"
	"slices"
	"strings"

	"parley/core"
	"parley/storage"
)

// ExportedRow is a row of an account.
type ExportedRow struct {
	Kind RowKind
	// Row is a pointer to the kind's type, such as *FollowerRow.
	Row any
	// Content reads the content of a medium, whose row lacks Digest; nil for other kinds.
	Content Content
}

// ExportOptions say what rows contain beside the ordinary.
type ExportOptions struct {
	// Secrets adds the account's token and its credentials, which stay sealed.
	Secrets bool
}

// rowsAtOnce is how many rows of a table one snapshot reads.
const rowsAtOnce = 200

// ExportRows calls visit for every row of an account, outside of any transaction. The rows are read a page at a time, and
// each page is a snapshot of its own. What is of no use elsewhere is left out: jobs, uploads that the platform forgets
// within days, events, and the audiences of mass sends.
func (s *Service) ExportRows(ctx context.Context, account string, o ExportOptions, visit func(ExportedRow) error) error {
	a, err := s.account(account)
	if err != nil {
		return err
	}
	x := rowExport{service: s, account: a, visit: visit}
	if err := x.accountRow(ctx, o); err != nil {
		return err
	}
	for _, table := range [...]func(context.Context) error{
		x.groups, x.followers, x.texts, x.media, x.articles, x.news, x.rules, x.buttons, x.inbound, x.massSends, x.cursors,
	} {
		if err := table(ctx); err != nil {
			return err
		}
	}
	return nil
}

type rowExport struct {
	service *Service
	account *accountState
	visit   func(ExportedRow) error
}

func (x *rowExport) row(kind RowKind, row any) error {
	return x.visit(ExportedRow{Kind: kind, Row: row})
}

// eachRecord calls visit for the records of a table, with the part of the key that names each.
func eachRecord[T any](ctx context.Context, x *rowExport, table byte, visit func(id string, record *T) error) error {
	type row struct {
		id     string
		record *T
	}
	prefix := tableKey(x.account.number, table)
	for from := prefix; from != nil; {
		var page []row
		err := x.service.view(ctx, func(r storage.Reader) error {
			page = page[:0]
			var failed error
			err := r.Scan(storage.Range{From: from, To: storage.After(prefix), Limit: rowsAtOnce}, func(key, value []byte) bool {
				record, err := decode[T](value)
				failed = err
				page = append(page, row{string(key[len(prefix):]), record})
				return err == nil
			})
			if failed != nil {
				return failed
			}
			return err
		})
		if err != nil {
			return err
		}
		for _, row := range page {
			if err := visit(row.id, row.record); err != nil {
				return err
			}
		}
		if from = nil; len(page) == rowsAtOnce {
			from = slices.Concat(prefix, []byte(page[rowsAtOnce-1].id), []byte{0})
		}
	}
	return nil
}

func (x *rowExport) accountRow(ctx context.Context, o ExportOptions) error {
	a := x.account.row.Load()
	r := &AccountRow{
		ID: a.ID, OriginalID: a.OriginalID, Created: a.Created, FollowersFetched: a.FollowersFetched, MenuFetched: a.MenuFetched,
	}
	if o.Secrets {
		r.Token = a.Token
		err := x.service.view(ctx, func(tx storage.Reader) error {
			c, err := load[sealed](tx, tableKey(x.account.number, tableCredentials))
			if c != nil {
				r.Credentials = &SealedRow{c.KeyID, c.Nonce, c.Box}
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return x.row(RowAccount, r)
}

func (x *rowExport) groups(ctx context.Context) error {
	return eachRecord(ctx, x, tableGroups, func(id string, g *groupRecord) error {
		if g.Deleting {
			return nil
		}
		return x.row(RowGroup, &GroupRow{ID: id, Name: g.Name, Place: g.Place.row()})
	})
}

func (x *rowExport) followers(ctx context.Context) error {
	return eachRecord(ctx, x, tableFollowers, func(_ string, f *Follower) error { return x.row(RowFollower, f.row()) })
}

func (f *Follower) row() *FollowerRow {
	r := &FollowerRow{
		OpenID: f.OpenID, Nickname: f.Nickname, Country: f.Country, Province: f.Province, City: f.City, Language: f.Language,
		UnionID: f.UnionID, Remark: f.Remark, Avatar: f.Avatar, Gender: f.Gender, Subscribed: f.Subscribed,
		SubscribeTime: f.SubscribeTime, UnsubscribeTime: f.UnsubscribeTime, Ungrouped: f.Ungrouped, Blocked: f.Blocked, Seen: f.Seen,
	}
	for _, m := range f.Groups {
		r.Groups = append(r.Groups, MembershipRow(m))
	}
	return r
}

func (x *rowExport) texts(ctx context.Context) error {
	return eachRecord(ctx, x, tableTexts, func(_ string, t *Text) error {
		return x.row(RowText, &TextRow{ID: t.ID, Content: t.Content, Created: t.Created})
	})
}

func (x *rowExport) media(ctx context.Context) error {
	return eachRecord(ctx, x, tableMedia, func(_ string, m *mediaRecord) error {
		return x.visit(ExportedRow{
			Kind: RowMedia, Content: x.service.openBlob(ctx, x.account.number, m.Blob),
			Row: &MediaRow{
				ID: m.ID, Kind: m.Kind, Name: m.Name, Title: m.Title, Description: m.Description, Created: m.Created,
				Version: m.Version, Deleted: m.Deleted, Place: m.Place.row(), Size: m.Size,
			},
		})
	})
}

func (x *rowExport) articles(ctx context.Context) error {
	return eachRecord(ctx, x, tableArticles, func(id string, a *articleRecord) error {
		var content strings.Builder
		if _, err := io.Copy(&content, x.service.openBlob(ctx, x.account.number, a.Content)); err != nil {
			return core.AsFault(err)
		}
		return x.row(RowArticle, &ArticleRow{
			ID: id, News: a.NewsID, Title: a.Title, Author: a.Author, Digest: a.Digest, Image: a.ImageID, Source: a.Source,
			ShowCover: a.ShowCover, Updated: a.Updated, Replaced: a.Replaced, Content: content.String(),
		})
	})
}

func (x *rowExport) news(ctx context.Context) error {
	return eachRecord(ctx, x, tableNews, func(id string, n *newsRecord) error {
		return x.row(RowNews, &NewsRow{
			ID: id, Created: n.Created, Version: n.Version, Articles: n.Articles, Deleted: n.Deleted, Place: n.Place.row(),
		})
	})
}

func (x *rowExport) rules(ctx context.Context) error {
	return eachRecord(ctx, x, tableRules, func(_ string, r *ruleRecord) error {
		row := &RuleRow{
			ID: r.ID, Name: r.Name, Reply: r.Reply.ID, ReplyType: r.Reply.Type, Created: r.Created, Updated: r.Updated,
			Place: r.Place.row(),
		}
		for _, k := range r.Keywords {
			row.Keywords = append(row.Keywords, KeywordRow{k.ID, k.Content, k.Fuzzy})
		}
		return x.row(RowRule, row)
	})
}

func (x *rowExport) buttons(ctx context.Context) error {
	var all []*Button
	err := x.service.view(ctx, func(r storage.Reader) (err error) {
		all, err = readButtons(r, x.account.number)
		return err
	})
	if err != nil {
		return err
	}
	children := slices.DeleteFunc(slices.Clone(all), func(b *Button) bool { return b.Parent == TopButton })
	for _, b := range append(under(all, TopButton), children...) {
		err := x.row(RowButton, &ButtonRow{
			ID: b.ID, Parent: b.Parent, Name: b.Name, Type: b.Type, Keycode: b.Keycode, URL: b.URL, Reply: b.Reply.ID,
			ReplyType: b.Reply.Type, Sequence: b.Sequence,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (x *rowExport) inbound(ctx context.Context) error {
	return eachRecord(ctx, x, tableInbound, func(_ string, m *inboundRecord) error {
		if m.Kind == InboundEvent {
			return nil
		}
		return x.row(RowInbound, m.row())
	})
}

func (x *rowExport) massSends(ctx context.Context) error {
	return eachRecord(ctx, x, tableMassSends, func(_ string, m *massRecord) error { return x.row(RowMassSend, m.row()) })
}

func (x *rowExport) cursors(ctx context.Context) error {
	return eachRecord(ctx, x, tableCursors, func(name string, position *string) error {
		return x.row(RowCursor, &CursorRow{Name: name, Position: *position})
	})
}
