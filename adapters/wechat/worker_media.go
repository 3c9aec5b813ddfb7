package wechat

import (
	"context"
	"errors"
	"io"

	"parley/adapters/wechat/weixin"
	"parley/core/official"
)

// fetchMedia makes our own copies of the media of a received message, and then shows it to the app.
func (w *Worker) fetchMedia(ctx context.Context, job *official.Job) error {
	in, err := w.service.Inbound(ctx, job.Account, job.Key)
	if err != nil {
		return err
	}
	client, err := w.client(ctx, job.Account)
	if err != nil {
		return err
	}
	if in.MediaID != "" && in.Copy == "" {
		if in.Copy, err = w.copyMedia(ctx, client, job.Account, in.MediaID, in.ID+mediaExtension(in)); err != nil {
			return err
		}
		if err := w.service.SetInboundCopy(ctx, job.Account, in.ID, in.Copy, ""); err != nil {
			return err
		}
	}
	if in.ThumbMediaID != "" && in.ThumbCopy == "" {
		in.ThumbCopy, err = w.copyMedia(ctx, client, job.Account, in.ThumbMediaID, in.ID+"_thumb.jpg")
		switch {
		case refused(err): // a video is worth having without its picture, too
			w.log.Warn("the picture of a video can not be fetched", "account", job.Account, "error", err)
		case err != nil:
			return err
		default:
			if err := w.service.SetInboundCopy(ctx, job.Account, in.ID, "", in.ThumbCopy); err != nil {
				return err
			}
		}
	}
	return w.showInbound(ctx, job.Account, in)
}

// mediaExtension is the ending of the name of a message's medium.
func mediaExtension(in *official.Inbound) string {
	switch in.Kind {
	case official.InboundImage:
		return ".jpg"
	case official.InboundVideo:
		return ".mp4"
	case official.InboundVoice:
		if f := in.Format; f != "" && len(f) <= 8 && isWord(f) {
			return "." + f
		}
		return ".amr"
	default:
		return ""
	}
}

// isWord tells whether a text has letters and digits only.
func isWord(s string) bool {
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return false
		}
	}
	return true
}

// copyMedia stores what the platform has under a media id, as it comes.
func (w *Worker) copyMedia(ctx context.Context, client *weixin.Client, account, mediaID, name string) (string, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends the download if the copy can not be stored
	reader, writer := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		_, err := client.DownloadMedia(ctx, mediaID, writer)
		ended <- err
		_ = writer.CloseWithError(err) // never fails; nil is the end
	}()
	m, err := w.service.CreateMedia(ctx, account, official.KindReceived, clip(name, 100), reader, weixin.MaxMedia)
	_ = reader.Close() // never fails
	cancel()
	failed := <-ended
	switch {
	case err == nil:
		return m.ID, nil
	case failed != nil && !errors.Is(failed, context.Canceled) && !errors.Is(failed, io.ErrClosedPipe):
		return "", failed // that is why it could not be stored
	}
	return "", err
}
