package cli

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"c4arch/internal/base/fault"
	"c4arch/internal/service/legal"
	values "c4arch/internal/trust/legal"
)

// LegalPorts are there where an instance can be opened.
type LegalPorts struct {
	// VerifyLegal holds the registry of an instance on this machine against its ledger.
	VerifyLegal func(ctx context.Context, env Env, at Instance) (*legal.Verdict, error)
	// PublishedLegal are all versions that were published, and the time now.
	PublishedLegal func(ctx context.Context, env Env, at Instance) ([]values.Version, time.Time, error)
}

func (r *run) legal() *cobra.Command {
	var at Instance
	cmd := &cobra.Command{
		Use:   "legal",
		Short: "Verify the legal registry, and see what is in force",
		Long: "Legal speaks to an instance on this machine: its data directory, which is locked while the service runs on it, or its database. What is in force at a service that " +
			"runs stands on its page /legal, and every file there can be verified with sha256sum alone.",
		Example: "  c4arch legal verify\n  c4arch legal list --data /var/lib/c4arch\n  c4arch legal show data-processing-addendum > addendum.md",
		Args:    none,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	at.flags(cmd)
	cmd.AddCommand(r.legalVerify(&at), r.legalList(&at), r.legalShow(&at))
	return cmd
}

func (r *run) legalVerify(at *Instance) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Recompute the digest of every published version",
		Long: "Verify recomputes the SHA-256 of the canonical bytes of each version that was ever published, and compares it with the registry, with what the ledger says of its " +
			"publication, and with what was accepted. Exit codes: 0 everything is as it was published; 1 it could not be looked at; 2 something is not.",
		Example: "  c4arch legal verify\n  c4arch legal verify --json",
		Args:    none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			v, err := r.VerifyLegal(cmd.Context(), r.env, *at)
			if err != nil {
				return err
			}
			if asJSON {
				err = writeJSON(r.env.Stdout, v)
			} else {
				err = r.printLegal(v)
			}
			if err == nil {
				if err = v.Err(); err != nil {
					r.fail(err) // its kind is one of those that Run leaves to us
				}
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return cmd
}

func (r *run) printLegal(v *legal.Verdict) error {
	w := tabwriter.NewWriter(r.env.Stdout, 0, 0, 2, ' ', 0)
	for _, c := range v.Checked {
		entry := "no entry"
		if c.Entry >= 0 {
			entry = fmt.Sprintf("entry %d", c.Entry)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", visible(c.Slug), visible(c.Version), c.Digest, entry)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, m := range v.Mismatches {
		if err := r.say("MISMATCH %s %s: %s\n", visible(m.Slug), visible(m.Version), visible(m.What)); err != nil {
			return err
		}
	}
	accepted := "acceptances are not compared here"
	if v.Accepted {
		accepted = count(v.Acceptances, "acceptance")
	}
	return r.say("%s of %s, %s of the ledger, %s; %s\n",
		count(v.Versions, "version"), count(v.Documents, "document"), countOf(v.Entries, "entry", "entries"), accepted, countOf(len(v.Mismatches), "mismatch", "mismatches"))
}

func countOf(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func (r *run) legalList(at *Instance) *cobra.Command {
	var asJSON, all bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the documents in force",
		Example: "  c4arch legal list\n  c4arch legal list --all --json",
		Args:    none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			list, now, err := r.PublishedLegal(cmd.Context(), r.env, *at)
			if err != nil {
				return err
			}
			if !all {
				list = values.InForce(list, now)
			}
			for i := range list {
				list[i].Body, list[i].Author, list[i].Approver = "", "", ""
			}
			if asJSON {
				return writeJSON(r.env.Stdout, append([]values.Version{}, list...))
			}
			w := tabwriter.NewWriter(r.env.Stdout, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "DOCUMENT\tVERSION\tIN FORCE FROM\tDIGEST")
			for _, v := range list {
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", visible(v.Slug), visible(v.Version), v.Effective.UTC().Format(time.RFC3339), v.Digest)
			}
			return w.Flush()
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON array")
	cmd.Flags().BoolVar(&all, "all", false, "every version, not only those in force")
	return cmd
}

func (r *run) legalShow(at *Instance) *cobra.Command {
	var canonical bool
	cmd := &cobra.Command{
		Use:     "show DOCUMENT [VERSION]",
		Short:   "Print a document: the version in force, or the one that is named",
		Example: "  c4arch legal show data-processing-addendum\n  c4arch legal show data-processing-addendum 2026-11-23 --canonical | sha256sum",
		Args:    cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			list, now, err := r.PublishedLegal(cmd.Context(), r.env, *at)
			if err != nil {
				return err
			}
			v, err := wanted(list, now, args)
			if err != nil {
				return err
			}
			if !canonical {
				return r.say("%s", v.Body)
			}
			b, err := v.Canonical()
			if err == nil {
				_, err = r.env.Stdout.Write(b)
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&canonical, "canonical", false, "the bytes that the digest is of")
	return cmd
}

// wanted is the version that is meant.
func wanted(list []values.Version, now time.Time, args []string) (values.Version, error) {
	if len(args) == 1 {
		list = values.InForce(list, now)
	}
	for _, v := range list {
		if v.Slug == args[0] && (len(args) == 1 || v.Version == args[1]) {
			return v, nil
		}
	}
	return values.Version{}, fault.New(fault.NotFound, "there is no such document, or no such version of it").WithHelp("c4arch legal list --all shows what there is")
}
