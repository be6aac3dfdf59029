package cli

import (
	"bytes"
	"context"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"c4arch/internal/arch/baseline"
	"c4arch/internal/arch/c4"
	"c4arch/internal/base/fault"
	"c4arch/internal/inbound/cli/outdir"
	"c4arch/internal/render/report/junit"
	"c4arch/internal/render/report/markdown"
	"c4arch/internal/render/report/sarif"
	"c4arch/internal/render/report/text"
	"c4arch/internal/service/detect"
)

// Frame is one position of the slider over the history.
type Frame struct {
	ID       string
	At       time.Time
	Approved string // the baseline that approves it, or ""
	Model    *c4.Model
}

// DriftPage is what the page of a comparison shows.
type DriftPage struct {
	*detect.Result
	Frames []Frame
}

// reportFiles are the reports and the files that they are written to, in the order of --help.
var reportFiles = [][2]string{
	{"text", "drift.txt"}, {"json", "drift.json"}, {"markdown", "drift.md"}, {"html", "index.html"}, {"sarif", "drift.sarif"}, {"junit", "drift.junit.xml"},
}

func reportNames() (names []string) {
	for _, f := range reportFiles {
		names = append(names, f[0])
	}
	return names
}

// reports are those that were asked for.
type reports struct {
	names []string
	dir   string
	// stdout is the one that goes to standard output, or "".
	stdout string
}

func (o *reports) wants(name string) bool { return slices.Contains(o.names, name) || o.stdout == name }

// reports tells which reports go where. Without a directory there is one, and it goes to standard output.
func (r *run) reports(f *compareFlags) (*reports, error) {
	o := &reports{dir: f.dir}
	for _, n := range f.formats {
		n = strings.ToLower(strings.TrimSpace(n))
		if !slices.Contains(reportNames(), n) {
			return nil, fault.New(fault.Invalid, "unknown format %q", n).WithHelp("formats are: %s", strings.Join(reportNames(), ", "))
		}
		o.names = append(o.names, n)
	}
	if f.json && !slices.Contains(o.names, "json") {
		o.names = append(o.names, "json")
	}
	if f.dir != "" {
		if len(f.formats) == 0 {
			o.names = reportNames()
		}
		if o.stdout = "text"; f.json {
			o.stdout = "json"
		} else if f.quiet {
			o.stdout = ""
		}
		return o, outdir.Check(f.dir)
	}
	switch len(o.names) {
	case 0:
		if o.stdout = "text"; f.quiet {
			o.stdout = ""
		}
	case 1:
		o.stdout, o.names = o.names[0], nil
	default:
		return nil, fault.New(fault.Invalid, "several formats cannot go to standard output together").WithHelp("give a directory for them with -o DIR")
	}
	return o, nil
}

func (r *run) writeReports(ctx context.Context, f compareFlags, o *reports, res *detect.Result, frames []Frame) error {
	page := DriftPage{res, frames}
	if o.dir != "" {
		dir, err := outdir.Begin(o.dir, r.env.Now())
		if err != nil {
			return err
		}
		defer dir.Discard()
		for _, rf := range reportFiles {
			if !slices.Contains(o.names, rf[0]) {
				continue
			}
			var buf bytes.Buffer
			if err := r.writeReport(ctx, &buf, rf[0], page, text.Options{Width: 100, Verbose: true}); err != nil {
				return err
			}
			if err := dir.Write(rf[1], buf.Bytes()); err != nil {
				return err
			}
		}
		if err := dir.Commit(); err != nil {
			return err
		}
	}
	if o.stdout == "" {
		return nil
	}
	return r.writeReport(ctx, r.env.Stdout, o.stdout, page, text.Options{Color: r.out.on, Width: r.env.Width, Verbose: f.verbose})
}

func (r *run) writeReport(ctx context.Context, w io.Writer, name string, p DriftPage, o text.Options) error {
	switch name {
	case "json":
		return p.Report.Encode(w)
	case "markdown":
		return markdown.Render(w, p.Report, markdown.Options{})
	case "html":
		return r.WriteDrift(ctx, w, p)
	case "sarif":
		// Inputs are named from the working directory, which in CI is the root of the repository.
		root, err := os.Getwd()
		if err != nil {
			return fault.Wrap(fault.Unavailable, err, "the working directory")
		}
		return sarif.Render(w, p.Report, sarif.Options{Version: versionOf(r.Build).Version, Root: root, Fallback: baseline.FileName})
	case "junit":
		return junit.Render(w, p.Report, junit.Options{})
	}
	return text.Render(w, p.Report, o)
}
