package sqldb_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"c4arch/internal/base/id"
	"c4arch/internal/store/sqldb"
	"c4arch/test/pg"
)

// durable is a database of a server that writes as in production.
func durable(b *testing.B) *pg.Database {
	b.Helper()
	return pg.Run(b, pg.Options{Fsync: true}).Database(b)
}

// BenchmarkRead is what an API call reads (a member by its id, a project, a page of 20 findings of it) in one transaction, among 50 organisations of 1,000 findings: under
// row security, and with the policies dropped and the same statements. Every round asks both, so that what else the machine does falls on both; reported are medians.
func BenchmarkRead(b *testing.B) {
	d := durable(b)
	s := d.Connect(b, nil)
	ctx := b.Context()
	var orgs []id.Org
	for i := range 50 {
		orgs = append(orgs, id.Org(fmt.Sprintf("og_01hzzzzzzzzzzzzzzzzzzzzz%02d", i)))
		fill(b, s.Home(orgs[i]))
	}
	if err := d.Server.Exec(ctx, d.Name, "VACUUM ANALYZE"); err != nil {
		b.Fatal(err)
	}
	open, err := d.Server.Create(ctx, d.Name) // a copy: nobody may be connected
	if err != nil {
		s.Close()
		if open, err = d.Server.Create(ctx, d.Name); err != nil {
			b.Fatal(err)
		}
	}
	if err := d.Server.Exec(ctx, open.Name, `DO $$ DECLARE t text; BEGIN
		FOR t IN SELECT relname FROM pg_class WHERE relnamespace = 'c4arch'::regnamespace AND relkind = 'r' LOOP
			EXECUTE format('DROP POLICY home ON c4arch.%I', t);
			EXECUTE format('ALTER TABLE c4arch.%I DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY', t);
		END LOOP; END $$`, "VACUUM ANALYZE"); err != nil {
		b.Fatal(err)
	}
	// The statements name the organisation on both sides, so that the plans can be the same where there is no policy.
	engines := []*sqldb.Server{d.Connect(b, nil), open.Connect(b, nil)}
	var times [2][]time.Duration
	i := 0
	for b.Loop() {
		i++
		o := orgs[i%len(orgs)]
		for _, k := range []int{i % 2, 1 - i%2} {
			start := time.Now()
			if err := engines[k].Home(o).Read(ctx, func(tx *sqldb.Tx) error { return call(ctx, tx, o, fmt.Sprint(i%1000)) }); err != nil {
				b.Fatal(err)
			}
			times[k] = append(times[k], time.Since(start))
		}
	}
	for k, name := range []string{"secured", "open"} {
		slices.Sort(times[k])
		b.ReportMetric(float64(times[k][len(times[k])/2].Nanoseconds()), "p50-ns-"+name)
	}
	b.ReportMetric(100*(float64(times[0][len(times[0])/2])/float64(times[1][len(times[1])/2])-1), "%more")
}

func call(ctx context.Context, tx *sqldb.Tx, o id.Org, finding string) error {
	var name, role string
	if _, err := tx.Row(ctx, []any{&name, &role}, `SELECT name, role FROM member WHERE org_id = $2 AND id = $1`, "1", o); err != nil {
		return err
	}
	if _, err := tx.Row(ctx, []any{&name}, `SELECT name FROM project WHERE org_id = $2 AND id = $1`, "1", o); err != nil {
		return err
	}
	n := 0
	err := tx.Each(ctx, `SELECT id, severity, title FROM finding WHERE org_id = $3 AND project = $1 AND id > $2 ORDER BY id LIMIT 20`, func(scan func(...any) error) error {
		n++
		return scan(&name, &role, &name)
	}, "1", finding, o)
	if err == nil && n == 0 && finding < "9" {
		err = fmt.Errorf("there are no findings after %s", finding)
	}
	return err
}

func fill(b *testing.B, db *sqldb.DB) {
	b.Helper()
	ctx := b.Context()
	if err := db.Transact(ctx, func(tx *sqldb.Tx) error {
		for _, text := range []string{
			`INSERT INTO member (id, name, email, role, removed, erased, created_at, version) VALUES ('1', 'm', 'm@example.com', 'owner', 0, 0, 1, 1)`,
			`INSERT INTO project (id, slug, name, archived, created_at, version) VALUES ('1', 'p', 'p', 0, 1, 1)`,
			`INSERT INTO object (name, state, size, at) VALUES ('o', 'live', 1, 1)`,
			`INSERT INTO comparison (id, project, baseline, snapshot, at, counts, findings, object) VALUES ('1', '1', '', '', 1, '', 1, 'o')`,
		} {
			if err := tx.Queue(ctx, text); err != nil {
				return err
			}
		}
		for i := range 1000 {
			if err := tx.Queue(ctx, `INSERT INTO finding (project, id, comparison, severity, state, title, resource, first_at, last_at, data)
				VALUES ('1', $1, '1', 'high', 'open', 'a title of some length for a finding', 'resource', 1, 1, $2)`, fmt.Sprint(i), []byte("{}")); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkPipeline is a transaction of one statement as it is sent (two round trips) and as four calls of pgx would send it. Both in every round, medians.
func BenchmarkPipeline(b *testing.B) {
	d := durable(b)
	ctx := b.Context()
	db := d.Connect(b, nil).Home(org)
	conn, err := pgx.Connect(ctx, d.URL(pg.App))
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // the benchmark is over
	plain := func() error {
		tx, err := conn.BeginTx(ctx, pgx.TxOptions{})
		if err != nil {
			return err
		}
		defer tx.Rollback(ctx) //nolint:errcheck // after a commit it does nothing
		if _, err := tx.Exec(ctx, `SELECT set_config('app.org_id', $1, true)`, string(org)); err != nil {
			return err
		}
		n := 0
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM c4arch.schedule`).Scan(&n); err != nil {
			return err
		}
		return tx.Commit(ctx)
	}
	ours := func() error {
		return db.Transact(ctx, func(tx *sqldb.Tx) error {
			n := 0
			_, err := tx.Row(ctx, []any{&n}, `SELECT count(*) FROM c4arch.schedule`)
			return err
		})
	}
	var times [2][]time.Duration
	for b.Loop() {
		for k, run := range []func() error{ours, plain} {
			start := time.Now()
			if err := run(); err != nil {
				b.Fatal(err)
			}
			times[k] = append(times[k], time.Since(start))
		}
	}
	for k, name := range []string{"pipelined", "plain"} {
		slices.Sort(times[k])
		b.ReportMetric(float64(times[k][len(times[k])/2].Nanoseconds()), "p50-ns-"+name)
	}
}
