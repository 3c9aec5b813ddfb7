package wechat

import "parley/adapters/wire"

// mediaTable are the rows that images and voices both have.
type mediaTable struct {
	create, download     wire.Endpoint
	list                 *wire.Row[pageQuery, mediaList]
	url                  *wire.Row[mediaQuery, mediaItem]
	rename, deleteMedium *wire.Row[mediaQuery, nothing]
}

// table is every endpoint of the dialect, in the order of the document.
type table struct {
	bind    *wire.Row[bindQuery, bindAnswer]
	fillin  *wire.Row[fillinQuery, nothing]
	refresh *wire.Row[nothing, nothing]

	followersFetch *wire.Row[forceQuery, nothing]
	groupCreate    *wire.Row[groupQuery, created]
	groups         *wire.Row[nothing, groupsAnswer]
	groupRename    *wire.Row[groupQuery, nothing]
	groupDelete    *wire.Row[groupQuery, nothing]
	followers      *wire.Row[followersQuery, followersAnswer]
	follower       *wire.Row[openIDQuery, followerView]
	groupsOf       *wire.Row[openIDQuery, groupsOfAnswer]
	add            *wire.Row[moveQuery, nothing]
	addBatch       *wire.Row[moveQuery, nothing]
	remove         *wire.Row[moveQuery, nothing]
	removeBatch    *wire.Row[moveQuery, nothing]

	textCreate *wire.Row[textQuery, created]
	text       *wire.Row[textQuery, textQuery]

	image mediaTable
	voice mediaTable

	videoCreate   wire.Endpoint
	videoDescribe *wire.Row[videoQuery, nothing]
	videoReplace  wire.Endpoint
	videos        *wire.Row[pageQuery, videoList]
	video         *wire.Row[videoQuery, videoItem]
	videoDelete   *wire.Row[videoQuery, nothing]

	newsImage          wire.Endpoint
	newsCreateSingle   *wire.Row[singleQuery, created]
	newsCreateMultiple *wire.Row[multipleQuery, created]
	newsList           *wire.Row[pageQuery, newsList]
	news               *wire.Row[newsQuery, newsArticles]
	newsUpdateSingle   *wire.Row[singleQuery, nothing]
	newsUpdateMultiple *wire.Row[multipleQuery, nothing]
	newsDelete         *wire.Row[newsQuery, nothing]

	ruleCreate    *wire.Row[ruleQuery, created]
	ruleSubscribe *wire.Row[nothing, ruleAnswer]
	ruleDefault   *wire.Row[nothing, ruleAnswer]
	rules         *wire.Row[pageQuery, rulesAnswer]
	rule          *wire.Row[ruleQuery, ruleAnswer]
	ruleUpdate    *wire.Row[ruleQuery, nothing]
	ruleDelete    *wire.Row[ruleQuery, nothing]

	menuFetch    *wire.Row[forceQuery, nothing]
	menuPublish  *wire.Row[nothing, nothing]
	menu         *wire.Row[nothing, menuAnswer]
	buttonCreate *wire.Row[buttonQuery, created]
	buttonUpdate *wire.Row[buttonQuery, nothing]
	buttonDelete *wire.Row[buttonQuery, nothing]
	buttonBind   *wire.Row[buttonQuery, nothing]
	buttonUnbind *wire.Row[buttonQuery, nothing]

	messages    *wire.Row[messagesQuery, messagesAnswer]
	massSend    *wire.Row[massQuery, nothing]
	massPreview *wire.Row[massQuery, nothing]
	massSends   *wire.Row[pageQuery, massAnswer]
	massStatus  *wire.Row[massIDQuery, massStatus]

	handshake, callback wire.Endpoint
	medium, page        wire.Endpoint
}

func newMediaTable(w mediaWords, u *uploads) mediaTable {
	return mediaTable{
		create: w.createRow(u), list: w.listRow(), url: w.urlRow(), download: w.downloadRow(), rename: w.renameRow(),
		deleteMedium: w.deleteRow(),
	}
}

func (m *mediaTable) endpoints() []wire.Endpoint {
	return []wire.Endpoint{m.create, m.list, m.url, m.download, m.rename, m.deleteMedium}
}
