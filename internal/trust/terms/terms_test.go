package terms

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // zones are checked by their names

	"c4arch/internal/base/fault"
)

func ordered() Terms {
	t := Default()
	t.Version, t.Reference, t.From, t.Plan = 1, "OF-2026-017", time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), "enterprise"
	t.Users, t.SLA, t.Residency, t.RPO = 10, 99500, []string{"EU"}, "4h"
	return t
}

// Every fault is told, and each of them alone is one.
func TestCheck(t *testing.T) {
	if err := ordered().Check(); err != nil {
		t.Fatal(err)
	}
	bad := Terms{Plan: "gold", Users: -1, Residency: []string{"eu", "eu"}, SLA: 7, RPO: "soon", RTO: "1s", AI: "all", ObjectionDays: 29, IncidentHours: 73, Zone: "Mars/Base", Role: "both"}
	err := bad.Check()
	for _, want := range []string{"reference", "from when", "plan", "tier", "role", "AI", "users", "region", "twice", "time zone", "availability", "objections", "incident", "RPO", "RTO"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("nothing is said of the %s", want)
		}
	}
	for name, change := range map[string]func(*Terms){
		"reference": func(x *Terms) { x.Reference = "a\nb" }, "long reference": func(x *Terms) { x.Reference = strings.Repeat("x", 101) },
		"from": func(x *Terms) { x.From = time.Time{} }, "until": func(x *Terms) { x.Until = x.From }, "users": func(x *Terms) { x.Users = MaxLimit + 1 },
		"scans": func(x *Terms) { x.ScansPerMonth = -1 }, "objection": func(x *Terms) { x.ObjectionDays = 29 }, "incident": func(x *Terms) { x.IncidentHours = 0 },
		"zone": func(x *Terms) { x.Zone = "Local" }, "AI": func(x *Terms) { x.AI = AIOn }, "SLA": func(x *Terms) { x.SLA = 100_001 },
	} {
		x := ordered()
		change(&x)
		if fault.KindOf(x.Check()) != fault.Invalid {
			t.Errorf("%s is taken", name)
		}
	}
}

func TestRoom(t *testing.T) {
	x := ordered()
	if err := x.Room(Users, 9); err != nil {
		t.Error(err)
	}
	err := x.Room(Users, 10)
	if fault.KindOf(err) != fault.Limited || !strings.Contains(err.Error(), "OF-2026-017") || !strings.Contains(err.Error(), "10 users") {
		t.Error(err)
	}
	if err := x.Room(Projects, 1_000_000); err != nil {
		t.Error("no limit is one:", err)
	}
}

func TestAtAndMonth(t *testing.T) {
	one, two := ordered(), ordered()
	two.Version, two.From, two.Until = 2, one.From.AddDate(0, 1, 0), one.From.AddDate(0, 2, 0)
	for at, want := range map[time.Time]int{one.From.Add(-time.Second): 0, one.From: 1, two.From: 2, two.Until: 1} {
		if got := At([]Terms{two, one}, at); got.Version != want {
			t.Errorf("at %s version %d holds, not %d", at, got.Version, want)
		}
	}
	// The last hour of October in UTC is November in Brussels.
	if got := one.Month(time.Date(2026, 10, 31, 23, 30, 0, 0, time.UTC)); got.UTC().Format(time.RFC3339) != "2026-10-31T23:00:00Z" {
		t.Error(got)
	}
}

func TestDiff(t *testing.T) {
	old, now := Default(), ordered()
	var said []string
	for _, c := range Diff(old, now) {
		said = append(said, c.Name+": "+c.From+" to "+c.To)
	}
	text := strings.Join(said, "\n")
	for _, want := range []string{"users: no limit to 10", "availability: none was agreed to 99.5 %", "residency: none was agreed to EU", "RPO: none was agreed to 4h", "plan: free to enterprise"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is missing in\n%s", want, text)
		}
	}
	if len(Diff(now, now)) != 0 {
		t.Error("the same terms differ")
	}
}

func FuzzParseAvailability(f *testing.F) {
	for _, s := range []string{"", "99.5", "100", "99.95 %", "1e2", "-1", "99.9999", "999", "99.", "+99"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := ParseAvailability(s)
		if err != nil {
			return
		}
		if n < 0 || n > 100_999 {
			t.Fatalf("%q is %d", s, n)
		}
		if again, err := ParseAvailability((Terms{SLA: n}).Availability()); n > 0 && (err != nil || again != n) {
			t.Fatalf("%q is %d, and %d when it is written and read", s, n, again)
		}
	})
}
