package evidence

import "strings"

// GoogleName returns the relative resource name, projects/…, in a text that is one of the names under which Google Cloud
// knows a resource: the relative name itself, the full name (//run.googleapis.com/projects/…) or the URL of the
// API (https://www.googleapis.com/compute/v1/projects/…), without a query and a custom verb (…/jobs/nightly:run). It
// returns "" for any other text. What it returns is a part of s (cloud.google.com/apis/design/resource_names).
func GoogleName(s string) string {
	if !strings.HasPrefix(s, "projects/") {
		rest, ok := strings.CutPrefix(s, "https://")
		if !ok {
			rest, ok = strings.CutPrefix(s, "//")
		}
		host, path, found := strings.Cut(rest, "/")
		if !ok || !found || host != "googleapis.com" && !strings.HasSuffix(host, ".googleapis.com") {
			return ""
		}
		i := strings.Index("/"+path, "/projects/")
		if i < 0 {
			return ""
		}
		s = path[i:]
	}
	for i := 0; i < len(s); i++ {
		if !nameByte(s[i]) {
			s = s[:i]
			break
		}
	}
	s = strings.TrimRight(s, "/")
	last := strings.LastIndexByte(s, '/')
	if colon := strings.IndexByte(s[last+1:], ':'); colon > 0 && strings.Count(s, "/") > 1 {
		s = s[:last+1+colon]
	}
	if strings.Count(s, "/") < 1 || strings.Contains(s, "//") {
		return ""
	}
	return s
}

// nameByte reports whether a byte can stand in a relative name; "(default)" is a database, "%" and "~" stand in names of topics.
func nameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-_.~%+:/@()$", c) >= 0
}
