package scene

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"testing"

	"c4arch/internal/base/fault"
)

func TestWrite(t *testing.T) {
	var b bytes.Buffer
	err := Write(&b, "<a>{{x}}</a>{{y}}.", map[string]Part{"x": Escaped("<&>"), "y": Text("<i>")})
	if err != nil || b.String() != "<a>&lt;&amp;&gt;</a><i>." {
		t.Errorf("%q, %v", b.String(), err)
	}
	if err := Write(&b, "{{nothing}}", nil); fault.KindOf(err) != fault.Internal {
		t.Errorf("a part that is not there gives %v", err)
	}
	broken := errors.New("broken")
	if err := Write(&b, "{{x}}", map[string]Part{"x": func(*bufio.Writer) error { return broken }}); !errors.Is(err, broken) {
		t.Errorf("a part that fails gives %v", err)
	}
	full := errors.New("disk full")
	if err := Write(failing{full}, "x", nil); !errors.Is(err, full) || fault.KindOf(err) != fault.Unavailable {
		t.Errorf("a full disk gives %v", err)
	}
	if _, err := Style("a{}</STYLE>"); err == nil {
		t.Error("a style sheet that ends its element is taken")
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func FuzzInert(f *testing.F) {
	for _, s := range []string{"", "</script>", "<!--", "a & b", "\u2028<", "\xff<>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		in, _ := json.Marshal(s)
		var out bytes.Buffer
		b := bufio.NewWriter(&out)
		for _, half := range [][]byte{in[:len(in)/2], in[len(in)/2:]} {
			if n, err := Inert(b).Write(half); err != nil || n != len(half) {
				t.Fatal(n, err)
			}
		}
		if err := b.Flush(); err != nil {
			t.Fatal(err)
		}
		if bytes.ContainsAny(out.Bytes(), "<>&") {
			t.Fatalf("%q is not inert", out.String())
		}
		var want, got string
		if json.Unmarshal(in, &want) != nil || json.Unmarshal(out.Bytes(), &got) != nil || want != got {
			t.Fatalf("%q came back as %q", s, got)
		}
	})
}

func TestMarksInWords(t *testing.T) {
	for m, want := range map[Mark]string{
		{Kind: Added}:                             "+ added",
		{Kind: Changed, Grade: "critical"}:        "~ changed · critical",
		{Kind: Inside, Grade: Improved, Count: 3}: "• 3 inside · improved",
		{Kind: Unknown}:                           "? unknown",
		{Kind: Removed, Grade: Accepted}:          "− removed · accepted",
		{Kind: Moved, Grade: "something else"}:    "→ moved · something else",
	} {
		if got := m.String(); got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
	if Rank("critical") >= Rank("low") || Rank("low") >= Rank(Improved) || Rank("") <= Rank(Accepted) {
		t.Error("grades are out of order")
	}
	signs := map[string]bool{}
	for _, k := range Kinds {
		if signs[k.Sign()] || k.Says() == "" {
			t.Errorf("%s has a sign that another has, or says nothing", k)
		}
		signs[k.Sign()] = true
	}
}
