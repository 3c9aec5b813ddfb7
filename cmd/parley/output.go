package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v3"
)

func jsonFlag() cli.Flag {
	return &cli.BoolFlag{Name: "json", Usage: "print JSON", HideDefault: true}
}

// show prints value as JSON if the command was asked to, and otherwise as text lays it out: lines of cells.
func (p *program) show(c *cli.Command, value any, text [][]string) error {
	if c.Bool("json") {
		e := json.NewEncoder(p.stdout)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(value)
	}
	return table(p.stdout, text)
}

// table writes lines of cells in columns.
func table(w io.Writer, lines [][]string) error {
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	for _, cells := range lines {
		if _, err := fmt.Fprintln(t, strings.Join(cells, "\t")); err != nil {
			return err
		}
	}
	return t.Flush()
}
