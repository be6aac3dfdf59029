package secret

import "strings"

// userinfoEnd returns where the @ stands that ends the user of the URL whose text behind
// "://" is rest, or -1. Passwords that should have been escaped and were not are found
// too, where the text before the first slash cannot be a host and a port.
func userinfoEnd(rest string) int {
	end := 0
	for end < len(rest) && end < 4*farBehind && class[rest[end]]&isSpace == 0 && strings.IndexByte("\"'`<>\\|", rest[end]) < 0 {
		if end > 0 && rest[end] == '/' && strings.HasPrefix(rest[end-1:], "://") {
			break // the next URL
		}
		end++
	}
	rest = rest[:end]
	authority := rest
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		authority = rest[:i]
	}
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		// user:p@ss/word@host: the part behind the first @ goes on to another one.
		if later := strings.LastIndexByte(rest, '@'); later > at && strings.IndexByte(authority[:at], ':') >= 0 && !strings.ContainsAny(authority[at:], ".:") {
			return later
		}
		return at
	}
	_, port, ok := strings.Cut(authority, ":")
	if !ok || port == "" || port[0] >= '0' && port[0] <= '9' && strings.Trim(port, "0123456789,:.") == "" {
		return -1
	}
	return strings.LastIndexByte(rest, '@')
}

// publicPaths are hosts in whose paths long hexadecimal numbers are commits and versions.
var publicPaths = [...]string{"github.com", "raw.githubusercontent.com", "gitlab.com", "bitbucket.org", "dev.azure.com"}

// hookHosts are hosts whose paths are secrets from a certain place on: who knows the address may post.
// Slack "Sending messages using incoming webhooks", Discord "Webhook resource", Microsoft Teams
// "Create incoming webhooks", Telegram Bot API "Making requests", Zapier and IFTTT webhooks.
var hookHosts = [...]struct{ host, path string }{
	{"hooks.slack.com", "/services/"},
	{"hooks.slack.com", "/workflows/"},
	{"hooks.slack.com", "/triggers/"},
	{"discord.com", "/api/webhooks/"},
	{"discordapp.com", "/api/webhooks/"},
	{"webhook.office.com", "/webhookb2/"},
	{"outlook.office.com", "/webhook/"},
	{"outlook.office365.com", "/webhook/"},
	{"api.telegram.org", "/bot"},
	{"hooks.zapier.com", "/hooks/catch/"},
	{"maker.ifttt.com", "/with/key/"},
	{"chat.googleapis.com", "?key="},
}

// urls finds passwords in the user part of URLs and secrets in the paths of webhooks, and marks
// hosts as public. Queries are read with the other assignments.
func (f *finder) urls() {
	s := f.s
	for i := 0; ; {
		k := strings.Index(s[i:], "://")
		if k < 0 {
			return
		}
		from := i + k + len("://")
		i = from
		host := from
		if at := userinfoEnd(s[from:]); at >= 0 {
			host = from + at + 1
			f.user(from, from+at)
		}
		to := host
		for to < len(s) && to-host < farBehind && (class[s[to]]&isIdent != 0 || s[to] == ':' || s[to] == ',' || s[to] == '[' || s[to] == ']') {
			to++
		}
		if f.hostLike(host, to) {
			f.public(host, to)
		}
		f.path(host, to)
	}
}

// user finds the password in user:password, or a token that stands for both.
func (f *finder) user(from, to int) {
	if _, ok := f.found.at(from); ok {
		return
	}
	text := f.s[from:to]
	name, password, ok := strings.Cut(text, ":")
	if ok && password != "" && !isReferenceText(password) {
		f.add(from+len(name)+1, to)
	}
	if len(name) >= shortest {
		if _, _, random := isRandom(name); random || len(name) >= 32 && allHex(name) || !ok && len(name) >= shortestLower && strings.ContainsAny(name, "0123456789") {
			f.add(from, from+len(name))
		}
	}
}

// hostLike keeps a random string from going for a host.
func (f *finder) hostLike(from, to int) bool {
	name, _, _ := strings.Cut(f.s[from:to], ":")
	for label := range strings.SplitSeq(name, ".") {
		if label != "" && !isLabel(label) {
			return false
		}
	}
	return true
}

// path looks at what stands behind the host of a URL, where the host is one of those whose
// paths are known to be secret, or to be public.
func (f *finder) path(host, at int) {
	name, _, _ := strings.Cut(f.s[host:at], ":")
	if strings.IndexByte(name, '.') <= 0 {
		return
	}
	name = strings.ToLower(name)
	for _, h := range hookHosts {
		if name != h.host && !strings.HasSuffix(name, "."+h.host) {
			continue
		}
		end := f.pathEnd(at)
		if k := strings.Index(f.s[at:end], h.path); k >= 0 {
			f.add(at+k+len(h.path), end)
		}
	}
	if isVaultHost(name) {
		f.public(at, f.pathEnd(at))
	}
	for _, h := range publicPaths {
		if name != h {
			continue
		}
		end := f.pathEnd(at)
		if q := strings.IndexAny(f.s[at:end], "?#"); q >= 0 {
			end = at + q
		}
		f.public(at, end)
	}
}

func (f *finder) pathEnd(at int) int {
	end := at
	for end < len(f.s) && end-at < farAhead && class[f.s[end]]&isSpace == 0 && strings.IndexByte("\"'`<>\\|)", f.s[end]) < 0 {
		end++
	}
	return end
}

// notLogins are words that stand before a colon and an address, and are no user names: those of
// IAM members (Google Cloud "Principal identifiers") and of URI schemes.
var notLogins = set("user group serviceaccount domain principal principalset deleted mailto sip sips acct xmpp tel email to from cc sha256 sha512 https http git npm")

// bareLogin finds user:password@host where no scheme stands before it, as in Go's MySQL driver,
// user:password@tcp(host:3306)/db, and oracle's user/password@host.
func (f *finder) bareLogin() {
	s := f.s
	for i := 0; i < len(s); i++ {
		if s[i] != '@' {
			continue
		}
		if _, ok := f.found.at(i); ok {
			continue
		}
		start := i
		for start > 0 && i-start < farBehind && class[s[start-1]]&isSpace == 0 && strings.IndexByte("\"'`<>=,;(){}", s[start-1]) < 0 {
			start--
		}
		word := s[start:i]
		if k := strings.Index(word, "jdbc:oracle:thin:"); k >= 0 {
			if user, password, ok := strings.Cut(word[k+len("jdbc:oracle:thin:"):], "/"); ok && password != "" {
				f.add(i-len(password), i)
				_ = user
			}
			continue
		}
		user, password, ok := strings.Cut(word, ":")
		if !ok || password == "" || user == "" || strings.Contains(word, "://") || strings.HasPrefix(password, "//") {
			continue
		}
		if strings.HasSuffix(password, "/subscriptions/") {
			continue // hidden-link:/subscriptions/@(main.json)/...: an id whose subscription code leaves open
		}
		rest := s[i+1:]
		if driver := hasFold(rest, "tcp(") || hasFold(rest, "unix(") || hasFold(rest, "udp(") || hasFold(rest, "("); driver {
			f.add(i-len(password), i)
			continue
		}
		if strings.HasPrefix(rest, "sha256:") || strings.HasPrefix(rest, "sha512:") || strings.ContainsAny(word, "/") ||
			notLogins[strings.ToLower(user)] && !addressed(rest) || isReferenceText(password) || rest == "" || class[rest[0]]&(isLower|isUpper|isDigit) == 0 {
			continue
		}
		f.add(i-len(password), i)
	}
}

// addressed reports whether text begins with a host and a port or a path, as no mail address does.
func addressed(text string) bool {
	n := 0
	for n < len(text) && n < farBehind && (class[text[n]]&(isLower|isUpper|isDigit) != 0 || text[n] == '.' || text[n] == '-') {
		n++
	}
	return n > 0 && n+1 < len(text) && (text[n] == ':' && class[text[n+1]]&isDigit != 0 || text[n] == '/')
}
