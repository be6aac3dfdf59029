package legal

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
)

// Format names the rules by which the canonical bytes are made (docs/formats/legal.md). Other rules get another name, so that a digest never changes its meaning.
const Format = "c4arch.legal/1"

// stampLayout is how an instant stands in the canonical bytes: RFC 3339 in UTC, to the second.
const stampLayout = "2006-01-02T15:04:05Z"

// NormalBody is a text in the one form that is hashed: Unicode NFC, lines that end with a line feed and with no blanks before it, no empty lines at either end, one line feed
// at the end. Two texts that a reader cannot tell apart are so the same bytes.
func NormalBody(text string) string {
	text = norm.NFC.String(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text))
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " \t")
	}
	text = strings.Trim(strings.Join(lines, "\n"), "\n")
	if text == "" {
		return ""
	}
	return text + "\n"
}

// NormalLine is a line in the form that is hashed: Unicode NFC, one blank where there are several, none at the ends.
func NormalLine(text string) string { return norm.NFC.String(strings.Join(strings.Fields(text), " ")) }

// Normal is the version in the form that is hashed and kept.
func (v Version) Normal() Version {
	v.Title, v.Summary, v.Body = NormalLine(v.Title), NormalLine(v.Summary), NormalBody(v.Body)
	v.Effective = v.Effective.UTC().Truncate(time.Second)
	v.Supports = slices.Clone(v.Supports)
	slices.Sort(v.Supports)
	v.Supports = slices.Compact(v.Supports)
	return v
}

// Canonical are the bytes that stand for the version: canonical JSON (RFC 8785) of what it says and of the terms on which it is in force. Who wrote and approved it is no part of
// them.
func (v Version) Canonical() ([]byte, error) {
	v = v.Normal()
	text := func(s string) tree.Value { return tree.Value{Kind: tree.String, Text: s} }
	word := func(b bool) tree.Value { return tree.Value{Kind: tree.Bool, Text: strconv.FormatBool(b)} }
	supports := tree.Value{Kind: tree.Array}
	for _, s := range v.Supports {
		supports.Items = append(supports.Items, text(s))
	}
	o := tree.Value{Kind: tree.Object, Members: []tree.Member{
		{Name: "accept", Value: word(v.Accept)},
		{Name: "audience", Value: text(string(v.Audience))},
		{Name: "body", Value: text(v.Body)},
		{Name: "decision", Value: text(v.Decision)},
		{Name: "effective", Value: text(v.Effective.Format(stampLayout))},
		{Name: "format", Value: text(Format)},
		{Name: "material", Value: word(v.Material)},
		{Name: "rank", Value: tree.Value{Kind: tree.Number, Text: strconv.Itoa(v.Rank)}},
		{Name: "slug", Value: text(v.Slug)},
		{Name: "summary", Value: text(v.Summary)},
		{Name: "supports", Value: supports},
		{Name: "template", Value: word(v.Template)},
		{Name: "title", Value: text(v.Title)},
		{Name: "version", Value: text(v.Version)},
		{Name: "weakens", Value: word(v.Weakens)},
	}}
	raw, _, err := canon.Encode(&o)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "the document cannot be made canonical")
	}
	return raw, nil
}

// Sum is the digest of the canonical bytes.
func (v Version) Sum() (canon.Digest, error) {
	b, err := v.Canonical()
	if err != nil {
		return "", err
	}
	return canon.Sum(b), nil
}

// Intact reports whether the version has the digest that it says.
func (v Version) Intact() bool {
	d, err := v.Sum()
	return err == nil && v.Digest != "" && string(d) == v.Digest
}
