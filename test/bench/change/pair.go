package change

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"c4arch/test/gen/estate"
)

// Pair is what to write.
type Pair struct {
	Resources int
	Step      int // one in so many resources is changed; 0: none
	Seed      uint64
}

// Sink takes the rows of a pair in the order of its files. Old is nil of what is added, new of what is gone.
type Sink interface {
	Old(r Row, address string) error
	New(r Row, address string) error
}

// Make makes the pair and tells what was changed. Lines are those of the files that [Export] writes.
func (p Pair) Make(to Sink) ([]Label, error) {
	rows, err := p.rows()
	if err != nil {
		return nil, err
	}
	m := &making{to: to, picker: newPicker(p.Seed), oldLine: FirstLine - 1, newLine: FirstLine - 1}
	for start, size := 0, max(p.Step, 1); start < len(rows); start += size {
		end := min(start+size, len(rows))
		if err := m.block(start, rows[start:end], p.Step > 0 && end-start == size); err != nil {
			return nil, err
		}
	}
	if m.held != nil {
		return nil, fmt.Errorf("the row %s has none to follow", text(m.held, "id"))
	}
	return m.labels, nil
}

// rows are those of the generated estate, dressed.
func (p Pair) rows() ([]Row, error) {
	var b bytes.Buffer
	if err := estate.Graph(&b, estate.Exported(p.Resources, p.Seed)); err != nil {
		return nil, err
	}
	var doc struct {
		Data []Row `json:"data"`
	}
	d := json.NewDecoder(&b)
	d.UseNumber()
	if err := d.Decode(&doc); err != nil {
		return nil, err
	}
	for _, r := range doc.Data {
		dress(r)
	}
	return doc.Data, nil
}

// making is a pair on the way. One row may wait to be written behind the next.
type making struct {
	to               Sink
	picker           *picker
	labels           []Label
	oldLine, newLine int
	held             Row
	heldAddress      string
	heldLabel        int
}

func (m *making) block(start int, rows []Row, change bool) error {
	at, changed, k, res := -1, Row(nil), (*kind)(nil), not
	if change {
		at, changed, k, res = m.picker.pick(rows)
		if res.later && at == len(rows)-1 { // the next row is another block's: swap with the one before
			at, changed = at-1, clone(rows[at-1]).(Row)
		}
	}
	for i, r := range rows {
		address := Address(start + i)
		m.oldLine++
		if err := m.to.Old(r, address); err != nil {
			return err
		}
		var err error
		if k != nil && i == at {
			err = m.changed(changed, k, res, address)
		} else {
			err = m.row(r, address)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (m *making) changed(r Row, k *kind, res result, address string) error {
	l := Label{Class: k.class, Kind: k.name, Severity: k.severity, ID: strings.ToLower(text(r, "id")), Address: address, OldLine: m.oldLine}
	switch {
	case res.gone:
		m.labels = append(m.labels, l)
		return nil
	case res.later:
		m.held, m.heldAddress, m.heldLabel = r, address, len(m.labels)
		m.labels = append(m.labels, l)
		return nil
	case res.another != nil:
		if err := m.row(r, address); err != nil {
			return err
		}
		l.ID, l.Address, l.OldLine, l.NewLine = strings.ToLower(text(res.another, "id")), address+byHand, 0, m.newLine+1
		m.labels = append(m.labels, l)
		return m.row(res.another, l.Address)
	}
	l.NewLine = m.newLine + 1
	m.labels = append(m.labels, l)
	return m.row(r, address)
}

// row writes a row of the new side, and what waited for it.
func (m *making) row(r Row, address string) error {
	m.newLine++
	if err := m.to.New(r, address); err != nil || m.held == nil {
		return err
	}
	m.newLine++
	m.labels[m.heldLabel].NewLine = m.newLine
	held := m.held
	m.held = nil
	return m.to.New(held, m.heldAddress)
}

// byHand ends the address that a resource which nobody declared would have.
const byHand = "_by_hand"

// Address is the address of a row in Terraform.
func Address(i int) string { return fmt.Sprintf("terraform_data.r%d", i) }

// Export writes rows as the answer of az graph query, one a line.
type Export struct{ list }

// FirstLine is the line of the first row.
const FirstLine = 2

// NewExport begins an export.
func NewExport(w io.Writer) (*Export, error) {
	_, err := io.WriteString(w, "{\"data\": [\n")
	return &Export{list{w: w}}, err
}

// Row writes one.
func (e *Export) Row(r Row, _ string) error { return e.add(encoded(r)) }

// Close ends it.
func (e *Export) Close() error {
	_, err := io.WriteString(e.w, "\n]}\n")
	return err
}
