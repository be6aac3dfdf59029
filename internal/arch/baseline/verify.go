package baseline

import (
	"crypto/hmac"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/overlay"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
)

const altered = "the baseline was changed after it was approved: take it from its source again, or approve anew"

// Verify checks that everything in the baseline is what was approved: the id, the snapshot's root, the overlay, and, where key
// is the one under which it was sealed, the seal. key may be nil. The snapshot itself was verified when it was decoded.
//
// A seal under another key cannot be checked, and a baseline without one proves nothing about who made it: whoever relies on
// that asks [Baseline.SealedBy].
func (b *Baseline) Verify(key []byte) error {
	if b.Snapshot == nil {
		return fault.New(fault.Invalid, "the baseline has no snapshot")
	}
	if b.Snapshot.Root != b.Approval.Snapshot {
		return fault.New(fault.Invalid, "the baseline's snapshot is not the one that was approved").WithHelp(altered)
	}
	return b.VerifyApproval(key)
}

// VerifyApproval is [Baseline.Verify] of a baseline whose snapshot is elsewhere.
func (b *Baseline) VerifyApproval(key []byte) error {
	if err := Check(b.Approval); err != nil {
		return err
	}
	if b.ID != b.Approval.ID() {
		return fault.New(fault.Invalid, "the baseline's id does not match what it says was approved").WithHelp(altered)
	}
	if err := b.verifyOverlay(); err != nil {
		return err
	}
	switch {
	case (b.Seal == "") != (b.Approval.KeyID == ""):
		return fault.New(fault.Invalid, "the baseline names a key and has no seal, or has a seal and names no key").WithHelp(altered)
	case b.Seal != "" && !sealForm.MatchString(b.Seal):
		return fault.New(fault.Invalid, "the baseline's seal is not written as c4arch writes it").WithHelp(altered)
	case b.Seal != "" && b.Approval.KeyID == keyID(key) && !b.SealedBy(key):
		return fault.New(fault.Invalid, "the baseline's seal does not match what it says was approved: it was forged or changed").WithHelp(altered)
	}
	return nil
}

// SealedBy reports whether the approval was sealed by somebody who has the key.
func (b *Baseline) SealedBy(key []byte) bool {
	seal, id := b.Approval.Seal(key)
	return seal != "" && id == b.Approval.KeyID && hmac.Equal([]byte(seal), []byte(b.Seal))
}

func keyID(key []byte) string {
	sealer, err := evidence.NewSealer(key)
	if err != nil {
		return ""
	}
	return sealer.KeyID()
}

func (b *Baseline) verifyOverlay() error {
	if b.Approval.Overlay == "" {
		if b.OverlayName != "" || len(b.OverlayText) > 0 {
			return fault.New(fault.Invalid, "the baseline has an overlay, and none was approved").WithHelp(altered)
		}
		return nil
	}
	if err := checkText("the overlay's name", b.OverlayName, maxOverlayName, true); err != nil {
		return err
	}
	got, err := overlayDigest(b.OverlayText)
	if err != nil {
		return err
	}
	if got != b.Approval.Overlay {
		return fault.New(fault.Invalid, "the baseline's overlay is not the one that was approved").WithHelp(altered)
	}
	return nil
}

func overlayDigest(text []byte) (canon.Digest, error) {
	o, err := overlay.Parse(text)
	if err != nil {
		return "", fault.Wrap(fault.KindOf(err), err, "the baseline's overlay cannot be read")
	}
	return o.Digest()
}
