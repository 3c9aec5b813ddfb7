package wechat

import (
	"parley/adapters/wire"
	"parley/core"
)

// groupQuery names a group, or gives a name to one.
type groupQuery struct {
	id, name string
	named    bool
}

func groupIDParam() wire.Param[groupQuery] {
	return idParam(func(q *groupQuery) *string { return &q.id }, "分组ID", "The group")
}

func groupNameParam() wire.Param[groupQuery] {
	return text("name", func(q *groupQuery) *string { return &q.name }, "分组名称", "The group's name")
}

func groupCreateRow() *wire.Row[groupQuery, created] {
	return &wire.Row[groupQuery, created]{
		Name: "POST /v1/{INFO_ID}/group", ZH: "新建分组", EN: "Creates a group", Bare: true,
		Params: []wire.Param[groupQuery]{accountParam[groupQuery](), groupNameParam()},
		Answer: createdField(),
		Do: in(func(x *exchange, q *groupQuery, a *created) (err error) {
			a.id, err = x.service().CreateGroup(x.ctx, x.account.ID, q.name)
			return err
		}),
	}
}

type groupView struct {
	id, name string
	num      int64
}

type groupsAnswer struct {
	total  int64
	groups []groupView
}

func groupsRow() *wire.Row[nothing, groupsAnswer] {
	return &wire.Row[nothing, groupsAnswer]{
		Name: "GET /v1/{INFO_ID}/group", ZH: "分组列表", EN: "All groups, 0 being the followers in no group and 1 those that are blocked",
		Params: []wire.Param[nothing]{accountParam[nothing]()},
		Answer: []wire.Field[groupsAnswer]{
			wire.Number("total", func(a *groupsAnswer) *int64 { return &a.total }).Means("用户总数", "How many followers there are"),
			wire.Objects("groups", func(a *groupsAnswer) *[]groupView { return &a.groups },
				wire.Text("id", func(g *groupView) *string { return &g.id }).Means("分组ID", "The group"),
				wire.Text("name", func(g *groupView) *string { return &g.name }).Means("分组名称", "The group's name"),
				wire.Number("num", func(g *groupView) *int64 { return &g.num }).Means("用户数", "How many followers are in it"),
			).Means("分组", "The groups"),
		},
		Do: in(func(x *exchange, _ *nothing, a *groupsAnswer) error {
			list, err := x.service().Groups(x.ctx, x.account.ID)
			a.total = int64(list.Total)
			for _, g := range list.Groups {
				a.groups = append(a.groups, groupView{g.ID, g.Name, int64(g.Followers)})
			}
			return err
		}),
	}
}

// groupRenameRow renames, and without a body deletes: the document has a PUT without parameters for that. An object without
// a name is a mistake, and nothing is deleted by mistake.
func groupRenameRow() *wire.Row[groupQuery, nothing] {
	name := groupNameParam().Given(func(q *groupQuery) *bool { return &q.named }).
		Means("新名称；请求体为空则删除分组", "The new name; without any body the group is deleted")
	name.Required = false
	return &wire.Row[groupQuery, nothing]{
		Name: "PUT /v1/{INFO_ID}/group/{ID}", ZH: "修改分组名称，或删除分组", EN: "Renames a group, or deletes it",
		Params:   []wire.Param[groupQuery]{accountParam[groupQuery](), groupIDParam(), name},
		Outcomes: calledHere(core.FieldGroup, "ID"),
		Do: in(func(x *exchange, q *groupQuery, _ *nothing) error {
			switch {
			case q.named:
				return x.service().RenameGroup(x.ctx, x.account.ID, q.id, q.name)
			case x.in.blank:
				return x.service().DeleteGroup(x.ctx, x.account.ID, q.id)
			}
			return missing("name")
		}),
	}
}

func groupDeleteRow() *wire.Row[groupQuery, nothing] {
	return &wire.Row[groupQuery, nothing]{
		Name: "DELETE /v1/{INFO_ID}/group/{ID}", ZH: "删除分组", EN: "Deletes a group; its followers stay",
		Params:   []wire.Param[groupQuery]{accountParam[groupQuery](), groupIDParam()},
		Outcomes: calledHere(core.FieldGroup, "ID"),
		Do: in(func(x *exchange, q *groupQuery, _ *nothing) error {
			return x.service().DeleteGroup(x.ctx, x.account.ID, q.id)
		}),
	}
}
