package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"c4arch/internal/account/access"
	"c4arch/internal/arch/baseline"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/exception"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/detect"
	"c4arch/internal/service/discover"
	"c4arch/internal/service/history"
)

// RulesName is how a file of rules of the user's own is called beside a baseline.
const RulesName = "c4arch.rules.yaml"

// maxFile bounds a baseline, an exceptions or a rules file.
const maxFile = 512 << 20

// target is something that can be compared, and where it came from.
type target struct {
	detect.Subject
	// Store is set where it came from the store; File is the baseline file that it was read from, Git the ref it was read at.
	store    bool
	snapshot string // the id in the store
	file     string
	ref      string
	// beside reads a file that lies beside the baseline: in the same commit, or in the same directory. It returns nil where there is none.
	beside func(name string) ([]byte, error)
}

// find resolves what people write after --against and diff: git:REF[:PATH], a baseline file, a snapshot.json, files and
// directories to scan, a baseline or a snapshot of the store.
func (r *run) find(ctx context.Context, s Store, ref string, bar *progress) (target, error) {
	if ref == "" {
		return target{}, fault.New(fault.Invalid, "an empty name says nothing").WithHelp(againstHelp)
	}
	if at, in, ok := r.ParseGit(ref); ok {
		return r.findInGit(ctx, at, in)
	}
	if strings.HasPrefix(ref, "git:") {
		return target{}, fault.New(fault.Invalid, "%s is not written as git:REF or git:REF:PATH", visible(ref)).WithHelp("such as git:origin/main")
	}
	if ref == "-" {
		return r.findByScan(ctx, []string{ref}, bar)
	}
	if info, err := os.Stat(ref); err == nil {
		if !info.IsDir() {
			if t, ok, err := r.findFile(ref); ok || err != nil {
				return t, err
			}
		}
		return r.findByScan(ctx, []string{ref}, bar)
	}
	if s == nil {
		return target{}, fault.New(fault.NotFound, "%s is no file or directory, and there is no local history in which it could be", visible(ref)).WithHelp(againstHelp)
	}
	return r.findInStore(ctx, s, ref)
}

// nameForm is what the names of a local history look like; what looks otherwise was meant as a path.
var nameForm = regexp.MustCompile(`^(baseline|latest(~[0-9]*)?|[bs][0-9a-f]{1,16}|(sha256:)?[0-9a-f]{4,64}|[0-9]{4}-[0-9]{2}-[0-9]{2}.*)$`)

const againstHelp = "give a baseline file, a snapshot, a directory or file to scan, or git:REF[:PATH]"

// findFile reads a baseline file or a snapshot.json; ok is false where the file is neither.
func (r *run) findFile(name string) (t target, ok bool, err error) {
	format, err := formatOf(name)
	if err != nil || format == "" {
		return target{}, false, err
	}
	data, err := readBounded(name, false)
	if err != nil {
		return target{}, true, err
	}
	dir := filepath.Dir(name)
	t = target{file: name, beside: func(n string) ([]byte, error) { return readIfThere(filepath.Join(dir, n)) }}
	if format == evidence.SnapshotFormat {
		snap, err := evidence.DecodeSnapshot(data)
		if err != nil {
			return t, true, fault.Wrap(fault.Invalid, err, "%s", visible(name))
		}
		t.file, t.Subject = "", detect.Subject{Label: name, Snapshot: snap}
		return t, true, nil
	}
	t.Subject, err = r.decodeBaseline(name, data)
	return t, true, err
}

// formatOf tells by its first bytes whether a file is one that c4arch wrote.
func formatOf(name string) (string, error) {
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		return "", nil // a pipe can be read once only: it is left for the scan
	}
	f, err := openFile(name, false)
	if err != nil {
		return "", err
	}
	defer f.Close()
	head := make([]byte, 256)
	n, _ := io.ReadFull(f, head)
	for _, format := range []string{baseline.Format, evidence.SnapshotFormat} {
		if bytes.Contains(head[:n], []byte(`"`+format+`"`)) {
			return format, nil
		}
	}
	return "", nil
}

func (r *run) decodeBaseline(name string, data []byte) (detect.Subject, error) {
	b, err := baseline.Decode(data)
	if err != nil {
		return detect.Subject{}, fault.New(fault.KindOf(err), "the baseline %s is refused: %s", visible(name), err)
	}
	return r.approved(name, b)
}

// approved verifies a baseline under the user's key, as far as it was sealed under that one.
func (r *run) approved(name string, b *baseline.Baseline) (detect.Subject, error) {
	key, err := r.Key(r.env)
	if err != nil {
		return detect.Subject{}, err
	}
	if err := b.Verify(key); err != nil {
		return detect.Subject{}, fault.New(fault.KindOf(err), "the baseline %s is refused: %s", visible(name), err)
	}
	return detect.Subject{Label: name, Snapshot: b.Snapshot, OverlayName: b.OverlayName, OverlayText: b.OverlayText, Baseline: b}, nil
}

// openFile opens a file. A pipe that nobody writes to would be waited for, and nothing could end that; one that somebody names may
// be read, one that happens to lie there is not.
func openFile(name string, pipes bool) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_RDONLY|nonblock, 0)
	if err != nil {
		return nil, fault.Wrap(fault.NotFound, err, "cannot read %s", visible(name))
	}
	info, err := f.Stat()
	if err == nil && (info.Mode().IsRegular() || pipes && info.Mode()&fs.ModeNamedPipe != 0) {
		return f, nil
	}
	f.Close()
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "cannot read %s", visible(name))
	}
	return nil, fault.New(fault.Invalid, "cannot read %s: it is a folder, a pipe or a device, not a file", visible(name))
}

func readBounded(name string, pipes bool) ([]byte, error) { return readAtMost(name, pipes, maxFile) }

func readAtMost(name string, pipes bool, most int64) ([]byte, error) {
	f, err := openFile(name, pipes)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "cannot read %s", visible(name))
	}
	if int64(len(data)) > most {
		return nil, fault.New(fault.Limited, "%s is larger than %s", visible(name), size(most))
	}
	return data, nil
}

// readIfThere returns nil where there is no such file.
func readIfThere(name string) ([]byte, error) {
	data, err := readBounded(name, false)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return data, err
}

func (r *run) findInGit(ctx context.Context, ref, in string) (target, error) {
	name := in
	if name == "" {
		name = baseline.FileName
	}
	read := func(p string) ([]byte, string, error) { return r.AtCommit(ctx, ".", ref, p, maxFile) }
	data, commit, err := read(name)
	if fault.KindOf(err) != "" && in != "" && !strings.HasSuffix(in, ".json") { // a directory
		if d, c, e := read(path.Join(in, baseline.FileName)); e == nil {
			name, data, commit, err = path.Join(in, baseline.FileName), d, c, nil
		}
	}
	if err != nil {
		return target{}, err
	}
	label := fmt.Sprintf("git:%s:%s (commit %.12s)", ref, name, commit)
	t := target{ref: ref, beside: func(n string) ([]byte, error) {
		data, _, err := read(path.Join(path.Dir(name), n))
		if fault.KindOf(err) == fault.NotFound {
			return nil, nil
		}
		return data, err
	}}
	t.Subject, err = r.decodeBaseline(label, data)
	return t, err
}

func (r *run) findByScan(ctx context.Context, paths []string, bar *progress) (target, error) {
	res, err := r.scanOf(ctx, paths, "", bar)
	if err != nil {
		return target{}, err
	}
	return target{Subject: scanned(res, strings.Join(paths, " "))}, nil
}

// scanOf scans paths; at is as --at of scan.
func (r *run) scanOf(ctx context.Context, paths []string, at string, bar *progress) (*discover.Result, error) {
	t, err := collectedAt(at, r.env.Now())
	if err != nil {
		return nil, err
	}
	res, err := r.Scan(ctx, r.env, discover.Request{Paths: paths, Stdin: r.env.Stdin, DefaultName: nameOf(paths), At: t, Progress: bar.scan})
	if nothing := (*discover.NothingFound)(nil); errors.As(err, &nothing) {
		bar.clear()
		r.printNotRead(nothing.NotRead, "")
	}
	return res, err
}

func scanned(res *discover.Result, label string) detect.Subject {
	if label == "." {
		label = "the working directory"
	}
	return detect.Subject{Label: label, Snapshot: res.Snapshot, Model: res.Model, OverlayName: res.Overlay.Name, OverlayText: res.Overlay.Data}
}

func (r *run) findInStore(ctx context.Context, s Store, ref string) (target, error) {
	if ref == "baseline" {
		return r.current(ctx, s)
	}
	if !nameForm.MatchString(strings.ToLower(ref)) {
		return target{}, fault.New(fault.NotFound, "%s is no file or directory, and names no snapshot or baseline", visible(clip(ref, 200))).
			WithHelp("%s; c4arch history and c4arch baseline list show what is kept", againstHelp)
	}
	if strings.HasPrefix(ref, "b") {
		b, snap, err := s.Baseline(ctx, ref)
		if err == nil {
			sub, err := r.approved("baseline "+b.ID, b)
			return target{Subject: sub, store: true, snapshot: snap, beside: r.besideStore(ctx)}, err
		}
		if fault.KindOf(err) != fault.NotFound {
			return target{}, err
		}
	}
	e, err := findSnapshot(ctx, s, ref)
	if fault.KindOf(err) == fault.NotFound && strings.HasPrefix(ref, "b") {
		return target{}, fault.New(fault.NotFound, "there is no baseline or snapshot %s", ref).WithHelp("c4arch baseline list and c4arch history list them")
	}
	if err != nil {
		return target{}, err
	}
	sub, err := kept(ctx, s, e)
	return target{Subject: sub, store: true, snapshot: e.ID, beside: r.besideStore(ctx)}, err
}

// findSnapshot resolves what names a snapshot, and says which name it was that did not.
func findSnapshot(ctx context.Context, s Store, ref string) (history.Entry, error) {
	e, err := s.Find(ctx, ref)
	if fault.KindOf(err) == fault.NotFound && strings.HasPrefix(ref, "latest") && !strings.Contains(err.Error(), ref) {
		err = fault.New(fault.NotFound, "there is no snapshot %s: fewer are kept", visible(ref)).WithHelp("c4arch history lists them")
	}
	return e, err
}

// current is the newest baseline of the store.
func (r *run) current(ctx context.Context, s Store) (target, error) {
	b, snap, err := s.Current(ctx)
	if err != nil {
		return target{}, err
	}
	sub, err := r.approved("baseline "+b.ID, b)
	return target{Subject: sub, store: true, snapshot: snap, beside: r.besideStore(ctx)}, err
}

// besideStore reads files in the directory in which .c4arch lies, or in the working directory where the store was named.
func (r *run) besideStore(ctx context.Context) func(string) ([]byte, error) {
	if r.opened != nil {
		return r.opened.beside(ctx)
	}
	dir, named, err := r.storeDir()
	if err != nil || named {
		dir = "."
	} else {
		dir = filepath.Dir(dir)
	}
	return func(n string) ([]byte, error) { return readIfThere(filepath.Join(dir, n)) }
}

// keep records a scan in the store.
func (r *run) keep(ctx context.Context, s Store, res *discover.Result) (history.Entry, error) {
	return r.keepSubject(ctx, s, scanned(res, ""))
}

// exceptions reads the exceptions that a flag names, or those beside the baseline.
func (r *run) exceptions(flag string, beside func(string) ([]byte, error)) (*exception.Set, error) {
	name, data, err := r.sideFile(flag, exception.FileName, beside)
	if err != nil || data == nil {
		return nil, err
	}
	return exception.Parse(name, data)
}

// sideFile reads a file that a flag names, or the one of that name beside the baseline.
func (r *run) sideFile(flag, name string, beside func(string) ([]byte, error)) (string, []byte, error) {
	if flag != "" {
		data, err := readBounded(flag, true)
		return flag, data, err
	}
	if beside == nil {
		beside = func(n string) ([]byte, error) { return readIfThere(n) }
	}
	data, err := beside(name)
	return name, data, err
}

func (r *run) keepSubject(ctx context.Context, s Store, sub detect.Subject) (history.Entry, error) {
	scope, err := mine(access.SnapshotKeep)
	if err != nil {
		return history.Entry{}, err
	}
	return history.Keep(ctx, s, scope, history.Scan{
		Snapshot: sub.Snapshot, Model: sub.Model, OverlayName: sub.OverlayName, OverlayText: sub.OverlayText,
	}, r.env.Now())
}
