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
// holds in memory. The targets are 300 ms and 80 MB. On a machine that does other work the time of the processor says more than that of the clock; and of what is
// resident, the pages of the program's own file are shared and can be dropped: own is what it allocated.
//
//	go build -o /tmp/c4arch ./cmd/c4arch && go test ./internal/app/serve -run '^$' -bench Start -benchtime 10x -c4arch /tmp/c4arch
func BenchmarkStart(b *testing.B) {
	if *program == "" {
		b.Skip("name the program with -c4arch")
	}
	for _, again := range []bool{false, true} {
		b.Run(map[bool]string{false: "first", true: "again"}[again], func(b *testing.B) {
			var sum started
			dir := b.TempDir() + "/data"
			if again {
				startOnce(b, dir)
			}
			for n := range b.N {
				if !again {
					dir = b.TempDir() + "/data" + strconv.Itoa(n)
				}
				one := startOnce(b, dir)
				sum.ready += one.ready
				sum.processor += one.processor
				sum.resident, sum.own = max(sum.resident, one.resident), max(sum.own, one.own)
			}
			b.ReportMetric(float64(sum.ready.Milliseconds())/float64(b.N), "ms/ready")
			b.ReportMetric(float64(sum.processor.Milliseconds())/float64(b.N), "cpu-ms/run")
			b.ReportMetric(float64(sum.resident)/1e6, "MB/resident")
			b.ReportMetric(float64(sum.own)/1e6, "MB/own")
		})
	}
}

// started is what one start cost.
type started struct {
	ready, processor time.Duration
	resident, own    int64
}

// startOnce starts the program, waits for its readiness, and stops it.
func startOnce(b *testing.B, dir string) (one started) {
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
		one.ready = time.Since(began)
		if res.StatusCode != http.StatusOK {
			b.Fatalf("not ready when it listens: %d", res.StatusCode)
		}
		if one.resident, one.own, err = memoryOf(cmd.Process.Pid); err != nil {
			b.Fatal(err)
		}
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			b.Fatal(err)
		}
	}
	if err := cmd.Wait(); err != nil || one.ready == 0 {
		b.Fatalf("%v:\n%s", err, said)
	}
	one.processor = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return one
}

// memoryOf reads VmRSS and RssAnon of proc_pid_status(5).
func memoryOf(pid int) (resident, own int64, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, 0, err
	}
	for name, at := range map[string]*int64{"VmRSS:": &resident, "RssAnon:": &own} {
		for line := range strings.Lines(string(text)) {
			if rest, ok := strings.CutPrefix(line, name); ok {
				n, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
				if err != nil {
					return 0, 0, err
				}
				*at = n * 1024
			}
		}
	}
	return resident, own, nil
}
