package yesapi

import (
	"io"
	"time"

	"parley/adapters/wire"
	"parley/adapters/wire/chattable"
	"parley/core"
)

// OpenTable returns the platform's message table, exported into a file of the given size, as a source of a migration. zone
// may be nil and natural tells of chat_message_io; see chattable.Options.
func OpenTable(file io.ReaderAt, size int64, format chattable.Format, zone *time.Location, natural bool) (*chattable.Source, error) {
	return chattable.Open(file, size, chattable.Options{
		Name: Name + "-table", Format: format, Content: storedContent, Zone: zone, Natural: natural,
	})
}

// storedContent returns the content of a chat_message_data as the table has it.
func storedContent(messageType, data string) (core.Content, error) {
	normal, err := wire.Normalize(nil, wire.Bytes(data))
	if err != nil || len(normal) == 0 || normal[0] != '{' && normal[0] != '[' {
		return core.Content{}, core.NewFault(core.Invalid, core.FieldContent, "the data is no JSON object")
	}
	return contentOf(messageType, wire.View(normal))
}
