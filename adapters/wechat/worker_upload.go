package wechat

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strings"

	"parley/adapters/wechat/weixin"
	"parley/core/official"
)

// mediaUpload returns the platform's ID of a medium as something of the given type, uploading it if it has none that is
// younger than three days.
func (w *Worker) mediaUpload(ctx context.Context, client *weixin.Client, account string, m *official.Media, kind string) (string, error) {
	key := official.UpstreamKey{Material: m.ID, Version: m.Version, Type: kind}
	return w.upload(ctx, account, key, func() (*weixin.Media, error) {
		file, err := w.file(ctx, account, m, kind)
		if err != nil {
			return nil, err
		}
		return client.UploadMedia(ctx, kind, file)
	})
}

// upload returns the platform's ID under a key, which obtain gets if there is none.
func (w *Worker) upload(ctx context.Context, account string, key official.UpstreamKey, obtain func() (*weixin.Media, error)) (string, error) {
	id, ok, err := w.service.UpstreamMedia(ctx, account, key)
	if err != nil || ok {
		return id, err
	}
	uploaded, err := obtain()
	if err != nil {
		return "", err
	}
	created := uploaded.Created * 1000
	if created <= 0 {
		created = w.now().UnixMilli()
	}
	if err := w.service.RememberUpstreamMedia(ctx, account, key, uploaded.ID, created); err != nil {
		// The upload itself is good: it will only be made again.
		w.log.Error("an upload is not remembered", "account", account, "error", err)
	}
	return uploaded.ID, nil
}

// file is a medium as a file that the platform takes, which judges by the name's ending.
func (w *Worker) file(ctx context.Context, account string, m *official.Media, kind string) (weixin.File, error) {
	// Opening it first finds out about what is gone before the platform is asked anything.
	content, err := w.service.OpenMedia(ctx, account, m)
	if err != nil {
		return weixin.File{}, err
	}
	name, contentType := m.Name, "image/jpeg"
	switch kind {
	case weixin.MediaVideo:
		name, contentType = ended(name, ".mp4"), "video/mp4"
	case weixin.MediaVoice:
		if strings.HasSuffix(strings.ToLower(name), ".amr") {
			contentType = "audio/amr"
		} else {
			name, contentType = ended(name, ".mp3"), "audio/mpeg"
		}
	default:
		if lower := strings.ToLower(name); strings.HasSuffix(lower, ".png") {
			contentType = "image/png"
		} else if !strings.HasSuffix(lower, ".jpeg") {
			name = ended(name, ".jpg")
		}
	}
	return weixin.File{Name: name, ContentType: contentType, Size: content.Size(), Open: func() (io.ReadCloser, error) {
		content, err := w.service.OpenMedia(ctx, account, m)
		return io.NopCloser(content), err
	}}, nil
}

// ended gives a name an ending unless it has it.
func ended(name, ending string) string {
	if strings.HasSuffix(strings.ToLower(name), ending) {
		return name
	}
	return name + ending
}

// massMessage is what a mass send or a preview sends.
func (w *Worker) massMessage(ctx context.Context, client *weixin.Client, account, msgType, material string) (weixin.Message, error) {
	message := weixin.Message{Type: msgType}
	switch msgType {
	case weixin.TypeText:
		text, err := w.service.Text(ctx, account, material)
		if err != nil {
			return message, err
		}
		message.Content = text.Content
		return message, nil
	case weixin.MediaImage, weixin.MediaVoice:
		m, err := w.service.Media(ctx, account, material, official.MediaKind(msgType))
		if err != nil {
			return message, err
		}
		message.MediaID, err = w.mediaUpload(ctx, client, account, m, msgType)
		return message, err
	case weixin.TypeMPNews, weixin.MediaNews:
		message.Type = weixin.TypeMPNews
		id, err := w.newsUpload(ctx, client, account, material)
		message.MediaID = id
		return message, err
	}
	message.Type = weixin.TypeMPVideo // what else there is, the client refuses
	if msgType != weixin.TypeMPVideo && msgType != weixin.MediaVideo {
		message.Type = msgType
		return message, nil
	}
	m, err := w.service.Media(ctx, account, material, official.KindVideo)
	if err != nil {
		return message, err
	}
	message.Title, message.Description = m.Title, m.Description
	message.MediaID, err = w.massVideoUpload(ctx, client, account, m)
	return message, err
}

// massVideoUpload returns the platform's ID of a video with its title, which is another one for another title.
func (w *Worker) massVideoUpload(ctx context.Context, client *weixin.Client, account string, m *official.Media) (string, error) {
	sum := sha256.Sum256([]byte(m.Title + "\x00" + m.Description))
	key := official.UpstreamKey{Material: m.ID, Version: m.Version, Type: weixin.TypeMPVideo + "-" + hex.EncodeToString(sum[:8])}
	return w.upload(ctx, account, key, func() (*weixin.Media, error) {
		id, err := w.mediaUpload(ctx, client, account, m, weixin.MediaVideo)
		if err != nil {
			return nil, err
		}
		return client.UploadVideo(ctx, id, m.Title, m.Description)
	})
}

// newsUpload returns the platform's ID of a news with its covers.
func (w *Worker) newsUpload(ctx context.Context, client *weixin.Client, account, id string) (string, error) {
	news, err := w.service.News(ctx, account, id)
	if err != nil {
		return "", err
	}
	key := official.UpstreamKey{Material: news.ID, Version: news.Version, Type: weixin.TypeMPNews}
	return w.upload(ctx, account, key, func() (*weixin.Media, error) {
		items := make([]weixin.NewsItem, len(news.Articles))
		for i, a := range news.Articles {
			cover, err := w.service.Media(ctx, account, a.ImageID, official.KindImage, official.KindNewsImage)
			if err != nil {
				return nil, err
			}
			thumb, err := w.mediaUpload(ctx, client, account, cover, weixin.MediaImage)
			if err != nil {
				return nil, err
			}
			items[i] = weixin.NewsItem{
				ThumbMediaID: thumb, Author: a.Author, Title: a.Title, SourceURL: a.Source, Content: a.Content,
				Digest: a.Digest, ShowCover: a.ShowCover,
			}
		}
		return client.UploadNews(ctx, items)
	})
}
