package wechattest

import (
	"fmt"
	"time"
)

// giveToken answers token. The one before stays valid for the overlap.
func (s *Server) giveToken(q *request) any {
	switch {
	case q.query.Get("grant_type") != "client_credential":
		return refuse(40002, "invalid grant_type")
	case q.query.Get("appid") != s.options.AppID:
		return refuse(40013, "invalid appid")
	case q.query.Get("secret") != s.options.Secret:
		return refuse(40125, "invalid appsecret")
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	now := s.options.Now()
	for token, until := range s.tokens {
		if !until.After(now) {
			delete(s.tokens, token)
		}
	}
	if until, ok := s.tokens[s.current]; ok {
		if end := now.Add(s.options.Overlap); end.Before(until) {
			s.tokens[s.current] = end
		}
	}
	s.number++
	s.current = fmt.Sprintf("token-%d-%d", s.number, now.UnixNano())
	s.tokens[s.current] = now.Add(s.options.Life)
	return map[string]any{"access_token": s.current, "expires_in": int64(s.options.Life / time.Second)}
}

// checkToken gives the refusal of a wrong token, or nil.
func (s *Server) checkToken(token string) any {
	if token == "" {
		return refuse(41001, "access_token missing")
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	until, ok := s.tokens[token]
	switch {
	case !ok:
		return refuse(40001, "invalid credential, access_token is invalid or not latest")
	case !s.options.Now().Before(until):
		return refuse(42001, "access_token expired")
	}
	return nil
}

// ExpireTokens makes all tokens expire now: they are refused with 42001.
func (s *Server) ExpireTokens() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for token := range s.tokens {
		s.tokens[token] = s.options.Now()
	}
}

// RevokeTokens forgets all tokens, as if another program had got one: they are refused with 40001.
func (s *Server) RevokeTokens() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	clear(s.tokens)
}
