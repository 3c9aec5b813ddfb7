package yesapi

import (
	"strings"

	"parley/adapters/wire"
)

// table is every service of the dialect. Server and client build their own.
type table struct {
	hello         *wire.Row[helloQuery, helloAnswer]
	register      *wire.Row[accountQuery, registerAnswer]
	registerExt   *wire.Row[accountQuery, registerAnswer]
	login         *wire.Row[accountQuery, loginAnswer]
	loginExt      *wire.Row[accountQuery, loginAnswer]
	check         *wire.Row[sessionQuery, nothing]
	logout        *wire.Row[sessionQuery, nothing]
	profile       *wire.Row[sessionQuery, profileAnswer]
	otherProfile  *wire.Row[otherQuery, profileAnswer]
	updateExt     *wire.Row[extQuery, extAnswer]
	alterPassword *wire.Row[passwordQuery, nothing]
	users         *wire.Row[usersQuery, usersAnswer]
	send          *wire.Row[sendQuery, sendAnswer]
	multiSend     *wire.Row[multiQuery, multiAnswer]
	take          *wire.Row[takeQuery, takeAnswer]
	mark          *wire.Row[markQuery, markAnswer]
	chats         *wire.Row[chatsQuery, chatsAnswer]
	unread        *wire.Row[nothing, unreadAnswer]
}

func newTable(maxRecipients int) *table {
	return &table{
		hello:         helloRow(),
		register:      registerRow("App.User.Register", true),
		registerExt:   registerRow("App.User.RegisterExt", false),
		login:         loginRow("App.User.Login", true),
		loginExt:      loginRow("App.User.LoginExt", false),
		check:         checkRow(),
		logout:        logoutRow(),
		profile:       profileRow(),
		otherProfile:  otherProfileRow(),
		updateExt:     updateExtRow(),
		alterPassword: alterPasswordRow(),
		users:         usersRow(),
		send:          sendRow(),
		multiSend:     multiSendRow(maxRecipients),
		take:          takeRow(),
		mark:          markRow(),
		chats:         chatsRow(),
		unread:        unreadRow(),
	}
}

func (t *table) endpoints() []wire.Endpoint {
	return []wire.Endpoint{
		t.hello, t.register, t.registerExt, t.login, t.loginExt, t.check, t.logout, t.profile, t.otherProfile,
		t.updateExt, t.alterPassword, t.users, t.send, t.multiSend, t.take, t.mark, t.chats, t.unread,
	}
}

// nothing is the query of a service without parameters of its own, and the answer of one that says only how it went.
type nothing struct{}

type helloQuery struct{ name string }

type helloAnswer struct{ title string }

// helloRow is the platform's first-contact service; the greeting is the one that its client libraries' documents show.
func helloRow() *wire.Row[helloQuery, helloAnswer] {
	return &wire.Row[helloQuery, helloAnswer]{
		Name: "App.Hello.World", ZH: "测试接口是否可用", EN: "Tells whether key and signature are right",
		Params: []wire.Param[helloQuery]{
			wire.String("name", func(q *helloQuery) *string { return &q.name }).Must().Means("你的名字", "Your name"),
		},
		Answer: []wire.Field[helloAnswer]{
			wire.Text("title", func(a *helloAnswer) *string { return &a.title }).Means("欢迎语", "The greeting"),
		},
		Do: func(_ *wire.Call, q *helloQuery, a *helloAnswer) error {
			a.title = "Hi " + strings.ToValidUTF8(q.name, "\ufffd") + "，欢迎使用小白接口！"
			return nil
		},
	}
}
