package secret

import "strings"

// kept are the parts of a connection string that name a host or what is on it.
var kept = set("server datasource host hostname addr address networkaddress endpoint accountname accountendpoint blobendpoint queueendpoint " +
	"tableendpoint fileendpoint endpointsuffix defaultendpointsprotocol initialcatalog database dbname entitypath port instrumentationkey " +
	"ingestionendpoint liveendpoint sharedaccesskeyname protocol ssl sslmode encrypt")

// reduce returns what may be kept of a text that is secret as a whole: the hosts of a URL or a
// connection string, and a fingerprint of all of it.
func (c *Cleaner) reduce(s string) string {
	if isServiceHost(s) {
		return s
	}
	mark := c.whole(s)
	if len(s) > 4096 || strings.ContainsAny(s, "\n\r") {
		return mark
	}
	if head, ok := urlHead(s); ok {
		return c.Identity(head) + "/" + mark
	}
	sep := ";"
	if strings.IndexByte(s, ';') < 0 && strings.IndexByte(s, ',') >= 0 {
		sep = ","
	}
	var out []string
	for i, part := range strings.Split(s, sep) {
		name, value, ok := strings.Cut(part, "=")
		switch {
		case !ok && i == 0 && sep == ",":
			if isServiceHost(part) {
				out = append(out, part)
			}
		case ok && kept[strings.ToLower(strings.ReplaceAll(strings.TrimSpace(name), " ", ""))]:
			if cleaned := c.Identity(value); cleaned == value {
				out = append(out, part)
			}
		}
	}
	if len(out) == 0 {
		return mark
	}
	return strings.Join(append(out, mark), sep)
}

// done reports whether s is what [Cleaner.reduce] makes: a fingerprint, and nothing before it but hosts.
func (c *Cleaner) done(s string) bool {
	k := len(s) - markLength
	if k < 0 || !isMark(s[k:]) {
		return false
	}
	head := s[:k]
	switch {
	case head == "":
		return true
	case strings.HasSuffix(head, "/"):
		url, ok := urlHead(head)
		return ok && url+"/" == head
	case !strings.HasSuffix(head, ";") && !strings.HasSuffix(head, ","):
		return false
	}
	again := c.reduce(head + "x")
	return strings.HasPrefix(again, head) && isMark(again[len(head):])
}

// benign reports whether a text that is said to be a connection string is one that holds no
// secret, rather than a secret that has no known shape.
func (c *Cleaner) benign(s string) bool {
	if _, ok := urlHead(s); ok || isServiceHost(s) || isHost(s) {
		return true
	}
	for part := range strings.SplitSeq(s, ";") {
		name, _, ok := strings.Cut(part, "=")
		if ok && kept[strings.ToLower(strings.ReplaceAll(strings.TrimSpace(name), " ", ""))] {
			return true
		}
	}
	return false
}

// urlHead returns scheme://host[:port] of a URL, without the user.
func urlHead(s string) (string, bool) {
	i := strings.Index(s, "://")
	if i <= 0 || i > 40 {
		return "", false
	}
	for j := 0; j < i; j++ {
		if class[s[j]]&isIdent == 0 && s[j] != '+' && s[j] != ':' {
			return "", false
		}
	}
	rest := s[i+3:]
	if at := userinfoEnd(rest); at >= 0 {
		rest = rest[at+1:]
	}
	if end := strings.IndexAny(rest, "/?#;"); end >= 0 {
		rest = rest[:end]
	}
	for host := range strings.SplitSeq(rest, ",") {
		name, port, _ := strings.Cut(host, ":")
		if name == "" || strings.Trim(port, "0123456789") != "" {
			return "", false
		}
		for label := range strings.SplitSeq(name, ".") {
			if !isLabel(label) {
				return "", false
			}
		}
	}
	return s[:i+3] + rest, true
}
