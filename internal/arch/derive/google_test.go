package derive

import (
	"strings"
	"testing"
)

// gcp writes out names that a fixture shortens: "~/… is a relative name in the project contoso-shop, "^/… the URL of a resource of
// Compute Engine in it, and "$x" the address of the service account x.
func gcp(s string) string {
	s = strings.NewReplacer(`"~/`, `"projects/contoso-shop/`, `"^/`, `"https://www.googleapis.com/compute/v1/projects/contoso-shop/`, `~/`, "projects/contoso-shop/",
		"@sa", "@contoso-shop.iam.gserviceaccount.com").Replace(s)
	return s
}

// Networks, machines, code and access: GR1 to GR9.
var googleBaseFixtures = []fixture{
	{
		rule: "GR1 GR2", name: "networks and machines",
		tf: gcp(`{"google_compute_network.vpc":{"id":"~/global/networks/vpc","self_link":"^/global/networks/vpc","name":"vpc","project":"contoso-shop"},
			"google_compute_subnetwork.web":{"id":"~/regions/europe-west1/subnetworks/web","self_link":"^/regions/europe-west1/subnetworks/web","name":"web","network":"^/global/networks/vpc","region":"europe-west1","ip_cidr_range":"10.1.0.0/24","project":"contoso-shop"},
			"google_compute_instance.till":{"id":"~/zones/europe-west1-b/instances/till","self_link":"^/zones/europe-west1-b/instances/till","name":"till","zone":"europe-west1-b","project":"contoso-shop","boot_disk":[{"source":"^/zones/europe-west1-b/disks/till","initialize_params":[{"image":"https://www.googleapis.com/compute/v1/projects/debian-cloud/global/images/debian-12-bookworm-v20260101"}]}],"network_interface":[{"network":"^/global/networks/vpc","subnetwork":"^/regions/europe-west1/subnetworks/web","network_ip":"10.1.0.5","access_config":[{"nat_ip":"34.77.1.2"}]}],"resource_policies":["^/regions/europe-west1/resourcePolicies/nightly"]},
			"google_compute_disk.till":{"id":"~/zones/europe-west1-b/disks/till","self_link":"^/zones/europe-west1-b/disks/till","name":"till","users":["^/zones/europe-west1-b/instances/till"],"project":"contoso-shop"},
			"google_compute_disk.extra":{"id":"~/zones/europe-west1-b/disks/extra","self_link":"^/zones/europe-west1-b/disks/extra","name":"extra","project":"contoso-shop"},
			"google_compute_attached_disk.extra":{"id":"~/zones/europe-west1-b/instances/till/extra","instance":"^/zones/europe-west1-b/instances/till","disk":"^/zones/europe-west1-b/disks/extra","project":"contoso-shop"},
			"google_compute_snapshot.s":{"id":"~/global/snapshots/till-1","name":"till-1","source_disk":"^/zones/europe-west1-b/disks/till","project":"contoso-shop"},
			"google_compute_resource_policy.nightly":{"id":"~/regions/europe-west1/resourcePolicies/nightly","self_link":"^/regions/europe-west1/resourcePolicies/nightly","name":"nightly","project":"contoso-shop"},
			"google_compute_instance_template.batch":{"id":"~/global/instanceTemplates/batch-1","self_link":"^/global/instanceTemplates/batch-1","name":"batch-1","network_interface":[{"subnetwork":"^/regions/europe-west1/subnetworks/web"}],"service_account":[{"email":"batch@sa"}],"disk":[{"source_image":"projects/debian-cloud/global/images/family/debian-12"}],"project":"contoso-shop"},
			"google_compute_region_instance_group_manager.batch":{"id":"~/regions/europe-west1/instanceGroupManagers/batch","self_link":"^/regions/europe-west1/instanceGroupManagers/batch","instance_group":"^/regions/europe-west1/instanceGroups/batch","name":"batch","version":[{"instance_template":"^/global/instanceTemplates/batch-1"}],"target_pools":["^/regions/europe-west1/targetPools/old"],"project":"contoso-shop","region":"europe-west1"},
			"google_compute_target_pool.old":{"id":"~/regions/europe-west1/targetPools/old","self_link":"^/regions/europe-west1/targetPools/old","name":"old","instances":["europe-west1-b/till"],"health_checks":["^/global/httpHealthChecks/h"],"project":"contoso-shop"},
			"google_compute_http_health_check.h":{"id":"~/global/httpHealthChecks/h","self_link":"^/global/httpHealthChecks/h","name":"h","project":"contoso-shop"},
			"google_compute_forwarding_rule.old":{"id":"~/regions/europe-west1/forwardingRules/old","self_link":"^/regions/europe-west1/forwardingRules/old","name":"old","target":"^/regions/europe-west1/targetPools/old","load_balancing_scheme":"EXTERNAL","ip_address":"34.77.9.9","project":"contoso-shop"},
			"google_compute_region_autoscaler.batch":{"id":"~/regions/europe-west1/autoscalers/batch","name":"batch","target":"^/regions/europe-west1/instanceGroupManagers/batch","project":"contoso-shop"},
			"google_compute_region_per_instance_config.one":{"id":"x/one","name":"one","region_instance_group_manager":"batch","project":"contoso-shop"},
			"google_compute_firewall.in":{"id":"~/global/firewalls/in","name":"in","network":"^/global/networks/vpc","project":"contoso-shop","target_service_accounts":["batch@sa"]},
			"google_compute_address.nat":{"id":"~/regions/europe-west1/addresses/nat","self_link":"^/regions/europe-west1/addresses/nat","name":"nat","address":"34.77.3.4","users":["^/regions/europe-west1/routers/r"],"subnetwork":"^/regions/europe-west1/subnetworks/web","project":"contoso-shop"},
			"google_compute_global_address.psa":{"id":"~/global/addresses/psa","self_link":"^/global/addresses/psa","name":"psa","network":"^/global/networks/vpc","project":"contoso-shop"},
			"google_service_networking_connection.psa":{"id":"projects%2Fcontoso-shop%2Fglobal%2Fnetworks%2Fvpc:servicenetworking.googleapis.com","network":"~/global/networks/vpc","reserved_peering_ranges":["psa"]},
			"google_compute_route.r":{"id":"~/global/routes/r","name":"r","network":"^/global/networks/vpc","next_hop_instance":"^/zones/europe-west1-b/instances/till","project":"contoso-shop"},
			"google_compute_router.r":{"id":"~/regions/europe-west1/routers/r","self_link":"^/regions/europe-west1/routers/r","name":"r","network":"^/global/networks/vpc","region":"europe-west1","project":"contoso-shop"},
			"google_compute_network_firewall_policy.p":{"id":"~/global/firewallPolicies/p","name":"p","project":"contoso-shop"},
			"google_compute_network_firewall_policy_association.a":{"id":"~/global/firewallPolicies/p/associations/a","name":"a","attachment_target":"~/global/networks/vpc","firewall_policy":"p","project":"contoso-shop"}}`),
		want: `web in vpc
			vpc in contoso-shop
			contoso-shop: deploymentNode "Google Cloud project" D-SCOPE
			till in web
			Workload on till on till (M17-CON)
			batch in web
			Workload on batch on batch (M17-CON)
			resource batch-1 in batch
			resource till-1 in till
			old --balances to--> Workload on till (certain GR10)
			old --balances to--> Workload on batch (certain GR10)
			Internet --reaches--> Workload on till (high I1)
			Internet --reaches through old--> Workload on till (high I1)
			hidden H-LEVEL4 till resource_policies[0]
			resource in in vpc
			resource one in batch
			! unresolved A0 till boot_disk[0].initialize_params[0].image`,
	},
	{
		rule: "GR1 GR5", name: "clusters and managed machines",
		tf: gcp(`{"google_compute_network.vpc":{"id":"~/global/networks/vpc","self_link":"^/global/networks/vpc","name":"vpc","project":"contoso-shop"},
			"google_compute_subnetwork.k8s":{"id":"~/regions/europe-west1/subnetworks/k8s","self_link":"^/regions/europe-west1/subnetworks/k8s","name":"k8s","network":"vpc","project":"contoso-shop"},
			"google_container_cluster.main":{"id":"~/locations/europe-west1/clusters/main","self_link":"https://container.googleapis.com/v1/projects/contoso-shop/locations/europe-west1/clusters/main","name":"main","location":"europe-west1","network":"~/global/networks/vpc","subnetwork":"~/regions/europe-west1/subnetworks/k8s","endpoint":"34.90.1.2","project":"contoso-shop","node_config":[{"service_account":"nodes@sa"}]},
			"google_container_node_pool.pool":{"id":"~/locations/europe-west1/clusters/main/nodePools/pool","name":"pool","cluster":"main","location":"europe-west1","project":"contoso-shop","instance_group_urls":["^/zones/europe-west1-b/instanceGroupManagers/gke-main-pool-1a2b3c4d-grp"],"node_config":[{"service_account":"nodes@sa"}]},
			"google_service_account.nodes":{"id":"~/serviceAccounts/nodes@sa","email":"nodes@sa","member":"serviceAccount:nodes@sa","name":"~/serviceAccounts/nodes@sa","account_id":"nodes","project":"contoso-shop"},
			"google_artifact_registry_repository.shop":{"id":"~/locations/europe-west1/repositories/shop","name":"shop","repository_id":"shop","location":"europe-west1","project":"contoso-shop"},
			"google_artifact_registry_repository_iam_member.pull":{"id":"~/locations/europe-west1/repositories/shop/roles/artifactregistry.reader/serviceAccount:nodes@sa","repository":"~/locations/europe-west1/repositories/shop","location":"europe-west1","role":"roles/artifactregistry.reader","member":"serviceAccount:nodes@sa","project":"contoso-shop"},
			"google_dataproc_cluster.spark":{"id":"~/regions/europe-west1/clusters/spark","name":"spark","region":"europe-west1","project":"contoso-shop","cluster_config":[{"staging_bucket":"contoso-spark","gce_cluster_config":[{"network":"^/global/networks/vpc","subnetwork":"^/regions/europe-west1/subnetworks/k8s"}]}]},
			"google_dataproc_job.daily":{"id":"~/regions/europe-west1/jobs/daily","project":"contoso-shop","region":"europe-west1","placement":[{"cluster_name":"spark"}]},
			"google_storage_bucket.spark":{"id":"contoso-spark","self_link":"https://www.googleapis.com/storage/v1/b/contoso-spark","name":"contoso-spark","url":"gs://contoso-spark","project":"contoso-shop"},
			"google_managed_kafka_cluster.k":{"id":"~/locations/europe-west1/clusters/main","cluster_id":"main","location":"europe-west1","project":"contoso-shop","gcp_config":[{"access_config":[{"network_configs":[{"subnet":"~/regions/europe-west1/subnetworks/k8s"}]}]}]},
			"google_managed_kafka_topic.t":{"id":"~/locations/europe-west1/clusters/main/topics/clicks","topic_id":"clicks","cluster":"main","location":"europe-west1","project":"contoso-shop"},
			"google_redis_instance.cache":{"id":"~/locations/europe-west1/instances/cache","name":"cache","host":"10.9.0.3","authorized_network":"~/global/networks/vpc","project":"contoso-shop","region":"europe-west1"}}`),
		want: `k8s in vpc
			main in k8s
			pool in main
			pool --may pull images from--> shop (may GR4)
			! main --may pull images from--> shop (may GR4)
			hidden GR5 pool node_config[0].service_account
			spark in k8s
			daily on spark (GR1)
			! Workload on spark on spark (M17-CON)
			spark --reads from and writes to--> contoso-spark (certain GR17)
			clicks on main (GR1)
			cache --is connected to--> vpc (certain GR1)
			main --is connected to--> k8s (certain GR1)
			! main --refers to--> main (certain T1)`,
	},
	{
		rule: "GR3 GR6 GR7 GR8 GR9",
		tf: gcp(`{"google_cloud_run_v2_service.orders":{"id":"~/locations/europe-west1/services/orders","name":"orders","location":"europe-west1","project":"contoso-shop","uri":"https://orders-4x2kq7a5ba-ew.a.run.app","ingress":"INGRESS_TRAFFIC_ALL","template":[{"service_account":"orders@sa","containers":[{"name":"","image":"europe-west1-docker.pkg.dev/contoso-shop/shop/orders:1.4","env":[{"name":"DB_NAME","value":"orders","value_source":[]},{"name":"STOCK_URL","value":"https://stock-4x2kq7a5ba-ew.a.run.app/v1","value_source":[]},{"name":"TOPIC","value":"~/topics/placed","value_source":[]},{"name":"RATES","value":"https://rates.example.org/daily","value_source":[]},{"name":"API","value":"https://storage.googleapis.com","value_source":[]},{"name":"MEDIA","value":"gs://contoso-media/pictures","value_source":[]},{"name":"DB_PASSWORD","value":"","value_source":[{"secret_key_ref":[{"secret":"orders-db","version":"latest"}]}]}]}],"volumes":[{"name":"cloudsql","cloud_sql_instance":[{"instances":["contoso-shop:europe-west1:main"]}]},{"name":"m","gcs":[{"bucket":"contoso-media"}]},{"name":"n","nfs":[{"server":"10.9.0.9","path":"/share"}]}],"vpc_access":[{"connector":"~/locations/europe-west1/connectors/out","network_interfaces":[]}]}]},
			"google_cloud_run_v2_service.stock":{"id":"~/locations/europe-west1/services/stock","name":"stock","location":"europe-west1","project":"contoso-shop","uri":"https://stock-4x2kq7a5ba-ew.a.run.app","template":[{"containers":[{"image":"europe-west1-docker.pkg.dev/contoso-shop/gone/stock:7"}],"vpc_access":[{"network_interfaces":[{"network":"vpc","subnetwork":"web"}]}]}]},
			"google_sql_database_instance.main":{"id":"main","self_link":"https://sqladmin.googleapis.com/sql/v1beta4/projects/contoso-shop/instances/main","name":"main","project":"contoso-shop","region":"europe-west1","database_version":"POSTGRES_16","connection_name":"contoso-shop:europe-west1:main","private_ip_address":"10.9.0.5","settings":[{"ip_configuration":[{"private_network":"~/global/networks/vpc"}]}],"replica_names":["copy"]},
			"google_sql_database_instance.copy":{"id":"copy","self_link":"https://sqladmin.googleapis.com/sql/v1beta4/projects/contoso-shop/instances/copy","name":"copy","project":"contoso-shop","region":"europe-west1","connection_name":"contoso-shop:europe-west1:copy","master_instance_name":"main"},
			"google_sql_database.orders":{"id":"~/instances/main/databases/orders","name":"orders","instance":"main","project":"contoso-shop"},
			"google_sql_database.stock":{"id":"~/instances/main/databases/stock","name":"stock","instance":"main","project":"contoso-shop"},
			"google_sql_user.u":{"id":"orders//main","name":"orders","instance":"main","project":"contoso-shop"},
			"google_secret_manager_secret.db":{"id":"~/secrets/orders-db","name":"projects/123456789012/secrets/orders-db","secret_id":"orders-db","project":"contoso-shop","topics":[{"name":"~/topics/placed"}]},
			"google_secret_manager_secret_version.db":{"id":"projects/123456789012/secrets/orders-db/versions/3","name":"projects/123456789012/secrets/orders-db/versions/3","secret":"~/secrets/orders-db"},
			"google_pubsub_topic.placed":{"id":"~/topics/placed","name":"placed","project":"contoso-shop"},
			"google_storage_bucket.media":{"id":"contoso-media","self_link":"https://www.googleapis.com/storage/v1/b/contoso-media","name":"contoso-media","project":"contoso-shop"},
			"google_filestore_instance.share":{"id":"~/locations/europe-west1-b/instances/share","name":"share","location":"europe-west1-b","networks":[{"ip_addresses":["10.9.0.9"],"network":"vpc"}],"project":"contoso-shop"},
			"google_artifact_registry_repository.shop":{"id":"~/locations/europe-west1/repositories/shop","name":"shop","repository_id":"shop","location":"europe-west1","project":"contoso-shop"},
			"google_artifact_registry_repository.all":{"id":"~/locations/europe-west1/repositories/all","name":"all","repository_id":"all","location":"europe-west1","project":"contoso-shop","virtual_repository_config":[{"upstream_policies":[{"id":"a","repository":"~/locations/europe-west1/repositories/shop"}]}]},
			"google_vpc_access_connector.out":{"id":"~/locations/europe-west1/connectors/out","self_link":"~/locations/europe-west1/connectors/out","name":"out","network":"vpc","project":"contoso-shop","subnet":[{"name":"web"}]},
			"google_compute_network.vpc":{"id":"~/global/networks/vpc","self_link":"^/global/networks/vpc","name":"vpc","project":"contoso-shop"},
			"google_compute_subnetwork.web":{"id":"~/regions/europe-west1/subnetworks/web","self_link":"^/regions/europe-west1/subnetworks/web","name":"web","network":"^/global/networks/vpc","project":"contoso-shop"}}`),
		want: `orders: container "Cloud Run" G7
			orders on contoso-shop (D-SCOPE)
			orders --calls--> stock (high GR6)
			orders --exchanges messages through--> placed (high GR6)
			orders --calls--> rates.example.org (high GR6)
			! orders --calls--> storage.googleapis.com (high GR6)
			orders --reads from and writes to--> contoso-media (certain GR6)
			orders --reads from and writes to--> share (certain GR6)
			orders --reads from and writes to--> orders (certain GR7)
			! orders --reads from and writes to--> stock (certain GR7)
			orders on main (GR7)
			Secret Manager: container "Secret Manager" G24
			orders --reads secrets from--> Secret Manager (certain GR8)
			Secret Manager --publishes changes to--> placed (certain GR8)
			resource orders-db in Secret Manager
			Secret Manager on contoso-shop (D-SCOPE)
			orders --pulls images from--> shop (certain GR9)
			all --pulls from--> shop (certain GR9)
			unresolved GR9 stock template[0].containers[0].image
			orders --sends traffic through--> vpc (certain GR3)
			stock --sends traffic through--> web (certain GR3)
			main --replicates to--> Databases on copy (certain GR7)
			hidden GR7 main replica_names[0]
			resource orders in main
			main --is connected to--> vpc (certain GR1)`,
	},
	{
		rule: "GR6 GR7 GR8 GR9 GR12", name: "older services, functions and App Engine",
		tf: gcp(`{"google_cloud_run_service.web":{"id":"locations/europe-west1/namespaces/contoso-shop/services/web","name":"web","location":"europe-west1","project":"contoso-shop","status":[{"url":"https://web-4x2kq7a5ba-ew.a.run.app"}],"metadata":[{"annotations":{"run.googleapis.com/ingress":"internal-and-cloud-load-balancing"}}],"template":[{"metadata":[{"annotations":{"run.googleapis.com/cloudsql-instances":"contoso-shop:europe-west1:main","run.googleapis.com/vpc-access-connector":"out"}}],"spec":[{"service_account_name":"web@sa","containers":[{"image":"eu.gcr.io/contoso-shop/web@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08","env":[{"name":"DATABASE_URL","value":"postgresql://web@/web?host=/cloudsql/contoso-shop:europe-west1:main"}]}]}]}]},
			"google_container_registry.eu":{"id":"eu.artifacts.contoso-shop.appspot.com","location":"EU","project":"contoso-shop"},
			"google_sql_database_instance.main":{"id":"main","self_link":"https://sqladmin.googleapis.com/sql/v1beta4/projects/contoso-shop/instances/main","name":"main","project":"contoso-shop","connection_name":"contoso-shop:europe-west1:main"},
			"google_sql_database.web":{"id":"~/instances/main/databases/web","name":"web-data","instance":"main","project":"contoso-shop"},
			"google_vpc_access_connector.out":{"id":"~/locations/europe-west1/connectors/out","name":"out","network":"vpc","project":"contoso-shop"},
			"google_compute_network.vpc":{"id":"~/global/networks/vpc","name":"vpc","project":"contoso-shop"},
			"google_cloudfunctions2_function.resize":{"id":"~/locations/europe-west1/functions/resize","name":"resize","location":"europe-west1","project":"contoso-shop","url":"https://europe-west1-contoso-shop.cloudfunctions.net/resize","build_config":[{"source":[{"storage_source":[{"bucket":"contoso-code","object":"resize.zip"}]}]}],"service_config":[{"uri":"https://resize-4x2kq7a5ba-ew.a.run.app","service_account_email":"resize@sa","environment_variables":{"BUCKET":"contoso-media","MODE":"placed","WEB":"https://web-4x2kq7a5ba-ew.a.run.app"},"secret_environment_variables":[{"key":"KEY","project_id":"contoso-shop","secret":"key","version":"1"}]}],"event_trigger":[{"event_type":"google.cloud.storage.object.v1.finalized","event_filters":[{"attribute":"bucket","value":"contoso-media","operator":""}],"trigger":"~/locations/europe-west1/triggers/resize-123456"}]},
			"google_cloudfunctions_function.mail":{"id":"~/locations/europe-west1/functions/mail","name":"mail","region":"europe-west1","project":"contoso-shop","event_trigger":[{"event_type":"google.pubsub.topic.publish","resource":"~/topics/placed"}],"environment_variables":{"SMTP_URL":"smtp://mail.example.org:587"}},
			"google_app_engine_application.app":{"id":"contoso-shop","name":"apps/contoso-shop","default_hostname":"contoso-shop.ew.r.appspot.com","project":"contoso-shop"},
			"google_app_engine_standard_app_version.v1":{"id":"apps/contoso-shop/services/admin/versions/v1","name":"apps/contoso-shop/services/admin/versions/v1","service":"admin","version_id":"v1","project":"contoso-shop","env_variables":{"WEB_URL":"https://web-4x2kq7a5ba-ew.a.run.app"}},
			"google_secret_manager_secret.key":{"id":"~/secrets/key","name":"projects/123456789012/secrets/key","secret_id":"key","project":"contoso-shop"},
			"google_pubsub_topic.placed":{"id":"~/topics/placed","name":"placed","project":"contoso-shop"},
			"google_storage_bucket.code":{"id":"contoso-code","self_link":"https://www.googleapis.com/storage/v1/b/contoso-code","name":"contoso-code","project":"contoso-shop"},
			"google_storage_bucket.media":{"id":"contoso-media","self_link":"https://www.googleapis.com/storage/v1/b/contoso-media","name":"contoso-media","project":"contoso-shop"}}`),
		want: `web --reads from and writes to--> web-data (certain GR7)
			web --pulls images from--> eu (certain GR9)
			web --sends traffic through--> vpc (certain GR3)
			resize: container "Cloud Run functions" G8
			resize --calls--> web (high GR6)
			resize --is triggered by--> contoso-media (certain GR12)
			resize --reads from and writes to--> contoso-media (high GR6)
			resize --reads secrets from--> Secret Manager (certain GR8)
			! resize --reads from and writes to--> contoso-code (high GR6)
			mail --is triggered by--> placed (certain GR12)
			! resize --exchanges messages through--> placed (high GR6)
			mail --calls--> mail.example.org (high GR6)
			admin v1 on contoso-shop (P1)
			admin v1 --calls--> web (high GR6)
			Internet --reaches--> admin v1 (high I1)`,
	},
	{
		rule: "GR4",
		tf: gcp(`{"google_cloud_run_v2_service.orders":{"id":"~/locations/europe-west1/services/orders","name":"orders","location":"europe-west1","project":"contoso-shop","ingress":"INGRESS_TRAFFIC_ALL","template":[{"service_account":"orders@sa","containers":[{"image":"nginx"}]}]},
			"google_cloud_run_v2_service.inner":{"id":"~/locations/europe-west1/services/inner","name":"inner","location":"europe-west1","project":"contoso-shop","ingress":"INGRESS_TRAFFIC_INTERNAL_ONLY","template":[{"containers":[{"image":"nginx"}]}]},
			"google_service_account.orders":{"id":"~/serviceAccounts/orders@sa","email":"orders@sa","member":"serviceAccount:orders@sa","name":"~/serviceAccounts/orders@sa","account_id":"orders","project":"contoso-shop"},
			"google_service_account.idle":{"id":"~/serviceAccounts/idle@sa","email":"idle@sa","member":"serviceAccount:idle@sa","name":"~/serviceAccounts/idle@sa","account_id":"idle","project":"contoso-shop"},
			"google_service_account_key.idle":{"id":"~/serviceAccounts/idle@sa/keys/1a2b","service_account_id":"~/serviceAccounts/idle@sa"},
			"google_secret_manager_secret.db":{"id":"~/secrets/db","name":"projects/123456789012/secrets/db","secret_id":"db","project":"contoso-shop"},
			"google_secret_manager_secret_iam_member.db":{"id":"~/secrets/db/roles/secretmanager.secretAccessor/serviceAccount:orders@sa","secret_id":"~/secrets/db","role":"roles/secretmanager.secretAccessor","member":"serviceAccount:orders@sa","project":"contoso-shop"},
			"google_pubsub_topic.placed":{"id":"~/topics/placed","name":"placed","project":"contoso-shop"},
			"google_pubsub_topic_iam_binding.pub":{"id":"~/topics/placed/roles/pubsub.publisher","topic":"~/topics/placed","role":"roles/pubsub.publisher","members":["serviceAccount:orders@sa","serviceAccount:idle@sa","user:someone@contoso.com","serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com"],"project":"contoso-shop"},
			"google_storage_bucket.media":{"id":"contoso-media","self_link":"https://www.googleapis.com/storage/v1/b/contoso-media","name":"contoso-media","project":"contoso-shop"},
			"google_storage_bucket_iam_member.all":{"id":"b/contoso-media/roles/storage.objectViewer/allUsers","bucket":"b/contoso-media","role":"roles/storage.objectViewer","member":"allUsers"},
			"google_storage_bucket_iam_policy.p":{"id":"b/contoso-media","bucket":"b/contoso-media","policy_data":"{\"bindings\":[{\"members\":[\"serviceAccount:orders@sa\"],\"role\":\"roles/storage.objectAdmin\"}]}"},
			"google_storage_bucket_access_control.a":{"id":"contoso-media/allUsers","bucket":"contoso-media","entity":"allUsers","role":"READER"},
			"google_cloud_run_v2_service_iam_member.open":{"id":"~/locations/europe-west1/services/orders/roles/run.invoker/allUsers","name":"~/locations/europe-west1/services/orders","location":"europe-west1","role":"roles/run.invoker","member":"allUsers","project":"contoso-shop"},
			"google_cloud_run_service_iam_member.inner":{"id":"v1/projects/contoso-shop/locations/europe-west1/services/inner/roles/run.invoker/allUsers","service":"v1/projects/contoso-shop/locations/europe-west1/services/inner","location":"europe-west1","role":"roles/run.invoker","member":"allUsers","project":"contoso-shop"},
			"google_sql_database_instance.main":{"id":"main","self_link":"https://sqladmin.googleapis.com/sql/v1beta4/projects/contoso-shop/instances/main","name":"main","project":"contoso-shop","connection_name":"contoso-shop:europe-west1:main"},
			"google_project_iam_member.sql":{"id":"contoso-shop/roles/cloudsql.client/serviceAccount:orders@sa","project":"contoso-shop","role":"roles/cloudsql.client","member":"serviceAccount:orders@sa"},
			"google_project_iam_member.logs":{"id":"contoso-shop/roles/logging.logWriter/serviceAccount:orders@sa","project":"contoso-shop","role":"roles/logging.logWriter","member":"serviceAccount:orders@sa"},
			"google_project_iam_member.tasks":{"id":"contoso-shop/roles/cloudtasks.enqueuer/serviceAccount:orders@sa","project":"contoso-shop","role":"roles/cloudtasks.enqueuer","member":"serviceAccount:orders@sa"},
			"google_bigquery_dataset.sales":{"id":"~/datasets/sales","self_link":"https://bigquery.googleapis.com/bigquery/v2/projects/contoso-shop/datasets/sales","dataset_id":"sales","project":"contoso-shop","access":[{"role":"WRITER","user_by_email":"orders@sa"},{"role":"OWNER","special_group":"projectOwners"},{"view":[{"dataset_id":"marts","project_id":"contoso-shop","table_id":"v"}]}]},
			"google_bigquery_dataset.marts":{"id":"~/datasets/marts","dataset_id":"marts","project":"contoso-shop","access":[]},
			"google_bigquery_dataset_access.a":{"id":"~/datasets/marts/x","dataset_id":"marts","project":"contoso-shop","role":"READER","user_by_email":"orders@sa"}}`),
		want: `orders --may read secrets from--> Secret Manager (may GR4)
			orders --may publish to--> placed (may GR4)
			resource idle@contoso-shop.iam.gserviceaccount.com --may publish to--> placed (may GR4) hidden
			unresolved GR4 pubsub.publisher members[2]
			hidden GR4 pubsub.publisher members[3]
			orders --may read from and write to--> contoso-media (may GR4)
			Internet --reaches--> orders (high I1)
			Internet --reaches--> contoso-media (high I1)
			! Internet --reaches--> inner (high I1)
			orders --may connect to--> Databases on main (may GR4)
			orders --may write logs to--> contoso-shop (may GR4) observability
			orders --may add tasks to--> contoso-shop (may GR4)
			orders --may read from and write to--> sales (may GR4)
			orders --may read from--> marts (may GR4)
			marts --may read from--> sales (may GR4)`,
	},
	{
		rule: "GR4 GR6 GR7 GR9", name: "a workload of Kubernetes",
		kube: `apiVersion: v1
kind: ServiceAccount
metadata: {name: cart, namespace: web, annotations: {iam.gke.io/gcp-service-account: cart@contoso-shop.iam.gserviceaccount.com}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: cart, namespace: web}
spec: {template: {spec: {serviceAccountName: cart, containers: [{name: c, image: nginx}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: mail, namespace: web}
spec:
  template:
    spec:
      serviceAccountName: mail
      containers:
      - {name: c, image: europe-west1-docker.pkg.dev/contoso-shop/shop/mail:3, env: [{name: TOPIC, value: projects/contoso-shop/topics/placed}, {name: MODE, value: "a:b:c"}]}
      - {name: cloud-sql-proxy, image: "gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.11.0", args: ["--private-ip", "--port=5432", "contoso-shop:europe-west1:main"]}
`,
		tf: gcp(`{"google_pubsub_topic.placed":{"id":"~/topics/placed","name":"placed","project":"contoso-shop"},
			"google_artifact_registry_repository.shop":{"id":"~/locations/europe-west1/repositories/shop","name":"shop","repository_id":"shop","location":"europe-west1","project":"contoso-shop"},
			"google_sql_database_instance.main":{"id":"main","self_link":"https://sqladmin.googleapis.com/sql/v1beta4/projects/contoso-shop/instances/main","name":"main","project":"contoso-shop","connection_name":"contoso-shop:europe-west1:main"},
			"google_service_account.mail":{"id":"~/serviceAccounts/mail@sa","email":"mail@sa","account_id":"mail","project":"contoso-shop"},
			"google_service_account_iam_member.mail":{"id":"~/serviceAccounts/mail@sa/roles/iam.workloadIdentityUser/serviceAccount:contoso-shop.svc.id.goog[web/mail]","service_account_id":"~/serviceAccounts/mail@sa","role":"roles/iam.workloadIdentityUser","member":"serviceAccount:contoso-shop.svc.id.goog[web/mail]"},
			"google_pubsub_topic_iam_member.mail":{"id":"~/topics/placed/roles/pubsub.publisher/serviceAccount:mail@sa","topic":"placed","role":"roles/pubsub.publisher","member":"serviceAccount:mail@sa","project":"contoso-shop"},
			"google_pubsub_topic_iam_member.cart":{"id":"~/topics/placed/roles/pubsub.publisher/serviceAccount:cart@sa","topic":"placed","role":"roles/pubsub.publisher","member":"serviceAccount:cart@sa","project":"contoso-shop"}}`),
		want: `cart --may publish to--> placed (may GR4)
			mail --may publish to--> placed (may GR4)
			mail --exchanges messages through--> placed (high GR6)
			mail --reads from and writes to--> Databases on main (high GR7)
			mail --pulls images from--> shop (certain GR9)`,
	},
}

func TestGoogleTypesAreManyAndMapped(t *testing.T) {
	types := map[string]bool{}
	for _, r := range googleTypes {
		for typ := range strings.FieldsSeq(r.types) {
			types[typ] = true
			if !isGoogle(typ) || r.role == unmapped {
				t.Errorf("%s of %s", typ, r.id)
			}
		}
	}
	if len(types) < 300 {
		t.Errorf("only %d types", len(types))
	}
	for _, typ := range []string{"google_pubsub_topic_iam_member", "google_project_iam_binding", "google_kms_crypto_key_iam_policy"} {
		if googleType(typ) != googleGrant {
			t.Errorf("%s is no grant", typ)
		}
	}
	if googleType("google_iam_policy") == googleGrant || ruleFor("google_iam_policy", "") == unmappedRule {
		t.Error("the data source of a policy is a grant, or unknown")
	}
}

func TestGoogleNames(t *testing.T) {
	for in, want := range map[string]string{
		"europe-west1-docker.pkg.dev/contoso/shop/web:1":    "projects/contoso/locations/europe-west1/repositories/shop",
		"us-docker.pkg.dev/contoso/shop/team/web@sha256:00": "projects/contoso/locations/us/repositories/shop",
		"eu.gcr.io/contoso/web":                             "projects/contoso/locations/europe/repositories/eu.gcr.io",
		"nginx:1":                                           "",
		"registry.contoso.com/shop/web":                     "",
		"docker.pkg.dev/a/b":                                "",
	} {
		if got := imageRepository(in); got != want {
			t.Errorf("%s is in %q", in, got)
		}
	}
	for in, want := range map[string]string{
		"https://europe-west1-run.googleapis.com/apis/run.googleapis.com/v1/namespaces/contoso/jobs/nightly:run": "projects/contoso/locations/europe-west1/jobs/nightly",
		"https://europe-west1-run.googleapis.com/apis/run.googleapis.com/v1/namespaces/contoso/services/x":       "",
		"https://run.googleapis.com/v2/x": "",
	} {
		if got := runJob(in); got != want {
			t.Errorf("%s runs %q", in, got)
		}
	}
	for in, want := range map[string]string{
		"contoso:sales.orders": "projects/contoso/datasets/sales/tables/orders", "contoso.sales.orders": "projects/contoso/datasets/sales/tables/orders",
		"sales.orders": "", "a.b": "", "http://x.y.z": "", ".a.b": "", "a:b": "",
	} {
		if got := tableName(in); got != want {
			t.Errorf("%s is %q", in, got)
		}
	}
}

func TestRolesOfGoogle(t *testing.T) {
	for role, want := range map[string]string{
		"roles/secretmanager.secretAccessor":  "may read secrets from",
		"roles/storage.objectViewer":          "may read from",
		"roles/pubsub.subscriber":             "may receive from",
		"roles/run.invoker":                   "may call",
		"roles/owner":                         "has the role owner on",
		"projects/contoso/roles/orderAuditor": "has the role orderAuditor on",
		"":                                    "has a role on",
	} {
		if got := roleOf(role).label; got != want {
			t.Errorf("%s: %s", role, got)
		}
	}
	// A role must not be hidden behind one whose name it begins with.
	for i, w := range roleWords {
		for _, before := range roleWords[:i] {
			if strings.HasPrefix(w.role, before.role) {
				t.Errorf("%s stands behind %s", w.role, before.role)
			}
		}
	}
}
