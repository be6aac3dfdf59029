// Package trustterms has the terms that somebody accepts before confidential documents of the trust centre are handed out. A version that was ever in force stays here, so that what
// somebody accepted can be read later; a change of the text is a new version. It leaves out who has accepted.
package trustterms

import (
	"crypto/sha256"
	_ "embed" // the text is part of the program
	"encoding/hex"
)

// Document is one version of the text.
type Document struct {
	Version string `json:"version"`
	Digest  string `json:"digest"` // sha256: and hexadecimal digits
	Text    string `json:"text"`
}

//go:embed 1.txt
var first string

// All are the versions, the oldest first.
func All() []Document { return []Document{document("1", first)} }

// Current is the version that is accepted now.
func Current() Document {
	all := All()
	return all[len(all)-1]
}

func document(version, text string) Document {
	sum := sha256.Sum256([]byte(text))
	return Document{Version: version, Digest: "sha256:" + hex.EncodeToString(sum[:]), Text: text}
}
