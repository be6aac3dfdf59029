package api

import (
	"fmt"
	"strings"
	"testing"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
)

func TestCursors(t *testing.T) {
	a, b := access.Actor{Org: "og_a"}, access.Actor{Org: "og_b"}
	var all []string
	for i := range 7 {
		all = append(all, fmt.Sprintf("pn_%d", i))
	}
	self := func(x string) string { return x }
	var seen []string
	in := Part{Limit: 3}
	for range 10 {
		l, err := part(a, "list-members", in, all, self)
		if err != nil {
			t.Fatal(err)
		}
		seen = append(seen, l.Items...)
		if in.After = l.Next; in.After == "" {
			break
		}
		if strings.Contains(l.Next, "pn_") {
			t.Errorf("a cursor is no secret and no id: %s", l.Next)
		}
	}
	if strings.Join(seen, " ") != strings.Join(all, " ") {
		t.Errorf("the pages have %q", seen)
	}
	good := cursor("og_a", "list-members", "pn_2")
	for name, x := range map[string]struct {
		actor access.Actor
		list  string
		after string
	}{
		"of another organisation":       {b, "list-members", good},
		"of another list":               {a, "list-tokens", good},
		"with a byte more":              {a, "list-members", good + "A"},
		"with a byte less":              {a, "list-members", good[:len(good)-1]},
		"of no position":                {a, "list-members", cursor("og_a", "list-members", "")},
		"of a position that is no text": {a, "list-members", cursor("og_a", "list-members", "pn_\x00")},
		"of what is gone":               {a, "list-members", cursor("og_a", "list-members", "pn_9")},
		"a bare id":                     {a, "list-members", "pn_2"},
		"of a later version":            {a, "list-members", cursorPrefix + "Ag" + good[len(cursorPrefix)+2:]},
	} {
		if l, err := part(x.actor, x.list, Part{After: x.after, Limit: 3}, all, self); fault.KindOf(err) != fault.Invalid || len(l.Items) > 0 {
			t.Errorf("a cursor %s: %v, %v", name, l, err)
		}
	}
	if _, err := (Page{After: good}).from(b, "list-members"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a cursor of another organisation is taken: %v", err)
	}
	if l := goesOn(a, "list-scans", all[:3], 3, self); l.Next != cursor("og_a", "list-scans", "pn_2") {
		t.Errorf("it goes on at %s", l.Next)
	}
	if l, err := part(a, "list-members", Part{}, nil, self); err != nil || l.Items == nil || l.Next != "" {
		t.Errorf("an empty list: %+v, %v", l, err)
	}
}

func FuzzCursor(f *testing.F) {
	f.Add("og_a", "list-members", cursor("og_a", "list-members", "pn_2"))
	f.Add("og_a", "list-members", "cu_")
	f.Add("og_b", "list-scans", "cu_AQ")
	f.Fuzz(func(t *testing.T, org, name, text string) {
		actor := access.Actor{Org: "og_a"}
		at, err := position(actor.Org, "list-members", text)
		if err == nil && text != "" && cursor(actor.Org, "list-members", at) != text {
			t.Errorf("%q is %q, which is written otherwise", text, at)
		}
		if err == nil && at != "" && org != "og_a" {
			if _, err := position("og_other", name, text); err == nil {
				t.Errorf("%q is a place in another organisation's list too", text)
			}
		}
		if err != nil && fault.KindOf(err) != fault.Invalid {
			t.Error(err)
		}
	})
}
