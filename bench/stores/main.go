// Command stores measures what the choice of the store costs: durable sends to 200 conversations at once and one by one,
// and lists of 20, by one gateway on Badger and by one or two gateways on PostgreSQL with one node or three. Every round
// measures each of them in turn; the figures are medians of the rounds and shares of Badger's.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// options are what the command line says.
type options struct {
	dir      string
	rounds   int
	duration time.Duration
	senders  int
	single   string
	three    string
}

func main() {
	var o options
	flag.StringVar(&o.dir, "dir", os.TempDir(), "directory for the Badger store, on the disk that is to be measured")
	flag.IntVar(&o.rounds, "rounds", 5, "number of rounds")
	flag.DurationVar(&o.duration, "duration", 2*time.Second, "length of one measurement")
	flag.IntVar(&o.senders, "senders", 256, "how many send or list at the same time")
	flag.StringVar(&o.single, "single", "", "URL of a PostgreSQL database on one node, which is filled")
	flag.StringVar(&o.three, "three", "", "URL of a PostgreSQL database on three nodes, which is filled")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, &o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "stores:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o *options) (err error) {
	sites, err := openSites(ctx, o)
	defer func() {
		for _, s := range sites {
			if closing := s.close(); err == nil {
				err = closing
			}
		}
	}()
	if err != nil {
		return err
	}
	rates := make([][len(works)][]float64, len(sites))
	for round := range o.rounds {
		fmt.Fprintf(os.Stderr, "round %d of %d\n", round+1, o.rounds)
		for i, s := range sites {
			for k := range works {
				rate, err := s.measure(ctx, &works[k], o)
				if err != nil {
					return fmt.Errorf("%s, %s: %w", s.name, works[k].name, err)
				}
				rates[i][k] = append(rates[i][k], rate)
			}
		}
	}
	return writeTable(os.Stdout, sites, rates)
}

// writeTable writes medians, their share of the first site's, and the spread.
func writeTable(out io.Writer, sites []*site, rates [][len(works)][]float64) error {
	w := tabwriter.NewWriter(out, 0, 0, 1, ' ', 0)
	var failed error
	row := func(cells ...string) {
		if _, err := fmt.Fprintln(w, "| "+strings.Join(cells, "\t| ")+"\t|"); failed == nil {
			failed = err
		}
	}
	head := []string{"store"}
	for i := range works {
		head = append(head, works[i].name)
	}
	row(head...)
	row(slices.Repeat([]string{"---"}, len(head))...)
	for i, s := range sites {
		cells := []string{s.name}
		for k := range works {
			mine, base := summary(rates[i][k]), summary(rates[0][k])
			cells = append(cells, fmt.Sprintf("%.0f/s (%.0f–%.0f), %.0f %%", mine[1], mine[0], mine[2], 100*mine[1]/base[1]))
		}
		row(cells...)
	}
	return errors.Join(failed, w.Flush())
}

// summary returns the least, the median and the greatest.
func summary(all []float64) [3]float64 {
	sorted := slices.Sorted(slices.Values(all))
	return [3]float64{sorted[0], sorted[len(sorted)/2], sorted[len(sorted)-1]}
}
