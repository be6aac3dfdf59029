package derive

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"c4arch/internal/arch/c4"
)

// Whatever resource of Google Cloud names whatever, in whatever form of a name: the books balance and the model is sound.
func TestRandomGoogleReferencesBalance(t *testing.T) {
	var types, places []string
	for i := range googleTypes {
		for typ := range strings.FieldsSeq(googleTypes[i].types) {
			if typ != googleGrant && typ != googleStore {
				types = append(types, typ)
			}
		}
	}
	types = append(types, "google_project_iam_member", "google_storage_bucket_iam_binding", "google_secret_manager_secret_iam_policy", "google_brand_new_thing")
	for i := range googleRefs {
		for _, p := range patternsOf(&googleRefs[i]) {
			if !strings.ContainsAny(p, `*"`) {
				places = append(places, p)
			}
		}
	}
	places = append(places, "brand_new", "member", "members[]", "service_account", "network", "policy_data")
	forms := []string{
		"%s", "https://www.googleapis.com/compute/v1/%s", "//run.googleapis.com/%s", "%s/parts/of-it", "%s:run", "x %s y", "serviceAccount:%s@contoso.iam.gserviceaccount.com", "contoso:europe-west1:%[2]s",
		"gs://%[2]s/x", "europe-west1-docker.pkg.dev/contoso/%[2]s/x:1", "https://%[2]s.example.org/a", "contoso:%[2]s.t", "%[2]s", "/cloudsql/contoso:europe-west1:%[2]s", "projects/", "//", "::", "gs://", "${tf:a//b.c#id}",
		`{"bindings":[{"members":["serviceAccount:%[2]s@x"],"role":"roles/run.invoker"}]}`, "https://europe-west1-run.googleapis.com/apis/run.googleapis.com/v1/namespaces/contoso/jobs/%[2]s:run", "allUsers", "c3dhZ2dlcjogMgphZGRyZXNzOiBodHRwczovL2EuYi5jCg==",
	}
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 7).Draw(rt, "n")
		attrs := map[string]any{}
		ids, names := make([]string, n), make([]string, n)
		for i := range n {
			names[i] = rapid.SampledFrom([]string{"one", "two", "three"}).Draw(rt, "name")
			ids[i] = "projects/contoso/locations/europe-west1/" + rapid.SampledFrom([]string{"jobs", "clusters", "services", "secrets"}).Draw(rt, "collection") + "/" + names[i]
		}
		for i := range n {
			typ := rapid.SampledFrom(types).Draw(rt, "type")
			props := map[string]any{"id": ids[i], "name": names[i], "project": "contoso", "connection_name": "contoso:europe-west1:" + names[i]}
			for range rapid.IntRange(0, 7).Draw(rt, "refs") {
				to := rapid.IntRange(0, n-1).Draw(rt, "to")
				form := rapid.SampledFrom(forms).Draw(rt, "form")
				text, _, _ := strings.Cut(fmt.Sprintf(form, ids[to], names[to]), "%!")
				put(props, rapid.SampledFrom(places).Draw(rt, "place"), text)
			}
			attrs[fmt.Sprintf("%s.r%d", typ, i)] = props
		}
		text, err := json.Marshal(attrs)
		if err != nil {
			rt.Fatal(err)
		}
		before := t.Failed()
		m := (&fixture{tf: string(text)}).model(t)
		if t.Failed() && !before {
			rt.Fatalf("%s\n%s", text, strings.Join(facts(m), "\n"))
		}
	})
}

// A state as the provider writes it: every type has a rule, every reference an outcome, and the lines are those that the code of
// the shop has.
func TestGoogleShop(t *testing.T) {
	text, err := os.ReadFile("testdata/google-shop.tfstate")
	if err != nil {
		t.Fatal(err)
	}
	c := newCollector(t)
	c.read(terraformState, "shop/terraform.tfstate", string(text))
	m := derived(t, snapshotOf(t, c.out, c.nr), Options{Name: "shop"})
	for _, n := range m.NotRead {
		t.Errorf("not read: %+v", n)
	}
	if m.Account.Unresolved != 0 || m.Account.Ambiguous != 0 || m.Account.Found < 100 {
		t.Errorf("found %d, unresolved %d, ambiguous %d", m.Account.Found, m.Account.Unresolved, m.Account.Ambiguous)
	}
	got := facts(m)
	for _, r := range m.Relationships {
		if r.Rule == "T1" && r.Layer == "" {
			t.Errorf("no rule says what %s means", r.Description)
		}
	}
	for line := range strings.Lines(`Internet --reaches--> shop (high I1)
		Internet --reaches through shop--> web (high I1)
		Internet --reaches through shop--> contoso-shop-media (high I1)
		shop --routes to--> web (certain GR10)
		shop --is protected by--> edge (certain GR10)
		web --calls--> orders (high GR6)
		web --reads from and writes to--> sessions (high GR6)
		orders --reads from and writes to--> orders (certain GR7)
		orders --exchanges messages through--> order-placed (high GR6)
		orders --calls--> payments.example.org (high GR6)
		warehouse --writes to--> orders (certain GR11)
		notify --delivers messages to--> notify (certain GR11)
		thumbnails --is triggered by--> contoso-shop-media (certain GR12)
		nightly --calls--> nightly (certain GR13)
		gke --leaves through--> out (certain GR15)
		orders on main (GR7)
		main in gke
		main in contoso-shop`) {
		if !slices.Contains(got, strings.TrimSpace(line)) {
			t.Errorf("want: %s", strings.TrimSpace(line))
		}
	}
	for _, e := range m.Elements {
		if e.Kind == c4.SoftwareSystem && e.Name == "contoso-shop" {
			t.Error("a project is a system")
		}
	}
	if t.Failed() {
		t.Log(strings.Join(got, "\n"))
	}
}
