package report

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

func (r *Result) failureRows() (rows []failure) {
	for _, o := range r.Operations {
		for _, code := range slices.Sorted(maps.Keys(o.Errors)) {
			n := o.Errors[code]
			rows = append(rows, failure{o.Name, strings.ReplaceAll(code, "_", " "), Count(n), share(n, o.Requests)})
		}
	}
	return rows
}

func (r *Result) settingRows() []setting {
	s := &r.Settings
	_, target, found := strings.Cut(s.Target, "://")
	if !found {
		target = s.Target
	}
	loop := "closed: each connection waits for its answer"
	if s.Rate > 0 {
		loop = perSecond(s.Rate) + " requests per second, open loop"
	}
	rows := []setting{
		{"Target", target},
		{"Dialect", s.Dialect},
		{"Mix", strings.ReplaceAll(s.Mix, ",", ", ")},
		{"Rate", loop},
		{"Connections", strconv.Itoa(s.Connections)},
		{"Duration", digits(s.Duration) + " s after " + digits(s.Warmup) + " s of warm-up"},
		{"Users", fmt.Sprintf("%s, each with %d contacts, skew %g", Count(int64(s.Users)), s.Contacts, s.Skew)},
		{"Messages", fmt.Sprintf("%s bytes", Count(int64(s.Size)))},
		{"Page", fmt.Sprintf("%d items", s.Page)},
		{"Timeout", digits(s.Timeout) + " s"},
		{"Seed", strconv.FormatUint(s.Seed, 10)},
	}
	if s.Recipients > 1 {
		rows = append(rows, setting{"Recipients of a bulk send", strconv.Itoa(s.Recipients)})
	}
	if s.Requests > 0 {
		rows = append(rows, setting{"At most", Count(s.Requests) + " requests"})
	}
	return rows
}

func (r *Result) computerRows() []setting {
	m := &r.Machine
	rows := []setting{
		{"System", strings.TrimSpace(m.OS + "/" + m.Arch + " " + m.Kernel)},
		{"Processor", fmt.Sprintf("%s, %d cores (%d used)", m.CPU, m.Cores, m.GOMAXPROCS)},
	}
	if m.CPU == "" {
		rows[1].Value = fmt.Sprintf("%d cores (%d used)", m.Cores, m.GOMAXPROCS)
	}
	if m.MemoryMiB > 0 {
		rows = append(rows, setting{"Memory", fmt.Sprintf("%.1f GiB", float64(m.MemoryMiB)/1024)})
	}
	return append(rows, setting{"Driver", "parley " + r.Parley + ", " + m.Go})
}
