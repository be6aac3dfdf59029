package baseline

import (
	"bytes"
	"slices"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
)

// Limits of what Decode accepts.
const (
	MaxSize        = 1 << 30   // of the file, in bytes
	maxSeen        = 1_000_000 // findings
	maxFinding     = 200       // characters in the id of one
	maxOverlayName = 1_000     // characters
)

// Decode reads c4arch.baseline.json and verifies everything that can be verified without the key: see [Baseline.Verify]
// for that. Names that it does not know are an error, since what was added might be what matters. Errors name the line
// and never quote the text.
func Decode(data []byte) (*Baseline, error) {
	if len(data) > MaxSize {
		return nil, fault.New(fault.Limited, "the baseline is larger than %d bytes", MaxSize)
	}
	data, err := tree.Decode(data)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "the baseline cannot be read")
	}
	d := &decoder{j: tree.NewJSON(data, tree.Limits{}), b: &Baseline{}}
	if err := d.read(); err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "the baseline cannot be read")
	}
	if d.b.Snapshot, err = d.decodeSnapshot(); err != nil {
		return nil, err
	}
	if err := d.b.Verify(nil); err != nil {
		return nil, err
	}
	return d.b, nil
}

type decoder struct {
	j               *tree.JSON
	b               *Baseline
	format, version string
	has             map[string]bool
	snapshot        []byte
	line            int // of the snapshot's first
}

func (d *decoder) fail(msg string) error { return &tree.Error{Line: int(d.j.Line()), Msg: msg} }

func (d *decoder) read() error {
	if d.j.Kind() != tree.Object {
		return d.fail("a baseline is a JSON object")
	}
	d.has = map[string]bool{}
	err := d.j.Object(func(name string) error {
		d.has[name] = true
		return d.member(name)
	})
	if err != nil {
		return err
	}
	if err := d.j.End(); err != nil {
		return err
	}
	for _, name := range []string{"format", "version", "id", "approval", "seen", "snapshot"} {
		if !d.has[name] {
			return &tree.Error{Line: 1, Msg: "the member " + name + " is missing"}
		}
	}
	return nil
}

func (d *decoder) member(name string) (err error) {
	if d.format == "" && name != "format" {
		return d.fail("this is not a c4arch baseline: its first member should be format, " + Format)
	}
	switch name {
	case "format":
		if err = d.str(&d.format); err == nil && d.format != Format {
			err = d.fail("this is not a c4arch baseline: its format should be " + Format)
		}
	case "version":
		if err = d.str(&d.version); err == nil && d.version != Version {
			err = d.fail("the baseline has a version that this program does not know: use a newer c4arch")
		}
	case "id":
		err = d.str(&d.b.ID)
	case "seal":
		err = d.str(&d.b.Seal)
	case "approval":
		err = d.approval()
	case "overlay":
		err = d.overlay()
	case "seen":
		err = d.seen()
	case "snapshot":
		if d.snapshot, err = d.j.Raw(); err == nil {
			d.line = int(d.j.Line()) - bytes.Count(d.snapshot, []byte{'\n'})
		}
	default:
		err = d.fail("a name that a baseline of this version does not have")
	}
	return err
}

func (d *decoder) str(to *string) error {
	v, err := d.j.Value()
	if err == nil && v.Kind != tree.String {
		err = d.fail("text was expected here")
	}
	*to = v.Text
	return err
}

// object reads an object whose members are all text, and which has all of them but those that are optional.
func (d *decoder) object(members map[string]*string, optional ...string) error {
	has := map[string]bool{}
	err := d.j.Object(func(name string) error {
		to, ok := members[name]
		if !ok {
			return d.fail("a name that stands nowhere in a baseline of this version")
		}
		has[name] = true
		return d.str(to)
	})
	if err != nil {
		return err
	}
	for name := range members {
		if !has[name] && !slices.Contains(optional, name) {
			return d.fail("a member is missing here")
		}
	}
	return nil
}

func (d *decoder) approval() error {
	a, claimed := &d.b.Approval, false
	texts := map[string]*string{
		"snapshot": (*string)(&a.Snapshot), "overlay": (*string)(&a.Overlay), "model": (*string)(&a.Model), "name": &a.Name,
		"by": &a.By, "at": &a.At, "reason": &a.Reason, "supersedes": &a.Supersedes, "keyId": &a.KeyID,
	}
	has := map[string]bool{}
	err := d.j.Object(func(name string) error {
		if name == "claimed" {
			v, err := d.j.Value()
			if err == nil && v.Kind != tree.Bool {
				err = d.fail("true or false was expected here")
			}
			a.Claimed, claimed = v.True(), true
			return err
		}
		to, ok := texts[name]
		if !ok {
			return d.fail("a name that an approval does not have")
		}
		has[name] = true
		return d.str(to)
	})
	if err != nil {
		return err
	}
	if !claimed || !has["snapshot"] || !has["model"] || !has["name"] || !has["by"] || !has["at"] || !has["reason"] {
		return d.fail("the approval must have snapshot, model, name, by, claimed, at and reason")
	}
	return nil
}

func (d *decoder) overlay() error {
	var text string
	if err := d.object(map[string]*string{"name": &d.b.OverlayName, "text": &text}); err != nil {
		return err
	}
	d.b.OverlayText = []byte(text)
	return nil
}

func (d *decoder) seen() error {
	return d.j.Array(func(i int) error {
		if i >= maxSeen {
			return d.fail("more findings than a baseline may have")
		}
		var s Seen
		if err := d.object(map[string]*string{"finding": &s.Finding, "first": &s.First, "last": &s.Last}); err != nil {
			return err
		}
		if checkText("finding", s.Finding, maxFinding, true) != nil {
			return d.fail("the id of a finding is not written as c4arch writes it")
		}
		if !isTime(s.First) || !isTime(s.Last) || s.Last < s.First {
			return d.fail("first and last must be RFC 3339 times in UTC, and last not before first")
		}
		if i > 0 && d.b.Seen[i-1].Finding >= s.Finding {
			return d.fail("the findings must be sorted, and each there once")
		}
		d.b.Seen = append(d.b.Seen, s)
		return nil
	})
}

// decodeSnapshot hands the snapshot over with as many lines before it as there are in the file, so that what is wrong in it is named by the
// line on which it stands.
func (d *decoder) decodeSnapshot() (*evidence.Snapshot, error) {
	data := append(bytes.Repeat([]byte{'\n'}, max(d.line-1, 0)), d.snapshot...)
	d.snapshot = nil
	return evidence.DecodeSnapshot(data)
}
