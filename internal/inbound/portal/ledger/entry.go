package ledger

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"c4arch/internal/content/say"
	"c4arch/internal/service/auditing"
	trust "c4arch/internal/trust/ledger"
)

// entryView is what the page of an entry shows.
type entryView struct {
	auditing.Proven
	Names  names
	Export bool
}

// kind is a kind of entries as the filter offers it.
type kind struct{ Name, Words string }

func kinds(ctx context.Context) []kind {
	var all []kind
	for name := range trust.Kinds() {
		all = append(all, kind{name, inWords(ctx, name)})
	}
	slices.SortFunc(all, func(a, b kind) int { return strings.Compare(a.Words, b.Words) })
	return all
}

// inWords is a kind as a sentence without its full stop.
func inWords(ctx context.Context, name string) string {
	text := trust.Meaning(name)
	if text == "" {
		return name
	}
	r, n := utf8.DecodeRuneInString(text)
	return say.T(ctx, string(unicode.ToUpper(r))+text[n:])
}

func titleOf(ctx context.Context, index int64) string {
	return say.T(ctx, "Entry %s", strconv.FormatInt(index, 10))
}

// value is a field as a person reads it.
type value struct {
	Name, Text, Who string // Who is the name of the actor whose id the text is
	Erased          bool
}

// firstFields are those that say who and from where; what the entry is about comes before them.
var firstFields = []string{"actor", "onBehalf", "surface", "purpose", "action", "policy", "request", "project"}

// about are the fields that the kind has of its own, in the order of their names.
func about(e auditing.Shown, n names) []value { return fields(e, n, false) }

// common are those that every entry has.
func common(e auditing.Shown, n names) []value { return fields(e, n, true) }

func fields(e auditing.Shown, n names, ofAll bool) []value {
	var out []value
	add := func(name string) {
		if slices.Contains(firstFields, name) != ofAll {
			return
		}
		v := value{Name: name}
		if raw, there := e.Fields[name]; there {
			v.Text = plain(raw)
			v.Who = n[v.Text]
			if v.Who == "" && !strings.Contains(v.Text, ":") {
				v.Who = n["person:"+v.Text]
			}
		} else {
			v.Erased = slices.Contains(e.Erased, name)
		}
		out = append(out, v)
	}
	all := slices.Sorted(maps.Keys(e.Fields))
	all = append(all, e.Erased...)
	if ofAll {
		for _, name := range firstFields {
			if slices.Contains(all, name) {
				add(name)
			}
		}
		return out
	}
	slices.Sort(all)
	for _, name := range all {
		add(name)
	}
	return out
}

// plain is a value without the quotes of JSON; a list has its parts between commas.
func plain(v json.RawMessage) string {
	var text string
	if json.Unmarshal(v, &text) == nil {
		return text
	}
	var list []string
	if json.Unmarshal(v, &list) == nil {
		return strings.Join(list, ", ")
	}
	return string(v)
}

// labelOf is the name of a field in words: lower camel case taken apart.
func labelOf(name string) string {
	var b strings.Builder
	for i, r := range name {
		switch {
		case i == 0:
			b.WriteRune(unicode.ToUpper(r))
		case unicode.IsUpper(r):
			b.WriteRune(' ')
			b.WriteRune(unicode.ToLower(r))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// gist is what a row of the list says of an entry besides its kind: what a person can read. Hashes and ids stand on the entry's own page.
func gist(e auditing.Shown, n names) []value {
	const most = 3
	var out []value
	for _, v := range about(e, n) {
		if v.Erased || v.Text == "" || v.Who == "" && opaque(v.Text) {
			continue
		}
		if v.Who != "" {
			v.Text = v.Who
		}
		if at, err := time.Parse(time.RFC3339Nano, v.Text); err == nil {
			v.Text = at.UTC().Format("2 Jan 2006, 15:04 UTC")
		}
		v.Text = short(v.Text)
		if out = append(out, v); len(out) == most {
			break
		}
	}
	return out
}

// opaque reports whether a text is a hash, an id or an object, which says nothing to whoever scans a list.
func opaque(text string) bool {
	const shortest = 16
	if _, rest, cut := strings.Cut(text, ":"); cut && !strings.HasPrefix(text, "{") {
		text = rest
	}
	if strings.HasPrefix(text, "{") {
		return true
	}
	digits := 0
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r != '_' && (r < 'a' || r > 'z'):
			return false
		}
	}
	return len(text) >= shortest && digits > 2
}

// actorOf is who did it: the name where it is known.
func actorOf(ctx context.Context, e auditing.Shown, n names) (name string, known bool) {
	raw, there := e.Fields["actor"]
	if !there {
		if slices.Contains(e.Erased, "actor") {
			return say.T(ctx, "erased"), true
		}
		return say.T(ctx, "no data"), true
	}
	id := plain(raw)
	switch {
	case n[id] != "":
		return n[id], false
	case id == "worker" || id == "system":
		return say.T(ctx, "the service itself"), true
	}
	return id, false
}

func hexOf(h trust.Hash) string {
	const digits = "0123456789abcdef"
	b := make([]byte, 0, 2*len(h))
	for _, x := range h {
		b = append(b, digits[x>>4], digits[x&15])
	}
	return string(b)
}

func number(n int64) string { return strconv.FormatInt(n, 10) }
