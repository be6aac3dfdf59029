// Package outdir writes a directory of results whole or not at all.
//
// Files go to a hidden directory beside the target; Commit flushes them to the disk and puts the directory
// in the target's place by renaming. A run that fails or is interrupted leaves the target as it was. What
// stands in the target is replaced only when it is empty or when this package wrote it, which a
// marker file tells, and never when someone has put a file of their own beside ours.
//
// Not promised: between the two renames of a replacement there is a moment without a target;
// a machine that stops just then leaves the old directory beside it, under a hidden name.
package outdir

import (
	"bufio"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"c4arch/internal/base/fault"
)

// Marker is the file by which a directory is known as ours. It lists what we wrote.
const Marker = ".c4arch-output"

const markerHead = "c4arch-output 1"

// Layout is the one file that people put into a directory of ours: where boxes of the pictures stand. Whoever replaces the
// directory has read it before and writes what it says again, so that it may be replaced too.
const Layout = "layout.json"

// staleAfter is how old a left-over hidden directory must be before it is removed: far more
// than a run takes, since another process may be writing it.
const staleAfter = time.Hour

// Dir is a directory being written. Its methods may be used by several goroutines at once.
type Dir struct {
	target, temp string
	stale        time.Time

	mu    sync.Mutex
	files []string
	done  bool
}

// Check reports whether path may be written: it is not there, is empty, or holds what this
// package wrote and nothing else. It changes nothing.
func Check(path string) error {
	target, err := resolve(path)
	if err != nil {
		return err
	}
	info, err := os.Stat(target)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fault.Wrap(fault.Invalid, err, "cannot look at the output directory")
	case !info.IsDir():
		return fault.New(fault.Conflict, "the output %s is a file", path).WithHelp("give a directory with -o")
	}
	if here, err := os.Getwd(); err == nil && Within(here, target) {
		return fault.New(fault.Invalid, "the output %s is the current directory or holds it, and it would be replaced", path).
			WithHelp("give a directory below it, such as -o %s", filepath.Join(path, "arch"))
	}
	return ours(path, target)
}

// Within reports whether path is dir or lies below it, links followed.
func Within(path, dir string) bool {
	p, err := resolve(path)
	if err != nil {
		return false
	}
	if dir, err = resolve(dir); err != nil {
		return false
	}
	rel, err := filepath.Rel(dir, p)
	return err == nil && filepath.IsLocal(rel)
}

// resolve returns the absolute path with symbolic links followed as far as it exists.
func resolve(path string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", fault.Wrap(fault.Invalid, err, "the output directory")
	}
	if real, err := filepath.EvalSymlinks(abs); err == nil {
		return real, nil
	}
	return abs, nil
}

// ours returns an error unless all that stands in target is known to be ours.
func ours(path, target string) error {
	known, marked, err := readMarker(target)
	if err != nil {
		return err
	}
	return filepath.WalkDir(target, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "cannot look at the output directory")
		}
		rel, err := filepath.Rel(target, p)
		if err != nil || d.IsDir() || foreignButHarmless(d.Name()) {
			return err
		}
		if !marked {
			return fault.New(fault.Conflict, "the output directory %s is not empty and was not written by c4arch", path).
				WithHelp("nothing was changed; give another directory with -o")
		}
		if !known[filepath.ToSlash(rel)] {
			return fault.New(fault.Conflict, "the output directory %s holds %s, which c4arch did not write", path, filepath.ToSlash(rel)).
				WithHelp("nothing was changed; move the file away, or give another directory with -o")
		}
		return nil
	})
}

// foreignButHarmless names what desktops leave in every directory they show.
func foreignButHarmless(name string) bool {
	return name == ".DS_Store" || name == "Thumbs.db" || name == "desktop.ini"
}

func readMarker(dir string) (known map[string]bool, marked bool, err error) {
	text, err := os.ReadFile(filepath.Join(dir, Marker))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fault.Wrap(fault.Invalid, err, "cannot look at the output directory")
	}
	list := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	if list[0] != markerHead {
		return nil, false, nil
	}
	known = map[string]bool{Marker: true, Layout: true}
	for _, name := range list[1:] {
		known[name] = true
	}
	return known, true, nil
}

// Begin checks path (see [Check]) and starts writing. now is the time by which left-over
// directories of earlier runs are told to be old.
func Begin(path string, now time.Time) (*Dir, error) {
	if err := Check(path); err != nil {
		return nil, err
	}
	target, err := resolve(path)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o777); err != nil {
		return nil, cannot(err)
	}
	temp, err := hidden(target)
	if err != nil {
		return nil, err
	}
	// Not os.MkdirTemp: its mode would stay 0700 on the finished directory.
	if err := os.Mkdir(temp, 0o777); err != nil {
		return nil, cannot(err)
	}
	return &Dir{target: target, temp: temp, stale: now.Add(-staleAfter)}, nil
}

func cannot(err error) error {
	return fault.Wrap(fault.Invalid, err, "cannot write the output").WithHelp("give another directory with -o")
}

// hidden returns a new name beside target.
func hidden(target string) (string, error) {
	var r [6]byte
	if _, err := rand.Read(r[:]); err != nil {
		return "", err
	}
	return hiddenPrefix(target) + hex.EncodeToString(r[:]), nil
}

func hiddenPrefix(target string) string {
	dir, base := filepath.Split(target)
	return filepath.Join(dir, "."+base+".c4arch-")
}

// Create starts the file with that slash-separated name below the directory. The error of its
// Close must be looked at.
func (d *Dir) Create(name string) (io.WriteCloser, error) {
	f, err := d.open(name)
	if err != nil {
		return nil, err
	}
	return &file{Writer: bufio.NewWriterSize(f, 1<<16), f: f}, nil
}

func (d *Dir) open(name string) (*os.File, error) {
	if !filepath.IsLocal(filepath.FromSlash(name)) || strings.ContainsAny(name, "\n\\") || name == Marker {
		return nil, fault.New(fault.Internal, "a file cannot be called %q", name)
	}
	path := filepath.Join(d.temp, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return nil, cannot(err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return nil, cannot(err)
	}
	d.mu.Lock()
	d.files = append(d.files, name)
	d.mu.Unlock()
	return f, nil
}

type file struct {
	*bufio.Writer
	f *os.File
}

// Close writes out what is buffered and closes.
func (f *file) Close() error {
	err := f.Flush()
	if e := f.f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return cannot(err)
	}
	return nil
}

// Write writes data to a new file.
func (d *Dir) Write(name string, data []byte) error {
	f, err := d.open(name)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return cannot(err)
	}
	return nil
}

// Files returns the names of what was created, sorted.
func (d *Dir) Files() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Sorted(slices.Values(d.files))
}

// Commit puts the directory in its place. Every file must be closed. After an error the target is
// as it was.
func (d *Dir) Commit() error {
	lines := append([]string{markerHead}, d.Files()...)
	if err := d.writeMarker(strings.Join(lines, "\n") + "\n"); err != nil {
		return err
	}
	if err := d.flush(); err != nil {
		return cannot(err)
	}
	if err := ours(d.target, d.target); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err // someone put a file there while we wrote
	}
	if err := d.swap(); err != nil {
		return fault.Wrap(fault.Invalid, err, "cannot put the output in its place").
			WithHelp("if it is a mounted volume, give a directory below it with -o")
	}
	d.done = true
	_ = syncDir(filepath.Dir(d.target))
	d.sweep()
	return nil
}

func (d *Dir) writeMarker(text string) error {
	f, err := os.OpenFile(filepath.Join(d.temp, Marker), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return cannot(err)
	}
	w := &file{Writer: bufio.NewWriter(f), f: f}
	_, err = w.WriteString(text)
	if e := w.Close(); err == nil {
		err = e
	}
	return err
}

// swap renames the target away, when there is one, and the new directory into its place.
func (d *Dir) swap() error {
	if _, err := os.Lstat(d.target); errors.Is(err, fs.ErrNotExist) {
		return os.Rename(d.temp, d.target)
	}
	old, err := hidden(d.target)
	if err != nil {
		return err
	}
	if err := os.Rename(d.target, old); err != nil {
		return err
	}
	if err := os.Rename(d.temp, d.target); err != nil {
		if back := os.Rename(old, d.target); back != nil {
			return fmt.Errorf("%w; the earlier output is kept at %s", err, old)
		}
		return err
	}
	_ = os.RemoveAll(old) // what stays is swept later
	return nil
}

// sweep removes what earlier runs that were killed left beside the target.
func (d *Dir) sweep() {
	dir, prefix := filepath.Split(hiddenPrefix(d.target))
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		rest, found := strings.CutPrefix(e.Name(), prefix)
		if _, err := hex.DecodeString(rest); !found || err != nil || len(rest) != 12 || !e.IsDir() {
			continue
		}
		if info, err := e.Info(); err == nil && info.ModTime().Before(d.stale) {
			_ = os.RemoveAll(filepath.Join(dir, e.Name()))
		}
	}
}

// Discard removes what was written, unless it was committed. It may be called at any time.
func (d *Dir) Discard() {
	if !d.done {
		_ = os.RemoveAll(d.temp)
	}
}

// flushers is how many files are flushed at once. A file system joins flushes that wait together: a
// thousand small files take a tenth of the time that they take one by one.
const flushers = 32

// flush sends every file, and then every directory below temp, to the disk.
func (d *Dir) flush() error {
	names := make(chan string)
	errs := make([]error, flushers)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() {
			for name := range names {
				if errs[i] == nil {
					errs[i] = syncFile(filepath.Join(d.temp, filepath.FromSlash(name)))
				}
			}
		})
	}
	for _, name := range append(d.Files(), Marker) {
		names <- name
	}
	close(names)
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return filepath.WalkDir(d.temp, func(p string, e fs.DirEntry, err error) error {
		if err != nil || !e.IsDir() {
			return err
		}
		return syncDir(p)
	})
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0) // Windows flushes only what may be written
	if err != nil {
		return err
	}
	err = f.Sync()
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}
