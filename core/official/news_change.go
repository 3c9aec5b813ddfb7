package official

import (
	"context"
	"strings"

	"parley/core"
)

func checkArticles(articles []ArticleInput) error {
	if len(articles) < 1 || len(articles) > MaxArticles {
		return core.NewFault(core.Invalid, FieldNews, "a news has 1 to 8 articles")
	}
	for _, in := range articles {
		if err := checkTexts(
			textCheck{FieldTitle, in.Title, 1, maxName},
			textCheck{FieldAuthor, in.Author, 0, maxName},
			textCheck{FieldDigest, in.Digest, 0, 500},
			textCheck{FieldURL, in.Source, 0, maxURL},
			textCheck{core.FieldContent, in.Content, 1, MaxArticle},
		); err != nil {
			return err
		}
		if err := checkBytes(core.FieldContent, in.Content, 1, MaxArticle); err != nil {
			return err
		}
		if err := checkID(FieldImage, in.ImageID); err != nil {
			return err
		}
	}
	return nil
}

// writeArticles stores the contents of articles as loose blobs and returns the rows that will refer to them.
func (s *Service) writeArticles(ctx context.Context, a *accountState, news string, articles []ArticleInput) ([]storedArticle, error) {
	rows := make([]storedArticle, 0, len(articles))
	for _, in := range articles {
		id, err := s.newID()
		var content blobRef
		if err == nil {
			content, err = s.writeBlob(ctx, a, core.FieldContent, strings.NewReader(in.Content), MaxArticle)
		}
		if err != nil {
			s.discardArticles(ctx, a, rows)
			return nil, err
		}
		rows = append(rows, storedArticle{id, articleRecord{
			NewsID: news, Title: in.Title, Author: in.Author, Digest: in.Digest, ImageID: in.ImageID, Source: in.Source,
			ShowCover: in.ShowCover, Content: content,
		}})
	}
	return rows, nil
}

func (s *Service) discardArticles(ctx context.Context, a *accountState, rows []storedArticle) {
	for i := range rows {
		s.discard(ctx, a, rows[i].Content.ID)
	}
}

// saveArticles stores the rows of a news. Their covers must exist.
func (c *change) saveArticles(account uint32, n *newsRecord, rows []storedArticle) error {
	n.Articles = nil
	for i := range rows {
		cover, err := load[mediaRecord](c, idKey(account, tableMedia, rows[i].ImageID))
		if err != nil {
			return err
		}
		if cover == nil || cover.Kind != KindImage && cover.Kind != KindNewsImage {
			return notFound(FieldImage)
		}
		rows[i].Updated = n.Place.Time
		if err := c.adopt(account, rows[i].Content); err != nil {
			return err
		}
		if err := save(c, idKey(account, tableArticles, rows[i].id), rows[i].articleRecord); err != nil {
			return err
		}
		n.Articles = append(n.Articles, rows[i].id)
	}
	return nil
}

// replaceArticles marks the articles of a news as replaced.
func (c *change) replaceArticles(account uint32, n *newsRecord) error {
	rows, err := readArticles(c, account, n.Articles)
	for i := range rows {
		if err != nil {
			break
		}
		rows[i].Replaced = true
		err = save(c, idKey(account, tableArticles, rows[i].id), rows[i].articleRecord)
	}
	return err
}

// CreateNews stores 1 to MaxArticles articles and returns the ID of the news. Their covers must exist: NotFound with
// FieldImage.
func (s *Service) CreateNews(ctx context.Context, account string, articles []ArticleInput) (string, error) {
	id, err := s.newID()
	if err != nil {
		return "", err
	}
	return id, s.putNews(ctx, account, id, articles, true)
}

// UpdateNews replaces all articles.
func (s *Service) UpdateNews(ctx context.Context, account, id string, articles []ArticleInput) error {
	return s.putNews(ctx, account, id, articles, false)
}

func (s *Service) putNews(ctx context.Context, account, id string, articles []ArticleInput, create bool) error {
	a, err := s.account(account)
	if err != nil {
		return err
	}
	if err := checkArticles(articles); err != nil {
		return err
	}
	rows, err := s.writeArticles(ctx, a, id, articles)
	if err != nil {
		return err
	}
	at := s.place()
	err = s.update(ctx, a, func(c *change) error {
		n := &newsRecord{Created: at.Time}
		if !create {
			if n, err = readNews(c, a.number, id); err != nil {
				return err
			}
			if n.Deleted {
				return notFound(FieldNews)
			}
			if err := c.replaceNews(a.number, id, n); err != nil {
				return err
			}
		}
		n.Place, n.Version = at, n.Version+1
		if err := c.saveArticles(a.number, n, rows); err != nil {
			return err
		}
		if err := c.insert(newsList(a.number), at.newest(id)); err != nil {
			return err
		}
		return save(c, idKey(a.number, tableNews, id), n)
	})
	if code := core.CodeOf(err); code == core.NotFound || code == core.TooLarge {
		s.discardArticles(ctx, a, rows) // certainly not committed; otherwise Open sees whether they are loose
	}
	return err
}

// replaceNews takes the old state of a news away.
func (c *change) replaceNews(account uint32, id string, n *newsRecord) error {
	if err := c.replaceArticles(account, n); err != nil {
		return err
	}
	if err := c.remove(newsList(account), n.Place.newest(id)); err != nil {
		return err
	}
	return c.forgetUploads(account, id)
}

// DeleteNews deletes a news; deleting it again is not an error.
func (s *Service) DeleteNews(ctx context.Context, account, id string) error {
	a, err := s.account(account)
	if err != nil {
		return err
	}
	return s.update(ctx, a, func(c *change) error {
		n, err := readNews(c, a.number, id)
		if err != nil || n.Deleted {
			return err
		}
		n.Deleted = true
		if err := c.replaceNews(a.number, id, n); err != nil {
			return err
		}
		return save(c, idKey(a.number, tableNews, id), n)
	})
}
