package openim

import "parley/adapters/wire"

// table is every endpoint of the dialect. Server and client build their own.
type table struct {
	adminToken  *wire.Row[adminTokenQuery, tokenAnswer]
	forceLogout *wire.Row[userPlatformQuery, nothing]
	parseToken  *wire.Row[parseTokenQuery, parseTokenAnswer]
	secretToken *wire.Row[secretTokenQuery, tokenAnswer]
	userToken   *wire.Row[userPlatformQuery, tokenAnswer]

	groupCreate       *wire.Row[groupCreateQuery, groupAnswer]
	groupDismiss      *wire.Row[groupQuery, nothing]
	groupInvite       *wire.Row[groupUsersQuery, nothing]
	groupJoin         *wire.Row[groupUserQuery, nothing]
	groupKick         *wire.Row[groupUsersQuery, nothing]
	groupMemberIDs    *wire.Row[groupQuery, groupMemberIDsAnswer]
	groupMembers      *wire.Row[groupMembersQuery, groupMembersAnswer]
	groupMembersInfo  *wire.Row[groupUsersQuery, groupMembersAnswer]
	groupMute         *wire.Row[groupQuery, nothing]
	groupMuteMember   *wire.Row[groupUserQuery, nothing]
	groupQuit         *wire.Row[groupUserQuery, nothing]
	groupsInfo        *wire.Row[groupsQuery, groupsAnswer]
	groupsJoined      *wire.Row[joinedGroupsQuery, joinedGroupsAnswer]
	groupSet          *wire.Row[groupSetQuery, nothing]
	groupSetEx        *wire.Row[groupChangeQuery, nothing]
	groupSetMember    *wire.Row[memberChangesQuery, nothing]
	groupTransfer     *wire.Row[groupTransferQuery, nothing]
	groupUnmute       *wire.Row[groupQuery, nothing]
	groupUnmuteMember *wire.Row[groupUserQuery, nothing]

	allConversations    *wire.Row[conversationsQuery, conversationsAnswer]
	conversation        *wire.Row[conversationsQuery, conversationsAnswer]
	ownerConversations  *wire.Row[conversationsQuery, conversationsAnswer]
	setConversations    *wire.Row[setConversationsQuery, nothing]
	someConversations   *wire.Row[conversationsQuery, conversationsAnswer]
	sortedConversations *wire.Row[sortedQuery, sortedAnswer]

	batch              *wire.Row[batchQuery, batchAnswer]
	business           *wire.Row[businessQuery, sendAnswer]
	clearAll           *wire.Row[deleteQuery, nothing]
	clearConversations *wire.Row[deleteQuery, nothing]
	deleteBySeq        *wire.Row[deleteQuery, nothing]
	deleteByTime       *wire.Row[deleteQuery, nothing]
	deleteMessages     *wire.Row[deleteQuery, nothing]
	markConversation   *wire.Row[markQuery, nothing]
	markMessages       *wire.Row[markQuery, nothing]
	newestSeq          *wire.Row[ownerQuery, newestSeqAnswer]
	pull               *wire.Row[pullQuery, pullAnswer]
	readSeqs           *wire.Row[readSeqsQuery, readSeqsAnswer]
	revoke             *wire.Row[revokeQuery, nothing]
	search             *wire.Row[searchQuery, searchAnswer]
	send               *wire.Row[sendQuery, sendAnswer]
	serverTime         *wire.Row[nothing, serverTimeAnswer]
	setReadSeq         *wire.Row[markQuery, nothing]
	simple             *wire.Row[simpleQuery, sendAnswer]
	status             *wire.Row[nothing, statusAnswer]

	accountCheck   *wire.Row[userIDs, accountCheckAnswer]
	addNotifier    *wire.Row[announcer, announcer]
	allUsers       *wire.Row[allUsersQuery, allUsersAnswer]
	friendIDs      *wire.Row[friendIDsQuery, friendIDsAnswer]
	importFriend   *wire.Row[importFriendQuery, nothing]
	notifiers      *wire.Row[notifiersQuery, notifiersAnswer]
	onlineStatus   *wire.Row[userIDs, onlineAnswer]
	registerCount  *wire.Row[registerCountQuery, registerCountAnswer]
	setReception   *wire.Row[receptionQuery, nothing]
	updateNotifier *wire.Row[announcer, nothing]
	userPatch      *wire.Row[userPatchQuery, nothing]
	userRegister   *wire.Row[userRegisterQuery, nothing]
	users          *wire.Row[usersQuery, usersAnswer]
	usersInfo      *wire.Row[userIDs, usersInfoAnswer]
	userUpdate     *wire.Row[userUpdateQuery, nothing]
}

func newTable() *table {
	return &table{
		adminToken:  adminTokenRow(),
		forceLogout: forceLogoutRow(),
		parseToken:  parseTokenRow(),
		secretToken: secretTokenRow(),
		userToken:   userTokenRow(),

		allConversations:    allConversationsRow(),
		conversation:        conversationRow(),
		ownerConversations:  ownerConversationsRow(),
		setConversations:    setConversationsRow(),
		someConversations:   someConversationsRow(),
		sortedConversations: sortedConversationsRow(),

		batch:              batchRow(),
		business:           businessRow(),
		clearAll:           clearAllRow(),
		clearConversations: clearConversationsRow(),
		deleteBySeq:        deleteBySeqRow(),
		deleteByTime:       deleteByTimeRow(),
		deleteMessages:     deleteMessagesRow(),
		markConversation:   markConversationRow(),
		markMessages:       markMessagesRow(),
		newestSeq:          newestSeqRow(),
		pull:               pullRow(),
		readSeqs:           readSeqsRow(),
		revoke:             revokeRow(),
		search:             searchRow(),
		send:               sendRow(),
		serverTime:         serverTimeRow(),
		setReadSeq:         setReadSeqRow(),
		simple:             simpleRow(),
		status:             statusRow(),

		groupCreate:       groupCreateRow(),
		groupDismiss:      groupDismissRow(),
		groupInvite:       groupInviteRow(),
		groupJoin:         groupJoinRow(),
		groupKick:         groupKickRow(),
		groupMemberIDs:    groupMemberIDsRow(),
		groupMembers:      groupMembersRow(),
		groupMembersInfo:  groupMembersInfoRow(),
		groupMute:         groupMuteRow(),
		groupMuteMember:   groupMuteMemberRow(),
		groupQuit:         groupQuitRow(),
		groupsInfo:        groupsInfoRow(),
		groupsJoined:      groupsJoinedRow(),
		groupSet:          groupSetRow(),
		groupSetEx:        groupSetExRow(),
		groupSetMember:    groupSetMemberRow(),
		groupTransfer:     groupTransferRow(),
		groupUnmute:       groupUnmuteRow(),
		groupUnmuteMember: groupUnmuteMemberRow(),

		accountCheck:   accountCheckRow(),
		addNotifier:    addNotifierRow(),
		allUsers:       allUsersRow(),
		friendIDs:      friendIDsRow(),
		importFriend:   importFriendRow(),
		notifiers:      notifiersRow(),
		onlineStatus:   onlineStatusRow(),
		registerCount:  registerCountRow(),
		setReception:   setReceptionRow(),
		updateNotifier: updateNotifierRow(),
		userPatch:      userPatchRow(),
		userRegister:   userRegisterRow(),
		users:          usersRow(),
		usersInfo:      usersInfoRow(),
		userUpdate:     userUpdateRow(),
	}
}

func (t *table) endpoints() []wire.Endpoint {
	return []wire.Endpoint{
		t.allConversations, t.conversation, t.ownerConversations, t.setConversations, t.someConversations, t.sortedConversations,
		t.batch, t.business, t.clearAll, t.clearConversations, t.deleteBySeq, t.deleteByTime, t.deleteMessages,
		t.markConversation, t.markMessages, t.newestSeq, t.pull, t.readSeqs, t.revoke, t.search, t.send, t.serverTime,
		t.setReadSeq, t.simple, t.status,
		t.adminToken, t.forceLogout, t.parseToken, t.secretToken, t.userToken,
		t.groupCreate, t.groupDismiss, t.groupInvite, t.groupJoin, t.groupKick, t.groupMemberIDs, t.groupMembers,
		t.groupMembersInfo, t.groupMute, t.groupMuteMember, t.groupQuit, t.groupsInfo, t.groupsJoined, t.groupSet,
		t.groupSetEx, t.groupSetMember, t.groupTransfer, t.groupUnmute, t.groupUnmuteMember,
		t.accountCheck, t.addNotifier, t.allUsers, t.friendIDs, t.importFriend, t.notifiers,
		t.onlineStatus, t.registerCount, t.setReception, t.updateNotifier, t.userPatch, t.userRegister,
		t.users, t.usersInfo, t.userUpdate,
	}
}

// nothing is the query of an endpoint without parameters, and the answer of one that says only how it went.
type nothing struct{}

// bindFamily tells whether the platform decodes an endpoint's body with its web framework, which answers a faulty one
// with status 400; all other endpoints answer 200 and an errCode.
func bindFamily(name string) bool {
	switch name {
	case "/msg/send_msg", "/msg/batch_send_msg", "/msg/send_business_notification", "/msg/send_simple_msg",
		"/user/get_users_online_status", "/user/get_users_online_token_detail":
		return true
	}
	return false
}

// sendsAsOperator tells whether an endpoint refuses ordinary users in the words that the platform has for sending.
func sendsAsOperator(name string) bool {
	switch name {
	case "/msg/send_msg", "/msg/batch_send_msg", "/msg/send_business_notification":
		return true
	}
	return false
}

// tokenFree tells whether a path needs no token. The platform compares the beginning, so that paths which do not exist
// may be among them.
func tokenFree(path string) bool {
	for _, prefix := range [...]string{pathAdminToken, pathParseToken, pathSecretToken} {
		if len(path) >= len(prefix) && path[:len(prefix)] == prefix {
			return true
		}
	}
	return false
}
