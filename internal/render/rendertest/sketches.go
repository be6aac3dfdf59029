package rendertest

import (
	"fmt"
	"strings"

	"c4arch/internal/arch/c4"
)

var (
	verbs = []string{"Reads and writes", "Publishes events to", "Calls", "Sends telemetry to", "Reads secrets of", "Is triggered by messages from", "May use"}
	techs = []string{"HTTPS", "AMQP", "PostgreSQL", "", "gRPC", "Redis"}
	kinds = []struct{ shape, technology, name string }{
		{"", "Azure Container Apps", "ca-%s"},
		{"database", "Azure SQL Database", "sqldb-%s-prod"},
		{"queue", "Azure Service Bus queue", "sbq-%s"},
		{"function", "Azure Functions", "func-%s-westeurope-prod-001"},
		{"", "Azure App Service", "app-%s"},
		{"storage", "Azure Blob Storage", "st%sprod"},
		{"secret", "Azure Key Vault", "kv-%s"},
		{"cache", "Azure Cache for Redis", "redis-%s"},
	}
	words = []string{"orders", "stock", "billing", "search", "identity", "reports", "shipping", "returns", "catalogue", "pricing", "reviews", "loyalty"}
)

// estate is a view of n containers in nested boundaries with about 1.3 lines for each.
func estate(n int) *sketch {
	r := &chance{uint64(n)}
	s := newSketch(fmt.Sprintf("estate-%03d", n), fmt.Sprintf("Containers, %d of them", n), c4.Containers)
	systems := max(1, n/12)
	for i := range systems {
		s.add(c4.SoftwareSystem, fmt.Sprintf("s%02d", i), "", strings.ToUpper(words[i%len(words)][:1])+words[i%len(words)][1:]+" system", "", "")
	}
	home := make([]int, n)
	for i := range n {
		home[i] = min(systems-1, i*systems/n)
		k := kinds[r.below(len(kinds))]
		text := ""
		if r.below(3) == 0 {
			text = "Keeps what " + words[r.below(len(words))] + " needs and gives it to those who ask."
		}
		s.add(c4.Container, fmt.Sprintf("n%03d", i), fmt.Sprintf("s%02d", home[i]), fmt.Sprintf(k.name, words[r.below(len(words))]), k.technology, text).Shape = k.shape
	}
	ext := s.add(c4.SoftwareSystem, "ext", "", "api.partner.example", "HTTPS", "")
	ext.External = true
	for range n * 13 / 10 {
		a, b := r.below(n), r.below(n)
		if r.below(10) < 8 {
			for home[a] != home[b] {
				b = r.below(n)
			}
		}
		if a == b {
			continue
		}
		s.line(fmt.Sprintf("n%03d", a), fmt.Sprintf("n%03d", b), verbs[r.below(len(verbs))], techs[r.below(len(techs))],
			[]c4.Confidence{c4.Certain, c4.High, c4.May}[r.below(3)])
	}
	s.line("n000", "ext", "Asks for prices", "HTTPS", c4.High)
	return s
}

// shapes are the plain graphs that a layout must not spoil.
func star(n int) *sketch {
	s := newSketch("star", "A hub", c4.Landscape)
	s.add(c4.SoftwareSystem, "hub", "", "Integration platform", "Azure Service Bus", "Knows everybody.")
	for i := range n {
		id := fmt.Sprintf("s%02d", i)
		s.add(c4.SoftwareSystem, id, "", words[i%len(words)]+" "+fmt.Sprint(i), "", "")
		if i%3 == 0 {
			s.line(id, "hub", "Publishes to", "AMQP", c4.Certain)
		} else {
			s.line("hub", id, "Delivers to", "AMQP", c4.High)
		}
	}
	return s
}

func chain(n int) *sketch {
	s := newSketch("chain", "A chain", c4.Landscape)
	for i := range n {
		s.add(c4.SoftwareSystem, fmt.Sprintf("s%02d", i), "", words[i%len(words)]+" "+fmt.Sprint(i), "", "")
		if i > 0 {
			s.line(fmt.Sprintf("s%02d", i-1), fmt.Sprintf("s%02d", i), "Hands over to", "HTTPS", c4.Certain)
		}
	}
	return s
}

func alone(n int) *sketch {
	s := newSketch(fmt.Sprintf("resources-%d", n), "Resources", c4.Resources)
	for i := range n {
		k := kinds[i%len(kinds)]
		s.add(c4.Resource, fmt.Sprintf("r%02d", i), "", fmt.Sprintf(k.name, words[i%len(words)]), k.technology, "")
	}
	return s
}

func bipartite(a, b int) *sketch {
	s := newSketch("bipartite", "Everybody talks to everybody", c4.Landscape)
	for i := range a {
		s.add(c4.SoftwareSystem, fmt.Sprintf("a%d", i), "", "caller "+fmt.Sprint(i), "", "")
	}
	for i := range b {
		s.add(c4.SoftwareSystem, fmt.Sprintf("b%d", i), "", "called "+fmt.Sprint(i), "", "")
		for k := range a {
			s.line(fmt.Sprintf("a%d", k), fmt.Sprintf("b%d", i), "Calls", "HTTPS", c4.High)
		}
	}
	return s
}

// hostile has names that nobody should have.
func hostile() *sketch {
	s := newSketch("hostile", `Names </title><script>alert("1")</script>`, c4.Landscape)
	names := []string{
		`"quotes" 'and' <angles> & ampersands`, "</script><script>alert(1)</script>", "line\nbreaks\r\n\tand tabs",
		"عقد توريد البرمجيات", "mixed \u202Egnirts desrever\u202C text", "nul\x00 bell\x07 escape\x1b[31m", strings.Repeat("a-very-long-name_", 18)[:300],
		strings.Repeat("W", 300), "emoji 🚀🔥 in a name 👩‍👩‍👧", "結合された日本語の名前がここにあります", "\xff\xfe broken \xc3", "", "]]>", "<!-- comment -->", "&amp;&#x41;",
	}
	for i, n := range names {
		id := fmt.Sprintf("id %d <&\"'> %s", i, n)
		e := s.add(c4.SoftwareSystem, id, "", n, n, n)
		e.Badges = []string{n}
		e.Shape = n
		if i > 0 {
			s.line(s.v.Nodes[i-1].ID, id, n, n, c4.High)
		}
	}
	return s
}

// chance gives numbers that look like chance and are the same each time: a linear congruential generator with the constants of
// Knuth's MMIX.
type chance struct{ state uint64 }

func (c *chance) below(n int) int {
	c.state = c.state*6364136223846793005 + 1442695040888963407
	return int(c.state >> 33 % uint64(n))
}
