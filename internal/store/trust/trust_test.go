package trust

import (
	"testing"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/auditing"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

func TestRows(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.write(contoso, 300)
		s := w.scope(contoso, access.LedgerRead)
		head, err := w.store.Head(t.Context(), s)
		w.check(err)
		rows, err := w.store.Rows(t.Context(), s, auditing.Query{})
		w.check(err)
		if len(rows) != auditing.Page || rows[0].Index != 0 || rows[255].Index != 255 {
			t.Fatalf("%d rows", len(rows))
		}
		r := rows[auditing.Page-1]
		if r.Damage != "" || ledger.LeafHash(r.Leaf) != r.Hash || len(r.Subjects) != 2 || string(r.Openings["email"].Value) != `"someone@fabrikam.example"` {
			t.Errorf("%+v", r)
		}
		rows, err = w.store.Rows(t.Context(), s, auditing.Query{From: head.Size - 3, Before: head.Size - 1, Kinds: []string{"member.added", "no.such"}, Subject: another, Limit: 5})
		w.check(err)
		if len(rows) != 2 || rows[0].Index != head.Size-3 {
			t.Errorf("%+v", rows)
		}
		for _, q := range []auditing.Query{{Limit: -1}, {Limit: auditing.Page + 1}, {From: -1}, {Kinds: make([]string, 100)}} {
			if _, err := w.store.Rows(t.Context(), s, q); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%+v: %v", q, err)
			}
		}
		// The other organisation's log is another one.
		other, err := w.store.Head(t.Context(), w.scope(fabrikam, access.LedgerRead))
		w.check(err)
		if other.Size != 0 {
			t.Errorf("the log of the other organisation has %d entries", other.Size)
		}
		if _, err := w.store.Head(t.Context(), access.Scope{}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the zero scope: %v", err)
		}
	})
}

func TestTiles(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.write(contoso, 600)
		s := w.scope(contoso, access.LedgerRead)
		head, err := w.store.Head(t.Context(), s)
		w.check(err)
		tiles := w.store.Tiles(t.Context(), s)
		root, err := ledger.RootOf(head.Size, tiles)
		w.check(err)
		if root != head.Root() {
			t.Error("the root of the tiles is another one")
		}
		proof, err := ledger.Consistency(100, head.Size, tiles)
		w.check(err)
		old, err := ledger.RootOf(100, tiles)
		w.check(err)
		w.check(ledger.VerifyConsistency(ledger.Tree{Size: 100, Root: old}, head.Tree(), proof))
		if _, err := tiles.Leaves(599, 700); fault.KindOf(err) != fault.Internal {
			t.Errorf("leaves that are not there: %v", err)
		}
		if _, err := tiles.Tile(3, 0); fault.KindOf(err) != fault.Internal {
			t.Errorf("a tile that is not there: %v", err)
		}
	})
}

func TestEraseSubject(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		svc := w.auditing(nil)
		w.write(contoso, 3)
		before, err := w.store.Head(t.Context(), w.scope(contoso, access.LedgerRead))
		w.check(err)
		env := change.New(w.scope(contoso, access.PersonErase), w.clock.now(), ledger.Draft{Kind: "person.erased", Fields: []ledger.Field{
			ledger.Personal("person", another, another), ledger.Text("reason", "asked for by the person"),
		}})
		gone, err := w.store.EraseSubject(t.Context(), &env, another)
		w.check(err)
		if gone.Entries != 3 || gone.Values != 6 {
			t.Errorf("%+v", gone)
		}
		rows, err := w.store.Rows(t.Context(), w.scope(contoso, access.LedgerRead), auditing.Query{})
		w.check(err)
		for _, r := range rows {
			_, email := r.Openings["email"]
			if email || r.Index < before.Size && len(r.Subjects) > 1 {
				t.Errorf("entry %d: %v %v", r.Index, r.Openings, r.Subjects)
			}
		}
		last := rows[len(rows)-1]
		if last.Kind != ledger.KindErased || string(last.Openings["reason"].Value) != `"asked for by the person"` {
			t.Errorf("the last entry is %+v", last)
		}
		v, err := svc.Verify(t.Context(), actor(contoso), auditing.Full)
		if err != nil || v.Erased != 6 {
			t.Errorf("%v, %+v", err, v)
		}
		// The entry of the erasure itself names the person; another one takes that too.
		again := change.New(w.scope(contoso, access.PersonErase), w.clock.now(), ledger.Draft{Kind: "person.erased", Fields: []ledger.Field{ledger.Text("reason", "again")}})
		if gone, err = w.store.EraseSubject(t.Context(), &again, another); err != nil || gone.Values != 1 {
			t.Errorf("%+v, %v", gone, err)
		}
	})
}

func TestEraseFields(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		svc := w.auditing(nil)
		w.write(contoso, 1)
		head, err := w.store.Head(t.Context(), w.scope(contoso, access.LedgerRead))
		w.check(err)
		at := head.Size - 1
		if _, err := svc.Erase(t.Context(), actor(contoso), at, []string{"email", "surface"}, "a court asks for it", "person:"+another); err != nil {
			t.Fatal(err)
		}
		for _, x := range []struct {
			index  int64
			fields []string
			kind   fault.Kind
		}{
			{at, []string{"email"}, fault.NotFound}, // erased already
			{at, []string{"person", "nothing"}, fault.NotFound},
			{at + 1000, []string{"person"}, fault.NotFound},
			{at, nil, fault.Invalid},
			{at, []string{"person", "person"}, fault.Invalid},
		} {
			if _, err := svc.Erase(t.Context(), actor(contoso), x.index, x.fields, "why", ""); fault.KindOf(err) != x.kind {
				t.Errorf("%+v: %v", x, err)
			}
		}
		if v, err := svc.Verify(t.Context(), actor(contoso), auditing.Full); err != nil || v.Erased != 2 {
			t.Errorf("%v, %+v", err, v)
		}
	})
}

func TestGather(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		platform := w.scope(id.Platform, access.PlatformOperate)
		w.write(contoso, 2)
		orgs, err := w.store.Open(t.Context(), platform, false)
		w.check(err)
		all, err := w.store.Open(t.Context(), platform, true)
		w.check(err)
		if len(orgs) != 1 || orgs[0] != contoso || len(all) != 2 {
			t.Errorf("open %v, all %v", orgs, all)
		}
		head, err := w.store.Head(t.Context(), w.scope(contoso, access.LedgerRead))
		w.check(err)
		if _, taken, err := w.store.Gathered(t.Context(), platform, contoso); taken || err != nil {
			t.Errorf("%v %v", taken, err)
		}
		gather := func(g auditing.Grown) error {
			c := &auditing.Gathering{Envelope: change.New(platform, w.clock.now(), ledger.Draft{Kind: "ledger.gathered", Fields: []ledger.Field{ledger.Text("organisation", string(g.Org))}}), Logs: []auditing.Grown{g}}
			_, err := w.store.Gather(t.Context(), c)
			return err
		}
		g := auditing.Grown{Org: contoso, Tree: head.Tree()}
		w.check(gather(g))
		known, taken, err := w.store.Gathered(t.Context(), platform, contoso)
		if err != nil || !taken || known != head.Tree() {
			t.Errorf("%v %v %v", known, taken, err)
		}
		if err := gather(g); fault.KindOf(err) != fault.Conflict {
			t.Errorf("the same again: %v", err)
		}
	})
}
