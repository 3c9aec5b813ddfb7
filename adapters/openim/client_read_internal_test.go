package openim

import (
	"fmt"
	"testing"

	"parley/adapters/wire"
)

// pulledPage is an answer with a page of texts.
func pulledPage(messages int) []byte {
	a := pullAnswer{messages: []pulled{{conversationID: "si_alice_bob", isEnd: true}}}
	for i := range messages {
		a.messages[0].messages = append(a.messages[0].messages, messageData{
			sendID: "alice", recvID: "bob", clientMsgID: fmt.Sprintf("%032x", i), serverMsgID: fmt.Sprintf("%032x", i+1),
			platform: 10, nickname: "Alice", face: "https://example.com/alice.png", session: sessionSingle, from: fromUser,
			contentType: 101, content: fmt.Appendf(nil, `{"content":"message %d"}`, i), seq: int64(i + 1), sendTime: 1_700_000_000_000,
			created: 1_700_000_000_000, status: statusSuccess,
		})
	}
	row := &wire.Row[nothing, pullAnswer]{
		Answer: pullRow().Answer, Do: func(_ *wire.Call, _ *nothing, into *pullAnswer) error { *into = a; return nil },
	}
	body, err := row.Invoke(&wire.Call{Gate: openGate{}, Style: wire.Go}, nil, []byte(`{`))
	if err != nil {
		return nil
	}
	return append(body, '}')
}

type openGate struct{}

func (openGate) Admit(*wire.Call, *wire.Spec) error { return nil }

func TestPulledPageIsRead(t *testing.T) {
	var a pullAnswer
	if err := pullRow().Read(pulledPage(100), &a); err != nil || len(a.messages) != 1 || len(a.messages[0].messages) != 100 {
		t.Fatalf("%+v, %v", a, err)
	}
	m := &a.messages[0].messages[99]
	if m.seq != 100 || string(m.content) != `{"content":"message 99"}` || m.sendID != "alice" || m.status != statusSuccess {
		t.Errorf("%+v", m)
	}
}

// BenchmarkReadPulledPage reads an answer with twenty messages, as a client half does for each page.
func BenchmarkReadPulledPage(b *testing.B) {
	page, row := pulledPage(20), pullRow()
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	for b.Loop() {
		var a pullAnswer
		if err := row.Read(page, &a); err != nil {
			b.Fatal(err)
		}
	}
}
