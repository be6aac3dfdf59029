package ledger

import (
	"bytes"
	"strconv"
	"strings"

	"c4arch/internal/base/fault"
)

// MaxRequest bounds the body of a request to a witness: 63 hashes and a checkpoint.
const MaxRequest = 8<<10 + MaxCheckpoint

// Request asks a witness to cosign a checkpoint: the body of add-checkpoint (c2sp.org/tlog-witness).
type Request struct {
	Old        int64  // the size that the witness has cosigned last, as the client knows it
	Proof      []Hash // of consistency, from Old to the checkpoint
	Checkpoint []byte
}

// Encode writes the body.
func (r Request) Encode() []byte {
	var b bytes.Buffer
	b.WriteString("old " + strconv.FormatInt(r.Old, 10) + "\n")
	writeHashes(&b, r.Proof)
	b.WriteByte('\n')
	b.Write(r.Checkpoint)
	return b.Bytes()
}

// NewRequest builds what to send to a witness that has cosigned the tree of size old last: the proof is read from the log.
func NewRequest(old int64, checkpoint []byte, kept Tiles) (Request, error) {
	c, err := ParseCheckpoint(checkpoint)
	if err != nil {
		return Request{}, err
	}
	proof, err := Consistency(old, c.Size, kept)
	return Request{Old: old, Proof: proof, Checkpoint: checkpoint}, err
}

// ParseRequest reads the body of add-checkpoint.
func ParseRequest(body []byte) (Request, error) {
	bad := fault.New(fault.Invalid, "this is no request to a witness (c2sp.org/tlog-witness)")
	head, checkpoint, ok := strings.Cut(string(body), "\n\n")
	lines := strings.Split(head, "\n")
	old, isOld := strings.CutPrefix(lines[0], "old ")
	n, err := parseDecimal(old)
	if len(body) > MaxRequest || !ok || !isOld || err != nil {
		return Request{}, bad
	}
	r := Request{Old: n, Checkpoint: []byte(checkpoint)}
	if r.Proof, err = parseHashes(lines[1:]); err != nil {
		return Request{}, bad
	}
	return r, nil
}

// Refusal is why a witness does not cosign.
type Refusal string

// The refusals, with the status that c2sp.org/tlog-witness gives them.
const (
	RefusedForm      Refusal = "form"      // 400: not a request, or the old size is larger than the new
	RefusedSignature Refusal = "signature" // 403: no key of the origin has signed
	RefusedOrigin    Refusal = "origin"    // 404: a log that the witness does not know
	RefusedSize      Refusal = "size"      // 409: the witness has cosigned another size last, which is the answer
	RefusedRoot      Refusal = "root"      // 409: the same size with another root: the log has two histories
	RefusedProof     Refusal = "proof"     // 422: the new tree does not begin with the old one
)

// RefusedError says why a witness does not cosign, and what it has cosigned last.
type RefusedError struct {
	Why  Refusal
	Held int64
	Msg  string
}

// Error returns the words.
func (e *RefusedError) Error() string { return e.Msg }

// Decide is what a witness decides: keys are those of the logs that it knows, by origin; held is the tree that it has cosigned last for an origin, the zero Tree for none. It
// returns the checkpoint to cosign, after its tree has been made durable as what is held; otherwise a *RefusedError. Reading what is held and keeping what is
// decided must be one step.
func Decide(r Request, keys map[string][]Key, held func(origin string) Tree) (Checkpoint, error) {
	c, err := ParseCheckpoint(r.Checkpoint)
	if err != nil {
		return Checkpoint{}, &RefusedError{Why: RefusedForm, Msg: err.Error()}
	}
	known, ok := keys[c.Origin]
	if !ok {
		return Checkpoint{}, &RefusedError{Why: RefusedOrigin, Msg: "this witness does not know the log"}
	}
	if by, err := c.SignedBy(known); err != nil || len(by) == 0 {
		return Checkpoint{}, &RefusedError{Why: RefusedSignature, Msg: "no key of the log has signed the checkpoint"}
	}
	last := held(c.Origin)
	if last.Size == 0 {
		last.Root = Head{}.Root()
	}
	switch {
	case r.Old > c.Size:
		return Checkpoint{}, &RefusedError{Why: RefusedForm, Held: last.Size, Msg: "the old size is larger than that of the checkpoint"}
	case r.Old != last.Size:
		return Checkpoint{}, &RefusedError{Why: RefusedSize, Held: last.Size, Msg: "this witness has cosigned another size last"}
	case r.Old == c.Size && c.Root != last.Root:
		return Checkpoint{}, &RefusedError{Why: RefusedRoot, Held: last.Size, Msg: "this witness has cosigned another root for that size: the log has two histories"}
	}
	if err := VerifyConsistency(last, c.Tree, r.Proof); err != nil {
		return Checkpoint{}, &RefusedError{Why: RefusedProof, Held: last.Size, Msg: err.Error()}
	}
	return c, nil
}

// ParseHeldSize reads the answer 409 of a witness: the size that it has cosigned last.
func ParseHeldSize(body []byte) (int64, error) {
	n, err := parseDecimal(strings.TrimSuffix(string(body), "\n"))
	if err != nil {
		return 0, fault.New(fault.Unavailable, "the witness does not say what it has cosigned last")
	}
	return n, nil
}
