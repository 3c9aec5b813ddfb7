package migrate

import (
	"bytes"

	"parley/core/archive"
)

// rejectOf is a record that the engine refused, as a line of an archive.
func rejectOf(r *archive.Reject) (*Reject, error) {
	var b bytes.Buffer
	w := archive.NewWriter(&b, archive.Header{})
	if err := w.Write(&r.Record); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	lines := bytes.SplitN(b.Bytes(), []byte("\n"), 3) // the header, the record and the end
	note := r.Fault.Note
	if note == "" {
		note = r.Fault.Code.String()
	}
	return NewReject(0, string(r.Record.Type)+": "+note, "", string(lines[1])), nil
}
