// Package trend is the pages of trends, of a project and of the organisation: pictures drawn on the server, the same numbers below each as a table, and all of it as CSV.
//
// It promises that a time of which nothing is known is a gap in the picture and "no data" in the table. It leaves out working the numbers out (service/trend).
package trend

import (
	"bytes"
	"context"
	"encoding/csv"
	"slices"
	"strconv"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
	"c4arch/internal/render/chart"
	"c4arch/internal/service/trend"
)

//go:generate go tool -modfile=../../../../tools/go.mod templ generate -path .

// Service is the port to the use cases.
type Service interface {
	Of(ctx context.Context, a access.Actor, project id.Project, days int) (trend.Trends, error)
	All(ctx context.Context, a access.Actor, days int) (trend.Trends, error)
}

// Projects gives a project its name.
type Projects func(ctx context.Context, a access.Actor, project id.Project) (web.Project, error)

// Path is where the trends of the organisation are.
const Path = "/organisation/trends"

type desk struct {
	Service
	projects Projects
}

// Desk adds the pages.
func Desk(s Service, p Projects) web.Desk {
	return func(site *web.Site) {
		d := desk{s, p}
		of := web.InPath("project", "project")
		site.Page("/projects/{project}/trends", "trends", access.FindingRead, d.project, of)
		site.Download("/projects/{project}/trends/export.csv", "trends-csv", access.FindingRead, d.projectCSV, of)
		site.Page(Path, "organisation-trends", access.FindingRead, d.organisation)
		site.Download(Path+"/export.csv", "organisation-trends-csv", access.FindingRead, d.organisationCSV)
	}
}

// shown is what a page shows.
type shown struct {
	trend.Trends
	Base     string
	Days     int
	Together bool // of several projects
	Archived bool
}

// days is the range that is asked for.
func days(c *web.Call) int {
	n, err := strconv.Atoi(c.Query("days"))
	if err != nil || !slices.Contains(trend.Ranges(), n) {
		return trend.Ranges()[0]
	}
	return n
}

func (d desk) project(c *web.Call) error {
	ctx := c.Context()
	project, err := c.Project()
	if err != nil {
		return err
	}
	p, err := d.projects(ctx, c.Asker(), project)
	if err != nil {
		return err
	}
	t, err := d.Of(ctx, c.Asker(), project, days(c))
	if err != nil {
		return err
	}
	v := shown{Trends: t, Base: "/projects/" + string(project) + "/trends", Days: days(c)}
	return c.Show(web.View{
		Title: say.T(ctx, "Trends"), Section: v.Base, Project: &p, Actions: export(v),
		Lead: say.T(ctx, "Findings, decisions and what could be read, over time. A gap is a time of which nothing is known."),
	}, trendsPage(v))
}

func (d desk) organisation(c *web.Call) error {
	ctx := c.Context()
	t, err := d.All(ctx, c.Asker(), days(c))
	if err != nil {
		return err
	}
	v := shown{Trends: t, Base: Path, Days: days(c), Together: true}
	return c.Show(web.View{
		Title: say.T(ctx, "Trends of all projects"), Section: Path, Actions: export(v),
		Lead: say.T(ctx, "The projects added up. A project counts from its first comparison on; a gap is a time of which nothing is known."),
	}, trendsPage(v))
}

func (d desk) projectCSV(c *web.Call) error {
	project, err := c.Project()
	if err != nil {
		return err
	}
	t, err := d.Of(c.Context(), c.Asker(), project, days(c))
	if err != nil {
		return err
	}
	return save(c, t)
}

func (d desk) organisationCSV(c *web.Call) error {
	t, err := d.All(c.Context(), c.Asker(), days(c))
	if err != nil {
		return err
	}
	return save(c, t)
}

func save(c *web.Call, t trend.Trends) error {
	b, err := sheet(t)
	if err != nil {
		return err
	}
	_, _ = c.Save("trends-"+t.To.Format("2006-01-02")+".csv", "text/csv; charset=utf-8").Write(b)
	return nil
}

// sheet writes all numbers as CSV (RFC 4180): a row for each number, so that programs need not know which columns there are. What is not known has no row.
func sheet(t trend.Trends) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	row := func(at time.Time, what, of, value string) error {
		return w.Write([]string{at.UTC().Format(time.RFC3339), what, of, value})
	}
	err := w.Write([]string{"at", "what", "of", "value"})
	for _, m := range t.Findings {
		for _, severity := range trend.Severities() {
			err = first(err, row(m.At, "open findings", severity, strconv.Itoa(m.Counts[severity])))
		}
		err = first(err, row(m.At, "projects known", "", strconv.Itoa(m.Known)))
	}
	for _, d := range t.Decisions {
		err = first(err, row(d.At, "seconds to decision", string(d.Sort), strconv.FormatInt(int64(d.Took().Seconds()), 10)))
	}
	for _, r := range t.Readings {
		if r.Failed {
			err = first(err, row(r.At, "scan failed", "", ""))
			continue
		}
		err = first(err, row(r.At, "resources", "read", strconv.Itoa(r.Read)))
		err = first(err, row(r.At, "resources", "not read", strconv.Itoa(r.NotRead)))
	}
	w.Flush()
	if err = first(err, w.Error()); err != nil {
		return nil, fault.Wrap(fault.Internal, err, "the numbers cannot be written")
	}
	return b.Bytes(), nil
}

func first(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// entry is one of a legend.
type entry struct{ Sample, Name string }

func legend(all []chart.Series) (entries []entry) {
	for i, s := range all {
		entries = append(entries, entry{chart.Sample(i, s.Class), s.Name})
	}
	return entries
}
