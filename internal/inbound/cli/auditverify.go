package cli

import (
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"c4arch/internal/base/fault"
	"c4arch/internal/trust/ledger"
)

// verifyFlags are what a reader of a bundle has from elsewhere. The flags, the output and the exit codes are those of c4arch-verify.
type verifyFlags struct {
	keys, witnesses, checkpoints []string
	need                         int
	asJSON                       bool
}

func (r *run) auditVerify() *cobra.Command {
	var f verifyFlags
	cmd := &cobra.Command{
		Use:   "verify FILE",
		Short: "Verify a bundle, a pack of evidence or the receipt of an acceptance, offline, with a key that did not come with it",
		Long: "Verify says what a bundle of the ledger, a pack of evidence, or the receipt of an acceptance, proves, and where it does not hold. It speaks to nobody. Keys and checkpoints must not come from it. Exit codes: 0 proven; " +
			"3 self-consistent only (no key was given); 1 broken, or it cannot be read. The small program c4arch-verify does the same and nothing else.",
		Example: "  c4arch audit verify --key operator.key audit-bundle.zip\n  c4arch audit verify --key operator.key --witness witness.key --checkpoint held.checkpoint audit-bundle.zip\n  c4arch audit verify --key operator.key evidence.zip",
		Args:    exactly(1, "a bundle, a pack of evidence or a receipt"),
		RunE: func(_ *cobra.Command, args []string) error {
			if f.need < 0 {
				return fault.New(fault.Invalid, "--witnesses cannot be negative")
			}
			trust, err := f.trust()
			if err != nil {
				return err
			}
			report, err := verifyBundle(args[0], trust)
			if err != nil {
				return err
			}
			return r.printReport(report, f.asJSON)
		},
	}
	cmd.Flags().StringArrayVar(&f.keys, "key", nil, "`KEY` of the log's operator (or of a witness): the line itself, or a file with such lines")
	cmd.Flags().StringArrayVar(&f.witnesses, "witness", nil, "`KEY` of a witness that must have cosigned")
	cmd.Flags().IntVar(&f.need, "witnesses", 0, "how many of the witnesses must have cosigned (default 1 where a key of one is given)")
	cmd.Flags().StringArrayVar(&f.checkpoints, "checkpoint", nil, "`FILE` with a checkpoint of the log that you kept from before")
	return jsonFlag(cmd, &f.asJSON)
}

func (r *run) printReport(report verified, asJSON bool) error {
	out := []byte(report.Text())
	if asJSON {
		out = report.JSON()
	}
	if _, err := r.env.Stdout.Write(out); err != nil {
		return err
	}
	switch report.ExitCode() {
	case 0:
		return nil
	case 3:
		return fault.New(fault.Incomplete, "self-consistent only: no key from outside of it was given") // the report says so
	}
	return fault.New(fault.Invalid, "it does not verify")
}

// trust reads what was given.
func (f *verifyFlags) trust() (ledger.Trust, error) {
	t := ledger.Trust{Witnesses: f.need}
	for _, text := range f.keys {
		keys, err := givenKeys(text)
		if err != nil {
			return t, err
		}
		t.Add(keys...)
	}
	for _, text := range f.witnesses {
		keys, err := givenKeys(text)
		if err != nil {
			return t, err
		}
		for _, k := range keys {
			if k.Algorithm() != ledger.Cosignature {
				return t, fault.New(fault.Invalid, "%s is the key of a log, not of a witness", visible(k.Name())).WithHelp("give it with --key")
			}
		}
		t.Add(keys...)
	}
	for _, name := range f.checkpoints {
		b, err := smallFile(name)
		if err != nil {
			return t, err
		}
		t.Held = append(t.Held, b)
	}
	return t, nil
}

// givenKeys are the keys in an argument, which is a key or names a file of keys.
func givenKeys(text string) ([]ledger.Key, error) {
	k, err := ledger.ParseKey(text)
	if err == nil {
		return []ledger.Key{k}, nil
	}
	if _, missing := os.Stat(text); missing != nil && strings.Count(text, "+") >= 2 {
		return nil, err // it is meant as a key
	}
	b, err := smallFile(text)
	if err != nil {
		return nil, err
	}
	keys, err := ledger.ParseKeys(b)
	if err == nil && len(keys) == 0 {
		return nil, fault.New(fault.Invalid, "the file %s has no key", visible(text))
	}
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "the file %s", visible(text))
	}
	return keys, nil
}

// smallLimit is more than keys and checkpoints need.
const smallLimit = 1 << 20

func smallFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "what was given cannot be read")
	}
	defer f.Close() //nolint:errcheck // it was read only
	b, err := io.ReadAll(io.LimitReader(f, smallLimit+1))
	if err != nil || len(b) > smallLimit {
		return nil, fault.New(fault.Invalid, "the file %s cannot be read, or is larger than 1 MiB", visible(name))
	}
	return b, nil
}

// verified is what a verification found: of a bundle, of a pack of evidence, or of a receipt.
type verified interface {
	Text() string
	JSON() []byte
	ExitCode() int
}

// bundled is a report about a bundle.
type bundled struct{ ledger.Report }

// ExitCode is that of its verdict.
func (b bundled) ExitCode() int { return b.Verdict.ExitCode() }

func verifyBundle(name string, trust ledger.Trust) (verified, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "the bundle cannot be opened")
	}
	defer f.Close() //nolint:errcheck // it was read only
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return nil, fault.New(fault.Invalid, "%s is no regular file", visible(name))
	}
	if info.Size() <= ledger.MaxReceipt {
		data, err := io.ReadAll(io.LimitReader(f, ledger.MaxReceipt))
		if err == nil && ledger.IsReceipt(data) {
			return ledger.VerifyReceipt(data, trust)
		}
	}
	if ledger.IsPack(f, info.Size()) {
		return ledger.VerifyPack(f, info.Size(), trust)
	}
	report, err := ledger.Verify(f, info.Size(), trust)
	return bundled{report}, err
}
