package secret

import "strings"

// assignment is a name and where the value begins, as in name=value or "name": "value".
type assignment struct {
	name      string
	from      int  // of the name
	sep       int  // of the = or :
	value     int  // where the value begins, quote not included
	quote     byte // that stands before the value, or 0
	escaped   bool // the quote has a backslash, as in JSON within JSON
	lineStart bool // the name begins its line
	query     bool // the name stands behind ? or &
	spaced    bool // white space stands around the separator
}

// assignments finds values behind a name that speaks of a secret: connection strings,
// environment files, command lines, query strings, YAML, JSON, INI, properties.
func (f *finder) assignments() {
	s := f.s
	for i := 0; i < len(s) && len(f.found) <= mostSpans; i++ {
		if s[i] != '=' && s[i] != ':' {
			continue
		}
		if to, ok := f.found.at(i); ok {
			i = to - 1
			continue
		}
		if to, ok := f.marks.at(i); ok {
			i = to - 1
			continue
		}
		a, ok := f.assignmentAt(i)
		if !ok {
			continue
		}
		if to := f.judge(a); to > i {
			i = to - 1
		}
	}
}

// assignmentAt reads the name that stands before the separator at i.
func (f *finder) assignmentAt(i int) (assignment, bool) {
	s := f.s
	a := assignment{sep: i}
	end := i
	for end > 0 && (s[end-1] == ' ' || s[end-1] == '\t') && i-end < 20 {
		end--
	}
	a.spaced = end < i
	if end > 0 && s[end-1] == ']' {
		end--
	}
	quoted := false
	if end > 0 && (s[end-1] == '"' || s[end-1] == '\'' || s[end-1] == '`') {
		quoted = true
		end--
		if end > 0 && s[end-1] == '\\' {
			end--
		}
	}
	from := end
	for from > 0 && class[s[from-1]]&isIdent != 0 && end-from < 100 {
		from--
	}
	if from == end {
		return a, false
	}
	a.name, a.from = s[from:end], from
	f.extend(&a)
	f.leftEdge(&a)
	f.rightEdge(&a)
	if s[i] == ':' && !f.colonAssigns(a, quoted) {
		return a, false
	}
	return a, true
}

// extend takes words before the name into it while the name itself says nothing: Shared Access Key=.
func (f *finder) extend(a *assignment) {
	from := a.from
	for n := 0; n < 2 && from > 1 && f.s[from-1] == ' ' && class[f.s[from-2]]&(isLower|isUpper) != 0; n++ {
		if f.c.traits(a.name).class != Open {
			return
		}
		from--
		for from > 0 && a.from-from < 100 && class[f.s[from-1]]&(isLower|isUpper|isDigit) != 0 {
			from--
		}
		if longer := f.s[from : a.from+len(a.name)]; len(longer) < 100 {
			if name := longer[:]; f.c.traits(name).class == Opaque {
				a.name, a.from = name, from
				return
			}
		}
	}
}

func (f *finder) leftEdge(a *assignment) {
	s, k := f.s, a.from
	for k > 0 && a.from-k < farBehind && (s[k-1] == ' ' || s[k-1] == '\t' || s[k-1] == '"' || s[k-1] == '\'' || s[k-1] == '\\' || s[k-1] == '-') {
		k--
	}
	switch head := strings.TrimLeft(s[f.lineOf(k):k], " \t-"); head {
	case "", "export", "set", "ENV", "ARG", "declare -x", "setx", "Environment=", "$env:", "$Env:":
		a.lineStart = true
	}
	if a.from > 0 {
		c := s[a.from-1]
		a.query = c == '?' || c == '&' || c == ';' && strings.HasSuffix(s[:a.from], "&amp;")
	}
}

func (f *finder) rightEdge(a *assignment) {
	s, k := f.s, a.sep+1
	for k < len(s) && (s[k] == '=' || s[k] == '>') && k-a.sep < 3 { // ==, =>, :=
		k++
	}
	for k < len(s) && (s[k] == ' ' || s[k] == '\t') {
		a.spaced = true
		k++
	}
	if k+1 < len(s) && s[k] == '\\' && (s[k+1] == '"' || s[k+1] == '\'') {
		a.escaped = true
		k++
	}
	if k < len(s) && (s[k] == '"' || s[k] == '\'' || s[k] == '`') {
		a.quote = s[k]
		k++
	}
	a.value = k
}

// colonAssigns tells name: value from the colons of ids, images, times and addresses.
func (f *finder) colonAssigns(a assignment, quoted bool) bool {
	s := f.s
	if a.sep+1 < len(s) && s[a.sep+1] == '/' && a.sep+2 < len(s) && s[a.sep+2] == '/' {
		return false
	}
	if quoted || a.lineStart || a.spaced || a.quote != 0 {
		return a.from == 0 || s[a.from-1] != ':' && s[a.from-1] != '/'
	}
	return a.from == 0 || strings.IndexByte(" \t\n{[,(\"'", s[a.from-1]) >= 0
}

// queryNames are secret in the query of a URL: shared access signatures ("Create a service SAS"), function
// keys ("Azure Functions HTTP trigger", code), AWS and Google signed URLs, API keys.
var queryNames = set("sig signature code key auth access_token x-amz-signature x-amz-security-token x-goog-signature hmac pw apikey api_key token")

// judge adds the value of a where its name says that it is a secret. It returns where the search
// goes on, or 0.
func (f *finder) judge(a assignment) int {
	t := f.c.traits(a.name)
	lower := ""
	if len(a.name) <= 20 {
		lower = strings.ToLower(a.name)
	}
	opaque := t.class == Opaque || a.query && queryNames[lower] || lower == "sig" && len(f.s)-a.value >= shortest
	switch lower {
	case "name", "key", "keyname", "-name", "id":
		f.paired = !opaque && f.c.traits(f.word(a)).class == Opaque
	case "value", "secretvalue":
		opaque = opaque || f.paired
		f.paired = false
	}
	if lower == "authorization" || lower == "proxy-authorization" {
		return f.authorization(a)
	}
	if !opaque {
		return 0
	}
	if from, to := f.block(a); to > from {
		f.add(from, to)
		return to
	}
	to := f.valueEnd(a)
	value := f.s[a.value:to]
	switch {
	case value == "" || strings.HasPrefix(value, Mark) || wordOfState(value) || isReferenceText(value):
		return 0
	case t.token && t.class == Opaque && strings.Trim(value, "0123456789.") == "" && !a.query:
		return 0
	case a.quote == 0 && len(value) < farBehind && strings.HasPrefix(value, "/") && strings.EqualFold(a.name, "pwd"):
		return 0
	}
	f.add(a.value, to)
	return to
}

// word returns the first of the value of a: a name, when it is one.
func (f *finder) word(a assignment) string {
	to := a.value
	for to < len(f.s) && to-a.value < 100 && class[f.s[to]]&isIdent != 0 {
		to++
	}
	return f.s[a.value:to]
}

// authorization finds the credentials behind the scheme in an HTTP header.
func (f *finder) authorization(a assignment) int {
	to := f.valueEnd(a)
	if scheme, rest, ok := strings.Cut(f.s[a.value:to], " "); ok && !isReferenceText(rest) {
		f.add(a.value+len(scheme)+1, to)
	} else if !isReferenceText(scheme) && len(scheme) >= 8 {
		f.add(a.value, to)
	}
	return to
}

// valueEnd returns where the value of a ends. Where that is in doubt it is too far rather than too near.
func (f *finder) valueEnd(a assignment) int {
	s := f.s
	if a.quote != 0 {
		return f.closing(a)
	}
	end := f.lineEnd(a.value)
	if a.query {
		if k := strings.IndexAny(s[a.value:end], "&# \t\"'<>`;,)|\\"); k >= 0 {
			end = a.value + k
		}
		return end
	}
	before := s[f.lineOf(a.from):a.from]
	inQuote := strings.Count(before, "'")%2 == 1
	inBrackets := strings.ContainsAny(before, "{[(")
	alone := a.lineStart && s[a.sep] == '=' && a.from == 0 && strings.IndexByte(s, '\n') < 0
	for k := a.value; k < end; k++ {
		if f.ends(a, k, end, inQuote, inBrackets, alone) {
			return k
		}
	}
	return end
}

// lineEnd returns where the line of i ends, which is looked for once a line.
func (f *finder) lineEnd(i int) int {
	if i >= f.eol {
		f.eol = len(f.s)
		if k := strings.IndexAny(f.s[i:], "\n\r"); k >= 0 {
			f.eol = i + k
		}
	}
	return f.eol
}

// ends reports whether the value of a may end before k.
func (f *finder) ends(a assignment, k, end int, inQuote, inBrackets, alone bool) bool {
	s := f.s
	switch s[k] {
	case '"':
		return !alone
	case '\'':
		return inQuote
	case ';', '&', ',':
		return k+1 == end || s[k+1] == '"' && !alone || startsAssignment(s[k+1:end])
	case '<':
		return k+1 < end && s[k+1] == '/'
	case '}', ')', ']':
		return inBrackets && end-k < farBehind && strings.Trim(s[k:end], "}]),;\"' ") == ""
	case ' ', '\t':
		rest := strings.TrimLeft(s[k:min(end, k+farBehind)], " \t")
		return rest == "" || rest[0] == '-' && len(rest) > 1 && class[rest[1]]&(isLower|isUpper) != 0 || startsAssignment(rest) ||
			s[a.sep] == '=' && !a.spaced && !a.lineStart
	}
	return false
}

// startsAssignment reports whether rest begins with name= or name:, the name having up to three words.
func startsAssignment(rest string) bool {
	rest = strings.TrimLeft(rest[:min(len(rest), farBehind)], " \t\"'")
	words := 0
	for i := 0; i < len(rest) && i < 64; i++ {
		switch c := rest[i]; {
		case c == '=' || c == ':':
			return i > 0 && (c == '=' || i+1 == len(rest) || class[rest[i+1]]&isSpace != 0 || rest[i+1] == '"')
		case c == ' ':
			if words++; words > 2 {
				return false
			}
		case c == '"' || c == '\'':
		case class[c]&isIdent == 0:
			return false
		}
	}
	return false
}

// closing returns where the quoted value ends.
func (f *finder) closing(a assignment) int {
	s := f.s
	for k := a.value; k < len(s); k++ {
		if s[k] == '\\' {
			if a.escaped && k+1 < len(s) && s[k+1] == a.quote {
				return k
			}
			k++
			continue
		}
		if s[k] == a.quote && !a.escaped {
			return k
		}
	}
	return len(s)
}

// block returns the lines of a YAML block scalar (password: | and what stands below it), or nothing.
func (f *finder) block(a assignment) (from, to int) {
	s := f.s
	if a.quote != 0 || !a.lineStart || s[a.sep] != ':' || a.value >= len(s) || s[a.value] != '|' && s[a.value] != '>' {
		return 0, 0
	}
	head, _, ok := strings.Cut(s[a.value:min(len(s), a.value+20)], "\n")
	if !ok || strings.Trim(head, "|>+-0123456789 \r") != "" {
		return 0, 0
	}
	indent := a.from - f.lineOf(a.from)
	end := a.value + len(head) + 1
	for at := end; at < len(s); {
		next := strings.IndexByte(s[at:], '\n')
		if next < 0 {
			next = len(s) - at - 1
		}
		line := s[at : at+next+1]
		body := strings.TrimLeft(line, " \t")
		if strings.TrimSpace(line) != "" && len(line)-len(body) <= indent {
			break
		}
		at += next + 1
		end = at
	}
	from = a.value + len(head) + 1
	text := s[from:end]
	return from + len(text) - len(strings.TrimLeft(text, " \t\r\n")), from + len(strings.TrimRight(text, " \t\r\n"))
}
