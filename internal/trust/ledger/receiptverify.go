package ledger

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"c4arch/internal/base/canon"
)

// ReceiptReading is what the verification of a receipt found.
type ReceiptReading struct {
	Verdict      Verdict
	Organisation string // its name, as the receipt has it
	Title        string
	Origin       string
	Index, Size  int64
	At           time.Time
	Accepted     Accepted
	Erased       []string // fields of the entry that are not there any more
	Signed       bool     // by a key that was given
	Cosigned     int      // by witnesses whose keys were given
	Places       []string
	ProvenText   []string
	NotYet       []string
}

// VerifyReceipt reads a receipt as hostile input and says what it proves: that the document is the one of the digest that the entry has, that the values of the entry are those that its leaf
// commits to, that the log of the checkpoint has that leaf, and that the key of the log signed the checkpoint and the receipt. An error means that it cannot be read as a receipt at all.
func VerifyReceipt(data []byte, trust Trust) (ReceiptReading, error) {
	r, err := parseReceipt(data)
	if err != nil {
		return ReceiptReading{}, err
	}
	v := receiptReader{Receipt: r, trust: trust}
	v.out.Organisation, v.out.Title = r.Organisation.Name, r.Title
	line, leaf, err := ParseLine([]byte(r.Entry + "\n"))
	if err != nil {
		return ReceiptReading{}, err
	}
	v.entry(line, leaf)
	v.proof(line, leaf)
	v.conclude()
	return v.out, nil
}

type receiptReader struct {
	Receipt
	trust Trust
	out   ReceiptReading
}

func (v *receiptReader) broken(format string, args ...any) {
	v.out.Places = append(v.out.Places, fmt.Sprintf(format, args...))
}

// entry holds the document and the values against the leaf.
func (v *receiptReader) entry(l Line, leaf Leaf) {
	for _, f := range leaf.Fields {
		if o, shown := l.Openings[f.Name]; shown && !o.Opens(f.Sum[:]) {
			v.broken("the value of %s is not the one that the entry was written with", f.Name)
		}
	}
	if len(l.Withheld) > 0 {
		v.broken("the receipt withholds values of its entry")
	}
	v.out.Accepted, v.out.Index, v.out.At, v.out.Erased = acceptedOf(l), leaf.Index, leaf.At, l.Erased
	if leaf.Kind != KindAccepted {
		v.broken("the entry is one of the kind %q, and not of an acceptance", leaf.Kind)
	}
	if string(leaf.Log) != v.Receipt.Organisation.ID {
		v.broken("the entry is of the log of another organisation")
	}
	if got := canon.Sum([]byte(v.Canonical)); string(got) != v.out.Accepted.Digest {
		v.broken("the document is not the one that was accepted: its digest is %s, and the entry has %q", got, v.out.Accepted.Digest)
	}
}

// proof holds the leaf against the checkpoint, and checkpoint and receipt against the keys.
func (v *receiptReader) proof(l Line, leaf Leaf) {
	p, err := ParseProof([]byte(v.Proof))
	if err != nil || p.Leaf != nil || p.Index != leaf.Index || string(p.Encode()) != v.Proof {
		v.broken("the proof is none of this entry")
		return
	}
	c, err := p.Verify(LeafHash(l.Leaf))
	if err != nil {
		v.broken("%v", err)
		return
	}
	v.out.Origin, v.out.Size = c.Origin, c.Size
	if LogOf(c.Origin) != leaf.Log {
		v.broken("the checkpoint is of another log")
	}
	text, by, ok := v.sealedBy(c.Origin)
	if !ok {
		v.broken("the seal is not over this receipt")
		return
	}
	keys := v.trust.LogKeys
	if len(keys) == 0 {
		keys = v.insideKeys()
	}
	signers, err := c.SignedBy(keys)
	switch {
	case err != nil:
		v.broken("%v", err)
	case len(signers) == 0:
		v.broken("the checkpoint is signed by none of the keys")
	case !hasKey(keys, by, text):
		v.broken("the receipt is sealed by none of the keys")
	default:
		v.out.Signed = len(v.trust.LogKeys) > 0
	}
	v.witnesses(c)
	v.held(c)
}

func (v *receiptReader) witnesses(c Checkpoint) {
	need := v.trust.Witnesses
	if need == 0 && len(v.trust.WitnessKeys) > 0 {
		need = 1
	}
	by, err := c.SignedBy(v.trust.WitnessKeys)
	if err != nil {
		v.broken("%v", err)
	}
	if v.out.Cosigned = len(by); v.out.Cosigned < need {
		v.broken("%s of the given keys cosigned the checkpoint, and %d must have", plural(v.out.Cosigned, "witness", "witnesses"), need)
	}
}

// held compares with checkpoints that the reader kept: one of the same size has to be the same tree. One of another size is not comparable with a single proof.
func (v *receiptReader) held(c Checkpoint) {
	for _, text := range v.trust.Held {
		h, err := ParseCheckpoint(text)
		switch {
		case err != nil:
			v.broken("a checkpoint that was given is none")
		case !sameLog(h.Origin, c.Origin):
			v.broken("a checkpoint that was given is of another log")
		case h.Origin == c.Origin && h.Size == c.Size && h.Root != c.Root:
			v.broken("a checkpoint of the same size that you kept has another root: the log was changed, or shows itself differently")
		case h.Size != c.Size:
			v.out.NotYet = append(v.out.NotYet, fmt.Sprintf("that the log continues the checkpoint of %s that you kept: a bundle of the ledger shows that", counted(h.Size, "entry", "entries")))
		}
	}
}

func (v *receiptReader) conclude() {
	o := &v.out
	switch {
	case len(o.Places) > 0:
		o.Verdict = Broken
		return
	case o.Signed || o.Cosigned > 0:
		o.Verdict = Proven
	default:
		o.Verdict = SelfConsistent
	}
	yes := func(format string, args ...any) { o.ProvenText = append(o.ProvenText, fmt.Sprintf(format, args...)) }
	yes("the document in the receipt is the one with the digest that was accepted")
	yes("entry %d of the ledger says who accepted it, with which authority, how and when", o.Index)
	yes("the log had that entry when it had %s", counted(o.Size, "entry", "entries"))
	switch {
	case o.Signed:
		yes("the key of the log signed the checkpoint and sealed the receipt")
	case o.Verdict == Proven:
		yes("%s of the given keys cosigned the checkpoint", plural(o.Cosigned, "witness", "witnesses"))
		o.NotYet = append(o.NotYet, "who sealed the receipt: give the key of the log with --key")
	default:
		o.NotYet = append(o.NotYet, "who signed it: the key that the receipt itself names proves nothing")
	}
	if len(o.Erased) > 0 {
		o.NotYet = append(o.NotYet, "what was erased of the entry: "+strings.Join(o.Erased, ", "))
	}
	o.NotYet = append(o.NotYet, "that whoever accepted has the authority that was declared")
}

// Text is the report for a person.
func (o ReceiptReading) Text() string {
	var b strings.Builder
	switch o.Verdict {
	case Proven:
		b.WriteString("PROVEN\n")
	case SelfConsistent:
		b.WriteString("SELF-CONSISTENT ONLY: give a key with --key or --witness that you did not take from the receipt\n")
	default:
		b.WriteString("BROKEN\n")
	}
	a := o.Accepted
	fmt.Fprintf(&b, "\ndocument      %q, %q, version %q\ndigest        %s\norganisation  %q\naccepted by   %q, %q, as %q\nmethod        %q, from: %q\nat            %s\n",
		o.Title, a.Document, a.Version, a.Digest, o.Organisation, a.Name, a.Person, a.Authority, a.Method, a.Origin, o.At.UTC().Format(time.RFC3339))
	if a.List != "" {
		fmt.Fprintf(&b, "subprocessors the list of version %q, %s\n", a.List, a.ListDigest)
	}
	fmt.Fprintf(&b, "ledger        %q, entry %d of %d\n", o.Origin, o.Index, o.Size)
	section(&b, "Does not hold", o.Places)
	section(&b, "Proven", o.ProvenText)
	section(&b, "Not proven", o.NotYet)
	return b.String()
}

// JSON is the report for a program, ending with a line break.
func (o ReceiptReading) JSON() []byte {
	b, err := json.MarshalIndent(map[string]any{
		"kind": "acceptance-receipt", "verdict": o.Verdict, "exitCode": o.Verdict.ExitCode(), "organisation": o.Organisation, "title": o.Title, "accepted": o.Accepted,
		"at": o.At.UTC(), "origin": o.Origin, "entry": o.Index, "size": o.Size, "signed": o.Signed, "cosigned": o.Cosigned, "erased": nonNil(slices.Clone(o.Erased)),
		"broken": nonNil(o.Places), "proven": nonNil(o.ProvenText), "notProven": nonNil(o.NotYet),
	}, "", "  ")
	if err != nil {
		return nil // texts and numbers alone
	}
	return append(b, '\n')
}

// ExitCode is that of the commands.
func (o ReceiptReading) ExitCode() int { return o.Verdict.ExitCode() }

// noteParts takes a note apart without verifying it.
func noteParts(data string) (text string, sigs []Signature, ok bool) {
	_, err := note.Open([]byte(data), note.VerifierList())
	var unverified *note.UnverifiedNoteError
	if !errors.As(err, &unverified) {
		return "", nil, false
	}
	for _, s := range unverified.Note.UnverifiedSigs {
		b, err := base64.StdEncoding.Strict().DecodeString(s.Base64)
		if err != nil || len(b) < 5 {
			return "", nil, false
		}
		sigs = append(sigs, Signature{Name: s.Name, ID: s.Hash, Sig: b[4:]})
	}
	return unverified.Note.Text, sigs, true
}
