package legal

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"c4arch/internal/base/fault"
)

// Limits of a document.
const (
	MaxBody    = 200 << 10 // bytes
	MaxTitle   = 120       // letters
	MaxSummary = 300
	MaxSlug    = 60 // bytes
	MaxRank    = 99
	maxSupport = 20
)

var (
	slugs    = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	versions = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2})(?:\.([2-9]|[1-9]\d))?$`)
)

// Slug reports whether the text can name a document.
func Slug(text string) bool { return len(text) <= MaxSlug && slugs.MatchString(text) }

// Dated reports whether the text is a version: a day of the calendar, and from the second of a day on ".2" and so on.
func Dated(text string) bool {
	m := versions.FindStringSubmatch(text)
	if m == nil {
		return false
	}
	_, err := time.Parse(time.DateOnly, m[1])
	return err == nil
}

// maxDaily is how many versions of a document a day can have.
const maxDaily = 99

// Next is the version that a document gets on that day (UTC), where it has those already.
func Next(at time.Time, there []string) (string, error) {
	day := at.UTC().Format(time.DateOnly)
	if !slices.Contains(there, day) {
		return day, nil
	}
	for n := 2; n <= maxDaily; n++ {
		if v := day + "." + strconv.Itoa(n); !slices.Contains(there, v) {
			return v, nil
		}
	}
	return "", fault.New(fault.Limited, "the document has %d versions of today already", maxDaily)
}

// Check says all that is wrong with the words of a version. It looks at neither version nor instant, which a draft does not have yet.
func (v Version) Check() error {
	var bad []error
	say := func(format string, args ...any) { bad = append(bad, fault.New(fault.Invalid, format, args...)) }
	if !Slug(v.Slug) {
		say("the short name %.80q is not made of small letters, digits and single hyphens, or longer than %d", v.Slug, MaxSlug)
	}
	if v.Audience != Public && v.Audience != Enterprise {
		say("the audience %.40q is neither public nor enterprise", string(v.Audience))
	}
	if n := utf8.RuneCountInString(v.Title); n == 0 || n > MaxTitle {
		say("the title has %d letters: 1 to %d are right", n, MaxTitle)
	}
	if n := utf8.RuneCountInString(v.Summary); n == 0 || n > MaxSummary {
		say("the summary has %d letters: 1 to %d are right", n, MaxSummary)
	}
	if n := len(v.Body); n == 0 || n > MaxBody {
		say("the text has %d bytes: 1 to %d are right", n, MaxBody)
	}
	for name, text := range map[string]string{"title": v.Title, "summary": v.Summary, "text": v.Body} {
		if what := odd(text, name == "text"); what != "" {
			say("the %s holds %s", name, what)
		}
	}
	if v.Rank < 0 || v.Rank > MaxRank {
		say("the rank %d is not between 0 and %d", v.Rank, MaxRank)
	}
	bad = append(bad, v.relations()...)
	slices.SortFunc(bad, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(bad...)
}

func (v Version) relations() (bad []error) {
	if len(v.Supports) > maxSupport {
		bad = append(bad, fault.New(fault.Invalid, "it is part of %d documents, and of more than %d none is", len(v.Supports), maxSupport))
	}
	for _, s := range v.Supports {
		if !Slug(s) || s == v.Slug {
			bad = append(bad, fault.New(fault.Invalid, "it cannot be part of %.80q", s))
		}
	}
	if v.Accept && v.Audience == Public && v.Template {
		bad = append(bad, fault.New(fault.Invalid, "nobody can be made to accept a template that counsel has not reviewed"))
	}
	if !v.Weakens && v.Decision != "" {
		bad = append(bad, fault.New(fault.Invalid, "it names a decision, and does not say that it lowers a measure"))
	}
	return bad
}

// odd names what a text must not hold: what is no text, and letters that let it be read in another order than it is written in (Unicode Technical Report 36 section 2.10).
func odd(text string, lines bool) string {
	if !utf8.ValidString(text) {
		return "bytes that are no UTF-8"
	}
	for _, r := range text {
		switch {
		case r == '\n' || r == '\t':
			if !lines {
				return "more than a line"
			}
		case unicode.IsControl(r):
			return "a control character"
		case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0x200E, r == 0x200F:
			return "a letter that turns the direction of reading"
		case r == 0x200B, r == 0x2060, r == 0xFEFF:
			return "a letter without width"
		}
	}
	return ""
}
