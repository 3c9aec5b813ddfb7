package phalapi

import (
	"unicode/utf8"

	"parley/adapters/wire"
	"parley/adapters/wire/php"
)

// index greets, as captured from the framework: the title follows the username only where one is given.
func index(c *wire.Call, q *indexQuery, a *indexAnswer) error {
	if !utf8.ValidString(q.username) {
		// The framework can not encode the greeting and sends an empty body; so does a refusal that holds the name.
		return &php.Violation{Reason: php.Mismatch, Name: q.username}
	}
	a.title = "Hello " + q.username
	a.version = php.Version
	a.time = dialectOf(c).house.Now().Unix()
	return nil
}
