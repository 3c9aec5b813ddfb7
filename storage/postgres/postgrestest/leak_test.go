package postgrestest_test

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/storage/postgres/postgrestest"
)

const endVariable = "PARLEY_POSTGRESTEST_END"

// However a test process ends, no server and no file of it stays.
func TestNothingStays(t *testing.T) {
	postgrestest.Shared(t) // skips where there is nothing to test
	for _, end := range []string{"well", "panic", "kill"} {
		t.Run(end, func(t *testing.T) {
			var complaints bytes.Buffer
			child := exec.Command(os.Args[0], "-test.run=^TestNothingStaysChild$")
			child.Env = append(os.Environ(), endVariable+"="+end)
			child.Stderr = &complaints
			stdout, err := child.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := child.Start(); err != nil {
				t.Fatal(err)
			}
			servers := map[string]string{} // folder of the data by process number
			for lines := bufio.NewScanner(stdout); lines.Scan(); {
				process, folder, ok := strings.Cut(lines.Text(), " in ")
				if !ok {
					continue
				}
				servers[process] = folder
				if !runs(process) {
					t.Errorf("process %s is not there while the test runs", process)
				}
				if end == "kill" && len(servers) == 2 {
					if err := child.Process.Kill(); err != nil {
						t.Error(err)
					}
				}
			}
			if err := child.Wait(); (err == nil) != (end == "well") || len(servers) != 2 {
				t.Fatalf("%d servers, %v\n%s", len(servers), err, complaints.Bytes())
			}
			tick, late := time.NewTicker(20*time.Millisecond), time.After(20*time.Second)
			defer tick.Stop()
			for process, folder := range servers {
				for runs(process) || exists(filepath.Dir(folder)) {
					select {
					case <-tick.C:
					case <-late:
						t.Fatalf("process %s: %t, folder %s: %t", process, runs(process), folder, exists(filepath.Dir(folder)))
					}
				}
			}
		})
	}
}

// TestNothingStaysChild is the process that TestNothingStays lets end.
func TestNothingStaysChild(t *testing.T) {
	end := os.Getenv(endVariable)
	if end == "" {
		t.Skip("started by TestNothingStays")
	}
	for _, url := range []string{postgrestest.Shared(t), postgrestest.Start(t, postgrestest.Options{Forgetful: true}).URL()} {
		var folder string
		if err := connect(t, url).QueryRow(t.Context(), "SHOW data_directory").Scan(&folder); err != nil {
			t.Fatal(err)
		}
		lock, err := os.ReadFile(filepath.Join(folder, "postmaster.pid"))
		if err != nil {
			t.Fatal(err)
		}
		process, _, _ := strings.Cut(string(lock), "\n")
		fmt.Println(process + " in " + folder)
	}
	switch end {
	case "panic":
		panic("as a test may")
	case "kill":
		<-t.Context().Done() // the kill comes first
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// runs tells that a process is there and is not a dead one that nobody has waited for.
func runs(process string) bool {
	text, err := os.ReadFile("/proc/" + process + "/cmdline")
	return err == nil && bytes.Contains(text, []byte("postgres"))
}
