package official

import (
	"context"
	"io"
	"strings"

	"parley/core"
	"parley/storage"
)

// newsRecord is a news in the store.
type newsRecord struct {
	Created  int64
	Place    place // of the last update
	Version  uint64
	Articles []string
	Deleted  bool `json:",omitempty"`
}

// articleRecord is an article in the store.
type articleRecord struct {
	NewsID, Title, Author, Digest, ImageID, Source string
	Updated                                        int64
	ShowCover                                      bool
	Content                                        blobRef
	Replaced                                       bool `json:",omitempty"`
}

func newsList(account uint32) list { return list{account, "n"} }

func readNews(r storage.Reader, account uint32, id string) (*newsRecord, error) {
	if err := checkID(FieldNews, id); err != nil {
		return nil, err
	}
	n, err := load[newsRecord](r, idKey(account, tableNews, id))
	if err == nil && n == nil {
		err = notFound(FieldNews)
	}
	return n, err
}

func (a *articleRecord) article(id string) *Article {
	return &Article{
		ID: id, NewsID: a.NewsID, Updated: a.Updated, Size: a.Content.Size, Replaced: a.Replaced,
		ArticleInput: ArticleInput{
			Title: a.Title, Author: a.Author, Digest: a.Digest, ImageID: a.ImageID, Source: a.Source, ShowCover: a.ShowCover,
		},
	}
}

// storedArticle is an article with its ID and, once read, its content.
type storedArticle struct {
	id string
	articleRecord
}

func readArticles(r storage.Reader, account uint32, ids []string) ([]storedArticle, error) {
	keys := make([][]byte, len(ids))
	for i, id := range ids {
		keys[i] = idKey(account, tableArticles, id)
	}
	rows, err := loadAll[articleRecord](r, keys)
	if err != nil {
		return nil, err
	}
	all := make([]storedArticle, len(ids))
	for i, row := range rows {
		if row == nil {
			return nil, corrupt(keys[i])
		}
		all[i] = storedArticle{ids[i], *row}
	}
	return all, nil
}

// readContents completes articles with their contents.
func (s *Service) readContents(ctx context.Context, account uint32, rows []storedArticle) ([]*Article, error) {
	all := make([]*Article, len(rows))
	for i := range rows {
		var b strings.Builder
		b.Grow(int(rows[i].Content.Size))
		if _, err := io.Copy(&b, s.openBlob(ctx, account, rows[i].Content)); err != nil {
			return nil, core.AsFault(err)
		}
		all[i] = rows[i].article(rows[i].id)
		all[i].Content = b.String()
	}
	return all, nil
}

// News returns a news with the contents of its articles; NotFound also once it is deleted.
func (s *Service) News(ctx context.Context, account, id string) (*News, error) {
	a, err := s.account(account)
	if err != nil {
		return nil, err
	}
	var n *newsRecord
	var rows []storedArticle
	err = s.view(ctx, func(r storage.Reader) error {
		if n, err = readNews(r, a.number, id); err != nil {
			return err
		}
		if n.Deleted {
			return notFound(FieldNews)
		}
		rows, err = readArticles(r, a.number, n.Articles)
		return err
	})
	if err != nil {
		return nil, err
	}
	articles, err := s.readContents(ctx, a.number, rows)
	if err != nil {
		return nil, err
	}
	return &News{ID: id, Created: n.Created, Updated: n.Place.Time, Version: n.Version, Articles: articles}, nil
}

// ListNews returns a page of news without contents, the last updated first.
func (s *Service) ListNews(ctx context.Context, account string, p Page) (page NewsPage, err error) {
	a, err := s.account(account)
	if err != nil {
		return page, err
	}
	err = s.view(ctx, func(r storage.Reader) error {
		if err := checkPage(p); err != nil {
			return err
		}
		l := newsList(a.number)
		if page.Total, err = l.total(r); err != nil {
			return err
		}
		sortKeys, err := l.page(r, p.Offset, p.Limit)
		if err != nil {
			return err
		}
		for _, sortKey := range sortKeys {
			id, err := parsePlaced(sortKey)
			if err != nil {
				return err
			}
			n, err := readNews(r, a.number, id)
			if err != nil {
				return err
			}
			rows, err := readArticles(r, a.number, n.Articles)
			if err != nil {
				return err
			}
			news := &News{ID: id, Created: n.Created, Updated: n.Place.Time, Version: n.Version}
			for i := range rows {
				news.Articles = append(news.Articles, rows[i].article(rows[i].id))
			}
			page.News = append(page.News, news)
		}
		return nil
	})
	return page, err
}

// Article returns an article with its content, also one that has been replaced or deleted, since readers may hold a link to
// it.
func (s *Service) Article(ctx context.Context, account, id string) (*Article, error) {
	a, err := s.account(account)
	if err != nil {
		return nil, err
	}
	if err := checkID(FieldArticle, id); err != nil {
		return nil, err
	}
	var row *articleRecord
	err = s.view(ctx, func(r storage.Reader) error {
		row, err = load[articleRecord](r, idKey(a.number, tableArticles, id))
		if err == nil && row == nil {
			err = notFound(FieldArticle)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	articles, err := s.readContents(ctx, a.number, []storedArticle{{id, *row}})
	if err != nil {
		return nil, err
	}
	return articles[0], nil
}
