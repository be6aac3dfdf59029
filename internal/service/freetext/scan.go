package freetext

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/content/freetext"
	"c4arch/internal/service/change"
	"c4arch/internal/service/task"
	"c4arch/internal/trust/ledger"
)

// Scan is a look through what there is.
type Scan struct {
	ID       string    `json:"id"`
	Done     bool      `json:"done"`
	Looked   int       `json:"looked"`
	Found    int       `json:"found"`
	Started  time.Time `json:"startedAt"`
	Finished time.Time `json:"finishedAt,omitzero"`
	Version  int64     `json:"version"`
}

// Place is where texts are.
type Place string

// The places.
const (
	InLedger   Place = "ledger"
	Proposal   Place = "proposal"
	Exception  Place = "exception"
	Member     Place = "member"
	Project    Place = "project"
	Account    Place = "service account"
	TokenName  Place = "token"
	Connection Place = "connection"
	Stream     Place = "stream"
	Comment    Place = "comment"
)

// Places are those that a store has, in the order in which they are looked through. The ledger comes first.
func Places() []Place {
	return []Place{Proposal, Exception, Member, Project, Account, TokenName, Connection, Stream, Comment}
}

// Text is one, where it stands.
type Text struct {
	Place Place
	Ref   string // which of them
	Field string // of a comment: its project
	Text  string
}

// State is what became of a hit.
type State string

// The states.
const (
	Open    State = "open"
	Kept    State = "kept" // somebody said that it is right where it is
	Removed State = "removed"
)

// Found is a hit and where it is. It has nothing of the text.
type Found struct {
	ID         string              `json:"id"`
	Scan       string              `json:"scan"`
	Place      Place               `json:"place"`
	Ref        string              `json:"ref"`
	Field      string              `json:"field"`
	Rule       string              `json:"rule"`
	Class      freetext.Class      `json:"class"`
	Confidence freetext.Confidence `json:"confidence"`
	Start      int                 `json:"start"`
	Length     int                 `json:"length"`
	State      State               `json:"state"`
	At         time.Time           `json:"at"`
	Version    int64               `json:"version"`
}

// Removable reports whether what was found can be removed from here: in the ledger, in a proposal and in a comment. A name is changed where it is a name.
func (f Found) Removable() bool {
	return f.Place == InLedger || f.Place == Proposal || f.Place == Comment
}

const (
	page      = 200
	mostFound = 5000 // of one scan; more than a person looks at
)

// Look asks for a look through what there is.
func (s *Service) Look(ctx context.Context, a access.Actor) error {
	scope, err := access.Decide(a, access.FreeTextChange, access.Resource{})
	if err != nil {
		return err
	}
	all, err := s.Store.Scans(ctx, scope, 1)
	if err != nil {
		return err
	}
	if len(all) > 0 && !all[0].Done {
		return fault.New(fault.Conflict, "what there is, is being looked through already").WithHelp("wait until it is done")
	}
	now := s.now()
	c := &Change{Envelope: change.New(scope, now)}
	if err := s.queue(c, now); err != nil {
		return err
	}
	_, err = s.Store.Commit(ctx, c)
	return err
}

// queue adds a scan and its job to a change.
func (s *Service) queue(c *Change, now time.Time) error {
	name, err := s.mint(id.PrefixTextScan, now)
	if err != nil {
		return err
	}
	c.Scans = append(c.Scans, Scan{ID: name, Started: now})
	c.Jobs = append(c.Jobs, job.New{Kind: task.ScanText, Args: task.Encode(task.TextArgs{Scan: name}), Key: name})
	c.Drafts = append(c.Drafts, entry("freeText.asked", ledger.Text("scan", name)))
	return nil
}

// Scans are the newest looks, newest first.
func (s *Service) Scans(ctx context.Context, a access.Actor, limit int) ([]Scan, error) {
	scope, err := access.Decide(a, access.FreeTextRead, access.Resource{})
	if err != nil {
		return nil, err
	}
	return s.Store.Scans(ctx, scope, min(limit, 50))
}

// Hits are what was found, by state.
func (s *Service) Hits(ctx context.Context, a access.Actor, state State, after string, limit int) ([]Found, error) {
	scope, err := access.Decide(a, access.FreeTextRead, access.Resource{})
	if err != nil {
		return nil, err
	}
	return s.Store.Hits(ctx, scope, state, after, min(max(limit, 1), page))
}

// look is a scan that runs.
type look struct {
	*Service
	scope  access.Scope
	scan   Scan
	looked int
	found  []Found
}

// HandleScan does the work of task.ScanText. It may run twice: what it found the first time it finds again, in the same places.
func (s *Service) HandleScan(ctx context.Context, c *task.Claimed) error {
	var args task.TextArgs
	if err := task.Decode(c.Lease.Args, &args); err != nil {
		return err
	}
	scope, err := access.Decide(c.Actor, access.FreeTextScan, access.Resource{})
	if err != nil {
		return err
	}
	all, err := s.Store.Scans(ctx, scope, 50)
	if err != nil {
		return err
	}
	l := &look{Service: s, scope: scope, scan: Scan{ID: args.Scan}}
	if i := slices.IndexFunc(all, func(x Scan) bool { return x.ID == args.Scan }); i >= 0 {
		l.scan = all[i]
	}
	if err := l.ledger(ctx); err != nil {
		return err
	}
	for _, p := range Places() {
		if err := l.place(ctx, p); err != nil {
			return err
		}
	}
	return l.end(ctx, c.Lease)
}

// end commits what was found.
func (l *look) end(ctx context.Context, lease *job.Lease) error {
	now := l.now()
	l.scan.Done, l.scan.Looked, l.scan.Found, l.scan.Finished = true, l.looked, len(l.found), now
	c := &Change{Envelope: change.New(l.scope, now, entry("freeText.scanned",
		ledger.Text("scan", l.scan.ID), ledger.Int("count", int64(l.looked)), ledger.Int("found", int64(len(l.found))))), Found: l.found, Swept: true}
	if l.scan.Version > 0 {
		c.Scans = []Scan{l.scan}
	}
	c.Done = lease
	_, err := l.Store.Commit(ctx, c)
	return err
}

// free are the fields of the ledger's entries that hold what people wrote.
var free = []string{"reason", "why", "name", "ticket", "entry", "device"}

func (l *look) ledger(ctx context.Context) error {
	size, err := l.Ledger.Size(ctx, l.scope)
	if err != nil {
		return err
	}
	for at := int64(0); at < size; {
		some, err := l.Ledger.Entries(ctx, l.scope, at, page)
		if err != nil {
			return err
		}
		if len(some) == 0 {
			break
		}
		for _, e := range some {
			for _, field := range free {
				if text, ok := said(e, field); ok {
					if err := l.text(Text{InLedger, strconv.FormatInt(e.Index, 10), field, text}); err != nil {
						return err
					}
				}
			}
		}
		at = some[len(some)-1].Index + 1
		if err := l.Store.Progress(ctx, l.scope, l.scan.ID, l.looked, len(l.found)); err != nil {
			return err
		}
	}
	return nil
}

// said is what a field of an entry says, where it was not erased.
func said(e ledger.Entry, field string) (text string, ok bool) {
	o, ok := e.Openings[field]
	if !ok || json.Unmarshal(o.Value, &text) != nil {
		return "", false
	}
	return text, text != ""
}

func (l *look) place(ctx context.Context, p Place) error {
	after := ""
	for {
		some, err := l.Store.Texts(ctx, l.scope, p, after, page)
		if err != nil || len(some) == 0 {
			return err
		}
		for _, t := range some {
			if err := l.text(t); err != nil {
				return err
			}
		}
		after = some[len(some)-1].Ref
		if err := l.Store.Progress(ctx, l.scope, l.scan.ID, l.looked, len(l.found)); err != nil {
			return err
		}
	}
}

// text looks at one text. What is longer than a text may be is looked at in parts.
func (l *look) text(t Text) error {
	l.looked++
	for at := 0; at < len(t.Text) && len(l.found) < mostFound; at += freetext.MaxText {
		hits, err := freetext.Find(t.Text[at:min(len(t.Text), at+freetext.MaxText)])
		if fault.KindOf(err) == fault.Invalid {
			return nil // it is no text
		}
		if err != nil {
			return err
		}
		for _, h := range hits {
			if len(l.found) >= mostFound {
				break
			}
			now := l.now()
			name, err := l.mint(id.PrefixTextHit, now)
			if err != nil {
				return err
			}
			l.found = append(l.found, Found{
				ID: name, Scan: l.scan.ID, Place: t.Place, Ref: t.Ref, Field: t.Field, Rule: h.Rule, Class: h.Class, Confidence: h.Confidence, Start: at + h.From, Length: h.To - h.From, State: Open, At: now,
			})
		}
	}
	return nil
}
