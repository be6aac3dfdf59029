package acceptance

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/acceptance"
	"c4arch/internal/trust/control"
	"c4arch/internal/trust/ledger"
	"c4arch/internal/trust/legal"
	"c4arch/internal/trust/terms"
)

// Looks are the checks of acceptance and of what was ordered. They read the rows and the ledger themselves, and compute anew what was open when somebody was served.
type Looks struct {
	Store *Store
	// Organisations are those in use.
	Organisations func(ctx context.Context) ([]id.Org, error)
	// Documents are all versions that were published, each with the digest of its text as it is now.
	Documents func(ctx context.Context) ([]acceptance.Document, error)
	// Gated are the routes behind the gate, each as its method and its pattern.
	Gated func() map[string]bool
	Now   func() time.Time
}

const (
	// looksBack is how far back what was served is looked at, mostServed how much of it in one organisation, and grace how long a request may have been on its way.
	looksBack  = 30 * 24 * time.Hour
	mostServed = 20_000
	grace      = time.Minute
	mostNamed  = 12
)

// each looks at every organisation in turn. One that is gone meanwhile is passed over.
func (l *Looks) each(ctx context.Context, act access.Action, look func(*home.Home, *sqldb.Tx) (n int, wrong []string, err error)) (seen []control.Observation, err error) {
	all, err := l.Organisations(ctx)
	if err != nil {
		return nil, err
	}
	for _, org := range all {
		o, err := l.one(ctx, org, act, look)
		if err != nil {
			return nil, err
		}
		if o != nil {
			seen = append(seen, *o)
		}
	}
	return seen, nil
}

func (l *Looks) one(ctx context.Context, org id.Org, act access.Action, look func(*home.Home, *sqldb.Tx) (n int, wrong []string, err error)) (*control.Observation, error) {
	s, err := access.Decide(access.System(org, "checks of controls", access.Actor{}), act, access.Resource{})
	if err != nil {
		return nil, err
	}
	h, err := l.Store.open(ctx, s)
	if fault.KindOf(err) == fault.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer h.Release()
	n, wrong := 0, []string(nil)
	if err := h.Read(ctx, func(tx *sqldb.Tx) (err error) { n, wrong, err = look(h, tx); return err }); err != nil || n == 0 {
		return nil, err
	}
	o := told("organisation "+string(org), n, wrong)
	return &o, nil
}

func told(subject string, of int, wrong []string) control.Observation {
	if len(wrong) == 0 {
		return control.Observation{Subject: subject, Outcome: control.Pass, Detail: fmt.Sprintf("%d looked at", of)}
	}
	more := ""
	if n := len(wrong) - mostNamed; n > 0 {
		more = fmt.Sprintf(", and %d more", n)
	}
	return control.Observation{Subject: subject, Outcome: control.Fail, Detail: fmt.Sprintf("%d wrong, %d looked at: %s%s", len(wrong), of, strings.Join(wrong[:min(len(wrong), mostNamed)], "; "), more)}
}

// Current looks at what members and programs were served behind the gate, and whether everything that asked for it then was accepted. Where no document asks, nothing was exercised.
func (l *Looks) Current(ctx context.Context) ([]control.Observation, error) {
	docs, err := l.Documents(ctx)
	if err != nil || !slices.ContainsFunc(docs, func(d acceptance.Document) bool { return d.Accept && !d.Effective.After(l.Now()) }) {
		return nil, err
	}
	gated := l.Gated()
	return l.each(ctx, access.AcceptanceCheck, func(_ *home.Home, tx *sqldb.Tx) (n int, wrong []string, err error) {
		records, err := recordsOf(ctx, tx)
		if err != nil {
			return 0, nil, err
		}
		// An answer of 2xx is something that was handed out; the gate itself answers by leading elsewhere, or by refusing.
		err = tx.Each(ctx, `SELECT at, method, route FROM access_log WHERE at >= $1 AND decision = 'allowed' AND status BETWEEN 200 AND 299
			AND (actor LIKE 'token:%' OR actor IN (SELECT 'person:' || id FROM member)) ORDER BY seq DESC LIMIT `+fmt.Sprint(mostServed), func(scan func(...any) error) error {
			var us int64
			var method, route string
			if err := scan(&us, &method, &route); err != nil {
				return err
			}
			at := micros(us)
			asked, open := standing(docs, records, at)
			if !asked || !gated[method+" "+route] {
				return nil
			}
			if n++; open != "" {
				wrong = append(wrong, fmt.Sprintf("%s %s was served on %s without %s", method, route, at.Format(time.RFC3339), open))
			}
			return nil
		}, l.Now().Add(-looksBack).UnixMicro())
		return n, wrong, err
	})
}

// standing says whether anything asked to be accepted at a time, and what of that was not accepted by then.
func standing(docs []acceptance.Document, records []acceptance.Record, at time.Time) (asked bool, open string) {
	last := map[string]acceptance.Document{}
	for _, d := range docs {
		if o, there := last[d.Slug]; d.Accept && !d.Effective.After(at.Add(-grace)) && (!there || d.Effective.After(o.Effective)) {
			last[d.Slug] = d
		}
	}
	for slug, d := range last {
		asked = true
		if !slices.ContainsFunc(docs, func(v acceptance.Document) bool {
			return v.Slug == slug && !v.Effective.Before(d.Effective) && slices.ContainsFunc(records, func(r acceptance.Record) bool {
				return r.Slug == slug && r.Edition == v.Edition && r.Digest == v.Digest && !r.At.After(at)
			})
		}) {
			open = slug + " " + d.Edition
		}
	}
	return asked, open
}

// Receipts compares each acceptance with the registry and with the ledger of its organisation, both ways.
func (l *Looks) Receipts(ctx context.Context) ([]control.Observation, error) {
	docs, err := l.Documents(ctx)
	if err != nil {
		return nil, err
	}
	now := map[[2]string]string{}
	for _, d := range docs {
		now[[2]string{d.Slug, d.Edition}] = d.Digest
	}
	return l.each(ctx, access.AcceptanceCheck, func(h *home.Home, tx *sqldb.Tx) (int, []string, error) {
		records, err := recordsOf(ctx, tx)
		if err != nil {
			return 0, nil, err
		}
		entries, err := given(ctx, h, tx)
		if err != nil {
			return 0, nil, err
		}
		return max(len(records), len(entries)), compared(records, entries, now), nil
	})
}

func compared(records []acceptance.Record, entries map[string]acceptance.Record, now map[[2]string]string) (wrong []string) {
	for _, r := range records {
		e, there := entries[r.ID]
		delete(entries, r.ID)
		switch {
		case now[[2]string{r.Slug, r.Edition}] != r.Digest:
			wrong = append(wrong, r.ID+" has not the digest that "+r.Slug+" "+r.Edition+" has in the registry")
		case r.List != "" && now[[2]string{legal.Subprocessors, r.List}] != r.ListDigest:
			wrong = append(wrong, r.ID+" has not the digest that the list of subprocessors "+r.List+" has in the registry")
		case !there:
			wrong = append(wrong, r.ID+" has no entry in the ledger")
		case e.Slug != r.Slug || e.Edition != r.Edition || e.Digest != r.Digest || e.List != r.List || e.ListDigest != r.ListDigest || e.Method != r.Method:
			wrong = append(wrong, r.ID+" is not what its entry in the ledger says")
		}
	}
	for name := range entries {
		wrong = append(wrong, name+" is in the ledger and was removed from the records")
	}
	slices.Sort(wrong)
	return wrong
}

// given is what the ledger says of each acceptance. A value that its leaf does not commit to is left out: what was sealed may have been exchanged.
func given(ctx context.Context, h *home.Home, tx *sqldb.Tx) (map[string]acceptance.Record, error) {
	all := map[string]acceptance.Record{}
	err := tx.Each(ctx, `SELECT idx, leaf, sealed FROM ledger_entry WHERE kind = $1 ORDER BY idx`, func(scan func(...any) error) error {
		var index int64
		var data, sealed []byte
		if err := scan(&index, &data, &sealed); err != nil {
			return err
		}
		r := acceptance.Record{ID: fmt.Sprintf("entry %d", index)}
		openings, damaged := home.OpenOpenings(h.Key(), index, sealed)
		if leaf, err := ledger.ParseLeaf(data); err == nil && damaged == nil {
			said(&r, leaf, openings)
		}
		all[r.ID] = r
		return nil
	}, ledger.KindAccepted)
	return all, err
}

func said(r *acceptance.Record, leaf ledger.Leaf, openings map[string]ledger.Opening) {
	to := map[string]*string{"acceptance": &r.ID, "slug": &r.Slug, "edition": &r.Edition, "digest": &r.Digest, "list": &r.List, "listDigest": &r.ListDigest, "method": (*string)(&r.Method)}
	for _, f := range leaf.Fields {
		if o, there := openings[f.Name]; there && to[f.Name] != nil && o.Opens(f.Sum[:]) && json.Unmarshal(o.Value, to[f.Name]) != nil {
			*to[f.Name] = ""
		}
	}
}

// bounded are the rows of what is bounded, counted in words of their own: all of them, and those that were made since a time.
var bounded = []struct {
	limit terms.Limit
	rows  string
	made  string
}{
	{terms.Users, `member WHERE removed = 0`, `created_at`},
	{terms.Projects, `project WHERE archived = 0 AND NOT EXISTS (SELECT 1 FROM example WHERE example.project = project.id)`, `created_at`},
	{terms.Subscriptions, `live_connection JOIN connection ON connection.id = live_connection.connection WHERE live_connection.kind <> 'repository'`, `connection.created_at`},
	{terms.Repositories, `live_connection JOIN connection ON connection.id = live_connection.connection WHERE live_connection.kind = 'repository'`, `connection.created_at`},
}

// Terms looks whether more is there than was ordered. What was there before the terms that hold stays; nothing may have been made beyond them since.
func (l *Looks) Terms(ctx context.Context) ([]control.Observation, error) {
	return l.each(ctx, access.TermsRead, func(_ *home.Home, tx *sqldb.Tx) (n int, wrong []string, err error) {
		t, since, err := inForce(ctx, tx, l.Now())
		if err != nil {
			return 0, nil, err
		}
		for _, b := range bounded {
			most := t.Of(b.limit)
			if most == 0 {
				continue
			}
			var used, made int
			if _, err := tx.Row(ctx, []any{&used}, `SELECT count(*) FROM `+b.rows); err != nil {
				return 0, nil, err
			}
			if _, err := tx.Row(ctx, []any{&made}, `SELECT count(*) FROM `+b.rows+` AND `+b.made+` > $1`, since.UnixMicro()); err != nil {
				return 0, nil, err
			}
			if n++; used > most && made > 0 {
				wrong = append(wrong, fmt.Sprintf("%d %s where %d were ordered", used, b.limit.Words(), most))
			}
		}
		return n, wrong, nil
	})
}

// inForce are the terms that hold, and since when they are kept and hold.
func inForce(ctx context.Context, tx *sqldb.Tx, now time.Time) (t terms.Terms, since time.Time, err error) {
	err = tx.Each(ctx, `SELECT number, text, at FROM order_terms ORDER BY number`, func(scan func(...any) error) error {
		var x terms.Terms
		var number int
		var text string
		var us int64
		if err := scan(&number, &text, &us); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(text), &x); err != nil {
			return fault.Wrap(fault.Internal, err, "version %d of the terms cannot be read", number)
		}
		if x.In(now) {
			t, since = x, micros(us)
			if x.From.After(since) {
				since = x.From
			}
		}
		return nil
	})
	return t, since, err
}
