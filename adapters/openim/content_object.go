package openim

import (
	"strconv"

	"parley/adapters/wire"
)

// objectWriter writes a JSON object without white space, its strings escaped in the style.
type objectWriter struct {
	dst   []byte
	style wire.Style
	begun bool
}

func (w *objectWriter) name(name string) {
	if w.begun {
		w.dst = append(w.dst, ',')
	} else {
		w.dst, w.begun = append(w.dst, '{'), true
	}
	w.dst = append(wire.AppendString(w.dst, name, w.style), ':')
}

func (w *objectWriter) text(name, value string) {
	w.name(name)
	w.dst = wire.AppendString(w.dst, value, w.style)
}

func (w *objectWriter) number(name string, value int64) {
	w.name(name)
	w.dst = strconv.AppendInt(w.dst, value, 10)
}

// known writes a text that is not empty.
func (w *objectWriter) known(name, value string) {
	if value != "" {
		w.text(name, value)
	}
}

// counted writes a number that is not zero.
func (w *objectWriter) counted(name string, value int64) {
	if value != 0 {
		w.number(name, value)
	}
}

// close ends the object, in which something must have been written.
func (w *objectWriter) close() []byte { return append(w.dst, '}') }
