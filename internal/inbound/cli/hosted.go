package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/job"
	"c4arch/internal/service/detect"
	"c4arch/internal/service/discover"
)

// hostedScan hands the paths over to a project of the server and waits for the scan.
func (r *run) hostedScan(ctx context.Context, f scanFlags, paths []string) error {
	at, err := collectedAt(f.at, r.env.Now())
	if err != nil {
		return err
	}
	c, project, err := r.hosted(ctx, f.project)
	if err != nil {
		return err
	}
	var pack bytes.Buffer
	if err := r.Pack(&pack, paths); err != nil {
		return err
	}
	q := url.Values{"at": {at.Format(time.RFC3339)}}
	if f.name != "" {
		q.Set("name", f.name)
	}
	// The same inputs with the same time are one scan, however often a request is lost on the way.
	key := strings.TrimPrefix(string(canon.Sum(append([]byte(project+"\x00"+q.Encode()+"\x00"), pack.Bytes()...))), "sha256:")
	var run discover.Run
	err = c.Upload(ctx, project+"/uploads?"+q.Encode(), key, "application/zip", func() (io.Reader, error) { return bytes.NewReader(pack.Bytes()), nil }, &run)
	if err != nil {
		return err
	}
	bar := newProgress(r.env, f.quiet || f.json)
	defer bar.clear()
	if run, err = r.await(ctx, c, project, run, bar); err != nil {
		return err
	}
	done := hostedRun{Run: run}
	if run.State == discover.Done {
		if done.Comparison, err = r.comparison(ctx, c, project, run); err != nil {
			return err
		}
	}
	bar.clear()
	if f.json {
		if err := writeJSON(r.env.Stdout, done); err != nil {
			return err
		}
	}
	if run.State == discover.Failed {
		return fault.New(fault.Invalid, "the scan %s failed: %s", run.ID, run.Error)
	}
	if !f.json {
		if err := r.say("Scan %s: snapshot %s of %s\n", run.ID, r.out.strong(run.Snapshot), count(run.Resources, "resource")); err != nil {
			return err
		}
		if run.NotRead > 0 {
			fmt.Fprintf(r.env.Stderr, "%s %s could not be read\n", r.err.warn("c4arch: warning:"), count(run.NotRead, "thing"))
		}
		if x := done.Comparison; x != nil {
			if err := r.say("Against baseline %s: %d critical, %d high, %d medium, %d low; c4arch finding list --project %s\n",
				x.Baseline, x.Counts["critical"], x.Counts["high"], x.Counts["medium"], x.Counts["low"], visible(f.project)); err != nil {
				return err
			}
		}
	}
	if f.strict && run.NotRead > 0 {
		return fault.New(fault.Incomplete, "not all could be read")
	}
	return nil
}

// await asks how far a scan is until it is over, at first often and then each second.
func (r *run) await(ctx context.Context, c Remote, project string, run discover.Run, bar *progress) (discover.Run, error) {
	wait := 50 * time.Millisecond
	for run.State == discover.Queued || run.State == discover.Running {
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return run, fault.New(fault.Invalid, "interrupted; the scan %s goes on at the server", run.ID)
		case <-timer.C:
		}
		wait = min(2*wait, time.Second)
		if err := c.Call(ctx, http.MethodGet, project+"/scans/"+pathSegment(run.ID), "", nil, &run); err != nil {
			return run, err
		}
		bar.scan(discover.Progress{Stage: run.Stage, Done: run.Done, Total: run.Total, Resources: run.Resources})
	}
	return run, nil
}

// comparisonTime is how long a comparison of what was scanned is waited for: the server makes it next, and goes on when nobody waits.
const comparisonTime = 2 * time.Minute

// hostedRun is what scan --project --json prints.
type hostedRun struct {
	discover.Run
	// Comparison is that with the baseline; nothing where nothing is approved.
	Comparison *detect.Comparison `json:"comparison,omitempty"`
}

// comparison waits for the server's comparison of what was scanned with the baseline, where something is approved: who asks for findings after a scan must not be told of
// those before it.
func (r *run) comparison(ctx context.Context, c Remote, project string, run discover.Run) (*detect.Comparison, error) {
	base, err := currentOf(ctx, c, project)
	if err != nil || base == "" {
		return nil, err
	}
	late, cancel := context.WithTimeout(ctx, comparisonTime)
	defer cancel()
	for wait := 20 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		var page pageOf[detect.Comparison]
		if err := c.Call(ctx, http.MethodGet, project+"/comparisons?limit=10", "", nil, &page); err != nil {
			return nil, err
		}
		for i := range page.Items {
			if x := &page.Items[i]; x.Snapshot == run.Snapshot && x.Baseline == base {
				return x, nil
			}
		}
		timer := time.NewTimer(wait)
		select {
		case <-late.Done():
			timer.Stop()
			if ctx.Err() == nil {
				err = fault.New(fault.Incomplete, "the comparison of the scan %s with the baseline is not done yet", run.ID)
				r.fail(err)
			} else {
				err = ctx.Err()
			}
			return nil, err
		case <-timer.C:
		}
	}
}

// approvedBody is what came of an approval.
type approvedBody struct {
	Baseline *struct {
		ID string `json:"id"`
	} `json:"baseline,omitempty"`
	Proposal *detect.Proposal `json:"proposal,omitempty"`
}

// hostedApprove approves a snapshot of a project. What is current is asked first, and shown to the server: when somebody else approves in between it is a conflict.
func (r *run) hostedApprove(ctx context.Context, project, ref, reason string, asJSON bool) error {
	c, at, err := r.hosted(ctx, project)
	if err != nil {
		return err
	}
	expect, err := currentOf(ctx, c, at)
	if err != nil {
		return err
	}
	if ref == "" {
		ref = "latest"
	}
	var done approvedBody
	if err := c.Call(ctx, http.MethodPost, at+"/baselines", "", map[string]string{"snapshot": ref, "reason": reason, "expect": expect}, &done); err != nil {
		return err
	}
	return r.tellHostedApproval(done, asJSON)
}

func currentOf(ctx context.Context, c Remote, at string) (string, error) {
	list, err := all[struct {
		ID string `json:"id"`
	}](ctx, c, at+"/baselines")
	if err != nil || len(list) == 0 {
		return "", err
	}
	return list[0].ID, nil
}

func (r *run) tellHostedApproval(done approvedBody, asJSON bool) error {
	switch {
	case asJSON:
		return writeJSON(r.env.Stdout, done)
	case done.Baseline != nil:
		return r.say("Baseline %s\n", r.out.strong(done.Baseline.ID))
	case done.Proposal != nil && done.Proposal.State == detect.ProposalApproved:
		return r.say("Proposal %s is approved\n", done.Proposal.ID)
	case done.Proposal != nil:
		return r.say("Proposal %s waits for another person: c4arch proposal approve %s --project %s\n", r.out.strong(done.Proposal.ID), done.Proposal.ID, done.Proposal.Project)
	}
	return nil
}

func (r *run) finding() *cobra.Command {
	var project, severity, state string
	var asJSON bool
	list := r.verb("list", "List the findings of a project, the gravest first", "  c4arch finding list --project shop\n  c4arch finding list --project shop --state accepted --json", none,
		func(ctx context.Context, c Remote, _ []string) error {
			at, err := projectPath(ctx, c, project)
			if err != nil {
				return err
			}
			q := url.Values{"state": {state}}
			if severity != "" {
				q.Set("severity", severity)
			}
			items, err := all[detect.FindingRow](ctx, c, at+"/findings?"+q.Encode())
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(r.env.Stdout, items)
			}
			return r.rows("ID|SEVERITY|TITLE|RESOURCE|SINCE", func(row func(...any)) {
				for _, f := range items {
					row(f.ID, f.Severity, f.Title, f.Resource, f.FirstSeen)
				}
			})
		})
	asProject(list, &project)
	list.Flags().StringVar(&severity, "severity", "", "critical, high, medium or low; all without")
	list.Flags().StringVar(&state, "state", "open", "open, accepted or gone")
	report := r.verb("report [COMPARISON]", "Print the report of a comparison: the newest, or the one with that id", "  c4arch finding report --project shop > drift.json", atMostOne("one comparison"),
		func(ctx context.Context, c Remote, args []string) error {
			at, err := projectPath(ctx, c, project)
			if err != nil {
				return err
			}
			id := ""
			if len(args) == 1 {
				id = args[0]
			} else {
				var page pageOf[detect.Comparison]
				if err := c.Call(ctx, http.MethodGet, at+"/comparisons?limit=1", "", nil, &page); err != nil {
					return err
				}
				if len(page.Items) == 0 {
					return fault.New(fault.NotFound, "nothing was compared yet").WithHelp("approve a baseline, and scan")
				}
				id = page.Items[0].ID
			}
			return c.Fetch(ctx, at+"/comparisons/"+pathSegment(id)+"/drift.json", r.env.Stdout)
		})
	asProject(report, &project)
	return holder("finding", "Findings of a project of the server", "What the newest comparison of a project with its baseline has found.", jsonFlag(required(list, "project"), &asJSON), required(report, "project"))
}

func (r *run) proposal() *cobra.Command {
	var project, reason string
	var listJSON, asJSON bool
	inProject := func(use, short, example string, args cobra.PositionalArgs, do func(ctx context.Context, c Remote, at string, args []string) error) *cobra.Command {
		cmd := r.verb(use, short, "  c4arch proposal "+example+" --project shop", args, func(ctx context.Context, c Remote, args []string) error {
			at, err := projectPath(ctx, c, project)
			if err != nil {
				return err
			}
			return do(ctx, c, at, args)
		})
		asProject(cmd, &project)
		return required(cmd, "project")
	}
	list := inProject("list", "List what waits, or waited, for another person", "list", none, func(ctx context.Context, c Remote, at string, _ []string) error {
		items, err := all[detect.Proposal](ctx, c, at+"/proposals")
		if err != nil {
			return err
		}
		if listJSON {
			return writeJSON(r.env.Stdout, items)
		}
		return r.rows("ID|KIND|STATE|BY|REASON", func(row func(...any)) {
			for _, p := range items {
				row(p.ID, p.Kind, p.State, p.Actor, clip(p.Reason, 60))
			}
		})
	})
	approve := inProject("approve PROPOSAL", "Approve what another person has proposed", "approve pr_…", exactly(1, "a proposal"), func(ctx context.Context, c Remote, at string, args []string) error {
		var done approvedBody
		if err := c.Call(ctx, http.MethodPost, at+"/proposals/"+pathSegment(args[0])+"/approval", "", nil, &done); err != nil {
			return err
		}
		return r.tellHostedApproval(done, asJSON)
	})
	withdraw := inProject("withdraw PROPOSAL", "Withdraw a proposal", "withdraw pr_… --reason \"not needed\"", exactly(1, "a proposal"), func(ctx context.Context, c Remote, at string, args []string) error {
		return c.Call(ctx, http.MethodPost, at+"/proposals/"+pathSegment(args[0])+"/withdrawal", "", map[string]string{"reason": reason}, nil)
	})
	withdraw.Flags().StringVar(&reason, "reason", "", "`TEXT` that the ledger keeps")
	return holder("proposal", "What one person approved and another one has to approve too", "Baselines, where the organisation asks for two people, and exceptions, which always take a second one.",
		jsonFlag(list, &listJSON), jsonFlag(approve, &asJSON), required(withdraw, "reason"))
}

func (r *run) exception() *cobra.Command {
	var project, reason string
	var e detect.Entry
	var days int
	var listJSON, asJSON bool
	propose := r.verb("propose", "Propose to accept drift for a time", "  c4arch exception propose --project shop --scope RESOURCE --rule NET-INTERNET-ADMIN --owner platform-team --reason \"until the bastion is in place\" --days 30", none,
		func(ctx context.Context, c Remote, _ []string) error {
			at, err := projectPath(ctx, c, project)
			if err != nil {
				return err
			}
			e.Expires = r.env.Now().UTC().AddDate(0, 0, days).Format(time.DateOnly)
			var p detect.Proposal
			if err := c.Call(ctx, http.MethodPost, at+"/exceptions", "", e, &p); err != nil {
				return err
			}
			return r.tellHostedApproval(approvedBody{Proposal: &p}, asJSON)
		})
	propose.Flags().StringVar(&e.Scope, "scope", "", "id of a resource or element, a pattern, or tag:name=value")
	propose.Flags().StringVar(&e.Rule, "rule", "", "id of a rule, or a pattern")
	propose.Flags().StringVar(&e.Path, "path", "", "path of the finding; any without")
	propose.Flags().StringVar(&e.Owner, "owner", "", "who answers for it")
	propose.Flags().StringVar(&e.Reason, "reason", "", "why")
	propose.Flags().IntVar(&days, "days", 30, "for how many days, 180 at most")
	asProject(propose, &project)
	list := r.verb("list", "List what was accepted, until when and by whom", "  c4arch exception list --project shop", none, func(ctx context.Context, c Remote, _ []string) error {
		at, err := projectPath(ctx, c, project)
		if err != nil {
			return err
		}
		items, err := all[detect.ExceptionRow](ctx, c, at+"/exceptions")
		if err != nil {
			return err
		}
		if listJSON {
			return writeJSON(r.env.Stdout, items)
		}
		return r.rows("ID|RULE|SCOPE|EXPIRES|STATE", func(row func(...any)) {
			for _, x := range items {
				var about detect.Entry
				_ = json.Unmarshal([]byte(x.Entry), &about) // what cannot be read shows as empty
				state := "in force"
				if x.Revoked {
					state = "revoked"
				}
				row(x.ID, about.Rule, clip(about.Scope, 60), about.Expires, state)
			}
		})
	})
	asProject(list, &project)
	act := func(use, short, example, tail string, body func() any) *cobra.Command {
		cmd := r.verb(use, short, "  c4arch exception "+example+" --project shop", exactly(1, "an exception"), func(ctx context.Context, c Remote, args []string) error {
			at, err := projectPath(ctx, c, project)
			if err != nil {
				return err
			}
			return c.Call(ctx, http.MethodPost, at+"/exceptions/"+pathSegment(args[0])+"/"+tail, "", body(), nil)
		})
		asProject(cmd, &project)
		return required(cmd, "project")
	}
	revoke := act("revoke EXCEPTION", "End an exception", "revoke ex_… --reason \"the bastion is there\"", "revocation", func() any { return map[string]string{"reason": reason} })
	revoke.Flags().StringVar(&reason, "reason", "", "`TEXT` that the ledger keeps")
	return holder("exception", "Drift of a project that people have accepted", "An exception takes its author and another person; where a finding is critical, a third one.",
		jsonFlag(required(propose, "project", "scope", "rule", "owner", "reason"), &asJSON), jsonFlag(required(list, "project"), &listJSON),
		act("approve EXCEPTION", "Add a further person's approval, as a critical finding takes", "approve ex_…", "approval", func() any { return nil }), required(revoke, "reason"))
}

func (r *run) jobs() *cobra.Command {
	var state string
	var asJSON bool
	list := r.verb("list", "List jobs; those that died wait for a person", "  c4arch job list --state dead", none, func(ctx context.Context, c Remote, _ []string) error {
		path := "/jobs"
		if state != "" {
			path += "?state=" + url.QueryEscape(state)
		}
		items, err := all[job.Job](ctx, c, path)
		if err != nil {
			return err
		}
		if asJSON {
			return writeJSON(r.env.Stdout, items)
		}
		return r.rows("ID|KIND|STATE|ATTEMPT|DUE|ERROR", func(row func(...any)) {
			for _, j := range items {
				row(j.ID, j.Kind, j.State, j.Attempt, day(j.RunAt), clip(j.Error, 80))
			}
		})
	})
	list.Flags().StringVar(&state, "state", "", "ready, running or dead; all without")
	retry := r.verb("retry JOB", "Put a job that died back", "  c4arch job retry jb_…", exactly(1, "a job"), func(ctx context.Context, c Remote, args []string) error {
		return c.Call(ctx, http.MethodPost, "/jobs/"+pathSegment(args[0])+"/retry", "", nil, nil)
	})
	return holder("job", "Jobs of the organisation", "What the server does later and again: scans, comparisons, erasure, signing and verifying the ledger.", jsonFlag(list, &asJSON), retry)
}
