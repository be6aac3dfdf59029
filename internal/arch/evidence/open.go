package evidence

import (
	"regexp"
	"strings"

	"c4arch/internal/arch/evidence/secret"
	"c4arch/internal/base/tree"
)

// What is left of an expression that would give an object, in one text, may hold a secret under a name inside of it, which the names of
// properties do not tell: {PASSWORD = "..."} or createObject('password', '...'). The literals of such a text are taken out.

// closeLiterals takes the literals out of the open texts of a declared resource, and of the expressions that they came from,
// where a name in them speaks of a secret.
func closeLiterals(d *Draft) {
	for i := range d.Expressions {
		x := &d.Expressions[i]
		if x.Unresolved == "" {
			continue
		}
		if v := d.Props.At(x.Path); v != nil && v.Kind == tree.String && HasLeft(v.Text) && speaksOfSecrets(v.Text) {
			v.Text = withoutLiterals(v.Text)
		}
		if speaksOfSecrets(x.Text) {
			x.Text = withoutLiterals(x.Text)
		}
	}
}

// namedValue is a name in an expression: an identifier or a quoted word. A reference to a parameter or a variable of that name is no place where
// a value stands under it.
var namedValue = regexp.MustCompile(`(parameters\(|variables\(|var\.|local\.|each\.|module\.|data\.)?["']?([A-Za-z_][\w-]*)["']?\s*(=>|=|:|,)`)

// makesObject is how an expression says that it makes an object.
var makesObject = regexp.MustCompile(`(^|[^$%])\{|createObject\(|json\(|jsonencode\(`)

func speaksOfSecrets(text string) bool {
	if !strings.ContainsAny(text, `"'<`) || !makesObject.MatchString(strings.TrimPrefix(text, "$")) {
		return false
	}
	for _, m := range namedValue.FindAllStringSubmatch(text, -1) {
		if m[1] == "" && secret.Name(m[2]).Hides() {
			return true
		}
	}
	return false
}

// withoutLiterals writes ... for what stands between quotes, and in a heredoc; keys of an index, ids, and the names of parameters
// stay, since references are found by them.
func withoutLiterals(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case strings.HasPrefix(text[i:], "<<"):
			end := heredocEnd(text[i:])
			b.WriteString("<<...")
			i += end
		case c == '"' || c == '\'':
			n := quotedLen(text[i:])
			inner := text[i+1 : max(i+1, i+n-1)]
			before := text[:i]
			if strings.HasSuffix(before, "[") || strings.HasSuffix(before, "parameters(") || strings.HasSuffix(before, "variables(") ||
				strings.HasPrefix(inner, "/subscriptions/") || strings.HasPrefix(inner, "/providers/") || strings.HasPrefix(inner, "tf:") {
				b.WriteString(text[i : i+n])
			} else {
				b.WriteByte(c)
				b.WriteString("...")
				b.WriteByte(c)
			}
			i += n
		default:
			b.WriteByte(c)
			i++
		}
	}
	return b.String()
}

// quotedLen returns how long the quoted text is that s begins with; one that is never closed reaches to the end.
func quotedLen(s string) int {
	depth := 0
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && s[0] == '"':
			i++
		case s[0] == '"' && strings.HasPrefix(s[i:], "${"):
			depth++
			i++
		case depth > 0 && s[i] == '}':
			depth--
		case depth == 0 && s[i] == s[0]:
			return i + 1
		}
	}
	return len(s)
}

// heredocEnd returns where the heredoc that s begins with ends.
func heredocEnd(s string) int {
	head, rest, ok := strings.Cut(s, "\n")
	name := strings.TrimSpace(strings.TrimLeft(head, "<-"))
	if !ok || name == "" {
		return 2
	}
	at := len(head) + 1
	for line := range strings.Lines(rest) {
		at += len(line)
		if strings.TrimSpace(line) == name {
			return at
		}
	}
	return len(s)
}
