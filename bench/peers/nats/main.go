// The command publish sends chat messages to NATS JetStream, each connection one at a time, and prints how many a second
// were acknowledged.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	stream     = "CHAT"
	recipients = 3
)

func main() {
	url := flag.String("url", nats.DefaultURL, "the server")
	connections := flag.Int("connections", 64, "how many connections publish at once")
	duration := flag.Duration("duration", 3*time.Second, "how long")
	text := flag.String("text", "hello", "the message")
	flag.Parse()
	rate, err := measure(*url, *connections, *duration, []byte(*text))
	if err != nil {
		fmt.Fprintln(os.Stderr, "publish:", err)
		os.Exit(1)
	}
	if _, err := fmt.Fprintf(os.Stdout, "%.0f\n", rate); err != nil {
		os.Exit(1)
	}
}

// measure publishes over n connections for d and returns the acknowledged messages per second.
func measure(url string, n int, d time.Duration, text []byte) (float64, error) {
	publishers := make([]jetstream.JetStream, n)
	for i := range publishers {
		c, err := nats.Connect(url)
		if err != nil {
			return 0, err
		}
		defer c.Close()
		if publishers[i], err = jetstream.New(c); err != nil {
			return 0, err
		}
	}
	_, err := publishers[0].CreateOrUpdateStream(context.Background(), jetstream.StreamConfig{
		Name: stream, Subjects: []string{"chat.*"}, Storage: jetstream.FileStorage,
	})
	if err != nil {
		return 0, err
	}
	var (
		group sync.WaitGroup
		acked atomic.Int64
		errs  = make([]error, n)
		start = time.Now()
	)
	for i, p := range publishers {
		group.Go(func() {
			for k := i; time.Since(start) < d && errs[i] == nil; k++ {
				if _, errs[i] = p.Publish(context.Background(), fmt.Sprint("chat.", k%recipients), text); errs[i] == nil {
					acked.Add(1)
				}
			}
		})
	}
	group.Wait()
	return float64(acked.Load()) / time.Since(start).Seconds(), errors.Join(errs...)
}
