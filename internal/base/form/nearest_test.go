package form

import (
	"strings"
	"testing"
)

func TestNearest(t *testing.T) {
	known := []string{"persons", "systems", "externals", "description"}
	for word, want := range map[string]string{
		"sytems": "systems", "person": "persons", "desc": "description", "Systems": "systems", "external": "externals",
		"colour": "", "x": "", strings.Repeat("s", 100): "",
	} {
		if got := nearest(word, known); got != want {
			t.Errorf("nearest(%q) = %q, want %q", word, got, want)
		}
	}
}
