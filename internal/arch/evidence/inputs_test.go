package evidence

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/base/tree"
)

// judged is every place in the real inputs that the sealer changes, looked at one by one, with the verdict. An input
// that is not named has none.
var judged = map[string][]string{
	// False: expressions of a template that stand under names with "Secret" in them; they fetch principals.
	"arm/AKS-Construction__samples__SampleAppMain.json": {
		"resources[1].properties.template.resources[30].properties.parameters.rbacSecretOfficerSps",
		"resources[1].properties.template.resources[30].properties.parameters.rbacSecretOfficerUsers",
		"resources[1].properties.template.resources[30].properties.parameters.rbacSecretUserSps.value",
	},
	// Harmless: the random text by which an answer is continued; the host before it stays.
	"azure/KeyVaultTest.test_update_access_policy.0.json":    {"nextLink"},
	"azure/ResourcesFirstPageQuery.json":                     {"$skipToken"},
	"recordings/KeyVaultTest.test_update_access_policy.json": {"[0].response.body.nextLink", "[1].request.uri"},
	// True: passwords.
	"compose/aks-store-demo__docker-compose.yml": {
		"services.documentdb.command[3]",
		"services.makeline-service.environment[2]",
		"services.makeline-service.environment[8]",
		"services.order-service.environment[3]",
		"services.rabbitmq.environment[1]",
	},
	"compose/awesome-compose__aspnet-mssql__compose.yaml": {"services.db.environment.SA_PASSWORD", "services.db.healthcheck.test[1]"},
	"compose/example-voting-app__docker-compose.yml":      {"services.db.environment.POSTGRES_PASSWORD"},
	"compose/opentelemetry-demo__compose.yaml":            {"services.flagd-ui.environment[5]"},
	// True: arguments, passwords in the environment, and all data of Secret objects.
	"kubernetes/aks-store-demo__aks-store-all-in-one.yaml": {
		"data.ORDER_QUEUE_PASSWORD",
		"data.ORDER_QUEUE_USERNAME",
		"data.RABBITMQ_DEFAULT_PASS",
		"data.RABBITMQ_DEFAULT_USER",
		"spec.template.spec.containers[0].args[3]",
		"spec.template.spec.containers[0].env[2].value",
		"spec.template.spec.containers[0].env[8].value",
	},
	"kubernetes/example-voting-app__k8s-specifications/db-deployment.yaml": {"spec.template.spec.containers[0].env[1].value"},
}

// TestRealInputs seals each document of the real inputs as one resource.
func TestRealInputs(t *testing.T) {
	root := os.Getenv("C4ARCH_INPUTS")
	if root == "" {
		t.Skip("C4ARCH_INPUTS is not set: the real inputs were not sealed")
	}
	s := testSealer(t)
	got := map[string][]string{}
	files := 0
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(p) == ".csv" {
			return err
		}
		name, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		files++
		form := ARM
		switch {
		case strings.HasPrefix(name, "kubernetes/"):
			form = Kubernetes
		case strings.HasPrefix(name, "compose/"):
			form = Compose
		case strings.HasPrefix(name, "tfstate/"):
			form = Terraform
		}
		for _, v := range documents(t, p) {
			r, nr, err := s.Seal(Draft{ID: "r", Form: form, Props: v, Origin: Origin{Input: name, Line: 1}})
			if err != nil || len(nr) != 0 {
				t.Errorf("%s: %v %v", name, err, nr)
				continue
			}
			if _, ids := (&Snapshot{Resources: []Resource{r}}).Withhold(); ids != nil {
				t.Errorf("%s: something is taken out of what was sealed already", name)
			}
			for _, p := range r.Redacted {
				got[name] = append(got[name], string(p))
			}
		}
		slices.Sort(got[name])
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 50 {
		t.Errorf("only %d files were there", files)
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if !slices.Equal(got[name], judged[name]) {
			t.Errorf("%s: redacted\n%s\nand not\n%s", name, strings.Join(got[name], "\n"), strings.Join(judged[name], "\n"))
		}
	}
	for name, want := range judged {
		if len(want) > 0 && got[name] == nil {
			t.Errorf("%s was not there", name)
		}
	}
}

// documents parses all documents of a file; a file that does not parse has as many as come before that.
func documents(t *testing.T, file string) []tree.Value {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if data, err = tree.Decode(data); err != nil {
		t.Fatal(err)
	}
	if tree.Sketch(data).Format != "json" {
		docs, err := tree.ParseYAML(data, tree.Limits{})
		if err != nil {
			t.Errorf("%s: %v", file, err)
		}
		return docs
	}
	v, err := tree.ParseJSON(data, tree.Limits{})
	if err != nil {
		t.Logf("%s: %v", file, err) // two templates have line breaks in strings
		return nil
	}
	return []tree.Value{v}
}
