package weixin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strings"

	"parley/adapters/wire/outside"
)

// Download tells of media that were written.
type Download struct {
	Name        string // as the platform named it, without folders and control characters; it may be empty
	ContentType string
	Size        int64 // in bytes
}

// DownloadMedia writes to dst what has a media id, MaxMedia bytes at most, or else fails with ErrTooLarge. Of a video the
// platform first gives the URL, which is fetched through the client for what is outside. What dst got before an error is
// worth nothing; nothing is written twice.
func (c *Client) DownloadMedia(ctx context.Context, mediaID string, dst io.Writer) (*Download, error) {
	k := call{name: "media/get", query: url.Values{"media_id": {mediaID}}, media: true}
	var got *Download
	k.receive = func(response *http.Response) (err error) {
		got, err = receive(response, dst)
		return err
	}
	var a struct {
		VideoURL string `json:"video_url"`
	}
	if err := c.do(ctx, &k, &a); err != nil {
		return nil, err
	}
	if got != nil {
		return got, nil
	}
	if a.VideoURL == "" {
		return nil, &CallError{Call: k.name, Err: fmt.Errorf("%w: it answered with neither media nor a URL", ErrUnavailable)}
	}
	got, err := c.fetch(ctx, a.VideoURL, dst)
	if err != nil {
		return nil, &CallError{Call: k.name, Err: err}
	}
	return got, nil
}

// fetch writes what a URL from outside leads to.
func (c *Client) fetch(ctx context.Context, from string, dst io.Writer) (*Download, error) {
	ctx, cancel := context.WithTimeout(ctx, mediaTimeout)
	defer cancel()
	u, err := url.Parse(from)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.User != nil {
		return nil, outside.ErrAddress
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), http.NoBody)
	if err != nil {
		return nil, outside.ErrAddress
	}
	response, err := c.outside.Do(request)
	if err != nil {
		return nil, unavailable(ctx, err)
	}
	defer drain(response.Body)
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%w: it answered with status %d", ErrUnavailable, response.StatusCode)
	}
	return receive(response, dst)
}

// receive copies an answer's body within the limit.
func receive(response *http.Response, dst io.Writer) (*Download, error) {
	if response.ContentLength > MaxMedia {
		return nil, ErrTooLarge
	}
	n, err := io.Copy(sink{dst}, io.LimitReader(response.Body, MaxMedia+1))
	switch {
	case errors.Is(err, errSink):
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	case n > MaxMedia:
		return nil, ErrTooLarge
	}
	return &Download{Name: fileName(response.Header), ContentType: response.Header.Get("Content-Type"), Size: n}, nil
}

// sink marks the errors of the caller's writer, which are not the network's.
type sink struct{ to io.Writer }

func (s sink) Write(p []byte) (int, error) {
	n, err := s.to.Write(p)
	if err != nil {
		return n, fmt.Errorf("%w: %w", errSink, err)
	}
	return n, nil
}

// fileName gives the name in the answer's head, as a name and nothing else.
func fileName(header http.Header) string {
	_, parameters, err := mime.ParseMediaType(header.Get("Content-Disposition"))
	if err != nil {
		return ""
	}
	name := strings.Map(func(r rune) rune {
		switch {
		case r < ' ' || r == 0x7f || r == '\ufffd':
			return -1
		case r == '\\':
			return '/'
		}
		return r
	}, parameters["filename"])
	if name = path.Base(name); name == "." || name == "/" || name == ".." {
		return ""
	}
	return name
}
