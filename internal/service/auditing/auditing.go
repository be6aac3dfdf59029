// Package auditing is what auditors do with the ledger of a home, and what the program does so that they can rely on it: reading, signing checkpoints, exporting a
// bundle, erasing values, and verifying, on a schedule and on demand.
//
// It promises: who reads or exports is in the log before anything is handed out, or nothing is; a checkpoint is signed only when the log continues the one before;
// what the verifier finds says exactly where; a log that was rolled back contradicts a copy outside of its database, the instance's log and every witness, and each of
// the three is asked. It leaves out how entries get in (packages change and home) and what a proof is (package ledger).
package auditing

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// Config is what the service needs. Copies, Heads, Epochs, Witnesses and Meter may be nil where there are none.
type Config struct {
	Log         Log
	Checkpoints Checkpoints
	Signers     Signers
	Copies      Copies
	Heads       Heads
	Epochs      Epochs
	Witnesses   Witnesses
	Meter       Meter
	Logger      *slog.Logger
	Now         func() time.Time
}

// Service serves auditors.
type Service struct{ Config }

// New makes the service.
func New(c Config) *Service {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return &Service{c}
}

// Shown is an entry as a reader sees it.
type Shown struct {
	Index   int64                      `json:"index"`
	At      time.Time                  `json:"at"`
	Kind    string                     `json:"kind"`
	Meaning string                     `json:"meaning"`
	Fields  map[string]json.RawMessage `json:"fields"`
	Erased  []string                   `json:"erased"` // fields whose values are not there any more
	Leaf    string                     `json:"leafHash"`
	Damage  string                     `json:"damage,omitempty"`
}

// Entries are a page of a log.
type Entries struct {
	Entries []Shown `json:"entries"`
	// Size is how long the log was when the page was asked for: the entry about this reading is the one behind.
	Size int64 `json:"size"`
	// Next is From of the next page, or 0 when this is the last.
	Next int64 `json:"next,omitempty"`
}

// List reads a page. That it is read is an entry, which is there before anything is read.
func (s *Service) List(ctx context.Context, a access.Actor, q Query) (*Entries, error) {
	scope, err := access.Decide(a, access.LedgerRead, access.Resource{})
	if err != nil {
		return nil, err
	}
	head, err := s.Log.Head(ctx, scope)
	if err != nil {
		return nil, err
	}
	if q.Before == 0 || q.Before > head.Size {
		q.Before = head.Size
	}
	if q.Limit == 0 {
		q.Limit = Page
	}
	if q.From < 0 || q.Limit < 0 || q.Limit > Page {
		return nil, fault.New(fault.Invalid, "a page begins with an entry and has at most %d", Page)
	}
	env := change.New(scope, s.Now(), ledger.Draft{Kind: "ledger.read", Fields: append([]ledger.Field{
		ledger.Int("from", q.From), ledger.Int("to", q.Before),
	}, q.words()...)})
	if _, err := s.Log.Append(ctx, &env); err != nil {
		return nil, err
	}
	out := &Entries{Entries: []Shown{}, Size: head.Size}
	if q.From >= q.Before {
		return out, nil
	}
	rows, err := s.Log.Rows(ctx, scope, q)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		out.Entries = append(out.Entries, shown(&rows[i]))
	}
	if n := len(rows); n == q.Limit && rows[n-1].Index+1 < q.Before {
		out.Next = rows[n-1].Index + 1
	}
	return out, nil
}

// words say what a query was about, where it was about less than everything.
func (q Query) words() []ledger.Field {
	if len(q.Kinds) == 0 && q.Subject == "" {
		return nil
	}
	text := "kinds: " + strings.Join(q.Kinds, " ")
	if q.Subject != "" {
		text += "; one person" // who it is would be personal data in an entry that is not about the person
	}
	return []ledger.Field{ledger.Text("query", text)}
}

func shown(r *Row) Shown {
	x := Shown{
		Index: r.Index, At: r.At, Kind: r.Kind, Meaning: ledger.Meaning(r.Kind), Fields: map[string]json.RawMessage{}, Erased: []string{},
		Leaf: hexed(r.Hash), Damage: r.Damage,
	}
	for name, o := range r.Openings {
		x.Fields[name] = json.RawMessage(o.Value)
	}
	missing, err := r.Missing()
	switch {
	case err != nil && x.Damage == "":
		x.Damage = "its leaf cannot be read"
	case err == nil && r.Damage == "":
		x.Erased = append(x.Erased, missing...)
	}
	return x
}

// Erase removes value and salt of fields of an entry, for a reason; approver is who else approved it, or "". Leaf and proofs stay.
func (s *Service) Erase(ctx context.Context, a access.Actor, index int64, fields []string, reason string, approver id.Actor) (change.Committed, error) {
	scope, err := access.Decide(a, access.PersonErase, access.Resource{})
	if err != nil {
		return change.Committed{}, err
	}
	if strings.TrimSpace(reason) == "" || len(reason) > 1000 || len(fields) == 0 || len(fields) > ledger.MaxFields || index < 0 {
		return change.Committed{}, fault.New(fault.Invalid, "an erasure names an entry, fields of it and a reason of at most 1000 bytes")
	}
	for i, f := range fields {
		if strings.Contains(strings.Join(fields[:i], "\n")+"\n", f+"\n") {
			return change.Committed{}, fault.New(fault.Invalid, "the field %s of entry %s is named twice", strconv.Quote(f), strconv.FormatInt(index, 10))
		}
	}
	env := change.New(scope, s.Now(), ledger.Erasures([]ledger.Erased{{Index: index, Fields: fields}}, reason, approver)...)
	return s.Log.Erase(ctx, &env, index, fields)
}

func hexed(h ledger.Hash) string { return hex.EncodeToString(h[:]) }
