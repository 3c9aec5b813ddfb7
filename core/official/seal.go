package official

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/hex"

	"parley/core"
)

// sealer encrypts with AES-256-GCM.
type sealer struct {
	aead cipher.AEAD
	// keyID tells keys apart without revealing them.
	keyID string
}

// sealed is an encrypted value.
type sealed struct {
	KeyID      string
	Nonce, Box []byte
}

// newSealer returns nil without a key.
func newSealer(key []byte) (*sealer, error) {
	if key == nil {
		return nil, nil
	}
	if len(key) != 32 {
		return nil, core.NewFault(core.Invalid, core.FieldKey, "the sealing key does not have 32 bytes")
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, core.Wrap(core.Internal, "no cipher", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, core.Wrap(core.Internal, "no cipher", err)
	}
	digest := sha256.Sum256(append([]byte("official account sealing key\x00"), key...))
	return &sealer{aead: aead, keyID: hex.EncodeToString(digest[:4])}, nil
}

// seal encrypts plain, bound to its owner: it cannot be opened as another's.
func (z *sealer) seal(nonce, plain []byte, owner string) sealed {
	return sealed{KeyID: z.keyID, Nonce: nonce, Box: z.aead.Seal(nil, nonce, plain, []byte(owner))}
}

func (z *sealer) open(v *sealed, owner string) ([]byte, error) {
	if v.KeyID != z.keyID {
		return nil, core.NewFault(core.Unavailable, FieldCredentials, "the credentials were sealed with another key")
	}
	if len(v.Nonce) != z.aead.NonceSize() {
		return nil, corrupt(v.Nonce)
	}
	plain, err := z.aead.Open(nil, v.Nonce, v.Box, []byte(owner))
	if err != nil {
		return nil, core.Wrap(core.Internal, "the sealed credentials are damaged", err)
	}
	return plain, nil
}
