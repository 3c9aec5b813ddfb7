package storage

import (
	"context"
	"net/url"
)

// Grade is how good what a check has found is.
type Grade string

// The grades.
const (
	// Pass is as it should be.
	Pass Grade = "pass"
	// Warn works, and somebody should look at it.
	Warn Grade = "warn"
	// Fail does not work, or will lose something.
	Fail Grade = "fail"
	// Skip was not looked at; the text says why.
	Skip Grade = "skip"
)

// Finding is what one check of a store has found. Its texts hold no credentials.
type Finding struct {
	// Check names what was looked at, in a word or two.
	Check string `json:"check"`
	// Grade is how good it is.
	Grade Grade `json:"grade"`
	// Text says what was found.
	Text string `json:"text"`
	// Advice is one sentence about what to do; empty if nothing is to be done.
	Advice string `json:"advice,omitempty"`
}

// Examiner looks at the store that location names, as far as its engine can without changing anything. The store that it
// returns reads what is there, refuses to write, and is the caller's to close; it is nil if the content cannot be read
// or cannot be trusted, which the findings explain.
type Examiner func(ctx context.Context, location *url.URL, opts Options) ([]Finding, Store)
