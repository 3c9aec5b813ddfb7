package settings

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"time"
)

// sealingKeyLength is the length of the key that seals credentials, in bytes.
const sealingKeyLength = 32

// maxReplyWait leaves time to answer: the official platform gives up after 5 s.
const maxReplyWait = 4500 * time.Millisecond

// checkWeChat finds what is wrong with the settings for official accounts.
func (l *Loaded) checkWeChat() error {
	w := &l.WeChat
	found := []error{
		oneOf("wechat.shapes", w.Shapes, "document", "original"),
		oneOf("wechat.http_status", w.HTTPStatus, "ok", "mirror"),
		checkURL("wechat.upstream", w.Upstream),
	}
	if w.BaseURL != "" {
		found = append(found, checkURL("wechat.base_url", w.BaseURL))
	}
	if w.APIKey != "" && len(w.APIKey) < minTokenLength {
		found = append(found, fmt.Errorf("wechat.api_key: fewer than %d characters can be guessed", minTokenLength))
	}
	if w.App != "" && w.APIKey == "" && !IsLoopback(l.Listen) {
		found = append(found, fmt.Errorf("wechat.api_key: %q can be reached from other machines; set the key or choose a loopback address", l.Listen))
	}
	if w.ReplyWait <= 0 || w.ReplyWait > maxReplyWait {
		found = append(found, fmt.Errorf("wechat.reply_wait: must be between 0 and %s", maxReplyWait))
	}
	if _, err := l.SealingKey(); err != nil {
		found = append(found, err)
	}
	return errors.Join(found...)
}

// SealingKey is the key that seals credentials, or nil if none is set.
func (s *Settings) SealingKey() ([]byte, error) {
	if s.SecretKey == "" {
		return nil, nil
	}
	key, err := hex.DecodeString(s.SecretKey)
	if err != nil || len(key) != sealingKeyLength {
		return nil, fmt.Errorf("secret_key: it must be %d hexadecimal digits, as `openssl rand -hex %d` prints", 2*sealingKeyLength, sealingKeyLength)
	}
	return key, nil
}

func checkURL(key, text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.RawQuery != "" || u.User != nil {
		return fmt.Errorf("%s: %q is not an http or https URL", key, text)
	}
	return nil
}
