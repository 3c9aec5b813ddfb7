package wechat

import (
	"slices"

	"parley/adapters/wire"
	"parley/core/official"
)

// newTable returns the rows; uploads receives the files of all of them. original gives them the shapes of the original
// server where the document has others.
func newTable(original bool, u *uploads) *table {
	return &table{
		bind: bindRow(), fillin: fillinRow(), refresh: refreshRow(),

		followersFetch: followersFetchRow(),
		groupCreate:    groupCreateRow(),
		groups:         groupsRow(),
		groupRename:    groupRenameRow(),
		groupDelete:    groupDeleteRow(),
		followers:      followersRow(),
		follower:       followerRow(original),
		groupsOf:       groupsOfRow(original),
		add:            moveRow("add", "将用户加入分组", "Puts a follower into a group", (*official.Service).AddToGroup),
		addBatch:       moveBatchRow("add", "将多个用户加入分组", "Puts followers into a group, all or none", (*official.Service).AddToGroup),
		remove:         moveRow("rm", "将用户移出分组", "Takes a follower out of a group", (*official.Service).RemoveFromGroup),
		removeBatch:    moveBatchRow("rm", "将多个用户移出分组", "Takes followers out of a group, all or none", (*official.Service).RemoveFromGroup),

		textCreate: textCreateRow(), text: textRow(),

		image: newMediaTable(imageWords(), u), voice: newMediaTable(voiceWords(), u),

		videoCreate:   videoCreateRow(u),
		videoDescribe: videoDescribeRow(),
		videoReplace:  videoReplaceRow(u, original),
		videos:        videoListRow(),
		video:         videoRow(),
		videoDelete:   videoDeleteRow(),

		newsImage:          newsImageRow(u),
		newsCreateSingle:   newsCreateSingleRow(),
		newsCreateMultiple: newsCreateMultipleRow(),
		newsList:           newsListRow(),
		news:               newsRow(),
		newsUpdateSingle:   newsUpdateSingleRow(),
		newsUpdateMultiple: newsUpdateMultipleRow(),
		newsDelete:         newsDeleteRow(),

		ruleCreate:    ruleCreateRow(),
		ruleSubscribe: specialRuleRow("subscribe", official.RuleSubscribe, "关注回复", "The rule that answers new followers, null if there is none"),
		ruleDefault:   specialRuleRow("default", official.RuleDefault, "消息回复", "The rule that answers what no keyword matches, null if there is none"),
		rules:         rulesRow(),
		rule:          ruleRow(original),
		ruleUpdate:    ruleUpdateRow(),
		ruleDelete:    ruleDeleteRow(),

		menuFetch:    menuFetchRow(),
		menuPublish:  menuPublishRow(),
		menu:         menuRow(),
		buttonCreate: buttonCreateRow(),
		buttonUpdate: buttonUpdateRow(),
		buttonDelete: buttonDeleteRow(),
		buttonBind:   buttonBindRow(),
		buttonUnbind: buttonUnbindRow(),

		messages:    messagesRow(),
		massSend:    massSendRow(),
		massPreview: massPreviewRow(),
		massSends:   massSendsRow(),
		massStatus:  massStatusRow(),

		handshake: callbackRow("GET", "回调URL的验证", "Proves to the official platform that the token is known here"),
		callback:  callbackRow("POST", "接收消息与事件", "Takes a message or an event from the official platform and answers with the reply"),
		medium:    publicRow(),
		page:      pageRow(),
	}
}

// endpoints returns all rows, in the order of the document.
func (t *table) endpoints() []wire.Endpoint {
	return slices.Concat(
		[]wire.Endpoint{
			t.bind, t.fillin, t.refresh,
			t.followersFetch, t.groupCreate, t.groups, t.groupRename, t.groupDelete, t.followers, t.follower, t.groupsOf,
			t.add, t.addBatch, t.remove, t.removeBatch,
			t.textCreate, t.text,
		},
		t.image.endpoints(),
		t.voice.endpoints(),
		[]wire.Endpoint{
			t.videoCreate, t.videoDescribe, t.videoReplace, t.videos, t.video, t.videoDelete,
			t.newsImage, t.newsCreateSingle, t.newsCreateMultiple, t.newsList, t.news, t.newsUpdateSingle, t.newsUpdateMultiple, t.newsDelete,
			t.ruleCreate, t.ruleSubscribe, t.ruleDefault, t.rules, t.rule, t.ruleUpdate, t.ruleDelete,
			t.menuFetch, t.menuPublish, t.menu, t.buttonCreate, t.buttonUpdate, t.buttonDelete, t.buttonBind, t.buttonUnbind,
			t.messages, t.massSend, t.massPreview, t.massSends, t.massStatus,
			t.handshake, t.callback, t.medium, t.page,
		},
	)
}
