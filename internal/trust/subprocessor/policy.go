package subprocessor

import (
	"slices"
	"time"

	"c4arch/internal/base/id"
	"c4arch/internal/trust/terms"
)

// Standing is where a change is for one organisation, as the platform knows it.
type Standing struct {
	Change  string
	Org     id.Org
	Notice  Notice // without what the organisation said
	Version int64
}

// Policy answers what may be reached for whom. It is made of one version of the list and does not change.
type Policy struct {
	entries   []Entry
	standings map[string]map[id.Org]*Notice // by change
	created   map[id.Org]time.Time
}

// Verdict is an answer.
type Verdict struct {
	Known   bool // an entry of the list has the host, or stands behind the feature
	Allowed bool
	Entry   string // its name
	Why     string // where it is not allowed
}

// NewPolicy is the policy of a list. created says when each organisation came: who came after an entry was in force has taken the list with it.
func NewPolicy(entries []Entry, all []Standing, created map[id.Org]time.Time) *Policy {
	p := &Policy{entries: slices.Clone(entries), standings: map[string]map[id.Org]*Notice{}, created: created}
	for i := range all {
		of := p.standings[all[i].Change]
		if of == nil {
			of = map[id.Org]*Notice{}
			p.standings[all[i].Change] = of
		}
		of[all[i].Org] = &all[i].Notice
	}
	return p
}

// Host is the answer for a destination. A host that no entry has is unknown, and allowed: that it is not on the list is found by the comparison of what was reached.
func (p *Policy) Host(org id.Org, host string) Verdict {
	return p.of(org, func(e *Entry) bool { return e.Reaches(host) })
}

// Feature is the answer for a part of the service.
func (p *Policy) Feature(org id.Org, f terms.Feature) Verdict {
	return p.of(org, func(e *Entry) bool { return e.State() != Ended && slices.Contains(e.Features, string(f)) })
}

// of allows what one of the entries allows.
func (p *Policy) of(org id.Org, fits func(*Entry) bool) Verdict {
	v := Verdict{Allowed: true}
	for i := range p.entries {
		e := &p.entries[i]
		if !fits(e) {
			continue
		}
		ok, why := p.entry(org, e)
		if ok {
			return Verdict{Known: true, Allowed: true, Entry: e.Name}
		}
		v = Verdict{Known: true, Entry: e.Name, Why: why}
	}
	return v
}

func (p *Policy) entry(org id.Org, e *Entry) (ok bool, why string) {
	switch {
	case e.State() == Ended:
		return false, "it has ended"
	case e.Change == "" || !e.Processes():
		return true, ""
	case org == id.Platform:
		return p.everybody(e)
	}
	if n := p.standings[e.Change][org]; n != nil {
		return n.Allows()
	}
	if at, known := p.created[org]; e.State() == InForce && (!known || at.After(e.Since)) {
		return true, ""
	}
	return false, "the organisation has not been told of it"
}

// everybody is the answer for what the platform does by itself, which is on behalf of all: it waits for the last of those who were told.
func (p *Policy) everybody(e *Entry) (bool, string) {
	if e.State() != InForce {
		return false, "it is announced and not in force"
	}
	for _, n := range p.standings[e.Change] {
		if ok, _ := n.Allows(); !ok {
			return false, "not every organisation whom it concerns has let the time to object pass"
		}
	}
	return true, ""
}

// Passes reports whether data of an organisation may pass an entry now.
func (p *Policy) Passes(org id.Org, e *Entry) bool {
	ok, _ := p.entry(org, e)
	return ok
}
