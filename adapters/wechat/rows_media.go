package wechat

import (
	"io"

	"parley/adapters/wire"
	"parley/core/official"
)

// mediaQuery names a medium and says what to make of it.
type mediaQuery struct{ id, name string }

// mediaItem is a medium as lists show it.
type mediaItem struct{ id, name, url string }

func (x *exchange) mediaItem(m *official.Media) mediaItem {
	return mediaItem{id: m.ID, name: m.Name, url: x.publicURL(m)}
}

func mediaFields() []wire.Field[mediaItem] {
	return []wire.Field[mediaItem]{
		wire.Text("id", func(a *mediaItem) *string { return &a.id }).Means("媒体ID", "The medium"),
		wire.Text("name", func(a *mediaItem) *string { return &a.name }).Means("文件名", "Its name"),
		mediaURLField(),
	}
}

func mediaURLField() wire.Field[mediaItem] {
	return wire.Text("url", func(a *mediaItem) *string { return &a.url }).Means("公开URL", "Where everybody can have it")
}

func mediaIDParam() wire.Param[mediaQuery] {
	return idParam(func(q *mediaQuery) *string { return &q.id }, "媒体ID", "The medium")
}

// mediaWords are what the endpoints of images and those of voices say differently.
type mediaWords struct {
	path, zh, en string
	fileZH       string
	form         *mediaForm
	// lists are the names under which a list has its items.
	lists []string
}

func imageWords() mediaWords {
	return mediaWords{
		path: "/v1/{INFO_ID}/image", zh: "图片", en: "image", fileZH: "jpg格式文件，最大1MB", form: imageForm(official.KindImage),
		lists: []string{"image"},
	}
}

// voiceWords give a list the name that the document has for it, the one that the original has, and the right one.
func voiceWords() mediaWords {
	return mediaWords{
		path: "/v1/{INFO_ID}/voice", zh: "语音", en: "voice", fileZH: "mp3或amr格式文件，最大2MB", form: voiceForm(),
		lists: []string{"image", "music", "voice"},
	}
}

func (w mediaWords) createRow(u *uploads) wire.Endpoint {
	return takesFile(&wire.Row[mediaQuery, mediaItem]{
		Name: "POST " + w.path, ZH: "上传" + w.zh, EN: "Stores a " + w.en,
		Params: []wire.Param[mediaQuery]{accountParam[mediaQuery]()},
		Answer: mediaFields(),
		Do: in(func(x *exchange, _ *mediaQuery, a *mediaItem) error {
			m, err := u.create(x, w.form)
			if err == nil {
				*a = x.mediaItem(m)
			}
			return err
		}),
	}, w.fileZH, "The file")
}

// create stores the file of a request as a new medium.
func (u *uploads) create(x *exchange, form *mediaForm) (*official.Media, error) {
	return u.receive(x, form, func(name string, file io.Reader) (*official.Media, error) {
		return x.service().CreateMedia(x.ctx, x.account.ID, form.kind, name, file, form.limit)
	})
}

// mediaList is a page of a list.
type mediaList struct {
	items      []mediaItem
	pagination pagination
}

func (w mediaWords) listRow() *wire.Row[pageQuery, mediaList] {
	row := &wire.Row[pageQuery, mediaList]{
		Name: "GET " + w.path, ZH: w.zh + "列表", EN: "Lists the " + w.en + "s, the newest first",
		Params: pageQueryParams(),
		Do: in(func(x *exchange, q *pageQuery, a *mediaList) error {
			list, err := x.service().ListMedia(x.ctx, x.account.ID, w.form.kind, q.page.section())
			if err != nil {
				return err
			}
			for _, m := range list.Media {
				a.items = append(a.items, x.mediaItem(m))
			}
			a.pagination = q.page.of(list.Total)
			return nil
		}),
	}
	for _, name := range w.lists {
		row.Answer = append(row.Answer, wire.Objects(name, func(a *mediaList) *[]mediaItem { return &a.items }, mediaFields()...).
			Means(w.zh, "The "+w.en+"s"))
	}
	row.Answer = append(row.Answer, paginationField(func(a *mediaList) *pagination { return &a.pagination }))
	return row
}

func (w mediaWords) urlRow() *wire.Row[mediaQuery, mediaItem] {
	return &wire.Row[mediaQuery, mediaItem]{
		Name: "GET " + w.path + "/url/{ID}", ZH: w.zh + "的名称与URL", EN: "The name and URL of a " + w.en + ", also of a deleted one",
		Params: []wire.Param[mediaQuery]{accountParam[mediaQuery](), mediaIDParam()},
		Answer: mediaFields()[1:],
		Do: in(func(x *exchange, q *mediaQuery, a *mediaItem) error {
			m, err := x.service().Media(x.ctx, x.account.ID, q.id, w.form.kind)
			if err == nil {
				*a = x.mediaItem(m)
			}
			return err
		}),
	}
}

func (w mediaWords) downloadRow() wire.Endpoint {
	return &downloadEndpoint{
		Row: &wire.Row[mediaQuery, nothing]{
			Name: "GET " + w.path + "/{ID}", ZH: "下载" + w.zh + "（返回文件流）", EN: "A " + w.en + " as a file, also a deleted one; the answer is not in the envelope",
			Params: []wire.Param[mediaQuery]{accountParam[mediaQuery](), mediaIDParam()},
			Do:     in(func(*exchange, *mediaQuery, *nothing) error { return nil }), // serve answers
		},
		form: w.form,
	}
}

func (w mediaWords) renameRow() *wire.Row[mediaQuery, nothing] {
	return &wire.Row[mediaQuery, nothing]{
		Name: "PUT " + w.path + "/{ID}", ZH: "修改" + w.zh + "名称", EN: "Renames a " + w.en,
		Params: []wire.Param[mediaQuery]{
			accountParam[mediaQuery](), mediaIDParam(),
			text("name", func(q *mediaQuery) *string { return &q.name }, "新名称，最多100字", "The new name, at most 100 characters"),
		},
		Do: in(func(x *exchange, q *mediaQuery, _ *nothing) error {
			if _, err := x.service().Media(x.ctx, x.account.ID, q.id, w.form.kind); err != nil {
				return err
			}
			return x.service().RenameMedia(x.ctx, x.account.ID, q.id, q.name)
		}),
	}
}

func (w mediaWords) deleteRow() *wire.Row[mediaQuery, nothing] {
	return &wire.Row[mediaQuery, nothing]{
		Name: "DELETE " + w.path + "/{ID}", ZH: "删除" + w.zh, EN: "Takes a " + w.en + " out of the list",
		Params: []wire.Param[mediaQuery]{accountParam[mediaQuery](), mediaIDParam()},
		Do: in(func(x *exchange, q *mediaQuery, _ *nothing) error {
			return x.deleteMedia(q.id, w.form.kind)
		}),
	}
}

// deleteMedia deletes a medium of a kind. The content stays, since messages may refer to it.
func (x *exchange) deleteMedia(id string, kind official.MediaKind) error {
	if _, err := x.service().Media(x.ctx, x.account.ID, id, kind); err != nil {
		return err
	}
	return x.service().DeleteMedia(x.ctx, x.account.ID, id)
}
