package home

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/base/secret"
	"c4arch/internal/egress/egresstest"
	"c4arch/internal/service/change"
	"c4arch/internal/store/blob"
	"c4arch/internal/store/blob/blobtest"
	"c4arch/internal/store/schema"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/ledger"
	"c4arch/test/pg"
)

// planted is in everything that an organisation can write, and nowhere else.
const planted = "velvet-heron-4711"

// inBucket makes a bucket of objects, in a store that the test can look into.
func inBucket(t *testing.T) (*blob.Bucket, *blobtest.Store, func(*Config)) {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", blobtest.AccessKey)
	t.Setenv("AWS_SECRET_ACCESS_KEY", blobtest.SecretKey)
	t.Setenv("AWS_CA_BUNDLE", "")
	s := blobtest.NewS3("objects")
	front := egresstest.New(t, map[string]http.Handler{blobtest.S3Host: s, "*." + blobtest.S3Host: s})
	place, err := blob.Parse("s3://objects/c4arch?region=" + blobtest.Region)
	must(t, err)
	b, err := blob.OpenBucket(t.Context(), place, blob.Clients{Objects: front.Client})
	must(t, err)
	t.Cleanup(func() { _ = b.Close() })
	return b, &s.Store, func(c *Config) { c.Objects = func(org id.Org) (Objects, error) { return b.Of(org) } }
}

// plant writes the word into rows, the log, what is sealed, and an object.
func plant(t *testing.T, w *world, h *Home) {
	t.Helper()
	name := strings.Repeat("d", 32)
	must(t, h.Stage(t.Context(), []Staged{{Name: name, Data: []byte(planted)}}, noon))
	env := w.change(h.Org(), "project.created")
	env.Drafts[0].Fields = []ledger.Field{ledger.Text("name", planted), ledger.Text("slug", planted)}
	env.Blobs, env.Jobs = []string{name}, []job.New{{Kind: "a", Key: planted, Args: []byte(`{"x":"` + planted + `"}`)}}
	env.Key = &change.Idempotency{Key: planted, Digest: "sha256:x", Status: 200, Body: []byte(planted)}
	sealed := h.Key().Seal(secret.ForSecrets, "secret/sk_1", []byte(planted))
	_, err := h.Commit(t.Context(), env, func(ctx context.Context, tx *sqldb.Tx, at time.Time) error {
		for _, q := range []struct {
			text string
			args []any
		}{
			{`INSERT INTO project (id, slug, name, archived, created_at, version) VALUES ('pj_1', $1, $1, 0, 1, 1)`, []any{planted}},
			{`INSERT INTO member (id, name, email, role, removed, erased, created_at, version) VALUES ('pn_1', $1, $1, 'owner', 0, 0, 1, 1)`, []any{planted}},
			{`INSERT INTO secret (id, purpose, sealed, created_at, version) VALUES ('sk_1', $1, $2, 1, 1)`, []any{planted, sealed}},
			{`INSERT INTO ledger_subject (subject, idx) VALUES ($1, 0)`, []any{planted}},
			{`INSERT INTO overlay (digest, text) VALUES ('x', $1)`, []any{[]byte(planted)}},
		} {
			if _, err := tx.Exec(ctx, q.text, q.args...); err != nil {
				return err
			}
		}
		return nil
	})
	must(t, err)
}

// rowsWith counts the rows in which the word is, in every table of a server, whoever they belong to, with the rights of its superuser.
func rowsWith(t *testing.T, d *pg.Database, word string) map[string]int {
	t.Helper()
	s, err := sqldb.Connect(t.Context(), d.Options("postgres"))
	must(t, err)
	defer s.Close()
	found := map[string]int{}
	must(t, s.Nobody().Read(t.Context(), func(tx *sqldb.Tx) error {
		tables, err := schema.Tables(t.Context(), tx)
		if err != nil {
			return err
		}
		for _, x := range tables {
			var n int
			if _, err := tx.Row(t.Context(), []any{&n}, `SELECT count(*) FROM `+x.Name+` x WHERE position($1 in x::text) > 0 OR position($2 in x::text) > 0`, word, fmt.Sprintf("%x", word)); err != nil {
				return err
			}
			if n > 0 {
				found[x.Name] = n
			}
		}
		return nil
	}))
	return found
}

// filesWith are the files below dir in which the word is.
func filesWith(t *testing.T, dir, word string) (found []string) {
	t.Helper()
	must(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		if bytes.Contains(data, []byte(word)) {
			found = append(found, path)
		}
		return err
	}))
	return found
}

// After an organisation was destroyed nothing that it wrote can be read: file, rows, objects and secrets are gone or unreadable, and the leaves of its log say nothing.
func TestNothingIsLeft(t *testing.T) {
	for _, place := range []string{"folder", "bucket"} {
		t.Run(place, func(t *testing.T) {
			engines := map[string]func(change func(*Config)) *world{
				"sqlite":     func(change func(*Config)) *world { return embedded(t, change) },
				"postgresql": func(change func(*Config)) *world { return served(t, pg.Start(t), change) },
			}
			for _, engine := range []string{"sqlite", "postgresql"} {
				var bucket *blob.Bucket
				var store *blobtest.Store
				var change func(*Config)
				if place == "bucket" {
					bucket, store, change = inBucket(t)
				}
				w := engines[engine](change)
				nothingIsLeft(t, w, bucket, store)
			}
		})
	}
}

func nothingIsLeft(t *testing.T, w *world, bucket *blob.Bucket, store *blobtest.Store) {
	h, other := w.organisation(), w.organisation()
	org := h.Org()
	plant(t, w, h)
	if w.pg != nil && len(rowsWith(t, w.pg, planted)) < 5 {
		t.Errorf("the word was planted in %v only", rowsWith(t, w.pg, planted))
	}
	if found := filesWith(t, w.cfg.Dir, planted); found != nil {
		t.Errorf("in clear before: %v", found)
	}
	if store != nil {
		p, err := bucket.Of(org)
		must(t, err)
		data, err := p.Read(t.Context(), strings.Repeat("d", 32))
		if err != nil || bytes.Contains(data, []byte(planted)) || len(data) == 0 {
			t.Errorf("the object in the bucket is %q %v", data, err)
		}
	}
	var late *Home
	if w.pg != nil { // another replica is in the middle of something
		late = w.again().home(org)
	}
	h.Release()
	w.wrapInstead(org, []byte{})
	must(t, w.platform.db.Transact(t.Context(), func(tx *sqldb.Tx) error {
		_, err := tx.Exec(t.Context(), `UPDATE directory SET state = 'destroyed' WHERE id = $1`, string(org))
		return err
	}))
	must(t, w.Forget(t.Context(), w.ops(), org))
	if late != nil {
		_, err := late.Commit(t.Context(), w.change(org, "project.created"), project("pj_2"))
		isKind(t, err, fault.NotFound)
		late.Release()
	}
	if found := filesWith(t, w.cfg.Dir, planted); found != nil {
		t.Errorf("in files: %v", found)
	}
	if _, err := os.Stat(w.orgDir(org)); err == nil {
		t.Error("its folder is there")
	}
	if store != nil && slices.ContainsFunc(store.Keys(), func(k string) bool { return strings.Contains(k, string(org)) }) {
		t.Errorf("in the bucket: %v", store.Keys())
	}
	if w.pg != nil {
		if found := rowsWith(t, w.pg, planted); len(found) != 0 {
			t.Errorf("in rows: %v", found)
		}
		leavesOnly(t, w, org)
	}
	if verify(t, other) != 1 || count(t, other, `SELECT count(*) FROM organisation`) != 1 {
		t.Error("another one was hit")
	}
	_, err := w.For(t.Context(), may(t, org))
	isKind(t, err, fault.NotFound)
}

// leavesOnly: of the rows only the log is left, and it is whole but for its values.
func leavesOnly(t *testing.T, w *world, org id.Org) {
	must(t, w.cfg.Server.Home(org).Read(t.Context(), func(tx *sqldb.Tx) error {
		tables, err := schema.Tables(t.Context(), tx)
		if err != nil {
			return err
		}
		for _, x := range tables {
			var n int
			if _, err := tx.Row(t.Context(), []any{&n}, `SELECT count(*) FROM `+x.Name); err != nil {
				return err
			}
			if n > 0 && !slices.Contains(remaining, x.Name) {
				t.Errorf("%d rows are left of %s", n, x.Name)
			}
		}
		var b ledger.Builder
		var frontier []byte
		if _, err := tx.Row(t.Context(), []any{&frontier}, `SELECT frontier FROM ledger_head`); err != nil {
			return err
		}
		err = tx.Each(t.Context(), `SELECT leaf, sealed FROM ledger_entry ORDER BY idx`, func(scan func(...any) error) error {
			var leaf, sealed []byte
			if err := scan(&leaf, &sealed); err != nil {
				return err
			}
			if len(sealed) > 0 {
				t.Error("a value is kept")
			}
			b.Add(ledger.LeafHash(leaf))
			return nil
		})
		head, errHead := ledger.ParseHead(b.Size, frontier, noon)
		if errHead != nil || b.Size != 2 || head.Root() != b.Root() {
			t.Errorf("the leaves are not those of the log: %d, %v", b.Size, errHead)
		}
		return err
	}))
}
