package cli

import (
	"testing"
	"time"
)

func TestNumbersAndWords(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{number(0), "0"},
		{number(999), "999"},
		{number(1000), "1,000"},
		{number(1234567), "1,234,567"},
		{number(-4200), "-4,200"},
		{count(0, "input"), "0 inputs"},
		{count(1, "input"), "1 input"},
		{count(12345, "input"), "12,345 inputs"},
		{count(1, "person", "people"), "1 person"},
		{count(2, "person", "people"), "2 people"},
		{share(0, 0), "0 %"},
		{share(0, 9), "0 %"},
		{share(9, 9), "100 %"},
		{share(1, 3), "33.3 %"},
		{share(1, 5000), "under 0.1 %"},
		{share(4999, 5000), "over 99.9 %"},
		{duration(0), "0 ms"},
		{duration(999 * time.Millisecond), "999 ms"},
		{duration(1234 * time.Millisecond), "1.2 s"},
		{duration(125 * time.Second), "2 min 5 s"},
		{clip("abc", 3), "abc"},
		{clip("äöüß", 3), "äö…"},
		{visible("a\x1b[31mb\r\nc\u202ed\u0085"), "a\uFFFD[31mb  c\uFFFDd\uFFFD"},
		{visible("Grüße 日本"), "Grüße 日本"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

func FuzzVisible(f *testing.F) {
	f.Add("plain")
	f.Add("\x1b]0;title\x07\u2066x\u2069\x9b31m")
	f.Fuzz(func(t *testing.T, s string) {
		for _, r := range visible(s) {
			if r < 0x20 || r == 0x7f || r >= 0x80 && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
				t.Fatalf("%q lets %U through", s, r)
			}
		}
	})
}

func TestWrap(t *testing.T) {
	for in, want := range map[string]string{
		"":                            "",
		"one two three":               "one two\nthree",
		"one\ntwo":                    "one two",
		"a paragraph\n\nand the next": "a\nparagraph\n\nand the\nnext",
		"averylongword of no use":     "averylongword\nof no\nuse",
		"épée épée":                   "épée\népée",
	} {
		if got := wrap(in, 8); got != want {
			t.Errorf("%q becomes %q, not %q", in, got, want)
		}
	}
}
