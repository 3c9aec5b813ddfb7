package official

import (
	"fmt"
	"unicode/utf8"

	"parley/core"
)

const (
	maxName        = 100
	maxURL         = 2000
	maxDescription = 1000
	// maxID is the longest row ID that a request may name; longer ones are not found.
	maxID     = 45
	maxOpenID = 128
)

// checkText refuses a text that is not UTF-8 or does not have least to most characters.
func checkText(field core.Field, text string, least, most int) error {
	n := utf8.RuneCountInString(text)
	switch {
	case !utf8.ValidString(text):
		return core.NewFault(core.Invalid, field, "the text is not UTF-8")
	case n < least:
		return core.NewFault(core.Invalid, field, "the text is empty")
	case n > most:
		return core.NewFault(core.TooLarge, field, fmt.Sprintf("the text has more than %d characters", most))
	}
	return nil
}

// textCheck is one text and its bounds.
type textCheck struct {
	field       core.Field
	text        string
	least, most int
}

func checkTexts(checks ...textCheck) error {
	for _, c := range checks {
		if err := checkText(c.field, c.text, c.least, c.most); err != nil {
			return err
		}
	}
	return nil
}

// checkBytes refuses bytes that are not least to most long.
func checkBytes[T string | []byte](field core.Field, b T, least, most int) error {
	switch {
	case len(b) < least:
		return core.NewFault(core.Invalid, field, "the value is empty")
	case len(b) > most:
		return core.NewFault(core.TooLarge, field, fmt.Sprintf("the value has more than %d bytes", most))
	}
	return nil
}

func checkTime(at int64) error {
	if at < 0 {
		return core.NewFault(core.Invalid, FieldTime, "the time lies before 1970")
	}
	return nil
}

func checkPage(p Page) error {
	if p.Offset < 0 || p.Limit < 0 || p.Limit > MaxPage {
		return core.NewFault(core.Invalid, core.FieldPage, fmt.Sprintf("a page has an offset from 0 and 0 to %d rows", MaxPage))
	}
	return nil
}

// notFound is the fault of a row that does not exist.
func notFound(field core.Field) error {
	return core.NewFault(core.NotFound, field, "there is no such row in this account")
}

// checkID refuses an ID that no row can have.
func checkID(field core.Field, id string) error {
	if id == "" || len(id) > maxID {
		return notFound(field)
	}
	return nil
}
