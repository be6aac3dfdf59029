package compose

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
	"c4arch/internal/source/sourcetest"
)

func TestHostile(t *testing.T) {
	bomb := "x-a: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for i := 'b'; i < 'k'; i++ {
		prev := string(i - 1)
		bomb += "x-" + string(i) + ": &" + string(i) + " [" + strings.Repeat("*"+prev+",", 9) + "*" + prev + "]\n"
	}
	web := "services:\n  web:\n    image: nginx\n"
	for name, c := range map[string]struct {
		text string
		says string
	}{
		"alias bomb":           {web + bomb, "aliases expand"},
		"alias of itself":      {web + "    labels: &l {x: *l}\n", "line 4"},
		"deep":                 {web + "    command: " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000), "line"},
		"duplicate key":        {web + "    image: redis\n", "line 4"},
		"tab":                  {"services:\n\tweb:\n\t\timage: x\n", "line 2"},
		"services a list":      {"services: [1]\n", "line 1: services"},
		"service a text":       {"services: {web: x}\n", "line 1: services.web"},
		"service empty":        {"services:\n  web:\n", "line 2: services.web"},
		"ports a text":         {web + "    ports: '80'\n", "line 4: services.web.ports"},
		"port out of range":    {web + "    ports:\n    - 99999:1\n", "services.web.ports"},
		"unknown key":          {web + "    imagee: x\n", "services.web.imagee"},
		"networks of numbers":  {web + "    networks: [1]\n", "line 4: services.web.networks"},
		"secrets of lists":     {web + "secrets: {s: [1]}\n", "line 4: secrets.s"},
		"volume a number":      {web + "volumes: {v: 1}\n", "line 4: volumes.v"},
		"unknown root":         {web + "volums: {v: {}}\n", "line 4: volums"},
		"root a list":          {"- services\n", "line 1"},
		"empty":                {"# nothing\n", "empty"},
		"extends itself":       {web + "    extends: web\n", "line 4: services extend each other in a circle"},
		"extends in a circle":  {"services:\n  a: {extends: b}\n  b:\n    extends: {service: a}\n", "line 2: services extend each other in a circle"},
		"extends a list":       {web + "    extends: [x]\n", "line 4"},
		"include a text":       {web + "include: x\n", "line 4: include"},
		"include of nothing":   {web + "include: [{}]\n", "line 4: include"},
		"bad expression":       {web + "    user: ${hunter2-!\n", "line 4: the variables in this text cannot be filled in: a $ begins"},
		"expressions for long": {web + "    command: \"" + strings.Repeat("${A:-a}", 20000) + "\"\n", "too many variables"},
		"environment of maps":  {web + "    environment: [{a: b}]\n", "line 4: services.web.environment"},
		"deploy a list":        {web + "    deploy: []\n", "line 4: services.web.deploy"},
		"config without":       {web + "configs: {c: {}}\n", "line 4: configs.c"},
		"boolean":              {web + "    privileged: perhaps\n", "line 4: services.web.privileged"},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			var out sourcetest.Sink
			err := Files().Read(context.Background(), input(t, nil, "-", c.text), &out)
			if err == nil {
				t.Fatalf("read: %v", out.IDs())
			}
			if k := fault.KindOf(err); k != fault.Invalid && k != fault.Limited {
				t.Errorf("kind %s of %v", k, err)
			}
			if !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "zq") {
				t.Errorf("%v does not say %q, or says too much", err, c.says)
			}
			if d := time.Since(start); d > 5*time.Second {
				t.Errorf("took %v", d)
			}
		})
	}
}

func TestIncludesThatCannotBeRead(t *testing.T) {
	web := "services: {web: {image: nginx}}\n"
	for entry, says := range map[string]string{
		"https://contoso.example/compose.yaml":    "another machine",
		"git@github.com:contoso/shop.git":         "another machine",
		"oci://registry.contoso.example/shop:1":   "another machine",
		"/etc/compose.yaml":                       "absolute",
		"~/compose.yaml":                          "absolute",
		`C:\compose.yaml`:                         "absolute",
		"../../other/compose.yaml":                "above the scanned directory",
		"nowhere.yaml":                            "not there",
		"${WHERE}/compose.yaml":                   "variable without a value",
		"folder":                                  "not a file",
		"{path: x.yaml, project_directory: /etc}": "absolute",
	} {
		fsys := files("a/compose.yaml", web+"include: ["+quote(entry)+"]\n", "a/folder/x", "", "a/x.yaml", web)
		c := read(t, fsys, "a/compose.yaml", "")
		if len(c.Drafts) != 2 || len(lacks(c, evidence.ReferenceUnknown)) == 0 {
			t.Errorf("%s: %v, %+v", entry, c.IDs(), c.Missing)
			continue
		}
		found := false
		for _, n := range c.Missing {
			found = found || strings.Contains(n.Reason, says) && n.Line == 2 && n.Input == "root/a/compose.yaml"
		}
		if !found {
			t.Errorf("%s: %+v does not say %q", entry, c.Missing, says)
		}
	}
	c := read(t, nil, "-", web+"include: [x.yaml]\n")
	if len(c.Missing) != 1 || !strings.Contains(c.Missing[0].Reason, "standard input") {
		t.Errorf("standard input: %+v", c.Missing)
	}
}

func quote(s string) string {
	if strings.HasPrefix(s, "{") {
		return s
	}
	return "'" + s + "'"
}

func TestIncludeCycle(t *testing.T) {
	fsys := files("compose.yaml", "include: [b.yaml]\nservices: {a: {image: x}}\n", "b.yaml", "include: [c.yaml]\n", "c.yaml", "include: [compose.yaml]\n")
	err := Files().Read(context.Background(), input(t, fsys, "compose.yaml", ""), &sourcetest.Sink{})
	if err == nil || !strings.Contains(err.Error(), "circle") {
		t.Errorf("%v", err)
	}
	// A diamond is no circle.
	fsys = files("compose.yaml", "include: [b.yaml, c.yaml]\nservices: {a: {image: x}}\n",
		"b.yaml", "include: [d.yaml]\n", "c.yaml", "include: [d.yaml]\n", "d.yaml", "services: {d: {image: x, dns: [1.1.1.1]}}\n")
	if got := text(read(t, fsys, "compose.yaml", "").ByID(t, "compose:root/d"), "dns[1]"); got != "(nothing)" {
		t.Errorf("read twice: %q", got)
	}
}

func TestIncludeTree(t *testing.T) {
	fsys := fstest.MapFS{}
	for i := range 200 {
		fsys[fmt.Sprintf("c%d.yaml", i)] = &fstest.MapFile{Data: fmt.Appendf(nil, "include: [c%d.yaml, c%d.yaml]\nservices: {s%d: {image: x}}\n", 2*i+1, 2*i+2, i)}
	}
	c := read(t, fsys, "c0.yaml", "")
	if len(c.Drafts) < maxFiles || len(c.Missing) == 0 {
		t.Errorf("%d drafts, %d not read", len(c.Drafts), len(c.Missing))
	}
}

func TestExtendsThatCannotBeRead(t *testing.T) {
	fsys := files("compose.yaml", `services:
  a:
    extends: {file: /etc/x.yaml, service: y}
    image: nginx
  b:
    extends: {file: other.yaml, service: missing}
  c:
    extends: nobody
    image: redis
`, "other.yaml", "services: {x: {image: x}}\n")
	c := read(t, fsys, "compose.yaml", "")
	if len(c.Drafts) != 4 || len(lacks(c, evidence.ReferenceUnknown)) != 3 {
		t.Errorf("%v %+v", c.IDs(), c.Missing)
	}
	if got := text(c.ByID(t, "compose:root/b"), "extends.file"); got != "other.yaml" {
		t.Errorf("extends is lost: %q", got)
	}
}

func TestExtendsGrowth(t *testing.T) {
	// Each service holds all that the ones before it hold.
	var b strings.Builder
	b.WriteString("services:\n  s0: {image: x}\n")
	for i := 1; i < 3000; i++ {
		fmt.Fprintf(&b, "  s%d:\n    extends: s%d\n    environment: [A%d=1]\n", i, i-1, i)
	}
	start := time.Now()
	err := Files().Read(context.Background(), input(t, nil, "-", b.String()), &sourcetest.Sink{})
	if d := time.Since(start); d > 20*time.Second {
		t.Errorf("took %v: %v", d, err)
	}
	if err == nil || fault.KindOf(err) != fault.Limited {
		t.Errorf("%v", err)
	}
}

func TestEnvFiles(t *testing.T) {
	huge := strings.Repeat("# filler\n", maxNeighbour/9+1)
	fsys := files("compose.yaml", "services:\n  a:\n    image: x\n    env_file:\n    - huge.env\n    - bad.env\n    - ../up.env\n    - {path: raw.env, format: raw}\n    - {path: odd.env, format: strange}\n    - good.env\n",
		"huge.env", huge, "bad.env", "A=1\nhunter2 secret\n", "odd.env", "A=1\n", "raw.env", "R='${A}' # kept\n#x=1\n", "good.env", "G=1\n")
	c := read(t, fsys, "compose.yaml", "")
	a := c.ByID(t, "compose:root/a")
	if text(a, "environment.R") != "'${A}' # kept" || text(a, "environment.G") != "1" || text(a, "environment.A") != "(nothing)" {
		t.Errorf("%+v", a.Props.Get("environment"))
	}
	var lines []int
	for _, n := range c.Missing {
		lines = append(lines, n.Line)
		if strings.Contains(n.Reason, "hunter2") {
			t.Errorf("quotes the file: %s", n.Reason)
		}
	}
	if fmt.Sprint(lines) != "[5 6 7 9]" {
		t.Errorf("not read on lines %v: %+v", lines, c.Missing)
	}
}

func TestBrokenNeighbours(t *testing.T) {
	web := "services: {web: {image: nginx}}\n"
	for name, fsys := range map[string]fstest.MapFS{
		"override": files("compose.yaml", web, "compose.override.yaml", "services: [\n"),
		"include":  files("compose.yaml", "include: [b.yaml]\n"+web, "b.yaml", "services: [\n"),
		"extends":  files("compose.yaml", "services: {web: {extends: {file: b.yaml, service: x}}}", "b.yaml", "services: [\n"),
		"merge":    files("compose.yaml", web, "compose.override.yaml", "services: {web: {image: [x]}}\n"),
	} {
		err := Files().Read(context.Background(), input(t, fsys, "compose.yaml", ""), &sourcetest.Sink{})
		if err == nil || fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	inner := files("compose.yaml", "include: [b.yaml]\n"+web, "b.yaml", "services:\n  x:\n    image: [1]\n")
	err := Files().Read(context.Background(), input(t, inner, "compose.yaml", ""), &sourcetest.Sink{})
	if err == nil || !strings.Contains(err.Error(), "line 3 of root/b.yaml: services.x.image") {
		t.Errorf("the included file is not named: %v", err)
	}
	c := read(t, files("compose.yaml", web, ".env", "not an assignment hunter2\n"), "compose.yaml", "")
	if len(c.Missing) != 1 || strings.Contains(c.Missing[0].Reason, "hunter2") || c.Missing[0].Input != "root/.env" {
		t.Errorf("%+v", c.Missing)
	}
}

// TestPlaceholdersWhereAParserWaits puts a variable without a value wherever Compose
// parses what stands there.
func TestPlaceholdersWhereAParserWaits(t *testing.T) {
	source := `services:
  web:
    image: ${REPO}/web@${DIGEST}
    build: {context: "${CTX}", args: [A, "B=${B}"], ssh: ["${KEY}"]}
    cgroup: ${CGROUP}
    container_name: ${PREFIX}-web
    cpus: ${CPUS}
    depends_on: {db: {condition: "${COND}", required: "${REQ}"}}
    deploy: {replicas: "${N}", resources: {limits: {memory: "${MEM}", cpus: "${CPUS}"}}}
    devices: ["${DEV}:/dev/x"]
    env_file: ${ENV_FILE}
    expose: ["${EXPOSED}"]
    extra_hosts: ["${HOST}:${IP}"]
    healthcheck: {interval: "${EVERY}", retries: "${TRIES}", test: [CMD, "${TEST}"]}
    links: ["${LINK}:alias"]
    mem_limit: ${MEM}
    ports: ["${A}-${B}:${C}-${D}", "${IP}:${P}:80-90/udp", "[::1]:${P}:80", "${ALL}", {target: "${T}", published: "${U}", host_ip: "${IP}"}]
    privileged: ${PRIV}
    restart: ${RESTART}
    secrets: ["${SECRET}"]
    stop_grace_period: ${GRACE}
    ulimits: {nofile: {soft: "${SOFT}", hard: "${HARD}"}}
    user: ${UID}:${GID}
    volumes: ["${V}", "${V}:/a", "/b:${W}:ro", {type: bind, source: "${X}", target: /c}]
  db: {image: "${DB}"}
networks: {default: {ipam: {config: [{subnet: "${NET}"}]}, external: "${EXT}"}}
volumes: {v: {name: "${NAME}", external: "${EXT}"}}
`
	c := read(t, nil, "-", source)
	web := c.ByID(t, "compose:compose/web")
	for at, want := range map[string]string{
		"image": "${REPO}/web@${DIGEST}", "build.context": "${CTX}", "build.args.A": "${A}", "build.args.B": "${B}", "container_name": "${PREFIX}-web",
		"cpus": "${CPUS}", "deploy.replicas": "${N}", "expose[0]": "${EXPOSED}", "healthcheck.retries": "${TRIES}", "links[0]": "${LINK}:alias",
		"ports[0].published": "${A}-${B}", "ports[0].target": "${C}-${D}", "ports[1].host_ip": "${IP}", "ports[1].published": "${P}", "ports[1].protocol": "udp",
		"ports[2].host_ip": "::1", "ports[2].target": "80", "ports[3].target": "${ALL}", "ports[4].host_ip": "${IP}", "ports[4].target": "${T}",
		"privileged": "${PRIV}", "restart": "${RESTART}", "ulimits.nofile.soft": "${SOFT}", "volumes[0].target": "${V}", "volumes[1].source": "${V}",
		"volumes[2].target": "${W}", "volumes[3].source": "${X}", "volumes[3].type": "bind", "env_file[0].path": "${ENV_FILE}", "secrets[0].source": "${SECRET}",
		"ports[1].target": "80-90", "build.ssh[0]": "${KEY}", "cgroup": "${CGROUP}", "depends_on.db.condition": "${COND}", "depends_on.db.required": "${REQ}",
	} {
		if got := text(web, tree.Path(at)); got != want {
			t.Errorf("%s is %q, want %q", at, got, want)
		}
	}
	if got := text(c.ByID(t, "compose:compose/volume/v"), "external"); got != "${EXT}" {
		t.Errorf("external volume: %q", got)
	}
	missing := []string{"${ENV_FILE}"} // the file, besides the variable
	for _, m := range regexp.MustCompile(`\$\{(\w+)\}`).FindAllStringSubmatch(source, -1) {
		if !slices.Contains(missing, m[1]) {
			missing = append(missing, m[1])
		}
	}
	got := lacks(c, evidence.ReferenceUnknown)
	slices.Sort(got)
	slices.Sort(missing)
	if !slices.Equal(got, missing) {
		t.Errorf("not read:\n%v\nwant\n%v", got, missing)
	}
	for _, d := range c.Drafts {
		for at, leaf := range d.Props.Leaves() {
			if strings.Contains(leaf.Text, "zq") || strings.Contains(string(at), "zq") || strings.Contains(string(at), "c4arch") {
				t.Errorf("%s %s: %q", d.ID, at, leaf.Text)
			}
		}
	}
}
