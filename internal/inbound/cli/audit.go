package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"c4arch/internal/base/fault"
	"c4arch/internal/service/auditing"
)

// Audit is the ledger of one organisation: that of a local history, or of a server.
type Audit interface {
	List(ctx context.Context, q auditing.Query) (*auditing.Entries, error)
	Checkpoint(ctx context.Context) ([]byte, error)
	// Key is the line of the key that checkpoints are verified with.
	Key(ctx context.Context) ([]byte, error)
	Export(ctx context.Context, w io.Writer, x auditing.Export) error
	Close() error
}

// AuditPorts are what the commands about the ledger need of the wiring.
type AuditPorts struct {
	// OpenAudit opens the ledger of the local history in a directory.
	OpenAudit func(ctx context.Context, env Env, dir string) (Audit, error)
}

func (r *run) audit() *cobra.Command {
	var server bool
	cmd := holder("audit", "Read, sign, export and verify the ledger",
		"Audit works with the tamper-evident log of a local history, or with --server of the organisation on the server that you are logged in to. Who reads it is in it too. "+
			"Verify needs neither: it reads a bundle, offline, and a key that did not come with it.",
		r.auditList(&server), r.auditCheckpoint(&server), r.auditKey(&server), r.auditExport(&server), r.auditVerify())
	cmd.PersistentFlags().BoolVar(&server, "server", false, "the ledger of the organisation on the server (see: c4arch login --help)")
	cmd.Example = "  c4arch audit list\n  c4arch audit key > operator.key\n  c4arch audit export audit-bundle.zip\n  c4arch audit verify --key operator.key audit-bundle.zip\n  c4arch audit list --server"
	return cmd
}

// audited opens the ledger, hands it to do, and closes it.
func (r *run) audited(ctx context.Context, server bool, do func(Audit) error) error {
	if server {
		c, err := r.remote()
		if err != nil {
			return err
		}
		return do(remoteAudit{c})
	}
	dir, err := r.trustedDir()
	if err != nil {
		return err
	}
	a, err := r.OpenAudit(ctx, r.env, dir)
	if err != nil {
		return err
	}
	defer a.Close() //nolint:errcheck // what was written was committed
	return do(a)
}

// trustedDir is the directory of the local history, when it is the user's own or was named.
func (r *run) trustedDir() (string, error) {
	dir, named, err := r.storeDir()
	switch {
	case err != nil:
		return "", err
	case dir == "":
		return "", fault.New(fault.NotFound, "there is no local history here or in a directory above").WithHelp(initHelp)
	case named:
		return dir, nil
	case !ours(dir):
		return "", fault.New(fault.Denied, "the local history %s belongs to another user", visible(dir)).WithHelp("if you trust it, name it: --store '%s'", visible(dir))
	}
	return dir, noLinks(dir)
}

func (r *run) auditList(server *bool) *cobra.Command {
	var q auditing.Query
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List entries, with their values",
		Long:    "List shows entries in their order. That they are read is itself an entry, which is written first.",
		Example: "  c4arch audit list --from 100 --limit 20\n  c4arch audit list --kind baseline.approved --json",
		Args:    none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return r.audited(cmd.Context(), *server, func(a Audit) error {
				page, err := a.List(cmd.Context(), q)
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(r.env.Stdout, page)
				}
				return r.printEntries(page, *server)
			})
		},
	}
	cmd.Flags().Int64Var(&q.From, "from", 0, "begin with the entry of that `INDEX`")
	cmd.Flags().IntVar(&q.Limit, "limit", 100, "at most `N` entries, and no more than "+strconv.Itoa(auditing.Page))
	cmd.Flags().StringSliceVar(&q.Kinds, "kind", nil, "only entries of these `KINDS`")
	return jsonFlag(cmd, &asJSON)
}

func (r *run) printEntries(page *auditing.Entries, server bool) error {
	for _, e := range page.Entries {
		if err := r.say("%d  %s  %s\n", e.Index, e.At.UTC().Format("2006-01-02 15:04:05"), visible(e.Kind)); err != nil {
			return err
		}
		for _, name := range slices.Sorted(maps.Keys(e.Fields)) {
			if err := r.say("    %s: %s\n", visible(name), visible(plain(e.Fields[name]))); err != nil {
				return err
			}
		}
		if len(e.Erased) > 0 {
			if err := r.say("    erased: %s\n", visible(strings.Join(e.Erased, ", "))); err != nil {
				return err
			}
		}
		if e.Damage != "" {
			if err := r.say("    DAMAGED: %s\n", visible(e.Damage)); err != nil {
				return err
			}
		}
	}
	if page.Next > 0 {
		where := ""
		if server {
			where = " --server"
		}
		return r.say("\n%s of %d; more: c4arch audit list%s --from %d\n", count(len(page.Entries), "entry", "entries"), page.Size, where, page.Next)
	}
	return r.say("\n%s of %d\n", count(len(page.Entries), "entry", "entries"), page.Size)
}

// plain is a value as a person reads it: a text without its quotes.
func plain(v json.RawMessage) string {
	var text string
	if json.Unmarshal(v, &text) == nil {
		return text
	}
	return string(v)
}

func (r *run) auditCheckpoint(server *bool) *cobra.Command {
	return &cobra.Command{
		Use:   "checkpoint",
		Short: "Print a signed checkpoint of the ledger as it is now",
		Long: "Checkpoint prints what the log says of itself, signed: its size and the root of its tree. Keep it where nobody who has the log can change it: from then on whoever " +
			"rewrites, or rolls back, what came before contradicts it (c4arch audit verify --checkpoint).",
		Example: "  c4arch audit checkpoint > 2026-11-23.checkpoint",
		Args:    none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return r.audited(cmd.Context(), *server, func(a Audit) error { return r.printed(a.Checkpoint(cmd.Context())) })
		},
	}
}

func (r *run) auditKey(server *bool) *cobra.Command {
	return &cobra.Command{
		Use:     "key",
		Short:   "Print the key that checkpoints and bundles are verified with",
		Long:    "Key prints the public key of the log, one line. Hand it on by another way than the bundles that it verifies.",
		Example: "  c4arch audit key > operator.key",
		Args:    none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return r.audited(cmd.Context(), *server, func(a Audit) error { return r.printed(a.Key(cmd.Context())) })
		},
	}
}

func (r *run) printed(b []byte, err error) error {
	if err == nil {
		_, err = r.env.Stdout.Write(b)
	}
	return err
}

func (r *run) auditExport(server *bool) *cobra.Command {
	var x auditing.Export
	cmd := &cobra.Command{
		Use:   "export FILE",
		Short: "Write a bundle that can be verified offline",
		Long: "Export writes entries with the tree that proves them into a file that must not be there yet. That it is made is an entry, which is written first. With --values the values and " +
			"their salts go with it: whoever has the bundle can read them.",
		Example: "  c4arch audit export audit-bundle.zip\n  c4arch audit export --values --from 100 --before 200 part.zip",
		Args:    exactly(1, "the file to write"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.audited(cmd.Context(), *server, func(a Audit) error {
				if err := newFile(args[0], func(w io.Writer) error { return a.Export(cmd.Context(), w, x) }); err != nil {
					return err
				}
				return r.say("Wrote %s; verify it with: c4arch audit verify --key KEY %s\n", visible(args[0]), visible(args[0]))
			})
		},
	}
	cmd.Flags().BoolVar(&x.Values, "values", false, "with values and salts, not leaves alone")
	cmd.Flags().BoolVar(&x.Proofs, "proofs", false, "with a proof for each entry, which can be passed on alone")
	cmd.Flags().Int64Var(&x.From, "from", 0, "entries from that `INDEX` on (the tree is always whole)")
	cmd.Flags().Int64Var(&x.Before, "before", 0, "entries before that `INDEX` (default all)")
	cmd.Flags().Int64SliceVar(&x.Older, "older", nil, "show the checkpoints of these `SIZES` to be beginnings of the newest")
	return cmd
}

// newFile writes a file that was not there, whole or not at all, for this user alone.
func newFile(name string, write func(io.Writer) error) error {
	if _, err := os.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
		return fault.New(fault.Conflict, "%s is there already, or cannot be looked at", visible(name)).WithHelp("name a file that is not there")
	}
	tmp, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return fault.Wrap(fault.Unavailable, err, "the file cannot be written")
	}
	defer os.Remove(tmp.Name()) //nolint:errcheck // it is gone after the link
	if err := write(tmp); err != nil {
		_ = tmp.Close()
		return err
	}
	if err := errors.Join(tmp.Sync(), tmp.Close()); err != nil {
		return fault.Wrap(fault.Unavailable, err, "the file cannot be written")
	}
	// A rename would replace what came meanwhile.
	if err := os.Link(tmp.Name(), name); err == nil || errors.Is(err, fs.ErrExist) {
		if err != nil {
			return fault.New(fault.Conflict, "%s is there already", visible(name))
		}
		return nil
	}
	if err := os.Rename(tmp.Name(), name); err != nil { // where files cannot be linked
		return fault.Wrap(fault.Unavailable, err, "the file cannot be written")
	}
	return nil
}

// remoteAudit is the ledger of the organisation on a server.
type remoteAudit struct{ Remote }

func (a remoteAudit) List(ctx context.Context, q auditing.Query) (*auditing.Entries, error) {
	v := url.Values{"from": {strconv.FormatInt(q.From, 10)}}
	if q.Limit > 0 {
		v.Set("limit", strconv.Itoa(q.Limit))
	}
	if len(q.Kinds) > 0 {
		v.Set("kinds", strings.Join(q.Kinds, ","))
	}
	var page auditing.Entries
	err := a.Call(ctx, http.MethodGet, "/ledger/entries?"+v.Encode(), "", nil, &page)
	return &page, err
}

func (a remoteAudit) Checkpoint(ctx context.Context) ([]byte, error) {
	return a.text(ctx, "/ledger/checkpoint")
}

func (a remoteAudit) Key(ctx context.Context) ([]byte, error) { return a.text(ctx, "/ledger/key") }

func (a remoteAudit) text(ctx context.Context, path string) ([]byte, error) {
	var b strings.Builder
	err := a.Fetch(ctx, path, &b)
	return []byte(b.String()), err
}

func (a remoteAudit) Export(ctx context.Context, w io.Writer, x auditing.Export) error {
	if x.From > 0 || x.Before > 0 || len(x.Older) > 1 {
		return fault.New(fault.Invalid, "a server exports all entries, with at most one older checkpoint").WithHelp("leave --from and --before away")
	}
	v := url.Values{"values": {strconv.FormatBool(x.Values)}, "proofs": {strconv.FormatBool(x.Proofs)}}
	if len(x.Older) > 0 {
		v.Set("older", fmt.Sprint(x.Older[0]))
	}
	return a.Fetch(ctx, "/ledger/bundle?"+v.Encode(), w)
}

func (a remoteAudit) Close() error { return nil }
