package app

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"c4arch/internal/base/id"
	"c4arch/internal/trust/ledger"
)

// copied copies a folder or a file to a place where nothing is.
func copied(t *testing.T, from, to string) {
	t.Helper()
	info, err := os.Stat(from)
	if err == nil && !info.IsDir() {
		var data []byte
		if data, err = os.ReadFile(from); err == nil {
			err = os.WriteFile(to, data, info.Mode())
		}
	} else if err == nil {
		if err = os.CopyFS(to, os.DirFS(from)); err == nil {
			err = os.Chmod(to, info.Mode())
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestRestoreAccept: an older backup of an organisation is not opened, and one of the instance is not started, before the operator has accepted the loss on the stopped
// service; then it goes on, under another key.
func TestRestoreAccept(t *testing.T) {
	t.Parallel()
	s := fresh(t)
	console := s.without("listen", "log-level")
	r := serves(t, s)
	operator := r.setUp()
	owner := operator.organisation("contoso")
	owner.project("shop")
	var who struct{ Organisation string }
	owner.must(http.MethodGet, "/whoami", nil, &who)
	r.end()
	backup := t.TempDir()
	home := filepath.Join(s.data(), "orgs", who.Organisation)
	copied(t, home, filepath.Join(backup, "home"))
	copied(t, filepath.Join(s.data(), "platform.db"), filepath.Join(backup, "platform.db"))

	r = serves(t, s)
	owner, operator = owner.at(r), operator.at(r)
	owner.project("portal")
	operator.organisation("fabrikam") // the instance's own log grows, too
	var note, operators []byte
	owner.must(http.MethodGet, "/ledger/checkpoint", nil, &note)
	operator.must(http.MethodGet, "/ledger/checkpoint", nil, &operators)
	if code, out := runs(t, console.with("reason", "not yet"), "restore", "accept", who.Organisation); code == 0 || !strings.Contains(out, "another c4arch uses") {
		t.Errorf("while it is served: %d\n%s", code, out)
	}
	r.end()
	bring := func(from, to string) {
		t.Helper()
		if err := os.RemoveAll(to); err != nil {
			t.Fatal(err)
		}
		copied(t, filepath.Join(backup, from), to)
	}
	bring("home", home)
	r = serves(t, s)
	if status := owner.at(r).call(http.MethodGet, "/projects", nil, nil); status != http.StatusInternalServerError {
		t.Errorf("an older home is served: %d", status)
	}
	if !strings.Contains(r.out.String(), "does not verify") && !strings.Contains(r.out.String(), "rolled back") {
		t.Errorf("it is not loud:\n%s", r.out)
	}
	r.end()
	if code, out := runs(t, console.with("reason", "x"), "restore", "accept", "nobody"); code != 1 || !strings.Contains(out, "there is no organisation") {
		t.Errorf("%d\n%s", code, out)
	}
	code, out := runs(t, console.with("reason", "the disk failed"), "restore", "accept", "contoso")
	if code != 0 || !regexp.MustCompile(`Lost: entries \d+ to \d+\.`).MatchString(out) {
		t.Fatalf("%d\n%s", code, out)
	}
	r = serves(t, s)
	var projects struct{ Items []struct{ Slug string } }
	if owner.at(r).must(http.MethodGet, "/projects", nil, &projects); len(projects.Items) != 1 || projects.Items[0].Slug != "shop" {
		t.Errorf("%+v", projects)
	}
	owner.at(r).project("portal")
	owner.at(r).must(http.MethodGet, "/ledger/checkpoint", nil, &note)
	since, err := ledger.ParseCheckpoint(note)
	if err != nil || ledger.LogOf(since.Origin) != id.Org(who.Organisation) || ledger.EpochOf(since.Origin) == "" || !strings.Contains(out, since.Origin) {
		t.Errorf("%v\n%s\n%s", err, note, out)
	}
	r.end()

	// The instance's own: it does not start at all.
	bring("platform.db", filepath.Join(s.data(), "platform.db"))
	if text := refused(t, s); !strings.Contains(text, "restore accept platform") {
		t.Errorf("an older instance:\n%s", text)
	}
	if code, out := runs(t, console.with("reason", "the disk failed"), "restore", "accept", "platform"); code != 0 {
		t.Fatalf("%d\n%s", code, out)
	}
	// With it went the acceptance of the organisation's: its new key is not known any more, and says nothing.
	r = serves(t, s)
	operator.at(r).must(http.MethodGet, "/ledger/checkpoint", nil, &note)
	if c, err := ledger.ParseCheckpoint(note); err != nil || ledger.LogOf(c.Origin) != id.Platform || ledger.EpochOf(c.Origin) == "" {
		t.Errorf("%v\n%s", err, note)
	}
	r.end()
}
