package badger

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// lockHolder names the process that has dir locked, as far as the kernel tells: " by process 17 (parley serve)".
func lockHolder(dir string) string {
	var stat syscall.Stat_t
	if syscall.Stat(dir, &stat) != nil {
		return ""
	}
	locks, err := os.Open("/proc/locks")
	if err != nil {
		return ""
	}
	defer locks.Close() //nolint:errcheck // nothing was written
	inode := ":" + strconv.FormatUint(stat.Ino, 10)
	for lines := bufio.NewScanner(locks); lines.Scan(); {
		// 1: FLOCK  ADVISORY  WRITE 1234 08:01:5678 0 EOF
		words := strings.Fields(lines.Text())
		if len(words) < 6 || words[1] != "FLOCK" || !strings.HasSuffix(words[5], inode) {
			continue
		}
		if pid, err := strconv.Atoi(words[4]); err == nil && pid > 0 {
			return fmt.Sprintf(" by process %d%s", pid, commandOf(pid))
		}
	}
	return ""
}

// commandOf returns the first two words of a process's command line, which hold no secret if the second is a word of
// letters, in parentheses.
func commandOf(pid int) string {
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	words := strings.Split(strings.TrimRight(string(line), "\x00"), "\x00")
	if err != nil || words[0] == "" {
		return ""
	}
	command := words[0][strings.LastIndexByte(words[0], '/')+1:]
	if len(words) > 1 && strings.Trim(words[1], "abcdefghijklmnopqrstuvwxyz") == "" {
		command += " " + words[1]
	}
	return " (" + command + ")"
}
