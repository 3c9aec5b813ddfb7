package wechat

import (
	"strconv"
	"strings"
	"time"

	"github.com/valyala/fasthttp"
)

// byteRange is a part of a content.
type byteRange struct{ start, length int64 }

// unchanged tells whether the client has this version already.
func unchanged(h *fasthttp.RequestHeader, v version) bool {
	if tags := string(h.Peek(fasthttp.HeaderIfNoneMatch)); tags != "" {
		return names(tags, v.tag)
	}
	since, err := fasthttp.ParseHTTPDate(h.Peek(fasthttp.HeaderIfModifiedSince))
	return err == nil && !v.modified.IsZero() && !v.modified.After(since)
}

// names tells whether a list of tags has one of a version, in the weak comparison.
func names(tags, tag string) bool {
	for one := range strings.SplitSeq(tags, ",") {
		one = strings.TrimSpace(one)
		if one == "*" || strings.TrimPrefix(one, "W/") == tag {
			return true
		}
	}
	return false
}

// askedRange returns the part of a content of some size that the client wants. asked is false where it wants all of it,
// asks for several parts or in a way that is not understood, or for a part of another version; a length that is not
// positive means that there is nothing at that place.
func askedRange(h *fasthttp.RequestHeader, v version, size int64) (part byteRange, asked bool) {
	ask, found := strings.CutPrefix(string(h.Peek(fasthttp.HeaderRange)), "bytes=")
	if !found || strings.Contains(ask, ",") || !sameVersion(string(h.Peek(fasthttp.HeaderIfRange)), v) {
		return part, false
	}
	from, to, found := strings.Cut(strings.TrimSpace(ask), "-")
	if !found {
		return part, false
	}
	if from == "" { // the last so many
		last, ok := position(to)
		part.start = max(size-last, 0)
		part.length = min(last, size)
		return part, ok
	}
	start, ok := position(from)
	if !ok {
		return part, false
	}
	end := size - 1
	if to != "" {
		last, ok := position(to)
		if !ok || last < start {
			return part, false
		}
		end = min(last, end)
	}
	return byteRange{start, end - start + 1}, true
}

// position reads a number of digits alone.
func position(digits string) (int64, bool) {
	n, err := strconv.ParseUint(digits, 10, 63)
	return int64(n), err == nil
}

// sameVersion tells whether a condition, if there is one, names the version. A weak tag is no proof.
func sameVersion(condition string, v version) bool {
	if condition == "" || condition == v.tag {
		return true
	}
	at, err := fasthttp.ParseHTTPDate([]byte(condition))
	return err == nil && !v.modified.IsZero() && at.Truncate(time.Second).Equal(v.modified)
}
