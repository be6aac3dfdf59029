package evidence

import (
	"strings"
	"testing"
)

func TestGoogleName(t *testing.T) {
	for s, want := range map[string]string{
		"projects/contoso/topics/orders":                                                            "projects/contoso/topics/orders",
		"projects/contoso/databases/(default)":                                                      "projects/contoso/databases/(default)",
		"https://www.googleapis.com/compute/v1/projects/contoso/global/networks/vpc":                "projects/contoso/global/networks/vpc",
		"https://compute.googleapis.com/compute/beta/projects/contoso/zones/z/instances/i?alt=json": "projects/contoso/zones/z/instances/i",
		"//secretmanager.googleapis.com/projects/contoso/secrets/db/versions/latest":                "projects/contoso/secrets/db/versions/latest",
		"https://run.googleapis.com/v2/projects/contoso/locations/l/jobs/nightly:run":               "projects/contoso/locations/l/jobs/nightly",
		"projects/contoso.example:shop":                                                             "projects/contoso.example:shop",
		"projects/contoso.example:shop/topics/t/":                                                   "projects/contoso.example:shop/topics/t",
		"projects":                     "",
		"projects/":                    "",
		"my-projects/contoso/topics/t": "",
		"https://example.org/projects/contoso/topics/t":           "",
		"https://evilgoogleapis.com/v1/projects/contoso/topics/t": "",
		"https://storage.googleapis.com/contoso-media":            "",
		"https://www.googleapis.com/storage/v1/b/contoso-media":   "",
		"projects//topics": "",
		"":                 "",
		"/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/projects/contoso/topics/t": "",
	} {
		if got := GoogleName(s); got != want {
			t.Errorf("%q is %q and not %q", s, got, want)
		}
	}
}

func FuzzGoogleName(f *testing.F) {
	for _, s := range []string{"projects/p/a/b:c", "//x.googleapis.com/projects/p/a/b", "https://googleapis.com/projects/", "projects/:", "//", strings.Repeat("projects/", 300), "projects/\x00\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		name := GoogleName(s)
		if name == "" {
			return
		}
		if !strings.Contains(s, name) || !strings.HasPrefix(name, "projects/") {
			t.Fatalf("%q: %q is no name in it", s, name)
		}
		if again := GoogleName(name); again != name {
			t.Fatalf("%q: %q, and then %q", s, name, again)
		}
	})
}
