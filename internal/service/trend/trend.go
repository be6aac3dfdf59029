// Package trend is what became of an architecture over time: findings by severity, how long decisions took, and how much could be read.
//
// It promises: a number is there only for a time at which something was looked at; a time of which nothing is known is a gap, and never a zero; what several projects are added up
// from is said with how many of them are known. It leaves out drawing.
package trend

import (
	"cmp"
	"context"
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
)

// Comparison is how many findings were open when a project was held against its baseline.
type Comparison struct {
	ID     string
	At     time.Time
	Counts map[string]int // by severity
}

// Reading is how much a scan could read; nothing of one that failed.
type Reading struct {
	ID            string
	At            time.Time
	Read, NotRead int
	Failed        bool
	Running       bool // it has not ended: nothing is known yet
}

// Sort is what a decision was about.
type Sort string

// The sorts.
const (
	Approval  Sort = "approval"  // from the proposal to the approval of another person
	Exception Sort = "exception" // from when a finding was first seen to the exception that accepts it
)

// Decision is how long one took.
type Decision struct {
	Sort     Sort
	From, At time.Time
}

// Took is how long.
func (d Decision) Took() time.Duration { return d.At.Sub(d.From) }

// Project is one of the actor's.
type Project struct {
	ID   id.Project
	Name string
}

// Source is the port to what happened. Each refuses by itself whoever may not see it.
type Source interface {
	Projects(ctx context.Context, a access.Actor) ([]Project, error)
	// Comparisons and Readings are the newest first, before that id.
	Comparisons(ctx context.Context, a access.Actor, project id.Project, before string, limit int) ([]Comparison, error)
	Readings(ctx context.Context, a access.Actor, project id.Project, before string, limit int) ([]Reading, error)
	Decisions(ctx context.Context, a access.Actor, project id.Project) ([]Decision, error)
}

// Service is the use cases. Every field must be set.
type Service struct {
	Source Source
	Now    func() time.Time
}

// Severities are in the order of a picture, the gravest first.
func Severities() []string { return []string{"critical", "high", "medium", "low", "info"} }

// Moment is what was known at a time.
type Moment struct {
	At     time.Time      `json:"at"`
	Counts map[string]int `json:"counts"`
	Known  int            `json:"known"` // of the projects
	Whole  bool           `json:"whole"` // the look before is not too long ago to draw a line from
}

// Read is what scans could read at a time.
type Read struct {
	At      time.Time `json:"at"`
	Read    int       `json:"read"`
	NotRead int       `json:"notRead"`
	Failed  bool      `json:"failed"`
	Whole   bool      `json:"whole"`
}

// Trends are all of it.
type Trends struct {
	From, To  time.Time
	Projects  int
	Findings  []Moment
	Readings  []Read
	Decisions []Decision
	// Cut says that there is more than was read: the oldest is left out.
	Cut bool
}

// Ranges are the days that can be asked for.
func Ranges() []int { return []int{30, 90, 365} }

const (
	perPage  = 200
	mostRead = 4000 // of one project
	mostOf   = 100  // projects
)

// silence is how long nothing may have been looked at for a line to go on.
func silence(days int) time.Duration {
	return max(7*24*time.Hour, time.Duration(days)*24*time.Hour/12)
}

// Of are the trends of a project over the last days.
func (s *Service) Of(ctx context.Context, a access.Actor, project id.Project, days int) (Trends, error) {
	return s.gather(ctx, a, []Project{{ID: project}}, days)
}

// All are those of the projects of the organisation, added up.
func (s *Service) All(ctx context.Context, a access.Actor, days int) (Trends, error) {
	projects, err := s.Source.Projects(ctx, a)
	if err != nil {
		return Trends{}, err
	}
	cut := len(projects) > mostOf
	t, err := s.gather(ctx, a, projects[:min(len(projects), mostOf)], days)
	t.Cut = t.Cut || cut
	return t, err
}

func (s *Service) gather(ctx context.Context, a access.Actor, projects []Project, days int) (Trends, error) {
	if !slices.Contains(Ranges(), days) {
		days = Ranges()[0]
	}
	to := s.Now().UTC().Truncate(time.Second)
	t := Trends{From: to.AddDate(0, 0, -days), To: to, Projects: len(projects)}
	var compared [][]Comparison
	var read [][]Reading
	for _, p := range projects {
		c, more, err := since(t.From, func(before string) ([]Comparison, error) { return s.Source.Comparisons(ctx, a, p.ID, before, perPage) })
		if err != nil {
			return t, err
		}
		r, more2, err := since(t.From, func(before string) ([]Reading, error) { return s.Source.Readings(ctx, a, p.ID, before, perPage) })
		if err != nil {
			return t, err
		}
		d, err := s.Source.Decisions(ctx, a, p.ID)
		if err != nil {
			return t, err
		}
		compared, read, t.Cut = append(compared, c), append(read, r), t.Cut || more || more2
		for _, x := range d {
			if !x.At.Before(t.From) && !x.At.After(to) && !x.At.Before(x.From) {
				t.Decisions = append(t.Decisions, x)
			}
		}
	}
	t.Findings = added(compared, silence(days))
	t.Readings = readings(read, silence(days))
	slices.SortFunc(t.Decisions, func(x, y Decision) int { return cmp.Or(x.At.Compare(y.At), x.From.Compare(y.From)) })
	return t, nil
}

// dated is what has an id and a time.
type dated interface{ when() (string, time.Time) }

func (c Comparison) when() (string, time.Time) { return c.ID, c.At }
func (r Reading) when() (string, time.Time)    { return r.ID, r.At }

// since reads pages until what is older than the range, and gives it oldest first.
func since[T dated](from time.Time, page func(before string) ([]T, error)) (all []T, more bool, err error) {
	before := ""
	for len(all) < mostRead {
		some, err := page(before)
		if err != nil {
			return nil, false, err
		}
		for _, x := range some {
			name, at := x.when()
			before = name
			if at.Before(from) {
				slices.Reverse(all)
				return all, false, nil
			}
			all = append(all, x)
		}
		if len(some) < perPage {
			slices.Reverse(all)
			return all, false, nil
		}
	}
	slices.Reverse(all)
	return all, true, nil
}

// event is a comparison of a project.
type event struct {
	project int
	Comparison
}

// added adds up what is known of each project at each time at which one was looked at. A project counts from its first comparison on, and as long as the next one is not too late.
func added(all [][]Comparison, quiet time.Duration) (moments []Moment) {
	var events []event
	for p, list := range all {
		for _, c := range list {
			events = append(events, event{p, c})
		}
	}
	slices.SortStableFunc(events, func(x, y event) int { return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.project, y.project)) })
	known := map[int]Comparison{}
	for i, e := range events {
		known[e.project] = e.Comparison
		m := Moment{At: e.At, Counts: map[string]int{}, Whole: i > 0 && e.At.Sub(events[i-1].At) <= quiet}
		for p, c := range known {
			if e.At.Sub(c.At) > quiet {
				delete(known, p)
				m.Whole = false
				continue
			}
			m.Known++
			for severity, n := range c.Counts {
				m.Counts[severity] += n
			}
		}
		m.Whole = m.Whole && len(moments) > 0 && moments[len(moments)-1].Known <= m.Known
		moments = append(moments, m)
	}
	return moments
}

func readings(all [][]Reading, quiet time.Duration) (out []Read) {
	var flat []Reading
	for _, list := range all {
		for _, r := range list {
			if !r.Running {
				flat = append(flat, r)
			}
		}
	}
	slices.SortStableFunc(flat, func(x, y Reading) int { return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.ID, y.ID)) })
	for i, r := range flat {
		whole := i > 0 && r.At.Sub(flat[i-1].At) <= quiet && !r.Failed && !flat[i-1].Failed
		out = append(out, Read{At: r.At, Read: r.Read, NotRead: r.NotRead, Failed: r.Failed, Whole: whole})
	}
	return out
}

// Median is the one in the middle, false where there is none.
func Median(all []Decision, of Sort) (time.Duration, int, bool) {
	var took []time.Duration
	for _, d := range all {
		if d.Sort == of {
			took = append(took, d.Took())
		}
	}
	if len(took) == 0 {
		return 0, 0, false
	}
	slices.Sort(took)
	middle := took[len(took)/2]
	if len(took)%2 == 0 {
		middle = (took[len(took)/2-1] + middle) / 2
	}
	return middle, len(took), true
}
