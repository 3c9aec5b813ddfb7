package wechat

import (
	"io"

	"parley/adapters/wire"
	"parley/core/official"
)

const videoPath = "/v1/{INFO_ID}/video"

const videoFile = "mp4格式文件，最大10MB"

// videoQuery names a video and says what to make of it.
type videoQuery struct{ id, title, description string }

// videoItem is a video as lists show it.
type videoItem struct {
	id, title, description, url string
	created                     int64
}

func (x *exchange) videoItem(m *official.Media) videoItem {
	return videoItem{id: m.ID, title: m.Title, description: m.Description, url: x.publicURL(m), created: m.Created}
}

func videoIDParam() wire.Param[videoQuery] {
	return idParam(func(q *videoQuery) *string { return &q.id }, "视频消息ID", "The video")
}

func videoIDField() wire.Field[videoItem] {
	return wire.Text("id", func(a *videoItem) *string { return &a.id }).Means("视频消息ID", "The video")
}

func videoURLField() wire.Field[videoItem] {
	return wire.Text("url", func(a *videoItem) *string { return &a.url }).Means("公开URL", "Where everybody can have it")
}

func videoFields() []wire.Field[videoItem] {
	return []wire.Field[videoItem]{
		wire.Text("title", func(a *videoItem) *string { return &a.title }).Means("标题", "Its title"),
		wire.Text("description", func(a *videoItem) *string { return &a.description }).Means("描述", "Its description"),
		videoURLField(),
		wire.Number("create_time", func(a *videoItem) *int64 { return &a.created }).Means("创建时间（毫秒）", "When it was stored, in milliseconds"),
	}
}

func videoCreateRow(u *uploads) wire.Endpoint {
	return takesFile(&wire.Row[videoQuery, videoItem]{
		Name: "POST " + videoPath + "/upload", ZH: "上传视频", EN: "Stores a video, without title and description at first",
		Params: []wire.Param[videoQuery]{accountParam[videoQuery]()},
		Answer: []wire.Field[videoItem]{videoIDField(), videoURLField()},
		Do: in(func(x *exchange, _ *videoQuery, a *videoItem) error {
			m, err := u.create(x, videoForm())
			if err == nil {
				*a = x.videoItem(m)
			}
			return err
		}),
	}, videoFile, "The file")
}

func videoDescribeRow() *wire.Row[videoQuery, nothing] {
	return &wire.Row[videoQuery, nothing]{
		Name: "POST " + videoPath + "/{ID}", ZH: "设置视频标题与描述", EN: "Gives a video a title and a description",
		Params: []wire.Param[videoQuery]{
			accountParam[videoQuery](), videoIDParam(),
			text("title", func(q *videoQuery) *string { return &q.title }, "标题，最多100字", "The title, at most 100 characters"),
			wire.String("description", func(q *videoQuery) *string { return &q.description }).At(wire.PlaceBody).
				Means("描述，最多1000字，不传则清空", "The description, at most 1000 characters; none if it is left out"),
		},
		Do: in(func(x *exchange, q *videoQuery, _ *nothing) error {
			if _, err := x.service().Media(x.ctx, x.account.ID, q.id, official.KindVideo); err != nil {
				return err
			}
			return x.service().DescribeMedia(x.ctx, x.account.ID, q.id, q.title, q.description)
		}),
	}
}

// videoReplacement is the answer to a new file of a video: nothing, or at the original server its URL.
type videoReplacement struct{ item *videoItem }

func videoReplaceRow(u *uploads, originalShapes bool) wire.Endpoint {
	return takesFile(&wire.Row[videoQuery, videoReplacement]{
		Name: "POST " + videoPath + "/upload/{ID}", ZH: "替换视频文件", EN: "Gives a video another file", Bare: true,
		Params: []wire.Param[videoQuery]{accountParam[videoQuery](), videoIDParam()},
		Answer: []wire.Field[videoReplacement]{
			wire.ObjectOrNull("video", func(a *videoReplacement) **videoItem { return &a.item }, videoURLField()).
				Means("空（shapes: original时为URL）", "Nothing, or with shapes: original the URL"),
		},
		Do: in(func(x *exchange, q *videoQuery, a *videoReplacement) error {
			if _, err := x.service().Media(x.ctx, x.account.ID, q.id, official.KindVideo); err != nil {
				return err
			}
			form := videoForm()
			m, err := u.receive(x, form, func(_ string, file io.Reader) (*official.Media, error) {
				return x.service().ReplaceMedia(x.ctx, x.account.ID, q.id, file, form.limit)
			})
			if err == nil && originalShapes {
				item := x.videoItem(m)
				a.item = &item
			}
			return err
		}),
	}, videoFile, "The file")
}

// videoList is a page of the list of videos.
type videoList struct {
	items      []videoItem
	pagination pagination
}

func videoListRow() *wire.Row[pageQuery, videoList] {
	return &wire.Row[pageQuery, videoList]{
		Name: "GET " + videoPath, ZH: "视频列表", EN: "Lists the videos, the newest first",
		Params: pageQueryParams(),
		Answer: []wire.Field[videoList]{
			wire.Objects("video", func(a *videoList) *[]videoItem { return &a.items },
				append([]wire.Field[videoItem]{videoIDField()}, videoFields()...)...).Means("视频", "The videos"),
			paginationField(func(a *videoList) *pagination { return &a.pagination }),
		},
		Do: in(func(x *exchange, q *pageQuery, a *videoList) error {
			list, err := x.service().ListMedia(x.ctx, x.account.ID, official.KindVideo, q.page.section())
			if err != nil {
				return err
			}
			for _, m := range list.Media {
				a.items = append(a.items, x.videoItem(m))
			}
			a.pagination = q.page.of(list.Total)
			return nil
		}),
	}
}

func videoRow() *wire.Row[videoQuery, videoItem] {
	return &wire.Row[videoQuery, videoItem]{
		Name: "GET " + videoPath + "/{ID}", ZH: "查询视频", EN: "A video, also a deleted one",
		Params: []wire.Param[videoQuery]{accountParam[videoQuery](), videoIDParam()},
		Answer: videoFields(),
		Do: in(func(x *exchange, q *videoQuery, a *videoItem) error {
			m, err := x.service().Media(x.ctx, x.account.ID, q.id, official.KindVideo)
			if err == nil {
				*a = x.videoItem(m)
			}
			return err
		}),
	}
}

func videoDeleteRow() *wire.Row[videoQuery, nothing] {
	return &wire.Row[videoQuery, nothing]{
		Name: "DELETE " + videoPath + "/{ID}", ZH: "删除视频", EN: "Takes a video out of the list",
		Params: []wire.Param[videoQuery]{accountParam[videoQuery](), videoIDParam()},
		Do: in(func(x *exchange, q *videoQuery, _ *nothing) error {
			return x.deleteMedia(q.id, official.KindVideo)
		}),
	}
}
