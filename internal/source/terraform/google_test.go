package terraform

import (
	"strings"
	"testing"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/source/sourcetest"
)

// A job of Cloud Run and one of Cloud Scheduler may have one relative name, and a policy has that of what it is set on. None
// of them is the other.
func TestGoogleIdentities(t *testing.T) {
	const job, secret = "projects/contoso-shop/locations/europe-west1/jobs/nightly", "projects/contoso-shop/secrets/db"
	want := map[string]string{
		"google_cloud_run_v2_job.j":                 "google:" + job,
		"google_cloud_scheduler_job.j":              "google://cloudscheduler.googleapis.com/" + job,
		"google_secret_manager_secret.s":            "google:" + secret,
		"google_secret_manager_secret_iam_policy.p": "google:google_secret_manager_secret_iam_policy:" + secret,
		"google_secret_manager_secret_iam_member.m": "google:" + secret + "/roles/secretmanager.secretAccessor/serviceAccount:a@b.iam.gserviceaccount.com",
	}
	var list []string
	for address, id := range want {
		typ, name, _ := strings.Cut(address, ".")
		raw := id[strings.Index(id, "projects/"):]
		list = append(list, `{"mode":"managed","type":"`+typ+`","name":"`+name+`","provider":"provider[\"registry.terraform.io/hashicorp/google-beta\"]","instances":[{"schema_version":0,"attributes":{"id":"`+raw+`","name":"projects/1234/secrets/db","project":"contoso-shop"}}]}`)
	}
	b := &sourcetest.Sink{}
	text := `{"version":4,"terraform_version":"1.9.0","serial":1,"lineage":"x","outputs":{},"resources":[` + strings.Join(list, ",") + `]}`
	if err := State().Read(t.Context(), inputOf("terraform.tfstate", text), b); err != nil {
		t.Fatal(err)
	}
	for address, id := range want {
		d := at(t, b, address, evidence.Live)
		if d.ID != id || d.Name != "db" || d.Provider != "google" || d.Scope != "projects/contoso-shop" {
			t.Errorf("%s is %s, called %s, of %s in %s", address, d.ID, d.Name, d.Provider, d.Scope)
		}
	}
}
