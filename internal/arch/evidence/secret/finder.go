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
	for _, start := range [...]string{"/subscriptions/", "/Subscriptions/", "/providers/Microsoft.", "/providers/microsoft.", "arn:aws",
		"ssh-rsa ", "ssh-ed25519 ", "ecdsa-sha2-nistp", "sha256:", "sha512:", "sha1:", "md5:", "sha256-", "sha384-", "sha512-", "SHA256:", "@Microsoft.KeyVault("} {
		for i := 0; ; {
			k := strings.Index(s[i:], start)
			if k < 0 {
				break
			}
			from := i + k
			to := from + len(start)
			for to < len(s) && class[s[to]]&isSpace == 0 && strings.IndexByte(`"'<>,;|&?#()`, s[to]) < 0 {
				to++
			}
			f.calm = append(f.calm, span{from, to})
			i = to
		}
	}
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
