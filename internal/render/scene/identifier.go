package scene

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
)

// Identifiers gives every node a name of small letters, digits and underscores behind prefix, made from its element's name so
// that texts of two scans can be compared. Equal ones all get mark and a digest of that many bytes of their node's id, so that
// the order plays no part.
func (o *Outline) Identifiers(prefix, mark string, bytes int) map[string]string {
	claims := make([]Claim, len(o.View.Nodes))
	for i, n := range o.View.Nodes {
		claims[i] = Claim{ID: n.ID, Name: prefix + Word(o.element[n.ID].Name, '_', 40)}
	}
	names := Distinct(claims, func(c Claim) string { return strings.TrimSuffix(c.Name, "_") + mark + ShortDigest(c.ID, bytes) })
	out := make(map[string]string, len(claims))
	for i, c := range claims {
		out[c.ID] = names[i]
	}
	return out
}

// Claim is what something would be called if nothing else was called the same.
type Claim struct {
	ID   string // what tells it apart; no two are equal
	Name string // one that ends with an underscore is no name yet
}

// Distinct returns a name for each claim, no two of them equal. Claims that nobody shares are granted. The others get what
// marked says, which is made from their id, so that their order plays no part; a name that is taken even so, by chance or by
// design of who chose the ids, gets a number behind it, counted in the order of the ids.
func Distinct(claims []Claim, marked func(Claim) string) []string {
	count := make(map[string]int, len(claims))
	for _, c := range claims {
		count[c.Name]++
	}
	names, taken := make([]string, len(claims)), make(map[string]bool, len(claims))
	var shared []int
	for i, c := range claims {
		if count[c.Name] > 1 || strings.HasSuffix(c.Name, "_") {
			shared = append(shared, i)
		} else {
			names[i], taken[c.Name] = c.Name, true
		}
	}
	slices.SortStableFunc(shared, func(a, b int) int {
		return cmp.Or(cmp.Compare(claims[a].ID, claims[b].ID), cmp.Compare(claims[a].Name, claims[b].Name))
	})
	for _, i := range shared {
		names[i] = Unused(marked(claims[i]), "_", taken)
	}
	return names
}

// Unused returns name, or name with the first number behind mark that makes it one which is not taken, and takes it.
func Unused(name, mark string, taken map[string]bool) string {
	free := name
	for n := 2; taken[free]; n++ {
		free = name + mark + strconv.Itoa(n)
	}
	taken[free] = true
	return free
}

// Word keeps the small letters and digits of s, about most of them, with one gap for whatever stands between them.
func Word(s string, gap byte, most int) string {
	var b strings.Builder
	between := false
	for _, r := range strings.ToLower(s) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			if between && b.Len() > 0 {
				b.WriteByte(gap)
			}
			between = false
			b.WriteRune(r)
		} else {
			between = true
		}
		if b.Len() >= most {
			break
		}
	}
	return b.String()
}

// ShortDigest is the beginning of a digest of s, to tell equal names apart. It is short enough for two to be made equal on
// purpose: what must be unique goes through Distinct or Unused.
func ShortDigest(s string, bytes int) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:bytes])
}
