package official

import (
	"encoding/hex"
	"io"

	"parley/core"
)

// tokenDigits are the characters of tokens. The last letter is missing, as it is in the tokens of the platform's tools.
const tokenDigits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXY"

const tokenLength = 8

func (s *Service) readRandom(b []byte) error {
	s.random.Lock()
	defer s.random.Unlock()
	if _, err := io.ReadFull(s.env.Random, b); err != nil {
		return core.Wrap(core.Internal, "no randomness", err)
	}
	return nil
}

// newUUID returns a random UUID of version 4.
func (s *Service) newUUID() (u [16]byte, err error) {
	err = s.readRandom(u[:])
	u[6] = u[6]&0x0f | 0x40
	u[8] = u[8]&0x3f | 0x80
	return u, err
}

// newID returns a UUID as 32 hexadecimal digits.
func (s *Service) newID() (string, error) {
	u, err := s.newUUID()
	return hex.EncodeToString(u[:]), err
}

// newKeycode returns a UUID with dashes.
func (s *Service) newKeycode() (string, error) {
	id, err := s.newID()
	if err != nil {
		return "", err
	}
	return id[:8] + "-" + id[8:12] + "-" + id[12:16] + "-" + id[16:20] + "-" + id[20:], nil
}

// newToken returns a token, every one being equally likely.
func (s *Service) newToken() (string, error) {
	const fair = 256 - 256%len(tokenDigits)
	var token [tokenLength]byte
	for i := 0; i < tokenLength; {
		var b [1]byte
		if err := s.readRandom(b[:]); err != nil {
			return "", err
		}
		if int(b[0]) < fair {
			token[i] = tokenDigits[int(b[0])%len(tokenDigits)]
			i++
		}
	}
	return string(token[:]), nil
}
