package access

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/cedar-policy/cedar-go"
	xast "github.com/cedar-policy/cedar-go/x/exp/ast"
	"github.com/cedar-policy/cedar-go/x/exp/schema"
	"github.com/cedar-policy/cedar-go/x/exp/schema/validate"

	"c4arch/internal/base/id"
)

//go:generate go test -run TestDocument -update .

var update = flag.Bool("update", false, "write docs/access.md and the schema")

// TestDocument compares what is written for people, and for tools of Cedar, with what is decided.
func TestDocument(t *testing.T) {
	for path, want := range map[string]string{"../../../docs/access.md": document(t), "policy/c4arch.cedarschema": schemaText()} {
		if *update {
			if err := os.WriteFile(path, []byte(want), 0o644); err != nil { //nolint:gosec // a document
				t.Fatal(err)
			}
			continue
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, []byte(want)) {
			t.Errorf("%s is not what the policies say: go generate ./internal/account/access", path)
		}
	}
}

// TestSchema validates the policies, the entities and the requests, strictly.
func TestSchema(t *testing.T) {
	v := validator(t, schemaText())
	b := written(t)
	for _, c := range b.all {
		if err := v.Policy(string(c.id), (*xast.Policy)(c.policy.AST())); err != nil {
			t.Errorf("%s: %s: %v", c.file, c.id, err)
		}
	}
	if err := v.Entities(b.base); err != nil {
		t.Error(err)
	}
	n := 0
	each(func(a Actor, act Action) {
		who, ok := principal(a)
		if u, is := actions[act]; !ok || !is || !u.place.has(a.Org) {
			return
		}
		n++
		if err := v.Entity(who); err != nil {
			t.Fatalf("%+v: %v", who, err)
		}
		if err := v.Request(cedar.Request{Principal: who.UID, Action: cedar.NewEntityUID(typeAction, cedar.String(act)), Resource: home(a.Org), Context: contextOf(a)}); err != nil {
			t.Fatalf("%s by %+v: %v", act, a, err)
		}
	})
	if n < 50000 {
		t.Errorf("%d requests", n)
	}
}

// TestSchemaRefuses: the validator that holds the policies would see a word that is mistyped.
func TestSchemaRefuses(t *testing.T) {
	v := validator(t, schemaText())
	for _, text := range []string{
		`permit (principal is Person, action, resource) when { principal.role.contains("owner") };`,
		`permit (principal is Person, action, resource) when { principal.roles == "owner" };`,
		`permit (principal is Program, action, resource) when { principal.roles.contains("owner") };`,
		`permit (principal is Persn, action, resource);`,
		`permit (principal is Person, action == Action::"scan.strat", resource);`,
		`permit (principal is Person, action, resource) when { context.purpuse == "session" };`,
	} {
		var p cedar.Policy
		if err := p.UnmarshalCedar([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if err := v.Policy("x", (*xast.Policy)(p.AST())); err == nil {
			t.Errorf("%s is taken", text)
		}
	}
}

func validator(t *testing.T, text string) *validate.Validator {
	var s schema.Schema
	if err := s.UnmarshalCedar([]byte(text)); err != nil {
		t.Fatal(err)
	}
	resolved, err := s.Resolve()
	if err != nil {
		t.Fatal(err)
	}
	return validate.New(resolved, validate.WithStrict())
}

// schemaText is the schema of the policies, from the catalogue.
func schemaText() string {
	var b strings.Builder
	b.WriteString(`// The schema of the policies beside it, made from the catalogue of actions: go generate ./internal/account/access

entity Person { roles: Set<String> };
entity Program { purpose: String };
entity Staff { roles: Set<String> };
entity Visitor { roles: Set<String> };
entity Worker, Local, Organisation, Platform, Laptop;

type Coming = { purpose: String, session: Bool, fresh: Bool };

action "critical", "inPerson";
`)
	for _, act := range slices.Sorted(maps.Keys(actions)) {
		u, in, homes := actions[act], "", []string{}
		if g := u.groups(); len(g) > 0 {
			names := make([]string, len(g))
			for i := range g {
				names[i] = fmt.Sprintf("%q", string(g[i].ID))
			}
			in = " in [" + strings.Join(names, ", ") + "]"
		}
		if u.place&organisation != 0 {
			homes = append(homes, "Organisation", "Laptop")
		}
		if u.place&platform != 0 {
			homes = append(homes, "Platform")
		}
		fmt.Fprintf(&b, "\n// %s\naction %q%s appliesTo {\n  principal: [Person, Program, Staff, Visitor, Worker, Local],\n  resource: [%s],\n  context: Coming\n};\n",
			u.words, act, in, strings.Join(homes, ", "))
	}
	return b.String()
}

const documentHead = `# Who may do what

This page is made from the policies (` + "`internal/account/access/policy/*.cedar`" + `) and the catalogue of actions, by ` + "`go generate ./internal/account/access`" + `; a test compares. The policies are the rules: what is decided is decided by them, in [Cedar](https://docs.cedarpolicy.com), and nothing is allowed that none of them permits. A policy that cannot be evaluated denies.

A decision is about an actor, an action, and the home that the actor acts in: its own organisation, the platform, a laptop's history. Another organisation cannot be named, so a thing of another organisation is *not found*, like one that is nowhere; *denied* exists inside one's own organisation only. A project is named under the organisation. Actors are of separate types: a **Person** is a member by a session or by the command line that the member signed in; a **Program** is a service account by a token of one purpose; **Staff** is the platform's own people and its operator, in the platform's home; a **Visitor** is staff in an organisation, under a grant of that organisation; a **Worker** is the service itself. No rule about one type matches another.

What depends on a record (who is the author, what has expired, whether two people agreed) is not said here, but decided beside the record, in the same transaction. A token can be narrowed, to actions of its purpose and to one project; that only takes away.
`

func document(t *testing.T) string {
	var b strings.Builder
	b.WriteString(documentHead)
	roleTable(&b, "Roles of an organisation", "Whoever gives a role must have every right of it, so only owners make owners.", Roles, organisation)
	roleTable(&b, "Roles of the platform", "No role is in force without a signed undertaking, and for a contractor a contract. In the home of the platform:", PlatformRoles, platform)
	purposeTable(&b)
	lists(&b)
	policyTable(&b, written(t))
	return b.String()
}

func roleTable(b *strings.Builder, title, text string, roles []Role, p place) {
	fmt.Fprintf(b, "\n## %s\n\n", title)
	for _, r := range roles {
		fmt.Fprintf(b, "- **%s**: %s\n", r, r.Words())
	}
	fmt.Fprintf(b, "\n%s\n\n| action | what it is |", text)
	for _, r := range roles {
		fmt.Fprintf(b, " %s |", r)
	}
	b.WriteString("\n|---|---|" + strings.Repeat(":-:|", len(roles)) + "\n")
	for _, row := range Table() {
		if actions[row.Action].place&p == 0 || !slices.ContainsFunc(roles, func(r Role) bool { return slices.Contains(row.Roles, r) }) {
			continue
		}
		fmt.Fprintf(b, "| `%s` | %s |", row.Action, row.Words)
		for _, r := range roles {
			b.WriteString(mark(slices.Contains(row.Roles, r)))
		}
		b.WriteString("\n")
	}
}

func mark(yes bool) string {
	if yes {
		return " yes |"
	}
	return "  |"
}

func purposeTable(b *strings.Builder) {
	b.WriteString("\n## Purposes of tokens\n\nA token has exactly one. A program's has no role, whatever the role of whoever made it.\n\n")
	for _, p := range PurposeTable() {
		fmt.Fprintf(b, "- **%s**: %s\n", p.Purpose, p.Words)
	}
	b.WriteString("\n| action | ci | reporting | provisioning | streaming |\n|---|:-:|:-:|:-:|:-:|\n")
	for _, row := range Table() {
		if len(row.Purposes) == 0 {
			continue
		}
		fmt.Fprintf(b, "| `%s` |", row.Action)
		for _, p := range []Purpose{CI, Reporting, Provisioning, Streaming} {
			b.WriteString(mark(slices.Contains(row.Purposes, p)))
		}
		b.WriteString("\n")
	}
}

func lists(b *strings.Builder) {
	for _, l := range []struct {
		title, text string
		of          func(Row) bool
	}{
		{"Staff under a grant", "Staff in an organisation that granted it, for the time of the grant, may only read, and nothing that can be taken out:", func(r Row) bool { return r.Visitor }},
		{"Critical actions", "A person who is signed in proves again to be there before these (step-up). A token is not asked: it was made for what it does.", func(r Row) bool { return r.Critical }},
		{"In person", "No token does these, whatever its purpose. Destroying an organisation is not among them: it takes an owner, and its name typed.", func(r Row) bool { return r.InPerson }},
		{"The service itself", "Jobs, and the steps that one home's decision has in another, may exactly these:", func(r Row) bool { return r.Worker }},
	} {
		fmt.Fprintf(b, "\n## %s\n\n%s\n\n", l.title, l.text)
		for _, row := range Table() {
			if l.of(row) {
				fmt.Fprintf(b, "- `%s`: %s\n", row.Action, row.Words)
			}
		}
	}
}

func policyTable(b *strings.Builder, rules *policies) {
	b.WriteString("\n## The policies\n\nThe name of the policy that permitted it is in the ledger with each decision that changed something.\n\n| policy | effect | what it says | file |\n|---|---|---|---|\n")
	for _, c := range rules.all {
		fmt.Fprintf(b, "| `%s` | %s | %s | [%s](../internal/account/access/policy/%s) |\n", c.id, c.head.Effect, c.words, c.file, c.file)
	}
}

// TestEveryPlaceIsAHome: what the document says of homes is what an id is.
func TestEveryPlaceIsAHome(t *testing.T) {
	for o, want := range map[id.Org]cedar.EntityType{org: typeOrganisation, id.Platform: typePlatform, id.Local: typeLaptop} {
		if got := home(o); got.Type != want || string(got.ID) != string(o) {
			t.Errorf("%s is %v", o, got)
		}
	}
}
