//go:build unix

package faults

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"c4arch/internal/store/sqldb"
	"c4arch/test/pg"
	"c4arch/test/service/live"
)

// witnessed gives the server a witness, and somebody a checkpoint of the organisation's log that it cosigned.
func (w *world) witnessed() *live.Witness {
	w.Helper()
	key, err := os.ReadFile(w.key)
	w.check(err)
	wit := live.Watch(w, w.program, filepath.Join(w.dir(), "witness"), "witness.northwind.example", string(key))
	w.server.Stop()
	w.server.With("--witnesses", wit.Setting)
	w.server.Start()
	return wit
}

// checkpoint asks for one, and says by how many it is signed.
func (w *world) checkpoint() (note string, signatures int) {
	w.Helper()
	note = w.owner.Run("audit", "checkpoint", "--server")
	return note, strings.Count(note, "\n— ")
}

// more makes projects.
func (w *world) more(n int) {
	w.Helper()
	for range n {
		w.ask(w.Context(), w.wish("project"))
	}
	w.settle()
}

// TestRewrittenHistory: the whole data directory, with its keys and with the copies of checkpoints in it, is put back to an older state, and history goes on differently from there,
// signed with the real key. Nothing in the directory can know; the witness does not cosign it, however far it has gone, and who holds a checkpoint from before is told.
func TestRewrittenHistory(t *testing.T) {
	t.Parallel()
	w := newWorld(t, live.Options{})
	wit := w.witnessed()
	w.more(5)
	w.server.Stop()
	backup := filepath.Join(w.dir(), "backup")
	w.check(os.CopyFS(backup, os.DirFS(w.server.Data())))
	w.server.Start()
	w.more(10)
	held, n := w.checkpoint()
	if n != 2 {
		t.Fatalf("the witness did not cosign:\n%s", held)
	}
	file := w.file("before.checkpoint", held)
	w.verified(0, file, wit.Key)
	w.server.Stop()

	w.check(os.RemoveAll(w.server.Data()))
	w.check(os.CopyFS(w.server.Data(), os.DirFS(backup)))
	private(w, w.server.Data())
	w.server.Start()
	for _, x := range []struct {
		more int
		what string
	}{{1, "shorter than what the witness has seen"}, {30, "longer, and another"}} {
		w.more(x.more)
		note, n := w.checkpoint()
		if n != 1 {
			t.Errorf("%s: the witness cosigned it:\n%s", x.what, note)
		}
		live.Until(t, "the refusal is loud", func() bool {
			return strings.Contains(w.server.Log(), `"level":"ERROR","msg":"a witness refuses the log"`)
		})
		w.verified(1, file, wit.Key)
		w.verified(1, "", wit.Key)
		w.verified(1, file, "")
		w.verified(0, "", "") // in itself it is whole, and signed with the real key: that is why others have to watch
	}
}

// verified exports a bundle and verifies it against a checkpoint that was held and a witness, "" being none.
func (w *world) verified(want int, held, witness string) {
	w.Helper()
	bundle := filepath.Join(w.dir(), "rewritten.zip")
	_ = os.Remove(bundle)
	w.owner.Run("audit", "export", "--server", bundle)
	args := []string{"--key", w.key, bundle}
	if held != "" {
		args = append([]string{"--checkpoint", held}, args...)
	}
	if witness != "" {
		args = append([]string{"--witness", witness}, args...)
	}
	code, out, errs := live.Command(w, "", nil, w.program.Verify, args...)
	if code != want {
		w.Errorf("$ c4arch-verify %s\nexit code %d, not %d\n%s%s", strings.Join(args, " "), code, want, out, errs)
	}
}

// private makes folders and files the user's own again.
func private(w *world, dir string) {
	w.check(filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() {
			return os.Chmod(path, 0o700)
		}
		return os.Chmod(path, 0o600)
	}))
}

// TestOlderDatabase: the database is put back to an older state, and the data directory knows of checkpoints that it does not have. The service says so and does not start.
func TestOlderDatabase(t *testing.T) {
	t.Parallel()
	d := pg.Start(t)
	w := newWorld(t, live.OnPostgreSQL(d))
	w.more(3)
	w.server.Stop()
	ctx := t.Context()
	w.check(d.Server.Exec(ctx, "postgres", "CREATE DATABASE "+d.Name+"_backup TEMPLATE "+d.Name))
	w.server.Start()
	w.more(10)
	w.checkpoint()
	w.server.Stop()
	swap := func(away, back string) {
		w.check(d.Server.Exec(ctx, "postgres", "ALTER DATABASE "+d.Name+" RENAME TO "+d.Name+away, "ALTER DATABASE "+d.Name+back+" RENAME TO "+d.Name))
	}
	swap("_newest", "_backup")
	w.server.Begin()
	live.Until(t, "the loss is seen", func() bool {
		yes, ended := w.server.Answers()
		if ended != nil {
			return true
		}
		if yes { // the instance's own log may have had no checkpoint since: then it is the organisation's that is not opened
			code, out, errs := w.owner.Try("", "project", "list")
			if code == 0 {
				t.Fatalf("an older database is served:\n%s%s", out, errs)
			}
		}
		return yes
	})
	w.server.Kill()
	if log := w.server.Log(); !strings.Contains(log, "rolled back") {
		t.Errorf("it is not loud:\n%s", log)
	}
	swap("_backup", "_newest")
	w.server.Start()
	w.isThere()
}

// TestFlippedBit flips a bit in the database of a service that runs, in a leaf, a value, a tile and a checkpoint, with rights that the program does not have. The verifier, which comes by
// itself every night, and here at once, says what and where; a bundle is not made of it, or does not verify.
func TestFlippedBit(t *testing.T) {
	t.Parallel()
	d := pg.Start(t)
	w := newWorld(t, live.OnPostgreSQL(d))
	for range 30 { // more than a tile: each has several entries
		w.more(10)
	}
	w.checkpoint()
	sql := func(statements ...string) {
		t.Helper()
		w.check(d.Server.Exec(t.Context(), d.Name, append([]string{"SET search_path = " + sqldb.Schema, "SET session_replication_role = replica"}, statements...)...))
	}
	flip := func(table, column, where string) string {
		return fmt.Sprintf("UPDATE %[1]s SET %[2]s = set_byte(%[2]s, 60, get_byte(%[2]s, 60) # 4) WHERE org_id <> 'platform' AND %[3]s", table, column, where)
	}
	for _, x := range []struct{ name, change, back, says string }{
		{"a leaf", flip("ledger_entry", "leaf", "idx = 20"), "", "entry 20"},
		{"the values of an entry", flip("ledger_entry", "sealed", "idx = 21"), "", "entry 21"},
		{"a tile", flip("ledger_tile", "hashes", "level = 0 AND n = 0"), "", "tile 0 of level 0"},
		{
			"a checkpoint", "UPDATE checkpoint SET root = set_byte(root, 3, get_byte(root, 3) # 4) WHERE org_id <> 'platform'",
			"UPDATE checkpoint SET root = set_byte(root, 3, get_byte(root, 3) # 4) WHERE org_id <> 'platform'", "checkpoint of size",
		},
	} {
		if x.back == "" {
			x.back = x.change
		}
		before := strings.Count(w.server.Log(), "the ledger does not verify")
		night := "UPDATE schedule SET next_at = 1 WHERE kind = 'ledger.verify' AND key = 'nightly' AND org_id <> 'platform'"
		sql(x.change, night, "UPDATE due SET at = 1 WHERE organisation <> 'platform'")
		live.Until(t, x.name+" is found", func() bool {
			lines := strings.Split(w.server.Log(), "\n")
			n := 0
			for _, line := range lines {
				if strings.Contains(line, "the ledger does not verify") {
					if n++; n > before && strings.Contains(line, x.says) {
						return true
					}
				}
			}
			return false
		})
		bundle := filepath.Join(w.dir(), "damaged.zip")
		_ = os.Remove(bundle)
		if code, _, _ := w.owner.Try("", "audit", "export", "--server", "--values", bundle); code == 0 && x.name != "a checkpoint" {
			if code, out, _ := live.Command(t, "", nil, w.program.Verify, "--key", w.key, bundle); code != 1 {
				t.Errorf("%s: a bundle is made, and verifies with %d\n%s", x.name, code, out)
			}
		}
		sql(x.back)
	}
	w.isThere() // all is as it was
}
