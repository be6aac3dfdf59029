package rendertest

import (
	"fmt"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/canon"
)

// Names are names that a renderer must survive: each is a name that somebody may give.
func Names() []string {
	return []string{
		`</script><img src=x onerror="window.owned=1">`,
		`<!--<script>window.owned=2</script>`,
		`quote " back\slash ' tick ` + "`",
		"line one\nline two\r\n\ttabbed",
		`${ENV} !include http://contoso.example/x {braces} }`,
		`#quot; &amp; &#x3c; %3Cscript%3E`,
		"ltr \u202E rtl שלום مرحبا",
		"emoji 🛒🧾 and combining e\u0301",
		"line\u2028separator\u2029paragraph",
		strings.Repeat("long name ", 30),
		"end", "graph", "class", "this", "->", "constructor", "__proto__", "a:b;c|d", " ",
	}
}

// Hostile is a model in which every text that comes from outside is one of Names.
func Hostile() *c4.Model {
	b := &builder{m: c4.Model{
		Format: "c4arch-model", Version: c4.FormatVersion, Name: Names()[0], CollectedAt: "2026-03-14T09:26:53Z",
		Snapshot: canon.Sum([]byte("hostile")), Scope: []string{Names()[2], Names()[3]},
		Inputs: []c4.InputSummary{{Name: Names()[0], Format: Names()[1], Resources: 1}},
		Rules:  []c4.Rule{{ID: Names()[2], Reason: Names()[0], Source: "javascript:window.owned=3"}},
	}}
	var containers []string
	b.add(c4.Element{ID: "system:" + Names()[0], Kind: c4.SoftwareSystem, Name: Names()[0], Description: Names()[3], Rule: Names()[2]})
	for i, n := range Names() {
		e := ev(n, i+1, n, n)
		id := fmt.Sprintf("container:%d:%s", i, n)
		containers = append(containers, id)
		b.add(c4.Element{
			ID: id, Kind: c4.Container, Name: n, Technology: n, Description: n, Parent: "system:" + Names()[0],
			Tags: []string{n}, Owner: n, Badges: []string{n}, Rule: n, ResourceType: n, Evidence: []c4.Evidence{e},
		})
		props, _ := canonical(n)
		b.add(c4.Element{ID: fmt.Sprintf("resource:%d:%s", i, n), Kind: c4.Resource, Name: n, Parent: id, Rule: n, Evidence: []c4.Evidence{e}, Properties: props})
		b.m.NotRead = append(b.m.NotRead, evidence.NotRead{Kind: evidence.NotReadKind(n), Input: n, Line: i, Thing: n, Reason: n, Help: n})
		b.m.Account.References = append(b.m.Account.References, c4.Reference{Evidence: e, Value: n, Outcome: c4.Unresolved, Rule: n, Reason: n, Targets: []string{n}})
	}
	b.m.Account.Found, b.m.Account.Unresolved = len(Names()), len(Names())
	for i := 1; i < len(containers); i++ {
		b.rel(containers[i-1], containers[i], Names()[i], Names()[i], Names()[2], c4.High, ev(Names()[i], i, Names()[i], Names()[i]))
	}
	b.view("l2-hostile", c4.Containers, Names()[0], "system:"+Names()[0], append(containers, "system:"+Names()[0])...)
	return &b.m
}

// Empty is a model of nothing.
func Empty() *c4.Model {
	return &c4.Model{
		Format: "c4arch-model", Version: c4.FormatVersion, Name: "Nothing", CollectedAt: "2026-03-14T09:26:53Z",
		NotRead: []evidence.NotRead{{Kind: evidence.InputNotUnderstood, Input: "README.md", Reason: "no reader knows this format"}},
	}
}

// Large has n containers in systems of ten, and views views.
func Large(n, views int) *c4.Model {
	b := &builder{m: c4.Model{Format: "c4arch-model", Version: c4.FormatVersion, Name: "Large", CollectedAt: "2026-03-14T09:26:53Z", Scope: []string{"generated"}}}
	var system string
	var members []string
	for i := range n {
		if i%10 == 0 {
			system = fmt.Sprintf("system:%04d", i/10)
			b.add(c4.Element{ID: system, Kind: c4.SoftwareSystem, Name: fmt.Sprintf("System %d", i/10), Rule: "S5"})
			members = nil
		}
		id := fmt.Sprintf("container:%05d", i)
		members = append(members, id)
		b.add(c4.Element{ID: id, Kind: c4.Container, Name: fmt.Sprintf("service-%d", i), Technology: "Go", Parent: system, Rule: "T10", Evidence: []c4.Evidence{ev(export, i+1, id, "")}})
		if i > 0 {
			b.rel(fmt.Sprintf("container:%05d", (i*7)%i), id, "calls", "HTTPS", "R24", c4.High, ev(export, i+1, id, "host"))
		}
		if i%10 == 9 && len(b.m.Views) < views {
			b.view(fmt.Sprintf("l2-%04d", i/10), c4.Containers, "Inside "+system, system, append(members, system)...)
		}
	}
	for i := len(b.m.Views); i < views; i++ {
		b.view(fmt.Sprintf("l4-%04d", i), c4.Resources, fmt.Sprintf("Resources %d", i), fmt.Sprintf("container:%05d", i%n), fmt.Sprintf("container:%05d", i%n))
	}
	return &b.m
}
