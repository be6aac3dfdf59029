package evidence

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
)

// The format of snapshot.json. The version changes when a reader would break.
const (
	SnapshotFormat  = "c4arch-snapshot"
	SnapshotVersion = "1"
)

// Meta is what a snapshot says about itself. None of it is in the root.
type Meta struct {
	Name string
	// CollectedAt is when it was collected, RFC 3339 in UTC.
	CollectedAt string
	Scope       []string
	Inputs      []InputSummary
	KeyID       string
	// Method is how it was collected, such as "c4arch scan".
	Method string
}

// InputSummary says what became of one input.
type InputSummary struct {
	Name      string `json:"name"`
	Format    string `json:"format"` // the reader that took it, or "" when none did
	Resources int    `json:"resources"`
	// Expressions counts, of code, the properties that are written as expressions, and Unresolved how many of
	// them could not be told, by reason. Both are empty of what is not code.
	Expressions int             `json:"expressions,omitempty"`
	Unresolved  map[Unknown]int `json:"unresolved,omitempty"`
}

// Snapshot is everything that was read at one time, and what could not be. It is
// immutable; resources and what was not read are sorted.
type Snapshot struct {
	Format      string
	Version     string
	Name        string
	CollectedAt string
	Scope       []string
	Inputs      []InputSummary
	KeyID       string
	// Root is the RFC 6962 Merkle tree hash over identities and commitments.
	Root      canon.Digest
	Method    string
	Resources []Resource
	NotRead   []NotRead
}

// NewSnapshot sorts rs and nr, joins what was seen in several places with the same content into
// one resource with several origins, and computes the root. The same thing with
// different content stays twice, and is reported. rs and nr are taken over.
func NewSnapshot(meta Meta, rs []Resource, nr []NotRead) (*Snapshot, error) {
	at, err := time.Parse(time.RFC3339, meta.CollectedAt)
	if err != nil {
		return nil, fault.New(fault.Invalid, "the time of collection is not an RFC 3339 time").
			WithHelp("write it like 2026-01-31T09:30:00Z")
	}
	s := &Snapshot{
		Format: SnapshotFormat, Version: SnapshotVersion, Name: meta.Name, KeyID: meta.KeyID, Method: meta.Method,
		CollectedAt: at.UTC().Format(time.RFC3339),
		Scope:       sorted(meta.Scope),
		Inputs:      slices.Clone(meta.Inputs),
	}
	slices.SortFunc(s.Inputs, func(a, b InputSummary) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Format, b.Format), cmp.Compare(a.Resources, b.Resources))
	})
	slices.SortFunc(rs, compareSeen)
	s.Resources = joinEqual(rs)
	s.NotRead = joinNotRead(append(nr, contradictions(s.Resources)...))
	s.Root = rootOf(s.Resources)
	return s, nil
}

func sorted(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}

// compareResources is the order of resources in a snapshot, which is that of the leaves of its root.
func compareResources(a, b *Resource) int {
	return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Form, b.Form), cmp.Compare(a.Side, b.Side), cmp.Compare(a.Commitment, b.Commitment))
}

// compareSeen puts equal resources in the order of their places.
func compareSeen(a, b Resource) int {
	return cmp.Or(compareResources(&a, &b), slices.CompareFunc(a.Origins, b.Origins, compareOrigins), slices.Compare(a.Lines, b.Lines))
}

func compareOrigins(a, b Origin) int {
	return cmp.Or(cmp.Compare(a.Input, b.Input), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Address, b.Address), cmp.Compare(a.Root, b.Root))
}

// joinEqual joins neighbours that are the same thing with the same content. The first in order
// keeps its lines, which belong to its first origin.
func joinEqual(rs []Resource) []Resource {
	out := rs[:0]
	for _, r := range rs {
		if n := len(out); n > 0 && compareResources(&out[n-1], &r) == 0 {
			last := &out[n-1]
			last.Origins = union(last.Origins, r.Origins, compareOrigins)
			last.Aliases = union(last.Aliases, r.Aliases, strings.Compare)
			last.Redacted = union(last.Redacted, r.Redacted, func(a, b tree.Path) int { return cmp.Compare(a, b) })
			continue
		}
		out = append(out, r)
	}
	return out
}

func union[T comparable](a, b []T, compare func(a, b T) int) []T {
	if slices.Equal(a, b) {
		return a
	}
	all := slices.Concat(a, b)
	slices.SortFunc(all, compare)
	return slices.Compact(all)
}

// contradictions reports what was read twice with different content. A data source and the
// resource that it reads are two views of one thing, and so are two types that share
// an id, as Terraform's associations do; neither is a contradiction.
func contradictions(rs []Resource) []NotRead {
	var nr []NotRead
	for i := range rs {
		r := &rs[i]
		for j := i - 1; j >= 0 && rs[j].ID == r.ID && rs[j].Form == r.Form && rs[j].Side == r.Side; j-- {
			if rs[j].Type != r.Type || rs[j].Data != r.Data || rs[j].Erased != "" || r.Erased != "" {
				continue
			}
			a, b := firstOrigin(&rs[j]), firstOrigin(r)
			if compareOrigins(a, b) > 0 {
				a, b = b, a
			}
			nr = append(nr, NotRead{
				Kind: ResourceNotRead, Input: b.Input, Line: b.Line, Thing: r.ID,
				Reason: "the same thing was read twice with different content",
				Help:   fmt.Sprintf("the other one is in %s line %d; both are kept: leave out the one that is out of date", a.Input, a.Line),
			})
			break
		}
	}
	return nr
}

func firstOrigin(r *Resource) Origin {
	if len(r.Origins) == 0 {
		return Origin{}
	}
	return r.Origins[0]
}

// joinNotRead sorts, and counts what says the same of the same place once.
func joinNotRead(nr []NotRead) []NotRead {
	slices.SortFunc(nr, func(a, b NotRead) int {
		return cmp.Or(cmp.Compare(a.Input, b.Input), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Kind, b.Kind),
			cmp.Compare(a.Thing, b.Thing), cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.Help, b.Help), cmp.Compare(a.Count, b.Count))
	})
	out := nr[:0]
	for _, n := range nr {
		if k := len(out); k > 0 {
			same := n
			same.Count = out[k-1].Count
			if same == out[k-1] {
				out[k-1].Count = max(out[k-1].Count, 1) + max(n.Count, 1)
				continue
			}
		}
		out = append(out, n)
	}
	return out
}

// Redact returns the snapshot with the content of every resource of that identity
// withdrawn; the root is the same, and still verifies.
func (s *Snapshot) Redact(id, reason string) (*Snapshot, error) {
	out := *s
	out.Resources = slices.Clone(s.Resources)
	n := 0
	for i := range out.Resources {
		if out.Resources[i].ID == id {
			out.Resources[i] = out.Resources[i].Redact(reason)
			n++
		}
	}
	if n == 0 {
		return nil, fault.New(fault.NotFound, "the snapshot has no such resource")
	}
	return &out, nil
}
