package evidence

import (
	"fmt"
	"slices"
	"time"

	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
)

// DecodeSnapshot reads snapshot.json and verifies it: every commitment whose content is there, the
// order, the root. A snapshot that does not verify was changed after it was made.
func DecodeSnapshot(data []byte) (*Snapshot, error) {
	data, err := tree.Decode(data)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "the snapshot cannot be read")
	}
	d := &snapshotReader{j: tree.NewJSON(data, tree.Limits{}), s: &Snapshot{}}
	if err := d.read(); err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "the snapshot cannot be read")
	}
	if err := d.s.verify(); err != nil {
		return nil, err
	}
	return d.s, nil
}

// verify checks everything that can be checked without the key.
func (s *Snapshot) verify() error {
	if s.Format != SnapshotFormat {
		return fault.New(fault.Invalid, "this is not a c4arch snapshot").WithHelp("its format should be " + SnapshotFormat)
	}
	if s.Version != SnapshotVersion {
		return fault.New(fault.Invalid, "the snapshot has a version that this program does not know").WithHelp("use a newer c4arch")
	}
	if at, err := time.Parse(time.RFC3339, s.CollectedAt); err != nil || at.UTC().Format(time.RFC3339) != s.CollectedAt {
		return fault.New(fault.Invalid, "the snapshot's collectedAt is not an RFC 3339 time in UTC")
	}
	const help = "the snapshot was changed after it was made: take it from its source again"
	for i := range s.Resources {
		r := &s.Resources[i]
		if i > 0 && compareResources(&s.Resources[i-1], r) >= 0 {
			return fault.New(fault.Invalid, "the resource %s stands in the wrong order or twice", brief(r.ID)).WithHelp(help)
		}
		if !r.wellFormed() {
			return fault.New(fault.Invalid, "the resource %s is not written as a snapshot writes it", brief(r.ID)).WithHelp(help)
		}
		if r.Erased == "" && !r.Verify() {
			return fault.New(fault.Invalid, "the content of the resource %s does not match its commitment", brief(r.ID)).WithHelp(help)
		}
	}
	if rootOf(s.Resources) != s.Root {
		return fault.New(fault.Invalid, "the resources do not match the snapshot's root").WithHelp(help)
	}
	return nil
}

// wellFormed reports whether r's properties are canonical, so that everything that reads
// them may rely on it, and its other fields are as [Sealer.Seal] or [Resource.Redact] leaves them.
func (r *Resource) wellFormed() bool {
	if r.ID == "" || r.Form == "" || len(r.Commitment) != len("sha256:")+64 || canon.Check(r.Props) != nil {
		return false
	}
	if r.Erased != "" {
		return r.Salt == "" && string(r.Props) == "{}" && r.Name == "" && len(r.Tags) == 0
	}
	return slices.IsSortedFunc(r.Origins, compareOrigins)
}

// brief keeps an identity from flooding an error.
func brief(id string) string {
	if len(id) > 200 {
		id = id[:200] + "..."
	}
	return fmt.Sprintf("%q", id)
}

// snapshotReader reads the document member by member: names that it does not know are an
// error, since what was added might be what matters.
type snapshotReader struct {
	j *tree.JSON
	s *Snapshot
}

func (d *snapshotReader) read() error {
	if d.j.Kind() != tree.Object {
		return d.fail("a snapshot is a JSON object")
	}
	err := d.j.Object(func(name string) error {
		s := d.s
		switch name {
		case "format":
			return d.str(&s.Format)
		case "version":
			return d.str(&s.Version)
		case "name":
			return d.str(&s.Name)
		case "collectedAt":
			return d.str(&s.CollectedAt)
		case "method":
			return d.str(&s.Method)
		case "keyId":
			return d.str(&s.KeyID)
		case "root":
			return d.str((*string)(&s.Root))
		case "scope":
			return texts(d, &s.Scope)
		case "inputs":
			return list(d, &s.Inputs, (*snapshotReader).input)
		case "resources":
			return list(d, &s.Resources, (*snapshotReader).resource)
		case "notRead":
			return list(d, &s.NotRead, (*snapshotReader).notRead)
		}
		return d.fail("a name that a snapshot of this version does not have")
	})
	if err != nil {
		return err
	}
	return d.j.End()
}

func (d *snapshotReader) fail(msg string) error {
	return &tree.Error{Line: int(d.j.Line()), Msg: msg}
}

func (d *snapshotReader) str(to *string) error {
	v, err := d.j.Value()
	if err == nil && v.Kind != tree.String {
		err = d.fail("text was expected here")
	}
	*to = v.Text
	return err
}

func (d *snapshotReader) number(to *int) error {
	v, err := d.j.Value()
	if err != nil {
		return err
	}
	if v.Kind != tree.Number || len(v.Text) > 9 {
		return d.fail("a small whole number was expected here")
	}
	if _, err := fmt.Sscanf(v.Text, "%d", to); err != nil || fmt.Sprint(*to) != v.Text || *to < 0 {
		return d.fail("a small whole number was expected here")
	}
	return nil
}

func texts[T ~string](d *snapshotReader, to *[]T) error {
	return list(d, to, func(d *snapshotReader, x *T) error {
		var s string
		err := d.str(&s)
		*x = T(s)
		return err
	})
}

func list[T any](d *snapshotReader, to *[]T, one func(*snapshotReader, *T) error) error {
	return d.j.Array(func(int) error {
		var x T
		if err := one(d, &x); err != nil {
			return err
		}
		*to = append(*to, x)
		return nil
	})
}

func (d *snapshotReader) input(in *InputSummary) error {
	return d.j.Object(func(name string) error {
		switch name {
		case "name":
			return d.str(&in.Name)
		case "format":
			return d.str(&in.Format)
		case "resources":
			return d.number(&in.Resources)
		case "expressions":
			return d.number(&in.Expressions)
		case "unresolved":
			in.Unresolved = map[Unknown]int{}
			return d.j.Object(func(why string) error {
				n := 0
				err := d.number(&n)
				in.Unresolved[Unknown(why)] = n
				return err
			})
		}
		return d.fail("a name that an input does not have")
	})
}

func (d *snapshotReader) notRead(n *NotRead) error {
	return d.j.Object(func(name string) error {
		switch name {
		case "kind":
			return d.str((*string)(&n.Kind))
		case "input":
			return d.str(&n.Input)
		case "line":
			return d.number(&n.Line)
		case "thing":
			return d.str(&n.Thing)
		case "reason":
			return d.str(&n.Reason)
		case "help":
			return d.str(&n.Help)
		case "count":
			return d.number(&n.Count)
		}
		return d.fail("a name that an entry of notRead does not have")
	})
}

func (d *snapshotReader) origin(o *Origin) error {
	return d.j.Object(func(name string) error {
		switch name {
		case "input":
			return d.str(&o.Input)
		case "line":
			return d.number(&o.Line)
		case "path":
			return d.str(&o.Path)
		case "address":
			return d.str(&o.Address)
		case "root":
			return d.str(&o.Root)
		}
		return d.fail("a name that an origin does not have")
	})
}

func (d *snapshotReader) resource(r *Resource) error {
	return d.j.Object(func(name string) error {
		switch name {
		case "id":
			return d.str(&r.ID)
		case "aliases":
			return texts(d, &r.Aliases)
		case "form":
			return d.str((*string)(&r.Form))
		case "provider":
			return d.str(&r.Provider)
		case "type":
			return d.str(&r.Type)
		case "name":
			return d.str(&r.Name)
		case "scope":
			return d.str(&r.Scope)
		case "location":
			return d.str(&r.Location)
		case "side":
			return d.str((*string)(&r.Side))
		case "salt":
			return d.str(&r.Salt)
		case "commitment":
			return d.str((*string)(&r.Commitment))
		case "erased":
			return d.str(&r.Erased)
		case "redacted":
			return texts(d, &r.Redacted)
		}
		return d.contents(r, name)
	})
}

// contents reads the members of a resource that are not plain text.
func (d *snapshotReader) contents(r *Resource, name string) error {
	switch name {
	case "tags":
		r.Tags = map[string]string{}
		return d.j.Object(func(key string) error {
			var text string
			err := d.str(&text)
			r.Tags[key] = text
			return err
		})
	case "data":
		v, err := d.j.Value()
		r.Data = v.True()
		return err
	case "properties":
		raw, err := d.j.Raw()
		r.Props = raw
		return err
	case "origins":
		return list(d, &r.Origins, (*snapshotReader).origin)
	case "lines":
		return list(d, &r.Lines, (*snapshotReader).place)
	case "columns":
		return list(d, &r.Columns, (*snapshotReader).place)
	case "expressions":
		return list(d, &r.Expressions, (*snapshotReader).expression)
	}
	return d.fail("a name that a resource does not have")
}

func (d *snapshotReader) place(x *int32) error {
	var n int
	err := d.number(&n)
	*x = int32(n)
	return err
}

func (d *snapshotReader) expression(x *Expression) error {
	return d.j.Object(func(name string) error {
		switch name {
		case "path":
			return d.str((*string)(&x.Path))
		case "text":
			return d.str(&x.Text)
		case "unresolved":
			return d.str((*string)(&x.Unresolved))
		}
		return d.fail("a name that an expression does not have")
	})
}
