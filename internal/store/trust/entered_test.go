package trust

import (
	"context"
	"fmt"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	"c4arch/internal/service/assure"
	"c4arch/internal/service/change"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/control"
	"c4arch/internal/trust/ledger"
)

// TestEnteredFails writes rows beside the ledger: a session, a token, a scan and an exception.
func TestEnteredFails(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		run := w.looks().Entered
		w.sql(id.Platform, `UPDATE directory SET created_at = (SELECT MAX(at) FROM ledger_entry WHERE kind = 'organisation.created')`)
		w.expect(t, assure.ChangesEntered, run, control.Pass, "")
		// A project as the program makes it: with its entry, in one change.
		env := change.New(w.scope(contoso, access.ProjectCreate), w.clock.now(), ledger.Draft{Kind: "project.created", Fields: []ledger.Field{ledger.Text("project", "pj_good")}})
		_, err := w.store.commit(t.Context(), &env, func(ctx context.Context, _ *home.Home, tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO project (id, slug, name, archived, created_at, version) VALUES ('pj_good', 'good', 'good', 0, $1, 1)`, env.At.UnixMicro())
			return err
		})
		w.check(err)
		w.expect(t, assure.ChangesEntered, run, control.Pass, "")
		w.persons("pn_a")
		for _, x := range []struct {
			org           id.Org
			table, insert string
		}{
			{id.Platform, "session", `INSERT INTO session (id, hash, realm, person, organisation, support, method, strength, device, created_at, seen_at, proven_at, expires_at, ended, version)
				VALUES ('ss_x', '\x00', 'members', 'pn_a', '` + string(contoso) + `', '', 'passkey', '{}', 'x', {1m}, {1m}, 0, {2h}, 0, 1)`},
			{contoso, "project", `INSERT INTO project (id, slug, name, archived, created_at, version) VALUES ('pj_x', 'x', 'x', 0, {1m}, 1)`},
			{contoso, "scan", `INSERT INTO scan (id, project, connection, upload, name, state, stage, done, total, snapshot, resources, not_read, error, actor, collected_at, created_at, ended_at, version)
				VALUES ('sc_x', 'pj_good', NULL, NULL, 'x', 'queued', '', 0, 0, NULL, 0, 0, '', 'x', 0, {1m}, 0, 1)`},
		} {
			w.sql(x.org, x.insert)
			w.expect(t, assure.ChangesEntered, run, control.Fail, x.table+" ")
			if x.table == "project" {
				w.tamper(x.org, `DELETE FROM project WHERE id = 'pj_x'`)
			} else {
				w.clear(x.org, x.table)
			}
			w.expect(t, assure.ChangesEntered, run, control.Pass, "")
		}
		// What an entry was taken away of is found as well, where the log itself is not looked at.
		w.tamper(contoso, `UPDATE ledger_entry SET kind = 'home.swept' WHERE kind = 'project.created'`)
		w.expect(t, assure.ChangesEntered, run, control.Fail, "project pj_good is in no entry")
	})
}

// TestStepsFail takes a step back in a file, and changes the text of one on a server.
func TestStepsFail(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		run := w.looks().Steps
		w.expect(t, assure.SchemaSteps, run, control.Pass, "")
		if w.pg != nil {
			for _, x := range [][2]string{
				{"UPDATE c4arch_schema.step SET digest = 'x' || digest WHERE number = 3", "UPDATE c4arch_schema.step SET digest = substr(digest, 2) WHERE number = 3"},
				{"UPDATE c4arch_schema.step SET number = 900 WHERE number = 9", "UPDATE c4arch_schema.step SET number = 9 WHERE number = 900"},
			} {
				w.raw(contoso, x[0])
				w.expect(t, assure.SchemaSteps, run, control.Fail, "migration")
				w.raw(contoso, x[1])
			}
			w.expect(t, assure.SchemaSteps, run, control.Pass, "")
			return
		}
		var n int
		w.one(contoso, &n, `PRAGMA user_version`)
		for _, other := range []int{n - 1, n + 1} {
			w.version(contoso, other)
			w.expect(t, assure.SchemaSteps, run, control.Fail, fmt.Sprintf("%d steps of %d", other, n))
		}
		w.version(contoso, n)
		w.expect(t, assure.SchemaSteps, run, control.Pass, "")
	})
}

// version sets how many steps a file says that it has.
func (w *world) version(org id.Org, n int) {
	w.t.Helper()
	h, err := w.homes.For(w.t.Context(), w.scope(org, access.LedgerRead))
	w.check(err)
	defer h.Release()
	w.check(h.DB().Transact(w.t.Context(), func(tx *sqldb.Tx) error {
		_, err := tx.Exec(w.t.Context(), fmt.Sprintf(`PRAGMA user_version = %d`, n))
		return err
	}))
}

// TestGranted reads what live connections may as it was kept, and says what cannot be read.
func TestGranted(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.sql(contoso,
			`INSERT INTO project (id, slug, name, archived, created_at, version) VALUES ('pj_a', 'a', 'a', 0, 0, 1), ('pj_b', 'b', 'b', 1, 0, 1)`,
			`INSERT INTO secret (id, purpose, sealed, created_at, version) VALUES ('se_a', 'connection', '\x00', 0, 1)`)
		for i, c := range []struct{ project, secret, text, at string }{
			{"pj_a", "se_a", `{"at":"2026-11-23T08:00:00Z","reached":true,"rights":[{"name":"Owner","verdict":"excess"},{"name":"Reader","verdict":"missing"},{"name":"x","verdict":"enough"}]}`, "{-1h}"},
			{"pj_a", "se_a", "", "0"},
			{"pj_b", "se_a", "{", "{-3000h}"},
		} {
			w.sql(contoso,
				fmt.Sprintf(`INSERT INTO connection (id, project, kind, name, path, secret, created_at, version) VALUES ('cn_%d', '%s', 'upload', 'c%d', '', '%s', 0, 1)`, i, c.project, i, c.secret),
				fmt.Sprintf(`INSERT INTO live_connection (connection, kind, target, verified, verified_at) VALUES ('cn_%d', 'azure', '{}', '%s', %s)`, i, c.text, c.at))
		}
		all, err := w.looks().Granted(t.Context())
		w.check(err)
		want := []assure.Granted{
			{Org: contoso, Connection: "cn_0", Shown: true, Looked: true, Excess: 1, Missing: 1},
			{Org: contoso, Connection: "cn_1", Shown: true},
			{Org: contoso, Connection: "cn_2", Looked: true, Old: true, Broken: "it is damaged"},
		}
		if fmt.Sprint(all) != fmt.Sprint(want) {
			t.Errorf("granted: %+v", all)
		}
		env := change.New(w.scope(contoso, access.ProjectCreate), w.clock.now(), ledger.Draft{Kind: "connection.verified", Fields: []ledger.Field{ledger.Text("connection", "cn_0")}})
		_, err = w.store.Append(t.Context(), &env)
		w.check(err)
		w.sql(contoso, fmt.Sprintf(`UPDATE live_connection SET verified_at = %d WHERE connection = 'cn_0'`, env.At.Add(-time.Second).UnixMicro()))
		if all, err = w.looks().Granted(t.Context()); err != nil || !all[0].Entered || all[2].Entered {
			t.Errorf("in the ledger: %+v, %v", all, err)
		}
	})
}
