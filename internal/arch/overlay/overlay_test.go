package overlay

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
)

func complete(t testing.TB) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/complete.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func mustParse(t testing.TB, data string) *Overlay {
	t.Helper()
	o, err := Parse([]byte(data))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestParseComplete(t *testing.T) {
	o := mustParse(t, string(complete(t)))
	if o.Name != "Contoso Online" || o.Description != "Sells garden tools to households in four countries." || o.Owner != "platform-team" {
		t.Errorf("head: %q %q %q", o.Name, o.Description, o.Owner)
	}
	if got := len(o.Persons) + len(o.Systems) + len(o.Externals) + len(o.Elements) + len(o.Relationships) + len(o.Hidden) + len(o.Environments); got != 13 {
		t.Errorf("%d entries, want 13", got)
	}
	shop := o.Systems[0]
	want := []Selector{
		{Tags: []Tag{{"system", "shop"}}, Line: 22, Place: "systems[shop].members[0]"},
		{Tags: []Tag{{"app.kubernetes.io/part-of", "shop"}, {"tier", "*"}}, Line: 23, Place: "systems[shop].members[1]"},
		{ID: "/subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop/providers/microsoft.web/sites/app-shop", Line: 26, Place: "systems[shop].members[2]"},
		{Address: "module.shop", Line: 27, Place: "systems[shop].members[3]"},
		{Scope: "*/rg-shop-*", Type: "microsoft.web/*", Line: 28, Place: "systems[shop].members[4]"},
	}
	if !reflect.DeepEqual(shop.Members, want) {
		t.Errorf("members:\n got %+v\nwant %+v", shop.Members, want)
	}
	if shop.Line != 17 {
		t.Errorf("line of shop is %d, want 17", shop.Line)
	}
	kinds := ""
	for _, r := range o.Relationships {
		kinds += r.Source.String() + " > " + r.Target.String() + "\n"
	}
	if want := "person customer > system shop\nelement orders > external warehouse\nelement named catalogue > name stpictures*\n"; kinds != want {
		t.Errorf("references:\n%swant:\n%s", kinds, want)
	}
	if got := len(o.Selectors()); got != 13 {
		t.Errorf("%d selectors, want 13", got)
	}
	for _, s := range o.Selectors() {
		if s.Label() == "" || s.Line == 0 || s.Place == "" {
			t.Errorf("selector without label, line or place: %+v", s)
		}
	}
}

func TestParseNothing(t *testing.T) {
	for _, text := range []string{"", "# only a comment\n", "---\n", "version: 1\n", "systems:\n"} {
		if o := mustParse(t, text); !reflect.DeepEqual(o, &Overlay{}) {
			t.Errorf("%q gives %+v", text, o)
		}
	}
}

// TestParseErrors: each text is wrong, and the message says where and what.
func TestParseErrors(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"misspelt", "name: x\nsytems:\n  - key: a\n    name: A\n", `line 2: unknown key "sytems" in the file: did you mean systems?`},
		{"singular", "\n\nperson:\n  - name: x\n", `line 3: unknown key "person" in the file: did you mean persons?`},
		{"stranger", "colour: red\n", `line 1: unknown key "colour" in the file: the keys here are version, name`},
		{"in entry", "systems:\n  - key: a\n    nmae: A\n", `line 3: unknown key "nmae" in systems[0]: did you mean name?`},
		{"in selector", "systems:\n  - key: a\n    name: A\n    members:\n      - tags: a=b\n", `line 5: unknown key "tags" in systems[a].members[0]: did you mean tag?`},
		{"version", "version: 2\n", "line 1: version must be 1"},
		{"not a mapping", "- a\n", "line 1: the file must be a mapping"},
		{"not a list", "persons:\n  customer: {name: C}\n", "line 2: persons of the file must be a list: begin"},
		{"no key", "persons:\n  - name: C\n", "line 2: persons[0] needs a key"},
		{"no name", "persons:\n  - key: c\n", "line 2: persons[0] needs a name"},
		{"bad key", "persons:\n  - key: The Customer\n    name: C\n", "line 2: key of persons[0] must be 1 to 63 lower-case"},
		{"key twice", "persons:\n  - {key: a, name: A}\nsystems:\n  - {key: a, name: A}\n", "line 4: key a of systems[0] is already that of a person"},
		{"same yaml key", "name: a\nname: b\n", "line 2: a mapping has the same key twice"},
		{"number as name", "persons:\n  - key: c\n    name: 42\n", "line 3: name of persons[0] must be text"},
		{"no selector", "hidden:\n  - reason: x\n", "line 2: hidden[0].match needs a selector"},
		{"empty selector", "hidden:\n  - reason: x\n    match: {}\n", "line 3: hidden[0].match selects by nothing"},
		{"empty pattern", "hidden:\n  - reason: x\n    match: {name: ''}\n", "line 3: name of hidden[0].match must be a text or a pattern"},
		{"list as pattern", "hidden:\n  - reason: x\n    match: {name: [a]}\n", "line 3: name of hidden[0].match must be"},
		{"tag without name", "hidden:\n  - reason: x\n    match: {tag: =a}\n", "line 3: tag of hidden[0].match has no name"},
		{"no input", "deployments:\n  - location: westeurope\n", "line 2: deployments[0] needs an input"},
		{"no reason", "hidden:\n  - match: {name: a}\n", "line 2: hidden[0] needs a reason"},
		{"host with scheme", "externals:\n  - key: a\n    name: A\n    hosts: ['https://a.example/']\n", "line 4: a host must be a host name"},
		{"no target", "relationships:\n  - source: a\n    description: b\n", "line 2: relationships[0] needs a target"},
		{"no description", "relationships:\n  - source: a\n    target: b\n", "line 2: relationships[0] needs a description"},
		{"element says nothing", "elements:\n  - match: {name: a}\n", "line 2: elements[0] says nothing"},
		{"control", "name: \"a\\x1b[2J\"\n", "line 1: name of the file holds the control character U+001B"},
		{"right to left", "name: \"a\\u202eb\"\n", "U+202E"},
		{"two documents", "name: a\n---\nname: b\n", "a second document begins here"},
		{"not yaml", "name: [a\n", "not valid YAML"},
		{"NUL", "name: a\x00\n", "cannot be read"},
		{"long", "name: " + strings.Repeat("a", maxText+1) + "\n", "longer than 2000 characters"},
		{"huge", strings.Repeat("#", maxBytes+1), "larger than"},
		{"alias bomb", "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e]\n", "aliases expand"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o, err := Parse([]byte(tt.text))
			if err == nil || o != nil {
				t.Fatalf("accepted: %+v", o)
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error is %q\nit lacks   %q", err, tt.want)
			}
			if k := fault.KindOf(err); k != fault.Invalid && k != fault.Limited {
				t.Errorf("kind is %s", k)
			}
		})
	}
}

// TestParseAllProblems: one run reports every problem, in the order of the file.
func TestParseAllProblems(t *testing.T) {
	_, err := Parse([]byte("foo: 1\npersons:\n  - key: a\nhidden:\n  - reason: r\n"))
	if err == nil {
		t.Fatal("accepted")
	}
	msg, at := err.Error(), 0
	for _, want := range []string{"line 1:", "line 3:", "line 5:"} {
		i := strings.Index(msg[at:], want)
		if i < 0 {
			t.Fatalf("%q does not follow in %q", want, msg)
		}
		at += i
	}
}

func TestExternalHosts(t *testing.T) {
	o := mustParse(t, string(complete(t)))
	for host, want := range map[string]string{
		"api.payments.example": "payments", "API.Payments.Example.": "payments", "x.pay.example": "payments",
		"a.b.pay.example": "payments", "pay.example": "", "xpay.example": "", ".pay.example": "", "evil-api.payments.example": "", "": "",
	} {
		got := ""
		if e := o.ExternalOf(host); e != nil {
			got = e.Key
		}
		if got != want {
			t.Errorf("%q is %q, want %q", host, got, want)
		}
	}
}

func TestFirstMatchWins(t *testing.T) {
	o := mustParse(t, `
systems:
  - {key: a, name: A, members: {name: "x*"}}
  - {key: b, name: B, members: [{tag: t}, {name: "*"}]}
hidden:
  - {match: {tag: gone=true}, reason: r}
environments:
  - {name: prod, members: {tag: {env: "pr*"}}}
`)
	r := &evidence.Resource{ID: "k8s:-//Pod/d/xy", Name: "xy", Tags: map[string]string{"t": "1", "gone": "true", "env": "prod"}}
	if s, sel := o.SystemOf(r); s == nil || s.Key != "a" || sel.Place != "systems[a].members" {
		t.Errorf("xy is in %+v by %+v", s, sel)
	}
	if h, sel := o.HiddenBy(r); h == nil || sel.Label() != "tag gone=true" {
		t.Errorf("xy is hidden by %+v %+v", h, sel)
	}
	if e, _ := o.EnvironmentOf(r); e == nil || e.Name != "prod" {
		t.Errorf("xy is in environment %+v", e)
	}
	r = &evidence.Resource{ID: "z", Name: "z"}
	if s, sel := o.SystemOf(r); s == nil || s.Key != "b" || sel.Line != 4 {
		t.Errorf("z is in %+v by %+v", s, sel)
	}
	if h, _ := o.HiddenBy(r); h != nil {
		t.Errorf("z is hidden by %+v", h)
	}
}
