// Package freetext finds in what people write what should not be there: secrets, data of special categories (GDPR Article 9, and Article 10) and numbers that identify people or
// their means of payment.
//
// It promises: secrets are found by the same rules by which configuration is cleaned (package secret); a number counts where its check digits are right and it is written, or spoken
// of, as such a number; words about health, belief and the like count where the sentence speaks of a person, and never inside the name of a resource. Every hit says by which rule
// it was found, where, how sure that is and why. The time grows in step with the length, which has a limit.
//
// It leaves out what only a reader can judge: a password that is a common word under no name, and what somebody hints at. docs/portal/free-text.md has the figures.
package freetext

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"c4arch/internal/arch/evidence/secret"
	"c4arch/internal/base/fault"
)

// MaxText is the longest text, in bytes.
const MaxText = 64 << 10

// Class is what sort of thing should not be there. An organisation decides about each.
type Class string

// The classes.
const (
	Secret     Class = "secret"     // keys, tokens, passwords
	Special    Class = "special"    // GDPR Article 9 and 10
	Identifier Class = "identifier" // national numbers, payment cards, accounts
)

// Classes are all.
func Classes() []Class { return []Class{Secret, Special, Identifier} }

// Confidence is how sure a hit is.
type Confidence string

// The confidences.
const (
	Sure   Confidence = "sure"   // it has a published form or right check digits, or says so itself
	Likely Confidence = "likely" // its surroundings say so
)

// Hit is one finding. It holds no text: where it is, is a range of bytes.
type Hit struct {
	Rule       string     `json:"rule"`
	Class      Class      `json:"class"`
	From       int        `json:"from"`
	To         int        `json:"to"`
	Confidence Confidence `json:"confidence"`
	Why        string     `json:"why"`
}

// mostHits bounds what is told of one text. Whoever removes them looks again, until there is none.
const mostHits = 200

// Find finds what should not be there, in the order of the text. Where two rules agree on a place the surer one is told.
func Find(text string) ([]Hit, error) {
	if len(text) > MaxText {
		return nil, fault.New(fault.Limited, "the text has more than %d kB", MaxText>>10).WithHelp("shorten it")
	}
	if !utf8.ValidString(text) {
		return nil, fault.New(fault.Invalid, "the text is not UTF-8")
	}
	hits := secrets(text)
	words := split(text)
	hits = append(hits, numbers(text, words)...)
	hits = append(hits, special(words)...)
	hits = apart(hits)
	return hits[:min(len(hits), mostHits)], nil
}

var reasons = map[secret.Sort]struct {
	why  string
	sure Confidence
}{
	secret.PrivateKey: {"it begins as a private key does", Sure},
	secret.Token:      {"it has the published form of a credential", Sure},
	secret.Login:      {"a user and a password stand in an address", Sure},
	secret.Assigned:   {"it stands under a name that speaks of a secret", Likely},
	secret.Argument:   {"it stands behind an option that takes a secret", Likely},
	secret.Hashed:     {"it is the hash of a password, which can be tried out", Sure},
	secret.Random:     {"it is as random as keys are", Likely},
}

func secrets(text string) (hits []Hit) {
	for _, s := range secret.Spots(text) {
		value := text[s.From:s.To]
		if s.Sort != secret.PrivateKey && stands(value) || s.Sort == secret.Assigned && prose(value) {
			continue
		}
		r := reasons[s.Sort]
		hits = append(hits, Hit{Rule: "secret." + string(s.Sort), Class: Secret, From: s.From, To: s.To, Confidence: r.sure, Why: r.why})
	}
	return hits
}

// stands reports whether a value stands in the place of one: a variable, dots, a word in capitals such as PASSWORD.
func stands(value string) bool {
	value = strings.Trim(value, "`*,;\"' ")
	return value == "" || value[0] == '$' && len(value) < 24 && strings.Count(value, "$") == 1 || strings.Contains(value, "…") || strings.HasPrefix(value, "...") ||
		value[0] == '<' && strings.HasSuffix(value, ">") || len(value) < 20 && strings.Trim(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == ""
}

// prose reports whether what stands behind "password:" speaks of a password and is none: a word of that list, or several plain words.
func prose(value string) bool {
	words, n := strings.Fields(value), 0
	for i, w := range words {
		w = strings.ToLower(strings.Trim(w, ".,;:!?()\""))
		if i == 0 && strings.ContainsAny(w, "0123456789!#$%&*+=@^~") {
			return false
		}
		if spokenOf[w] {
			return true
		}
		if strings.IndexFunc(w, func(r rune) bool { return r < 'a' || r > 'z' }) < 0 {
			n++
		}
	}
	return len(words) >= 3 && n*4 >= len(words)*3
}

// spokenOf are words that people write behind "password:" when they speak of one.
var spokenOf = set(`ask changed changes see vault keyvault reset rotated rotation rotate expired expires required requirement requirements policy policies none unknown stored optional missing removed
	kept redacted hidden managed generated unchanged disabled enabled weak strong default empty leaked authentication auth based never should must was is has will by from per in not no n/a tbd same your his her their our`)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

// apart takes out hits that lie in others.
func apart(hits []Hit) (all []Hit) {
	slices.SortStableFunc(hits, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(b.To, a.To), cmp.Compare(order(a), order(b)))
	})
	end := -1
	for _, h := range hits {
		if h.From < end {
			continue
		}
		all, end = append(all, h), h.To
	}
	return all
}

func order(h Hit) int {
	if h.Confidence == Sure {
		return 0
	}
	return 1
}

// Redact puts the name of the rule in the place of each hit.
func Redact(text string, hits []Hit) string {
	var b strings.Builder
	at := 0
	for _, h := range hits {
		if h.From < at || h.To > len(text) || h.To < h.From {
			continue
		}
		b.WriteString(text[at:h.From])
		b.WriteString("[removed: " + h.Rule + "]")
		at = h.To
	}
	b.WriteString(text[at:])
	return b.String()
}

// Piece is a part of a text for a page: as it is, or found.
type Piece struct {
	Text string
	Hit  *Hit
}

// Pieces cuts a text at its hits.
func Pieces(text string, hits []Hit) (all []Piece) {
	at := 0
	for i, h := range hits {
		if h.From < at || h.To > len(text) {
			continue
		}
		if h.From > at {
			all = append(all, Piece{Text: text[at:h.From]})
		}
		all = append(all, Piece{Text: text[h.From:h.To], Hit: &hits[i]})
		at = h.To
	}
	if at < len(text) {
		all = append(all, Piece{Text: text[at:]})
	}
	return all
}
