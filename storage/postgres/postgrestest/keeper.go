package postgrestest

import (
	"fmt"
	"io"
	"os"
	"os/exec"
)

// keeping waits until nobody holds the other end of its input, which is when the test process has closed it or is dead,
// then stops every server below the folder and removes the folder. A process is stopped only if it works in the folder
// that names it, for the number of a killed server may belong to another process by then.
const keeping = `
cat >/dev/null
round=0
while [ -e "$1" ] && [ $round -lt 600 ]; do
	running=no
	for file in "$1"/*/postmaster.pid; do
		read -r process 2>/dev/null <"$file" || continue
		[ "/proc/$process/cwd" -ef "${file%/*}" ] || continue
		running=yes
		if [ $round -lt 100 ]; then kill -QUIT "$process"; else kill -KILL "$process"; fi
	done
	[ $running = yes ] || rm -rf "$1"
	[ -e "$1" ] && sleep 0.05
	round=$((round + 1))
done
[ ! -e "$1" ]
`

// keeper ends the servers of a folder and removes it, at the latest when the test process has gone.
type keeper struct {
	process *exec.Cmd
	hold    io.Closer
}

func startKeeper(dir string) (*keeper, error) {
	command := exec.Command("/bin/sh", "-c", keeping, "keeper", dir)
	command.Dir = "/"
	account{}.use(command)
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	command.Stdin = read
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("%w, %w, %w", err, read.Close(), write.Close())
	}
	return &keeper{command, write}, read.Close()
}

// end ends the servers now.
func (k *keeper) end() error {
	if err := k.hold.Close(); err != nil {
		return err
	}
	return k.process.Wait()
}
