package ledger

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"c4arch/internal/base/id"
)

// Verdict is what became of a verification.
type Verdict string

// The verdicts.
const (
	Proven         Verdict = "proven"          // it holds, and a key from outside of the bundle says so
	SelfConsistent Verdict = "self-consistent" // it holds in itself; whoever forged all of it would get this too
	Broken         Verdict = "broken"
)

// ExitCode is that of the commands: 0 proven, 3 self-consistent only, 1 broken.
func (v Verdict) ExitCode() int {
	switch v {
	case Proven:
		return 0
	case SelfConsistent:
		return 3
	}
	return 1
}

// maxPlaces is how many places a report lists; of the others it has the number.
const maxPlaces = 20

// Report is what a verification found.
type Report struct {
	Verdict Verdict
	Log     id.Org
	Origin  string
	Size    int64
	Root    Hash

	TreeHolds     bool  // the tree of the bundle has the root that the checkpoint states
	Entries       int64 // how many entries the bundle has
	First, Last   int64
	From, To      time.Time
	Shown         int // values that open their commitments
	Withheld      int // values that this bundle does not show
	Erased        int
	ErasedEntries int
	Unaccounted   int // erased values of which no entry in the bundle says so
	Proofs        int // proofs of single entries
	Signatures    []SignatureReport
	Held          []HeldReport
	Rollbacks     []RollbackReport

	ProvenText []string
	NotProven  []string
	Places     []Place // where it does not hold, the first first
	More       int     // further places
}

// Place is where something does not hold; Index is -1 where it cannot be told.
type Place struct {
	Index int64
	What  string
}

// SignatureReport is a signature of the newest checkpoint.
type SignatureReport struct {
	Name    string
	ID      uint32
	Role    string    // "log", "witness", or "unknown" for a key that was not given
	Trusted bool      // by a key that was given, and it verifies
	Inside  bool      // it verifies with a key that only the bundle names, which proves nothing
	At      time.Time // of a cosignature
}

// HeldReport is a checkpoint that the reader held.
type HeldReport struct {
	Size int64
	Same bool // the bundle has the same history up to there
}

// RollbackReport is an entry that says that an older backup was brought back, and that the operator accepted the loss.
type RollbackReport struct {
	Index int64
	Kept  int64 // how many entries were brought back; -1 where the bundle does not show it
	Known int64 // how many there had been
}

func (b RollbackReport) String() string {
	switch {
	case b.Kept < 0:
		return fmt.Sprintf("entry %d says that an older backup of the log was brought back and the loss accepted; how much was lost this bundle does not show", b.Index)
	case b.Known <= b.Kept:
		return fmt.Sprintf("entry %d says that another state of the log was brought back, and that this was accepted: of %s that there had been some were others", b.Index, counted(b.Known, "entry", "entries"))
	}
	return fmt.Sprintf("entry %d says that an older backup of the log was brought back, and that the loss was accepted: entries %d to %d as they had been are lost, and others stand in their places", b.Index, b.Kept, b.Known-1)
}

func (r *Report) add(index int64, what string) {
	if len(r.Places) == 10*maxPlaces {
		r.More++
		return
	}
	r.Places = append(r.Places, Place{Index: index, What: what})
}

// conclude says what follows from what was found.
func (v *verifier) conclude() {
	r := &v.report
	witnesses := v.signatures()
	given := len(v.trust.LogKeys)+len(v.trust.WitnessKeys) > 0
	if len(v.trust.LogKeys) > 0 && !v.signed(v.checkpoint) {
		v.broken(-1, "none of the given keys of the log has signed the checkpoint")
	}
	if need := v.quorum(); witnesses < need {
		v.broken(-1, "%d of the given witnesses have cosigned the checkpoint, and %d must have", witnesses, need)
	}
	slices.SortStableFunc(r.Places, comparePlaces)
	if n := len(r.Places); n > maxPlaces {
		r.More += n - maxPlaces
		r.Places = r.Places[:maxPlaces]
	}
	switch {
	case len(r.Places) > 0:
		r.Verdict = Broken
	case given:
		r.Verdict = Proven
	default:
		r.Verdict = SelfConsistent
	}
	r.describe(v, witnesses)
}

// comparePlaces puts what has an index first, in its order.
func comparePlaces(a, b Place) int {
	switch {
	case (a.Index < 0) != (b.Index < 0):
		if a.Index < 0 {
			return 1
		}
		return -1
	case a.Index < b.Index:
		return -1
	case a.Index > b.Index:
		return 1
	}
	return 0
}

// quorum is how many witnesses must have cosigned.
func (v *verifier) quorum() int {
	if v.trust.Witnesses == 0 && len(v.trust.WitnessKeys) > 0 {
		return 1
	}
	return v.trust.Witnesses
}

// signatures lists the signatures of the newest checkpoint and counts the given witnesses among them.
func (v *verifier) signatures() (witnesses int) {
	c := v.checkpoint
	counted := map[Key]bool{}
	for _, s := range c.Signatures {
		sr := SignatureReport{Name: s.Name, ID: s.ID, Role: "unknown"}
		for _, k := range slices.Concat(v.keysOf(c.Origin), v.trust.WitnessKeys) {
			if !s.by(k) || counted[k] {
				continue
			}
			sr.Role = "log"
			if k.algorithm == Cosignature {
				sr.Role = "witness"
				sr.At, _ = s.At()
			}
			if sr.Trusted = k.Verify([]byte(c.Text), s.Sig); !sr.Trusted {
				v.broken(-1, "the signature by %s (%08x) does not verify", k.name, k.id)
			} else if counted[k] = true; k.algorithm == Cosignature {
				witnesses++
			}
			break
		}
		for _, k := range v.inside {
			if sr.Role != "unknown" || !s.by(k) {
				continue
			}
			if sr.Inside = k.Verify([]byte(c.Text), s.Sig); !sr.Inside {
				v.broken(-1, "the signature by %q (%08x) does not even verify with the key that the bundle names", k.name, k.id)
			}
			break
		}
		v.report.Signatures = append(v.report.Signatures, sr)
	}
	return witnesses
}

// describe puts into words what was proven and what was not.
func (r *Report) describe(v *verifier, witnesses int) {
	yes := func(format string, args ...any) { r.ProvenText = append(r.ProvenText, fmt.Sprintf(format, args...)) }
	no := func(format string, args ...any) { r.NotProven = append(r.NotProven, fmt.Sprintf(format, args...)) }
	for _, b := range r.Rollbacks {
		no("%s", b)
	}
	if epoch := EpochOf(r.Origin); epoch != "" && len(r.Rollbacks) == 0 {
		no("what the log said under earlier origins: it has this one since %s, when an older backup was brought back, and the entry about that is not in this bundle", epoch)
	}
	if r.Verdict == Broken {
		no("nothing that this bundle says should be relied on before the places above are explained")
		return
	}
	switch {
	case r.Verdict == SelfConsistent:
		no("who wrote it: no key from outside of the bundle was given, and whoever forged the log would have signed it with a key of their own")
	case len(v.trust.LogKeys) > 0:
		yes("the log's operator signed a tree of %d entries", r.Size)
	default:
		no("that the operator signed it: only keys of witnesses were given")
	}
	yes("the tree of %s in this bundle is the one of its checkpoint", counted(r.Size, "entry", "entries"))
	yes("%s: the leaves stand in that tree, in order, and no time goes back", counted(r.Entries, "entry", "entries"))
	yes("%s the ones that the entries were written with", plural(r.Shown, "value is", "values are"))
	if r.Erased > 0 {
		yes("%s of %s erased, integrity intact", counted(int64(r.Erased), "value", "values"), counted(int64(r.ErasedEntries), "entry", "entries"))
	}
	if r.Proofs > 0 {
		yes("%s of single entries", counted(int64(r.Proofs), "proof", "proofs"))
	}
	if witnesses > 0 {
		yes("%s saw this tree as the continuation of all that they had seen before", counted(int64(witnesses), "given witness", "given witnesses"))
	}
	for _, h := range r.Held {
		yes("the first %s those of the checkpoint that you hold", plural(int(h.Size), "entry is", "entries are"))
	}
	if witnesses == 0 && len(r.Held) == 0 {
		no("that the operator did not rewrite history and sign it again: only a witness or a checkpoint kept from before shows that")
	}
	if left := r.Size - r.Entries; left > 0 {
		no("%s not in this bundle", plural(int(left), "entry that is", "entries that are"))
	}
	if r.Withheld > 0 {
		no("%s withheld from this reader", plural(r.Withheld, "value that is", "values that are"))
	}
	if n := r.Unaccounted; n > 0 {
		no("why %s missing: the entries that would say so are not shown", plural(n, "value is", "values are"))
	}
	no("that everything that happened was written: a log shows what was written")
}

func counted(n int64, one, many string) string { return plural(int(n), one, many) }

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// Text is the report for a person. What comes from the bundle is quoted where it could hold more than letters.
func (r Report) Text() string {
	var b strings.Builder
	switch r.Verdict {
	case Proven:
		b.WriteString("PROVEN\n")
	case SelfConsistent:
		b.WriteString("SELF-CONSISTENT ONLY: give a key with --key or --witness that you did not take from the bundle\n")
	default:
		b.WriteString("BROKEN\n")
	}
	fmt.Fprintf(&b, "\nlog         %s\norigin      %q\ncheckpoint  %s, root %s\n", r.Log, r.Origin, counted(r.Size, "entry", "entries"), base64.StdEncoding.EncodeToString(r.Root[:]))
	if r.Entries > 0 {
		fmt.Fprintf(&b, "entries     %d, from %d (%s) to %d (%s)\n", r.Entries, r.First, r.From.Format(timeLayout), r.Last, r.To.Format(timeLayout))
	} else {
		b.WriteString("entries     none\n")
	}
	fmt.Fprintf(&b, "values      %d shown, %d withheld, %d erased\n", r.Shown, r.Withheld, r.Erased)
	for _, s := range r.Signatures {
		fmt.Fprintf(&b, "signature   %s\n", s)
	}
	section(&b, "Does not hold", placesText(r))
	section(&b, "Proven", r.ProvenText)
	section(&b, "Not proven", r.NotProven)
	return b.String()
}

// String is the line of a signature.
func (s SignatureReport) String() string {
	text := fmt.Sprintf("%q (%08x): ", s.Name, s.ID)
	switch {
	case s.Inside:
		return text + "verifies with a key that only the bundle names, which proves nothing"
	case s.Role == "unknown":
		return text + "by a key that you did not give, not looked at"
	case !s.Trusted:
		return text + "does NOT verify"
	case !s.At.IsZero():
		return text + "verifies, cosigned " + s.At.Format(time.RFC3339)
	}
	return text + "verifies"
}

func placesText(r Report) []string {
	var list []string
	for _, p := range r.Places {
		where := "log"
		if p.Index >= 0 {
			where = fmt.Sprintf("entry %d", p.Index)
		}
		list = append(list, where+": "+p.What)
	}
	if r.More > 0 {
		list = append(list, fmt.Sprintf("and in %d further places", r.More))
	}
	return list
}

func section(b *strings.Builder, title string, list []string) {
	if len(list) == 0 {
		return
	}
	b.WriteString("\n" + title + "\n")
	for _, s := range list {
		b.WriteString("  - " + s + "\n")
	}
}

// JSON is the report for a program, ending with a line break.
func (r Report) JSON() []byte {
	type place struct {
		Index *int64 `json:"index,omitempty"`
		What  string `json:"what"`
	}
	places := func(list []Place) []place {
		out := make([]place, len(list))
		for i, p := range list {
			out[i].What = p.What
			if p.Index >= 0 {
				out[i].Index = &list[i].Index
			}
		}
		return out
	}
	type signature struct {
		Name    string     `json:"name"`
		ID      string     `json:"id"`
		Role    string     `json:"role"`
		Trusted bool       `json:"trusted"`
		At      *time.Time `json:"at,omitempty"`
	}
	signatures := make([]signature, len(r.Signatures))
	for i, s := range r.Signatures {
		signatures[i] = signature{Name: s.Name, ID: fmt.Sprintf("%08x", s.ID), Role: s.Role, Trusted: s.Trusted}
		if !s.At.IsZero() {
			signatures[i].At = &r.Signatures[i].At
		}
	}
	type rollback struct {
		Index int64 `json:"index"`
		Kept  int64 `json:"kept"`
		Known int64 `json:"known"`
	}
	rollbacks := make([]rollback, len(r.Rollbacks))
	for i, b := range r.Rollbacks {
		rollbacks[i] = rollback(b)
	}
	type held struct {
		Size int64 `json:"size"`
		Same bool  `json:"same"`
	}
	helds := make([]held, len(r.Held))
	for i, h := range r.Held {
		helds[i] = held(h)
	}
	out := map[string]any{
		"verdict": r.Verdict, "exitCode": r.Verdict.ExitCode(), "log": r.Log, "origin": r.Origin, "size": r.Size,
		"root": base64.StdEncoding.EncodeToString(r.Root[:]), "treeHolds": r.TreeHolds, "entries": r.Entries,
		"shown": r.Shown, "withheld": r.Withheld, "erased": r.Erased, "erasedEntries": r.ErasedEntries, "proofs": r.Proofs,
		"signatures": signatures, "held": helds, "rollbacks": rollbacks, "unaccounted": r.Unaccounted, "broken": places(r.Places), "more": r.More,
		"proven": nonNil(r.ProvenText), "notProven": nonNil(r.NotProven),
	}
	if r.Entries > 0 {
		out["first"], out["last"], out["from"], out["to"] = r.First, r.Last, r.From.Format(timeLayout), r.To.Format(timeLayout)
	}
	b, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return nil // texts and numbers alone
	}
	return append(b, '\n')
}

func nonNil(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
