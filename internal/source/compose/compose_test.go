package compose

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
	"c4arch/internal/source/sourcetest"
)

// lacks returns the things of a kind that could not be read.
func lacks(s *sourcetest.Sink, kind evidence.NotReadKind) []string {
	var all []string
	for _, n := range s.Missing {
		if n.Kind == kind {
			all = append(all, n.Thing)
		}
	}
	return all
}

func text(d *evidence.Draft, at tree.Path) string {
	if v := d.Props.At(at); v != nil {
		return v.Text
	}
	return "(nothing)"
}

// input is a file of fsys, or a text alone where fsys is nil.
func input(t testing.TB, fsys fs.FS, name, data string) evidence.Input {
	t.Helper()
	if fsys == nil {
		return evidence.Input{Name: name, Data: []byte(data), Outline: tree.Sketch([]byte(data))}
	}
	in := sourcetest.File(t, fsys, name)
	in.Name = "root/" + name
	return in
}

func read(t *testing.T, fsys fs.FS, name, data string) *sourcetest.Sink {
	t.Helper()
	return sourcetest.Read(t, Files(), input(t, fsys, name, data))
}

func files(pairs ...string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		fsys[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return fsys
}

func TestShop(t *testing.T) {
	c := read(t, os.DirFS("testdata/shop"), "compose.yaml", "")
	want := []string{
		"compose:contoso-shop/billing", "compose:contoso-shop/config/banner", "compose:contoso-shop/db",
		"compose:contoso-shop/mail", "compose:contoso-shop/network/back", "compose:contoso-shop/network/default",
		"compose:contoso-shop/network/front", "compose:contoso-shop/network/ledger", "compose:contoso-shop/orders",
		"compose:contoso-shop/secret/db", "compose:contoso-shop/secret/token", "compose:contoso-shop/volume/cache",
		"compose:contoso-shop/web",
	}
	got := c.IDs()
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("resources:\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for _, check := range []struct {
		id, at, want string
		line         int32
	}{
		{"web", "image", "registry.contoso.example/shop/web:1.4.2", 14},
		{"web", "environment.ORDERS_URL", "http://orders:8081/", 20},
		{"web", "environment.FEATURES", "a,b", 21},
		{"web", "environment.MODE", "debug", 22}, // the override's value, at the place that it overrides
		{"web", "environment.PRICE", "5$", 23},
		{"web", "ports[0].published", "8088", 16},
		{"web", "ports[1]", "(nothing)", 0}, // !override drops what was before
		{"web", "logging", "(nothing)", 0},  // !reset
		{"web", "depends_on.orders.condition", "service_started", 24},
		{"web", "networks.back.aliases[0]", "shop", 29},
		{"orders", "build.context", "./orders", 35},
		{"orders", "restart", "always", 32},
		{"orders", "environment.LEVEL", "info", 43}, // env_file, then the service's own word
		{"orders", "environment.RUNTIME", "plain", 42},
		{"orders", "environment.QUEUE", "amqp://queue:5672/${VHOST}", 37},
		{"orders", "environment.REGION", "north $X", 37},
		{"orders", "environment.TAG", "1.4.2-orders", 37},
		{"orders", "environment.COPY", "north $X", 37},
		{"orders", "environment.SCHEMA", "${SCHEMA}", 44},
		{"orders", "volumes[0].source", "common/shared", 46},
		{"orders", "volumes[1].source", "${DATA_DIR}", 47},
		{"orders", "volumes[1].type", "(nothing)", 0},
		{"orders", `labels["com.contoso.team"]`, "orders", 51},
		{"orders", `labels["com.contoso.kind"]`, "worker", 51},
		{"db", "image", "postgres:17.6-alpine", 54},
		{"db", "environment.EXTRA", "1", 57},
		{"db", "deploy.replicas", "${DB_REPLICAS}", 61},
		{"db", "profiles", "(nothing)", 0},
		{"billing", "image", "registry.contoso.example/billing:2.0", 4},
		{"billing", "build.context", "billing", 3},
		{"billing", "environment.CURRENCY", "EUR", 5},
		{"billing", "volumes[0].source", "billing/config", 7},
		{"config/banner", "content", "Welcome to Contoso\n", 80},
		{"network/back", "internal", "true", 66},
	} {
		d := c.ByID(t, "compose:contoso-shop/"+check.id)
		if got := text(d, tree.Path(check.at)); got != check.want {
			t.Errorf("%s %s is %q, want %q", check.id, check.at, got, check.want)
		}
		if v := d.Props.At(tree.Path(check.at)); v != nil && v.Line != check.line {
			t.Errorf("%s %s is on line %d, want %d", check.id, check.at, v.Line, check.line)
		}
	}
	used := slices.Clone(c.Others)
	slices.Sort(used)
	if want := []string{
		".env", "billing/.env", "billing/compose.yaml", "billing/config/billing.env", "common/base.yaml",
		"compose.override.yaml", "orders.env",
	}; !slices.Equal(used, want) {
		t.Errorf("used %v", used)
	}
	lacks := lacks(c, evidence.ReferenceUnknown)
	slices.Sort(lacks)
	// WEB_PORT, BIND_ADDRESS and ADMIN_PORT stand in the file, though the override drops their ports.
	if want := []string{"ADMIN_PORT", "BIND_ADDRESS", "DATA_DIR", "DB_REPLICAS", "SCHEMA", "VHOST", "WEB_PORT", "absent.env"}; !slices.Equal(lacks, want) {
		t.Errorf("lacks %v", lacks)
	}
	billing := c.ByID(t, "compose:contoso-shop/billing")
	if billing.Origin.Input != "root/billing/compose.yaml" || billing.Scope != "contoso-shop" || billing.Type != "compose/service" {
		t.Errorf("billing: %+v", billing.Origin)
	}
	if mail := c.ByID(t, "compose:contoso-shop/mail"); mail.Origin.Input != "root/compose.override.yaml" || mail.Origin.Line != 12 {
		t.Errorf("mail: %+v", mail.Origin)
	}
	if web := c.ByID(t, "compose:contoso-shop/web"); web.Origin.Input != "root/compose.yaml" || web.Origin.Path != "services.web" {
		t.Errorf("web: %+v", web.Origin)
	}
	if orders := c.ByID(t, "compose:contoso-shop/orders"); orders.Tags["com.contoso.team"] != "orders" {
		t.Errorf("orders: tags %v", orders.Tags)
	}
	if s := c.ByID(t, "compose:contoso-shop/secret/token").Sensitive; !slices.Equal(s, []tree.Path{"environment"}) {
		t.Errorf("secret: sensitive %v", s)
	}
	if s := c.ByID(t, "compose:contoso-shop/config/banner").Sensitive; !slices.Equal(s, []tree.Path{"content"}) {
		t.Errorf("config: sensitive %v", s)
	}
}

func TestOverrideIsReadWithItsBase(t *testing.T) {
	var c sourcetest.Sink
	in := input(t, os.DirFS("testdata/shop"), "compose.override.yaml", "")
	if err := Files().Read(context.Background(), in, &c); err != nil || len(c.Drafts)+len(c.Missing)+len(c.Others) != 0 {
		t.Errorf("err %v, %d drafts, %v, %v", err, len(c.Drafts), c.Missing, c.Others)
	}
	alone := files("docker-compose.override.yml", "services:\n  web:\n    ports: ['80:80']\n")
	err := Files().Read(context.Background(), input(t, alone, "docker-compose.override.yml", ""), &c)
	if err == nil || !strings.Contains(err.Error(), "line 3") || !strings.Contains(err.Error(), "override") {
		t.Errorf("alone: %v", err)
	}
	whole := files("compose.override.yml", "services:\n  web:\n    image: nginx\n")
	if c := read(t, whole, "compose.override.yml", ""); len(c.Drafts) != 2 {
		t.Errorf("an override that is whole: %v", c.IDs())
	}
	// Another name is another input: its base does not belong to it.
	other := files("compose.yaml", "services: {web: {image: nginx}}", "compose.full.yaml", "services: {web: {ports: [80]}, job: {image: busybox}}")
	c2 := read(t, other, "compose.full.yaml", "")
	if got := lacks(c2, evidence.ResourceNotRead); !slices.Equal(got, []string{"web"}) || len(c2.Others) != 0 {
		t.Errorf("layered: not read %v, used %v", got, c2.Others)
	}
}

func TestProjectName(t *testing.T) {
	const services = "services: {web: {image: nginx}}\n"
	for _, c := range []struct {
		fsys fstest.MapFS
		path string
		want string
	}{
		{files("a/My.Shop/compose.yaml", services), "a/My.Shop/compose.yaml", "myshop"},
		{files("compose.yaml", services), "compose.yaml", "root"},
		{files("compose.yaml", "name: ${NAME:-Given}\n"+services), "compose.yaml", "given"},
		{files("compose.yaml", "name: ${NAME}\n"+services), "compose.yaml", "root"},
		{files("compose.yaml", "name: x\n"+services, ".env", "COMPOSE_PROJECT_NAME=first\n"), "compose.yaml", "first"},
		{files("compose.yaml", services, "compose.override.yaml", "name: second\n"+services), "compose.yaml", "second"},
	} {
		if got := read(t, c.fsys, c.path, "").ByID(t, "compose:"+c.want+"/web"); got.Scope != c.want {
			t.Errorf("%s: scope %q", c.want, got.Scope)
		}
	}
	c := read(t, nil, "-", services+"configs: {c: {content: '${COMPOSE_PROJECT_NAME}'}}\n")
	if text(c.ByID(t, "compose:compose/config/c"), "content") != "compose" {
		t.Errorf("standard input: %v", c.IDs())
	}
}

func TestProfilesNetworksAndSections(t *testing.T) {
	c := read(t, nil, "-", `services:
  a: {image: x, profiles: [debug], network_mode: host}
  b: {image: x, networks: [own]}
networks:
  own: {}
  outer: {external: {name: real}}
volumes: {}
models: {m: {model: ai/smollm2}}
`)
	if got := text(c.ByID(t, "compose:compose/a"), "profiles[0]"); got != "debug" {
		t.Errorf("profile %q", got)
	}
	if got := text(c.ByID(t, "compose:compose/network/outer"), "name"); got != "real" {
		t.Errorf("external network's name %q", got)
	}
	if len(c.Drafts) != 4 {
		t.Errorf("nothing is on a default network: %v", c.IDs())
	}
	if got := lacks(c, evidence.TypeWithoutRule); !slices.Equal(got, []string{"compose/models"}) {
		t.Errorf("types %v", got)
	}
}

func TestJSON(t *testing.T) {
	c := read(t, nil, "-", `{"services": {
  "web": {"image": "nginx",
    "ports": [{"target": 80, "published": "8080", "host_ip": "${IP}"}]}}}`)
	d := c.ByID(t, "compose:compose/web")
	if text(d, "ports[0].host_ip") != "${IP}" || d.Props.At("ports[0].target").Kind != tree.Number || d.Origin.Line != 2 {
		t.Errorf("%+v", d)
	}
}

func TestSinkAndContext(t *testing.T) {
	stop := errors.New("stop")
	in := input(t, nil, "-", "services: {web: {image: nginx}}")
	if err := Files().Read(context.Background(), in, &sourcetest.Sink{Fail: stop}); err != stop {
		t.Errorf("sink's error came back as %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := Files().Read(ctx, in, &sourcetest.Sink{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestSniffLeavesOthersAlone(t *testing.T) {
	for _, text := range []string{
		"apiVersion: v1\nkind: Service\n", "", `{"version":4,"resources":[]}`, `{"include":["src"],"compilerOptions":{}}`, `{"include":["src"]}`,
		"name: shop\nservices:\n  web:\n    project: ./src\n    host: containerapp\n", // azure.yaml of azd
		"services:\n  web:\n    image: x\n    host: appservice\n",
		"include:\n  - local: /ci/build.yml\n", "services:\n  - postgres\n", "services:\n- docker:dind\nname: x\n",
		"on: push\njobs:\n  test:\n    services:\n      redis: {image: redis}\n",
	} {
		if Files().Sniff(input(t, nil, "x", text)) {
			t.Errorf("claimed %q", text)
		}
	}
	for _, text := range []string{
		"include: [a/compose.yaml]\n", "x-a: 1\nservices:\n  web:\n    image: nginx\n", "services:\n\tweb:\n\t\timage: x\n",
		"services:\n  web:\n    ports: [80]\n",
	} {
		if !Files().Sniff(input(t, nil, "x", text)) {
			t.Errorf("not claimed %q", text)
		}
	}
}

// TestReadsNoEnvironment: what is set on this machine must not be seen.
func TestReadsNoEnvironment(t *testing.T) {
	t.Setenv("C4ARCH_TEST_HERE", "leaked")
	t.Setenv("COMPOSE_PROJECT_NAME", "leaked")
	fsys := files("compose.yaml", "services: {web: {image: 'x:$C4ARCH_TEST_HERE', environment: [C4ARCH_TEST_HERE], env_file: e.env, volumes: ['~/x:/x']}}\n"+
		"secrets: {s: {environment: C4ARCH_TEST_HERE}}\n", "e.env", "C4ARCH_TEST_HERE\nA=${C4ARCH_TEST_HERE}\n")
	c := read(t, fsys, "compose.yaml", "")
	for _, d := range c.Drafts {
		for at, leaf := range d.Props.Leaves() {
			if strings.Contains(leaf.Text, "leaked") {
				t.Errorf("%s %s: %q", d.ID, at, leaf.Text)
			}
		}
	}
	web := c.ByID(t, "compose:root/web")
	if text(web, "image") != "x:$C4ARCH_TEST_HERE" || text(web, "environment.A") != "${C4ARCH_TEST_HERE}" || text(web, "volumes[0].source") != "~/x" {
		t.Errorf("%+v", web.Props)
	}
}

func TestLinesOfVariables(t *testing.T) {
	c := read(t, nil, path.Base("-"), "services:\n  web:\n    image: ${A}\n    command: ${A} ${B:?needed}\n    user: ${C-c}${D:+d}\n")
	if len(c.Missing) != 2 || c.Missing[0].Thing != "A" || c.Missing[0].Line != 3 || c.Missing[0].Count != 2 ||
		c.Missing[1].Thing != "B" || c.Missing[1].Line != 4 || c.Missing[1].Count != 0 {
		t.Errorf("%+v", c.Missing)
	}
	web := c.ByID(t, "compose:compose/web")
	if text(web, "command") != "${A} ${B:?needed}" || text(web, "user") != "c" {
		t.Errorf("command %q, user %q", text(web, "command"), text(web, "user"))
	}
}

func TestExpressions(t *testing.T) {
	fsys := files("compose.yaml", `name: shop
services:
  web:
    image: registry.contoso.example/${TEAM:-shop}/web:$TAG
    command: ["run", "$$HOME"]
    deploy: {replicas: "${REPLICAS:-2}"}
    ports: ["${PORT:-80}:8080"]
    environment:
      - URL=http://${HOST}:8080
      - LEVEL
      - PLAIN=x
    labels: {tier: "${TIER:-front}", gone: $GONE}
  db: {image: "$DB_IMAGE"}
`, "compose.override.yaml", "services:\n  web:\n    labels: {tier: back}\n  db: {image: postgres}\n", ".env", "LEVEL=info\nDB_IMAGE=mysql\nTAG=1.4\n")
	c := read(t, fsys, "compose.yaml", "")
	got := map[string]string{}
	for _, id := range []string{"compose:shop/web", "compose:shop/db"} {
		d := c.ByID(t, id)
		if d.Side != evidence.Declared {
			t.Errorf("%s is %s", id, d.Side)
		}
		for _, x := range d.Expressions {
			v := d.Props.At(x.Path)
			if v == nil {
				t.Errorf("%s: nothing at %s", id, x.Path)
				continue
			}
			got[d.Name+" "+string(x.Path)] = fmt.Sprintf("%d:%d %s = %s %s", v.Line, v.Column, x.Text, v.Text, x.Unresolved)
		}
	}
	want := map[string]string{
		"web image":              "4:12 registry.contoso.example/${TEAM:-shop}/web:$TAG = registry.contoso.example/shop/web:1.4 ",
		"web deploy.replicas":    "6:24 ${REPLICAS:-2} = 2 ",
		"web ports[0].published": "7:13 ${PORT:-80}:8080 = 80 ",
		"web environment.URL":    "9:9 http://${HOST}:8080 = http://${HOST}:8080 parameter",
		"web environment.LEVEL":  "10:9 LEVEL = info ",
		"web labels.gone":        "12:44 GONE = $GONE parameter",
	}
	if !maps.Equal(got, want) {
		for k, v := range got {
			t.Errorf("%s: %s, want %s", k, v, want[k])
		}
		t.Errorf("want %d expressions, have %d", len(want), len(got))
	}
}

// TestExpressionsKeepNoSecrets: a default is as secret as the value.
func TestExpressionsKeepNoSecrets(t *testing.T) {
	sealer, err := evidence.NewSealer([]byte(strings.Repeat("k", 32)))
	if err != nil {
		t.Fatal(err)
	}
	c := read(t, nil, "-", `services:
  db:
    image: postgres:${TAG:-16.2}
    environment:
      POSTGRES_PASSWORD: ${PW:-hunter2.x}
      API_TOKEN: hunter2.$SUFFIX
      DATABASE_URL: postgres://app:${PW:-hunter2.x}@db.contoso.example/app
      DB_PASSWORD: ${PW}
`)
	for _, d := range c.Drafts {
		r, _, err := sealer.Seal(d)
		if err != nil {
			t.Fatal(err)
		}
		if text := fmt.Sprintf("%s %+v", r.Props, r); strings.Contains(text, "hunter2") {
			t.Errorf("a secret is kept: %s", text)
		}
		image := evidence.Expression{Path: "image", Text: "postgres:${TAG:-16.2}"}
		if d.Type == "compose/service" && (len(r.Expressions) != 5 || !slices.Contains(r.Expressions, image)) {
			t.Errorf("expressions %+v", r.Expressions)
		}
	}
}
