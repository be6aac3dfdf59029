package exposure

import (
	"context"
	"fmt"
	"testing"
)

// manyRules are rules such as a large estate has: single ports to many prefixes, some ranges, some denials.
func manyRules(n int) []string {
	out := make([]string, 0, n)
	for i := range n {
		switch i % 10 {
		case 0:
			out = append(out, fmt.Sprintf("d%d %d Deny %d-%d 198.51.%d.0/24", i, 100+i, i%60000, i%60000+5, i%256))
		case 1:
			out = append(out, fmt.Sprintf("w%d %d Allow %d-%d 0.0.0.0/1,128.0.0.0/1", i, 100+i, i*13%65000, i*13%65000+20))
		default:
			out = append(out, fmt.Sprintf("a%d %d Allow %d 10.%d.%d.0/24", i, 100+i, i*7%65000, i/256%256, i%256))
		}
	}
	return append(out, fmt.Sprintf("rest %d Deny * * *", 100+n))
}

// A group of 5,000 rules of which one changes.
func BenchmarkCompareRules(b *testing.B) {
	rules := manyRules(5000)
	changed := manyRules(5000)
	changed[17] = "a17 117 Allow 22 *"
	old, new := snapshot(b, nsg(rules...)), snapshot(b, nsg(changed...))
	d := difference(b, old, new)
	b.ReportAllocs()
	for b.Loop() {
		got, err := Compare(context.Background(), old, new, d)
		if err != nil || len(got) != 1 || len(got[0].Opened) == 0 {
			b.Fatal(gist(got), err)
		}
	}
}

// One group of two rules that changes, among very many that do not.
func BenchmarkCompareOneOfMany(b *testing.B) {
	var things []thing
	for i := range 20_000 {
		one := nsg("a 100 Allow 443 *")
		one.id = fmt.Sprintf("%s%d", groupID, i)
		rule := child("b 110 Allow 80 *")
		rule.id = one.id + "/securityrules/b"
		things = append(things, one, rule)
	}
	old := snapshot(b, things...)
	last := nsg("a 100 Allow 443 *", "c 120 Allow 22 *")
	last.id = things[len(things)-2].id
	things[len(things)-2] = last
	new := snapshot(b, things...)
	d := difference(b, old, new)
	b.ReportAllocs()
	for b.Loop() {
		got, err := Compare(context.Background(), old, new, d)
		if err != nil || len(got) != 1 {
			b.Fatal(gist(got), err)
		}
	}
}
