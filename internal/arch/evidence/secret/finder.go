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
	found []span
	calm  []span // where random text is public: hosts, digests, certificates, resource ids
	// paired: the setting named last has a name that speaks of a secret, and its value follows.
	paired bool
}

func (f *finder) add(from, to int) {
	if to > from && !strings.HasPrefix(f.s[from:], Mark) {
		f.found = append(f.found, span{from, to})
	}
}

func within(list []span, i int) (int, bool) {
	for _, sp := range list {
		if i >= sp.from && i < sp.to {
			return sp.to, true
		}
	}
	return 0, false
}

// find runs the searches, the surest first: what one has found the next ones leave alone.
func (f *finder) find() {
	s := f.s
	for i := 0; ; {
		k := strings.Index(s[i:], Mark)
		if k < 0 {
			break
		}
		f.calm = append(f.calm, span{i + k, min(len(s), i+k+markLength)})
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
		to := len(s)
		if e := strings.Index(s[from:], end); e >= 0 {
			to = from + e + len(end)
			if tail := strings.Index(s[to:], "-----"); tail >= 0 {
				to += tail + len("-----")
			}
		}
		if strings.Contains(label, "PRIVATE KEY") || strings.Contains(label, "SECRET") {
			f.add(from, to)
		} else {
			f.calm = append(f.calm, span{from, to})
		}
		i = to
	}
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
		f.calm = append(f.calm, span{i, to})
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
