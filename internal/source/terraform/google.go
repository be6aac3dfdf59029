package terraform

import (
	"strings"

	"c4arch/internal/arch/evidence"
)

// sharedNames are the types whose relative names another type's may equal: a Cloud Run job and a Cloud Scheduler job are both
// projects/…/locations/…/jobs/…, a GKE cluster and an AlloyDB cluster are both …/clusters/…. Their service tells them
// from the other, as in Google's full resource names (cloud.google.com/asset-inventory/docs/asset-names).
var sharedNames = map[string]string{
	"google_cloud_scheduler_job":        "cloudscheduler",
	"google_alloydb_cluster":            "alloydb",
	"google_alloydb_instance":           "alloydb",
	"google_redis_cluster":              "redis",
	"google_managed_kafka_cluster":      "managedkafka",
	"google_managed_kafka_topic":        "managedkafka",
	"google_bigtable_instance":          "bigtableadmin",
	"google_bigtable_table":             "bigtableadmin",
	"google_filestore_instance":         "file",
	"google_memcache_instance":          "memcache",
	"google_memorystore_instance":       "memorystore",
	"google_looker_instance":            "looker",
	"google_data_fusion_instance":       "datafusion",
	"google_notebooks_instance":         "notebooks",
	"google_workbench_instance":         "notebooks",
	"google_dataproc_metastore_service": "metastore",
	"google_dataform_repository":        "dataform",
	"google_network_services_gateway":   "networkservices",
	"google_network_services_mesh":      "networkservices",
}

// googleID makes an identity of a relative name.
func googleID(kind, path string) string {
	if service := sharedNames[kind]; service != "" {
		return "google://" + service + ".googleapis.com/" + path
	}
	return "google:" + path
}

// borrowsGoogle reports whether a type of the google provider carries the id of what it configures: a policy that of the
// resource which it is set on (registry.terraform.io/providers/hashicorp/google, each type's "Import").
func borrowsGoogle(kind string) bool {
	switch kind {
	case "google_project_default_service_accounts", "google_firebase_project", "google_iam_policy":
		return true
	}
	return strings.HasPrefix(kind, "google_") && strings.HasSuffix(kind, "_iam_policy")
}

// displayName is the name by which people know a resource of the google provider, or "".
func (it *item) displayName() string {
	name := it.plain("name")
	if version := it.plain("version_id"); strings.HasPrefix(name, "apps/") && version != "" {
		return it.plain("service") + " " + version
	}
	if rel := evidence.GoogleName(name); rel != "" && rel == name || strings.HasPrefix(name, "apps/") {
		return name[strings.LastIndexByte(name, '/')+1:]
	}
	for _, key := range []string{"table_id", "dataset_id", "gateway_id", "project_id"} {
		if name != "" {
			break
		}
		name = it.plain(key)
	}
	return name
}
