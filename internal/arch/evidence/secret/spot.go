package secret

import "slices"

// Sort is by what rule a secret was found in prose.
type Sort string

// The sorts, the surest first.
const (
	PrivateKey Sort = "privateKey" // RFC 7468 and its relatives, PuTTY
	Token      Sort = "token"      // a published format of a credential, a JSON Web Token
	Login      Sort = "login"      // user and password in an address
	Assigned   Sort = "assigned"   // under a name that speaks of a secret
	Argument   Sort = "argument"   // behind a flag or a header of a command
	Hashed     Sort = "hashed"     // a password hash, which can be tried out at leisure
	Random     Sort = "random"     // looks drawn at random, under no name
)

// Spot is a secret in a text.
type Spot struct {
	Sort     Sort
	From, To int
}

// Spots finds the secrets of prose by the rules by which [Cleaner] cleans configuration, and says which rule it was. It differs in one thing: what a person writes is less dense
// than configuration, so a hexadecimal number that stands alone is taken for the commit or the digest that it mostly is. Its time grows in step with the length of the text.
func Spots(text string) []Spot {
	if !worthwhile(text) {
		return nil
	}
	f := finder{c: NewCleaner(func(s string) string { return s }), s: text}
	var all []Spot
	for _, step := range f.steps() {
		before := slices.Clone(f.found)
		step.run()
		for _, sp := range f.found {
			if to, in := before.at(sp.from); in && to >= sp.to {
				continue
			}
			all = append(all, Spot{step.sort, sp.from, sp.to})
		}
		if len(f.found) > mostSpans {
			return []Spot{{Random, 0, len(text)}}
		}
	}
	return f.tell(all)
}

type step struct {
	sort Sort
	run  func()
}

// steps are the searches in the order of [finder.find].
func (f *finder) steps() []step {
	return []step{
		{PrivateKey, f.pem},
		{Login, f.urls},
		{Login, f.resources},
		{Assigned, f.assignments},
		{Argument, f.flags},
		{Argument, f.headers},
		{Login, f.bareLogin},
		{Hashed, f.crypt},
		{Assigned, f.elements},
		{Random, f.tokens},
	}
}

// tell names tokens of a published format what they are, and leaves out what is no secret in prose. A spot that a later one took in is its part.
func (f *finder) tell(all []Spot) (told []Spot) {
	for i, s := range all {
		if slices.ContainsFunc(all[i+1:], func(o Spot) bool { return o.From <= s.From && s.To <= o.To }) {
			continue
		}
		text := f.s[s.From:s.To]
		published := f.published(s.From, s.To)
		switch {
		case published > 0 && published <= s.To:
			s.Sort = Token
		case s.Sort == Random && (allHex(text) || isOurs(text)):
			continue
		}
		told = append(told, s)
	}
	slices.SortFunc(told, func(a, b Spot) int { return a.From - b.From })
	return told
}

// isOurs reports whether a word is an id of this service: two letters, _ and 26 characters (package id).
func isOurs(word string) bool {
	const whole, bare = 29, 26
	if len(word) == whole && word[2] == '_' {
		word = word[3:]
	}
	if len(word) != bare || word[0] < '0' || word[0] > '7' {
		return false
	}
	for i := range len(word) {
		if class[word[i]]&(isLower|isDigit) == 0 {
			return false
		}
	}
	return true
}
