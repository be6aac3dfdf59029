//go:build linux

package faults

import (
	"context"
	"errors"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"c4arch/test/service/live"
)

// full bounds how large a file a process may write (RLIMIT_FSIZE of prlimit(2)): from then on a write fails as on a full disk. It needs no rights of its own.
func (w *world) full(bytes uint64) {
	w.Helper()
	limit := syscall.Rlimit{Cur: bytes, Max: math.MaxUint64}
	if _, _, no := syscall.RawSyscall6(syscall.SYS_PRLIMIT64, uintptr(w.server.PID()), syscall.RLIMIT_FSIZE, uintptr(unsafe.Pointer(&limit)), 0, 0, 0); no != 0 {
		w.Fatalf("prlimit: %v", no)
	}
}

// TestDiskFull: while nothing can be written every change is refused with 503 and a word about the disk, what is there can be read, and as soon as there is room
// everything goes on, without a restart. What was acknowledged is there.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	w := newWorld(t, live.Options{})
	w.away = true
	for _, room := range []uint64{0, 32 << 10, uint64(w.random.Int64N(256 << 10)), 0} {
		ctx, cancel := context.WithCancel(t.Context())
		wait := w.clients(ctx)
		<-w.moment(300 * time.Millisecond)
		before := w.refused()
		w.full(room)
		live.Until(t, "changes are refused", func() bool { return w.refused() > before+10 })
		w.owner.Get("/projects", nil)
		if room == 0 && w.random.IntN(2) == 0 { // it is killed while the disk is full
			w.server.Kill()
			cancel()
			wait()
			w.server.Start()
		} else {
			w.full(math.MaxUint64)
			cancel()
			wait()
		}
		w.settle()
		w.server.Ready()
		w.isThere()
	}
	w.end()
	t.Logf("%d changes were refused; %s", w.refused(), w.counted())
	disk := 0
	for text, n := range w.failed {
		t.Logf("%d times: %s", n, text)
		if strings.Contains(text, "disk") && strings.Contains(text, "nothing was changed") {
			disk += n
		}
		if strings.Contains(text, w.server.Data()) {
			t.Error("an answer tells of the inside")
		}
	}
	if disk < w.refused()/2 {
		t.Errorf("of %d answers %d say that it is the disk", w.refused(), disk)
	}
}

// refused counts what was refused.
func (w *world) refused() (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, k := range w.failed {
		n += k
	}
	return n
}

// TestSmallDisk fills a real file system, where one may be mounted: what is on it is all there is, for the database, its log and the objects.
func TestSmallDisk(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "disk")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=24m,mode=700"); err != nil {
		t.Skipf("SKIPPED: no file system can be mounted here (%v); RLIMIT_FSIZE is tried instead", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	w := newWorld(t, live.Options{Data: filepath.Join(dir, "data")})
	w.away = true
	for range 3 {
		ctx, cancel := context.WithCancel(t.Context())
		wait := w.clients(ctx)
		ballast := filepath.Join(dir, "ballast")
		before := w.refused()
		w.check(fill(ballast))
		live.Until(t, "changes are refused", func() bool { return w.refused() > before+10 })
		a, err := w.owner.Send(t.Context(), live.Request{Method: http.MethodGet, Path: "/projects"})
		if err != nil || !a.OK() {
			t.Errorf("what is there cannot be read: %v %v", err, a)
		}
		w.check(os.Remove(ballast))
		cancel()
		wait()
		w.settle()
		w.server.Ready()
		w.isThere()
	}
	w.end()
	t.Logf("%d changes were refused; %s", w.refused(), w.counted())
}

// fill writes a file until there is no room.
func fill(name string) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // what counts is the room that it takes
	for block := make([]byte, 64<<10); len(block) > 0; block = block[:len(block)/2] {
		for err = nil; err == nil; {
			_, err = f.Write(block)
		}
		if !errors.Is(err, syscall.ENOSPC) {
			return err
		}
	}
	return nil
}
