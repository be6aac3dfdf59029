package processing

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/id"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/control"
	values "c4arch/internal/trust/processing"
)

// Looks are the checks of instructions, records and transfers. They read rows, and use nothing of what wrote them.
type Looks struct {
	Store   *Store
	DataMap []values.Datum
	// Worked is what the ledger of an organisation says that jobs on its instructions ended since then.
	Worked func(ctx context.Context, org id.Org, since time.Time) ([]Worked, error)
	// Record is the record of processing as it is handed out.
	Record func(ctx context.Context, a access.Actor) (values.Record, error)
	// Recipients are those who get data of organisations now.
	Recipients func(ctx context.Context) ([]values.Recipient, error)
	Now        func() time.Time
}

// Worked is an entry with which a job ended.
type Worked struct {
	Kind, Job, Under string
	At               time.Time
}

const (
	// workedFor is for how long back jobs are looked at.
	workedFor = 7 * 24 * time.Hour
	// endsWithin is how long work that had begun when its instruction ended may take to end.
	endsWithin = 15 * time.Minute
	mostNamed  = 12
)

func (l *Looks) rows(ctx context.Context, org id.Org, query string, row func(scan func(...any) error) error, args ...any) error {
	act := access.InstructionRead
	if org == id.Platform {
		act = access.RecordRead
	}
	s, err := access.Decide(access.System(org, "checks of controls", access.Actor{}), act, access.Resource{})
	if err != nil {
		return err
	}
	return l.Store.read(ctx, s, org == id.Platform, func(tx *sqldb.Tx) error { return tx.Each(ctx, query, row, args...) })
}

func (l *Looks) organisations(ctx context.Context) (all []id.Org, err error) {
	err = l.rows(ctx, id.Platform, `SELECT id FROM directory WHERE state = 'active' ORDER BY id`, func(scan func(...any) error) error {
		var org string
		err := scan(&org)
		all = append(all, id.Org(org))
		return err
	})
	return slices.DeleteFunc(all, func(o id.Org) bool { return o == id.Platform }), err
}

// told is an observation about many things: what is wrong of each, or nothing.
func told(subject string, of int, wrong []string) control.Observation {
	if len(wrong) == 0 {
		return control.Observation{Subject: subject, Outcome: control.Pass, Detail: fmt.Sprintf("%d looked at", of)}
	}
	more := ""
	if len(wrong) > mostNamed {
		more = fmt.Sprintf(", and %d more", len(wrong)-mostNamed)
	}
	return control.Observation{Subject: subject, Outcome: control.Fail, Detail: fmt.Sprintf("%d of %d: %s%s", len(wrong), of, strings.Join(wrong[:min(len(wrong), mostNamed)], "; "), more)}
}

// Instructed looks at the jobs on data of organisations that ended in the last days: each names an instruction that was in force then and that nobody had flagged, and none of them is one
// that is held. What ended before an organisation had its first annex was done by a version of the program that knew no instructions.
func (l *Looks) Instructed(ctx context.Context) ([]control.Observation, error) {
	orgs, err := l.organisations(ctx)
	if err != nil {
		return nil, err
	}
	n, held := 0, 0
	var wrong, ran []string
	for _, org := range orgs {
		o, err := l.instructed(ctx, org)
		if err != nil {
			return nil, err
		}
		n, held, wrong, ran = n+o.n, held+len(o.held), append(wrong, o.wrong...), append(ran, o.ran...)
	}
	var all []control.Observation
	if n > 0 {
		all = append(all, told("jobs that ended, and the instruction of each", n, wrong))
	}
	if held > 0 {
		all = append(all, told("jobs that are held", held, ran))
	}
	return all, nil
}

// worked is what was seen of one organisation.
type worked struct {
	n          int
	held       map[string]bool
	wrong, ran []string
}

func (l *Looks) instructed(ctx context.Context, org id.Org) (o worked, err error) {
	var first int64
	o.held = map[string]bool{}
	given := map[string]values.Instruction{}
	for query, row := range map[string]func(scan func(...any) error) error{
		`SELECT COALESCE(MIN(at), 0) FROM record_version WHERE kind = 'a'`: func(scan func(...any) error) error { return scan(&first) },
		`SELECT id, source, reference, state, mark, actor, text, from_at, until_at, version FROM instruction`: func(scan func(...any) error) error {
			i, err := instructionRow(scan)
			given[i.ID] = i
			return err
		},
		`SELECT id FROM job WHERE error LIKE 'held: %'`: func(scan func(...any) error) error {
			var name string
			err := scan(&name)
			o.held[name] = true
			return err
		},
	} {
		if err := l.rows(ctx, org, query, row); err != nil {
			return o, err
		}
	}
	if first == 0 {
		return o, nil
	}
	since := l.Now().Add(-workedFor)
	if at := micros(first); at.After(since) {
		since = at
	}
	all, err := l.Worked(ctx, org, since)
	for _, x := range all {
		o.n++
		if why := unfounded(given, x); why != "" {
			o.wrong = append(o.wrong, fmt.Sprintf("%s of %s %s", x.Kind, org, why))
		}
		if o.held[x.Job] {
			o.ran = append(o.ran, x.Job+" of "+string(org)+" ended")
		}
	}
	return o, err
}

// unfounded says why a job rested on no instruction, or "".
func unfounded(given map[string]values.Instruction, x Worked) string {
	i, there := given[x.Under]
	switch {
	case x.Under == "":
		return "names no instruction"
	case !there:
		return "names an instruction that is not there"
	case i.Source == values.Nothing || i.State == values.Asked:
		return "rests on what nobody gave"
	case x.At.Before(i.From):
		return "ended before its instruction began"
	case !i.Until.IsZero() && x.At.After(i.Until.Add(endsWithin)):
		return "ended after its instruction did"
	case i.Mark != values.NoMark && x.At.After(i.Marked.Add(endsWithin)):
		return "ended while its instruction was flagged"
	}
	return ""
}

// Whole compares the record of processing and the annexes that are kept with the data map: every column of people is in a category of its role with its table, and the annexes name the
// categories, the tables and the places. A version of an annex that was changed does not have its digest any more.
func (l *Looks) Whole(ctx context.Context) ([]control.Observation, error) {
	r, err := l.Record(ctx, access.System(id.Platform, "checks of controls", access.Actor{}))
	if err != nil {
		return nil, err
	}
	var missing, names []string
	counted, people := 0, 0
	for _, d := range l.DataMap {
		if !d.Personal {
			continue
		}
		people++
		names = append(names, d.Table)
		if !slices.ContainsFunc(r.Lines, func(x values.Line) bool {
			return x.Role == d.Role && x.Personal > 0 && slices.Contains(x.Tables, d.Table)
		}) {
			missing = append(missing, d.Table+"."+d.Column)
		}
	}
	for _, x := range r.Lines {
		counted += x.Personal
	}
	if people == 0 {
		return nil, nil
	}
	if counted != people {
		missing = append(missing, fmt.Sprintf("the record counts %d columns", counted))
	}
	for _, p := range values.Places() {
		names = append(names, p.Name)
	}
	all := []control.Observation{told("columns of personal data in the record", people, missing)}
	annexes, err := l.annexes(ctx, names)
	return append(all, annexes...), err
}

func (l *Looks) annexes(ctx context.Context, names []string) (all []control.Observation, err error) {
	orgs, err := l.organisations(ctx)
	if err != nil {
		return nil, err
	}
	n := 0
	var wrong []string
	look := func(org id.Org, table string) error {
		last := org == id.Platform // those of organisations follow it within a day
		return l.rows(ctx, org, `SELECT n, digest, body FROM `+table+` WHERE kind = 'a' ORDER BY n DESC`, func(scan func(...any) error) error {
			var version int
			var sum, body string
			if err := scan(&version, &sum, &body); err != nil {
				return err
			}
			n++
			if string(canon.Sum([]byte(body))) != sum {
				wrong = append(wrong, fmt.Sprintf("version %d of %s was changed", version, org))
			}
			for _, name := range names {
				if last && !strings.Contains(body, name) {
					wrong = append(wrong, fmt.Sprintf("version %d of %s does not name %s", version, org, name))
				}
			}
			last = false
			return nil
		})
	}
	if err := look(id.Platform, "annex"); err != nil {
		return nil, err
	}
	for _, org := range orgs {
		if err := look(org, "record_version"); err != nil {
			return nil, err
		}
	}
	if n == 0 {
		return nil, nil
	}
	return []control.Observation{told("versions of annex A", n, wrong)}, nil
}

// Told looks at what the ledgers say was done: each kind of entry has a purpose and one of the twelve operations, by which the record of processing and annex A tell it.
func (l *Looks) Told(ctx context.Context) ([]control.Observation, error) {
	orgs, err := l.organisations(ctx)
	if err != nil {
		return nil, err
	}
	kinds := map[string]id.Org{}
	for _, org := range append([]id.Org{id.Platform}, orgs...) {
		err := l.rows(ctx, org, `SELECT DISTINCT kind FROM ledger_entry`, func(scan func(...any) error) error {
			var kind string
			err := scan(&kind)
			kinds[kind] = org
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	if len(kinds) == 0 {
		return nil, nil
	}
	var wrong []string
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		a, known := values.OfEntry(kind)
		if !known || !slices.Contains(values.Purposes(), a.Purpose) || !slices.Contains(values.Operations(), a.Operation) {
			wrong = append(wrong, kind+" of "+string(kinds[kind])+" has no purpose or no operation")
		}
	}
	return []control.Observation{told("kinds of entries, and what each is for", len(kinds), wrong)}, nil
}

// Transfers looks at the regions of everybody who gets data of organisations, and at the places where the deployment keeps them: one outside of the European Economic Area has a line of
// the register that is valid today.
func (l *Looks) Transfers(ctx context.Context) ([]control.Observation, error) {
	var lines []values.Transfer
	err := l.rows(ctx, id.Platform, `SELECT id, country, recipient, text, from_at, until_at, ended_at, version FROM transfer`, func(scan func(...any) error) error {
		t, err := transferRow(scan)
		lines = append(lines, t)
		return err
	})
	if err != nil {
		return nil, err
	}
	recipients, err := l.Recipients(ctx)
	if err != nil {
		return nil, err
	}
	r, err := l.Record(ctx, access.System(id.Platform, "checks of controls", access.Actor{}))
	if err != nil {
		return nil, err
	}
	for _, s := range r.Processor.Sites {
		recipients = append(recipients, values.Recipient{Name: s.Name, Regions: []string{s.Region}})
	}
	n := 0
	var wrong []string
	for _, x := range recipients {
		for _, region := range x.Regions {
			n++
			if why := values.Covered(lines, region, x.Name, l.Now()); why != "" {
				wrong = append(wrong, x.Name+": "+why)
			}
		}
	}
	if n == 0 {
		return nil, nil
	}
	return []control.Observation{told("regions of recipients and places", n, wrong)}, nil
}
