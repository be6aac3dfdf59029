package history

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"maps"
	"slices"
	"strings"

	"c4arch/internal/base/canon"
)

// Digest is the digest of all that a record is and remains when content is withdrawn from it: the root, the times, the places, the
// inputs, what was not read, the overlay and the model. It is computed again on each reading.
func (r *Record) Digest() canon.Digest {
	d := summer{h: sha256.New()}
	s := r.Snapshot
	d.str("c4arch record 1", s.Format, s.Version, s.Name, s.CollectedAt, s.Method, s.KeyID, string(s.Root))
	d.int(len(s.Scope))
	d.str(s.Scope...)
	d.int(len(s.Inputs))
	for i := range s.Inputs {
		in := &s.Inputs[i]
		d.str(in.Name, in.Format)
		d.int(in.Resources, in.Expressions, len(in.Unresolved))
		for _, why := range slices.Sorted(maps.Keys(in.Unresolved)) {
			d.str(string(why))
			d.int(in.Unresolved[why])
		}
	}
	d.int(len(s.NotRead))
	for i := range s.NotRead {
		n := &s.NotRead[i]
		d.str(string(n.Kind), n.Input, n.Thing, n.Reason, n.Help)
		d.int(n.Line, n.Count)
	}
	d.int(len(s.Resources))
	for i := range s.Resources {
		d.int(len(s.Resources[i].Origins))
		for j := range s.Resources[i].Origins {
			o := &s.Resources[i].Origins[j]
			d.str(o.Input, o.Path, o.Address, o.Root)
			d.int(o.Line)
		}
	}
	overlay := ""
	if r.OverlayText != nil {
		overlay = string(canon.Sum(r.OverlayText))
	}
	d.str(r.OverlayName, overlay, string(r.Overlay), string(r.Model))
	d.flush()
	return canon.Digest("sha256:" + hex.EncodeToString(d.h.Sum(nil)))
}

// IDOf is how people name a record of that digest, and "" when it is none.
func IDOf(d canon.Digest) string {
	text, ok := strings.CutPrefix(string(d), "sha256:")
	if !ok || len(text) != 2*sha256.Size {
		return ""
	}
	return "s" + text[:12]
}

// summer hashes texts with their lengths, so that no two lists of them have the same bytes.
type summer struct {
	h hash.Hash
	b []byte
}

func (d *summer) str(list ...string) {
	for _, s := range list {
		d.b = append(binary.AppendUvarint(d.b, uint64(len(s))), s...)
	}
	if len(d.b) > 1<<14 {
		d.flush()
	}
}

func (d *summer) int(list ...int) {
	for _, n := range list {
		d.b = binary.AppendVarint(d.b, int64(n))
	}
}

func (d *summer) flush() {
	d.h.Write(d.b)
	d.b = d.b[:0]
}
