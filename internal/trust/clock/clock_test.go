package clock

import (
	"fmt"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the vectors are of a zone

	"pgregory.net/rapid"
)

func brussels(t testing.TB) Calendar {
	zone, err := time.LoadLocation("Europe/Brussels")
	if err != nil {
		t.Fatal(err)
	}
	return Calendar{Zone: zone, Holidays: Belgium}
}

// The holidays of two years, as the calendar of Belgium has them.
func TestBelgium(t *testing.T) {
	for year, want := range map[int]string{
		2026: "01-01 04-06 05-01 05-14 05-25 07-21 08-15 11-01 11-11 12-25",
		2027: "01-01 03-29 05-01 05-06 05-17 07-21 08-15 11-01 11-11 12-25",
	} {
		var got []string
		for d := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC); d.Year() == year; d = d.AddDate(0, 0, 1) {
			if Belgium(d.Date()) {
				got = append(got, d.Format("01-02"))
			}
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%d: %s, not %s", year, s, want)
		}
	}
}

func TestVectors(t *testing.T) {
	c := brussels(t)
	at := func(text string) time.Time {
		x, err := time.ParseInLocation("2006-01-02 15:04:05", text, c.Zone)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	for _, x := range []struct {
		what string
		got  time.Time
		want string
	}{
		{"an hour is an hour when clocks go back", at("2026-10-23 10:00:00").Add(48 * time.Hour), "2026-10-25 09:00:00"},
		{"a month from the last of January, a Sunday then", c.MonthsWindow(at("2027-01-31 10:00:00"), 1), "2027-03-01 23:59:59"},
		{"a month by itself", c.Months(at("2027-01-31 10:00:00"), 1), "2027-02-28 23:59:59"},
		{"a report on a Thursday before Christmas", c.WorkingDays(at("2026-12-24 16:00:00"), 1), "2026-12-28 16:00:00"},
		{"a report on a Saturday", c.WorkingDays(at("2026-12-26 12:00:00"), 1), "2026-12-29 00:00:00"},
		{"a disposition in 14 days", c.Days(at("2026-12-26 12:00:00"), 14), "2027-01-09 23:59:59"},
		{"an objection, 30 days from a Sunday", c.Window(at("2026-11-22 09:00:00"), 30), "2026-12-22 23:59:59"},
		{"an objection that would end on Christmas, a Friday", c.Window(at("2026-11-25 09:00:00"), 30), "2026-12-28 23:59:59"},
		{"across the change of clocks", c.Days(at("2026-10-20 23:30:00"), 10), "2026-10-30 23:59:59"},
	} {
		if got := x.got.In(c.Zone).Format("2006-01-02 15:04:05"); got != x.want {
			t.Errorf("%s: %s, not %s", x.what, got, x.want)
		}
	}
}

// What is due is never before the event, never on a day that is not worked, and later for a longer period.
func TestProperties(t *testing.T) {
	c := brussels(t)
	rapid.Check(t, func(t *rapid.T) {
		from := time.Unix(rapid.Int64Range(1_600_000_000, 3_000_000_000).Draw(t, "from"), 0)
		n := rapid.IntRange(0, 90).Draw(t, "n")
		for what, f := range map[string]func(time.Time, int) time.Time{"days": c.Window, "months": c.MonthsWindow, "working days": c.WorkingDays} {
			due := f(from, n)
			if due.Before(from) || !c.Working(due) || f(from, n+1).Before(due) {
				t.Fatal(fmt.Sprint(what, " from ", from, ": ", due))
			}
		}
	})
}

// A calendar without a working day ends, too.
func TestNothingWorked(t *testing.T) {
	c := Calendar{Zone: time.UTC, Holidays: func(int, time.Month, int) bool { return true }}
	at := time.Date(2026, 1, 1, 8, 0, 0, 0, time.UTC)
	if got := c.NextWorking(at); !got.Equal(at) {
		t.Error(got)
	}
}
