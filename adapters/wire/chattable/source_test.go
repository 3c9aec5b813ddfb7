package chattable_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"parley/adapters/wire/chattable"
	"parley/adapters/wire/php"
	"parley/core"
	"parley/core/archive"
	"parley/core/migrate"
)

const (
	ann = "0000000000000000000000000000000A"
	bob = "0000000000000000000000000000000B"
	cid = "0000000000000000000000000000000C"
)

// tester is what the tests need of testing.TB and of rapid.T.
type tester interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

func open(t tester, format chattable.Format, text string) *chattable.Source {
	t.Helper()
	s, err := chattable.Open(strings.NewReader(text), int64(len(text)), chattable.Options{
		Name: "table", Format: format,
		Content: func(messageType, data string) (core.Content, error) {
			if strings.Contains(data, "refuse") {
				return core.Content{}, core.NewFault(core.Invalid, core.FieldContent, "refused")
			}
			return core.Content{Kind: php.KindOf(messageType), Body: []byte(data)}, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// told is what a source says, a line an item.
func told(t tester, s *chattable.Source, cursor []byte) (lines []string, cursors [][]byte) {
	t.Helper()
	last := int64(0)
	for item, err := range s.Records(context.Background(), cursor) {
		if err != nil {
			lines = append(lines, "error: "+err.Error())
			return lines, cursors
		}
		if len(item.Cursor) == 0 || len(item.Cursor) > core.MaxImportCursor {
			t.Fatalf("a cursor of %d bytes", len(item.Cursor))
		}
		if item.Bytes < last-int64(2*chattable.Window*100) || item.Bytes > s.Size() {
			t.Fatalf("%d bytes of %d after %d", item.Bytes, s.Size(), last)
		}
		last = item.Bytes
		cursors = append(cursors, item.Cursor)
		switch r := item.Record; {
		case item.Reject != nil:
			lines = append(lines, fmt.Sprintf("line %d: %s", item.Reject.Line, item.Reject.Reason))
		case r.Type == archive.TypeUser:
			lines = append(lines, "user "+r.User.UUID[31:])
		default:
			m := r.Message
			lines = append(lines, fmt.Sprintf("%d %s>%s %s %s %s read=%t%s", m.ID, m.From[31:], m.To[31:],
				time.UnixMilli(m.Time).UTC().Format(time.DateTime), m.Body.Kind, m.Body.Text, m.Read, item.Unknown))
		}
	}
	return lines, cursors
}

const dumped = "-- MySQL dump 10.13\n/*!40101 SET NAMES utf8mb4 */;\nDROP TABLE IF EXISTS `yesapi_chat_message`;\n" +
	"CREATE TABLE `yesapi_chat_message` (\n  `id` bigint(20) unsigned NOT NULL AUTO_INCREMENT,\n  `uuid` varchar(32) NOT NULL DEFAULT '',\n" +
	"  `chat_message_to_uuid` varchar(32) COMMENT 'the other, (side)',\n  `chat_message_type` enum('text','html') NOT NULL,\n  `chat_message_data` longblob,\n" +
	"  `chat_message_is_read` bit(1),\n  `chat_message_io` varchar(4), `add_time` datetime, `extra` decimal(10,2),\n  PRIMARY KEY (`id`),\n  KEY `u` (`uuid`,`add_time`)\n) ENGINE=InnoDB;\n" +
	"LOCK TABLES `yesapi_chat_message` WRITE;\n/*!40000 ALTER TABLE `yesapi_chat_message` DISABLE KEYS */;\n" +
	"INSERT INTO `yesapi_chat_message` VALUES (1,'" + ann + "','" + bob + "','text','it\\'s \\\"1\\\"; (ok),\\n\U0001F600',b'1','in','2021-01-01 08:00:00',1.50)," +
	"(2,'" + bob + "','" + ann + "','text','it''s \\\"1\\\"; (ok),\\n\U0001F600',b'0','out','2021-01-01 08:00:01',NULL)," +
	"(3,'" + bob + "','" + ann + "','html',_binary '<b>',1,'in','2021-01-01 08:00:02',-1),\n" +
	"(4,'" + ann + "','" + bob + "','html',0x3c623e,TRUE,'out','2021-01-01 08:00:02',NULL);\n" +
	"INSERT INTO `other` VALUES (1,'x');\n" +
	"INSERT IGNORE INTO db.`yesapi_chat_message` (`add_time`, `chat_message_io`, uuid, chat_message_to_uuid, chat_message_type, chat_message_data, chat_message_is_read) VALUES\n" +
	"('2021-01-01 08:00:03', 'in', '" + ann + "', '" + cid + "', 'voice', X'313233', '1'), # a comment\n('2021-01-01 08:00:04','in','" + ann + "',NULL,'text','a','1'),\n" +
	"('2021-01-01 08:00:05','in','" + ann + "','" + bob + "','text',NOW(),'1');\n" +
	"INSERT INTO `yesapi_chat_message` VALUES (9,'" + ann + "','" + bob + "','text','it never ends,1,'in','2021-01-01 08:00:00',1),\n" +
	"(10,'" + ann + "','" + bob + "','text','next',1,'in','2021-01-01 08:00:09',1);\nUNLOCK TABLES;\n"

func TestSQL(t *testing.T) {
	want := []string{
		"user A", "user B", "user C",
		"1 A>B 2021-01-01 00:00:00 text it's \"1\"; (ok),\n\U0001F600 read=false",
		"3 B>A 2021-01-01 00:00:02 html <b> read=true",
		"line 22: chat_message_to_uuid is not of 32 letters and digits",
		"line 23: a value is no literal",
		"line 24: a value is no literal",
		"0 A>C 2021-01-01 00:00:03 custom 123 read=truevoice",
		"10 A>B 2021-01-01 00:00:09 text next read=true",
	}
	got, cursors := told(t, open(t, chattable.SQL, dumped), nil)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	checkCursors(t, func() *chattable.Source { return open(t, chattable.SQL, dumped) }, got, cursors)
}

// checkCursors goes on behind each of the messages.
func checkCursors(t tester, source func() *chattable.Source, all []string, cursors [][]byte) {
	t.Helper()
	for i := range cursors {
		if strings.HasPrefix(all[i], "user") {
			continue
		}
		if got, _ := told(t, source(), cursors[i]); !slices.Equal(got, all[i+1:]) {
			t.Fatalf("behind %d (%s), at %s:\n%s", i, all[i], cursors[i], cmp.Diff(all[i+1:], got))
		}
	}
}

func TestCSV(t *testing.T) {
	rows := ann + "," + bob + ",text,\"a \"\"b\"\",\nc\",0,in,2021-01-01 08:00:00\r\n" + // 2 and 3
		bob + "," + ann + ",text,\"a \"\"b\"\",\nc\",1,out,2021-01-01 08:00:00\r\n" +
		bob + "," + ann + ",image,\"never closed,1,in,2021-01-01 08:00:01\r\n" + // 6
		bob + "," + ann + ",link,http://a/?b,1,in,2021-01-01 08:00:02\r\n" +
		"\n" + ann + "," + ann + ",text,to myself,1,in,2021-01-01 08:00:02\n" +
		ann + "," + bob + ",text,too few\n" +
		ann + "," + bob + ",text,refuse,1,in,2021-01-01 08:00:02\n" +
		ann + "," + bob + ",text,a,7,in,2021-01-01 08:00:02\n" +
		ann + "," + bob + ",text,a,1,up,2021-01-01 08:00:02\n" +
		ann + "," + bob + ",text,a,1,in,0000-00-00 00:00:00\n" +
		ann + "," + bob + ",text,NULL,1,in,2021-01-01 08:00:02\n" +
		ann + "," + bob + ",text,\xff,1,in,2021-01-01 08:00:02\n" +
		ann + "," + bob + ",text,\"NULL\",1,in,1609459203"
	want := []string{
		"user A", "user B",
		"0 A>B 2021-01-01 00:00:00 text a \"b\",\nc read=true",
		"line 6: there is text behind a quotation mark",
		"line 9: a message to oneself",
		"line 10: 4 columns instead of 7",
		"line 12: chat_message_is_read is neither 0 nor 1",
		"line 13: chat_message_io is neither in nor out",
		"line 14: add_time is no time",
		"line 15: chat_message_data is missing",
		"line 16: chat_message_data is not UTF-8",
		"0 B>A 2021-01-01 00:00:02 link http://a/?b read=true",
		"line 11: chat_message_data: refused",
		"0 A>B 2021-01-01 00:00:03 text NULL read=true",
	}
	names := "\xef\xbb\xbfuuid,chat_message_to_uuid,chat_message_type,chat_message_data,chat_message_is_read,chat_message_io,add_time\n"
	broken := strings.Replace(rows, "never closed", "never closed\"x", 1)
	got, cursors := told(t, open(t, chattable.CSV, names+broken), nil)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	checkCursors(t, func() *chattable.Source { return open(t, chattable.CSV, names+broken) }, got, cursors)
	bare, _ := told(t, open(t, chattable.CSV, broken), nil)
	if len(bare) != len(want) {
		t.Errorf("without names: %q", bare)
	}
	swallowed, _ := told(t, open(t, chattable.CSV, names+rows), nil)
	if !slices.Contains(swallowed, "0 B>A 2021-01-01 00:00:02 link http://a/?b read=true") {
		t.Errorf("a quotation mark that is missing swallows %q", swallowed)
	}
}

func TestBackslashes(t *testing.T) {
	text := "uuid\tid\tchat_message_to_uuid\tchat_message_type\tchat_message_data\tchat_message_is_read\tchat_message_io\tadd_time\n" +
		ann + "\t7\t" + bob + "\ttext\t{\\\"content\\\":\\\"a\\\\nb\\\\\\\"\\tc\\\nd\"}\t0\tin\t2021-01-01 08:00:00\n" +
		ann + "\t8\t" + bob + "\ttext\t\\N\t0\tin\t2021-01-01 08:00:00\n"
	want := []string{
		"user A", "user B",
		"line 4: chat_message_data is missing",
		"7 A>B 2021-01-01 00:00:00 text {\"content\":\"a\\nb\\\"\tc\nd\"} read=false",
	}
	if got, _ := told(t, open(t, chattable.CSV, text), nil); !slices.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
}

func TestOtherFiles(t *testing.T) {
	for text, format := range map[string]chattable.Format{
		"a,b,c\n1,2,3\n":                           chattable.CSV,
		"INSERT INTO a (b) VALUES (1);":            chattable.SQL,
		"SELECT 'never":                            chattable.SQL,
		"INSERT INTO a VALUES (1,2,3,4,5,6,7,8,9)": chattable.SQL,
	} {
		lines, _ := told(t, open(t, format, text), nil)
		if len(lines) != 1 || !strings.HasPrefix(lines[0], "error: chattable: ") {
			t.Errorf("%q: %q", text, lines)
		}
	}
	if lines, _ := told(t, open(t, chattable.CSV, ""), nil); len(lines) != 0 {
		t.Errorf("an empty file: %q", lines)
	}
}

func TestContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range open(t, chattable.SQL, dumped).Records(ctx, nil) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
	}
}

// TestFoldsAndContinues writes the two rows of each of some messages in any nearby order, and goes on behind each item.
func TestFoldsAndContinues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.Bool().Draw(t, "ids")
		people := []string{ann, bob, cid}
		var rows []string
		want := map[string]int{}
		for i := range rapid.IntRange(0, 16).Draw(t, "messages") {
			from := rapid.IntRange(0, 2).Draw(t, "from")
			to := (from + rapid.IntRange(1, 2).Draw(t, "to")) % 3
			text := rapid.SampledFrom([]string{"hi", "\U0001F600", "it's\n\"so\",;"}).Draw(t, "text")
			read := rapid.IntRange(0, 1).Draw(t, "read")
			second := i / 4
			row := func(owner, peer, io string, read int) string {
				return fmt.Sprintf("%s,%s,text,\"%s\",%d,%s,2021-01-01 08:00:%02d\n", owner, peer, strings.ReplaceAll(text, `"`, `""`), read, io, second)
			}
			sent, received := row(people[from], people[to], "in", 1), row(people[to], people[from], "out", read)
			switch rapid.IntRange(0, 5).Draw(t, "sides") {
			case 0:
				rows, read = append(rows, sent), 1
			case 1:
				rows = append(rows, received)
			case 2:
				rows = append(rows, received, sent)
			default:
				rows = append(rows, sent, received)
			}
			want[people[from]+people[to]+text]++
			if rapid.IntRange(0, 9).Draw(t, "broken") == 0 {
				rows = append(rows, "broken\n")
			}
		}
		head, text := "uuid,chat_message_to_uuid,chat_message_type,chat_message_data,chat_message_is_read,chat_message_io,add_time\n", ""
		if ids {
			head = "id," + head
		}
		for i, r := range rows {
			if ids {
				text += fmt.Sprintf("%d,", i+1)
			}
			text += r
		}
		source := func() *chattable.Source { return open(t, chattable.CSV, head+text) }
		origins := map[string]bool{}
		for item, err := range source().Records(context.Background(), nil) {
			if err != nil {
				t.Fatal(err)
			}
			if m := item.Record.Message; m != nil {
				if origins[m.Origin] {
					t.Fatalf("the origin %s is given twice", m.Origin)
				}
				origins[m.Origin] = true
				want[m.From+m.To+m.Body.Text]--
			}
		}
		// One side's row of one message and the other side's of an equal one within a second are one message.
		for what, n := range want {
			if n < 0 {
				t.Fatalf("%s: %d too many", what, -n)
			}
		}
		lines, cursors := told(t, source(), nil)
		if len(cursors) > 0 {
			i := rapid.IntRange(0, len(cursors)-1).Draw(t, "cursor")
			checkCursors(t, source, lines[i:], cursors[i:min(i+3, len(cursors))])
		}
	})
}

func TestManyRowsWait(t *testing.T) {
	var b strings.Builder
	b.WriteString("id,uuid,chat_message_to_uuid,chat_message_type,chat_message_data,chat_message_is_read,chat_message_io,add_time\n")
	const n = 3 * chattable.Window
	for i := range n { // one side only, but for every fifth
		fmt.Fprintf(&b, "%d,%s,%s,text,message %d,1,in,2021-01-01 08:00:00\n", 2*i+1, ann, bob, i)
		if i%5 == 4 {
			fmt.Fprintf(&b, "%d,%s,%s,text,message %d,0,out,2021-01-01 08:00:00\n", 2*i+2, bob, ann, i-3)
		}
	}
	source := func() *chattable.Source { return open(t, chattable.CSV, b.String()) }
	lines, cursors := told(t, source(), nil)
	if len(lines) != n+2 {
		t.Fatalf("%d items", len(lines))
	}
	for i := 2; i < len(lines); i++ {
		if want := fmt.Sprintf("message %d read=%t", i-2, (i-2)%5 != 1 || i == n+1); !strings.HasSuffix(lines[i], want) {
			t.Fatalf("%s is not %s", lines[i], want)
		}
	}
	for i := 2; i < len(cursors); i += 397 {
		if got, _ := told(t, source(), cursors[i]); !slices.Equal(got, lines[i+1:]) {
			t.Fatalf("behind %d: %s", i, cmp.Diff(lines[i+1:], got))
		}
	}
}

func fuzz(f *testing.F, format chattable.Format) {
	f.Fuzz(func(t *testing.T, text string) {
		lines, cursors := told(t, open(t, format, text), nil)
		if len(cursors) > 0 {
			i := len(cursors) / 2
			if got, _ := told(t, open(t, format, text), cursors[i]); !strings.HasPrefix(lines[i], "user") && !slices.Equal(got, lines[i+1:]) {
				t.Errorf("behind %d: %s", i, cmp.Diff(lines[i+1:], got))
			}
		}
		for item, err := range open(t, format, text).Records(t.Context(), []byte(text)) {
			if err == nil && item.Reject != nil && len(item.Reject.Raw)+len(item.Reject.Bytes) > migrate.MaxRaw {
				t.Error("a long reject")
			}
		}
	})
}

func FuzzSQL(f *testing.F) {
	f.Add(dumped)
	f.Add("INSERT INTO t (uuid,chat_message_to_uuid,chat_message_type,chat_message_data,chat_message_is_read,chat_message_io,add_time) VALUES (")
	fuzz(f, chattable.SQL)
}

func FuzzCSV(f *testing.F) {
	f.Add("uuid,chat_message_to_uuid,chat_message_type,chat_message_data,chat_message_is_read,chat_message_io,add_time\n" +
		ann + "," + bob + ",text,\"a \"\"b\"\",\nc\",0,in,2021-01-01 08:00:00\r\n")
	f.Add(ann + "\t" + bob + "\ttext\t{\\\"content\\\":\\\"\\N\t0\tin\t1609459203\n")
	fuzz(f, chattable.CSV)
}
