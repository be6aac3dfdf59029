package assure

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"c4arch/internal/base/id"
	"c4arch/internal/trust/control"
)

func expect(t *testing.T, name string, seen []control.Observation, want control.Outcome, says string) {
	t.Helper()
	if got := control.Worst(seen); got != want || !strings.Contains(fmt.Sprint(seen), says) {
		t.Errorf("%s is %s and not %s with %q: %+v", name, got, want, says, seen)
	}
}

func TestTracedFails(t *testing.T) {
	whole := strings.Repeat("0a", 20)
	expect(t, "a commit", Traced(Program{Revision: whole}), control.Pass, whole)
	expect(t, "changed files", Traced(Program{Revision: whole, Modified: true}), control.Fail, "not committed")
	expect(t, "no commit", Traced(Program{}), control.Unknown, "does not say")
	expect(t, "half a commit", Traced(Program{Revision: "0a0a"}), control.Fail, "is no commit")
}

func TestLayeredFails(t *testing.T) {
	good := []Setting{
		{Key: "listen", Value: ":1", Default: ":1", Source: "default"},
		{Key: "data", Value: "/d", Source: "flag --data"},
		{Key: "log.level", Value: "warn", Source: "environment C4ARCH_LOG_LEVEL"},
		{Key: "log.format", Value: "text", Source: "/etc/c4arch.yaml line 5"},
	}
	expect(t, "all layers", Layered(good), control.Pass, "1 as the product has them, 1 from the file, 2 from the deployment")
	expect(t, "nothing", Layered(nil), control.Empty, "")
	for says, s := range map[string]Setting{
		"which is no layer":     {Key: "x", Source: "the database"},
		"there twice":           {Key: "listen", Value: ":1", Default: ":1", Source: "default"},
		"is not":                {Key: "x", Value: "1", Default: "2", Source: "default"},
		"built with a secret":   {Key: "x", Value: "1", Default: "1", Source: "default", Secret: true},
		`comes from "line 5"`:   {Key: "x", Source: "line 5"},
		`"environment HOME"`:    {Key: "x", Source: "environment HOME"},
		`comes from "flag -- "`: {Key: "x", Source: "flag -- "},
	} {
		expect(t, says, Layered(append(good, s)), control.Fail, says)
	}
}

func TestReadingFails(t *testing.T) {
	good := []Tried{{"a", "GET /", true, true}, {"a", "PUT /", false, false}}
	expect(t, "as it is", Reading(good), control.Pass, "1 requests that read may leave, 1 others are refused")
	expect(t, "nothing", Reading(nil), control.Empty, "")
	expect(t, "a change is let out", Reading(append(good, Tried{"a", "POST /", false, true})), control.Fail, "does more than read")
	expect(t, "nothing is let out", Reading(append(good, Tried{"a", "POST /q", true, false})), control.Fail, "only reads")
	expect(t, "not tried with changes", Reading(good[:1]), control.Unknown, "both sorts")
}

// page is one on which all is as it has to be.
func page(rights PageDuty) []PageDuty {
	return []PageDuty{
		{ID: "all", Clauses: shownDuties, Said: true}, {ID: "unused-tokens", Said: true, Open: true, Items: []string{"tk_1"}, Removable: true}, {ID: "owners", Said: true, Open: true}, rights,
	}
}

func TestRightsFail(t *testing.T) {
	told := PageDuty{ID: rightsDuty, Said: true, Open: true, Items: []string{"cn_1"}}
	silent := PageDuty{ID: rightsDuty, Said: true}
	much := Granted{Connection: "cn_1", Shown: true, Looked: true, Excess: 2, Entered: true}
	enough := much
	enough.Excess = 0
	for name, x := range map[string]struct {
		granted Granted
		duty    PageDuty
		want    control.Outcome
		says    string
	}{
		"too much, and told":   {much, told, control.Pass, "2 rights are more"},
		"enough":               {enough, silent, control.Pass, "0 rights are more"},
		"not looked at":        {Granted{Connection: "cn_1", Shown: true}, told, control.Pass, "nobody has verified"},
		"put away":             {Granted{Connection: "cn_1", Looked: true, Excess: 1, Entered: true}, silent, control.Pass, ""},
		"told to nobody":       {much, silent, control.Fail, "is not told of it"},
		"too old, untold":      {Granted{Connection: "cn_1", Shown: true, Looked: true, Old: true, Entered: true}, silent, control.Fail, "is not told of it"},
		"told without a cause": {enough, told, control.Fail, "nothing to tell"},
		"nothing to be done":   {much, PageDuty{ID: rightsDuty, Items: []string{"cn_1"}}, control.Fail, "nothing is said to be done"},
		"no duty":              {much, PageDuty{ID: "other"}, control.Fail, "nothing of the rights"},
		"in no ledger":         {Granted{Connection: "cn_1", Shown: true, Looked: true, Excess: 2}, told, control.Fail, "in no ledger"},
		"damaged":              {Granted{Connection: "cn_1", Shown: true, Looked: true, Broken: "it is damaged", Entered: true}, told, control.Fail, "cannot be read"},
	} {
		seen, err := Rights(func(context.Context) ([]Granted, error) { return []Granted{x.granted}, nil }, func(context.Context, id.Org) ([]PageDuty, error) { return page(x.duty), nil })(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		expect(t, name, seen, x.want, x.says)
	}
	seen, err := Rights(func(context.Context) ([]Granted, error) { return nil, nil }, nil)(t.Context())
	if expect(t, "no connection", seen, control.Empty, ""); err != nil {
		t.Fatal(err)
	}
}

func TestPagedFails(t *testing.T) {
	due := []Duty{{ID: "unused-tokens", Open: true}, {ID: "owners", Open: true}}
	rights := PageDuty{ID: rightsDuty, Said: true}
	much := []Granted{{Connection: "cn_1", Shown: true, Looked: true, Excess: 2, Entered: true}}
	for name, x := range map[string]struct {
		change  func(p []PageDuty) []PageDuty
		due     []Duty
		granted []Granted
		want    control.Outcome
		says    string
	}{
		"as it is":            {nil, due, nil, control.Pass, "4 duties are shown"},
		"a duty is missing":   {nil, append(due, Duty{ID: "auditors"}), nil, control.Fail, "auditors is not shown"},
		"a clause is missing": {func(p []PageDuty) []PageDuty { p[0].Clauses = p[0].Clauses[1:]; return p }, due, nil, control.Fail, "nothing is shown of SE-3.11"},
		"without words":       {func(p []PageDuty) []PageDuty { p[1].Said = false; return p }, due, nil, control.Fail, "without words"},
		"not removable":       {func(p []PageDuty) []PageDuty { p[1].Removable = false; return p }, due, nil, control.Fail, "cannot be removed"},
		"kept, and is open":   {func(p []PageDuty) []PageDuty { p[2].Open = false; return p }, due, nil, control.Fail, "owners is not shown as it was judged"},
		"open, and is kept":   {nil, []Duty{{ID: "owners"}}, nil, control.Fail, "owners is not shown as it was judged"},
		"rights untold":       {nil, due, much, control.Fail, "is not told of it"},
	} {
		shown := page(rights)
		if x.change != nil {
			shown = x.change(shown)
		}
		seen, err := Paged(
			func(context.Context) ([]Truth, error) { return []Truth{{}}, nil }, func(context.Context, id.Org) ([]PageDuty, error) { return shown, nil },
			func(context.Context, id.Org) ([]Duty, error) { return x.due, nil }, func(context.Context) ([]Granted, error) { return x.granted, nil },
		)(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		expect(t, name, seen, x.want, x.says)
	}
}
