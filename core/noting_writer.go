package core

import (
	"encoding/binary"

	"parley/storage"
)

// notingWriter notes of which apps a group changes something, whatever operation does it: the heads of those apps count
// it, so that other gateways notice.
type notingWriter struct {
	storage.Writer
	changed []changedApp
}

// changedApp is what a group changes of an app.
type changedApp struct {
	app             uint32
	users, sessions bool
}

func (w *notingWriter) begin(tx storage.Writer) {
	w.Writer, w.changed = tx, w.changed[:0]
}

// Set implements storage.Writer.
func (w *notingWriter) Set(key, value []byte) error {
	w.note(key)
	return w.Writer.Set(key, value)
}

// Delete implements storage.Writer.
func (w *notingWriter) Delete(key []byte) error {
	w.note(key)
	return w.Writer.Delete(key)
}

func (w *notingWriter) note(key []byte) {
	table := key[0]
	switch table {
	case tableApps, tableAppKeys, tableGeneration:
		return // they count for themselves
	}
	app := binary.BigEndian.Uint32(key[1:])
	i := len(w.changed) - 1
	for i >= 0 && w.changed[i].app != app {
		i--
	}
	if i < 0 {
		i = len(w.changed)
		w.changed = append(w.changed, changedApp{app: app})
	}
	switch table {
	case tableUsers:
		w.changed[i].users = true
	case tableSessions:
		w.changed[i].sessions = true
	}
}
