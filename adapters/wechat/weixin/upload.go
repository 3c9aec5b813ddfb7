package weixin

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
)

// File is a file to upload. It is streamed: no more of it is in memory than a buffer.
type File struct {
	Name        string // with the extension that its kind needs; the platform judges by it
	ContentType string // empty means application/octet-stream
	Size        int64  // in bytes, exactly
	// Open gives the content from its beginning. It is called again when the upload has to be repeated, and what it
	// gives is closed.
	Open func() (io.ReadCloser, error)
}

// upload is a file as the part media of a form, with a text part before it or not.
type upload struct {
	file        File
	description []byte // JSON; nil means none
}

// attach makes the form the request's body. The platform wants to know its length, and does not take chunks.
func (u *upload) attach(request *http.Request) error {
	if u.file.Open == nil || u.file.Size <= 0 {
		return fmt.Errorf("%w: there is no file", ErrArgument)
	}
	var around bytes.Buffer
	form := multipart.NewWriter(&around)
	if u.description != nil {
		if err := form.WriteField("description", string(u.description)); err != nil {
			return fmt.Errorf("%w: %w", ErrArgument, err)
		}
	}
	kind := u.file.ContentType
	if kind == "" {
		kind = "application/octet-stream"
	}
	_, err := form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {multipart.FileContentDisposition("media", u.file.Name)},
		"Content-Type":        {kind},
	})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrArgument, err)
	}
	before := around.Len()
	if err := form.Close(); err != nil {
		return fmt.Errorf("%w: %w", ErrArgument, err)
	}
	content, err := u.file.Open()
	if err != nil {
		return fmt.Errorf("%w: %w", errSource, err)
	}
	text := around.Bytes()
	source := &exactly{from: content, left: u.file.Size}
	request.Method = http.MethodPost
	request.Header.Set("Content-Type", form.FormDataContentType())
	request.ContentLength = int64(len(text)) + u.file.Size
	request.Body = &formBody{io.MultiReader(bytes.NewReader(text[:before]), source, bytes.NewReader(text[before:])), content}
	return nil
}

// formBody reads the form and closes the file.
type formBody struct {
	io.Reader
	io.Closer
}

// exactly reads as much as was said, and marks the file's own errors, which are not the network's.
type exactly struct {
	from io.Reader
	left int64
}

func (e *exactly) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n, err := e.from.Read(p[:min(int64(len(p)), e.left)])
	e.left -= int64(n)
	switch {
	case err == io.EOF && e.left > 0:
		return n, fmt.Errorf("%w: it is shorter than was said", errSource)
	case err != nil && err != io.EOF:
		return n, fmt.Errorf("%w: %w", errSource, err)
	}
	return n, nil
}
