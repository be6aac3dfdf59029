package trend

import (
	"context"
	"strconv"
	"time"

	"c4arch/internal/content/say"
	"c4arch/internal/render/chart"
	"c4arch/internal/service/trend"
)

func severityName(ctx context.Context, level string) string {
	switch level {
	case "critical":
		return say.T(ctx, "Critical")
	case "high":
		return say.T(ctx, "High")
	case "medium":
		return say.T(ctx, "Medium")
	case "low":
		return say.T(ctx, "Low")
	}
	return say.T(ctx, "Note")
}

// severities are those that are drawn: what was found at no time, but for the gravest, has no line.
func severities(t trend.Trends) (some []string) {
	for i, level := range trend.Severities() {
		any := i < 2
		for _, m := range t.Findings {
			any = any || m.Counts[level] > 0
		}
		if any {
			some = append(some, level)
		}
	}
	return some
}

// runs cuts values where nothing is known between them.
func runs[T any](all []T, at func(T) (chart.Point, bool, bool)) (list [][]chart.Point) {
	for _, x := range all {
		p, there, whole := at(x)
		switch {
		case !there:
		case whole && len(list) > 0:
			list[len(list)-1] = append(list[len(list)-1], p)
		default:
			list = append(list, []chart.Point{p})
		}
	}
	return list
}

func findings(ctx context.Context, t trend.Trends) (all []chart.Series) {
	for _, level := range severities(t) {
		all = append(all, chart.Series{Name: severityName(ctx, level), Class: level, Runs: runs(t.Findings, func(m trend.Moment) (chart.Point, bool, bool) {
			return chart.Point{At: m.At, Value: float64(m.Counts[level])}, true, m.Whole
		})})
	}
	return all
}

func coverage(ctx context.Context, t trend.Trends, together bool) []chart.Series {
	of := func(name, class string, value func(trend.Read) int) chart.Series {
		return chart.Series{Name: name, Class: class, Loose: together, Runs: runs(t.Readings, func(r trend.Read) (chart.Point, bool, bool) {
			return chart.Point{At: r.At, Value: float64(value(r))}, !r.Failed, r.Whole
		})}
	}
	return []chart.Series{of(say.T(ctx, "Read"), "good", func(r trend.Read) int { return r.Read }), of(say.T(ctx, "Not read"), "wrong", func(r trend.Read) int { return r.NotRead })}
}

func decisions(ctx context.Context, t trend.Trends) []chart.Series {
	of := func(name, class string, sort trend.Sort) chart.Series {
		return chart.Series{Name: name, Class: class, Loose: true, Runs: runs(t.Decisions, func(d trend.Decision) (chart.Point, bool, bool) {
			return chart.Point{At: d.At, Value: d.Took().Hours() / hoursOf(t)}, d.Sort == sort, true
		})}
	}
	return []chart.Series{of(say.T(ctx, "Proposal to approval"), "act", trend.Approval), of(say.T(ctx, "Finding to exception"), "high", trend.Exception)}
}

// picture draws a chart in the reader's language.
func picture(ctx context.Context, t trend.Trends, name, title, description string, all []chart.Series, value func(float64) string) string {
	return chart.SVG(chart.Chart{
		ID: name, Title: title, Description: description, From: t.From, To: t.To, Series: all, Value: value, None: say.T(ctx, "No data"),
		Day: func(at time.Time) string { return day(ctx, at) },
	})
}

// day is a day of the year, as short as an axis has room for.
func day(ctx context.Context, at time.Time) string {
	n := at.UTC().Day()
	return [...]string{
		say.T(ctx, "%d Jan", n), say.T(ctx, "%d Feb", n), say.T(ctx, "%d Mar", n), say.T(ctx, "%d Apr", n), say.T(ctx, "%d May", n), say.T(ctx, "%d Jun", n),
		say.T(ctx, "%d Jul", n), say.T(ctx, "%d Aug", n), say.T(ctx, "%d Sep", n), say.T(ctx, "%d Oct", n), say.T(ctx, "%d Nov", n), say.T(ctx, "%d Dec", n),
	}[at.UTC().Month()-1]
}

func whole(v float64) string { return strconv.FormatFloat(v, 'f', 0, 64) }

// hoursOf is the unit in which decisions are drawn: hours, or days where one took more than two of them.
func hoursOf(t trend.Trends) float64 {
	for _, d := range t.Decisions {
		if d.Took() > 48*time.Hour {
			return 24
		}
	}
	return 1
}

// unit writes a value of the picture of decisions.
func unit(ctx context.Context, t trend.Trends) func(float64) string {
	return func(v float64) string {
		if hoursOf(t) == 1 {
			return say.T(ctx, "%s h", number(v))
		}
		return say.T(ctx, "%s days", number(v))
	}
}

// lasting writes how long something took.
func lasting(ctx context.Context, d time.Duration) string {
	switch {
	case d < time.Minute && d > 0:
		return say.T(ctx, "under 1 min")
	case d < time.Hour:
		return say.T(ctx, "%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return say.T(ctx, "%s h", number(d.Hours()))
	}
	return say.T(ctx, "%s days", number(d.Hours()/24))
}

func number(v float64) string {
	return strconv.FormatFloat(v, 'f', -1+boolInt(v != float64(int(v)))*2, 64)
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// described says in a sentence what a picture of findings shows.
func described(ctx context.Context, t trend.Trends) string {
	if len(t.Findings) == 0 {
		return say.T(ctx, "Nothing was compared with a baseline in this time.")
	}
	last := t.Findings[len(t.Findings)-1]
	return say.T(ctx, "%d comparisons; at the last one %d critical and %d high findings were open.", len(t.Findings), last.Counts["critical"], last.Counts["high"])
}

// newest are the last values, the newest first, as many as a table shows.
func newest[T any](all []T) []T {
	var some []T
	for i := len(all) - 1; i >= 0 && len(some) < mostRows; i-- {
		some = append(some, all[i])
	}
	return some
}

const mostRows = 60

func share(r trend.Read) string {
	if r.Read+r.NotRead == 0 {
		return ""
	}
	return strconv.FormatFloat(100*float64(r.Read)/float64(r.Read+r.NotRead), 'f', 1, 64) + " %"
}
