package tenant

import "strings"

// maxSlug is how long a short name may be.
const maxSlug = 40

// SlugOf is a short name made of a name, as it stands in addresses: lower-case letters and digits of ASCII, with hyphens between them. It may be too short to be one.
func SlugOf(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	text := strings.Join(words, "-")
	return strings.TrimRight(text[:min(len(text), maxSlug)], "-")
}
