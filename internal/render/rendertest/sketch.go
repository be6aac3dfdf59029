package rendertest

import (
	"fmt"

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

func (s *sketch) model() *c4.Model {
	s.m.Views = []c4.View{s.v}
	return &s.m
}

// Shop is a container view of a small shop, with every shape.
func Shop() *c4.Model { return shop().model() }

// Tiny is a system with its neighbours.
func Tiny() *c4.Model { return tiny().model() }

// Sketches are models of one view each, of all sorts and sizes.
func Sketches() []*c4.Model {
	var out []*c4.Model
	for _, s := range []*sketch{
		shop(), tiny(), deployment(), estate(5), estate(20), estate(50), estate(100), star(24), chain(14),
		alone(1), alone(13), alone(60), bipartite(5, 6), hostile(),
	} {
		out = append(out, s.model())
	}
	return out
}

// Estate is a view of n containers in nested boundaries with about 1.3 lines for each.
func Estate(n int) *c4.Model { return estate(n).model() }

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
