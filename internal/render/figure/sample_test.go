package figure

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"c4arch/internal/arch/c4"
)

// sketch builds a model with one view.
type sketch struct {
	m c4.Model
	v c4.View
}

func newSketch(key, title string, kind c4.ViewKind) *sketch {
	return &sketch{
		m: c4.Model{Name: "Contoso", Scope: []string{"rg-shop-prod", "aks-shop-prod"}, CollectedAt: "2026-03-01T09:30:00Z"},
		v: c4.View{Key: key, Title: title, Kind: kind},
	}
}

// add puts an element into the model and the view and returns it for more detail.
func (s *sketch) add(kind c4.Kind, id, parent, name, technology, description string) *c4.Element {
	s.m.Elements = append(s.m.Elements, c4.Element{ID: id, Kind: kind, Name: name, Technology: technology, Description: description, Parent: parent})
	s.v.Nodes = append(s.v.Nodes, c4.Node{ID: id, Element: id, Parent: parent})
	return &s.m.Elements[len(s.m.Elements)-1]
}

func (s *sketch) line(source, target, description, technology string, sure c4.Confidence) {
	s.v.Lines = append(s.v.Lines, c4.Line{
		Source: source, Target: target, Description: description, Technology: technology,
		Confidence: sure, Relationships: []string{fmt.Sprintf("r%d", len(s.v.Lines))},
	})
}

func (s *sketch) model() (*c4.Model, *c4.View) {
	s.m.Views = []c4.View{s.v}
	return &s.m, &s.m.Views[0]
}

// shop is a container view of a small shop, with every shape.
func shop() *sketch {
	s := newSketch("containers-shop", "Containers of Contoso Shop", c4.Containers)
	s.add(c4.Person, "customer", "", "Customer", "", "Buys things.")
	s.add(c4.Person, "clerk", "", "Shop clerk", "", "Answers questions and returns money.")
	s.add(c4.SoftwareSystem, "shop", "", "Contoso Shop", "", "Sells things to people.")
	s.add(c4.Container, "web", "shop", "Storefront", "React", "Pages that customers use.").Shape = "browser"
	s.add(c4.Container, "gate", "shop", "apim-contoso-prod", "Azure API Management", "One door for all callers.").Shape = "gateway"
	s.m.Elements[len(s.m.Elements)-1].Badges = []string{"internet-facing"}
	s.add(c4.Container, "orders", "shop", "orders-api", ".NET 9, Azure Container Apps", "Takes orders and keeps their state until they are delivered.")
	s.add(c4.Container, "stock", "shop", "stock-api", "Go, Azure Container Apps", "")
	s.add(c4.Container, "bill", "shop", "billing-function-app-westeurope-production-001", "Azure Functions", "Sends bills.").Shape = "function"
	s.add(c4.Container, "db", "shop", "psql-orders", "Azure Database for PostgreSQL", "Orders, customers.").Shape = "database"
	s.add(c4.Container, "cache", "shop", "redis-stock", "Azure Cache for Redis", "").Shape = "cache"
	s.add(c4.Container, "bus", "shop", "order-events", "Azure Service Bus topic", "").Shape = "queue"
	s.add(c4.Container, "blob", "shop", "stcontosobills", "Azure Blob Storage", "").Shape = "storage"
	s.add(c4.Container, "vault", "shop", "kv-contoso", "Azure Key Vault", "").Shape = "secret"
	pay := s.add(c4.SoftwareSystem, "pay", "", "Payment provider", "", "Takes card payments.")
	pay.External, pay.Badges = true, []string{"unverified"}
	mail := s.add(c4.SoftwareSystem, "mail", "", "smtp.example.com", "SMTP", "")
	mail.External, mail.Badges = true, []string{"inferred"}
	net := s.add(c4.SoftwareSystem, "net", "", "Internet", "", "")
	net.External, net.Shape, net.Badges = true, "internet", []string{"inferred"}
	s.line("customer", "web", "Buys from", "HTTPS", c4.Certain)
	s.line("clerk", "web", "Looks after orders in", "HTTPS", c4.High)
	s.line("net", "gate", "Reaches", "HTTPS 443", c4.Certain)
	s.line("web", "gate", "Calls", "JSON over HTTPS", c4.Certain)
	s.line("gate", "orders", "Forwards /orders to", "HTTPS", c4.Certain)
	s.line("gate", "stock", "Forwards /stock to", "HTTPS", c4.Certain)
	s.line("orders", "db", "Reads and writes", "PostgreSQL", c4.Certain)
	s.line("orders", "bus", "Publishes order events to", "AMQP", c4.High)
	s.line("bus", "bill", "Triggers", "AMQP", c4.Certain)
	s.line("bill", "blob", "Stores bills in", "HTTPS", c4.High)
	s.line("bill", "mail", "Sends mail through", "SMTP", c4.High)
	s.line("orders", "pay", "Takes payments through", "HTTPS", c4.High)
	s.line("stock", "cache", "Caches in", "Redis", c4.High)
	s.line("stock", "db", "May read from", "", c4.May)
	s.line("orders", "vault", "Reads secrets of", "HTTPS", c4.May)
	s.line("bill", "vault", "Reads secrets of", "HTTPS", c4.May)
	s.line("stock", "orders", "Asks for open orders", "gRPC", c4.High)
	s.line("orders", "stock", "Reserves stock in", "gRPC", c4.High)
	return s
}

// tiny is a system with its neighbours.
func tiny() *sketch {
	s := newSketch("context-shop", "Context of Contoso Shop", c4.Context)
	s.add(c4.Person, "customer", "", "Customer", "", "Buys things.")
	s.add(c4.SoftwareSystem, "shop", "", "Contoso Shop", "", "Sells things to people.")
	s.add(c4.SoftwareSystem, "pay", "", "Payment provider", "", "Takes card payments.").External = true
	s.add(c4.SoftwareSystem, "log", "", "Log Analytics", "Azure Monitor", "")
	s.line("customer", "shop", "Buys from", "HTTPS", c4.Certain)
	s.line("shop", "pay", "Takes payments through", "HTTPS", c4.High)
	s.line("shop", "log", "May write to", "", c4.May)
	return s
}

// deployment is six levels deep.
func deployment() *sketch {
	s := newSketch("deployment-prod", "Deployment: production", c4.Deployment)
	s.add(c4.DeploymentNode, "sub", "", "Contoso Production", "Azure Subscription", "")
	s.add(c4.DeploymentNode, "rg", "sub", "rg-shop-prod", "Azure Resource Group", "")
	s.add(c4.DeploymentNode, "vnet", "rg", "vnet-shop-prod-westeurope", "Azure Virtual Network, 10.20.0.0/16", "")
	s.add(c4.DeploymentNode, "snet", "vnet", "snet-aks", "Subnet, 10.20.1.0/24", "")
	s.add(c4.DeploymentNode, "aks", "snet", "aks-shop-prod", "Azure Kubernetes Service 1.31", "")
	s.add(c4.DeploymentNode, "pool", "aks", "system", "Node pool, Standard_D4s_v5 × 3", "")
	s.add(c4.Container, "orders", "pool", "orders-api", ".NET 9", "Takes orders.")
	s.add(c4.Container, "stock", "pool", "stock-api", "Go", "Knows what is there.")
	s.add(c4.DeploymentNode, "snet2", "vnet", "snet-data", "Subnet, 10.20.2.0/24", "")
	s.add(c4.InfrastructureNode, "pe", "snet2", "pe-psql-orders", "Private Endpoint", "").Shape = "network"
	s.add(c4.DeploymentNode, "snet3", "vnet", "snet-empty", "Subnet, 10.20.3.0/24", "Nothing is in it.")
	s.add(c4.DeploymentNode, "psql", "rg", "psql-orders", "Azure Database for PostgreSQL", "")
	s.add(c4.Container, "db", "psql", "orders", "PostgreSQL database", "").Shape = "database"
	s.add(c4.InfrastructureNode, "gw", "rg", "agw-shop-prod", "Application Gateway", "").Shape = "gateway"
	s.line("gw", "aks", "Forwards to", "HTTP", c4.High)
	s.line("orders", "pe", "Reaches the database through", "PostgreSQL", c4.Certain)
	s.line("pe", "psql", "Is a private door to", "", c4.Certain)
	s.line("stock", "orders", "Asks for open orders", "gRPC", c4.High)
	s.line("orders", "db", "Reads and writes", "PostgreSQL", c4.Certain)
	return s
}

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
	r := rand.New(rand.NewPCG(uint64(n), 2))
	s := newSketch(fmt.Sprintf("estate-%03d", n), fmt.Sprintf("Containers, %d of them", n), c4.Containers)
	systems := max(1, n/12)
	for i := range systems {
		s.add(c4.SoftwareSystem, fmt.Sprintf("s%02d", i), "", strings.ToUpper(words[i%len(words)][:1])+words[i%len(words)][1:]+" system", "", "")
	}
	home := make([]int, n)
	for i := range n {
		home[i] = min(systems-1, i*systems/n)
		k := kinds[r.IntN(len(kinds))]
		text := ""
		if r.IntN(3) == 0 {
			text = "Keeps what " + words[r.IntN(len(words))] + " needs and gives it to those who ask."
		}
		s.add(c4.Container, fmt.Sprintf("n%03d", i), fmt.Sprintf("s%02d", home[i]), fmt.Sprintf(k.name, words[r.IntN(len(words))]), k.technology, text).Shape = k.shape
	}
	ext := s.add(c4.SoftwareSystem, "ext", "", "api.partner.example", "HTTPS", "")
	ext.External = true
	for range n * 13 / 10 {
		a, b := r.IntN(n), r.IntN(n)
		if r.IntN(10) < 8 {
			for home[a] != home[b] {
				b = r.IntN(n)
			}
		}
		if a == b {
			continue
		}
		s.line(fmt.Sprintf("n%03d", a), fmt.Sprintf("n%03d", b), verbs[r.IntN(len(verbs))], techs[r.IntN(len(techs))],
			[]c4.Confidence{c4.Certain, c4.High, c4.May}[r.IntN(3)])
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
