package ledger

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/note"

	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
)

// ReceiptFormat is what a receipt of an acceptance says first, and KindAccepted the kind of the entry that it proves. docs/formats/acceptance-receipt.md is the format.
const (
	ReceiptFormat = "c4arch-acceptance-receipt/1"
	KindAccepted  = "acceptance.given"
)

// Limits of a receipt.
const (
	MaxReceipt   = 4 << 20
	maxCanonical = 2 << 20
)

// Receipt is what somebody keeps of an acceptance: the document as it was accepted, the entry of the ledger, its proof and the signed checkpoint.
type Receipt struct {
	Format       string   `json:"format"`
	Organisation named    `json:"organisation"`
	Title        string   `json:"title"`     // of the document
	Canonical    string   `json:"canonical"` // the canonical bytes of the document, which are UTF-8
	Entry        string   `json:"entry"`     // as a line of a bundle, without its line break
	Proof        string   `json:"proof"`     // c2sp.org/tlog-proof, with the checkpoint
	Keys         []string `json:"keys"`      // of the log: a hint, which proves nothing
	Seal         string   `json:"seal"`      // a signed note over all that stands before it
}

// WriteReceipt makes a receipt of an entry with its proof, and seals it with the key of the log.
func WriteReceipt(org, name, title string, canonical []byte, e Entry, p Proof, s *Signer) ([]byte, error) {
	if len(canonical) > maxCanonical || !utf8.Valid(canonical) {
		return nil, fault.New(fault.Internal, "the document is larger than %d bytes, or no text", maxCanonical)
	}
	line, err := lineOf(e, nil)
	if err != nil {
		return nil, err
	}
	p.Leaf = nil // it stands in the entry
	r := Receipt{
		Format: ReceiptFormat, Organisation: named{org, strings.ToValidUTF8(name, "\uFFFD")}, Title: strings.ToValidUTF8(title, "\uFFFD"), Canonical: string(canonical),
		Entry: strings.TrimSuffix(string(line.Encode()), "\n"), Proof: string(p.Encode()), Keys: []string{s.Key().String()},
	}
	text, err := r.text(s.Name())
	if err != nil {
		return nil, err
	}
	sealed, err := signed(note.Sign(&note.Note{Text: text}, s))
	if err != nil {
		return nil, err
	}
	r.Seal = string(sealed)
	return r.encode()
}

// text is what is signed. It begins with the origin of the log, as a checkpoint does, and its second line is no number, so that neither is ever taken for the other.
func (r Receipt) text(origin string) (string, error) {
	r.Seal = ""
	b, err := r.encode()
	return origin + "\n" + ReceiptFormat + "\nreceipt " + string(canon.Sum(b)) + "\n", err
}

// encode writes the one form that a receipt has.
func (r Receipt) encode() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(r); err != nil {
		return nil, fault.Wrap(fault.Internal, err, "write the receipt")
	}
	return b.Bytes(), nil
}

// IsReceipt reports whether a file looks like a receipt of an acceptance. Whether it is a good one is for [VerifyReceipt].
func IsReceipt(data []byte) bool {
	head := data[:min(len(data), 200)]
	return bytes.HasPrefix(head, []byte("{")) && bytes.Contains(head, []byte(`"c4arch-acceptance-receipt/`))
}

// parseReceipt accepts exactly what [WriteReceipt] writes.
func parseReceipt(data []byte) (r Receipt, err error) {
	if len(data) > MaxReceipt {
		return r, fault.New(fault.Limited, "a receipt has at most %d bytes", MaxReceipt)
	}
	bad := fault.New(fault.Invalid, "this is no receipt of an acceptance in the form of %s", ReceiptFormat)
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if d.Decode(&r) != nil || r.Format != ReceiptFormat {
		return r, bad
	}
	again, err := r.encode()
	if err != nil || !bytes.Equal(again, data) {
		return r, bad
	}
	return r, nil
}

// Accepted is what a receipt says was accepted, by whom and how, as its entry has it.
type Accepted struct {
	Acceptance string `json:"acceptance"`
	Document   string `json:"document"`
	Version    string `json:"version"`
	Digest     string `json:"digest"`
	List       string `json:"list"`
	ListDigest string `json:"listDigest"`
	Person     string `json:"person"`
	Name       string `json:"name"`
	Authority  string `json:"authority"`
	Method     string `json:"method"`
	Origin     string `json:"origin"`
}

func acceptedOf(l Line) Accepted {
	return Accepted{
		opened(l, "acceptance"), opened(l, "slug"), opened(l, "edition"), opened(l, "digest"), opened(l, "list"), opened(l, "listDigest"),
		opened(l, "person"), opened(l, "name"), opened(l, "authority"), opened(l, "method"), opened(l, "origin"),
	}
}

// sealedBy takes the seal apart: its one signature, if the note says exactly that text.
func (r Receipt) sealedBy(origin string) (text string, by Signature, ok bool) {
	text, err := r.text(origin)
	if err != nil || len(r.Seal) > MaxCheckpoint {
		return "", by, false
	}
	c, sigs, ok := noteParts(r.Seal)
	if !ok || len(sigs) != 1 || c != text || sigs[0].Name != origin || text+"\n"+sigs[0].line() != r.Seal {
		return "", by, false
	}
	return text, sigs[0], true
}

// insideKeys are those that the receipt names, which prove nothing.
func (r Receipt) insideKeys() []Key {
	var keys []Key
	for _, text := range r.Keys[:min(len(r.Keys), 10)] {
		if k, err := ParseKey(text); err == nil {
			keys = append(keys, k)
		}
	}
	return keys
}

func hasKey(keys []Key, s Signature, text string) bool {
	return slices.ContainsFunc(keys, func(k Key) bool { return s.by(k) && k.algorithm == Ed25519 && k.Verify([]byte(text), s.Sig) })
}
