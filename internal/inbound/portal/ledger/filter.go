package ledger

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/auditing"
	trust "c4arch/internal/trust/ledger"
)

// filter is what the address says.
type filter struct {
	Kind, Actor, Text string
	From, To          string // as <input type="datetime-local"> has it, in UTC
	Before            int64
}

func filterOf(c *web.Call) (filter, error) {
	f := filter{Kind: c.Query("kind"), Actor: strings.TrimSpace(c.Query("actor")), Text: strings.TrimSpace(c.Query("text")), From: c.Query("from"), To: c.Query("to")}
	if text := c.Query("before"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 1 {
			return f, fault.New(fault.Invalid, "the address does not say from which entry to go back").WithHelp("open the ledger anew")
		}
		f.Before = n
	}
	return f, nil
}

// at is the address of the same search from an entry on; 0 is the newest.
func (f filter) at(before int64) string {
	q := url.Values{}
	for name, v := range map[string]string{"kind": f.Kind, "actor": f.Actor, "text": f.Text, "from": f.From, "to": f.To} {
		if v != "" {
			q.Set(name, v)
		}
	}
	if before > 0 {
		q.Set("before", strconv.FormatInt(before, 10))
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

func (f filter) any() bool { return f.Kind+f.Actor+f.Text+f.From+f.To != "" }

// search is what is asked of the log.
func (f filter) search(n names) (q auditing.Search, err error) {
	q = auditing.Search{Before: f.Before, Text: f.Text}
	if f.Kind != "" {
		if trust.Meaning(f.Kind) == "" {
			return q, fault.New(fault.Invalid, "there is no kind of entry of that name").WithHelp("choose one of the list")
		}
		q.Kinds = []string{f.Kind}
	}
	if f.Actor != "" {
		q.Actors = n.called(f.Actor)
	}
	if q.From, err = when(f.From); err != nil {
		return q, err
	}
	q.To, err = when(f.To)
	if len(f.To) == len(minute) { // the whole minute counts
		q.To = q.To.Add(time.Minute)
	}
	return q, err
}

const minute = "2006-01-02T15:04"

// when reads a time in UTC, as a field of a form or a program writes it; "" is none.
func when(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{minute, "2006-01-02T15:04:05", time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fault.New(fault.Invalid, "that is no time").WithHelp("write it as 2026-11-23T08:00, in UTC")
}

// names are names by the ids of actors.
type names map[string]string

// called are the ids of those whose name, or id, has the text in it; none where nobody is called so.
func (n names) called(text string) []string {
	if _, known := n[text]; known {
		return []string{text}
	}
	var ids []string
	low := strings.ToLower(text)
	for id, name := range n {
		if strings.Contains(strings.ToLower(name), low) {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 && (strings.Contains(text, ":") || !strings.Contains(text, " ")) { // an id of somebody whose name is not known any more
		ids = []string{text}
	}
	slices.Sort(ids)
	return ids
}

// sorted are the different names, for the list of suggestions.
func (n names) sorted() []string {
	var all []string
	for _, name := range n {
		all = append(all, name)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
