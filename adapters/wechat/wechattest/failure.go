package wechattest

import "net/http"

type kind uint8

const (
	kindNone kind = iota
	kindRefuse
	kindHang
	kindDrop
	kindHTML
)

// Failure is what goes wrong with a call.
type Failure struct {
	kind    kind
	status  int
	refusal refusal
}

// refusal is the platform's form of an error.
type refusal struct {
	Code    int64  `json:"errcode"`
	Message string `json:"errmsg"`
	MassID  int64  `json:"msg_id,omitempty"`
}

func refuse(code int64, message string) refusal { return refusal{Code: code, Message: message} }

func done() refusal { return refuse(0, "ok") }

// Refuse is an answer with an errcode; the work is not done.
func Refuse(code int64, message string) Failure {
	return Failure{kind: kindRefuse, refusal: refuse(code, message)}
}

// Hang is no answer until the caller gives up or the server is closed; the work is not done.
func Hang() Failure { return Failure{kind: kindHang} }

// Drop is a connection that ends without an answer after the work was done.
func Drop() Failure { return Failure{kind: kindDrop} }

// HTML is a page with status 200, as from something between us and the platform; the work is not done.
func HTML() Failure { return Failure{kind: kindHTML, status: http.StatusOK} }

// BadGateway is a page with status 502; the work is not done.
func BadGateway() Failure { return Failure{kind: kindHTML, status: http.StatusBadGateway} }

// Fail makes the next times calls with that name fail so, after those that are to fail already. The name is the path below
// /cgi-bin/, as "user/get".
func (s *Server) Fail(name string, times int, f Failure) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for range times {
		s.failures[name] = append(s.failures[name], f)
	}
}
