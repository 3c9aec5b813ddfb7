package chattable

import (
	"errors"
	"slices"
	"strings"
)

// dump is an SQL dump: the rows of the INSERT statements of the table, whatever else is in it.
type dump struct {
	lexer  lexer
	table  *layout // of CREATE TABLE
	named  string
	rows   *layout // of the INSERT whose rows are read; nil outside
	head   []byte  // begins an INSERT for rejected rows
	listed string
	row    row
	values [][]byte
	buffer []byte
}

// newDump goes on at a place.
func newDump(t *text, at *place) *dump {
	d := &dump{lexer: lexer{text: t}, table: at.Table, named: at.Named, rows: at.Rows, listed: at.Listed}
	d.begin()
	return d
}

// begin makes the beginning of the statement that a rejected row needs.
func (d *dump) begin() {
	d.head = append(append(append(d.head[:0], "INSERT INTO `"...), d.named...), '`')
	if d.listed != "" {
		d.head = append(append(append(d.head, " ("...), d.listed...), ')')
	}
	d.head = append(d.head, " VALUES "...)
}

// note implements scanner.
func (d *dump) note(at *place) {
	at.Offset, at.Line = d.lexer.text.offset, d.lexer.text.line
	at.Table, at.Named, at.Rows, at.Listed = d.table, d.named, d.rows, d.listed
}

// next implements scanner.
func (d *dump) next() (*row, error) {
	for {
		if d.rows == nil {
			if err := d.statement(); err != nil {
				return nil, err
			}
			continue
		}
		t := d.lexer.next()
		switch {
		case t.kind == tokenEnd:
			return nil, d.lexer.text.finished()
		case t.is("("):
			d.tuple()
			return &d.row, nil
		case t.is(","):
		case t.is(";"):
			d.rows = nil
		default:
			// ON DUPLICATE KEY UPDATE, or what is left of a broken row.
			if !d.lexer.resync() {
				d.rows = nil
			}
		}
	}
}

// tuple reads the row whose parenthesis was opened.
func (d *dump) tuple() {
	d.row.start, d.row.line = d.lexer.start, d.lexer.line
	d.row.bad, d.row.head = "", d.head
	d.values, d.buffer = d.values[:0], d.buffer[:0]
	d.lexer.text.capture()
	bad := d.read()
	d.row.raw = append([]byte{'('}, d.lexer.text.captured()...)
	if d.row.bad = bad; bad == "" {
		d.row.set(d.rows, d.values)
	}
}

// read reads the values up to the closing parenthesis.
func (d *dump) read() (bad string) {
	fail := func(reason string) {
		if bad == "" {
			bad = reason
		}
	}
	for {
		given, value, ok := d.value(fail)
		if !ok {
			return bad
		}
		if given {
			d.values = append(d.values, value)
		}
		switch t := d.lexer.token; {
		case t.is(")"):
			return bad
		case t.is(","):
		case t.kind == tokenBroken || t.kind == tokenEnd:
			fail("the row is broken off")
			return bad
		default:
			fail("a value is no literal")
			if !d.skipToComma() {
				return bad
			}
			if d.lexer.token.is(")") {
				return bad
			}
		}
	}
}

// value reads one value and the token behind it. ok is false if the row is over before.
func (d *dump) value(fail func(string)) (given bool, value []byte, ok bool) {
	t := d.lexer.next()
	for t.kind == tokenWord && strings.HasPrefix(t.text, "_") || t.is("+") {
		t = d.lexer.next() // a character set, which says nothing of the bytes
	}
	negative := t.is("-")
	if negative {
		t = d.lexer.next()
	}
	start := len(d.buffer)
	switch t.kind {
	case tokenString, tokenNumber:
		if negative {
			d.buffer = append(d.buffer, '-')
		}
		d.buffer = append(d.buffer, t.value...)
		value = d.buffer[start:len(d.buffer):len(d.buffer)]
	case tokenWord:
		switch strings.ToUpper(t.text) {
		case "NULL", "DEFAULT":
		case "TRUE":
			value = []byte("1")
		case "FALSE":
			value = []byte("0")
		default:
			fail("a value is no literal")
		}
	case tokenEnd, tokenBroken:
		fail("the row is broken off")
		return false, nil, false
	default:
		if t.is(")") {
			fail("the row has an empty value")
			return false, nil, false
		}
		fail("a value is no literal")
		return true, nil, t.is(",") || d.skipToComma()
	}
	d.lexer.next()
	return true, value, true
}

// skipToComma passes over the rest of a value that is none, parentheses included. It returns false at the end of the row.
func (d *dump) skipToComma() bool {
	for depth := 0; ; {
		t := d.lexer.token
		switch {
		case t.kind == tokenEnd || t.kind == tokenBroken:
			return false
		case t.is("("):
			depth++
		case t.is(")") && depth > 0:
			depth--
		case t.is(")"), t.is(",") && depth == 0:
			return true
		}
		d.lexer.next()
	}
}

// statement reads a statement: up to the first row of an INSERT into the table, or to its end.
func (d *dump) statement() error {
	t := d.lexer.next()
	if t.kind == tokenEnd {
		return d.lexer.text.finished()
	}
	switch strings.ToUpper(t.text) {
	case "CREATE":
		d.create()
	case "INSERT", "REPLACE":
		d.insert()
	default:
		d.lexer.skipStatement()
	}
	return nil
}

// insert reads the head of an INSERT.
func (d *dump) insert() {
	t := d.lexer.next()
	for t.kind == tokenWord && !strings.EqualFold(t.text, "INTO") && isModifier(t.text) {
		t = d.lexer.next()
	}
	if strings.EqualFold(t.text, "INTO") && t.kind == tokenWord {
		d.lexer.next()
	}
	name := d.name()
	rows := (*layout)(nil)
	if name == d.named {
		rows = d.table
	}
	listed := ""
	if d.lexer.token.is("(") {
		names := d.names()
		rows = nil
		if l, ok := layoutOf(names); ok {
			rows, listed = &l, "`"+strings.Join(names, "`, `")+"`"
		}
	}
	if word := strings.ToUpper(d.lexer.token.text); rows == nil || word != "VALUES" && word != "VALUE" {
		d.lexer.skipStatement()
		return
	}
	d.rows, d.named, d.listed = rows, name, listed
	d.begin()
}

func isModifier(word string) bool {
	return slices.Contains([]string{"IGNORE", "DELAYED", "LOW_PRIORITY", "HIGH_PRIORITY"}, strings.ToUpper(word))
}

// name reads a name that may have its database before it, and the token behind it.
func (d *dump) name() string {
	name := d.lexer.token.text
	for d.lexer.next(); d.lexer.token.is("."); d.lexer.next() {
		name = d.lexer.next().text
	}
	return name
}

// maxColumns bounds the columns of a table.
const maxColumns = 64

// names reads a list of names in parentheses, and the token behind it.
func (d *dump) names() (names []string) {
	for len(names) < maxColumns {
		t := d.lexer.next()
		if t.kind != tokenWord && t.kind != tokenName {
			break
		}
		names = append(names, t.text)
		if !d.lexer.next().is(",") {
			break
		}
	}
	if d.lexer.token.is(")") {
		d.lexer.next()
	}
	return names
}

// create reads a CREATE TABLE and notes the order of the table's columns.
func (d *dump) create() {
	t := d.lexer.next()
	for t.kind == tokenWord && !strings.EqualFold(t.text, "TABLE") {
		t = d.lexer.next()
	}
	if !strings.EqualFold(t.text, "TABLE") {
		d.lexer.skipStatement()
		return
	}
	for t = d.lexer.next(); t.kind == tokenWord && slices.Contains([]string{"IF", "NOT", "EXISTS"}, strings.ToUpper(t.text)); {
		t = d.lexer.next()
	}
	name := d.name()
	if !d.lexer.token.is("(") {
		d.lexer.skipStatement()
		return
	}
	if l, ok := layoutOf(d.columns()); ok {
		d.table, d.named = &l, name
	}
	d.lexer.skipStatement()
}

// columns reads the names of the columns that a CREATE TABLE declares.
func (d *dump) columns() (names []string) {
	depth, first := 1, true
	for len(names) < maxColumns {
		t := d.lexer.next()
		switch {
		case t.kind == tokenEnd || t.kind == tokenBroken || t.is(";"):
			return names
		case t.is("("):
			depth++
		case t.is(")"):
			if depth--; depth == 0 {
				return names
			}
		case t.is(",") && depth == 1:
			first = true
			continue
		case first && depth == 1 && (t.kind == tokenName || t.kind == tokenWord && !isConstraint(t.text)):
			names = append(names, t.text)
		}
		first = false
	}
	return names
}

func isConstraint(word string) bool {
	return slices.Contains([]string{"PRIMARY", "KEY", "UNIQUE", "INDEX", "CONSTRAINT", "FULLTEXT", "SPATIAL", "FOREIGN", "CHECK"}, strings.ToUpper(word))
}

var errNoRows = errors.New("chattable: the dump has no INSERT into a table with the columns uuid, chat_message_to_uuid, chat_message_data and so on")
