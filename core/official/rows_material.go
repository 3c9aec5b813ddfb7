package official

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"slices"
	"strings"

	"parley/core"
)

// maxUpload is the largest content of an imported medium.
const maxUpload = 1 << 30

// Upload is a content on its way into an account, piece by piece. Until ImportRow has taken it, nothing refers to it, and
// what a crash leaves behind is removed at the next start.
type Upload struct {
	service *Service
	account *accountState
	ref     blobRef
	hash    hash.Hash
	rest    []byte // not stored yet
}

// NewUpload begins a content of the account with an original ID.
func (s *Service) NewUpload(originalID string) (*Upload, error) {
	a, err := s.accountOf(originalID)
	if err != nil {
		return nil, err
	}
	u := &Upload{service: s, account: a, hash: sha256.New()}
	id, err := s.newUUID()
	u.ref.ID = id
	return u, err
}

// Write adds bytes, which are not kept. Beyond a gigabyte the fault is TooLarge with FieldMedia.
func (u *Upload) Write(ctx context.Context, b []byte) error {
	u.hash.Write(b)
	u.rest = append(u.rest, b...)
	const portion = chunkSize * chunksAtOnce
	for len(u.rest) > portion {
		if err := u.store(ctx, u.rest[:portion]); err != nil {
			return err
		}
		u.rest = append(u.rest[:0], u.rest[portion:]...)
	}
	return nil
}

func (u *Upload) store(ctx context.Context, portion []byte) error {
	if err := u.service.writePortion(ctx, u.account, u.ref, portion, FieldMedia, maxUpload); err != nil {
		return err
	}
	u.ref.Size += int64(len(portion))
	return nil
}

// Digest is the SHA-256 of what was written, in hexadecimal digits.
func (u *Upload) Digest() string { return hex.EncodeToString(u.hash.Sum(nil)) }

// Discard removes what was stored. It is not called for an upload that ImportRow was given.
func (u *Upload) Discard(ctx context.Context) { u.service.discard(ctx, u.account, u.ref.ID) }

func (i *rowImport) media(ctx context.Context, r *MediaRow, u *Upload) (bool, error) {
	if u == nil {
		return false, core.NewFault(core.Invalid, FieldMedia, "the content is missing before the medium")
	}
	taken := false // by a row, or perhaps: an error of a transaction does not tell
	defer func() {
		if !taken {
			u.Discard(ctx)
		}
	}()
	if u.account != i.account || u.Digest() != r.Digest {
		return false, core.NewFault(core.Invalid, FieldMedia, "the content before the medium is not its own")
	}
	if err := checkTexts(
		textCheck{FieldMedia, r.ID, 1, maxID}, textCheck{FieldName, r.Name, 0, maxName},
		textCheck{FieldTitle, r.Title, 0, maxName}, textCheck{FieldDescription, r.Description, 0, maxDescription},
	); err != nil {
		return false, err
	}
	if !slices.Contains([]MediaKind{KindImage, KindVoice, KindVideo, KindNewsImage, KindReceived}, r.Kind) {
		return false, core.NewFault(core.Invalid, FieldKind, "there is no such kind of media")
	}
	key := idKey(i.account.number, tableMedia, r.ID)
	if there, err := i.has(ctx, key); err != nil || there {
		return false, err
	}
	if err := u.store(ctx, u.rest); err != nil {
		return false, err
	}
	m := mediaRecord{Blob: u.ref, Place: r.Place.place(r.Created), Media: Media{
		ID: r.ID, Kind: r.Kind, Name: r.Name, Title: r.Title, Description: r.Description, Size: u.ref.Size,
		Created: max(r.Created, 0), Version: max(r.Version, 1), Deleted: r.Deleted,
	}}
	taken = true
	return i.put(ctx, key, func(c *change) error {
		if err := c.adopt(i.account.number, u.ref); err != nil {
			return err
		}
		if !m.Deleted {
			if err := c.insert(mediaList(i.account.number, m.Kind), m.Place.newest(m.ID)); err != nil {
				return err
			}
		}
		return save(c, key, m)
	})
}

func (i *rowImport) article(ctx context.Context, r *ArticleRow) (bool, error) {
	in := ArticleInput{
		Title: r.Title, Author: r.Author, Digest: r.Digest, ImageID: r.Image, Content: r.Content, Source: r.Source, ShowCover: r.ShowCover,
	}
	if err := checkArticles([]ArticleInput{in}); err != nil {
		return false, err
	}
	if err := checkTexts(textCheck{FieldArticle, r.ID, 1, maxID}, textCheck{FieldNews, r.News, 1, maxID}); err != nil {
		return false, err
	}
	key := idKey(i.account.number, tableArticles, r.ID)
	if there, err := i.has(ctx, key); err != nil || there {
		return false, err
	}
	blob, err := i.service.writeBlob(ctx, i.account, core.FieldContent, strings.NewReader(r.Content), MaxArticle)
	if err != nil {
		return false, err
	}
	stored, err := i.put(ctx, key, func(c *change) error {
		if err := c.adopt(i.account.number, blob); err != nil {
			return err
		}
		return save(c, key, articleRecord{
			NewsID: r.News, Title: r.Title, Author: r.Author, Digest: r.Digest, ImageID: r.Image, Source: r.Source,
			Updated: max(r.Updated, 0), ShowCover: r.ShowCover, Content: blob, Replaced: r.Replaced,
		})
	})
	if !stored && err == nil {
		i.service.discard(ctx, i.account, blob.ID)
	}
	return stored, err
}

func (i *rowImport) news(ctx context.Context, r *NewsRow) (bool, error) {
	if err := checkRowID(FieldNews, r.ID); err != nil {
		return false, err
	}
	if len(r.Articles) < 1 || len(r.Articles) > MaxArticles {
		return false, core.NewFault(core.Invalid, FieldNews, "a news has 1 to 8 articles")
	}
	number := i.account.number
	key := idKey(number, tableNews, r.ID)
	return i.put(ctx, key, func(c *change) error {
		for _, id := range r.Articles {
			if err := checkID(FieldArticle, id); err != nil {
				return err
			}
			article, err := load[articleRecord](c, idKey(number, tableArticles, id))
			if err != nil {
				return err
			}
			if article == nil {
				return notFound(FieldArticle)
			}
		}
		n := newsRecord{Created: max(r.Created, 0), Place: r.Place.place(r.Created), Version: max(r.Version, 1), Articles: r.Articles, Deleted: r.Deleted}
		if !n.Deleted {
			if err := c.insert(newsList(number), n.Place.newest(r.ID)); err != nil {
				return err
			}
		}
		return save(c, key, n)
	})
}

func (i *rowImport) text(ctx context.Context, r *TextRow) (bool, error) {
	if err := checkTexts(textCheck{FieldText, r.ID, 1, maxID}, textCheck{FieldText, r.Content, 1, 1000}); err != nil {
		return false, err
	}
	key := idKey(i.account.number, tableTexts, r.ID)
	return i.put(ctx, key, func(c *change) error {
		return save(c, key, Text{ID: r.ID, Content: r.Content, Created: max(r.Created, 0)})
	})
}

func (i *rowImport) rule(ctx context.Context, r *RuleRow) (bool, error) {
	in := RuleInput{Name: r.Name, Reply: Reply{r.Reply, r.ReplyType}}
	record := ruleRecord{Place: r.Place.place(r.Created)}
	record.Rule = Rule{ID: r.ID, Name: r.Name, Reply: in.Reply, Keywords: []Keyword{}, Created: max(r.Created, 0), Updated: max(r.Updated, 0)}
	for _, k := range r.Keywords {
		if err := checkRowID(FieldKeyword, k.ID); err != nil {
			return false, err
		}
		in.Keywords = append(in.Keywords, KeywordInput{k.Content, k.Fuzzy})
		record.Keywords = append(record.Keywords, Keyword{k.ID, KeywordInput{k.Content, k.Fuzzy}})
	}
	if err := checkRule(&in); err != nil {
		return false, err
	}
	if err := checkRowID(FieldRule, r.ID); err != nil {
		return false, err
	}
	number := i.account.number
	if isSpecialRule(r.Name) { // what answers already goes on to do so
		if there, err := i.has(ctx, idKey(number, tableSpecial, r.Name)); err != nil || there {
			return false, err
		}
	}
	return i.put(ctx, idKey(number, tableRules, r.ID), func(c *change) error { return c.putRule(number, &record) })
}

func (i *rowImport) button(ctx context.Context, r *ButtonRow) (stored bool, err error) {
	if err := checkButton(r.Name, r.Sequence); err != nil {
		return false, err
	}
	if err := checkTexts(
		textCheck{FieldButton, r.ID, 1, maxID}, textCheck{FieldParent, r.Parent, 1, maxID}, textCheck{FieldKeycode, r.Keycode, 0, maxKeycode},
		textCheck{FieldURL, r.URL, 0, maxURL}, textCheck{FieldReply, r.Reply, 0, maxID}, textCheck{FieldReplyType, string(r.ReplyType), 0, maxID},
	); err != nil {
		return false, err
	}
	if r.Type != "" && r.Type != ButtonClick && r.Type != ButtonView {
		return false, core.NewFault(core.Invalid, FieldKind, "there is no such type of button")
	}
	err = i.service.changeMenu(ctx, i.account.row.Load().ID, func(m *menuState) error {
		if stored = m.find(r.ID) == nil; !stored {
			return nil
		}
		above := m.find(r.Parent)
		switch {
		case len(m.buttons) >= MaxButtons:
			return core.NewFault(core.Limited, FieldButton, "the menu has as many buttons as it can")
		case r.Parent != TopButton && (above == nil || above.Parent != TopButton):
			return notFound(FieldParent)
		}
		return m.save(&Button{
			ID: r.ID, Parent: r.Parent, Name: r.Name, Type: r.Type, Keycode: r.Keycode, URL: r.URL, Reply: Reply{r.Reply, r.ReplyType}, Sequence: r.Sequence,
		})
	})
	return stored && err == nil, err
}
