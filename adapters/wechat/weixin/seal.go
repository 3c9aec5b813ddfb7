package weixin

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"errors"
)

// ErrSealed is the one answer to everything that can be wrong with a sealed text. It does not tell what, because that would
// help those who guess.
var ErrSealed = errors.New("weixin: the sealed text can not be opened")

// ErrKey says that an encoding key is not 43 characters of base64.
var ErrKey = errors.New("weixin: the encoding key must be 43 characters of base64")

const (
	encodingKeyLength = 43
	sealedBlock       = 32 // of the padding; the cipher's is 16
	sealedHead        = aes.BlockSize + 4
)

// Sealer seals and opens what an account in safe mode exchanges with the platform. It is safe for concurrent use.
type Sealer struct {
	block cipher.Block
	iv    [aes.BlockSize]byte
	appID string
}

// NewSealer returns the sealer of an account. encodingKey is the EncodingAESKey as the platform's console shows it.
func NewSealer(encodingKey, appID string) (*Sealer, error) {
	if len(encodingKey) != encodingKeyLength {
		return nil, ErrKey
	}
	key, err := base64.StdEncoding.DecodeString(encodingKey + "=")
	if err != nil || len(key) != sealedBlock {
		return nil, ErrKey
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, ErrKey
	}
	return &Sealer{block: block, iv: [aes.BlockSize]byte(key), appID: appID}, nil
}

// Seal returns the base64 of the sealed text. Sealing the same twice gives two different results.
func (s *Sealer) Seal(text []byte) string {
	size := sealedHead + len(text) + len(s.appID)
	padding := sealedBlock - size%sealedBlock
	plain := make([]byte, sealedHead, size+padding)
	_, _ = rand.Read(plain[:aes.BlockSize]) // never fails: it would end the program
	binary.BigEndian.PutUint32(plain[aes.BlockSize:], uint32(len(text)))
	plain = append(append(plain, text...), s.appID...)
	for range padding {
		plain = append(plain, byte(padding))
	}
	cipher.NewCBCEncrypter(s.block, s.iv[:]).CryptBlocks(plain, plain)
	return base64.StdEncoding.EncodeToString(plain)
}

// Open returns the text that was sealed for this account, or ErrSealed. Check the signature first: only who knows the token
// should be able to try.
func (s *Sealer) Open(sealed string) ([]byte, error) {
	plain, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil || len(plain) == 0 || len(plain)%aes.BlockSize != 0 {
		return nil, ErrSealed
	}
	cipher.NewCBCDecrypter(s.block, s.iv[:]).CryptBlocks(plain, plain)
	size, ok := unpadded(plain)
	if !ok || size < sealedHead {
		return nil, ErrSealed
	}
	plain = plain[:size]
	length := uint64(binary.BigEndian.Uint32(plain[aes.BlockSize:]))
	text := plain[sealedHead:]
	if length > uint64(len(text)) || subtle.ConstantTimeCompare(text[length:], []byte(s.appID)) != 1 {
		return nil, ErrSealed
	}
	return text[:length:length], nil
}

// unpadded gives the size without the padding. It looks at the whole last block whatever it finds there.
func unpadded(plain []byte) (size int, ok bool) {
	padding := int(plain[len(plain)-1])
	good := subtle.ConstantTimeLessOrEq(1, padding) & subtle.ConstantTimeLessOrEq(padding, min(sealedBlock, len(plain)))
	for i := range min(sealedBlock, len(plain)) {
		same := subtle.ConstantTimeByteEq(plain[len(plain)-1-i], byte(padding))
		good &= subtle.ConstantTimeSelect(subtle.ConstantTimeLessOrEq(i+1, padding), same, 1)
	}
	return len(plain) - padding, good == 1
}
