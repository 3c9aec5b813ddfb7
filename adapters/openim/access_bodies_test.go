package openim_test

// access is who an endpoint answers for a request that is about the user "own".
type access uint8

const (
	anyone    access = iota // no token is asked for
	anyUser                 // whoever has a token
	ownOrMore               // the user itself, and administrators
	members                 // members of the group, or those of them who may; and administrators
	adminOnly
)

// minimal is the smallest request that an endpoint takes, and who may make it.
type minimal struct {
	who  access
	body string
}

const onePage = `"pagination":{"pageNumber":1,"showNumber":10}`

// minimals has every endpoint. The world that they meet is the one of newAccessWorld. Where the release that this is like
// looks at nobody's rights in its conversation service, the owner and administrators may.
var minimals = map[string]minimal{
	"/auth/force_logout":    {adminOnly, `{"userID":"own","platformID":2}`},
	"/auth/get_admin_token": {anyone, `{"secret":"` + secret + `","userID":"imAdmin"}`},
	"/auth/get_user_token":  {adminOnly, `{"userID":"own","platformID":2}`},
	"/auth/parse_token":     {anyone, `{"token":"TOKEN"}`},
	"/auth/user_token":      {anyone, `{"secret":"` + secret + `","userID":"own","platformID":2}`},

	"/conversation/get_all_conversations":        {ownOrMore, `{"ownerUserID":"own"}`},
	"/conversation/get_conversation":             {ownOrMore, `{"ownerUserID":"own","conversationID":"si_own_peer"}`},
	"/conversation/get_conversations":            {ownOrMore, `{"ownerUserID":"own","conversationIDs":["si_own_peer"]}`},
	"/conversation/get_owner_conversation":       {ownOrMore, `{"userID":"own",` + onePage + `}`},
	"/conversation/get_sorted_conversation_list": {ownOrMore, `{"userID":"own",` + onePage + `}`},
	"/conversation/set_conversations":            {ownOrMore, `{"userIDs":["own"],"conversation":{"conversationType":1,"userID":"peer","conversationID":"si_own_peer","isPinned":true}}`},

	"/friend/get_friend_id": {ownOrMore, `{"userID":"own"}`},
	"/friend/import_friend": {adminOnly, `{"ownerUserID":"own","friendUserIDs":["peer"]}`},

	"/group/cancel_mute_group":        {members, `{"groupID":"g"}`},
	"/group/cancel_mute_group_member": {members, `{"groupID":"g","userID":"peer"}`},
	"/group/create_group":             {ownOrMore, `{"ownerUserID":"own","groupInfo":{"groupType":2}}`},
	"/group/dismiss_group":            {members, `{"groupID":"g"}`},
	"/group/get_group_member_list":    {members, `{"groupID":"g",` + onePage + `}`},
	"/group/get_group_member_user_id": {members, `{"groupID":"g"}`},
	"/group/get_group_members_info":   {members, `{"groupID":"g","userIDs":["own"]}`},
	"/group/get_groups_info":          {anyUser, `{"groupIDs":["g"]}`},
	"/group/get_joined_group_list":    {ownOrMore, `{"fromUserID":"own",` + onePage + `}`},
	"/group/invite_user_to_group":     {members, `{"groupID":"g","invitedUserIDs":["third"]}`},
	"/group/join_group":               {ownOrMore, `{"groupID":"g2","inviterUserID":"own"}`},
	"/group/kick_group":               {members, `{"groupID":"g","kickedUserIDs":["peer"]}`},
	"/group/mute_group":               {members, `{"groupID":"g"}`},
	"/group/mute_group_member":        {members, `{"groupID":"g","userID":"peer","mutedSeconds":1}`},
	"/group/quit_group":               {ownOrMore, `{"groupID":"g3","userID":"own"}`},
	"/group/set_group_info":           {members, `{"groupInfoForSet":{"groupID":"g","groupName":"x"}}`},
	"/group/set_group_info_ex":        {members, `{"groupID":"g","groupName":"x"}`},
	"/group/set_group_member_info":    {members, `{"members":[{"groupID":"g","userID":"own","nickname":"x"}]}`},
	"/group/transfer_group":           {members, `{"groupID":"g","oldOwnerUserID":"own","newOwnerUserID":"peer"}`},

	"/msg/batch_send_msg":                         {adminOnly, `{"sendID":"own","recvIDs":["peer"],"content":{"content":"x"},"contentType":101,"sessionType":1}`},
	"/msg/check_msg_is_send_success":              {anyUser, `{}`},
	"/msg/clear_conversation_msg":                 {ownOrMore, `{"userID":"own","conversationIDs":["si_own_peer"]}`},
	"/msg/delete_msg_phsical_by_seq":              {adminOnly, `{"conversationID":"si_own_peer","seqs":[1]}`},
	"/msg/delete_msg_physical":                    {adminOnly, `{"conversationIDs":["si_own_peer"],"timestamp":1}`},
	"/msg/delete_msgs":                            {ownOrMore, `{"userID":"own","conversationID":"si_own_peer","seqs":[1]}`},
	"/msg/get_conversations_has_read_and_max_seq": {ownOrMore, `{"userID":"own"}`},
	"/msg/get_server_time":                        {anyUser, `{}`},
	"/msg/mark_conversation_as_read":              {ownOrMore, `{"userID":"own","conversationID":"si_own_peer","hasReadSeq":2}`},
	"/msg/mark_msgs_as_read":                      {ownOrMore, `{"userID":"own","conversationID":"si_own_peer","seqs":[2]}`},
	"/msg/newest_seq":                             {ownOrMore, `{"userID":"own"}`},
	"/msg/pull_msg_by_seq":                        {ownOrMore, `{"userID":"own","seqRanges":[{"conversationID":"si_own_peer","begin":1,"end":2,"num":2}]}`},
	"/msg/revoke_msg":                             {ownOrMore, `{"userID":"own","conversationID":"si_own_peer","seq":1}`},
	"/msg/search_msg":                             {adminOnly, `{` + onePage + `}`},
	"/msg/send_business_notification":             {adminOnly, `{"sendUserID":"own","recvUserID":"peer"}`},
	"/msg/send_msg":                               {adminOnly, `{"sendID":"own","recvID":"peer","content":{"content":"x"},"contentType":101,"sessionType":1}`},
	"/msg/send_simple_msg":                        {adminOnly, `{"content":"x"}`},
	"/msg/set_conversation_has_read_seq":          {ownOrMore, `{"userID":"own","conversationID":"si_own_peer","hasReadSeq":1}`},
	"/msg/user_clear_all_msg":                     {ownOrMore, `{"userID":"own"}`},

	"/statistics/user/register": {anyUser, `{"start":1,"end":2}`},

	"/user/account_check":               {adminOnly, `{"checkUserIDs":["own"]}`},
	"/user/add_notification_account":    {adminOnly, `{"nickName":"n","appMangerLevel":3}`},
	"/user/get_all_users_uid":           {anyUser, `{` + onePage + `}`},
	"/user/get_users":                   {anyUser, `{` + onePage + `}`},
	"/user/get_users_info":              {anyUser, `{"userIDs":["own"]}`},
	"/user/get_users_online_status":     {anyUser, `{"userIDs":["own"]}`},
	"/user/search_notification_account": {adminOnly, `{` + onePage + `}`},
	"/user/set_global_msg_recv_opt":     {ownOrMore, `{"userID":"own","globalRecvMsgOpt":0}`},
	"/user/update_notification_account": {adminOnly, `{"userID":"bot","nickName":"n"}`},
	"/user/update_user_info":            {ownOrMore, `{"userInfo":{"userID":"own","nickname":"n"}}`},
	"/user/update_user_info_ex":         {ownOrMore, `{"userInfo":{"userID":"own","nickname":"n"}}`},
	"/user/user_register":               {adminOnly, `{"users":[{"userID":"new","nickname":"n"}]}`},
}
