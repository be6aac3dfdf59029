package derive

import (
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// googleHosts are the properties by which a resource of the google provider says what host name or address it answers to.
var googleHosts = map[string]string{
	"google_cloud_run_service":              "status[].url",
	"google_cloud_run_v2_service":           "uri urls[]",
	"google_cloud_run_domain_mapping":       "name",
	"google_cloudfunctions_function":        "https_trigger_url",
	"google_cloudfunctions2_function":       "service_config[].uri url",
	"google_app_engine_application":         "default_hostname",
	"google_sql_database_instance":          "private_ip_address public_ip_address ip_address[].ip_address dns_name dns_names[].name",
	"google_alloydb_instance":               "ip_address public_ip_address psc_instance_config[].psc_dns_name",
	"google_redis_instance":                 "host read_endpoint",
	"google_redis_cluster":                  "discovery_endpoints[].address psc_connections[].address",
	"google_memorystore_instance":           "discovery_endpoints[].address endpoints[].connections[].psc_auto_connection[].ip_address",
	"google_memcache_instance":              "discovery_endpoint memcache_nodes[].host",
	"google_filestore_instance":             "networks[].ip_addresses[]",
	"google_container_cluster":              "endpoint private_cluster_config[].private_endpoint private_cluster_config[].public_endpoint",
	"google_compute_instance":               "network_interface[].network_ip network_interface[].access_config[].nat_ip hostname",
	"google_compute_instance_from_template": "network_interface[].network_ip network_interface[].access_config[].nat_ip hostname",
	"google_compute_url_map":                "host_rule[].hosts[]",
	"google_compute_region_url_map":         "host_rule[].hosts[]",
	"google_api_gateway_gateway":            "default_hostname",
	"google_firebase_hosting_site":          "default_url",
	"google_firebase_app_hosting_backend":   "uri",
	"google_composer_environment":           "config[].airflow_uri",
	"google_workbench_instance":             "proxy_uri",
	"google_looker_instance":                "looker_uri ingress_public_ip ingress_private_ip custom_domain[].domain",
	"google_data_fusion_instance":           "service_endpoint api_endpoint",
	"google_dataproc_metastore_service":     "endpoint_uri",
	"google_vertex_ai_endpoint":             "dedicated_endpoint_dns",
	"google_vertex_ai_index_endpoint":       "public_endpoint_domain_name",
	"google_compute_ha_vpn_gateway":         "vpn_interfaces[].ip_address",
	"google_compute_external_vpn_gateway":   "interface[].ip_address",
}

// googlePlain are the attributes that name a resource among those of its type, where that is not "name".
var googlePlain = map[string]string{
	"google_bigquery_dataset":                "dataset_id",
	"google_bigquery_table":                  "table_id",
	"google_secret_manager_secret":           "secret_id",
	"google_secret_manager_regional_secret":  "secret_id",
	"google_artifact_registry_repository":    "repository_id",
	"google_alloydb_cluster":                 "cluster_id",
	"google_alloydb_instance":                "instance_id",
	"google_managed_kafka_cluster":           "cluster_id",
	"google_managed_kafka_topic":             "topic_id",
	"google_memorystore_instance":            "instance_id",
	"google_service_account":                 "account_id",
	"google_api_gateway_gateway":             "gateway_id",
	"google_api_gateway_api_config":          "api_config_id",
	"google_api_gateway_api":                 "api_id",
	"google_app_engine_standard_app_version": "service",
	"google_app_engine_flexible_app_version": "service",
	"google_datastream_connection_profile":   "connection_profile_id",
	"google_datastream_stream":               "stream_id",
	"google_firebase_hosting_site":           "site_id",
	"google_project":                         "project_id",
	"google_monitoring_notification_channel": "display_name",
}

// parts of load balancers, of which the first pass keeps what they send traffic to.
var googleRoutes = set(gcpMaps + " " + gcpProxies + " " + gcpFronts + " " + gcpBacks + " google_compute_target_pool google_compute_target_instance google_compute_instance_group " + gcpGroups +
	" google_compute_backend_bucket google_compute_region_backend_bucket")

// googleMembers are the endpoints of groups, which the group does not name: they name the group.
var googleMembers = set("google_compute_network_endpoint google_compute_region_network_endpoint google_compute_global_network_endpoint google_compute_instance_group_membership")

// learnGoogle learns who a resource of the google provider is and what it is called.
func learnGoogle(r *evidence.Resource, typ string, v *tree.Value, f *fact) {
	if !isGoogle(typ) {
		return
	}
	own := or(googlePlain[typ], "name")
	f.plain = append(f.plain, v.Get(own).Str(), lastSegment(v.Get("name").Str()))
	if v.Get("name").Str() == "" && own != "name" && !strings.HasSuffix(typ, "_app_version") {
		f.called = v.Get(own).Str()
	}
	if at, ok := googleParents[typ]; ok {
		f.ties = append(f.ties, tie{"part of", v.Get(at[0]).Str()})
	}
	hosts := set(googleHosts[typ])
	for p, leaf := range v.Leaves() {
		if leaf.Kind != tree.String || leaf.Text == "" {
			continue
		}
		pat := p.Pattern()
		if hosts[pat] && !evidence.HasLeft(leaf.Text) && leaf.Text != "*" {
			if h := hostOf(leaf.Text); h != "" {
				f.hosts = append(f.hosts, h)
			}
		}
		if runsAs(typ, pat, v) {
			f.ties = append(f.ties, tie{"runs as", leaf.Text})
		}
		if typ == "google_dns_record_set" && pat == "rrdatas[]" {
			f.ties = append(f.ties, tie{"points to", leaf.Text})
		}
		if pat == "ip_address" && strings.HasSuffix(typ, "_forwarding_rule") {
			f.ties = append(f.ties, tie{"has address", leaf.Text})
		}
		route := evidence.GoogleName(leaf.Text) != "" || evidence.HasLeft(leaf.Text)
		switch {
		case googleRoutes[typ] && route && pat != "id" && pat != "self_link" && pat != "network" && pat != "subnetwork":
			f.ties = append(f.ties, tie{"sends to", leaf.Text})
		case googleMembers[typ] && strings.HasSuffix(pat, "group"):
			f.ties = append(f.ties, tie{"gets from", leaf.Text})
		}
	}
	learnGoogleNames(r, typ, v, f)
	learnGoogleKind(typ, v, f)
	learnGoogleParts(typ, v, f)
}

// runsAs reports whether a property says as which service account the code behind a resource runs. A cluster's own copy of
// what its pools say is left out, and so is who carries events: both only repeat another line.
func runsAs(typ, pat string, v *tree.Value) bool {
	if strings.HasPrefix(typ, "google_service_account") || typ == googleGrant || typ == "google_eventarc_trigger" {
		return false
	}
	if typ == "google_container_cluster" && !v.Get("enable_autopilot").True() {
		return false
	}
	last := pat[strings.LastIndexByte(pat, '.')+1:]
	switch last {
	case "service_account", "service_account_email", "service_account_name", "google_service_account", "writer_identity", "service_account_email_address":
		return true
	case "email":
		return strings.HasSuffix(pat, "service_account[].email")
	}
	return false
}

// learnGoogleNames learns the names by which others may call a resource, besides its id and its self link.
func learnGoogleNames(r *evidence.Resource, typ string, v *tree.Value, f *fact) {
	text := func(key string) string {
		if s := v.Get(key).Str(); !evidence.HasLeft(s) {
			return s
		}
		return ""
	}
	project, name := text("project"), text("name")
	called := func(parts ...string) {
		for _, p := range parts {
			if p == "" {
				return
			}
		}
		f.ids = append(f.ids, strings.Join(parts, ""))
	}
	if _, rest, _ := strings.Cut(name, "/"); evidence.GoogleName(name) == name && len(rest) > 0 && rest[0] >= '0' && rest[0] <= '9' {
		called(name) // the same with the project's number
	}
	switch typ {
	case "google_sql_database_instance":
		called(text("connection_name"))
		called("projects/", project, "/instances/", name)
	case "google_spanner_instance":
		called("projects/", project, "/instances/", name)
	case "google_spanner_database":
		called("projects/", project, "/instances/", text("instance"), "/databases/", name)
	case "google_cloud_run_service":
		called("projects/", project, "/locations/", text("location"), "/services/", name)
	case "google_compute_instance_group_manager", "google_compute_region_instance_group_manager":
		called(text("instance_group"))
	case "google_storage_bucket":
		called("projects/_/buckets/", name)
		called("gs://", name)
		called("storage.googleapis.com/", name)
	case "google_bigquery_dataset":
		called("bigquery.googleapis.com/projects/", project, "/datasets/", text("dataset_id"))
	case "google_pubsub_topic":
		called("pubsub.googleapis.com/projects/", project, "/topics/", name)
	case "google_container_registry":
		region := map[string]string{"EU": "europe", "ASIA": "asia"}[text("location")]
		host := map[string]string{"EU": "eu.gcr.io", "ASIA": "asia.gcr.io", "US": "us.gcr.io"}[text("location")]
		called("projects/", project, "/locations/", or(region, "us"), "/repositories/", or(host, "gcr.io"))
	case "google_service_account":
		called(text("email"))
		called("serviceAccount:", text("email"))
		called("projects/-/serviceAccounts/", text("email"))
	case "google_project":
		called("projects/", v.Get("number").Str())
	}
}

// learnGoogleKind learns what tells resources of one type apart, and whether they are open to the Internet.
func learnGoogleKind(typ string, v *tree.Value, f *fact) {
	say := func(p tree.Path) {
		if w := v.At(p); w != nil {
			f.public, f.publicLine = p, int(w.Line)
		}
	}
	switch typ {
	case "google_compute_url_map", "google_compute_region_url_map":
		if v.Get("default_service").Str() == "" && len(v.Get("default_url_redirect").List()) > 0 && len(v.Get("path_matcher").List()) == 0 {
			f.variant = "redirect"
		}
	case "google_compute_forwarding_rule", "google_compute_global_forwarding_rule":
		switch target := v.Get("target").Str(); {
		case strings.Contains(strings.ToLower(target), "targethttp") || strings.Contains(strings.ToLower(target), "targetgrpc") || strings.Contains(target, "target_http") || strings.Contains(target, "target_grpc"):
			f.variant = "proxied"
		case strings.Contains(target, "serviceAttachments") || strings.Contains(target, "service_attachment") || target == "all-apis" || target == "vpc-sc":
			f.variant = "endpoint"
		}
		if s := v.Get("load_balancing_scheme").Str(); s == "EXTERNAL" || s == "EXTERNAL_MANAGED" {
			say("load_balancing_scheme")
		}
	case "google_dns_managed_zone":
		f.variant = v.Get("visibility").Str()
	case "google_cloud_run_v2_service":
		if v.Get("ingress").Str() == "INGRESS_TRAFFIC_ALL" && v.Get("invoker_iam_disabled").True() {
			say("invoker_iam_disabled")
		}
	case "google_api_gateway_gateway":
		say("default_hostname")
	case "google_firebase_hosting_site":
		say("default_url")
	case "google_app_engine_standard_app_version", "google_app_engine_flexible_app_version":
		say("service")
	case "google_compute_instance", "google_compute_instance_from_template", "google_compute_instance_template", "google_compute_region_instance_template":
		for i := range v.Get("network_interface").List() {
			if at := tree.Path("network_interface").Index(i).Key("access_config"); len(v.At(at).List()) > 0 {
				say(at.Index(0))
			}
		}
	case googleGrant:
		learnGrant(v, f, say)
	case "google_storage_bucket_access_control", "google_storage_default_object_access_control":
		if v.Get("entity").Str() == "allUsers" {
			say("entity")
		}
	}
	if insideOnly(typ, v) {
		f.ties = append(f.ties, tie{"takes", "internal traffic only"})
	}
}

// learnGrant learns that a grant lets everybody call or read what it is on.
func learnGrant(v *tree.Value, f *fact, say func(tree.Path)) {
	for p, role := range grantsIn(v) {
		if role.member == "allUsers" && opens[role.role] {
			say(p)
		}
		// serviceAccount:PROJECT.svc.id.goog[NAMESPACE/ACCOUNT]
		if _, rest, ok := strings.Cut(role.member, ".svc.id.goog["); ok && role.role == "roles/iam.workloadIdentityUser" {
			f.ties = append(f.ties, tie{"workload identity", v.Get("service_account_id").Str() + "\x00" + strings.TrimSuffix(rest, "]")})
		}
	}
}

// opens are the roles that, given to everybody, open a resource to the Internet.
var opens = set("roles/run.invoker roles/cloudfunctions.invoker roles/storage.objectViewer roles/storage.legacyObjectReader roles/storage.admin roles/storage.objectAdmin")

// insideOnly reports whether a service takes traffic from inside the cloud only, whoever may call it.
func insideOnly(typ string, v *tree.Value) bool {
	var ingress string
	switch typ {
	case "google_cloud_run_v2_service":
		ingress = v.Get("ingress").Str()
	case "google_cloud_run_service":
		ingress = v.At(`metadata[0].annotations["run.googleapis.com/ingress"]`).Str()
	case "google_cloudfunctions_function":
		ingress = v.Get("ingress_settings").Str()
	case "google_cloudfunctions2_function":
		ingress = v.At("service_config[0].ingress_settings").Str()
	case "google_app_engine_standard_app_version", "google_app_engine_flexible_app_version":
	}
	return strings.Contains(strings.ToLower(ingress), "internal")
}

// learnGoogleParts finds the containers of a Cloud Run service or job.
func learnGoogleParts(typ string, v *tree.Value, f *fact) {
	for _, at := range []tree.Path{"template[0].containers", "template[0].template[0].containers", "template[0].spec[0].containers", "deployment[0].container"} {
		list := v.At(at)
		for i := range list.List() {
			c := &list.Items[i]
			name, image := c.Get("name").Str(), c.Get("image").Str()
			if evidence.HasLeft(image) {
				image = ""
			}
			f.parts = append(f.parts, part{name: name, image: image, path: at.Index(i), line: int(firstLine(c)), sidecar: isSidecar(name, image)})
			if i == 0 {
				f.image = image
			}
		}
	}
}
