package scene_test

import (
	"slices"
	"testing"

	"c4arch/internal/render/scene"
)

func TestOneLine(t *testing.T) {
	for in, want := range map[string]string{
		" a \r\n\tb\x00c\u2028d ": "a b c d", "x\u202ey": "xy", "\xffz": "\ufffdz", "\u200d🛒": "\u200d🛒", "": "",
	} {
		if got := scene.OneLine(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

func TestWrap(t *testing.T) {
	for in, want := range map[string][]string{
		"": nil, " \n ": nil, "a": {"a"}, "ab cd ef": {"ab cd", "ef"}, "abcdefgh i j": {"abcdefgh", "i j"}, "שלום עולם": {"שלום", "עולם"},
	} {
		if got := scene.Wrap(in, 5); !slices.Equal(got, want) {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

func TestOrElse(t *testing.T) {
	if a, b := scene.OrElse(" a ", "b"), scene.OrElse(" \n", "b"); a != " a " || b != "b" {
		t.Errorf("%q and %q", a, b)
	}
}
