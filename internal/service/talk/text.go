package talk

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
)

// What stands around the id of a person in a kept text. A text that is sent with one of them is refused.
const (
	opening = '\x01'
	closing = '\x02'
)

// clean says what is wrong with a text, or gives it with the ends of its lines as they are kept. Marks that turn the direction of writing are refused: they make a text read
// otherwise than it is (Unicode Technical Report 36 section 2.4).
func clean(text string) (string, error) {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	switch {
	case text == "":
		return "", fault.New(fault.Invalid, "the comment says nothing")
	case len(text) > MaxText:
		return "", fault.New(fault.Limited, "a comment has at most %d bytes, and this one has %d", MaxText, len(text)).WithHelp("say it shorter, or in two comments")
	case !utf8.ValidString(text) || strings.ContainsFunc(text, odd):
		return "", fault.New(fault.Invalid, "the comment has characters that are not shown").WithHelp("write it as plain text")
	}
	return text, nil
}

func odd(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\t' || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}

// mentioned puts the ids of members in the place of their names behind an @: the whole name, the e-mail address, or what of the address stands before its @. The longest that fits
// counts. What fits nobody stays as it is; what fits several is said.
func mentioned(text string, members []tenant.Member) (kept string, people []string, err error) {
	var b strings.Builder
	for i := 0; i < len(text); {
		at := text[i:]
		if at[0] != '@' || i > 0 && wordBefore(text[:i]) {
			_, n := utf8.DecodeRuneInString(at)
			b.WriteString(at[:n])
			i += n
			continue
		}
		found, n := called(at[1:], members)
		switch len(found) {
		case 0:
			b.WriteByte('@')
			i++
		case 1:
			b.WriteString(string(opening) + found[0].Person + string(closing))
			i += 1 + n
			if !slices.Contains(people, found[0].Person) {
				people = append(people, found[0].Person)
			}
		default:
			return "", nil, fault.New(fault.Invalid, "@%.80s can be several people", at[1:1+n]).WithHelp("write the whole name or the e-mail address: %s", choices(found))
		}
	}
	if len(people) > MaxMentions {
		return "", nil, fault.New(fault.Limited, "a comment mentions at most %d people", MaxMentions)
	}
	return b.String(), people, nil
}

// choices are addresses, which are nobody else's.
func choices(members []tenant.Member) string {
	var all []string
	for _, m := range members[:min(len(members), 5)] {
		all = append(all, "@"+m.Email)
	}
	return strings.Join(all, ", ")
}

// called are the members whose name begins the text, by the longest of their names that does, and its length.
func called(text string, members []tenant.Member) (found []tenant.Member, longest int) {
	for _, m := range members {
		n := longestName(text, m)
		switch {
		case n == 0 || n < longest:
		case n > longest:
			found, longest = []tenant.Member{m}, n
		default:
			found = append(found, m)
		}
	}
	return found, longest
}

func longestName(text string, m tenant.Member) (longest int) {
	local, _, _ := strings.Cut(m.Email, "@")
	first, _, _ := strings.Cut(m.Name, " ")
	for _, name := range []string{m.Name, m.Email, local, first} {
		if n := len(name); n > longest && len(text) >= n && strings.EqualFold(text[:n], name) && !wordAfter(text[n:]) {
			longest = n
		}
	}
	return longest
}

func wordBefore(text string) bool {
	r, _ := utf8.DecodeLastRuneInString(text)
	return word(r)
}

// wordAfter reports whether a name goes on: a dot at the end of a sentence ends it, one inside of an address does not.
func wordAfter(text string) bool {
	r, n := utf8.DecodeRuneInString(text)
	if n == 0 {
		return false
	}
	if r == '.' || r == '-' || r == '@' || r == '+' {
		next, m := utf8.DecodeRuneInString(text[n:])
		return m > 0 && word(next)
	}
	return word(r)
}

func word(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' }

// Piece is a part of a text: words, or a person who is mentioned.
type Piece struct {
	Text   string
	Person string // "" is words; then Text is the name, "" of somebody who is not known any more
}

// Pieces takes a kept text apart. names gives the name of a person, or "".
func Pieces(text string, names func(person string) string) (all []Piece) {
	for text != "" {
		i := strings.IndexRune(text, opening)
		j := strings.IndexRune(text, closing)
		if i < 0 || j < i {
			return append(all, Piece{Text: text})
		}
		if i > 0 {
			all = append(all, Piece{Text: text[:i]})
		}
		person := text[i+1 : j]
		all = append(all, Piece{Text: names(person), Person: person})
		text = text[j+1:]
	}
	return all
}
