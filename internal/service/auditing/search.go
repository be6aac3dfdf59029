package auditing

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// Search says which entries are wanted; the zero value is the newest of all.
type Search struct {
	Before   int64    // entries with a smaller index alone; 0 is from the end
	Kinds    []string // of these kinds
	Actors   []string // by one of these
	Subject  string   // that hold personal data of this person
	Text     string   // in one of the values, whatever its case
	From, To time.Time
	Limit    int // 0 is 50
}

// Found are entries, the newest first.
type Found struct {
	Entries []Shown
	Size    int64 // of the log when it was asked
	// Older is Before of the next page, 0 when there is nothing older.
	Older int64
	// Looked is how many entries were read: a search of texts reads at most [searched] at a time, since values are sealed, and goes on when it is asked again.
	Looked int
	Cut    bool // it stopped at that bound, and not because the page is full
}

// What one search reads and says at most.
const (
	searched  = 20 * Page
	foundMost = 200
	foundUsed = 50
	textMost  = 200
)

// Search reads the newest entries that fit. That it is read is an entry, which is there before anything is read.
func (s *Service) Search(ctx context.Context, a access.Actor, q Search) (*Found, error) {
	scope, err := access.Decide(a, access.LedgerRead, access.Resource{})
	if err != nil {
		return nil, err
	}
	if q.Limit == 0 {
		q.Limit = foundUsed
	}
	if q.Before < 0 || q.Limit < 1 || q.Limit > foundMost || len(q.Text) > textMost {
		return nil, fault.New(fault.Invalid, "a search has at most %d entries and a text of at most %d bytes", foundMost, textMost)
	}
	head, err := s.Log.Head(ctx, scope)
	if err != nil {
		return nil, err
	}
	if q.Before == 0 || q.Before > head.Size {
		q.Before = head.Size
	}
	first, before, err := s.span(ctx, scope, q, head.Size)
	if err != nil {
		return nil, err
	}
	what := Query{Kinds: q.Kinds, Subject: q.Subject}
	env := change.New(scope, s.Now(), ledger.Draft{Kind: "ledger.read", Fields: append([]ledger.Field{ledger.Int("from", first), ledger.Int("to", before)}, what.words()...)})
	if _, err := s.Log.Append(ctx, &env); err != nil {
		return nil, err
	}
	out := &Found{Entries: []Shown{}, Size: head.Size}
	what.From, what.Before, what.Newest = first, before, true
	return out, s.back(ctx, scope, what, q, out)
}

// back reads towards the beginning until the page is full, or enough was read.
func (s *Service) back(ctx context.Context, scope access.Scope, what Query, q Search, out *Found) error {
	what.Limit = Page
	if len(q.Actors) == 0 && q.Text == "" {
		what.Limit = min(Page, q.Limit+1)
	}
	text := strings.ToLower(q.Text)
	for what.Before > what.From {
		rows, err := s.Log.Rows(ctx, scope, what)
		if err != nil {
			return err
		}
		for i := range rows {
			out.Looked++
			what.Before = rows[i].Index
			if !fits(&rows[i], q.Actors, text) {
				continue
			}
			if len(out.Entries) == q.Limit {
				out.Older = rows[i].Index + 1
				return nil
			}
			out.Entries = append(out.Entries, shown(&rows[i]))
		}
		if len(rows) < what.Limit {
			return nil
		}
		if out.Looked >= searched {
			out.Older, out.Cut = what.Before, true
			return nil
		}
	}
	return nil
}

// fits reports whether an entry is by one of the actors, and has the text in a value or in its kind.
func fits(r *Row, actors []string, text string) bool {
	if len(actors) > 0 && !slices.Contains(actors, value(r, "actor")) {
		return false
	}
	if text == "" || strings.Contains(strings.ToLower(r.Kind), text) || strconv.FormatInt(r.Index, 10) == text {
		return true
	}
	for _, o := range r.Openings {
		if strings.Contains(strings.ToLower(spelled(o.Value)), text) {
			return true
		}
	}
	return false
}

// value is a text of an entry, "" where it has none.
func value(r *Row, field string) string {
	var text string
	if o, ok := r.Openings[field]; ok && json.Unmarshal(o.Value, &text) != nil {
		return ""
	}
	return text
}

// spelled is a value as people write it: without the escapes of JSON.
func spelled(v []byte) string {
	if !bytes.ContainsRune(v, '\\') {
		return string(v)
	}
	var text string
	if json.Unmarshal(v, &text) == nil {
		return text
	}
	return string(v)
}

// span is which indexes a search is over. Times only grow along a log, so the ends are found by halving.
func (s *Service) span(ctx context.Context, scope access.Scope, q Search, size int64) (first, before int64, err error) {
	before = q.Before
	if !q.From.IsZero() {
		if first, err = s.since(ctx, scope, q.From, size); err != nil {
			return 0, 0, err
		}
	}
	if !q.To.IsZero() {
		end, err := s.since(ctx, scope, q.To, size)
		if err != nil {
			return 0, 0, err
		}
		before = min(before, end)
	}
	return min(first, before), before, nil
}

// since is the first entry at that time or later.
func (s *Service) since(ctx context.Context, scope access.Scope, at time.Time, size int64) (int64, error) {
	low, high := int64(0), size
	for low < high {
		mid := low + (high-low)/2
		rows, err := s.Log.Rows(ctx, scope, Query{From: mid, Before: size, Limit: 1})
		if err != nil {
			return 0, err
		}
		if len(rows) == 0 || !rows[0].At.Before(at) {
			high = mid
		} else {
			low = rows[0].Index + 1
		}
	}
	return low, nil
}

// Cite are entries of those kinds about a project, from a time on until another, the oldest first: what a pack of evidence cites. The scope was decided for that pack, whose own
// entries say that it was made. More than most is one more.
func (s *Service) Cite(ctx context.Context, scope access.Scope, kinds []string, from, to time.Time, most int) ([]Shown, error) {
	head, err := s.Log.Head(ctx, scope)
	if err != nil {
		return nil, err
	}
	first, before, err := s.span(ctx, scope, Search{From: from, To: to.Add(time.Microsecond), Before: head.Size}, head.Size)
	if err != nil {
		return nil, err
	}
	var out []Shown
	for first < before && len(out) <= most {
		rows, err := s.Log.Rows(ctx, scope, Query{From: first, Before: before, Kinds: kinds})
		if err != nil {
			return nil, err
		}
		for i := range rows {
			if value(&rows[i], "project") == string(scope.Project()) && len(out) <= most {
				out = append(out, shown(&rows[i]))
			}
		}
		if len(rows) < Page {
			break
		}
		first = rows[len(rows)-1].Index + 1
	}
	return out, nil
}
