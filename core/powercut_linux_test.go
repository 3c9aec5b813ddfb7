package core_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

const (
	powerCutCycles = "PARLEY_POWERCUT_CYCLES" // how often the power is cut; a few times unless set

	// powerCutsPerVolume bounds the volume and the time of the checks, which read everything back.
	powerCutsPerVolume = 10
	volumeBytes        = 512 << 20

	// ext4Shutdown is EXT4_IOC_SHUTDOWN. With the flag NOLOGFLUSH the file system stops where it stands: nothing more
	// reaches the disk, neither data nor journal.
	ext4Shutdown           = 0x8004587d
	ext4ShutdownNoLogFlush = 2

	probeText = "written and not synced"
)

// TestPowerCut cuts the power of a disk under load again and again. Other than after a kill, what was written and not
// synced is gone afterwards; every acknowledged message is there exactly once all the same, and ids, sequences, counters
// and chat lists agree.
func TestPowerCut(t *testing.T) {
	cycles := 3
	if n, err := strconv.Atoi(os.Getenv(powerCutCycles)); err == nil {
		cycles = n
	}
	if testing.Short() {
		cycles = 1
	}
	v := newVolume(t)
	var acked map[string][]int64 // by "sender recipient"
	total := 0
	for i := range cycles {
		if i%powerCutsPerVolume == 0 {
			v.format(t)
			acked = make(map[string][]int64)
		}
		total += cutOnce(t, v, acked, crashAckLines/2+i*997%crashAckLines)
		v.unmount(t)
		v.mount(t)
		v.checkProbe(t)
		checkAfterCrash(t, v.store(), acked)
		if t.Failed() {
			t.Fatalf("after power cut %d", i+1)
		}
	}
	t.Logf("%d power cuts, %d acknowledged messages", cycles, total)
}

// cutOnce runs the child on the volume, cuts the power when it has acknowledged n messages and returns how many it had
// acknowledged by the time it was dead.
func cutOnce(t *testing.T, v *volume, acked map[string][]int64, n int) int {
	t.Helper()
	v.createProbe(t)
	return runChild(t, v.store(), acked, n, func(child *os.Process) {
		v.writeProbe(t)
		// Stopped first, so that the child neither sees the disk fail nor acknowledges anything after the cut. Syncs that
		// are under way are not waited for: they are what the power cut is to hit.
		err := child.Signal(syscall.SIGSTOP)
		v.cut(t)
		if err != nil {
			t.Error(err)
		}
		if err := child.Kill(); err != nil {
			t.Error(err)
		}
	})
}

// volume is an ext4 file system in a file, mounted as a loop device.
type volume struct {
	image, dir string
	mounted    bool
	probe      *os.File // open from its creation to the cut
}

// newVolume mounts a volume until the end of the test, which it skips where that is impossible.
func newVolume(t *testing.T) *volume {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("cutting the power of a disk takes root")
	}
	if _, err := os.Stat("/dev/loop-control"); err != nil {
		t.Skipf("there are no loop devices: %v", err)
	}
	for _, tool := range []string{"mkfs.ext4", "mount", "umount"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(err)
		}
	}
	v := &volume{image: filepath.Join(t.TempDir(), "disk"), dir: t.TempDir()}
	v.makeFileSystem(t)
	if out, err := v.tryMount(); err != nil {
		t.Skipf("a loop device cannot be mounted: %v: %s", err, out)
	}
	t.Cleanup(func() {
		if v.probe != nil {
			if err := v.probe.Close(); err != nil {
				t.Error(err)
			}
		}
		if v.mounted {
			v.unmount(t)
		}
	})
	return v
}

// makeFileSystem makes the volume an empty file system of its full size.
func (v *volume) makeFileSystem(t *testing.T) {
	t.Helper()
	if err := os.WriteFile(v.image, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(v.image, volumeBytes); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mkfs.ext4", "-q", "-F", v.image).CombinedOutput(); err != nil {
		t.Fatalf("mkfs.ext4: %v\n%s", err, out)
	}
}

// format empties the volume, which is mounted before and after.
func (v *volume) format(t *testing.T) {
	t.Helper()
	v.unmount(t)
	v.makeFileSystem(t)
	v.mount(t)
}

func (v *volume) tryMount() (output []byte, err error) {
	output, err = exec.Command("mount", "-t", "ext4", "-o", "loop", v.image, v.dir).CombinedOutput()
	v.mounted = err == nil
	return output, err
}

// mount mounts the volume again, which replays its journal.
func (v *volume) mount(t *testing.T) {
	t.Helper()
	if out, err := v.tryMount(); err != nil {
		t.Fatalf("mount: %v\n%s", err, out)
	}
}

func (v *volume) unmount(t *testing.T) {
	t.Helper()
	if out, err := exec.Command("umount", v.dir).CombinedOutput(); err != nil {
		t.Fatalf("umount: %v\n%s", err, out)
	}
	v.mounted = false
}

func (v *volume) store() string     { return filepath.Join(v.dir, "store") }
func (v *volume) probePath() string { return filepath.Join(v.dir, "probe") }

// cut lets the volume lose everything that it has not yet been told to sync.
func (v *volume) cut(t *testing.T) {
	t.Helper()
	if err := unix.IoctlSetPointerInt(int(v.probe.Fd()), ext4Shutdown, ext4ShutdownNoLogFlush); err != nil {
		t.Errorf("the power cannot be cut: %v", err)
	}
	if err := v.probe.Close(); err != nil {
		t.Error(err)
	}
	v.probe = nil
}

// createProbe leaves an empty file on the disk.
func (v *volume) createProbe(t *testing.T) {
	t.Helper()
	var err error
	if v.probe, err = os.Create(v.probePath()); err != nil {
		t.Fatal(err)
	}
	if err := v.probe.Sync(); err != nil {
		t.Fatal(err)
	}
}

// writeProbe writes the probe and does not sync it.
func (v *volume) writeProbe(t *testing.T) {
	t.Helper()
	if _, err := v.probe.WriteString(probeText); err != nil {
		t.Error(err)
	}
}

// checkProbe makes sure that the power was cut indeed: what was not synced is gone.
func (v *volume) checkProbe(t *testing.T) {
	t.Helper()
	if got, err := os.ReadFile(v.probePath()); err != nil || len(got) > 0 {
		t.Fatalf("the power cut has left %q of what was not synced: %v", got, err)
	}
}
