//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"c4arch/internal/app"
	"c4arch/internal/arch/c4"
)

// TestCode: a root module beside what is live, as the page shows it: how both meet, how a property is written, and what is open.
func TestCode(t *testing.T) {
	m, _, err := app.Scan(context.Background(), app.ScanOptions{
		Paths: []string{"../truth/testdata/code/terraform", "../truth/testdata/code/live.json"},
		Name:  "Contoso shop", At: time.Date(2026, 1, 31, 9, 30, 0, 0, time.UTC), Key: bytes.Repeat([]byte("key!"), 8),
	})
	if err != nil {
		t.Fatal(err)
	}
	b := newTab(t, 1440, 900)
	b.show(m, pictures(t, m), css(), "#page=account")
	b.has(".v-sheet", "The books balance", "Code", "resources are declared by code", "were also seen live", "known only to the cloud",
		"a parameter without a value", "Of these it cannot be told whether they were seen", "stshop${...}")
	b.shot("account-code")

	var line *c4.Relationship
	for i := range m.Relationships {
		if ev := m.Relationships[i].Evidence; len(ev) > 0 && strings.Contains(ev[0].Expression, "fully_qualified_domain_name") || len(ev) > 0 && strings.Contains(ev[0].Expression, "merge(") {
			line = &m.Relationships[i]
			break
		}
	}
	if line == nil {
		t.Fatal("no line rests on an expression")
	}
	ev := line.Evidence[0]
	b.show(m, pictures(t, m), css(), "#select="+line.ID)
	b.until(`document.querySelector('.v-panel.has-selection')`)
	place, _, _ := strings.Cut(ev.Input, "\n")
	first, _, _ := strings.Cut(ev.Expression, "\n")
	b.has(".v-panel", place, "Expression", strings.TrimSpace(first))
	b.shot("evidence-code")
	b.dark(true)
	b.shot("evidence-code-dark")
	b.quiet()
}
