package cli

import (
	"cmp"
	"slices"
	"strings"
)

// mostMeant is how many words are offered for one that is not known.
const mostMeant = 5

// meant is "did you mean a or b? " with the known words that are near, or "".
func meant(word string, known []string) string {
	near := nearest(word, known)
	if len(near) == 0 {
		return ""
	}
	return "did you mean " + strings.Join(near, " or ") + "? "
}

// nearest are the known words that may have been meant, the nearest first: those in which the word stands, and those that
// need few changes to become it.
func nearest(word string, known []string) []string {
	type candidate struct {
		word string
		far  int
	}
	word = strings.ToLower(word)
	var all []candidate
	for _, k := range known {
		far := changes(word, strings.ToLower(k))
		if word != "" && strings.Contains(strings.ToLower(k), word) {
			far = min(far, 1)
		}
		if far <= (len(word)+2)/4 {
			all = append(all, candidate{k, far})
		}
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Compare(a.far, b.far) })
	var words []string
	for _, c := range all[:min(len(all), mostMeant)] {
		words = append(words, c.word)
	}
	return words
}

// longest bounds the work of comparing words that people type.
const longestWord = 128

// changes is how many letters to insert, delete or replace to get from a to b (Levenshtein 1966, by the method of Wagner and
// Fischer 1974).
func changes(a, b string) int {
	if len(a) > longestWord || len(b) > longestWord {
		return max(len(a), len(b))
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		above := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := above
			if a[i] != b[j] {
				cost++
			}
			above, row[j+1] = row[j+1], min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
