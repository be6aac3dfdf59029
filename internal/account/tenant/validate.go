package tenant

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
)

// How much of each there may be in one organisation, so that a list is never without an end.
const (
	MaxProjects    = 1000
	MaxMembers     = 5000
	MaxTokens      = 500 // that are good: one change revokes all of a person
	MaxAccounts    = 500 // service accounts
	MaxConnections = 100 // of a project
)

// Lengths in characters, and in bytes where it says so.
const (
	MaxName   = 100
	MaxReason = 500
	MaxEmail  = 254 // bytes: RFC 5321, 4.5.3.1.3, less the angle brackets
	maxLocal  = 64  // bytes: RFC 5321, 4.5.3.1.1
	maxPath   = 512 // bytes
)

var slugForm = regexp.MustCompile(`^[a-z0-9](?:-?[a-z0-9]){1,39}$`)

// CheckSlug says what is wrong with the short name of an organisation or a project: it stands in addresses and in commands.
func CheckSlug(slug string) error {
	switch {
	case len(slug) > 40 || !slugForm.MatchString(slug):
		return fault.New(fault.Invalid, "the short name is not one").WithHelp("take 2 to 40 lower-case letters, digits and single hyphens, a letter or a digit at both ends")
	case slug == string(id.Local) || slug == string(id.Platform):
		return fault.New(fault.Invalid, "the short name %s is taken by the service itself", slug)
	}
	return nil
}

// CheckName says what is wrong with a name that people read: what is called so, such as "the name".
func CheckName(what, name string) error { return checkText(what, name, MaxName) }

// CheckReason says what is wrong with a reason.
func CheckReason(reason string) error { return checkText("the reason", reason, MaxReason) }

func checkText(what, text string, most int) error {
	switch {
	case text == "":
		return fault.New(fault.Invalid, "%s is missing", what)
	case len(text) > 4*most || utf8.RuneCountInString(text) > most:
		return fault.New(fault.Invalid, "%s is longer than %d characters", what, most)
	case !utf8.ValidString(text):
		return fault.New(fault.Invalid, "%s is not UTF-8", what)
	case strings.TrimSpace(text) != text:
		return fault.New(fault.Invalid, "%s begins or ends with a space", what)
	}
	for _, r := range text {
		if !shown(r) {
			return fault.New(fault.Invalid, "%s has a character that does not show: U+%04X", what, r)
		}
	}
	return nil
}

// shown reports whether a character is one that a reader sees, or one of the two joiners without which some scripts cannot be written. Left out are controls, line
// ends, and the marks that turn the direction of what follows, by which one name can look like another (unicode.org/reports/tr36, 3.5).
func shown(r rune) bool {
	return r != utf8.RuneError && (unicode.IsGraphic(r) || r == '\u200c' || r == '\u200d')
}

var (
	localForm  = regexp.MustCompile("^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$")
	domainForm = regexp.MustCompile(`^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$`)
)

// Email is the one form in which an e-mail address is kept and compared: lower case. It takes the unquoted addresses of RFC 5321; names in other scripts have to be
// written in ASCII (RFC 5891), so that two addresses cannot look the same.
func Email(text string) (string, error) {
	if strings.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) {
		text = "" // a letter of another script may have an ASCII one as its lower case: U+212A is k
	}
	email := strings.ToLower(text)
	local, domain, ok := strings.Cut(email, "@")
	if !ok || len(text) > MaxEmail || len(local) > maxLocal || !localForm.MatchString(local) || !domainForm.MatchString(domain) {
		return "", fault.New(fault.Invalid, "the e-mail address is not one").WithHelp("write it as name@example.com, a domain in another script in its ASCII form")
	}
	return email, nil
}

// Known reports whether there are connections of that kind.
func (k ConnectionKind) Known() bool { return k == Upload || k == Directory || k.Live() }

// Check says what is wrong with a connection.
func (c Connection) Check() error {
	if err := CheckName("the name of the connection", c.Name); err != nil {
		return err
	}
	if c.Target != nil && !c.Kind.Live() {
		return fault.New(fault.Invalid, "a connection of the kind %s has no target", c.Kind)
	}
	switch c.Kind {
	case Azure, Kubernetes, Repository:
		return c.checkTarget()
	case Upload:
		if c.Path != "" {
			return fault.New(fault.Invalid, "a connection for uploads has no path")
		}
	case Directory:
		return checkPath(c.Path)
	default:
		return fault.New(fault.Invalid, "there is no such kind of connection").WithHelp("it is %s, %s, %s, %s or %s", Upload, Directory, Azure, Kubernetes, Repository)
	}
	return nil
}

// checkPath refuses what could lead out of the directory that the operator allows. Links are looked at by whoever opens it.
func checkPath(path string) error {
	if len(path) > maxPath {
		return fault.New(fault.Invalid, "the path is longer than %d bytes", maxPath)
	}
	if path == "." {
		return nil
	}
	for part := range strings.SplitSeq(path, "/") {
		if part == "" || part == "." || part == ".." || strings.ContainsAny(part, `\:`) || checkText("the path", part, maxPath) != nil {
			return fault.New(fault.Invalid, "the path is not one below the directory that the operator allows").WithHelp("write it relative to that directory, with /, without . and ..")
		}
	}
	return nil
}

// CheckApprovals says whether n people can be asked for.
func CheckApprovals(n int) error {
	if n != 1 && n != 2 {
		return fault.New(fault.Invalid, "approvals take 1 or 2 people")
	}
	return nil
}
