package php

import (
	"crypto/md5" //nolint:gosec // the framework's own signature, which protects nothing by itself
	"crypto/subtle"
	"encoding/hex"
)

// SimpleMD5 tells whether the parameters carry the framework's optional signature: the lower-case hex MD5 of all values
// but sign, in the order of their names. A request without parameters needs none.
func (v *Values) SimpleMD5() bool {
	if len(v.pairs) == 0 {
		return true
	}
	sum := md5.New() //nolint:gosec // see the import
	v.Sorted(func(name string, value Value) {
		if name != "sign" {
			sum.Write([]byte(value.String()))
		}
	})
	given := v.Get("sign").String()
	return subtle.ConstantTimeCompare([]byte(hex.EncodeToString(sum.Sum(nil))), []byte(given)) == 1
}
