// Package acceptance is who accepted which version of which document for an organisation, as values, and what of it is still open. It is pure.
//
// It promises: what is open is computed from all versions that were published and all acceptances, so that an erratum that asks for nothing does not let anybody go on who never
// accepted; an acceptance is never taken back, a newer version takes its place. It leaves out receipts, which package ledger makes and verifies.
package acceptance

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"
	"time"

	"c4arch/internal/base/fault"
)

// Method is how something was accepted.
type Method string

// The methods.
const (
	Click     Method = "click"             // on the page, after a proof of being there
	Signature Method = "signature"         // a signed document that refers to the version
	OrderForm Method = "order-form-upload" // an order form that refers to the version
)

// Known reports whether there is such a method.
func (m Method) Known() bool { return m == Click || m == Signature || m == OrderForm }

// Record is one acceptance. It is never changed.
type Record struct {
	ID      string `json:"id"` // ac_…
	Slug    string `json:"slug"`
	Edition string `json:"version"` // of the document
	Digest  string `json:"digest"`
	// List is the version of the list of subprocessors that was in force and accepted with it, with its digest; "" where none was published.
	List       string    `json:"list,omitempty"`
	ListDigest string    `json:"listDigest,omitempty"`
	Person     string    `json:"person"`
	Authority  string    `json:"authority"` // as the person declared it: "director"
	Method     Method    `json:"method"`
	Origin     string    `json:"origin"` // the class of the address
	At         time.Time `json:"at"`
}

// Document is as much of a published version as says what is open.
type Document struct {
	Slug, Edition, Digest string
	Effective             time.Time
	Accept                bool // members need that it was accepted
}

// maxAuthority bounds what somebody declares to be.
const maxAuthority = 100

// Authority is a declared authority as it is kept: one line of 2 to 100 bytes.
func Authority(s string) (string, error) {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) < 2 || len(s) > maxAuthority || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\uFFFD' }) {
		return "", fault.New(fault.Invalid, "say in 2 to %d letters what you are to the organisation", maxAuthority).WithHelp("for example: director, or authorised representative")
	}
	return s, nil
}

// Open are the documents that have to be accepted at a time, each in the version that is in force then: those of which the version in force, or one before it, asks for that, and of which
// no version since the last that asked was accepted.
func Open(published []Document, accepted []Record, at time.Time) (open []Document) {
	for _, d := range InForce(published, at) {
		last, asked := time.Time{}, false
		for _, o := range published {
			if o.Slug == d.Slug && o.Accept && !o.Effective.After(d.Effective) && (!asked || o.Effective.After(last)) {
				last, asked = o.Effective, true
			}
		}
		if asked && !slices.ContainsFunc(published, func(o Document) bool {
			return o.Slug == d.Slug && !o.Effective.Before(last) && !o.Effective.After(at) && Has(accepted, o)
		}) {
			open = append(open, d)
		}
	}
	return open
}

// Has reports whether that very version was accepted.
func Has(accepted []Record, d Document) bool {
	return slices.ContainsFunc(accepted, func(r Record) bool { return r.Slug == d.Slug && r.Edition == d.Edition && r.Digest == d.Digest })
}

// InForce are the newest versions that are effective at a time, one of each document, by slug.
func InForce(published []Document, at time.Time) []Document {
	newest := map[string]Document{}
	for _, d := range published {
		o, there := newest[d.Slug]
		if !d.Effective.After(at) && (!there || later(d, o)) {
			newest[d.Slug] = d
		}
	}
	all := make([]Document, 0, len(newest))
	for _, d := range newest {
		all = append(all, d)
	}
	slices.SortFunc(all, func(a, b Document) int { return strings.Compare(a.Slug, b.Slug) })
	return all
}

func later(a, b Document) bool {
	return cmp.Or(a.Effective.Compare(b.Effective), strings.Compare(a.Edition, b.Edition)) > 0
}

// Last is the newest acceptance of any version of a document.
func Last(accepted []Record, slug string) (Record, bool) {
	var last Record
	for _, r := range accepted {
		if r.Slug == slug && (last.ID == "" || r.At.After(last.At)) {
			last = r
		}
	}
	return last, last.ID != ""
}

// Class is what sort of address something came from. The address itself is kept nowhere.
func Class(a netip.Addr) string {
	a = a.Unmap()
	switch {
	case !a.IsValid():
		return "unknown"
	case a.IsLoopback():
		return "this machine"
	case a.IsPrivate(), a.IsLinkLocalUnicast():
		return "private network"
	case a.Is4():
		return "public, IPv4"
	}
	return "public, IPv6"
}
