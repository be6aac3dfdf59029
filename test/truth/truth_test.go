// Package truth compares what c4arch makes of inputs with what a person reads in them.
// README.md says how the labels came to be and what they may say.
package truth

import (
	"bytes"
	"testing"
	"time"

	"c4arch/internal/app"
)

func TestTruth(t *testing.T) {
	for _, file := range labelFiles(t) {
		l := load(t, file)
		t.Run(l.Name, func(t *testing.T) { l.check(t) })
	}
}

// TestCode: the same, of what code declares.
func TestCode(t *testing.T) {
	for _, file := range codeFiles(t) {
		l := load(t, file)
		t.Run(l.Name, func(t *testing.T) { l.check(t) })
	}
}

func (l *label) check(t *testing.T) {
	paths, ok := l.paths()
	if !ok {
		t.Skip("C4ARCH_INPUTS is not set: the published input was not scanned")
	}
	model, snap, err := app.Scan(t.Context(), app.ScanOptions{
		Paths: paths, Name: l.Name, At: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Key: bytes.Repeat([]byte{7}, 32),
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range l.compare(model, snap, l.secrets(t, paths)) {
		t.Error(line)
	}
}
