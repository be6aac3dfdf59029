package secret

import "strings"

// flags finds values that stand behind a word and white space: --password x, -pX of the MySQL tools,
// IDENTIFIED BY 'x', PASSWORD 'x', and the password of a netrc line.
func (f *finder) flags() {
	s := f.s
	mysql := strings.Contains(s, "mysql") || strings.Contains(s, "mariadb") || strings.Contains(s, "sshpass")
	f.login = mysql || strings.Contains(s, "login") || strings.Contains(s, " -u ") || strings.Contains(s, "--username")
	f.redis = strings.Contains(s, "redis-cli")
	for i := 0; i < len(s); i++ {
		if i > 0 && class[s[i-1]]&isSpace == 0 && s[i-1] != '"' && s[i-1] != '\'' && s[i-1] != '(' {
			continue
		}
		if _, ok := f.found.at(i); ok {
			continue
		}
		end := i
		for end < len(s) && class[s[end]]&isIdent != 0 {
			end++
		}
		if end-i < 2 || end >= len(s) {
			if mysql && end-i > 2 {
				f.shortFlag(i, end)
			}
			continue
		}
		f.flag(i, end, mysql)
	}
}

// flag looks at the word [i, end) and what stands behind it.
func (f *finder) flag(i, end int, mysql bool) {
	s := f.s
	word := s[i:end]
	if s[end] != ' ' && s[end] != '\t' && !(s[end] == '\\' && end+1 < len(s) && s[end+1] == '\n') {
		if mysql {
			f.shortFlag(i, end)
		}
		return
	}
	from := end
	for from < len(s) && (class[s[from]]&isSpace != 0 && s[from] != '\n' || s[from] == '\\' && from+1 < len(s) && s[from+1] == '\n') {
		from++
		if from < len(s) && s[from-1] == '\\' {
			from++
		}
	}
	if from >= len(s) {
		return
	}
	quote := s[from]
	quoted := quote == '"' || quote == '\''
	dashed := word[0] == '-'
	switch {
	case word == "-p" || word == "-a":
		if to := wordEnd(s, from); !quoted && (word == "-p" && f.login || word == "-a" && f.redis) && !harmlessArgument(s[from:to]) {
			f.addArgument(from, to)
		}
		if !quoted || !f.login && !f.redis {
			return
		}
	case dashed && f.c.traits(strings.TrimLeft(word, "-")).class == Opaque:
	case spelledOut(word) && f.c.traits(word).class == Opaque && !verb(s[from:wordEnd(s, from)]):
	case isKeyword(word):
	case quoted && (strings.EqualFold(word, "password") || strings.EqualFold(word, "by") && precededBy(s[:i], "identified")):
	case strings.EqualFold(word, "password") && strings.Contains(strings.ToLower(s[max(0, i-200):i]), "login "):
	case word == "-u" || word == "--user":
		to := wordEnd(s, from)
		if k := strings.IndexByte(s[from:to], ':'); k > 0 {
			f.addArgument(from+k+1, to)
		}
		return
	default:
		if mysql {
			f.shortFlag(i, end)
		}
		return
	}
	if quoted {
		from++
		to := len(s)
		if k := strings.IndexByte(s[from:], quote); k >= 0 {
			to = from + k
		}
		f.addArgument(from, to)
		return
	}
	if s[from] != '-' {
		f.addArgument(from, wordEnd(s, from))
	}
}

// spelledOut tells the name of a setting, which a value may follow behind a space (ENV DB_PASSWORD x, set
// bind_password x), from a word in a sentence.
func spelledOut(word string) bool {
	if len(word) > 60 {
		return false
	}
	upper := len(word) > 4
	for i := 0; i < len(word); i++ {
		if word[i] == '_' || word[i] == '.' && i+1 < len(word) {
			return true
		}
		upper = upper && class[word[i]]&isLower == 0
	}
	return upper
}

// verb: what follows the name of a setting in a sentence.
func verb(word string) bool {
	switch strings.ToLower(strings.Trim(word, ".,;:")) {
	case "is", "are", "was", "has", "must", "may", "can", "should", "will", "and", "or", "in", "from", "for", "to", "of", "not", "as", "on", "=", "==", "!=", ":", "=>", "->", "|", "||", "&&", "-":
		return true
	}
	return false
}

// shortFlag finds -pSECRET in a text that speaks of mysql.
func (f *finder) shortFlag(i, end int) {
	s := f.s
	if end-i > 2 && s[i] == '-' && s[i+1] == 'p' && f.c.traits(s[i+1:end]).class == Open && !strings.HasPrefix(s[i:], "-port") && !strings.HasPrefix(s[i:], "-proto") {
		f.addArgument(i+2, wordEnd(s, i+2))
	}
}

func (f *finder) addArgument(from, to int) {
	if v := f.s[from:to]; v != "" && !isReferenceText(v) && !wordOfState(v) {
		f.add(from, to)
	}
}

func wordEnd(s string, from int) int {
	to := from
	for to < len(s) && class[s[to]]&isSpace == 0 && s[to] != '"' && s[to] != '\'' {
		to++
	}
	return to
}

func precededBy(s, word string) bool {
	s = strings.TrimRight(s[max(0, len(s)-farBehind):], " \t\n")
	return len(s) >= len(word) && strings.EqualFold(s[len(s)-len(word):], word)
}

// headers finds the credentials behind Bearer and Basic (RFC 6750, RFC 7617) where no
// header's name stands before them.
func (f *finder) headers() {
	s := f.s
	for i := 0; i+8 < len(s); i++ {
		if s[i] != 'B' && s[i] != 'b' || i > 0 && class[s[i-1]]&isIdent != 0 {
			continue
		}
		n := 0
		switch {
		case hasFold(s[i:], "bearer "):
			n = len("bearer ")
		case hasFold(s[i:], "basic "):
			n = len("basic ")
		default:
			continue
		}
		to := i + n
		for to < len(s) && (class[s[to]]&isToken != 0 || s[to] == '.') {
			to++
		}
		text := s[i+n : to]
		if n == len("bearer ") && len(text) >= 8 && strings.ContainsAny(text, "0123456789") || n == len("basic ") && isLogin(text) {
			f.add(i+n, to)
		}
		i = to - 1
	}
}

// elements finds <password>x</password>.
func (f *finder) elements() {
	s := f.s
	for i := 0; i < len(s); i++ {
		if s[i] != '<' || i+1 >= len(s) || class[s[i+1]]&isIdent == 0 {
			continue
		}
		end := i + 1
		for end < len(s) && class[s[end]]&isIdent != 0 {
			end++
		}
		if f.c.traits(s[i+1:end]).class != Opaque {
			continue
		}
		gt := strings.IndexByte(s[end:], '>')
		if gt < 0 {
			return
		}
		from := end + gt + 1
		to := strings.IndexByte(s[from:], '<')
		if to < 0 {
			to = len(s) - from
		}
		if s[from-2] != '/' && strings.TrimSpace(s[from:from+to]) != "" {
			f.addArgument(from, from+to)
		}
		i = from + to - 1
	}
}
