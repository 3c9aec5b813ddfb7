package weixin

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// Success is the answer to a callback that has no reply.
const Success = "success"

// ReplyContentType is the type of the replies' bodies.
const ReplyContentType = "application/xml; charset=utf-8"

// Reply is the head of a passive reply. Its methods append a whole reply to dst and return it. They split what would end a
// CDATA section, and leave out the characters that XML can not hold: the platform tells the follower that the account is out
// of order if it can not read a reply.
type Reply struct {
	To      string // the follower's openid
	From    string // the account's original id
	Created int64  // in seconds since 1970
}

// Article is one article of a news reply, or of a news message of the customer service.
type Article struct{ Title, Description, PicURL, URL string }

// Music is the content of a music reply. ThumbMediaID is left out if it is empty.
type Music struct{ Title, Description, MusicURL, HQMusicURL, ThumbMediaID string }

// AppendText appends a reply with text.
func (r Reply) AppendText(dst []byte, content string) []byte {
	return end(appendElement(r.begin(dst, "text"), "Content", content))
}

// AppendImage appends a reply with an image that was uploaded.
func (r Reply) AppendImage(dst []byte, mediaID string) []byte {
	dst = append(r.begin(dst, "image"), "<Image>"...)
	dst = appendElement(dst, "MediaId", mediaID)
	return end(append(dst, "</Image>"...))
}

// AppendVoice appends a reply with a voice recording that was uploaded.
func (r Reply) AppendVoice(dst []byte, mediaID string) []byte {
	dst = append(r.begin(dst, "voice"), "<Voice>"...)
	dst = appendElement(dst, "MediaId", mediaID)
	return end(append(dst, "</Voice>"...))
}

// AppendVideo appends a reply with a video that was uploaded.
func (r Reply) AppendVideo(dst []byte, mediaID, title, description string) []byte {
	dst = append(r.begin(dst, "video"), "<Video>"...)
	dst = appendElement(dst, "MediaId", mediaID)
	dst = appendElement(dst, "Title", title)
	dst = appendElement(dst, "Description", description)
	return end(append(dst, "</Video>"...))
}

// AppendMusic appends a reply with music.
func (r Reply) AppendMusic(dst []byte, music Music) []byte {
	dst = append(r.begin(dst, "music"), "<Music>"...)
	dst = appendElement(dst, "Title", music.Title)
	dst = appendElement(dst, "Description", music.Description)
	dst = appendElement(dst, "MusicUrl", music.MusicURL)
	dst = appendElement(dst, "HQMusicUrl", music.HQMusicURL)
	if music.ThumbMediaID != "" {
		dst = appendElement(dst, "ThumbMediaId", music.ThumbMediaID)
	}
	return end(append(dst, "</Music>"...))
}

// AppendNews appends a reply with all the articles. The platform shows one in answer to a message and eight in answer to an
// event; how many to give is the caller's decision.
func (r Reply) AppendNews(dst []byte, articles []Article) []byte {
	dst = append(r.begin(dst, "news"), "<ArticleCount>"...)
	dst = strconv.AppendInt(dst, int64(len(articles)), 10)
	dst = append(dst, "</ArticleCount><Articles>"...)
	for _, a := range articles {
		dst = append(dst, "<item>"...)
		dst = appendElement(dst, "Title", a.Title)
		dst = appendElement(dst, "Description", a.Description)
		dst = appendElement(dst, "PicUrl", a.PicURL)
		dst = appendElement(dst, "Url", a.URL)
		dst = append(dst, "</item>"...)
	}
	return end(append(dst, "</Articles>"...))
}

// AppendSealedReply appends a reply in the form of safe mode, sealed and signed. timestamp is in seconds since 1970, nonce any
// text of the caller's.
func AppendSealedReply(dst []byte, sealer *Sealer, token string, timestamp int64, nonce string, reply []byte) []byte {
	sealed, at := sealer.Seal(reply), strconv.FormatInt(timestamp, 10)
	dst = append(dst, "<xml>"...)
	dst = appendElement(dst, "Encrypt", sealed)
	dst = appendElement(dst, "MsgSignature", Signature(token, at, nonce, sealed))
	dst = append(append(append(dst, "<TimeStamp>"...), at...), "</TimeStamp>"...)
	dst = appendElement(dst, "Nonce", nonce)
	return end(dst)
}

func (r Reply) begin(dst []byte, kind string) []byte {
	dst = append(dst, "<xml>"...)
	dst = appendElement(dst, "ToUserName", r.To)
	dst = appendElement(dst, "FromUserName", r.From)
	dst = append(dst, "<CreateTime>"...)
	dst = strconv.AppendInt(dst, r.Created, 10)
	dst = append(dst, "</CreateTime>"...)
	return appendElement(dst, "MsgType", kind)
}

func end(dst []byte) []byte { return append(dst, "</xml>"...) }

func appendElement(dst []byte, name, value string) []byte {
	dst = append(append(append(dst, '<'), name...), '>')
	dst = AppendCDATA(dst, value)
	return append(append(append(dst, "</"...), name...), '>')
}

// AppendCDATA appends a text as CDATA sections: one, or more where the text holds what would end it. It leaves out what is
// no character of XML, and replaces what is no UTF-8.
func AppendCDATA(dst []byte, text string) []byte {
	dst = append(dst, "<![CDATA["...)
	for _, r := range text {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff {
			continue
		}
		if r == '>' && bytes.HasSuffix(dst, []byte("]]")) {
			dst = append(dst, "]]><![CDATA["...)
		}
		dst = utf8.AppendRune(dst, r)
	}
	return append(dst, "]]>"...)
}
