// Package report keeps what a load test measured: as JSON, as a table, and as one page that needs no network; and it
// compares two such measurements.
package report

import "time"

// Schema is the version of Result's JSON form. Members may be added to a version; their meaning never changes in it.
const Schema = 1

// Result is one run. Times are in microseconds unless their name says otherwise.
type Result struct {
	Schema   int       `json:"schema"`
	Parley   string    `json:"parley"` // version of the driver
	Started  time.Time `json:"started"`
	Machine  Machine   `json:"machine"` // where the driver ran
	Settings Settings  `json:"settings"`

	// Seconds is the measured time.
	Seconds float64 `json:"seconds"`
	// Stopped is "duration", "requests" or "interrupted".
	Stopped string `json:"stopped"`
	// Sent counts all requests, warm-up included.
	Sent int64 `json:"sent"`
	// Unsent counts requests that the rate demanded and that no connection was free to send.
	Unsent     int64       `json:"unsent"`
	Total      Operation   `json:"total"`
	Operations []Operation `json:"operations"`
	Series     []Point     `json:"series"`
}

// Settings are what the run was told.
type Settings struct {
	Target      string  `json:"target"`
	Dialect     string  `json:"dialect"`
	Mix         string  `json:"mix"`
	Connections int     `json:"connections"`
	Rate        float64 `json:"rate"` // per second; zero is a closed loop
	Duration    float64 `json:"duration_seconds"`
	Warmup      float64 `json:"warmup_seconds"`
	Timeout     float64 `json:"timeout_seconds"`
	Requests    int64   `json:"requests"` // cap; zero is none
	Users       int     `json:"users"`
	Contacts    int     `json:"contacts"`
	Skew        float64 `json:"skew"`
	Recipients  int     `json:"recipients"`
	Size        int     `json:"size"`
	Page        int     `json:"page"`
	Seed        uint64  `json:"seed"`
}

// Operation is what was measured of one kind of request, or of all.
type Operation struct {
	Name string `json:"name"`
	// Requests counts all that ended after the warm-up.
	Requests int64 `json:"requests"`
	// Rate is the successes per second within the measured time.
	Rate float64 `json:"rate"`
	// Errors counts faults by code.
	Errors map[string]int64 `json:"errors,omitempty"`
	// Response is measured from when a request was due, Service from when it was sent. Both include timeouts and leave
	// out other errors.
	Response Latency `json:"response"`
	Service  Latency `json:"service"`
}

// Latency is a distribution in microseconds.
type Latency struct {
	Count int64   `json:"count"`
	Min   float64 `json:"min"`
	Mean  float64 `json:"mean"`
	P50   float64 `json:"p50"`
	P90   float64 `json:"p90"`
	P99   float64 `json:"p99"`
	P999  float64 `json:"p999"`
	Max   float64 `json:"max"`
	// Curve holds more quantiles, ascending.
	Curve []Quantile `json:"curve,omitempty"`
}

// Quantile is one point of a distribution.
type Quantile struct {
	// Percent of the requests took no longer than Time.
	Percent float64 `json:"percent"`
	Time    float64 `json:"time"`
}

// Point is one second of the measured time.
type Point struct {
	Second int `json:"second"` // from 0
	// Succeeded counts the operations that ended in this second.
	Succeeded map[string]int64 `json:"succeeded"`
	Errors    int64            `json:"errors"`
	// Slowest is the longest response time.
	Slowest float64 `json:"slowest"`
}

// Machine is the computer that the driver ran on.
type Machine struct {
	OS         string `json:"os"`
	Arch       string `json:"arch"`
	CPU        string `json:"cpu,omitempty"`
	Cores      int    `json:"cores"`
	GOMAXPROCS int    `json:"gomaxprocs"`
	MemoryMiB  int64  `json:"memory_mib,omitempty"`
	Kernel     string `json:"kernel,omitempty"`
	Go         string `json:"go"`
}
