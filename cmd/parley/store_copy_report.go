package main

import (
	"encoding/hex"
	"fmt"
	"strconv"

	"github.com/urfave/cli/v3"

	"parley/storage/transfer"
)

// comparisonView is a comparison as it is printed in JSON. Keys are in hexadecimal.
type comparisonView struct {
	Equal         bool        `json:"equal"`
	SourceChanged bool        `json:"source_changed"`
	Keys          int64       `json:"keys"`
	Differences   int64       `json:"differences"`
	Tables        []tableView `json:"tables"`
}

type tableView struct {
	Table           string          `json:"table"`
	Equal           bool            `json:"equal"`
	SourceChanged   bool            `json:"source_changed"`
	Source          sideView        `json:"source"`
	Target          sideView        `json:"target"`
	Missing         int64           `json:"missing"`
	Extra           int64           `json:"extra"`
	Changed         int64           `json:"changed"`
	FirstDifference *differenceView `json:"first_difference,omitempty"`
}

type sideView struct {
	Keys   int64  `json:"keys"`
	Bytes  int64  `json:"bytes"`
	First  string `json:"first_key,omitempty"`
	Last   string `json:"last_key,omitempty"`
	Digest string `json:"digest"`
}

type differenceView struct {
	Key string `json:"key"`
	How string `json:"how"`
}

func newSideView(s *transfer.Side) sideView {
	return sideView{
		Keys: s.Keys, Bytes: s.Bytes, First: hex.EncodeToString(s.First), Last: hex.EncodeToString(s.Last),
		Digest: hex.EncodeToString(s.Digest[:]),
	}
}

// showComparison prints what a comparison has found: a line or an object for each table.
func (p *program) showComparison(c *cli.Command, found *transfer.Comparison) error {
	view := comparisonView{
		Equal: found.Equal(), SourceChanged: found.Moved(), Keys: found.Keys(), Differences: found.Differences(), Tables: []tableView{},
	}
	lines := [][]string{{"TABLE", "KEYS", "BYTES", "DIGEST", "TARGET"}}
	for i := range found.Tables {
		t := &found.Tables[i]
		v := tableView{
			Table: tableName(t.Prefix), Equal: t.Equal(), SourceChanged: t.Moved,
			Source: newSideView(&t.Source), Target: newSideView(&t.Target), Missing: t.Missing, Extra: t.Extra, Changed: t.Changed,
		}
		if t.First != nil {
			v.FirstDifference = &differenceView{hex.EncodeToString(t.First), string(t.How)}
		}
		view.Tables = append(view.Tables, v)
		lines = append(lines, []string{
			v.Table, strconv.FormatInt(v.Source.Keys, 10), strconv.FormatInt(v.Source.Bytes, 10), v.Source.Digest[:16], tableVerdict(t),
		})
	}
	return p.show(c, view, lines)
}

// tableName is the first byte of a table's keys: a letter, or else its number.
func tableName(prefix byte) string {
	if prefix > ' ' && prefix < 0x7f {
		return string(rune(prefix))
	}
	return fmt.Sprintf("0x%02x", prefix)
}

func tableVerdict(t *transfer.Table) string {
	switch {
	case t.First != nil:
		return fmt.Sprintf("%d missing, %d extra, %d changed; first %x", t.Missing, t.Extra, t.Changed, t.First)
	case t.Moved:
		return "the source has changed"
	}
	return "equal"
}

// copyVerdict is nil if the stores are equal, and otherwise says how they differ and what to do.
func copyVerdict(found *transfer.Comparison, verifyOnly bool) error {
	if found.Equal() {
		return nil
	}
	advice := "keep everything from writing to the two stores, and run the same command with --restart"
	if verifyOnly {
		advice = "the target is not a copy of the source"
	}
	for i := range found.Tables {
		if t := &found.Tables[i]; t.First != nil {
			cause := "the stores differ"
			if found.Moved() {
				cause = "the source has changed since it was copied, and the stores differ"
			}
			return fmt.Errorf("%s in %d keys, the first of which is %x, in table %s: %s; %s",
				cause, found.Differences(), t.First, tableName(t.Prefix), t.How, advice)
		}
	}
	return fmt.Errorf("the source has changed since it was copied; %s", advice)
}
