package history_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/history"
	"c4arch/internal/store/arch"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/store/storetest"
)

// entries are kind and values of all entries of the ledger in dir.
func entries(t *testing.T, dir string) []string {
	t.Helper()
	h, err := home.Local(t.Context(), dir, false, storetest.MachineKey(), storetest.Noon)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Release()
	var list []string
	err = h.Read(t.Context(), func(tx *sqldb.Tx) error {
		return tx.Each(t.Context(), `SELECT idx, kind, sealed FROM ledger_entry ORDER BY idx`, func(scan func(...any) error) error {
			var index int64
			var kind string
			var sealed []byte
			if err := scan(&index, &kind, &sealed); err != nil {
				return err
			}
			values, err := home.OpenOpenings(h.Key(), index, sealed)
			text := kind
			for _, name := range []string{"actor", "surface", "action", "project", "snapshot", "root", "resources", "snapshots", "count", "resource", "reason"} {
				if v, ok := values[name]; ok {
					text += " " + name + "=" + string(v.Value)
				}
			}
			list = append(list, text)
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// What is kept, let go and withdrawn is an entry of the ledger each, that says by whom and what; where nothing was changed there is none.
func TestEntries(t *testing.T) {
	ctx := t.Context()
	dir := filepath.Join(t.TempDir(), "store")
	s, err := arch.Create(ctx, storetest.Mine(access.ProjectCreate), dir, storetest.MachineKey(), storetest.Noon)
	if err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	e := storetest.NewEstate(t, 80, 20)
	keep := func(snapshot *evidence.Snapshot) history.Entry {
		t.Helper()
		entry, err := history.Keep(ctx, s, storetest.Mine(access.SnapshotKeep), history.Scan{Snapshot: snapshot, Model: &c4.Model{}}, storetest.Noon)
		must(err)
		return entry
	}
	snapshot := e.Scan(t)
	first := keep(snapshot)
	keep(snapshot) // the same again
	e.Pass()
	second := keep(e.Scan(t))
	retention := history.Retention{Newest: 1}
	c, err := history.Collect(ctx, s, storetest.Mine(access.SnapshotCollect), retention, storetest.Noon, true)
	must(err)
	if len(c.Snapshots) != 1 || c.Snapshots[0].ID != first.ID {
		t.Errorf("%+v would go", c)
	}
	for range 2 { // the second time there is nothing to do
		_, err = history.Collect(ctx, s, storetest.Mine(access.SnapshotCollect), retention, storetest.Noon, false)
		must(err)
	}
	resource := snapshot.Resources[3].ID
	for range 2 {
		_, err = history.Redact(ctx, s, storetest.Mine(access.SnapshotRedact), resource, "asked for", storetest.Noon)
		must(err)
	}
	_, err = history.Redact(ctx, s, storetest.Mine(access.SnapshotRedact), "/none", "asked for", storetest.Noon)
	if fault.KindOf(err) != fault.NotFound {
		t.Errorf("a resource that is not there: %v", err)
	}
	_, err = history.Collect(ctx, s, storetest.Mine(access.SnapshotCollect), history.Retention{Days: -1}, storetest.Noon, false)
	if fault.KindOf(err) != fault.Invalid {
		t.Errorf("a retention of the future: %v", err)
	}
	must(s.Close())
	who := func(action string) string {
		return ` actor="local" surface="cli" action="` + action + `" project="local"`
	}
	kept := func(x history.Entry) string {
		return "snapshot.kept" + who("snapshot.keep") + fmt.Sprintf(` snapshot=%q root=%q resources=20`, x.ID, x.Root)
	}
	want := []string{
		`project.created actor="local" surface="cli" action="project.create" project="local"`,
		kept(first), kept(second),
		"snapshot.collected" + who("snapshot.collect") + fmt.Sprintf(` snapshots=[%q] count=1`, first.ID),
		"snapshot.redacted" + who("snapshot.redact") + fmt.Sprintf(` snapshots=[%q] count=1 resource=%q reason="asked for"`, second.ID, resource),
	}
	if got := entries(t, dir); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the ledger says\n%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// The id of a record is told before it is kept, and is what the store calls it.
func TestIdentity(t *testing.T) {
	r := storetest.NewEstate(t, 81, 10).Record(t)
	s, err := arch.Create(t.Context(), storetest.Mine(access.ProjectCreate), filepath.Join(t.TempDir(), "store"), storetest.MachineKey(), storetest.Noon)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // what was kept is durable
	e, err := storetest.Local(s).Put(t.Context(), r, storetest.Noon)
	if err != nil || e.ID != history.IDOf(r.Digest()) {
		t.Errorf("%s, not %s: %v", e.ID, history.IDOf(r.Digest()), err)
	}
	at, err := time.Parse(time.RFC3339, r.Snapshot.CollectedAt)
	if err != nil {
		t.Fatal(err)
	}
	other := *r.Snapshot
	other.CollectedAt = at.Add(time.Second).Format(time.RFC3339)
	r.Snapshot = &other
	if history.IDOf(r.Digest()) == e.ID {
		t.Error("another time is the same record")
	}
	for _, bad := range []string{"", "sha256:", "sha256:12", "md5:" + strings.Repeat("0", 64)} {
		if got := history.IDOf(canon.Digest(bad)); got != "" {
			t.Errorf("%q has the id %s", bad, got)
		}
	}
}
