package badger

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"
)

// logger passes the warnings and errors of the engine on, drops its chatter, and acts on two of its reports.
type logger struct {
	log *slog.Logger
	// writeFailed is called, before the engine goes on to the next commit, when a commit did not reach the disk.
	writeFailed func(error)
	// merged is called in a goroutine of a compaction that has merged a table, with how long that took. It may wait. Nil where
	// nothing is compacted.
	merged func(took time.Duration)
}

// Errorf implements badger.Logger.
func (l *logger) Errorf(format string, args ...any) {
	message := strings.TrimSpace(fmt.Sprintf(format, args...))
	l.log.Error(message, "engine", "badger")
	// The engine's only word of it to anyone but the commits of the same batch. A later commit can succeed and still be
	// unreadable after a crash, because it lies in the log behind what is missing; so none may be acknowledged.
	if strings.HasPrefix(message, "writeRequests:") || strings.HasPrefix(message, "Error while curlf sync") {
		l.writeFailed(errors.New(message))
	}
}

// Warningf implements badger.Logger.
func (l *logger) Warningf(format string, args ...any) {
	l.log.Warn(strings.TrimSpace(fmt.Sprintf(format, args...)), "engine", "badger")
}

// Infof implements badger.Logger.
func (l *logger) Infof(string, ...any) {}

// Debugf implements badger.Logger.
func (l *logger) Debugf(format string, args ...any) {
	if took, ok := merged(format, args); ok && l.merged != nil {
		l.merged(took)
	}
}
