package secret

import (
	"strings"
)

// finder looks for the secrets in one text.
type finder struct {
	c     *Cleaner
	s     string
	trait trait
	depth int
	found spans
	calm  spans // where random text is public: hosts, digests, certificates, resource ids
	marks spans // what has been replaced before
	eol   int   // where the line ends that assignments are being read in
	// login, redis: the text speaks of programs whose -p, -a is a password.
	login, redis bool
	// paired: the setting named last has a name that speaks of a secret, and its value follows.
	paired bool
}

// Text may be long and hostile, and the time that it takes must grow in step with its length. So nothing looks
// further than this around a place, save for what it then takes as a secret and goes on behind.
const (
	farBehind = 256  // for the start of a line, a name, a login
	farAhead  = 4096 // for the end of an address
	// mostSpans is how many secrets, or public parts, are told apart in one text. A text with more is replaced
	// as a whole.
	mostSpans = 4096
)

func (f *finder) add(from, to int) {
	if _, done := f.marks.at(from); to > from && len(f.found) <= mostSpans && !done {
		f.found.add(from, to)
	}
}

// public marks a part in which random text is no secret.
func (f *finder) public(from, to int) {
	if to > from && len(f.calm) <= mostSpans {
		f.calm.add(from, to)
	}
}

// lineOf returns where the line of i begins, or how far behind it is worth looking.
func (f *finder) lineOf(i int) int {
	near := max(0, i-farBehind)
	return near + strings.LastIndexByte(f.s[near:i], '\n') + 1
}

// find runs the searches, the surest first: what one has found the next ones leave alone.
func (f *finder) find() {
	s := f.s
	for i := 0; ; {
		k := strings.Index(s[i:], Mark)
		if k < 0 {
			break
		}
		if end := i + k + markLength; end <= len(s) && isMark(s[i+k:end]) {
			f.marks.add(i+k, end)
		}
		i += k + len(Mark)
	}
	if strings.Contains(s, "-----BEGIN ") {
		f.pem()
	}
	if strings.Contains(s, "PuTTY-User-Key-File") {
		f.add(0, len(s))
		return
	}
	signal := strings.ContainsAny(s, "=:")
	if signal {
		f.urls()
	}
	f.resources()
	if signal {
		f.assignments()
	}
	if strings.IndexByte(s, ' ') >= 0 || strings.IndexByte(s, '\t') >= 0 {
		f.flags()
		f.headers()
	}
	if strings.IndexByte(s, '@') >= 0 {
		f.bareLogin()
	}
	if strings.IndexByte(s, '$') >= 0 || strings.IndexByte(s, '{') >= 0 {
		f.crypt()
	}
	if strings.IndexByte(s, '<') >= 0 {
		f.elements()
	}
	f.tokens()
}

// pem finds private keys (RFC 7468 and its relatives), and marks certificates and
// public keys as public.
func (f *finder) pem() {
	const begin, end = "-----BEGIN ", "-----END "
	s := f.s
	for i := 0; ; {
		k := strings.Index(s[i:], begin)
		if k < 0 {
			return
		}
		from := i + k
		label, _, _ := strings.Cut(s[from+len(begin):min(len(s), from+len(begin)+60)], "-----")
		to, closed := len(s), false
		if e := strings.Index(s[from:], end); e >= 0 {
			closed = true
			to = from + e + len(end)
			if tail := strings.Index(s[to:min(len(s), to+80)], "-----"); tail >= 0 {
				to += tail + len("-----")
			}
		}
		switch {
		case strings.Contains(label, "PRIVATE KEY") || strings.Contains(label, "SECRET"):
			f.add(from, to)
		case closed && isPublicLabel(label):
			f.public(from, to)
		case !closed:
			return
		}
		i = to
	}
}

// isPublicLabel: what RFC 7468 has besides private keys.
func isPublicLabel(label string) bool {
	for _, l := range [...]string{"CERTIFICATE", "PUBLIC KEY", "CRL", "PARAMETERS", "PGP SIGNATURE", "PKCS7", "CMS"} {
		if strings.Contains(label, l) {
			return true
		}
	}
	return false
}

// resources marks ids of resources, digests of images and public keys as public.
func (f *finder) resources() {
	s := f.s
	for i := 0; i < len(s); i++ {
		n := 0
		switch s[i] {
		case '/':
			if hasFold(s[i:], "/subscriptions/") {
				n = len("/subscriptions/")
			} else if hasFold(s[i:], "/providers/microsoft.") {
				n = len("/providers/")
			}
		case ':', '-':
			// sha256:..., of images and checksums; sha256-..., of subresource integrity.
			if digestBefore(s[:i]) > 0 {
				n = 1
			}
		case 's':
			if strings.HasPrefix(s[i:], "ssh-rsa ") || strings.HasPrefix(s[i:], "ssh-dss ") {
				n = len("ssh-rsa ")
			} else if strings.HasPrefix(s[i:], "ssh-ed25519 ") {
				n = len("ssh-ed25519 ")
			}
		case 'e':
			if strings.HasPrefix(s[i:], "ecdsa-sha2-nistp") {
				n = len("ecdsa-sha2-nistp256 ")
			}
		case 'a':
			if strings.HasPrefix(s[i:], "arn:aws") {
				n = len("arn:aws")
			}
		case '@':
			if strings.HasPrefix(s[i:], "@Microsoft.KeyVault(") {
				n = len("@Microsoft.KeyVault(")
			}
		}
		if n == 0 {
			continue
		}
		to := min(len(s), i+n)
		for to < len(s) && class[s[to]]&isSpace == 0 && strings.IndexByte("\"'<>,;|&?#()", s[to]) < 0 {
			to++
		}
		f.public(i, to)
		i = to - 1
	}
}

// digestBefore returns the length of a digest's name that s ends in, or 0.
func digestBefore(s string) int {
	if s == "" || class[s[len(s)-1]]&isDigit == 0 {
		return 0
	}
	for _, name := range [...]string{"sha256", "sha512", "sha384", "sha1", "md5", "SHA256"} {
		if strings.HasSuffix(s, name) && (len(s) == len(name) || class[s[len(s)-len(name)-1]]&(isLower|isUpper|isDigit) == 0) {
			return len(name)
		}
	}
	return 0
}

// crypt finds hashed passwords, which can be tried out at leisure: crypt(5) and argon2 ($6$salt$hash, bcrypt's
// $2y$10$..., $apr1$ of htpasswd) and LDAP's {SSHA} of RFC 2307.
func (f *finder) crypt() {
	s := f.s
	for i := 0; i < len(s); i++ {
		if s[i] != '$' && s[i] != '{' {
			continue
		}
		// Compose doubles the dollar sign.
		rest := strings.ReplaceAll(s[i:min(len(s), i+16)], "$$", "$")
		for _, p := range [...]string{"$1$", "$5$", "$6$", "$y$", "$7$", "$2a$", "$2b$", "$2y$", "$apr1$", "$argon2", "$pbkdf2", "$scrypt$", "{SSHA}", "{SHA}", "{SSHA512}", "{MD5}"} {
			if strings.HasPrefix(rest, p) {
				to := i
				for to < len(s) && (class[s[to]]&(isToken|isIdent) != 0 || strings.IndexByte("{},", s[to]) >= 0) {
					to++
				}
				if to-i >= 12 {
					f.add(i, to)
					i = to
				}
				break
			}
		}
	}
}
