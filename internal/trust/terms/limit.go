package terms

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"c4arch/internal/base/fault"
)

// Limit is what an order form bounds.
type Limit string

// The limits.
const (
	Users         Limit = "users"
	Projects      Limit = "projects"
	Subscriptions Limit = "subscriptions"
	Repositories  Limit = "repositories"
	Scans         Limit = "scans"
)

// Limits are all of them, in the order in which people read them.
func Limits() []Limit { return []Limit{Users, Projects, Subscriptions, Repositories, Scans} }

// Words are what a limit is of.
func (l Limit) Words() string {
	switch l {
	case Users:
		return "users"
	case Projects:
		return "projects"
	case Subscriptions:
		return "connected subscriptions and clusters"
	case Repositories:
		return "connected repositories"
	case Scans:
		return "scans in a month"
	}
	return string(l)
}

// Of is the limit as it was ordered; 0 is none.
func (t Terms) Of(l Limit) int {
	switch l {
	case Users:
		return t.Users
	case Projects:
		return t.Projects
	case Subscriptions:
		return t.Subscriptions
	case Repositories:
		return t.Repositories
	case Scans:
		return t.ScansPerMonth
	}
	return 0
}

// Use is how much of each an organisation has now; of scans, in the month of the zone that the terms name.
type Use map[Limit]int

// Room says that one more of something would be more than was ordered, if so.
func (t Terms) Room(l Limit, used int) error {
	most := t.Of(l)
	if most == 0 || used < most {
		return nil
	}
	of := "the terms of the organisation"
	if t.Reference != "" {
		of = "the order form " + t.Reference
	}
	return fault.New(fault.Limited, "%s allows %d %s, and %d are used", of, most, l.Words(), used).WithHelp("an owner sees the terms under Documents and terms, and orders more; or remove what is not needed")
}

// Month is when the month of a time begins, in the zone of the terms.
func (t Terms) Month(at time.Time) time.Time {
	zone, err := time.LoadLocation(t.Zone)
	if err != nil {
		zone = time.UTC
	}
	y, m, _ := at.In(zone).Date()
	return time.Date(y, m, 1, 0, 0, 0, 0, zone)
}

// Change is one thing in which two versions of terms differ.
type Change struct {
	Name     string // for people: "users"
	From, To string
}

// Diff says in what the newer of two versions differs, for people.
func Diff(old, now Terms) (all []Change) {
	add := func(name, from, to string) {
		if from != to {
			all = append(all, Change{name, from, to})
		}
	}
	add("reference", old.Reference, now.Reference)
	add("plan", old.Plan, now.Plan)
	add("holds from", day(old.From), day(now.From))
	add("holds until", day(old.Until), day(now.Until))
	for _, l := range Limits() {
		add(l.Words(), Number(old.Of(l)), Number(now.Of(l)))
	}
	add("residency", Regions(old.Residency), Regions(now.Residency))
	add("availability", old.Availability(), now.Availability())
	add("tier of support", old.SupportTier, now.SupportTier)
	add("RPO", Agreed(old.RPO), Agreed(now.RPO))
	add("RTO", Agreed(old.RTO), Agreed(now.RTO))
	add("AI", string(old.AI), string(now.AI))
	add("window for objections", strconv.Itoa(old.ObjectionDays)+" days", strconv.Itoa(now.ObjectionDays)+" days")
	add("told of incidents within", strconv.Itoa(old.IncidentHours)+" hours", strconv.Itoa(now.IncidentHours)+" hours")
	add("time zone", old.Zone, now.Zone)
	add("role", old.Role, now.Role)
	return all
}

func day(t time.Time) string {
	if t.IsZero() {
		return "no day"
	}
	return t.UTC().Format(time.DateOnly)
}

// Number writes a limit: none is no limit.
func Number(n int) string {
	if n == 0 {
		return "no limit"
	}
	return strconv.Itoa(n)
}

// Regions writes where what is stored may lie.
func Regions(list []string) string {
	if len(list) == 0 {
		return "none was agreed"
	}
	list = slices.Clone(list)
	slices.Sort(list)
	return strings.Join(list, ", ")
}

// Availability writes the SLA as a percentage.
func (t Terms) Availability() string {
	if t.SLA == 0 {
		return "none was agreed"
	}
	s := strings.TrimRight(fmt.Sprintf("%d.%03d", t.SLA/1000, t.SLA%1000), "0")
	return strings.TrimSuffix(s, ".") + " %"
}

// Agreed writes a recovery promise. Where none was agreed it says so, and promises nothing.
func Agreed(d string) string {
	if d == "" {
		return "none was agreed"
	}
	return d
}

// ParseAvailability reads a percentage with at most three decimals: "99.5" is 99500, "" none.
func ParseAvailability(s string) (int, error) {
	s = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(s), "%"))
	if s == "" {
		return 0, nil
	}
	whole, part, _ := strings.Cut(s, ".")
	n, err := strconv.Atoi(whole)
	m := 0
	if err == nil && part != "" {
		m, err = strconv.Atoi((part + "000")[:3])
	}
	if err != nil || len(part) > 3 || strings.Trim(whole+part, "0123456789") != "" || n > 100 {
		return 0, fault.New(fault.Invalid, "an availability is a percentage with at most three decimals, as 99.95")
	}
	return n*1000 + m, nil
}
