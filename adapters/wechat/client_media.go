package wechat

import (
	"context"
	"iter"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"parley/core"
	"parley/core/official"
)

// ListedMedia is an image, a voice or a video of a remote, and where everybody can have it.
type ListedMedia struct {
	official.Media

	URL string
}

// Images goes through the images, the newest first. Covers of articles are not among them.
func (a *RemoteAccount) Images(ctx context.Context) iter.Seq2[ListedMedia, error] {
	return a.media(ctx, official.KindImage, &a.client.table.image)
}

// Voices goes through the voices, the newest first.
func (a *RemoteAccount) Voices(ctx context.Context) iter.Seq2[ListedMedia, error] {
	return a.media(ctx, official.KindVoice, &a.client.table.voice)
}

func (a *RemoteAccount) media(ctx context.Context, kind official.MediaKind, t *mediaTable) iter.Seq2[ListedMedia, error] {
	walk := walked(func(p page) ([]mediaItem, int64, error) {
		var answer mediaList
		err := ask(ctx, a.client, t.list, a.id, &pageQuery{page: p}, &answer)
		return answer.items, answer.pagination.count, err
	}, func(m *mediaItem) string { return m.id })
	return mapped(walk, func(m *mediaItem) (ListedMedia, error) {
		return ListedMedia{official.Media{ID: m.id, Kind: kind, Name: m.name}, m.url}, nil
	}, nil)
}

// Videos goes through the videos, the newest first.
func (a *RemoteAccount) Videos(ctx context.Context) iter.Seq2[ListedMedia, error] {
	walk := walked(func(p page) ([]videoItem, int64, error) {
		var answer videoList
		err := ask(ctx, a.client, a.client.table.videos, a.id, &pageQuery{page: p}, &answer)
		return answer.items, answer.pagination.count, err
	}, func(v *videoItem) string { return v.id })
	return mapped(walk, func(v *videoItem) (ListedMedia, error) {
		return ListedMedia{official.Media{
			ID: v.id, Kind: official.KindVideo, Title: v.title, Description: v.description, Created: v.created,
		}, v.url}, nil
	}, nil)
}

// File is a medium that was downloaded.
type File struct {
	Name, ContentType string
	Content           []byte
}

// Download returns the content of a medium. That of an image or a voice comes from the endpoint for it; for everything
// else, videos, covers and what followers have sent, there is none, and it comes from where the URL of the medium leads to
// on the remote itself, whatever host it names. What does not exist is NotFound.
func (a *RemoteAccount) Download(ctx context.Context, m *ListedMedia) (*File, error) {
	path, err := a.pathOf(m)
	if err != nil {
		return nil, err
	}
	reply, err := a.client.remote.Do(ctx, http.MethodGet, path, nil, a.client.headers()...)
	if err != nil {
		return nil, err
	}
	switch {
	case reply.Status == http.StatusNotFound:
		return nil, core.NewFault(core.NotFound, official.FieldMedia, "there is no such medium")
	case strings.HasPrefix(reply.ContentType, "application/json"):
		if _, err := a.client.open(a.client.table.bind.Spec(), &reply); err != nil {
			return nil, err
		}
		return nil, core.NewFault(core.Internal, "", "the remote answers with something that is no medium")
	case reply.Status != http.StatusOK:
		return nil, core.NewFault(core.Internal, "", "the remote answers "+http.StatusText(reply.Status))
	}
	file := &File{Name: m.Name, ContentType: reply.ContentType, Content: reply.Body}
	if _, params, err := mime.ParseMediaType(reply.Disposition); err == nil && params["filename"] != "" {
		if name, err := url.QueryUnescape(params["filename"]); err == nil {
			file.Name = name
		}
	}
	return file, nil
}

// pathOf returns where a medium is to be had.
func (a *RemoteAccount) pathOf(m *ListedMedia) (string, error) {
	var endpoint string
	switch m.Kind {
	case official.KindImage:
		endpoint = a.client.table.image.download.Spec().Name
	case official.KindVoice:
		endpoint = a.client.table.voice.download.Spec().Name
	default:
		u, err := url.Parse(m.URL)
		if err != nil || u.Path == "" {
			return "", core.NewFault(core.NotFound, official.FieldURL, "the medium has no address")
		}
		return u.RequestURI(), nil
	}
	_, path, _ := strings.Cut(endpoint, " ")
	return strings.NewReplacer("{"+infoID+"}", url.PathEscape(a.id), "{ID}", url.PathEscape(m.ID)).Replace(path), nil
}
