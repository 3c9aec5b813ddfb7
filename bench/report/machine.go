package report

import (
	"bufio"
	"os"
	"runtime"
	"strconv"
	"strings"
)

// ThisMachine describes the computer. What the system does not tell stays empty.
func ThisMachine() Machine {
	m := Machine{
		OS: runtime.GOOS, Arch: runtime.GOARCH, Cores: runtime.NumCPU(), GOMAXPROCS: runtime.GOMAXPROCS(0), Go: runtime.Version(),
		CPU: systemValue("/proc/cpuinfo", "model name"),
	}
	if kib, _, _ := strings.Cut(systemValue("/proc/meminfo", "MemTotal"), " "); kib != "" {
		if n, err := strconv.ParseInt(kib, 10, 64); err == nil {
			m.MemoryMiB = n >> 10
		}
	}
	if release, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		m.Kernel = strings.TrimSpace(string(release))
	}
	return m
}

// systemValue returns the first value with the given name in a file of lines "name: value", or nothing.
func systemValue(file, name string) string {
	f, err := os.Open(file)
	if err != nil {
		return ""
	}
	defer func() { _ = f.Close() }()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if key, value, found := strings.Cut(lines.Text(), ":"); found && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
