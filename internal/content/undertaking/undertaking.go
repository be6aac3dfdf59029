// Package undertaking has the text that the platform's own people sign before they are given a role: an undertaking of confidentiality. A version that was ever in force stays
// here, so that what somebody signed can be read later; a change of the text is a new version, and then everybody signs again. It leaves out who has signed.
package undertaking

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
)

// Document is one version of the text.
type Document struct {
	Version string `json:"version"`
	Digest  string `json:"digest"` // SHA-256 of the text, hexadecimal
	Text    string `json:"text"`
}

//go:embed 1.txt
var first string

// All are the versions, the oldest first.
func All() []Document { return []Document{document("1", first)} }

// Current is the version that is to be signed now.
func Current() Document {
	all := All()
	return all[len(all)-1]
}

func document(version, text string) Document {
	sum := sha256.Sum256([]byte(text))
	return Document{Version: version, Digest: hex.EncodeToString(sum[:]), Text: text}
}
