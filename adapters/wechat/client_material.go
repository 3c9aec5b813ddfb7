package wechat

import (
	"bytes"
	"context"
	"encoding/json"
	"iter"

	"parley/core"
	"parley/core/official"
)

// Text returns a stored text. The platform does not list them: Texts finds those that something refers to.
func (a *RemoteAccount) Text(ctx context.Context, id string) (*official.Text, error) {
	var t textQuery
	if err := ask(ctx, a.client, a.client.table.text, a.id, &textQuery{id: id}, &t); err != nil {
		return nil, err
	}
	return &official.Text{ID: t.id, Content: t.content}, nil
}

// Texts goes through the texts that rules, the menu and mass sends refer to, each once. Others can not be found: the
// platform has no list.
func (a *RemoteAccount) Texts(ctx context.Context) iter.Seq2[*official.Text, error] {
	return func(yield func(*official.Text, error) bool) {
		seen := make(map[string]bool)
		for id, err := range a.textIDs(ctx) {
			if err != nil {
				yield(nil, err)
				return
			}
			if seen[id] {
				continue
			}
			seen[id] = true
			t, err := a.Text(ctx, id)
			if isGone(err) {
				continue
			}
			if !yield(t, err) || err != nil {
				return
			}
		}
	}
}

// textIDs goes through what refers to texts.
func (a *RemoteAccount) textIDs(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for r, err := range a.Rules(ctx) {
			if err != nil {
				yield("", err)
				return
			}
			if r.Reply.Type == official.ReplyText && !yield(r.Reply.ID, nil) {
				return
			}
		}
		top, err := a.Menu(ctx)
		if err != nil {
			yield("", err)
			return
		}
		for _, button := range top {
			for _, b := range append([]*official.Button{button}, button.Children...) {
				if b.Reply.Type == official.ReplyText && !yield(b.Reply.ID, nil) {
					return
				}
			}
		}
		for m, err := range a.massViews(ctx) {
			if err != nil {
				yield("", err)
				return
			}
			if m.of("text") && !yield(m.material, nil) {
				return
			}
		}
	}
}

func isGone(err error) bool { return core.CodeOf(err) == core.NotFound }

// News goes through the news with their articles, the last updated first. It costs a request for each beside the list.
func (a *RemoteAccount) News(ctx context.Context) iter.Seq2[*official.News, error] {
	walk := walked(func(p page) ([]string, int64, error) {
		var answer newsList
		if err := ask(ctx, a.client, a.client.table.newsList, a.id, &pageQuery{page: p}, &answer); err != nil {
			return nil, 0, err
		}
		ids, err := namesOf(answer.news)
		return ids, answer.pagination.count, err
	}, func(id *string) string { return *id })
	return mapped(walk, func(id *string) (*official.News, error) { return a.news(ctx, *id) }, isGone)
}

func (a *RemoteAccount) news(ctx context.Context, id string) (*official.News, error) {
	var answer newsArticles
	if err := ask(ctx, a.client, a.client.table.news, a.id, &newsQuery{id: id}, &answer); err != nil {
		return nil, err
	}
	if len(answer.items) == 0 {
		return nil, core.NewFault(core.NotFound, official.FieldNews, "there is no such news")
	}
	n := &official.News{ID: id}
	for i := range answer.items {
		item := &answer.items[i]
		n.Updated = max(n.Updated, item.updated)
		n.Articles = append(n.Articles, &official.Article{
			NewsID: id, Updated: item.updated, Size: int64(len(item.content)), ArticleInput: official.ArticleInput{
				Title: item.title, Author: item.author, Digest: item.digest, ImageID: item.imageID, Content: item.content,
				Source: item.source, ShowCover: item.showCover,
			},
		})
	}
	return n, nil
}

// namesOf returns the names of an object's members in their order.
func namesOf(object []byte) (names []string, err error) {
	in := json.NewDecoder(bytes.NewReader(object))
	if t, err := in.Token(); err != nil || t != json.Delim('{') {
		return nil, core.Wrap(core.Internal, "the remote's list of news can not be read", err)
	}
	for in.More() {
		var value json.RawMessage
		name, err := in.Token()
		if err == nil {
			err = in.Decode(&value)
		}
		if err != nil {
			return nil, core.Wrap(core.Internal, "the remote's list of news can not be read", err)
		}
		if text, ok := name.(string); ok {
			names = append(names, text)
		}
	}
	return names, nil
}
