package serve

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

var program = flag.String("c4arch", "", "the program whose start is measured")

// BenchmarkStart measures the whole program: from its start, in an empty data directory and with the embedded database, until it is ready to answer, and what it then
// holds in memory. The targets are 300 ms and 80 MB.
//
//	go build -o /tmp/c4arch ./cmd/c4arch && go test ./internal/app/serve -run '^$' -bench Start -benchtime 10x -c4arch /tmp/c4arch
func BenchmarkStart(b *testing.B) {
	if *program == "" {
		b.Skip("name the program with -c4arch")
	}
	for _, again := range []bool{false, true} {
		b.Run(map[bool]string{false: "first", true: "again"}[again], func(b *testing.B) {
			var ready time.Duration
			var resident int64
			dir := b.TempDir()
			if again {
				startOnce(b, dir)
			}
			for n := range b.N {
				if !again {
					dir = b.TempDir() + "/" + strconv.Itoa(n)
				}
				took, size := startOnce(b, dir)
				ready += took
				resident = max(resident, size)
			}
			b.ReportMetric(float64(ready.Milliseconds())/float64(b.N), "ms/ready")
			b.ReportMetric(float64(resident)/1e6, "MB/resident")
		})
	}
}

// startOnce starts the program, waits for its readiness, and stops it.
func startOnce(b *testing.B, dir string) (took time.Duration, resident int64) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, *program, "serve", "--listen", "127.0.0.1:0", "--data", dir, "--log-format", "json")
	cmd.Env = []string{"HOME=" + dir, "PATH=" + os.Getenv("PATH")}
	lines, err := cmd.StderrPipe()
	if err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	s := bufio.NewScanner(lines)
	said := ""
	for s.Scan() {
		said += s.Text() + "\n"
		var line struct{ Msg, Public string }
		if json.Unmarshal(s.Bytes(), &line) != nil || line.Msg != "listening" {
			continue
		}
		res, err := http.Get("http://" + line.Public + "/readyz")
		if err != nil {
			b.Fatal(err)
		}
		_ = res.Body.Close()
		took = time.Since(began)
		if res.StatusCode != http.StatusOK {
			b.Fatalf("not ready when it listens: %d", res.StatusCode)
		}
		if resident, err = residentOf(cmd.Process.Pid); err != nil {
			b.Fatal(err)
		}
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			b.Fatal(err)
		}
	}
	if err := cmd.Wait(); err != nil || took == 0 {
		b.Fatalf("%v:\n%s", err, said)
	}
	return took, resident
}

// residentOf reads VmRSS of proc_pid_status(5).
func residentOf(pid int) (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			n, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
			return n * 1024, err
		}
	}
	return 0, fmt.Errorf("no VmRSS of %d", pid)
}
