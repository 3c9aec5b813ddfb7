package storage

import "errors"

// ErrUnavailable reports that the database behind the store could not be reached, or did not answer, for as long as the
// engine was willing to try. The outcome of an Update that returns it is unknown. Unlike ErrFailed it may pass: the store
// goes on to be used.
var ErrUnavailable = errors.New("storage: the database cannot be reached")
