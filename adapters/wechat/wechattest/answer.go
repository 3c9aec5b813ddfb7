package wechattest

import (
	"bytes"
	"encoding/xml"
	"fmt"

	"parley/adapters/wechat/weixin"
)

// Answer is what a callback was answered with.
type Answer struct {
	Raw      []byte // as it came
	Attempts int    // how often the callback was sent
	Sealed   bool   // it came in the form of safe mode, and its signature was right
	Reply    *Reply // nil if the answer is empty or the word success
}

// Reply is a passive reply. What does not belong to its type is empty.
type Reply struct {
	To      string `xml:"ToUserName"`
	From    string `xml:"FromUserName"`
	Created int64  `xml:"CreateTime"`
	Type    string `xml:"MsgType"`
	Content string `xml:"Content"`
	Image   struct {
		MediaID string `xml:"MediaId"`
	} `xml:"Image"`
	Voice struct {
		MediaID string `xml:"MediaId"`
	} `xml:"Voice"`
	Video struct {
		MediaID     string `xml:"MediaId"`
		Title       string `xml:"Title"`
		Description string `xml:"Description"`
	} `xml:"Video"`
	Music struct {
		Title        string `xml:"Title"`
		Description  string `xml:"Description"`
		MusicURL     string `xml:"MusicUrl"`
		HQMusicURL   string `xml:"HQMusicUrl"`
		ThumbMediaID string `xml:"ThumbMediaId"`
	} `xml:"Music"`
	ArticleCount int       `xml:"ArticleCount"`
	Articles     []Article `xml:"Articles>item"`
}

// Article is an article of a reply with news.
type Article struct {
	Title       string `xml:"Title"`
	Description string `xml:"Description"`
	PicURL      string `xml:"PicUrl"`
	URL         string `xml:"Url"`
}

// sealedReply is the form of safe mode.
type sealedReply struct {
	Encrypt   string `xml:"Encrypt"`
	Signature string `xml:"MsgSignature"`
	Timestamp string `xml:"TimeStamp"`
	Nonce     string `xml:"Nonce"`
}

// read takes an answer as the platform does: empty, the word success, or a reply.
func (p *Pusher) read(text []byte, tried int) (*Answer, error) {
	a := &Answer{Raw: text, Attempts: tried}
	if trimmed := bytes.TrimSpace(text); len(trimmed) == 0 || string(trimmed) == weixin.Success {
		return a, nil
	}
	var sealed sealedReply
	if err := xml.Unmarshal(text, &sealed); err != nil {
		return nil, fmt.Errorf("%w: %w: %.100q", ErrAnswer, err, text)
	}
	if sealed.Encrypt != "" {
		if !weixin.Signed(sealed.Signature, p.Token, sealed.Timestamp, sealed.Nonce, sealed.Encrypt) {
			return nil, fmt.Errorf("%w: its signature is wrong", ErrAnswer)
		}
		sealer, err := weixin.NewSealer(p.EncodingKey, p.AppID)
		if err != nil {
			return nil, err
		}
		if text, err = sealer.Open(sealed.Encrypt); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrAnswer, err)
		}
		a.Sealed = true
	}
	if p.Mode == Safe && !a.Sealed {
		return nil, fmt.Errorf("%w: it is not sealed", ErrAnswer)
	}
	a.Reply = new(Reply)
	if err := xml.Unmarshal(text, a.Reply); err != nil {
		return nil, fmt.Errorf("%w: %w: %.100q", ErrAnswer, err, text)
	}
	if a.Reply.Type == "" || a.Reply.Type == "news" && a.Reply.ArticleCount != len(a.Reply.Articles) {
		return nil, fmt.Errorf("%w: %.100q", ErrAnswer, text)
	}
	return a, nil
}
