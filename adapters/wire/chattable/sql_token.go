package chattable

import (
	"bytes"
	"encoding/hex"
	"strings"
)

// The kinds of tokens.
const (
	tokenEnd    = iota // of the file
	tokenWord          // a word without quotation marks
	tokenName          // a name in backticks
	tokenString        // a string, or a number in hexadecimal or binary digits: bytes
	tokenNumber
	tokenSign   // one character of any other kind
	tokenBroken // a string that does not end
)

type token struct {
	kind  int
	text  string // of words, names and signs
	value []byte // of strings and numbers, valid until the next token
}

// is tells whether the token is a sign.
func (t token) is(sign string) bool { return t.kind == tokenSign && t.text == sign }

// lexer reads the tokens of SQL.
type lexer struct {
	text   *text
	token  token // the last one
	start  int64 // where it begins
	line   int64
	buffer []byte
}

// next reads the next token.
func (l *lexer) next() token {
	l.token = l.read()
	return l.token
}

func (l *lexer) read() token {
	l.skipBlank()
	l.start, l.line = l.text.offset, l.text.line
	c := l.text.next()
	switch {
	case c == end:
		return token{kind: tokenEnd}
	case c == '\'' || c == '"':
		return l.quoted(c)
	case c == '`':
		t := l.quoted(c)
		if t.kind == tokenString {
			t = token{kind: tokenName, text: string(t.value)}
		}
		return t
	case '0' <= c && c <= '9':
		return l.number(c)
	case isWordByte(c):
		return l.word(c)
	}
	return token{kind: tokenSign, text: string([]byte{byte(c)})}
}

func isWordByte(c int) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '$' || c >= 0x80
}

// skipBlank passes over white space and comments; what stands in conditional comments is not looked at, for no dump has
// rows there.
func (l *lexer) skipBlank() {
	for {
		switch c := l.text.peek(); {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			l.text.next()
		case c == '#':
			l.skipLine()
		case c == '-' && isDashComment(l.text.ahead(3)):
			l.skipLine()
		case c == '/' && bytes.HasPrefix(l.text.ahead(2), []byte("/*")):
			l.text.next()
			l.text.next()
			for c := l.text.next(); c != end; c = l.text.next() {
				if c == '*' && l.text.peek() == '/' {
					l.text.next()
					break
				}
			}
		default:
			return
		}
	}
}

// isDashComment tells whether two dashes begin a comment: a blank or the end of the file comes behind them.
func isDashComment(b []byte) bool {
	return bytes.HasPrefix(b, []byte("--")) && (len(b) < 3 || b[2] <= ' ')
}

func (l *lexer) skipLine() {
	for c := l.text.next(); c != '\n' && c != end; {
		c = l.text.next()
	}
}

// maxWord is the longest word or number, in bytes; what is longer is cut off and none of ours.
const maxWord = 2 * maxValue

func (l *lexer) word(c int) token {
	l.take(c)
	if next := l.text.peek(); next == '\'' && len(l.buffer) == 1 {
		switch c {
		case 'x', 'X':
			l.text.next()
			return l.digits(l.quoted('\''), 16)
		case 'b', 'B':
			l.text.next()
			return l.digits(l.quoted('\''), 2)
		case 'n', 'N':
			l.text.next()
			return l.quoted('\'')
		}
	}
	return token{kind: tokenWord, text: string(l.buffer)}
}

// take reads word bytes behind c into the buffer.
func (l *lexer) take(c int) {
	l.buffer = append(l.buffer[:0], byte(c))
	for isWordByte(l.text.peek()) {
		if c := l.text.next(); len(l.buffer) < maxWord {
			l.buffer = append(l.buffer, byte(c))
		}
	}
}

func (l *lexer) number(c int) token {
	l.take(c)
	if len(l.buffer) > 2 && l.buffer[0] == '0' && l.buffer[1]|0x20 == 'x' {
		return l.digits(token{kind: tokenString, value: l.buffer[2:]}, 16)
	}
	for l.text.peek() == '.' && len(l.buffer) < maxWord {
		l.buffer = append(l.buffer, byte(l.text.next()))
		for isWordByte(l.text.peek()) && len(l.buffer) < maxWord {
			l.buffer = append(l.buffer, byte(l.text.next()))
		}
	}
	return token{kind: tokenNumber, value: l.buffer}
}

// digits returns the bytes that digits show.
func (l *lexer) digits(t token, base int) token {
	if t.kind != tokenString {
		return t
	}
	text := t.value
	if base == 2 {
		n := byte(0)
		for _, c := range text {
			n = n<<1 | c&1
		}
		return token{kind: tokenString, value: append(l.buffer[:0], '0'+n%10)} // of flags: b'0' and b'1'
	}
	value := make([]byte, hex.DecodedLen(len(text)))
	if _, err := hex.Decode(value, text); err != nil {
		return token{kind: tokenBroken}
	}
	return token{kind: tokenString, value: value}
}

// quoted reads what stands between quotation marks. A line that begins a statement or a row ends a string that nobody has
// closed: dumps write line feeds as escapes.
func (l *lexer) quoted(mark int) token {
	l.buffer = l.buffer[:0]
	for {
		c := l.text.next()
		switch {
		case c == end || len(l.buffer) > maxValue:
			return token{kind: tokenBroken}
		case c == '\n' && startsStatement(l.text.ahead(len("insert into"))):
			return token{kind: tokenBroken}
		case c == '\\' && mark != '`':
			switch c := l.text.next(); c {
			case end:
				return token{kind: tokenBroken}
			case '%', '_': // these keep their backslash
				l.buffer = append(l.buffer, '\\', byte(c))
			default:
				l.buffer = appendEscaped(l.buffer, c)
			}
			continue
		case c == mark && l.text.peek() == mark:
			l.text.next()
		case c == mark:
			return token{kind: tokenString, value: l.buffer}
		}
		l.buffer = append(l.buffer, byte(c))
	}
}

func startsStatement(ahead []byte) bool {
	lower := strings.ToLower(string(ahead))
	for _, head := range [...]string{"insert into", "replace int", "unlock tabl", "/*!40000 al"} {
		if lower == head {
			return true
		}
	}
	return len(ahead) > 1 && ahead[0] == '(' && (ahead[1] == '\'' || '0' <= ahead[1] && ahead[1] <= '9')
}

// skipStatement passes over the rest of a statement whose last token was read.
func (l *lexer) skipStatement() {
	for !l.token.is(";") && l.token.kind != tokenEnd {
		l.next()
	}
}

// resync goes on at the next row of the statement, or behind the statement, which it tells by false.
func (l *lexer) resync() bool {
	for {
		switch t := l.token; {
		case t.kind == tokenEnd || t.is(";"):
			return false
		case t.is(","), t.kind == tokenBroken:
			return true
		case t.kind == tokenWord && strings.EqualFold(t.text, "INSERT"):
			return false
		}
		l.next()
	}
}
