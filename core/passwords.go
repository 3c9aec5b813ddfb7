package core

import (
	"context"
	"crypto/subtle"
	"io"
	"runtime"

	"golang.org/x/crypto/argon2"
)

// The cost of a password hash: OWASP's recommendation for argon2id with the least memory.
const (
	argonTime    = 2
	argonMemory  = 19 << 10 // KiB
	argonThreads = 1
	saltLength   = 16
	hashLength   = 32
)

// passwords hashes and checks passwords with argon2id, a few at a time: each takes 19 MiB and some tens of milliseconds.
type passwords struct {
	random io.Reader
	slots  chan struct{}
}

func newPasswords(random io.Reader) *passwords {
	return &passwords{random: random, slots: make(chan struct{}, runtime.GOMAXPROCS(0))}
}

// seal returns what is stored for a password: version, salt and hash.
func (p *passwords) seal(ctx context.Context, password string) ([]byte, error) {
	salt := make([]byte, saltLength)
	if _, err := io.ReadFull(p.random, salt); err != nil {
		return nil, Wrap(Internal, "no random bytes", err)
	}
	hash, err := p.hash(ctx, password, salt)
	if err != nil {
		return nil, err
	}
	return append(append([]byte{recordVersion}, salt...), hash...), nil
}

// check tells whether password is the one that sealed was made from.
func (p *passwords) check(ctx context.Context, sealed []byte, password string) (bool, error) {
	if len(sealed) != 1+saltLength+hashLength || sealed[0] != recordVersion {
		return false, nil
	}
	hash, err := p.hash(ctx, password, sealed[1:1+saltLength])
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(hash, sealed[1+saltLength:]) == 1, nil
}

func (p *passwords) hash(ctx context.Context, password string, salt []byte) ([]byte, error) {
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, Wrap(Timeout, "too many logins are waiting", ctx.Err())
	}
	defer func() { <-p.slots }()
	return argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonThreads, hashLength), nil
}
