package wechat

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"time"

	"parley/adapters/wire"
	"parley/core"
	"parley/core/official"
)

const (
	// uploadsAtOnce bounds the memory of uploads: each holds about two megabytes, whatever the size of the file.
	uploadsAtOnce = 16
	// turnTime is how long an upload waits for its turn.
	turnTime = 20 * time.Second
	// maxAround is how much of a form there may be beside the file.
	maxAround = 64 << 10
	// filePart is the name of the part that is the file.
	filePart = "file"
)

const (
	textTooLarge     = "file size exceeded limit"
	textManyUploads  = "too many uploads at once, try again"
	multipartContent = "multipart/form-data"
)

// uploads receives files. It is shared by all endpoints that do.
type uploads struct {
	slots   chan struct{}
	lenient bool // accept the endings that the platform does not
	inspect bool // refuse files that are not what their name says
}

func newUploads(lenient, inspect bool) *uploads {
	return &uploads{slots: make(chan struct{}, uploadsAtOnce), lenient: lenient, inspect: inspect}
}

// receive lets store have the file of a request and the name under which to keep it, as the file comes in. The size is
// checked before the name, so that a file that is wrong in both ways is refused for its size.
func (u *uploads) receive(x *exchange, form *mediaForm, store func(name string, file io.Reader) (*official.Media, error)) (*official.Media, error) {
	if x.ctx.Request.Header.ContentLength() > int(form.limit)+maxAround {
		return nil, tooLarge()
	}
	if err := u.takeTurn(); err != nil {
		return nil, err
	}
	defer func() { <-u.slots }()
	body := &io.LimitedReader{R: bodyOf(x), N: form.limit + maxAround}
	part, err := findFile(body, string(x.ctx.Request.Header.ContentType()))
	if err != nil {
		return nil, cutShort(body, err)
	}
	head, genuine := bufio.NewReader(part), true
	if u.inspect {
		start, _ := head.Peek(headLength) // a file that is shorter is judged by what there is
		genuine = form.genuine(start)
	}
	if name := fileName(part.FileName()); genuine && form.accepts(name, u.lenient) {
		m, err := store(name, head)
		return m, cutShort(body, err)
	}
	n, err := io.Copy(io.Discard, io.LimitReader(head, form.limit+1))
	switch {
	case n > form.limit:
		return nil, tooLarge()
	case err != nil:
		return nil, cutShort(body, err)
	}
	return nil, &refusal{http.StatusUnsupportedMediaType, form.refusal, core.Unsupported}
}

func (u *uploads) takeTurn() error {
	select {
	case u.slots <- struct{}{}:
		return nil
	default:
	}
	timer := time.NewTimer(turnTime)
	defer timer.Stop()
	select {
	case u.slots <- struct{}{}:
		return nil
	case <-timer.C:
		return &refusal{http.StatusServiceUnavailable, textManyUploads, core.Limited}
	}
}

// bodyOf returns the body of a request, as it comes in or where it is in memory already.
func bodyOf(x *exchange) io.Reader {
	if stream := x.ctx.RequestBodyStream(); stream != nil {
		return stream
	}
	return bytes.NewReader(x.ctx.PostBody())
}

// findFile reads a form up to the file.
func findFile(body io.Reader, contentType string) (*multipart.Part, error) {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil || kind != multipartContent || params["boundary"] == "" {
		return nil, missing(filePart)
	}
	form := multipart.NewReader(body, params["boundary"])
	for {
		part, err := form.NextRawPart()
		switch {
		case errors.Is(err, io.EOF):
			return nil, missing(filePart)
		case err != nil:
			return nil, core.Wrap(core.Invalid, "the form is broken", err)
		case part.FormName() == filePart && part.FileName() != "":
			return part, nil
		}
	}
}

func tooLarge() error {
	return &refusal{http.StatusRequestEntityTooLarge, textTooLarge, core.TooLarge}
}

// cutShort says why a form could not be read to the end of its file.
func cutShort(body *io.LimitedReader, err error) error {
	_, refused := errors.AsType[*refusal](err)
	fault, known := errors.AsType[*core.Fault](err)
	switch {
	case err == nil:
		return nil
	case refused && body.N > 0:
		return err
	case body.N <= 0, known && fault.Code == core.TooLarge && fault.Field == official.FieldMedia:
		return tooLarge()
	case !known, fault.Code == core.Invalid && fault.Field == "":
		return invalid(filePart)
	}
	return err
}

// formEndpoint is an endpoint whose request is a form with a file, which its row's operation reads.
type formEndpoint[Q, A any] struct {
	*wire.Row[Q, A]

	spec wire.Spec
}

// takesFile describes the file to the reference page.
func takesFile[Q, A any](row *wire.Row[Q, A], zh, en string) *formEndpoint[Q, A] {
	spec := *row.Spec()
	spec.Params = append(slices.Clip(spec.Params), wire.ParamSpec{
		Name: filePart, Type: wire.TypeString, From: wire.PlacePart, Required: true, ZH: zh, EN: en,
	})
	return &formEndpoint[Q, A]{row, spec}
}

// Spec implements wire.Endpoint.
func (f *formEndpoint[Q, A]) Spec() *wire.Spec { return &f.spec }

// serve implements direct. The body stays where it is until the operation reads it.
func (f *formEndpoint[Q, A]) serve(x *exchange) error { return x.invoke(&x.in) }
