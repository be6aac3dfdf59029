package auditing

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/trust/control"
	"c4arch/internal/trust/ledger"
)

// The checks of the controls that look at ledgers. Each goes through the instance's own log and those of all organisations.

// mandatory are the fields that an entry cannot be without, whatever its kind.
var mandatory = []string{"actor", "surface", "purpose"}

// logs runs look for the log of the instance and of each organisation.
func (s *Service) logs(ctx context.Context, look func(a access.Actor) (control.Observation, error)) (seen []control.Observation, err error) {
	platform, err := access.Decide(access.System(id.Platform, "checks of controls", access.Actor{}), access.PlatformOperate, access.Resource{})
	if err != nil {
		return nil, err
	}
	orgs, err := s.Heads.Open(ctx, platform, true)
	if err != nil {
		return nil, err
	}
	for _, org := range append([]id.Org{id.Platform}, orgs...) {
		o, err := look(access.System(org, "checks of controls", access.Actor{}))
		switch {
		case ctx.Err() != nil:
			return seen, ctx.Err()
		case fault.KindOf(err) == fault.NotFound && org != id.Platform: // it was destroyed meanwhile
			continue
		case err != nil:
			o.Outcome, o.Detail = control.Fail, err.Error()
		}
		o.Subject = "log " + string(org)
		seen = append(seen, o)
	}
	return seen, nil
}

// ObserveLogs verifies the log of the instance as a whole and the end of every other, as they lie on the disk.
func (s *Service) ObserveLogs(ctx context.Context) ([]control.Observation, error) {
	return s.logs(ctx, func(a access.Actor) (o control.Observation, err error) {
		depth := Tail
		if a.Org == id.Platform {
			depth = Full
		}
		v, err := s.Look(ctx, a, depth)
		if err != nil {
			return o, err
		}
		o.Outcome, o.Detail = control.Pass, fmt.Sprintf("%d entries, %d of them read", v.Size, v.Read)
		if len(v.Faults) > 0 {
			o.Outcome, o.Detail = control.Fail, v.Faults[0].String()
		}
		return o, nil
	})
}

// ObserveFields looks at the newest entries of every log: each has its kind, its time, its log, and commitments to who did it, from where and what for. And it
// sees that the catalogue refuses an entry without.
func (s *Service) ObserveFields(ctx context.Context) ([]control.Observation, error) {
	seen, err := s.logs(ctx, func(a access.Actor) (o control.Observation, err error) {
		scope, err := access.Decide(a, access.LedgerVerify, access.Resource{})
		if err != nil {
			return o, err
		}
		head, err := s.Log.Head(ctx, scope)
		if err != nil {
			return o, err
		}
		rows, err := s.Log.Rows(ctx, scope, Query{From: max(0, head.Size-Page)})
		if err != nil {
			return o, err
		}
		o.Outcome, o.Detail = control.Pass, fmt.Sprintf("the newest %d entries", len(rows))
		for i := range rows {
			if what := lacks(&rows[i], scope.Org()); what != "" {
				o.Outcome, o.Detail = control.Fail, entryWords(rows[i].Index)+": "+what
				break
			}
		}
		return o, nil
	})
	return append(seen, catalogue()), err
}

// lacks says what an entry is without.
func lacks(r *Row, log id.Org) string {
	l, err := ledger.ParseLeaf(r.Leaf)
	if err != nil {
		return "its leaf cannot be read"
	}
	for _, name := range mandatory {
		if !slices.ContainsFunc(l.Fields, func(f ledger.Commitment) bool { return f.Name == name }) {
			return "it does not say its " + name
		}
	}
	switch {
	case ledger.Meaning(l.Kind) == "":
		return "its kind " + l.Kind + " is not in the catalogue"
	case l.Log != log:
		return "it is of another log"
	case l.At.IsZero() || l.At.Before(time.Unix(0, 0)):
		return "it has no time"
	}
	return ""
}

// zeros stands for randomness where nothing is kept.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// catalogue asks of every kind whether an entry without one of the mandatory fields is refused, and one with all of them is taken.
func catalogue() control.Observation {
	full := ledger.Common{Actor: "worker", Surface: "job", Purpose: "check"}
	without := map[string]ledger.Common{"actor": full, "surface": full, "purpose": full}
	for name, c := range without {
		switch name {
		case "actor":
			c.Actor = ""
		case "surface":
			c.Surface = ""
		case "purpose":
			c.Purpose = ""
		}
		without[name] = c
	}
	o := control.Observation{Subject: "catalogue of kinds", Outcome: control.Pass}
	n := 0
	var bad []string
	for kind := range ledger.Kinds() {
		n++
		if _, err := ledger.Prepare(ledger.Draft{Kind: kind}, full, zeros{}); err != nil {
			bad = append(bad, kind+" is refused although it is whole")
		}
		for _, name := range slices.Sorted(maps.Keys(without)) {
			if _, err := ledger.Prepare(ledger.Draft{Kind: kind}, without[name], zeros{}); err == nil {
				bad = append(bad, kind+" is taken without "+name)
			}
		}
	}
	o.Detail = fmt.Sprintf("%d kinds", n)
	if len(bad) > 0 {
		o.Outcome, o.Detail = control.Fail, strings.Join(bad, "; ")
	}
	return o
}

// Counted is how many entries of each kind a log has.
type Counted struct {
	Kinds       map[string]int64
	First, Last int64 // indexes; 0 and -1 when there is none
}

// ObserveCoverage counts the entries of every log by kind: their number is that of the head, so no index is missing, and every kind is in the catalogue.
func (s *Service) ObserveCoverage(ctx context.Context) ([]control.Observation, error) {
	kinds := map[string]bool{}
	seen, err := s.logs(ctx, func(a access.Actor) (o control.Observation, err error) {
		scope, err := access.Decide(a, access.LedgerVerify, access.Resource{})
		if err != nil {
			return o, err
		}
		head, err := s.Log.Head(ctx, scope)
		if err != nil {
			return o, err
		}
		c, err := s.Log.Count(ctx, scope, head.Size)
		if err != nil {
			return o, err
		}
		var n int64
		o.Outcome = control.Pass
		for kind, of := range c.Kinds {
			n += of
			kinds[kind] = true
			if ledger.Meaning(kind) == "" {
				o.Outcome, o.Detail = control.Fail, fmt.Sprintf("%d entries of the kind %.64q, which is not in the catalogue", of, kind)
			}
		}
		switch {
		case n != head.Size || n > 0 && (c.First != 0 || c.Last != head.Size-1):
			o.Outcome, o.Detail = control.Fail, fmt.Sprintf("%d entries, from %d to %d, where the head says %d: there are gaps", n, c.First, c.Last, head.Size)
		case o.Outcome == control.Pass:
			o.Detail = fmt.Sprintf("%d entries of %d kinds, without a gap", n, len(c.Kinds))
		}
		return o, nil
	})
	return append(seen, control.Observation{Subject: "kinds that were seen", Outcome: control.Pass, Detail: strings.Join(slices.Sorted(maps.Keys(kinds)), ", ")}), err
}

// ObserveAccess reads the log of the instance, and sees that the reading stands in it as the next entry, with who it was and what it was about.
func (s *Service) ObserveAccess(ctx context.Context) ([]control.Observation, error) {
	o := control.Observation{Subject: "reading of log " + string(id.Platform), Outcome: control.Fail}
	a := access.System(id.Platform, "checks of controls", access.Actor{})
	page, err := s.List(ctx, a, Query{Limit: 1})
	if err != nil {
		return nil, err
	}
	scope, err := access.Decide(a, access.LedgerVerify, access.Resource{})
	if err != nil {
		return nil, err
	}
	// Others may have come in between: the entry is one of those behind what the log was when it was asked.
	rows, err := s.Log.Rows(ctx, scope, Query{From: page.Size, Kinds: []string{"ledger.read"}})
	if err != nil {
		return nil, err
	}
	for i := range rows {
		if string(rows[i].Openings["purpose"].Value) == `"checks of controls"` && rows[i].Damage == "" {
			o.Outcome, o.Detail = control.Pass, fmt.Sprintf("it is %s, of %s", entryWords(rows[i].Index), rows[i].Openings["actor"].Value)
			return []control.Observation{o}, nil
		}
	}
	o.Detail = fmt.Sprintf("none of the entries from %d on says so", page.Size)
	return []control.Observation{o}, nil
}
