package phalapi

import (
	"parley/adapters/wire"
	"parley/adapters/wire/php"
)

// index greets, as captured from the framework: the title follows the username only where one is given.
func index(c *wire.Call, q *indexQuery, a *indexAnswer) error {
	a.title = "Hello " + q.username
	a.version = php.Version
	a.time = dialectOf(c).house.Now().Unix()
	return nil
}
