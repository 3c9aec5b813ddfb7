package phalapi

import (
	"io"
	"time"

	"parley/adapters/wire/chattable"
	"parley/adapters/wire/php"
	"parley/core"
)

// OpenTable returns the platform's message table, exported into a file of the given size, as a source of a migration. zone
// may be nil and natural tells of chat_message_io; see chattable.Options.
func OpenTable(file io.ReaderAt, size int64, format chattable.Format, zone *time.Location, natural bool) (*chattable.Source, error) {
	return chattable.Open(file, size, chattable.Options{
		Name: Name + "-table", Format: format, Content: storedContent, Zone: zone, Natural: natural,
	})
}

// storedContent returns the content of a chat_message_data as the table has it: what a client sends in it.
func storedContent(messageType, data string) (core.Content, error) {
	return core.Content{Kind: php.KindOf(messageType), Body: []byte(data)}, nil
}
