package scene_test

import (
	"errors"
	"strings"
	"testing"

	"c4arch/internal/render/scene"
)

func TestLines(t *testing.T) {
	var b strings.Builder
	l := scene.NewLines(&b, "  ")
	l.Open("model", "m")
	l.Line("a", "b")
	l.Open("inner")
	l.Line()
	l.Close()
	l.In()
	l.Line("deeper")
	l.Out()
	l.Blank()
	l.Close()
	if err := l.Flush(); err != nil {
		t.Fatal(err)
	}
	if want := "model m {\n  a b\n  inner {\n    \n  }\n    deeper\n\n}\n"; b.String() != want {
		t.Errorf("it is\n%s\nwant\n%s", b.String(), want)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("full") }

func TestLinesKeepTheError(t *testing.T) {
	l := scene.NewLines(full{}, "")
	l.Line(strings.Repeat("x", 10000))
	l.Line("y")
	if err := l.Flush(); err == nil || err.Error() != "full" {
		t.Errorf("the error is %v", err)
	}
}
