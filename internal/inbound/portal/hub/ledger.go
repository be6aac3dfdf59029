package hub

import (
	"context"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/auditing"
	trust "c4arch/internal/trust/ledger"
)

// ledgerView is a page of the instance's ledger.
type ledgerView struct {
	*auditing.Found
	Search     search
	Kinds      []string
	Checkpoint *Checkpoint
	Witnesses  []string
	Verify     bool
}

// search is what the address says.
type search struct {
	Kind, Text, From, To string
	Before               int64
}

func searchOf(c *web.Call) (s search, q auditing.Search, err error) {
	s = search{Kind: c.Query("kind"), Text: strings.TrimSpace(c.Query("text")), From: c.Query("from"), To: c.Query("to")}
	if text := c.Query("before"); text != "" {
		if s.Before, err = strconv.ParseInt(text, 10, 64); err != nil || s.Before < 1 {
			return s, q, fault.New(fault.Invalid, "the address does not say from which entry to go back").WithHelp("open the ledger anew")
		}
	}
	q = auditing.Search{Before: s.Before, Text: s.Text}
	if s.Kind != "" {
		if trust.Meaning(s.Kind) == "" {
			return s, q, fault.New(fault.Invalid, "there is no kind of entry of that name").WithHelp("choose one of the list")
		}
		q.Kinds = []string{s.Kind}
	}
	if q.From, err = dayOf(s.From); err != nil {
		return s, q, err
	}
	if q.To, err = dayOf(s.To); err == nil && !q.To.IsZero() {
		q.To = q.To.AddDate(0, 0, 1) // the whole day counts
	}
	return s, q, err
}

func dayOf(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return t, fault.New(fault.Invalid, "that is no day").WithHelp("write it as 2026-11-23; it is a day in UTC")
	}
	return t, nil
}

// at is the address of the same search from an entry on; 0 is the newest.
func (s search) at(before int64) string {
	q := url.Values{}
	for name, v := range map[string]string{"kind": s.Kind, "text": s.Text, "from": s.From, "to": s.To} {
		if v != "" {
			q.Set(name, v)
		}
	}
	if before > 0 {
		q.Set("before", plain(before))
	}
	if len(q) == 0 {
		return ledgerPath
	}
	return ledgerPath + "?" + q.Encode()
}

func (s search) any() bool { return s.Kind+s.Text+s.From+s.To != "" }

func (v ledgerView) newer() string {
	if v.Search.Before == 0 {
		return ""
	}
	return v.Search.at(0)
}

func (v ledgerView) older() string {
	if v.Found.Older == 0 {
		return ""
	}
	return v.Search.at(v.Found.Older)
}

func (d desk) ledger(c *web.Call) error {
	ctx, a := c.Context(), c.Asker()
	v := ledgerView{Witnesses: d.Witnesses, Verify: c.May(access.LedgerVerify, "")}
	var q auditing.Search
	var err error
	if v.Search, q, err = searchOf(c); err != nil {
		return err
	}
	if v.Found, err = d.Ledger.Search(ctx, a, q); err != nil {
		return err
	}
	if v.Checkpoint, err = d.Checkpoint(ctx, a); err != nil {
		return err
	}
	for name := range trust.Kinds() {
		v.Kinds = append(v.Kinds, name)
	}
	return c.Show(web.View{
		Title: say.T(ctx, "Ledger of the instance"), Section: ledgerPath,
		Lead: say.T(ctx, "What the platform and its people did, and how far the ledger of each organisation is. That you read it is an entry too."),
	}, ledgerPage(v))
}

func (d desk) entry(c *web.Call) error {
	ctx := c.Context()
	text := c.Path("index")
	index, err := strconv.ParseInt(text, 10, 64)
	if err != nil || index < 0 || plain(index) != text {
		return fault.New(fault.NotFound, "the ledger has no such entry")
	}
	p, err := d.Ledger.Prove(ctx, c.Asker(), index)
	if err != nil {
		return err
	}
	return c.Show(web.View{
		Title: say.T(ctx, "Entry %s", plain(index)), Lead: meaning(ctx, p.Kind), Section: ledgerPath, Crumbs: []web.Crumb{{Path: ledgerPath, Name: say.T(ctx, "Ledger of the instance")}},
	}, entryPage(p))
}

func (d desk) verify(c *web.Call) error {
	ctx := c.Context()
	v, err := d.Ledger.Verify(ctx, c.Asker(), auditing.Full)
	if v == nil {
		return err
	}
	// A log that does not verify is the answer, and not a failure of the page: the verdict says where.
	return c.Show(web.View{
		Title: say.T(ctx, "Verdict"), Lead: say.T(ctx, "What the verification of the whole ledger of the instance found."), Section: ledgerPath,
		Crumbs: []web.Crumb{{Path: ledgerPath, Name: say.T(ctx, "Ledger of the instance")}},
	}, verdictPage(v))
}

// meaning is a kind of entries in words.
func meaning(ctx context.Context, kind string) string {
	text := trust.Meaning(kind)
	if text == "" {
		return kind
	}
	return say.T(ctx, strings.ToUpper(text[:1])+text[1:])
}

// fact is a field of an entry.
type fact struct {
	Name, Text string
	Erased     bool
}

func factsOf(e auditing.Shown) (list []fact) {
	for _, name := range slices.Sorted(maps.Keys(e.Fields)) {
		list = append(list, fact{Name: name, Text: unquoted(e.Fields[name])})
	}
	for _, name := range e.Erased {
		list = append(list, fact{Name: name, Erased: true})
	}
	return list
}

// unquoted is a value of JSON as people read it.
func unquoted(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var all []string
	if json.Unmarshal(raw, &all) == nil {
		return strings.Join(all, ", ")
	}
	return string(raw)
}

// usual are the fields that every entry has: a row of the list leaves them out.
var usual = []string{"actor", "onBehalf", "surface", "purpose", "action", "policy", "request", "project"}

// gist is what a row says of an entry besides its kind.
func gist(e auditing.Shown) string {
	var parts []string
	for _, f := range factsOf(e) {
		if len(parts) == 3 || f.Erased || f.Text == "" || slices.Contains(usual, f.Name) {
			continue
		}
		parts = append(parts, f.Name+": "+cut(f.Text))
	}
	return strings.Join(parts, " · ")
}

func cut(text string) string {
	const most = 100
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}

// cosigned reports whether a witness has cosigned the newest checkpoint.
func (v ledgerView) cosigned(name string) bool {
	return v.Checkpoint != nil && slices.Contains(v.Checkpoint.Cosigners, name)
}
