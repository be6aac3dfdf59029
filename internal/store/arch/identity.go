package arch

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"maps"
	"slices"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/history"
)

// identity is the digest of all that a record is and remains when content is withdrawn from it: the root, the times, the places, the
// inputs, what was not read, the overlay and the model. It is computed again on each reading.
func identity(r *history.Record) [sha256.Size]byte {
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
	return [sha256.Size]byte(d.h.Sum(nil))
}

// idOf is how people name a record.
func idOf(sum [sha256.Size]byte) string { return "s" + hex.EncodeToString(sum[:6]) }

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

// seriesOf names the snapshots that are likely to have much in common: of the same thing, read in the same ways.
func seriesOf(s *evidence.Snapshot) string {
	d := summer{h: sha256.New()}
	d.str(s.Name)
	d.str(s.Scope...)
	formats := map[string]bool{}
	for i := range s.Inputs {
		formats[s.Inputs[i].Format] = true
	}
	d.str(slices.SortedFunc(maps.Keys(formats), cmp.Compare)...)
	d.flush()
	return hex.EncodeToString(d.h.Sum(nil)[:8])
}

// check refuses a record that is not what a scan makes: what was kept would not verify when it is read.
func check(r *history.Record) error {
	s := r.Snapshot
	switch {
	case s == nil:
		return fault.New(fault.Invalid, "there is no snapshot to keep")
	case s.Format != evidence.SnapshotFormat || s.Version != evidence.SnapshotVersion:
		return fault.New(fault.Invalid, "the snapshot has a format that is not known here")
	case len(s.Resources) > maxTokens/4:
		return fault.New(fault.Limited, "the snapshot has more than %d resources", maxTokens/4)
	}
	if _, err := parseTime(s.CollectedAt); err != nil {
		return fault.New(fault.Invalid, "the snapshot's collectedAt is not an RFC 3339 time in UTC")
	}
	if err := sorted(s.Resources); err != nil {
		return err
	}
	return s.VerifyRoot()
}
