package arch

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/history"
)

// seriesOf names the snapshots that are likely to have much in common: of the same thing, read in the same ways.
func seriesOf(s *evidence.Snapshot) string {
	var w writer
	w.str(s.Name)
	for _, x := range s.Scope {
		w.str(x)
	}
	formats := map[string]bool{}
	for i := range s.Inputs {
		formats[s.Inputs[i].Format] = true
	}
	for _, x := range slices.Sorted(maps.Keys(formats)) {
		w.str(x)
	}
	sum := sha256.Sum256(w.b)
	return hex.EncodeToString(sum[:8])
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
	if err := plainText(s.Name, s.Method, s.KeyID, r.OverlayName, string(r.Overlay), string(r.Model)); err != nil {
		return err
	}
	if _, err := parseTime(s.CollectedAt); err != nil {
		return fault.New(fault.Invalid, "the snapshot's collectedAt is not an RFC 3339 time in UTC")
	}
	if err := sorted(s.Resources); err != nil {
		return err
	}
	return s.VerifyRoot()
}

// plainText refuses texts that a column of the other engine does not take, so that both take the same.
func plainText(list ...string) error {
	for _, s := range list {
		if strings.IndexByte(s, 0) >= 0 || !utf8.ValidString(s) {
			return fault.New(fault.Invalid, "a text holds what is no character: it is not UTF-8, or has a NUL in it")
		}
	}
	return nil
}
