// Package weixin is what the WeChat platform itself defines, without any state of ours: the signature and the sealing of
// callbacks, the XML that comes in and the replies that go out, and a client of the platform's official API for one account.
package weixin
