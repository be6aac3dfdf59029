package ledger

import (
	"bytes"
	"encoding/base64"
	"strconv"
	"strings"

	"c4arch/internal/base/fault"
)

const proofHeader = "c2sp.org/tlog-proof@v1\n"

// Proof shows that one entry is in a log: all that somebody needs who has the key (c2sp.org/tlog-proof).
type Proof struct {
	Leaf       []byte // as the extra data, or nil; its hash is what is proven
	Index      int64
	Path       []Hash
	Checkpoint []byte // with its cosignatures
}

// Encode writes the proof as a .tlog-proof.
func (p Proof) Encode() []byte {
	var b bytes.Buffer
	b.WriteString(proofHeader)
	if p.Leaf != nil {
		b.WriteString("extra " + base64.StdEncoding.EncodeToString(p.Leaf) + "\n")
	}
	b.WriteString("index " + strconv.FormatInt(p.Index, 10) + "\n")
	writeHashes(&b, p.Path)
	b.WriteByte('\n')
	b.Write(p.Checkpoint)
	return b.Bytes()
}

func writeHashes(b *bytes.Buffer, hashes []Hash) {
	for i := range hashes {
		b.WriteString(base64.StdEncoding.EncodeToString(hashes[i][:]))
		b.WriteByte('\n')
	}
}

// ParseProof reads a .tlog-proof. It verifies nothing.
func ParseProof(data []byte) (Proof, error) {
	bad := fault.New(fault.Invalid, "this is no proof of an entry (c2sp.org/tlog-proof)")
	head, checkpoint, ok := strings.Cut(string(data), "\n\n")
	if len(data) > 2*MaxLeaf+MaxCheckpoint || !ok || !strings.HasPrefix(head, proofHeader) {
		return Proof{}, bad
	}
	p := Proof{Checkpoint: []byte(checkpoint)}
	lines := strings.Split(head[len(proofHeader):], "\n")
	if extra, ok := strings.CutPrefix(lines[0], "extra "); ok {
		leaf, err := strict.DecodeString(extra)
		if err != nil || len(leaf) > MaxLeaf || len(leaf) == 0 || strings.Contains(extra, "\r") {
			return Proof{}, bad
		}
		p.Leaf, lines = leaf, lines[1:]
	}
	if len(lines) == 0 {
		return Proof{}, bad
	}
	index, ok := strings.CutPrefix(lines[0], "index ")
	n, err := parseDecimal(index)
	if !ok || err != nil {
		return Proof{}, bad
	}
	p.Index = n
	if p.Path, err = parseHashes(lines[1:]); err != nil {
		return Proof{}, bad
	}
	return p, nil
}

func parseHashes(lines []string) ([]Hash, error) {
	if len(lines) > MaxProof {
		return nil, fault.New(fault.Limited, "a proof has more than %d hashes", MaxProof)
	}
	var path []Hash
	for _, l := range lines {
		h, err := decodeSum(l)
		if err != nil {
			return nil, err
		}
		path = append(path, h)
	}
	return path, nil
}

// Verify says why the proof does not show that a leaf with that hash is in the log of its checkpoint, if so. Who signed the checkpoint is another question, which
// [Checkpoint.SignedBy] answers.
func (p Proof) Verify(leaf Hash) (Checkpoint, error) {
	c, err := ParseCheckpoint(p.Checkpoint)
	if err != nil {
		return Checkpoint{}, err
	}
	return c, VerifyInclusion(c.Tree, p.Index, leaf, p.Path)
}
