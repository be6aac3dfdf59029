package legal_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/legal"
	"c4arch/internal/store/home"
	store "c4arch/internal/store/legal"
	"c4arch/internal/store/sqldb"
	values "c4arch/internal/trust/legal"
	"c4arch/test/pg"
)

const (
	one   = "pn_00000000000000000000000001"
	other = "pn_00000000000000000000000002"
)

type keys struct{}

func (keys) New(_ context.Context, org id.Org) (*secret.Key, []byte, string, error) {
	k, err := keys{}.Open(context.Background(), org, nil, "")
	wrapped := sha512.Sum512([]byte(org))
	return k, wrapped[:], "test:1", err
}

func (keys) Open(_ context.Context, org id.Org, _ []byte, _ string) (*secret.Key, error) {
	sum := sha256.Sum256([]byte(org))
	return secret.NewKey(org, sum[:])
}

func (keys) Rewrap(_ context.Context, _ id.Org, w []byte, root string) ([]byte, string, bool, error) {
	return w, root, false, nil
}

// world is a platform on one engine.
type world struct {
	*legal.Service
	t        *testing.T
	homes    *home.Homes
	pg       *pg.Database
	at       time.Time
	log      bytes.Buffer
	approved map[string]bool
}

func engines(t *testing.T, run func(*testing.T, *world)) {
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		t.Run(engine, func(t *testing.T) {
			w := &world{t: t, at: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC), approved: map[string]bool{}}
			c := home.Config{Dir: filepath.Join(t.TempDir(), "data"), Keys: keys{}, Now: w.now, Random: rand.Reader}
			w.check(os.Mkdir(c.Dir, 0o700))
			if engine == "PostgreSQL" {
				w.pg = pg.Start(t)
				c.Server = w.pg.Connect(t, nil)
			}
			var err error
			w.homes, err = home.Open(t.Context(), c)
			w.check(err)
			t.Cleanup(func() { w.check(w.homes.Close()) })
			w.Service = &legal.Service{
				Store: store.New(w.homes), Now: w.now, Random: rand.Reader, Log: slog.New(slog.NewTextHandler(&w.log, nil)),
				Approved: func(_ context.Context, d string) (bool, error) { return w.approved[d], nil },
				Templates: func() ([]values.Version, error) {
					v := text()
					v.Template = true
					return []values.Version{v}, nil
				},
			}
			run(t, w)
		})
	}
}

func (w *world) now() time.Time { w.at = w.at.Add(time.Millisecond); return w.at }

func (w *world) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) refused(err error, k fault.Kind, says string) {
	w.t.Helper()
	if err == nil || fault.KindOf(err) != k || !strings.Contains(err.Error(), says) {
		w.t.Errorf("%v, which is %s, and not %s with %q", err, fault.KindOf(err), k, says)
	}
}

func staff(person string) access.Actor {
	return access.Actor{ID: id.Actor("person:" + person), Kind: access.Staff, Org: id.Platform, Roles: []access.Role{access.Legal}, Surface: access.Portal, Purpose: "portal", Session: "ss_1", Request: "rq_1", Fresh: true}
}

func text() values.Version {
	return values.Version{
		Slug: values.Addendum, Title: "Data processing addendum", Summary: "first", Body: "## 1. One\n\nWords.", Audience: values.Enterprise, Material: true, Accept: true, Rank: values.RankExhibit,
	}
}

// publish takes a text through two people.
func (w *world) publish(v values.Version, from time.Time) values.Version {
	w.t.Helper()
	d, err := w.Write(w.t.Context(), staff(one), v, 0)
	w.check(err)
	w.check(w.Ask(w.t.Context(), staff(one), d.Text.ID, d.Version, from))
	out, err := w.Approve(w.t.Context(), staff(other), d.Text.ID, d.Version+1)
	w.check(err)
	return out
}

func TestTwoPeople(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		d, err := w.Write(ctx, staff(one), text(), 0)
		w.check(err)
		stale := staff(one)
		stale.Fresh = false
		if err := w.Ask(ctx, stale, d.Text.ID, 1, time.Time{}); fault.KindOf(err) != fault.Denied {
			t.Errorf("asked without a proof of being there: %v", err)
		}
		w.check(w.Ask(ctx, staff(one), d.Text.ID, 1, time.Time{}))
		_, err = w.Approve(ctx, staff(one), d.Text.ID, 2)
		w.refused(err, fault.Denied, "cannot approve it")
		_, err = w.Approve(ctx, staff(other), d.Text.ID, 1)
		w.refused(err, fault.Conflict, "changed meanwhile")
		if all, err := w.Published(ctx); err != nil || len(all) != 0 {
			t.Fatalf("%v is published, %v", all, err)
		}
		v, err := w.Approve(ctx, staff(other), d.Text.ID, 2)
		w.check(err)
		if v.Version != "2026-11-23" || !v.Intact() || v.Author != one || v.Approver != other {
			t.Errorf("%+v", v)
		}
		got, err := w.Version(ctx, v.Slug, v.Version)
		if err != nil || got.Digest != v.Digest || !got.Intact() || got.Body != "## 1. One\n\nWords.\n" {
			t.Errorf("%+v, %v", got, err)
		}
		if list, err := w.InForce(ctx, w.at); err != nil || len(list) != 1 {
			t.Errorf("in force %v, %v", list, err)
		}
		if list, err := w.InForce(ctx, w.at.Add(-time.Hour)); err != nil || len(list) != 0 {
			t.Errorf("in force before it was published: %v, %v", list, err)
		}
		if _, err := w.Draft(ctx, staff(one), d.Text.ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the draft is there still: %v", err)
		}
	})
}

func TestRulesOfPublication(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		ask := func(v values.Version, from time.Time) error {
			d, err := w.Write(ctx, staff(one), v, 0)
			w.check(err)
			return w.Ask(ctx, staff(one), d.Text.ID, d.Version, from)
		}
		w.refused(ask(text(), w.at.Add(-time.Hour)), fault.Invalid, "which is past")
		weaker := text()
		weaker.Weakens = true
		w.refused(ask(weaker, time.Time{}), fault.Denied, "names no decision")
		weaker.Decision = "dc_1"
		w.refused(ask(weaker, time.Time{}), fault.Denied, "no approved decision")
		w.approved["dc_1"] = true
		w.check(ask(weaker, time.Time{}))

		w.publish(text(), time.Time{})
		w.Rules.Notice = 30 * 24 * time.Hour
		w.refused(ask(text(), w.at.Add(40*24*time.Hour)), fault.Invalid, "nothing differs")
		next := text()
		next.Body += " More."
		w.refused(ask(next, w.at.Add(29*24*time.Hour)), fault.Invalid, "at least 30 days")
		v := w.publish(next, w.at.Add(31*24*time.Hour))
		if v.Version != "2026-11-23.2" {
			t.Errorf("the second of the day is %s", v.Version)
		}
		if list, _ := w.InForce(ctx, w.at); list[0].Version != "2026-11-23" {
			t.Errorf("in force is %s", list[0].Version)
		}
		next.Audience = values.Public
		_, err := w.Write(ctx, staff(one), next, 0)
		w.refused(err, fault.Invalid, "stays so")
	})
}

func TestDrafts(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		n, err := w.Import(ctx, staff(one))
		if err != nil || n != 1 {
			t.Fatal(n, err)
		}
		if n, err := w.Import(ctx, staff(one)); err != nil || n != 0 {
			t.Errorf("a second import made %d, %v", n, err)
		}
		all, err := w.Drafts(ctx, staff(one))
		if err != nil || len(all) != 1 || !all[0].Text.Template {
			t.Fatal(all, err)
		}
		name := all[0].Text.ID
		w.check(w.Ask(ctx, staff(one), name, 1, time.Time{}))
		w.check(w.Return(ctx, staff(other), name, 2, "counsel has not seen it"))
		d, err := w.Draft(ctx, staff(one), name)
		if err != nil || d.State != legal.Writing || d.Remark != "counsel has not seen it" {
			t.Errorf("%+v, %v", d, err)
		}
		_, err = w.Write(ctx, staff(one), d.Text, 1)
		w.refused(err, fault.Conflict, "changed meanwhile")
		w.check(w.Withdraw(ctx, staff(one), name))
		w.refused(w.Ask(ctx, staff(one), name, 4, time.Time{}), fault.Conflict, "withdrawn")
		w.check(w.Restore(ctx, staff(one), name))
		// What is written while it waits is not what is approved.
		w.check(w.Ask(ctx, staff(one), name, 5, time.Time{}))
		d, err = w.Draft(ctx, staff(one), name)
		w.check(err)
		d.Text.Body += " More."
		_, err = w.Write(ctx, staff(one), d.Text, 6)
		w.check(err)
		_, err = w.Approve(ctx, staff(other), name, 6)
		w.refused(err, fault.Conflict, "changed meanwhile")
	})
}

// tamper changes rows as somebody does who has the database, past every wall.
func (w *world) tamper(query string) {
	w.t.Helper()
	if w.pg != nil {
		w.check(w.pg.Server.Exec(w.t.Context(), w.pg.Name, "SET search_path = "+sqldb.Schema+"; SET session_replication_role = replica; "+query))
		return
	}
	w.check(w.raw("DROP TRIGGER IF EXISTS legal_document_same", "DROP TRIGGER IF EXISTS legal_document_kept", query))
}

// raw runs statements with the rights of the program.
func (w *world) raw(statements ...string) error {
	s, err := access.Decide(access.System(id.Platform, "test", access.Actor{}), access.PublicRead, access.Resource{})
	w.check(err)
	h, err := w.homes.For(w.t.Context(), s)
	w.check(err)
	defer h.Release()
	return h.DB().Transact(w.t.Context(), func(tx *sqldb.Tx) error {
		for _, q := range statements {
			if _, err := tx.Exec(w.t.Context(), q); err != nil {
				return err
			}
		}
		return nil
	})
}

// What was published cannot be changed with the rights that the program has.
func TestPublishedStays(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.publish(text(), time.Time{})
		for _, q := range []string{"UPDATE legal_document SET body = 'x'", "UPDATE legal_document SET digest = 'x'", "DELETE FROM legal_document"} {
			if w.raw(q) == nil {
				t.Errorf("%s was done", q)
			}
		}
	})
}

// TestVerifySeesTampering is the mutation of the check legal-registry.
func TestVerifySeesTampering(t *testing.T) {
	for name, x := range map[string]struct{ query, says string }{
		"a text":            {"UPDATE legal_document SET body = 'Other words.'", "its text has the digest"},
		"a digest":          {"UPDATE legal_document SET digest = 'sha256:00'", "the registry says sha256:00"},
		"an instant":        {"UPDATE legal_document SET effective_at = effective_at - 1000000", "its text has the digest"},
		"a removed version": {"DELETE FROM legal_document", "the registry does not have it"},
		"an exchanged id":   {"UPDATE legal_document SET id = 'ld_00000000000000000000000009'", "the ledger does not say"},
	} {
		t.Run(name, func(t *testing.T) {
			engines(t, func(t *testing.T, w *world) {
				w.publish(text(), time.Time{})
				v, err := w.Verify(t.Context(), staff(one))
				if err != nil || v.Err() != nil || v.Versions != 1 || v.Entries != 1 || v.Checked[0].Entry < 0 {
					t.Fatalf("untouched: %+v, %v", v, err)
				}
				w.tamper(x.query)
				v, err = w.AtBoot(t.Context())
				w.check(err)
				if err := v.Err(); fault.ExitCode(err) != 2 || !strings.Contains(v.Mismatches[0].What+v.Mismatches[len(v.Mismatches)-1].What, x.says) {
					t.Errorf("%+v", v.Mismatches)
				}
				if !strings.Contains(w.log.String(), "not as it was published") {
					t.Error("the log says nothing")
				}
			})
		})
	}
}

// An acceptance of other bytes than those that are there is told.
func TestVerifyComparesAcceptances(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		v := w.publish(text(), time.Time{})
		given := legal.Accepted{Org: "og_00000000000000000000000001", Slug: v.Slug, Version: v.Version, Digest: v.Digest}
		w.Acceptances = func(context.Context) ([]legal.Accepted, error) { return []legal.Accepted{given}, nil }
		if got, err := w.Verify(t.Context(), staff(one)); err != nil || got.Err() != nil || got.Acceptances != 1 {
			t.Fatalf("%+v, %v", got, err)
		}
		given.Digest = "sha256:00"
		if got, err := w.Verify(t.Context(), staff(one)); err != nil || got.Err() == nil {
			t.Errorf("%+v, %v", got, err)
		}
	})
}
