package demo

import (
	"fmt"
	"io"

	"parley/adapters/openim"
	"parley/core"
)

// Print writes the demo's credentials, and lines to paste that talk to a server at address, host and port. OpenIM is
// served at openimAddress, which may be the same.
func Print(w io.Writer, app *core.App, address, openimAddress string) error {
	_, err := fmt.Fprintf(w, guide, "http://"+address, app.Key, app.Secret, Anonymous, Password,
		"http://"+openimAddress, openim.DefaultSecret)
	return err
}

// guide is what Print writes. Every line under a heading works as it stands, in any order after the login.
const guide = `
  Parley demo            %[1]s

  app_key                %[2]s
  app_secrect            %[3]s   (signing is optional)
  anonymous user         %[4]s   (PhalApi without a token)
  users                  AB君, dogstar; password %[5]s
  OpenIM secret          %[7]s   (administrator imAdmin)

  PhalApi / APIUSB — send, send to several, list:

curl '%[1]s/api/platform?s=Platform.ChatMessage.Send&chat_message_to_uuid=12345678123456781234567812345678&chat_message_data=hello&chat_message_type=text'
curl '%[1]s/api/platform?s=Platform.ChatMessage.BulkSend' -d chat_message_to_uuid=12345678123456781234567812345678,8AEA2AF1951C0376EC668A74B8CAA64A -d chat_message_type=text -d 'chat_message_data=hello both'
curl '%[1]s/api/platform?s=Platform.ChatMessage.GetMessageList&chat_message_to_uuid=12345678123456781234567812345678'
curl '%[1]s/api/app?s=App.Auth.ApplyToken' -d app_key=%[2]s -d app_secret=%[3]s -d uid=9948077346

  YesApi — greet, log in as AB君 (two lines keep uuid and token), then act:

curl '%[1]s/?s=App.Hello.World&name=you&app_key=%[2]s'
login=$(curl -s '%[1]s/?s=App.User.LoginExt&app_key=%[2]s' --data-urlencode username=AB君 -d password=%[5]s)
me="app_key=%[2]s&uuid=8AEA2AF1951C0376EC668A74B8CAA64A&token=$(echo "$login" | sed 's/.*"token":"\([^"]*\)".*/\1/')"

curl '%[1]s/api/App/Market_ChatMessage/Send' -d "$me" -d other_uuid=5B1CA086F3E9E86F83354191AFB41E9E -d 'chat_message_data={"content":"I ❤ ⚽"}'
curl '%[1]s/api/App/Market_ChatMessage/MultiSend' -d "$me" -d other_uuid=5B1CA086F3E9E86F83354191AFB41E9E,%[4]s -d 'chat_message_data={"content":"hello all"}'
curl '%[1]s/api/App/Market_ChatMessage/TakeMessageList' -d "$me" -d other_uuid=5B1CA086F3E9E86F83354191AFB41E9E
curl '%[1]s/api/App/Market_ChatMessage/GetAllChatList' -d "$me"
curl '%[1]s/api/App/Market_ChatMessage/GetAllUnreadNum' -d "$me"
curl '%[1]s/api/App/Market_ChatMessage/MarkAsReaded' -d "$me" -d other_uuid=%[4]s

  OpenIM — get the administrator's token (one line keeps it), send to one, send to all:

curl '%[6]s/auth/get_admin_token' -H 'operationID: 1646445464564' -d '{"secret":"%[7]s","userID":"imAdmin"}'
admin=$(curl -s '%[6]s/auth/get_admin_token' -H 'operationID: 1646445464564' -d '{"secret":"%[7]s","userID":"imAdmin"}' | sed 's/.*"token":"\([^"]*\)".*/\1/')

curl '%[6]s/msg/send_msg' -H 'operationID: 1646445464564' -H "token: $admin" -d '{"sendID":"3473643418","recvID":"9948077346","content":{"content":"hello!!"},"contentType":101,"sessionType":1}'
curl '%[6]s/msg/batch_send_msg' -H 'operationID: 1646445464564' -H "token: $admin" -d '{"recvIDs":["9948077346","9371245179"],"sendID":"3473643418","senderNickname":"Alice","senderFaceURL":"http://nvpydodr.ae/ylyqu","senderPlatformID":2,"content":{"content":"hello!!"},"contentType":101,"sessionType":1,"isOnlineOnly":false,"notOfflinePush":false,"sendTime":1340619319058,"offlinePushInfo":{"title":"1213","desc":"in eiusmod magna","ex":"ex","iOSPushSound":"in Duis ut sunt nostrud","iOSBadgeCount":true},"ex":"ex","isSendAll":true}'

`
