package baseline

import (
	"bytes"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
)

// Limits of what people say about a baseline, in characters.
const (
	maxName   = 200
	maxBy     = 200
	maxReason = 2_000
)

// sealInfo parts the key of seals from those that evidence derives from the same key (HKDF, RFC 5869).
const sealInfo = "c4arch approval v1"

// sealMark stands before a seal, so that another kind of seal can follow it one day.
const sealMark = "hmac-sha256:"

var (
	digestForm = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)
	idForm     = regexp.MustCompile(`^b[0-9a-f]{16}$`)
	keyIDForm  = regexp.MustCompile(`^[0-9a-f]{16}$`)
	sealForm   = regexp.MustCompile(`^` + sealMark + `[0-9a-f]{64}$`)
)

// New makes the baseline of a snapshot: it fills in what the approval has from the snapshot and the overlay, seals
// it under the key unless that is nil, and computes the id. overlayText is nil where there was no overlay.
func New(a Approval, s *evidence.Snapshot, overlayName string, overlayText []byte, key []byte) (*Baseline, error) {
	a.Snapshot, a.Overlay, a.KeyID = s.Root, "", ""
	b := &Baseline{Snapshot: s}
	if overlayText != nil {
		text, err := tree.Decode(overlayText)
		if err != nil {
			return nil, fault.Wrap(fault.Invalid, err, "the overlay cannot be read")
		}
		if a.Overlay, err = overlayDigest(text); err != nil {
			return nil, err
		}
		b.OverlayName, b.OverlayText = overlayName, bytes.Clone(text)
	}
	b.Seal, a.KeyID = a.Seal(key)
	if err := Check(a); err != nil {
		return nil, err
	}
	b.Approval, b.ID = a, a.ID()
	return b, nil
}

// Check says what is wrong with an approval: who, what and when must be there, and nothing in it may make a terminal
// or a page lie.
func Check(a Approval) error {
	for _, t := range []struct {
		name, text string
		most       int
		must       bool
	}{
		{"name", a.Name, maxName, false},
		{"by", a.By, maxBy, true},
		{"reason", a.Reason, maxReason, true},
	} {
		if err := checkText(t.name, t.text, t.most, t.must); err != nil {
			return err
		}
	}
	if !isTime(a.At) {
		return fault.New(fault.Invalid, "the time of the approval (at) is not an RFC 3339 time in UTC").
			WithHelp("write it like 2026-01-31T09:30:00Z")
	}
	for _, f := range []struct {
		name, text string
		form       *regexp.Regexp
		must       bool
	}{
		{"snapshot", string(a.Snapshot), digestForm, true},
		{"overlay", string(a.Overlay), digestForm, false},
		{"model", string(a.Model), digestForm, true},
		{"supersedes", a.Supersedes, idForm, false},
		{"keyId", a.KeyID, keyIDForm, false},
	} {
		if (f.must || f.text != "") && !f.form.MatchString(f.text) {
			return fault.New(fault.Invalid, "%s of the approval is not written as c4arch writes it", f.name)
		}
	}
	return nil
}

// checkText refuses control characters and the marks that turn the direction of text (Unicode Technical Report 36,
// section 2.9).
func checkText(name, text string, most int, must bool) error {
	switch {
	case must && strings.TrimSpace(text) == "":
		return fault.New(fault.Invalid, "the approval has no %s", name).WithHelp("say who approves and why")
	case !utf8.ValidString(text):
		return fault.New(fault.Invalid, "%s of the approval is not UTF-8", name)
	case utf8.RuneCountInString(text) > most:
		return fault.New(fault.Invalid, "%s of the approval is longer than %d characters", name, most)
	case strings.ContainsFunc(text, unprintable):
		return fault.New(fault.Invalid, "%s of the approval holds a control character", name).WithHelp("write it in one line of plain text")
	}
	return nil
}

func unprintable(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029'
}

// isTime reports whether s is a time as c4arch writes it: RFC 3339, UTC, whole seconds.
func isTime(s string) bool {
	at, err := time.Parse(time.RFC3339, s)
	return err == nil && at.UTC().Format(time.RFC3339) == s
}

// ID is "b" and 16 hexadecimal digits of the digest of the approval in canonical JSON. It holds for what was
// approved, by whom, when and why; not for when which finding was seen.
func (a Approval) ID() string {
	sum := sha256.Sum256(a.canonical())
	return "b" + hex.EncodeToString(sum[:8])
}

// Seal returns an HMAC (SHA-256, RFC 2104) of the approval under a key that is derived from the organisation's, and
// the id of that one, which is part of what is sealed. Without a key, or with one that is too short to be one, both are "".
func (a Approval) Seal(key []byte) (seal, keyID string) {
	sealer, err := evidence.NewSealer(key)
	if err != nil {
		return "", ""
	}
	a.KeyID = sealer.KeyID()
	sub, err := hkdf.Key(sha256.New, key, nil, sealInfo, sha256.Size)
	if err != nil {
		return "", ""
	}
	h := hmac.New(sha256.New, sub)
	h.Write(a.canonical())
	return sealMark + hex.EncodeToString(h.Sum(nil)), a.KeyID
}

// canonical is the approval in canonical JSON, with the members of its JSON.
func (a Approval) canonical() canon.Raw {
	v := a.value()
	raw, _, err := canon.Encode(&v)
	if err != nil {
		return nil // cannot be: all of it is valid text and one truth value
	}
	return raw
}

func (a Approval) value() tree.Value {
	v := tree.Value{Kind: tree.Object}
	for _, m := range []struct {
		name, text string
		must       bool
	}{
		{"snapshot", string(a.Snapshot), true},
		{"overlay", string(a.Overlay), false},
		{"model", string(a.Model), true},
		{"name", a.Name, true},
		{"by", a.By, true},
		{"at", a.At, true},
		{"reason", a.Reason, true},
		{"supersedes", a.Supersedes, false},
		{"keyId", a.KeyID, false},
	} {
		if m.must || m.text != "" {
			v.Set(m.name, tree.Str(strings.ToValidUTF8(m.text, "\uFFFD")))
		}
	}
	claimed := tree.Value{Kind: tree.Bool, Text: "false"}
	if a.Claimed {
		claimed.Text = "true"
	}
	v.Set("claimed", claimed)
	return v
}

// ModelDigest is the digest of model.json without the time at which the evidence was collected, so that two scans of
// the same have the same.
func ModelDigest(m *c4.Model) canon.Digest {
	timeless := *m
	timeless.CollectedAt = ""
	h := sha256.New()
	if err := c4.Encode(h, &timeless); err != nil {
		return "" // cannot be: a hash takes every write, and a model has no value that JSON cannot write
	}
	return canon.Digest("sha256:" + hex.EncodeToString(h.Sum(nil)))
}
