package trust

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/auditing"
	"c4arch/internal/service/change"
	"c4arch/internal/service/task"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/ledger"
)

func copies(t *testing.T) *Copies {
	t.Helper()
	c, err := OpenCopies(filepath.Join(t.TempDir(), "checkpoints"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// flip changes one bit in the middle of bytes.
func flip(b []byte) []byte {
	b = bytes.Clone(b)
	b[len(b)/2] ^= 4
	return b
}

// Each change of the database, made with rights that the program does not have, is found, and the verifier says where.
func TestDamageIsFound(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		svc := w.auditing(copies(t))
		w.write(contoso, 270)
		if _, err := svc.Checkpoint(t.Context(), actor(contoso)); err != nil {
			t.Fatal(err)
		}
		w.write(contoso, 300)
		if v, err := svc.Verify(t.Context(), actor(contoso), auditing.Full); err != nil || v.Read < 570 || v.Checkpoints != 1 {
			t.Fatalf("before anything was changed: %v, %+v", err, v)
		}
		head, err := w.store.Head(t.Context(), w.scope(contoso, access.LedgerVerify))
		w.check(err)
		bytesOf := func(query string, args ...any) (b []byte) { w.one(contoso, &b, query, args...); return b }
		entry := func(column string, index int64) []byte {
			return bytesOf(`SELECT `+column+` FROM ledger_entry WHERE idx = $1`, index)
		}
		var note string
		w.one(contoso, &note, `SELECT note FROM checkpoint`)
		var size int64
		w.one(contoso, &size, `SELECT size FROM checkpoint`)
		column := func(name string, index int64, value []byte) func() {
			was := entry(name, index)
			return func() {
				w.tamper(contoso, `UPDATE ledger_entry SET `+name+` = $1 WHERE idx = $2`, value, index)
				w.undo(func() { w.tamper(contoso, `UPDATE ledger_entry SET `+name+` = $1 WHERE idx = $2`, was, index) })
			}
		}
		tile := func(level, n int, change func([]byte) []byte) func() {
			was := bytesOf(`SELECT hashes FROM ledger_tile WHERE level = $1 AND n = $2`, level, n)
			return func() {
				w.tamper(contoso, `UPDATE ledger_tile SET hashes = $1 WHERE level = $2 AND n = $3`, change(was), level, n)
				w.undo(func() {
					w.tamper(contoso, `UPDATE ledger_tile SET hashes = $1 WHERE level = $2 AND n = $3`, was, level, n)
				})
			}
		}
		// Another leaf in the place of the one that is there, with a hash that fits it.
		forged := bytes.Replace(entry("leaf", 20), []byte(`"kind":"member.added"`), []byte(`"kind":"member.removed"`), 1)
		hash := ledger.LeafHash(forged)
		last := head.Size - 1
		for _, x := range []struct {
			name   string
			change func()
			where  string
			what   string
			index  int64
		}{
			{"a bit of a leaf", column("leaf", 20, flip(entry("leaf", 20))), "entry 20", "its leaf", 20},
			{"a bit of the newest leaf", column("leaf", last, flip(entry("leaf", last))), "", "its leaf", last},
			{"a bit of a hash", column("leaf_hash", 20, flip(entry("leaf_hash", 20))), "entry 20", "one of the two was changed", 20},
			{"a hash that is cut off", column("leaf_hash", 20, entry("leaf_hash", 20)[:31]), "entry 20", "its hash has 31 bytes", 20},
			{"a bit of sealed values", column("sealed", 300, flip(entry("sealed", 300))), "entry 300", "its values do not open", 300},
			{"values of another entry", column("sealed", 300, entry("sealed", 301)), "entry 300", "its values do not open", 300},
			{"a value that was replaced with the organisation's own key", column("sealed", 300, w.replacedValue(300)), "entry 300", "the value of role is not the one", 300},
			{"a leaf with its hash, and another kind", func() {
				column("leaf", 20, forged)()
				column("leaf_hash", 20, hash[:])()
			}, "tile 0 of level 0", "hash 20 in it", 20},
			{"another kind in the row", func() {
				w.tamper(contoso, `UPDATE ledger_entry SET kind = $1 WHERE idx = $2`, "member.removed", 20)
				w.undo(func() { w.tamper(contoso, `UPDATE ledger_entry SET kind = $1 WHERE idx = $2`, "member.added", 20) })
			}, "entry 20", "of the kind member.added", 20},
			{"another time", func() {
				w.tamper(contoso, `UPDATE ledger_entry SET at = at - 1 WHERE idx = $1`, 20)
				w.undo(func() { w.tamper(contoso, `UPDATE ledger_entry SET at = at + 1 WHERE idx = $1`, 20) })
			}, "entry 20", "different times", 20},
			{"a bit of a full tile", tile(0, 1, flip), "tile 1 of level 0", "hash 128 in it", 256 + 128},
			{"a bit of a growing tile", tile(1, 0, flip), "tile 0 of level 1", "hash 1 in it", 256},
			{"a tile that is cut off", tile(0, 0, func(b []byte) []byte { return b[:100] }), "tile 0 of level 0", "it has 100 bytes", -1},
			{"a tile that belongs nowhere", func() {
				w.tamper(contoso, `INSERT INTO ledger_tile (level, n, hashes) SELECT 5, 7, hashes FROM ledger_tile WHERE level = 0 AND n = 0`)
				w.undo(func() { w.tamper(contoso, `DELETE FROM ledger_tile WHERE level = 5`) })
			}, "tile 7 of level 5", "belongs to no tree", -1},
			{"a bit of a checkpoint's root", func() {
				w.tamper(contoso, `UPDATE checkpoint SET root = $1 WHERE size = $2`, flip(bytesOf(`SELECT root FROM checkpoint`)), size)
				root := bytesOf(`SELECT root FROM checkpoint`)
				w.undo(func() { w.tamper(contoso, `UPDATE checkpoint SET root = $1 WHERE size = $2`, flip(root), size) })
			}, fmt.Sprintf("checkpoint of size %d", size), "its row and its note differ", -1},
			{"a checkpoint's signature", func() {
				at := strings.LastIndex(note, " ") + 20
				w.tamper(contoso, `UPDATE checkpoint SET note = $1 WHERE size = $2`, note[:at]+string(note[at]^1)+note[at+1:], size)
				w.undo(func() { w.tamper(contoso, `UPDATE checkpoint SET note = $1 WHERE size = $2`, note, size) })
			}, fmt.Sprintf("checkpoint of size %d", size), "", -1},
			{"a person who is not in the index", func() {
				w.tamper(contoso, `DELETE FROM ledger_subject WHERE idx = 40`)
				w.undo(func() {
					w.tamper(contoso, `INSERT INTO ledger_subject (subject, idx) VALUES ($1, 40)`, another)
					w.tamper(contoso, `INSERT INTO ledger_subject (subject, idx) VALUES ($1, 40)`, person)
				})
			}, "entry 40", "an erasure would miss it", 40},
			{"the head's peaks", func() {
				was := bytesOf(`SELECT frontier FROM ledger_head`)
				w.tamper(contoso, `UPDATE ledger_head SET frontier = $1`, flip(was))
				w.undo(func() { w.tamper(contoso, `UPDATE ledger_head SET frontier = $1`, was) })
			}, "the head", "its root is not", -1},
			{"the head's size", func() {
				was := bytesOf(`SELECT frontier FROM ledger_head`)
				w.tamper(contoso, `UPDATE ledger_head SET size = $1`, head.Size+1)
				w.undo(func() { w.tamper(contoso, `UPDATE ledger_head SET size = $1, frontier = $2`, head.Size, was) })
			}, "the head", "", -1},
		} {
			t.Run(x.name, func(t *testing.T) {
				x.change()
				v, err := svc.Look(t.Context(), actor(contoso), auditing.Full)
				w.undone()
				w.check(err)
				if len(v.Faults) == 0 {
					t.Fatal("it was not found")
				}
				found := false
				for _, f := range v.Faults {
					found = found || (x.where == "" || f.Where == x.where) && strings.Contains(f.What, x.what) && f.Index == x.index
				}
				if !found {
					t.Errorf("found: %v", v.Faults)
				}
				if v, err := svc.Look(t.Context(), actor(contoso), auditing.Full); err != nil || len(v.Faults) > 0 {
					t.Fatalf("after it was undone: %v %+v", err, v)
				}
			})
		}
	})
}

// An entry that is missing, with everything else as it was.
func TestAMissingEntryIsFound(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		svc := w.auditing(nil)
		w.write(contoso, 30)
		w.tamper(contoso, `DELETE FROM ledger_subject WHERE idx = 7`)
		w.tamper(contoso, `DELETE FROM ledger_entry WHERE idx = 7`)
		v, err := svc.Look(t.Context(), actor(contoso), auditing.Full)
		w.check(err)
		if len(v.Faults) == 0 || v.Faults[0].Where != "entry 7" || v.Faults[0].What != "it is missing" {
			t.Errorf("%v", v.Faults)
		}
		if v, err = svc.Look(t.Context(), actor(contoso), auditing.Tail); err != nil || len(v.Faults) == 0 {
			t.Errorf("the tail: %v %+v", err, v)
		}
	})
}

// The verdict is loud: an entry in the log, an error, and the job is done all the same.
func TestAVerdictIsLoud(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		svc := w.auditing(nil)
		m := meter{}
		svc.Meter = m
		var log bytes.Buffer
		svc.Logger = logger(&log)
		w.write(contoso, 10)
		w.tamper(contoso, `UPDATE ledger_entry SET kind = 'job.died' WHERE idx = 3`)
		if _, err := svc.Verify(t.Context(), actor(contoso), auditing.Full); fault.KindOf(err) != fault.Internal || !strings.Contains(err.Error(), "entry 3") {
			t.Errorf("got %v", err)
		}
		if m["full"] != "bad" || !strings.Contains(log.String(), `where="entry 3"`) {
			t.Errorf("metric %v, log %s", m, &log)
		}
		rows, err := w.store.Rows(t.Context(), w.scope(contoso, access.LedgerRead), auditing.Query{From: 10})
		w.check(err)
		last := rows[len(rows)-1]
		if last.Kind != "ledger.verified" || string(last.Openings["outcome"].Value) != `"damaged"` || !strings.Contains(string(last.Openings["first"].Value), "entry 3") {
			t.Errorf("%+v", last)
		}
	})
}

// What was restored from an older backup contradicts the copy outside, and the instance's log, and is not signed.
func TestRollbackIsFound(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		for _, outside := range []bool{true, false} {
			org := map[bool]id.Org{true: contoso, false: fabrikam}[outside]
			svc := w.auditing(nil)
			if outside {
				svc = w.auditing(copies(t))
			}
			w.write(org, 20)
			older := w.backup(org)
			w.write(org, 20)
			if _, err := svc.Checkpoint(t.Context(), actor(org)); err != nil {
				t.Fatal(err)
			}
			if !outside {
				w.check(svc.HandleGather(t.Context(), w.platformJob(t, `{"all":true}`)))
			}
			w.check(svc.Opened(t.Context(), org))
			older()
			v, err := svc.Look(t.Context(), actor(org), auditing.Tail)
			w.check(err)
			where := map[bool]string{true: "the copy of the checkpoint outside of the database", false: "the instance's log"}[outside]
			if len(v.Faults) != 1 || v.Faults[0].Where != where || !strings.Contains(v.Faults[0].What, "knows 40 entries and the log has 20: the log was rolled back") {
				t.Errorf("found: %v", v.Faults)
			}
			if err := svc.Opened(t.Context(), org); fault.KindOf(err) != fault.Internal {
				t.Errorf("at opening: %v", err)
			}
			if _, err := svc.Checkpoint(t.Context(), actor(org)); fault.KindOf(err) != fault.Internal || !strings.Contains(err.Error(), "not signed") {
				t.Errorf("it was signed: %v", err)
			}
			// Also when it has grown past what was known.
			w.write(org, 60)
			if v, err = svc.Look(t.Context(), actor(org), auditing.Tail); err != nil || len(v.Faults) != 1 || !strings.Contains(v.Faults[0].What, "history was rewritten") {
				t.Errorf("after it grew: %v %+v", err, v)
			}
		}
	})
}

// Somebody who has the database, the organisation's key and the signing key writes another history that is whole in itself. What was held outside contradicts it.
func TestRewrittenHistoryIsFound(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		c := copies(t)
		svc := w.auditing(c)
		empty := w.backup(contoso)
		w.write(contoso, 50)
		held, err := svc.Checkpoint(t.Context(), actor(contoso))
		w.check(err)
		empty()
		w.clock.add(-1000)
		w.write(contoso, 50) // other salts, so another history
		forger := w.auditing(nil)
		forger.Heads = nil
		forged, err := forger.Checkpoint(t.Context(), actor(contoso))
		w.check(err)
		if bytes.Equal(held, forged) {
			t.Fatal("the two histories are one")
		}
		if v, err := forger.Look(t.Context(), actor(contoso), auditing.Full); err != nil || len(v.Faults) != 0 {
			t.Fatalf("the forged history is not whole in itself: %v %+v", err, v)
		}
		v, err := svc.Look(t.Context(), actor(contoso), auditing.Full)
		w.check(err)
		if len(v.Faults) != 1 || !strings.Contains(v.Faults[0].What, "the first 50 entries had another root: history was rewritten") {
			t.Errorf("found: %v", v.Faults)
		}
	})
}

func TestCopies(t *testing.T) {
	c := copies(t)
	if _, err := c.Get(t.Context(), contoso); fault.KindOf(err) != fault.NotFound {
		t.Errorf("got %v", err)
	}
	if err := c.Put(t.Context(), "../../x", []byte("x")); fault.KindOf(err) != fault.NotFound {
		t.Errorf("got %v", err)
	}
	for _, text := range []string{"one", "two"} {
		if err := c.Put(t.Context(), contoso, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got, err := c.Get(t.Context(), contoso); err != nil || string(got) != text {
			t.Errorf("%q %v", got, err)
		}
	}
	list, err := os.ReadDir(c.dir)
	if err != nil || len(list) != 1 {
		t.Errorf("%v %v", list, err)
	}
	if info, _ := list[0].Info(); info.Mode().Perm() != 0o600 {
		t.Errorf("others can read it: %s", info.Mode())
	}
	if _, err := OpenCopies(c.dir); err != nil {
		t.Error(err)
	}
}

// undo notes how a change is taken back, and undone does so, the last first.
func (w *world) undo(fn func()) { w.undos = append(w.undos, fn) }

func (w *world) undone() {
	for i := len(w.undos) - 1; i >= 0; i-- {
		w.undos[i]()
	}
	w.undos = nil
}

// replacedValue are the values of an entry, one of them another, sealed with the organisation's key.
func (w *world) replacedValue(index int64) []byte {
	w.t.Helper()
	var sealed []byte
	w.one(contoso, &sealed, `SELECT sealed FROM ledger_entry WHERE idx = $1`, index)
	key, err := keys{}.Open(w.t.Context(), contoso, nil, "")
	w.check(err)
	openings, err := home.OpenOpenings(key, index, sealed)
	w.check(err)
	o := openings["role"]
	o.Value = []byte(`"owner"`)
	openings["role"] = o
	again, err := home.SealOpenings(key, index, openings)
	w.check(err)
	if _, err := key.Open(secret.ForLedger, "entry/0", again); err == nil && index != 0 {
		w.t.Fatal("sealed values are not bound to their place")
	}
	return again
}

// backup keeps the rows of an organisation's ledger; what it returns puts them back.
func (w *world) backup(org id.Org) func() {
	w.t.Helper()
	tables := map[string][]string{
		"ledger_head": {"size", "frontier", "at"}, "ledger_entry": {"idx", "at", "kind", "leaf", "leaf_hash", "sealed"},
		"ledger_subject": {"subject", "idx"}, "ledger_tile": {"level", "n", "hashes"}, "checkpoint": {"size", "root", "note", "at"},
	}
	kept := map[string][][]any{}
	for table, columns := range tables {
		w.check(w.store.read(w.t.Context(), w.scope(org, access.LedgerRead), func(_ *home.Home, tx *sqldb.Tx) error {
			return tx.Each(w.t.Context(), `SELECT `+strings.Join(columns, ", ")+` FROM `+table, func(scan func(...any) error) error {
				row, to := make([]any, len(columns)), make([]any, len(columns))
				for i, c := range columns {
					switch c {
					case "frontier", "leaf", "leaf_hash", "sealed", "hashes", "root":
						to[i] = new([]byte)
					case "kind", "subject", "note":
						to[i] = new(string)
					default:
						to[i] = new(int64)
					}
				}
				if err := scan(to...); err != nil {
					return err
				}
				for i := range to {
					switch p := to[i].(type) {
					case *[]byte:
						row[i] = *p
					case *string:
						row[i] = *p
					case *int64:
						row[i] = *p
					}
				}
				kept[table] = append(kept[table], row)
				return nil
			})
		}))
	}
	return func() {
		for _, table := range []string{"ledger_subject", "ledger_entry", "ledger_tile", "checkpoint", "ledger_head"} {
			w.clear(org, table)
		}
		for _, table := range []string{"ledger_head", "ledger_entry", "ledger_subject", "ledger_tile", "checkpoint"} {
			for _, row := range kept[table] {
				places := make([]string, len(row))
				for i := range row {
					places[i] = fmt.Sprintf("$%d", i+1)
				}
				w.tamper(org, `INSERT INTO `+table+` (`+strings.Join(tables[table], ", ")+`) VALUES (`+strings.Join(places, ", ")+`)`, row...)
			}
		}
	}
}

// platformJob is a job of the platform that is in hand.
func (w *world) platformJob(t *testing.T, args string) *task.Claimed {
	t.Helper()
	return w.job(t, id.Platform, task.GatherHeads, args)
}

// job puts a job into a home and claims it.
func (w *world) job(t *testing.T, org id.Org, kind, args string) *task.Claimed {
	t.Helper()
	act := access.LedgerSign
	if org == id.Platform {
		act = access.PlatformOperate
	}
	env := change.New(w.scope(org, act), w.clock.now(), ledger.Draft{Kind: "job.finished", Fields: []ledger.Field{ledger.Text("kind", "test")}})
	env.Jobs = []job.New{{Kind: kind, Args: []byte(args)}}
	_, err := w.store.Append(t.Context(), &env)
	w.check(err)
	c, err := w.homes.Queue().Claim(t.Context(), "test", 60e9)
	w.check(err)
	if c == nil || c.Lease.Kind != kind || c.Lease.Org != org {
		t.Fatalf("claimed %+v", c)
	}
	if !json.Valid(c.Lease.Args) {
		t.Fatal("no arguments")
	}
	return c
}
