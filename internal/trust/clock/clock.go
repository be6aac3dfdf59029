// Package clock computes when something is due: hours, days, months, working days and the ends of days, as law and contracts count them. It is pure: instants in, instants
// out; what today is is nobody's business here.
//
// Hours are elapsed hours on the line of instants and never days of a wall clock. Periods in days and months are counted by Regulation (EEC, Euratom) No 1182/71: the day of
// the event is not counted (Article 3(1)), a period of months ends at the end of the same date, or of the last day of a month that lacks it (Article 3(2)(c)), and one that is
// not in hours and would end on a Saturday, a Sunday or a public holiday ends with the next working day (Article 3(4)). The rules for periods in hours and for at least two
// working days are not used: without them a result is never later than the law has it.
package clock

import (
	"time"
)

// Calendar says which days are no working days, in one zone.
type Calendar struct {
	Zone *time.Location
	// Holidays reports whether a date is a public holiday; nil are none.
	Holidays func(year int, month time.Month, day int) bool
}

// Working reports whether the day of the instant, in the zone of the calendar, is a working day.
func (c Calendar) Working(t time.Time) bool {
	t = t.In(c.Zone)
	if d := t.Weekday(); d == time.Saturday || d == time.Sunday {
		return false
	}
	y, m, d := t.Date()
	return c.Holidays == nil || !c.Holidays(y, m, d)
}

// End is the last second of the day of the instant.
func (c Calendar) End(t time.Time) time.Time {
	y, m, d := t.In(c.Zone).Date()
	return time.Date(y, m, d, 23, 59, 59, 0, c.Zone)
}

// Days is the end of the day that is n days after the day of t. It is no rule about working days.
func (c Calendar) Days(t time.Time, n int) time.Time {
	y, m, d := t.In(c.Zone).Date()
	return time.Date(y, m, d+n, 23, 59, 59, 0, c.Zone)
}

// Months is the end of the same date n months later, or of the last day of that month.
func (c Calendar) Months(t time.Time, n int) time.Time {
	y, m, d := t.In(c.Zone).Date()
	first := time.Date(y, m+time.Month(n), 1, 0, 0, 0, 0, c.Zone)
	last := time.Date(first.Year(), first.Month()+1, 0, 0, 0, 0, 0, c.Zone).Day()
	return time.Date(first.Year(), first.Month(), min(d, last), 23, 59, 59, 0, c.Zone)
}

// longest is how many days in a row are none that is worked: a calendar that knows none is a mistake, and must not hold a program.
const longest = 60

// NextWorking is t itself on a working day, and otherwise the same time of the first working day after it.
func (c Calendar) NextWorking(t time.Time) time.Time {
	y, m, d := t.In(c.Zone).Date()
	h, mi, s := t.In(c.Zone).Clock()
	for i := range longest {
		if day := time.Date(y, m, d+i, h, mi, s, 0, c.Zone); c.Working(day) {
			return day
		}
	}
	return t
}

// WorkingDays is the same time of the n-th working day after t. What comes on no working day counts as having come at the beginning of the next one.
func (c Calendar) WorkingDays(t time.Time, n int) time.Time {
	t = t.In(c.Zone)
	if !c.Working(t) {
		y, m, d := t.Date()
		t = c.NextWorking(time.Date(y, m, d, 0, 0, 0, 0, c.Zone))
	}
	for range n {
		y, m, d := t.Date()
		h, mi, s := t.Clock()
		t = c.NextWorking(time.Date(y, m, d+1, h, mi, s, 0, c.Zone))
	}
	return t
}

// Window is the end of a period of n days after t that ends with a working day: as for an objection.
func (c Calendar) Window(t time.Time, n int) time.Time { return c.End(c.NextWorking(c.Days(t, n))) }

// MonthsWindow is [Calendar.Months] that ends with a working day.
func (c Calendar) MonthsWindow(t time.Time, n int) time.Time {
	return c.End(c.NextWorking(c.Months(t, n)))
}
