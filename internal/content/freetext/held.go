package freetext

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Held is the error of a text that was not taken as it is. It holds no text, and says none: only where, by which rules, and the digest by which whoever wrote it confirms it.
type Held struct {
	Field  string
	Digest string // of the text, see [Digest]
	Hits   []Hit
	// Blocked texts cannot be confirmed: they have to be changed.
	Blocked bool
}

// Error says what was found, and nothing of the text.
func (h *Held) Error() string {
	return fmt.Sprintf("%s: %s", h.Field, strings.Join(Rules(h.Hits), ", "))
}

// HeldIn is the held text that an error is about, or nil.
func HeldIn(err error) *Held {
	var h *Held
	if errors.As(err, &h) {
		return h
	}
	return nil
}

// Rules are the names of the rules of the hits, each once, sorted.
func Rules(hits []Hit) []string {
	var all []string
	for _, h := range hits {
		all = append(all, h.Rule)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Digest is what confirms a text: whoever changes it afterwards has confirmed another one.
func Digest(text string) string {
	sum := sha256.Sum256([]byte(strings.TrimSpace(text)))
	return hex.EncodeToString(sum[:])
}

type confirmedKey struct{}

// Confirming gives ctx the digests of texts that their writer was warned about and wants to keep: a browser and a program say them beside the request, whatever the request is.
func Confirming(ctx context.Context, digests ...string) context.Context {
	const most = 8 // of one request
	return context.WithValue(ctx, confirmedKey{}, slices.Clone(digests[:min(len(digests), most)]))
}

// Confirmed reports whether the writer of a text was warned about this very text: confirmed, or what ctx has, is its digest.
func Confirmed(ctx context.Context, text, confirmed string) bool {
	digest := Digest(text)
	if confirmed == digest {
		return true
	}
	all, _ := ctx.Value(confirmedKey{}).([]string)
	return slices.Contains(all, digest)
}
