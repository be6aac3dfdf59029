package cli

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"c4arch/internal/base/fault"
	"c4arch/internal/service/auditing"
	"c4arch/internal/trust/ledger"
)

// smallLog is a log of three entries in memory, as a store would serve it.
type smallLog struct {
	signer  *ledger.Signer
	head    ledger.Head
	entries []ledger.Entry
	err     error // what every call answers
	closed  bool
}

func newLog(t *testing.T) *smallLog {
	t.Helper()
	signer, err := ledger.NewSigner("audit.contoso.example/audit/local", make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	l := &smallLog{signer: signer}
	for i := range int64(3) {
		p, err := ledger.Prepare(ledger.Draft{Kind: "snapshot.kept", Fields: []ledger.Field{ledger.Text("name", "shop\x1b[31m")}},
			ledger.Common{Actor: "local", Surface: "cli", Purpose: "test"}, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		leaf, hash := p.Seal("local", i, testTime)
		l.entries = append(l.entries, ledger.Entry{Index: i, At: testTime, Kind: p.Kind, Leaf: leaf, Hash: hash, Openings: p.Openings})
		l.head.Append(hash)
	}
	return l
}

func (l *smallLog) Leaves(from, to int64) (hashes []ledger.Hash, err error) {
	for _, e := range l.entries[from:to] {
		hashes = append(hashes, e.Hash)
	}
	return hashes, nil
}

func (l *smallLog) Tile(int, int64) ([]byte, error) { return nil, errors.New("it has no full tile") }

func (l *smallLog) Close() error { l.closed = true; return nil }

func (l *smallLog) Checkpoint(context.Context) ([]byte, error) {
	if l.err != nil {
		return nil, l.err
	}
	return ledger.Sign(l.head.Tree(), l.signer)
}

func (l *smallLog) Key(context.Context) ([]byte, error) {
	return []byte(l.signer.Key().String() + "\n"), l.err
}

func (l *smallLog) List(_ context.Context, q auditing.Query) (*auditing.Entries, error) {
	page := &auditing.Entries{Entries: []auditing.Shown{}, Size: 3, Next: 2}
	for _, e := range l.entries[q.From:] {
		page.Entries = append(page.Entries, auditing.Shown{
			Index: e.Index, At: e.At, Kind: e.Kind, Fields: map[string]json.RawMessage{"name": e.Openings["name"].Value}, Erased: []string{"email"}, Damage: "broken",
		})
	}
	return page, l.err
}

func (l *smallLog) Export(ctx context.Context, w io.Writer, x auditing.Export) error {
	note, err := l.Checkpoint(ctx)
	if err != nil {
		_, _ = io.WriteString(w, "half of a bundle")
		return err
	}
	return ledger.Bundle{
		Checkpoint: note, Tiles: l, Keys: []ledger.Key{l.signer.Key()}, Show: func(ledger.Entry, string) bool { return x.Values },
		Entries: func(yield func(ledger.Entry, error) bool) {
			for _, e := range l.entries {
				if !yield(e, nil) {
					return
				}
			}
		},
	}.Write(w)
}

func auditProgram(l *smallLog) *Program {
	p := &Program{}
	p.OpenAudit = func(_ context.Context, _ Env, dir string) (Audit, error) {
		if dir != "here" {
			return nil, fault.New(fault.NotFound, "not here")
		}
		return l, nil
	}
	return p
}

func TestAuditListAndKey(t *testing.T) {
	l := newLog(t)
	code, out, errs := runCommand(auditProgram(l), "audit", "list", "--store", "here", "--from", "1")
	if code != 0 || errs != "" || !strings.Contains(out, "1  2026-11-23 08:00:00  snapshot.kept\n    name: shop") || !strings.Contains(out, "erased: email") ||
		!strings.Contains(out, "DAMAGED: broken") || !strings.Contains(out, "2 entries of 3; more: c4arch audit list --from 2") || strings.Contains(out, "\x1b") || !l.closed {
		t.Errorf("%d %q %q", code, out, errs)
	}
	code, out, _ = runCommand(auditProgram(l), "audit", "list", "--store", "here", "--json")
	var page auditing.Entries
	if err := json.Unmarshal([]byte(out), &page); err != nil || code != 0 || len(page.Entries) != 3 {
		t.Errorf("%v: %d %s", err, code, out)
	}
	if code, out, _ = runCommand(auditProgram(l), "audit", "key", "--store", "here"); code != 0 || out != l.signer.Key().String()+"\n" {
		t.Errorf("%d %s", code, out)
	}
	code, out, _ = runCommand(auditProgram(l), "audit", "checkpoint", "--store", "here")
	if c, err := ledger.ParseCheckpoint([]byte(out)); err != nil || code != 0 || c.Size != 3 {
		t.Errorf("%d %v %s", code, err, out)
	}
	if code, _, errs = runCommand(auditProgram(l), "audit", "list", "--store", "elsewhere"); code != 1 || !strings.Contains(errs, "not here") {
		t.Errorf("%d %s", code, errs)
	}
}

func TestAuditExportAndVerify(t *testing.T) {
	l := newLog(t)
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	write := func(name string, b []byte) string {
		if err := os.WriteFile(file(name), b, 0o600); err != nil {
			t.Fatal(err)
		}
		return file(name)
	}
	if code, out, errs := runCommand(auditProgram(l), "audit", "export", "--store", "here", "--values", file("b.zip")); code != 0 || !strings.Contains(out, "Wrote ") {
		t.Fatalf("%d %s %s", code, out, errs)
	}
	if info, err := os.Stat(file("b.zip")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others can read the bundle: %v %v", info.Mode(), err)
	}
	// What is there is not replaced, and half a bundle is none.
	if code, _, errs := runCommand(auditProgram(l), "audit", "export", "--store", "here", file("b.zip")); code != 1 || !strings.Contains(errs, "is there already") {
		t.Errorf("%d %s", code, errs)
	}
	l.err = fault.New(fault.Unavailable, "the disk is full")
	if code, _, _ := runCommand(auditProgram(l), "audit", "export", "--store", "here", file("half.zip")); code != 1 {
		t.Errorf("exit %d", code)
	}
	l.err = nil
	if list, _ := os.ReadDir(dir); len(list) != 1 {
		t.Errorf("left behind: %v", list)
	}
	note, err := l.Checkpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	key := write("operator.key", []byte(l.signer.Key().String()+"\n"))
	held := write("held.checkpoint", note)
	whole, err := os.ReadFile(file("b.zip"))
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(whole, []byte("snapshot.kept"))
	broken := bytes.Clone(whole)
	broken[at] = 'S'
	bad := write("broken.zip", broken)
	other, err := ledger.NewSigner("audit.contoso.example/audit/local", bytes.Repeat([]byte{1}, 32))
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		args []string
		code int
		out  string
		errs string
	}{
		{[]string{"--key", key, file("b.zip")}, 0, "PROVEN", ""},
		{[]string{"--key", l.signer.Key().String(), "--checkpoint", held, file("b.zip")}, 0, "PROVEN", ""},
		{[]string{"--key", key, "--json", file("b.zip")}, 0, `"verdict"`, ""},
		{[]string{file("b.zip")}, 3, "SELF-CONSISTENT ONLY", ""},
		{[]string{"--key", key, bad}, 1, "", "is damaged at line"},
		{[]string{"--key", other.Key().String(), file("b.zip")}, 1, "BROKEN", "does not verify"},
		{[]string{"--key", key, "--witnesses", "1", file("b.zip")}, 1, "", ""},
		{[]string{"--witness", key, file("b.zip")}, 1, "", "is the key of a log"},
		{[]string{"--key", held, file("b.zip")}, 1, "", "held.checkpoint"},
		{[]string{"--key", "a+b+c", file("b.zip")}, 1, "", "key"},
		{[]string{"--key", file("none"), file("b.zip")}, 1, "", "cannot be read"},
		{[]string{"--checkpoint", file("none"), file("b.zip")}, 1, "", "cannot be read"},
		{[]string{"--witnesses", "-1", file("b.zip")}, 1, "", "negative"},
		{[]string{file("none")}, 1, "", "cannot be opened"},
		{[]string{dir}, 1, "", "no regular file"},
		{[]string{key}, 1, "", "no bundle"},
	} {
		code, out, errs := runCommand(&Program{}, append([]string{"audit", "verify"}, x.args...)...)
		if code != x.code || !strings.Contains(out, x.out) || !strings.Contains(errs, x.errs) {
			t.Errorf("%v: %d\n%s\n%s", x.args, code, out, errs)
		}
	}
}

// remoteFake answers as a server would.
type remoteFake struct {
	paths []string
	log   *smallLog
}

func (f *remoteFake) Call(ctx context.Context, _, path, _ string, _, into any) error {
	f.paths = append(f.paths, path)
	page, err := f.log.List(ctx, auditing.Query{})
	*into.(*auditing.Entries) = *page //nolint:forcetypeassert // the one caller
	return err
}

func (f *remoteFake) Form(context.Context, string, map[string]string, any) (string, error) {
	return "", errors.New("nobody signs in here")
}

func (f *remoteFake) Upload(context.Context, string, string, string, func() (io.Reader, error), any) error {
	return errors.New("nothing is uploaded")
}

func (f *remoteFake) Fetch(_ context.Context, path string, to io.Writer) error {
	f.paths = append(f.paths, path)
	_, err := io.WriteString(to, "text")
	return err
}

func TestAuditOfAServer(t *testing.T) {
	f := &remoteFake{log: newLog(t)}
	a := remoteAudit{f}
	if page, err := a.List(t.Context(), auditing.Query{From: 4, Limit: 9, Kinds: []string{"a.b", "c.d"}}); err != nil || len(page.Entries) != 3 {
		t.Errorf("%v %v", page, err)
	}
	if b, err := a.Key(t.Context()); err != nil || string(b) != "text" {
		t.Errorf("%s %v", b, err)
	}
	if b, err := a.Checkpoint(t.Context()); err != nil || string(b) != "text" {
		t.Errorf("%s %v", b, err)
	}
	var b bytes.Buffer
	if err := a.Export(t.Context(), &b, auditing.Export{Values: true, Older: []int64{12}}); err != nil || b.String() != "text" {
		t.Errorf("%s %v", &b, err)
	}
	if err := a.Export(t.Context(), &b, auditing.Export{From: 3}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("got %v", err)
	}
	want := "/ledger/entries?from=4&kinds=a.b%2Cc.d&limit=9 /ledger/key /ledger/checkpoint /ledger/bundle?older=12&proofs=false&values=true"
	if got := strings.Join(f.paths, " "); got != want {
		t.Errorf("%s, not %s", got, want)
	}
}
