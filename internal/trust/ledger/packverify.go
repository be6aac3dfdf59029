package ledger

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
)

// PackReading is what the verification of a pack found.
type PackReading struct {
	Verdict             Verdict
	Kind                string // evidence-pack or trust-pack
	ID, What            string
	Organisation        string
	Project             string
	Example             bool
	Digest              canon.Digest // of the manifest
	Files               int
	Bytes               int64
	Entry               int64 // that carries the digest of the manifest; -1 where none does
	Cited               int   // entries that the pack cites, each with its proof
	Signed              bool  // the statement verifies with a key that was given
	Places              []string
	More                int
	ProvenText, NotYet  []string
	Ledger              Report
	ledgerRead, insider bool
}

// IsPack reports whether a file looks like a pack and not like a bundle: it has a manifest. Whether it is a good one is for [VerifyPack].
func IsPack(r io.ReaderAt, size int64) bool {
	z, err := zip.NewReader(r, size)
	if err != nil || size > MaxPack+maxDirectory {
		return false
	}
	return slices.ContainsFunc(z.File, func(f *zip.File) bool { return f.Name == PackManifest || f.Name == PackStatement })
}

// VerifyPack reads a pack as hostile input and says what it proves: that nothing is in it but what its manifest lists, and nothing of that is missing or other; that the key of the
// log signed it; and that the log has an entry about this very manifest. An error means that it could not be read as a pack at all.
func VerifyPack(r io.ReaderAt, size int64, trust Trust) (PackReading, error) {
	p := &packReader{trust: trust, files: map[string][]byte{}}
	p.out.Entry = -1
	if err := p.open(r, size); err != nil {
		return PackReading{}, err
	}
	m, form, err := parseManifest(p.files[PackManifest])
	if err != nil {
		return PackReading{}, err
	}
	if _, there := p.files[form.report]; !there {
		return PackReading{}, fault.New(fault.Invalid, "the pack has no %s", form.report)
	}
	p.form, p.out.Kind = form, form.name
	p.out.ID, p.out.What, p.out.Organisation, p.out.Project, p.out.Example = m.ID, m.What, m.Organisation.Name, m.Project.Name, m.Example
	p.out.Digest = canon.Sum(p.files[PackManifest])
	p.listed(m)
	p.ledger(m)
	p.statement()
	p.conclude()
	return p.out, nil
}

type packReader struct {
	trust Trust
	form  packForm
	files map[string][]byte
	order []PackFile
	out   PackReading
}

const maxPackPlaces = 50

func (p *packReader) broken(format string, args ...any) {
	if len(p.out.Places) == maxPackPlaces {
		p.out.More++
		return
	}
	p.out.Places = append(p.out.Places, fmt.Sprintf(format, args...))
}

// open reads the container, and holds it against what the writer writes of these members: whatever is hidden between them, or said otherwise of them, is found.
func (p *packReader) open(r io.ReaderAt, size int64) error {
	if size > MaxPack+maxDirectory {
		return fault.New(fault.Limited, "the file has %d bytes, and a pack at most %d", size, MaxPack+maxDirectory)
	}
	if err := checkEnd(r, size); err != nil {
		return err
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return fault.New(fault.Invalid, "this is no pack of evidence")
	}
	if len(z.File) > MaxPackFiles {
		return fault.New(fault.Limited, "the pack has more than %d files", MaxPackFiles)
	}
	var sum uint64
	for _, f := range z.File {
		if f.Method != zip.Store || f.Flags&1 != 0 || !packName(f.Name) {
			return fault.New(fault.Invalid, "the pack has a file that does not belong there, or is compressed: %.80q", f.Name)
		}
		if _, twice := p.files[f.Name]; twice {
			return fault.New(fault.Invalid, "the pack has the file %s twice", f.Name)
		}
		if sum += f.UncompressedSize64; sum > uint64(size) || f.UncompressedSize64 != f.CompressedSize64 { // members cannot share bytes
			return fault.New(fault.Invalid, "this is no pack of evidence")
		}
		data, err := whole(f)
		if err != nil {
			p.broken("%s is damaged: its checksum in the container is another", f.Name)
		}
		p.files[f.Name] = data
		p.order = append(p.order, PackFile{Name: f.Name, Data: data})
	}
	for _, name := range []string{PackManifest, PackLedger, PackStatement} {
		if _, there := p.files[name]; !there {
			return fault.New(fault.Invalid, "the pack has no %s", name)
		}
	}
	if len(p.files[PackManifest]) > maxManifest {
		return fault.New(fault.Limited, "the manifest is larger than %d bytes", maxManifest)
	}
	same := &sameAs{r: bufio.NewReaderSize(io.NewSectionReader(r, 0, size), 1<<16)}
	if err := WritePack(same, p.order); err != nil || same.n != size {
		p.broken("the container is not the one that these files make: something was changed, hidden or added between them")
	}
	return nil
}

func whole(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close() //nolint:errcheck // it was read only
	var b bytes.Buffer
	_, err = io.Copy(&b, io.LimitReader(r, int64(f.UncompressedSize64)+1))
	return b.Bytes(), err
}

// sameAs is a writer that compares.
type sameAs struct {
	r *bufio.Reader
	n int64
}

var errOther = errors.New("another byte")

func (s *sameAs) Write(b []byte) (int, error) {
	for i, x := range b {
		if y, err := s.r.ReadByte(); err != nil || x != y {
			return i, errOther
		}
	}
	s.n += int64(len(b))
	return len(b), nil
}

// listed holds the files against the manifest.
func (p *packReader) listed(m manifest) {
	seen := map[string]bool{PackManifest: true, PackLedger: true, p.form.report: true, PackStatement: true}
	for _, f := range m.Files {
		data, there := p.files[f.Name]
		switch {
		case seen[f.Name]:
			p.broken("the manifest lists %.200q twice, or lists what it cannot", f.Name)
			continue
		case !there:
			p.broken("%.200q is missing: the manifest lists it", f.Name)
		case int64(len(data)) != f.Size || canon.Sum(data) != f.Digest:
			p.broken("%s is not the file that the manifest lists: it was changed", f.Name)
		}
		seen[f.Name] = true
		p.out.Bytes += int64(len(data))
	}
	p.out.Files = len(m.Files)
	for _, f := range p.order {
		if !seen[f.Name] {
			p.broken("%s is too many: the manifest does not list it", f.Name)
		}
	}
}

// ledger verifies the bundle in the pack, looks for the entry about this manifest, and whether every entry that is cited is there with its proof.
func (p *packReader) ledger(m manifest) {
	data := p.files[PackLedger]
	r, err := Verify(bytes.NewReader(data), int64(len(data)), p.trust)
	if err != nil {
		p.broken("%s: %v", PackLedger, err)
		return
	}
	p.out.Ledger, p.out.ledgerRead = r, true
	for _, place := range placesText(r) {
		p.broken("%s: %s", PackLedger, place)
	}
	there, err := p.entries(data, m.ID)
	if err != nil {
		p.broken("%s: %v", PackLedger, err)
		return
	}
	for _, index := range m.Cited {
		if !there[index] {
			p.broken("entry %d is cited, and %s does not prove it", index, PackLedger)
			continue
		}
		p.out.Cited++
	}
	if p.out.Entry < 0 {
		p.broken("no entry of the ledger says that a pack with this manifest was made")
	}
}

// entries are those of which the bundle has a line and a proof.
func (p *packReader) entries(bundle []byte, id string) (map[int64]bool, error) {
	a, err := openBundle(bytes.NewReader(bundle), int64(len(bundle)))
	if err != nil {
		return nil, err
	}
	text, err := a.read(nameEntries, MaxPack)
	if err != nil {
		return nil, err
	}
	there := map[int64]bool{}
	for line := range bytes.Lines(text) {
		l, leaf, err := ParseLine(line)
		if err != nil {
			return nil, err
		}
		there[leaf.Index] = a.files[fmt.Sprintf("%s%d%s", dirProofs, leaf.Index, suffixProof)] != nil
		if leaf.Kind == p.form.kind && opened(l, "pack") == id && opened(l, "digest") == string(p.out.Digest) {
			p.out.Entry = leaf.Index
		}
	}
	return there, nil
}

// opened is a text of a line, "" where it is not shown. That it is what the leaf commits to was verified with the bundle.
func opened(l Line, field string) string {
	var s string
	if json.Unmarshal(l.Openings[field].Value, &s) != nil {
		return ""
	}
	return s
}

// statement verifies what is signed over the manifest, the bundle and the report.
func (p *packReader) statement() {
	data := p.files[PackStatement]
	bad := func() { p.broken("%s is no statement about these files", PackStatement) }
	if len(data) > MaxCheckpoint {
		bad()
		return
	}
	_, err := note.Open(data, note.VerifierList())
	var unverified *note.UnverifiedNoteError
	if !errors.As(err, &unverified) || len(unverified.Note.UnverifiedSigs) != 1 {
		bad()
		return
	}
	n, s := unverified.Note, unverified.Note.UnverifiedSigs[0]
	origin, _, _ := strings.Cut(n.Text, "\n")
	sig, err := base64.StdEncoding.Strict().DecodeString(s.Base64)
	if err != nil || len(sig) < 5 || n.Text != p.form.text(origin, p.files[PackManifest], p.files[PackLedger], p.files[p.form.report]) || origin != p.out.Ledger.Origin || s.Name != origin {
		bad()
		return
	}
	by := Signature{Name: s.Name, ID: s.Hash, Sig: sig[4:]}
	if n.Text+"\n"+by.line() != string(data) {
		bad()
		return
	}
	p.signedBy(n.Text, by)
}

func (p *packReader) signedBy(text string, by Signature) {
	for _, k := range p.trust.LogKeys {
		if by.by(k) && k.algorithm == Ed25519 && k.Verify([]byte(text), by.Sig) {
			p.out.Signed = true
			return
		}
	}
	if len(p.trust.LogKeys) > 0 {
		p.broken("%s is signed by none of the given keys", PackStatement)
		return
	}
	for _, k := range p.inside() {
		if by.by(k) && k.Verify([]byte(text), by.Sig) {
			p.out.insider = true
			return
		}
	}
	p.broken("the signature of %s does not verify with the key that the pack itself names", PackStatement)
}

// inside are the keys that the bundle names, which prove nothing.
func (p *packReader) inside() []Key {
	data := p.files[PackLedger]
	a, err := openBundle(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil
	}
	text, err := a.read(nameKeys, maxSmall)
	if err != nil {
		return nil
	}
	keys, err := ParseKeys(text)
	if err != nil {
		return nil
	}
	return keys
}

func (p *packReader) conclude() {
	o := &p.out
	switch {
	case len(o.Places) > 0:
		o.Verdict = Broken
		return
	case o.Ledger.Verdict == Proven:
		o.Verdict = Proven
	default:
		o.Verdict = SelfConsistent
	}
	yes := func(format string, args ...any) { o.ProvenText = append(o.ProvenText, fmt.Sprintf(format, args...)) }
	yes("%s with the digests that the manifest lists; nothing is missing and nothing is too many", plural(o.Files, "file is there", "files are there"))
	yes("entry %d of the ledger carries the digest of the manifest", o.Entry)
	yes("%s with a proof each", plural(o.Cited, "entry is cited", "entries are cited"))
	switch {
	case o.Signed:
		yes("the key of the log signed the manifest, the proofs and the report")
	case o.Verdict == Proven:
		o.NotYet = append(o.NotYet, "who signed "+p.form.report+": give the key of the log with --key")
	default:
		o.NotYet = append(o.NotYet, "who signed it: the key that the pack itself names proves nothing")
	}
	o.ProvenText = append(o.ProvenText, o.Ledger.ProvenText...)
	o.NotYet = append(o.NotYet, o.Ledger.NotProven...)
	o.NotYet = append(o.NotYet, "that what was collected is what was there: a pack shows what was read, and when")
}

// Text is the report for a person.
func (o PackReading) Text() string {
	var b strings.Builder
	switch o.Verdict {
	case Proven:
		b.WriteString("PROVEN\n")
	case SelfConsistent:
		b.WriteString("SELF-CONSISTENT ONLY: give a key with --key or --witness that you did not take from the pack\n")
	default:
		b.WriteString("BROKEN\n")
	}
	if o.Example {
		b.WriteString("\nEXAMPLE: nothing in this pack is real\n")
	}
	fmt.Fprintf(&b, "\npack          %q, %q\norganisation  %q\nproject       %q\nfiles         %d, %d bytes\nmanifest      %s\n", o.ID, o.What, o.Organisation, o.Project, o.Files, o.Bytes, o.Digest)
	if o.ledgerRead {
		fmt.Fprintf(&b, "ledger        %q, %s\n", o.Ledger.Origin, counted(o.Ledger.Size, "entry", "entries"))
	}
	places := o.Places
	if o.More > 0 {
		places = append(slices.Clone(places), fmt.Sprintf("and in %d further places", o.More))
	}
	section(&b, "Does not hold", places)
	section(&b, "Proven", o.ProvenText)
	section(&b, "Not proven", o.NotYet)
	return b.String()
}

// JSON is the report for a program, ending with a line break.
func (o PackReading) JSON() []byte {
	out := map[string]any{
		"kind": o.Kind, "verdict": o.Verdict, "exitCode": o.Verdict.ExitCode(), "id": o.ID, "what": o.What, "organisation": o.Organisation, "project": o.Project,
		"example": o.Example, "manifest": o.Digest, "files": o.Files, "bytes": o.Bytes, "entry": o.Entry, "cited": o.Cited, "signed": o.Signed, "broken": nonNil(o.Places), "more": o.More,
		"proven": nonNil(o.ProvenText), "notProven": nonNil(o.NotYet),
	}
	if o.ledgerRead {
		out["ledger"] = json.RawMessage(o.Ledger.JSON())
	}
	b, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return nil // texts and numbers alone
	}
	return append(b, '\n')
}

// ExitCode is that of the commands.
func (o PackReading) ExitCode() int { return o.Verdict.ExitCode() }
