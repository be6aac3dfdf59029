package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// prefix is that of the variables of this program.
const prefix = "C4ARCH_"

// others are variables that are no settings of the service.
var others = []string{FileVariable, "C4ARCH_SERVER", "C4ARCH_TOKEN", "C4ARCH_KEY", "C4ARCH_STORE", "C4ARCH_INPUTS", "C4ARCH_KILLS"}

// links are what Kubernetes sets in every container beside a service that is called c4arch (documentation of Kubernetes, "Service", environment variables).
var links = regexp.MustCompile(`^C4ARCH(_[A-Z0-9_]+)?_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT(_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$|^C4ARCH_PORT$`)

// near is how many letters a misspelling changes at most.
const near = 2

// strange looks for variables of this program that it does not know. One that is nearly the name of a setting is a mistake: what somebody wanted to set would silently not be
// set. Others may be somebody's own, as secrets that a setting names, and are only told.
func strange(environ []string, used []string) (wrong []error, unknown []string) {
	names := slices.Clone(others)
	for _, s := range settings() {
		names = append(names, s.variable())
	}
	for _, pair := range environ {
		name, _, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, prefix) || len(name) > 200 || slices.Contains(names, name) || slices.Contains(used, name) || links.MatchString(name) {
			continue
		}
		best, least := "", near+1
		for _, n := range names {
			if d := distance(name, n, least); d < least {
				best, least = n, d
			}
		}
		if best != "" {
			wrong = append(wrong, fmt.Errorf("environment %s: there is no such setting: write %s, or unset it", shown(name), best))
			continue
		}
		unknown = append(unknown, name)
	}
	slices.Sort(unknown)
	return wrong, unknown
}

// distance is how many letters are to be put in, left out or changed to make b of a (Levenshtein), or most where it is that at least.
func distance(a, b string, most int) int {
	if len(a)-len(b) >= most || len(b)-len(a) >= most {
		return most
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		left := i + 1
		for j := range len(b) {
			change := row[j]
			if a[i] != b[j] {
				change++
			}
			row[j], left = left, min(change, left+1, row[j+1]+1)
		}
		row[len(b)] = left
	}
	return min(row[len(b)], most)
}
