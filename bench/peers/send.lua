-- One message to each of three users in turn, as a form.
local text = "%E4%BB%8A%E6%99%9A%E4%B8%80%E8%B5%B7%E5%90%83%E9%A5%AD%E5%90%97%EF%BC%9F"
	.. "+Shall+we+have+dinner+at+the+usual+place+tonight%3F"
local recipients = {
	"12345678123456781234567812345678",
	"8AEA2AF1951C0376EC668A74B8CAA64A",
	"5B1CA086F3E9E86F83354191AFB41E9E",
}
local requests, turn = {}, 0

function init()
	for i, uuid in ipairs(recipients) do
		requests[i] = wrk.format("POST", nil, { ["Content-Type"] = "application/x-www-form-urlencoded" },
			"service=Platform.ChatMessage.Send&chat_message_to_uuid=" .. uuid
			.. "&chat_message_type=text&chat_message_data=" .. text)
	end
end

function request()
	turn = turn % #requests + 1
	return requests[turn]
end
