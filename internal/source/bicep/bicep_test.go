package bicep

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
	"c4arch/internal/source/arm"
	"c4arch/internal/source/bicep/compile"
	"c4arch/internal/source/sourcetest"
)

const mainBicep = `// it's the shop
targetScope = 'resourceGroup'
param location string = resourceGroup().location
param name string

var motd = loadTextContent('motd.txt')
import { shared } from '../shared/types.bicep'

@description('web')
module web './modules/web.bicep' = {
  name: 'web'
  params: { name: name }
}
module legacy 'modules/legacy.json' = { name: 'legacy' }

resource store 'Microsoft.Storage/storageAccounts@2023-01-01' = [for i in range(0, 2): {
  name: 'st${i}'
}]
`

const webBicep = `param name string
resource site 'Microsoft.Web/sites@2023-01-01' = {
  name: name
  resource config 'config' = {
    name: 'web'
  }
}
`

const compiled = `{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "languageVersion": "2.0", "contentVersion": "1.0.0.0",
  "parameters": { "location": { "type": "string", "defaultValue": "[resourceGroup().location]" }, "name": { "type": "string" } },
  "resources": {
    "store": { "type": "Microsoft.Storage/storageAccounts", "apiVersion": "2023-01-01", "name": "[format('st{0}', copyIndex())]", "copy": { "name": "store", "count": 2 } },
    "web": { "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "web", "properties": { "mode": "Incremental", "parameters": { "name": { "value": "[parameters('name')]" } }, "template": {
      "languageVersion": "2.0", "parameters": { "name": { "type": "string" } },
      "resources": {
        "site": { "type": "Microsoft.Web/sites", "apiVersion": "2023-01-01", "name": "[parameters('name')]" },
        "site::config": { "type": "Microsoft.Web/sites/config", "apiVersion": "2023-01-01", "name": "[format('{0}/web', parameters('name'))]" }
      } } } },
    "legacy": { "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "legacy", "properties": { "mode": "Incremental", "template": { "resources": [ { "type": "Microsoft.Cache/redis", "apiVersion": "2023-04-01", "name": "cache" } ] } } }
  }
}`

func project() fstest.MapFS {
	return fstest.MapFS{
		"infra/main.bicep": {Data: []byte(mainBicep)}, "infra/modules/web.bicep": {Data: []byte(webBicep)}, "infra/modules/legacy.json": {Data: []byte("{}")},
		"infra/motd.txt": {Data: []byte("hello")}, "shared/types.bicep": {Data: []byte("@export()\nvar shared = 1\n")}, "infra/other.bicep": {Data: []byte("")},
		"bicepconfig.json": {Data: []byte(`{"analyzers":{"x":1},"extensions":{"x":"../../x"},"cacheRootDirectory":"/","moduleAliases":{"br":{}}}`)},
	}
}

// input is a file of the project as a scan finds it.
func input(t *testing.T, fsys fstest.MapFS, name string) evidence.Input {
	in := sourcetest.File(t, fsys, name)
	in.Name = "shop/" + name
	return in
}

func TestCompiledFilesAreRead(t *testing.T) {
	var files map[string][]byte
	r := Files(func(_ context.Context, f map[string][]byte, main string) ([]byte, error) {
		files = f
		if main != "infra/main.bicep" {
			t.Errorf("main is %s", main)
		}
		return []byte(compiled), nil
	}, arm.Templates())
	s := sourcetest.Read(t, r, input(t, project(), "infra/main.bicep"))
	var got []string
	for _, d := range s.Drafts {
		got = append(got, fmt.Sprintf("%s:%d%s %s %s %d", d.Origin.Input, d.Origin.Line, strings.Replace(d.Origin.Root, "shop", " of shop", 1), d.Type, d.Name, d.Props.Get("name").Line))
	}
	want := []string{
		"shop/infra/main.bicep:16 microsoft.storage/storageaccounts st0 16",
		"shop/infra/main.bicep:16 microsoft.storage/storageaccounts st1 16",
		"shop/infra/modules/web.bicep:2 of shop/infra/main.bicep microsoft.web/sites ${parameters('name')} 2",
		"shop/infra/modules/web.bicep:4 of shop/infra/main.bicep microsoft.web/sites/config web 4",
		"shop/infra/main.bicep:1 microsoft.cache/redis cache 1",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if names := slices.Sorted(maps.Keys(files)); fmt.Sprint(names) != "[bicepconfig.json infra/main.bicep infra/modules/legacy.json infra/modules/web.bicep infra/motd.txt shared/types.bicep]" {
		t.Errorf("the compiler gets %v", names)
	}
	if c := string(files["bicepconfig.json"]); c != `{"moduleAliases":{"br":{}}}` {
		t.Errorf("settings %s", c)
	}
	if fmt.Sprint(s.Parts) != "[infra/modules/legacy.json infra/modules/web.bicep shared/types.bicep]" || !slices.Equal(s.Parts, s.Others) {
		t.Errorf("parts %v, used %v", s.Parts, s.Others)
	}
	if len(s.Missing) != 1 || s.Missing[0].Line != 4 || s.Missing[0].Thing != "name" {
		t.Errorf("not read: %+v", s.Missing)
	}
}

func TestWithoutBicep(t *testing.T) {
	s := sourcetest.Read(t, Files(nil, arm.Templates()), input(t, project(), "infra/main.bicep"))
	if len(s.Drafts) != 0 || len(s.Missing) != 1 || !strings.Contains(s.Missing[0].Reason, "bicep is not installed") || !strings.Contains(s.Missing[0].Help, "bicep build FILE") {
		t.Errorf("%+v", s)
	}
	if fmt.Sprint(s.Parts) != "[infra/modules/legacy.json infra/modules/web.bicep shared/types.bicep]" {
		t.Errorf("parts %v", s.Parts)
	}
}

func TestSniff(t *testing.T) {
	r := Files(nil, nil)
	for name, want := range map[string]bool{"main.bicep": true, "A.BICEP": true, "main.bicepparam": false, "main.json": false, "bicep": false} {
		if got := r.Sniff(evidence.Input{Name: name, Path: name}); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if r.Sniff(evidence.Input{Path: "x.bicep", Dir: true}) {
		t.Error("a directory is claimed")
	}
}

// What would make bicep read outside of the root is not compiled at all.
func TestWhatNamesSomethingOutside(t *testing.T) {
	for _, text := range []string{
		"module x '../../out.bicep' = {}",
		"/* don't */ module x '../../out.bicep' = {}",
		"var a = 'it\\'s'\nvar b = loadTextContent('../../../etc/passwd')",
		"var p = '../../../etc'\nvar a = loadTextContent('${p}/passwd')",
		"var a = loadTextContent(p)",
		"var a = sys.loadJsonContent /* x */ (p)",
		"var a = loadTextContent('''/etc/passwd''')",
		"var a = loadTextContent('/etc/passwd')",
		`var a = loadTextContent('\u{2e}\u{2E}/\u{2e}./x')`,
		`var a = loadTextContent('\u{2f}etc')`,
		"module x 'in.bicep' = {}", // which does
	} {
		fsys := fstest.MapFS{"infra/main.bicep": {Data: []byte(text)}, "infra/in.bicep": {Data: []byte("module y '../../y.bicep' = {}")}}
		ran := false
		r := Files(func(context.Context, map[string][]byte, string) ([]byte, error) { ran = true; return nil, nil }, arm.Templates())
		err := r.Read(context.Background(), input(t, fsys, "infra/main.bicep"), &sourcetest.Sink{})
		if ran || fault.KindOf(err) != fault.Denied || !strings.Contains(err.Error(), "nothing outside of the scanned directory is read") {
			t.Errorf("%s: compiled %v, %v", text, ran, err)
		}
	}
	for _, text := range []string{"var a = [...b]", "module x '../shared/x.bicep' = {}", "var a = loadYamlContent( 'a.yaml', 'x')", "// see ../README.md"} {
		if _, err := gather(input(t, fstest.MapFS{"infra/main.bicep": {Data: []byte(text)}}, "infra/main.bicep")); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestTooMuch(t *testing.T) {
	fsys := fstest.MapFS{}
	var text strings.Builder
	for i := range maxFiles + 1 {
		fmt.Fprintf(&text, "module m%d 'm%d.bicep' = {}\n", i, i)
		fsys[fmt.Sprintf("m%d.bicep", i)] = &fstest.MapFile{Data: []byte(" ")}
	}
	fsys["main.bicep"] = &fstest.MapFile{Data: []byte(text.String())}
	if _, err := gather(input(t, fsys, "main.bicep")); fault.KindOf(err) != fault.Limited {
		t.Errorf("%v", err)
	}
}

func TestErrorsOfTheCompilerAreTold(t *testing.T) {
	bad := errors.New("bad")
	in := input(t, project(), "infra/main.bicep")
	if err := Files(func(context.Context, map[string][]byte, string) ([]byte, error) { return nil, bad }, arm.Templates()).Read(context.Background(), in, &sourcetest.Sink{}); err != bad {
		t.Errorf("%v", err)
	}
	for _, out := range []string{"", "\xff\xfe\x00", "{"} {
		if err := Files(func(context.Context, map[string][]byte, string) ([]byte, error) { return []byte(out), nil }, arm.Templates()).Read(context.Background(), in, &sourcetest.Sink{}); err == nil {
			t.Errorf("%q is read", out)
		}
	}
}

// The whole way, with a script that stands in for bicep.
func TestThroughTheCommand(t *testing.T) {
	bin, root := t.TempDir(), t.TempDir()
	script := "#!/bin/sh\ncat <<'END'\n" + compiled + "\nEND\n"
	if err := os.WriteFile(filepath.Join(bin, "bicep"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	if err := os.WriteFile(filepath.Join(root, "main.bicep"), []byte("param name string\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	r := Files(Compiler(compile.Find(os.Getenv, compile.Limits{})), arm.Templates())
	if s := sourcetest.Read(t, r, sourcetest.File(t, os.DirFS(root), "main.bicep")); len(s.Drafts) != 5 {
		t.Errorf("%d drafts, %+v", len(s.Drafts), s.Missing)
	}
}

func FuzzGather(f *testing.F) {
	f.Add(mainBicep)
	f.Add(webBicep)
	f.Add("module x '../../x.bicep' = {}")
	f.Add("var a = loadTextContent('x')\n'''")
	f.Fuzz(func(t *testing.T, text string) {
		fsys := project()
		fsys["infra/main.bicep"] = &fstest.MapFile{Data: []byte(text)}
		in := input(t, fsys, "infra/main.bicep")
		s, err := gather(in)
		if err != nil {
			return
		}
		for name := range s.files {
			if fsys[name] == nil {
				t.Fatalf("%s is not in the root", name)
			}
		}
		p := placer{Sink: &sourcetest.Sink{}, in: in, sources: s}
		if file, line := p.find("resources.web.properties.template.resources.site"); line < 1 || s.files[file] == nil {
			t.Fatalf("%s:%d", file, line)
		}
	})
}
