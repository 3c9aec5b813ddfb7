package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// legacy is what another platform holds: people and what they have said to each other, in the order of time.
type legacy struct {
	people   int
	messages []legacyMessage
}

type legacyMessage struct {
	from, to int
	kind     string
	text     string // of texts, or the address of an image or a link
	time     int64  // seconds since the Unix epoch
	read     bool
}

// newLegacy draws what a platform holds. Whoever reads, reads a conversation from its beginning on.
func newLegacy(people, messages int, seed uint64) *legacy {
	lots := rand.New(rand.NewPCG(seed, 1))
	l := &legacy{people: people}
	kinds := []string{"text", "text", "text", "text", "html", "image", "link", "custom"}
	texts := []string{"hello", "\u4f60\u597d", "\U0001F600\U0001F468\u200D\U0001F469\u200D\U0001F467", "it's \"quoted\", with; commas\\ and\nlines", "<b>&amp;</b>", "100% 'sure' \\' \\N NULL"}
	now := int64(1_600_000_000)
	for i := range messages {
		from := lots.IntN(people)
		m := legacyMessage{from: from, to: (from + 1 + lots.IntN(5)) % people, kind: kinds[lots.IntN(len(kinds))]}
		m.text = fmt.Sprintf("%s %d", texts[lots.IntN(len(texts))], i)
		if m.kind == "image" || m.kind == "link" {
			m.text = fmt.Sprintf("https://example.com/%d?a=b&c=\u00e9", i)
		}
		now += int64(lots.IntN(3))
		m.time = now
		l.messages = append(l.messages, m)
	}
	// The last few messages of every third conversation are unread.
	left := make(map[[2]int]int)
	for i := len(l.messages) - 1; i >= 0; i-- {
		m := &l.messages[i]
		key := [2]int{m.from, m.to}
		if left[key]++; (m.from+m.to)%3 != 0 || left[key] > 2 {
			m.read = true
		}
	}
	return l
}

// yesapiUUID is the 32-character form of a person.
func yesapiUUID(n int) string { return fmt.Sprintf("%032X", n+1) }

// openimUser is the ID of a person.
func openimUser(n int) string { return fmt.Sprintf("user%06d", n+1) }

// data is a chat_message_data of YesApi.
func (m *legacyMessage) data() string {
	member := "content"
	switch m.kind {
	case "image", "link":
		member = "url"
	case "custom":
		member = "anything"
	}
	object, err := json.Marshal(map[string]any{member: m.text, "more": []int{1, 2}})
	if err != nil {
		return err.Error()
	}
	return string(object)
}

// create makes a file of a test that write fills.
func create(t *testing.T, name string, write func(w *bufio.Writer)) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriter(file)
	write(w)
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// rows calls row for both rows of every message.
func (l *legacy) rows(row func(id int, values [7]string)) {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		return
	}
	id := 0
	for i := range l.messages {
		m := &l.messages[i]
		at := time.Unix(m.time, 0).In(zone).Format(time.DateTime)
		read := "0"
		if m.read {
			read = "1"
		}
		id++
		row(id, [7]string{yesapiUUID(m.from), yesapiUUID(m.to), m.kind, m.data(), "1", "in", at})
		id++
		row(id, [7]string{yesapiUUID(m.to), yesapiUUID(m.from), m.kind, m.data(), read, "out", at})
	}
}

// csv writes the table as CSV, with a broken row in every few hundred; it returns how many.
func (l *legacy) csv(t *testing.T) (path string, broken int) {
	path = create(t, "messages.csv", func(w *bufio.Writer) {
		_, _ = w.WriteString("id,uuid,chat_message_to_uuid,chat_message_type,chat_message_data,chat_message_is_read,chat_message_io,add_time\n")
		l.rows(func(id int, v [7]string) {
			for i, s := range v {
				v[i] = `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
			}
			_, _ = fmt.Fprintf(w, "%d,%s\n", id, strings.Join(v[:], ","))
			if id%700 == 0 {
				broken++
				_, _ = fmt.Fprintf(w, "%d,\"%s\",\"never closed,\"x\n", id, yesapiUUID(0))
			}
		})
	})
	return path, broken
}

// sql writes the table as mysqldump does, fifty rows a statement.
func (l *legacy) sql(t *testing.T) (path string, broken int) {
	escape := strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`, `"`, `\"`)
	path = create(t, "messages.sql", func(w *bufio.Writer) {
		_, _ = w.WriteString("-- MySQL dump\nCREATE TABLE `chat` (\n`id` bigint,\n`uuid` char(32),\n`chat_message_to_uuid` char(32),\n" +
			"`chat_message_type` varchar(20),\n`chat_message_data` text,\n`chat_message_is_read` tinyint(1),\n`chat_message_io` varchar(3),\n`add_time` datetime,\nPRIMARY KEY (`id`));\n")
		open := false
		l.rows(func(id int, v [7]string) {
			switch {
			case open && id%50 != 1:
				_, _ = w.WriteString(",")
			case open:
				_, _ = w.WriteString(";\nINSERT INTO `chat` VALUES ")
			default:
				_, _ = w.WriteString("INSERT INTO `chat` VALUES ")
				open = true
			}
			data := "'" + escape.Replace(v[3]) + "'"
			if id%9 == 0 {
				data = "0x" + hex.EncodeToString([]byte(v[3]))
			} else if id%11 == 0 {
				data = "_binary " + data
			}
			_, _ = fmt.Fprintf(w, "(%d,'%s','%s','%s',%s,%s,'%s','%s')", id, v[0], v[1], v[2], data, v[4], v[5], v[6])
			if id%700 == 0 {
				broken++
				_, _ = fmt.Fprintf(w, ",(%d,NULL,'%s',3)", id, v[1])
			}
		})
		_, _ = w.WriteString(";\nUNLOCK TABLES;\n")
	})
	return path, broken
}

// mongo writes the messages as mongoexport does, a hundred a document, conversation by conversation.
func (l *legacy) mongo(t *testing.T) (path string, broken int) {
	talks := make(map[string][]*legacyMessage)
	var order []string
	for i := range l.messages {
		m := &l.messages[i]
		a, b := openimUser(m.from), openimUser(m.to)
		id := "si_" + min(a, b) + "_" + max(a, b)
		if talks[id] == nil {
			order = append(order, id)
		}
		talks[id] = append(talks[id], m)
	}
	path = create(t, "msg.json", func(w *bufio.Writer) {
		lines := 0
		for _, id := range order {
			for first := 0; first < len(talks[id]); first += 100 {
				var elements []string
				for i, m := range talks[id][first:min(first+100, len(talks[id]))] {
					elements = append(elements, m.element(first+i+1))
				}
				elements = append(elements, `{"msg":null,"del_list":[]}`)
				_, _ = fmt.Fprintf(w, `{"_id":{"$oid":"5f0000000000000000000000"},"doc_id":"%s:%d","msgs":[%s]}`+"\n", id, first/100, strings.Join(elements, ","))
				if lines++; lines%100 == 0 {
					broken++
					_, _ = w.WriteString("{\"doc_id\":\n")
				}
			}
		}
	})
	return path, broken
}

func (m *legacyMessage) element(seq int) string {
	contentType, content := 101, map[string]any{"content": m.text}
	if m.kind == "custom" {
		contentType, content = 110, map[string]any{"data": m.text, "description": "", "extension": ""}
	}
	text, err := json.Marshal(content)
	if err != nil {
		return err.Error()
	}
	quoted, err := json.Marshal(string(text))
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf(`{"msg":{"send_id":%q,"recv_id":%q,"group_id":"","client_msg_id":"%032x","server_msg_id":"","sender_platform_id":1,`+
		`"session_type":1,"msg_from":100,"content_type":{"$numberInt":"%d"},"content":%s,"seq":{"$numberLong":"%d"},"send_time":{"$numberLong":"%d"},`+
		`"create_time":%d,"status":2,"is_read":false,"options":{},"offline_push":null,"at_user_id_list":null,"ex":""},"revoke":null,"del_list":null,"is_read":%t}`,
		openimUser(m.from), openimUser(m.to), seq, contentType, quoted, seq, m.time*1000, m.time*1000, m.read)
}
