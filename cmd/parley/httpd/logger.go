package httpd

import (
	"fmt"
	"log/slog"
	"strings"
)

// logger passes on what the HTTP library has to say about connections. What it quotes in errors came from clients and
// may be a token, so an error is cut before its first quotation.
type logger struct{ log *slog.Logger }

// Printf implements fasthttp.Logger.
func (l logger) Printf(format string, args ...any) {
	for _, a := range args {
		if err, ok := a.(error); ok {
			cause, _, _ := strings.Cut(err.Error(), `"`)
			l.log.Debug("connection ended", slog.String("cause", strings.TrimSpace(cause)))
			return
		}
	}
	l.log.Warn("http server", slog.String("note", fmt.Sprintf(format, args...)))
}
