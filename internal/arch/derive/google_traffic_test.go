package derive

import "slices"

// Google Cloud: GR1 to GR21.
var googleFixtures = slices.Concat(googleBaseFixtures, googleTrafficFixtures)

// Load balancers, events, names, gateways, data, logs: GR10 to GR21, A0.
var googleTrafficFixtures = []fixture{
	{
		rule: "GR10 GR14",
		tf: gcp(`{"google_compute_global_forwarding_rule.https":{"id":"~/global/forwardingRules/shop-https","self_link":"^/global/forwardingRules/shop-https","name":"shop-https","ip_address":"34.120.1.2","load_balancing_scheme":"EXTERNAL_MANAGED","target":"^/global/targetHttpsProxies/shop","project":"contoso-shop"},
			"google_compute_global_forwarding_rule.http":{"id":"~/global/forwardingRules/shop-http","self_link":"^/global/forwardingRules/shop-http","name":"shop-http","ip_address":"^/global/addresses/shop","load_balancing_scheme":"EXTERNAL_MANAGED","target":"^/global/targetHttpProxies/redirect","project":"contoso-shop"},
			"google_compute_global_address.shop":{"id":"~/global/addresses/shop","self_link":"^/global/addresses/shop","name":"shop","address":"34.120.1.2","project":"contoso-shop"},
			"google_compute_target_https_proxy.shop":{"id":"~/global/targetHttpsProxies/shop","self_link":"^/global/targetHttpsProxies/shop","name":"shop","url_map":"^/global/urlMaps/shop","ssl_certificates":["^/global/sslCertificates/shop"],"project":"contoso-shop"},
			"google_compute_target_http_proxy.redirect":{"id":"~/global/targetHttpProxies/redirect","self_link":"^/global/targetHttpProxies/redirect","name":"redirect","url_map":"redirect","project":"contoso-shop"},
			"google_compute_managed_ssl_certificate.shop":{"id":"~/global/sslCertificates/shop","self_link":"^/global/sslCertificates/shop","name":"shop","managed":[{"domains":["shop.contoso.com."]}],"project":"contoso-shop"},
			"google_compute_url_map.redirect":{"id":"~/global/urlMaps/redirect","self_link":"^/global/urlMaps/redirect","name":"redirect","default_url_redirect":[{"https_redirect":true}],"project":"contoso-shop"},
			"google_compute_url_map.shop":{"id":"~/global/urlMaps/shop","self_link":"^/global/urlMaps/shop","name":"shop","default_service":"^/global/backendServices/web","host_rule":[{"hosts":["shop.contoso.com"],"path_matcher":"all"}],"path_matcher":[{"name":"all","default_service":"^/global/backendServices/web","path_rule":[{"paths":["/media/*"],"service":"^/global/backendBuckets/media"},{"paths":["/old/*"],"service":"^/global/backendServices/vms"},{"paths":["/partner/*"],"service":"^/global/backendServices/partner"},{"paths":["/fn/*"],"service":"^/global/backendServices/fn"}]}],"project":"contoso-shop"},
			"google_compute_backend_service.web":{"id":"~/global/backendServices/web","self_link":"^/global/backendServices/web","name":"web","backend":[{"group":"^/regions/europe-west1/networkEndpointGroups/web"}],"security_policy":"^/global/securityPolicies/waf","project":"contoso-shop"},
			"google_compute_region_network_endpoint_group.web":{"id":"~/regions/europe-west1/networkEndpointGroups/web","self_link":"^/regions/europe-west1/networkEndpointGroups/web","name":"web","region":"europe-west1","cloud_run":[{"service":"web"}],"project":"contoso-shop"},
			"google_cloud_run_v2_service.web":{"id":"~/locations/europe-west1/services/web","name":"web","location":"europe-west1","project":"contoso-shop","uri":"https://web-4x2kq7a5ba-ew.a.run.app"},
			"google_cloud_run_v2_service.far":{"id":"~/locations/us-central1/services/web","name":"web","location":"us-central1","project":"contoso-shop","uri":"https://web-4x2kq7a5ba-uc.a.run.app","template":[{"containers":[{"env":[{"name":"SHOP_URL","value":"https://www.contoso.com/"}]}]}]},
			"google_compute_backend_service.fn":{"id":"~/global/backendServices/fn","self_link":"^/global/backendServices/fn","name":"fn","backend":[{"group":"^/regions/europe-west1/networkEndpointGroups/fn"},{"group":"^/regions/europe-west1/networkEndpointGroups/ae"}],"project":"contoso-shop"},
			"google_compute_region_network_endpoint_group.fn":{"id":"~/regions/europe-west1/networkEndpointGroups/fn","self_link":"^/regions/europe-west1/networkEndpointGroups/fn","name":"fn","region":"europe-west1","cloud_function":[{"function":"resize"}],"project":"contoso-shop"},
			"google_compute_region_network_endpoint_group.ae":{"id":"~/regions/europe-west1/networkEndpointGroups/ae","self_link":"^/regions/europe-west1/networkEndpointGroups/ae","name":"ae","region":"europe-west1","app_engine":[{"service":"admin"}],"project":"contoso-shop"},
			"google_cloudfunctions2_function.resize":{"id":"~/locations/europe-west1/functions/resize","name":"resize","location":"europe-west1","project":"contoso-shop"},
			"google_app_engine_flexible_app_version.v1":{"id":"apps/contoso-shop/services/admin/versions/v1","name":"apps/contoso-shop/services/admin/versions/v1","service":"admin","version_id":"v1","project":"contoso-shop"},
			"google_compute_backend_service.vms":{"id":"~/global/backendServices/vms","self_link":"^/global/backendServices/vms","name":"vms","backend":[{"group":"^/regions/europe-west1/instanceGroups/mig"},{"group":"^/zones/europe-west1-b/instanceGroups/hand"}],"health_checks":["^/global/healthChecks/h"],"project":"contoso-shop"},
			"google_compute_health_check.h":{"id":"~/global/healthChecks/h","self_link":"^/global/healthChecks/h","name":"h","project":"contoso-shop"},
			"google_compute_region_instance_group_manager.mig":{"id":"~/regions/europe-west1/instanceGroupManagers/mig","self_link":"^/regions/europe-west1/instanceGroupManagers/mig","instance_group":"^/regions/europe-west1/instanceGroups/mig","name":"mig","project":"contoso-shop"},
			"google_compute_instance_group.hand":{"id":"~/zones/europe-west1-b/instanceGroups/hand","self_link":"^/zones/europe-west1-b/instanceGroups/hand","name":"hand","instances":["^/zones/europe-west1-b/instances/till"],"network":"^/global/networks/vpc","project":"contoso-shop"},
			"google_compute_instance.till":{"id":"~/zones/europe-west1-b/instances/till","self_link":"^/zones/europe-west1-b/instances/till","name":"till","project":"contoso-shop"},
			"google_compute_network.vpc":{"id":"~/global/networks/vpc","self_link":"^/global/networks/vpc","name":"vpc","project":"contoso-shop"},
			"google_compute_backend_bucket.media":{"id":"~/global/backendBuckets/media","self_link":"^/global/backendBuckets/media","name":"media","bucket_name":"contoso-media","project":"contoso-shop"},
			"google_storage_bucket.media":{"id":"contoso-media","self_link":"https://www.googleapis.com/storage/v1/b/contoso-media","name":"contoso-media","project":"contoso-shop"},
			"google_compute_backend_service.partner":{"id":"~/global/backendServices/partner","self_link":"^/global/backendServices/partner","name":"partner","backend":[{"group":"^/global/networkEndpointGroups/partner"}],"project":"contoso-shop"},
			"google_compute_global_network_endpoint_group.partner":{"id":"~/global/networkEndpointGroups/partner","self_link":"^/global/networkEndpointGroups/partner","name":"partner","project":"contoso-shop"},
			"google_compute_global_network_endpoint.partner":{"id":"contoso-shop/partner//partner.example.org/443","global_network_endpoint_group":"partner","fqdn":"partner.example.org","port":443,"project":"contoso-shop"},
			"google_compute_security_policy.waf":{"id":"~/global/securityPolicies/waf","self_link":"^/global/securityPolicies/waf","name":"waf","project":"contoso-shop"},
			"google_compute_security_policy_rule.r":{"id":"~/global/securityPolicies/waf/priority/100","security_policy":"waf","project":"contoso-shop"},
			"google_dns_managed_zone.z":{"id":"~/managedZones/contoso","name":"contoso","dns_name":"contoso.com.","visibility":"public","project":"contoso-shop"},
			"google_dns_managed_zone.p":{"id":"~/managedZones/inside","name":"inside","dns_name":"inside.contoso.com.","visibility":"private","private_visibility_config":[{"networks":[{"network_url":"^/global/networks/vpc"}]}],"project":"contoso-shop"},
			"google_dns_record_set.www":{"id":"~/managedZones/contoso/rrsets/www.contoso.com./A","name":"www.contoso.com.","managed_zone":"contoso","type":"A","rrdatas":["34.120.1.2"],"project":"contoso-shop"},
			"google_cloud_run_domain_mapping.beta":{"id":"locations/europe-west1/namespaces/contoso-shop/domainmappings/beta.contoso.com","name":"beta.contoso.com","location":"europe-west1","project":"contoso-shop","spec":[{"route_name":"web"}]}}`),
		want: `shop: infrastructureNode "Cloud Load Balancing" G29
			! redirect: infrastructureNode "Cloud Load Balancing" G29
			shop --routes to--> web (certain GR10)
			shop --routes to--> resize (certain GR10)
			shop --routes to--> admin v1 (certain GR10)
			shop --routes to--> contoso-media (certain GR10)
			shop --balances to--> Workload on mig (certain GR10)
			shop --balances to--> Workload on till (certain GR10)
			shop --routes to--> partner.example.org (high GR10)
			shop --is protected by--> waf (certain GR10)
			Internet --reaches--> shop (high I1)
			Internet --reaches through shop--> web (high I1)
			resource web in shop
			resource shop-https in shop
			web --calls--> shop (high GR6)
			web --calls through shop--> contoso-media (may I2)
			contoso: infrastructureNode "Cloud DNS zone" G32
			! inside: infrastructureNode "Cloud DNS zone" G32
			resource www.contoso.com. in contoso
			hidden H-LEVEL4 A rrdatas[0]
			hidden GR14 A name`,
	},
	{
		rule: "GR10", name: "other load balancers and endpoints",
		tf: gcp(`{"google_compute_forwarding_rule.ilb":{"id":"~/regions/europe-west1/forwardingRules/ilb","self_link":"^/regions/europe-west1/forwardingRules/ilb","name":"ilb","ip_address":"10.1.0.9","load_balancing_scheme":"INTERNAL","backend_service":"^/regions/europe-west1/backendServices/tcp","network":"^/global/networks/vpc","subnetwork":"^/regions/europe-west1/subnetworks/web","project":"contoso-shop"},
			"google_compute_region_backend_service.tcp":{"id":"~/regions/europe-west1/backendServices/tcp","self_link":"^/regions/europe-west1/backendServices/tcp","name":"tcp","backend":[{"group":"^/zones/europe-west1-b/networkEndpointGroups/zonal"}],"project":"contoso-shop"},
			"google_compute_network_endpoint_group.zonal":{"id":"~/zones/europe-west1-b/networkEndpointGroups/zonal","self_link":"^/zones/europe-west1-b/networkEndpointGroups/zonal","name":"zonal","network":"^/global/networks/vpc","subnetwork":"^/regions/europe-west1/subnetworks/web","project":"contoso-shop"},
			"google_compute_network_endpoint.till":{"id":"contoso-shop/europe-west1-b/zonal/till/10.1.0.5/80","network_endpoint_group":"zonal","instance":"till","ip_address":"10.1.0.5","zone":"europe-west1-b","project":"contoso-shop"},
			"google_compute_instance.till":{"id":"~/zones/europe-west1-b/instances/till","self_link":"^/zones/europe-west1-b/instances/till","name":"till","zone":"europe-west1-b","project":"contoso-shop","network_interface":[{"network_ip":"10.1.0.5"}]},
			"google_compute_network.vpc":{"id":"~/global/networks/vpc","self_link":"^/global/networks/vpc","name":"vpc","project":"contoso-shop"},
			"google_compute_subnetwork.web":{"id":"~/regions/europe-west1/subnetworks/web","self_link":"^/regions/europe-west1/subnetworks/web","name":"web","network":"^/global/networks/vpc","project":"contoso-shop"},
			"google_compute_service_attachment.tcp":{"id":"~/regions/europe-west1/serviceAttachments/tcp","self_link":"^/regions/europe-west1/serviceAttachments/tcp","name":"tcp","target_service":"^/regions/europe-west1/forwardingRules/ilb","nat_subnets":["^/regions/europe-west1/subnetworks/web"],"project":"contoso-shop"},
			"google_compute_forwarding_rule.psc":{"id":"~/regions/europe-west1/forwardingRules/psc","self_link":"^/regions/europe-west1/forwardingRules/psc","name":"psc","target":"^/regions/europe-west1/serviceAttachments/tcp","load_balancing_scheme":"","ip_address":"10.1.0.77","network":"^/global/networks/vpc","project":"contoso-shop"},
			"google_compute_region_network_endpoint_group.psc":{"id":"~/regions/europe-west1/networkEndpointGroups/psc","self_link":"^/regions/europe-west1/networkEndpointGroups/psc","name":"psc","psc_target_service":"^/regions/europe-west1/serviceAttachments/tcp","project":"contoso-shop"},
			"google_compute_global_forwarding_rule.tcp":{"id":"~/global/forwardingRules/tcp","self_link":"^/global/forwardingRules/tcp","name":"tcp-front","load_balancing_scheme":"EXTERNAL","ip_address":"34.120.7.7","target":"^/global/targetTcpProxies/tcp","project":"contoso-shop"},
			"google_compute_target_tcp_proxy.tcp":{"id":"~/global/targetTcpProxies/tcp","self_link":"^/global/targetTcpProxies/tcp","name":"tcp","backend_service":"^/global/backendServices/mq","project":"contoso-shop"},
			"google_compute_backend_service.mq":{"id":"~/global/backendServices/mq","self_link":"^/global/backendServices/mq","name":"mq","backend":[{"group":"^/zones/europe-west1-b/instanceGroups/mq"}],"project":"contoso-shop"},
			"google_compute_instance_group_manager.mq":{"id":"~/zones/europe-west1-b/instanceGroupManagers/mq","self_link":"^/zones/europe-west1-b/instanceGroupManagers/mq","instance_group":"^/zones/europe-west1-b/instanceGroups/mq","name":"mq","auto_healing_policies":[{"health_check":"^/global/healthChecks/h"}],"project":"contoso-shop"},
			"google_compute_health_check.h":{"id":"~/global/healthChecks/h","self_link":"^/global/healthChecks/h","name":"h","project":"contoso-shop"}}`),
		want: `ilb in web
			ilb --balances to--> Workload on till (certain GR10)
			psc: infrastructureNode "Private Service Connect endpoint" G29
			tcp-front --balances to--> Workload on mq (certain GR10)
			Internet --reaches--> tcp-front (high I1)
			! Internet --reaches--> ilb (high I1)
			hidden GR2 mq auto_healing_policies[0].health_check`,
	},
	{
		rule: "GR11 GR12 GR13",
		tf: gcp(`{"google_pubsub_topic.placed":{"id":"~/topics/placed","name":"placed","project":"contoso-shop","schema_settings":[{"schema":"~/schemas/order"}],"kms_key_name":"~/locations/europe-west1/keyRings/r/cryptoKeys/k"},
			"google_pubsub_schema.order":{"id":"~/schemas/order","name":"order","project":"contoso-shop"},
			"google_pubsub_topic.dead":{"id":"~/topics/dead","name":"dead","project":"contoso-shop"},
			"google_pubsub_subscription.push":{"id":"~/subscriptions/push","name":"push","topic":"~/topics/placed","project":"contoso-shop","push_config":[{"push_endpoint":"https://mail-4x2kq7a5ba-ew.a.run.app/push","oidc_token":[{"service_account_email":"push@sa","audience":"https://mail-4x2kq7a5ba-ew.a.run.app"}]}],"dead_letter_policy":[{"dead_letter_topic":"~/topics/dead"}]},
			"google_pubsub_subscription.bq":{"id":"~/subscriptions/bq","name":"bq","topic":"placed","project":"contoso-shop","bigquery_config":[{"table":"contoso-shop.sales.orders"}]},
			"google_pubsub_subscription.gcs":{"id":"~/subscriptions/gcs","name":"gcs","topic":"~/topics/placed","project":"contoso-shop","cloud_storage_config":[{"bucket":"contoso-archive"}]},
			"google_pubsub_subscription.lost":{"id":"~/subscriptions/lost","name":"lost","topic":"projects/contoso-other/topics/elsewhere","project":"contoso-shop"},
			"google_cloud_run_v2_service.mail":{"id":"~/locations/europe-west1/services/mail","name":"mail","location":"europe-west1","project":"contoso-shop","uri":"https://mail-4x2kq7a5ba-ew.a.run.app"},
			"google_cloud_run_v2_service_iam_member.push":{"id":"~/locations/europe-west1/services/mail/roles/run.invoker/serviceAccount:push@sa","name":"mail","location":"europe-west1","role":"roles/run.invoker","member":"serviceAccount:push@sa","project":"contoso-shop"},
			"google_bigquery_dataset.sales":{"id":"~/datasets/sales","dataset_id":"sales","project":"contoso-shop"},
			"google_bigquery_table.orders":{"id":"~/datasets/sales/tables/orders","dataset_id":"sales","table_id":"orders","project":"contoso-shop","external_data_configuration":[{"source_uris":["gs://contoso-archive/*"]}]},
			"google_storage_bucket.archive":{"id":"contoso-archive","self_link":"https://www.googleapis.com/storage/v1/b/contoso-archive","name":"contoso-archive","project":"contoso-shop"},
			"google_storage_bucket_object.readme":{"id":"contoso-archive-readme","name":"readme","bucket":"contoso-archive"},
			"google_storage_notification.n":{"id":"contoso-archive/notificationConfigs/1","bucket":"contoso-archive","topic":"//pubsub.googleapis.com/projects/contoso-shop/topics/dead"},
			"google_eventarc_trigger.t":{"id":"~/locations/europe-west1/triggers/t","name":"t","location":"europe-west1","project":"contoso-shop","matching_criteria":[{"attribute":"type","value":"google.cloud.pubsub.topic.v1.messagePublished"}],"service_account":"events@sa","destination":[{"cloud_run_service":[{"service":"mail","region":"europe-west1"}]}],"transport":[{"pubsub":[{"topic":"~/topics/placed","subscription":"~/subscriptions/eventarc-europe-west1-t-sub-123"}]}]},
			"google_eventarc_trigger.g":{"id":"~/locations/europe-west1/triggers/g","name":"g","location":"europe-west1","project":"contoso-shop","matching_criteria":[{"attribute":"bucket","value":"contoso-archive"}],"destination":[{"workflow":"~/locations/europe-west1/workflows/nightly","cloud_function":"","gke":[]}]},
			"google_eventarc_trigger.k":{"id":"~/locations/europe-west1/triggers/k","name":"k","location":"europe-west1","project":"contoso-shop","matching_criteria":[{"attribute":"bucket","value":"contoso-archive"}],"destination":[{"gke":[{"cluster":"main"}]}]},
			"google_eventarc_trigger.f":{"id":"~/locations/europe-west1/triggers/f","name":"f","location":"europe-west1","project":"contoso-shop","matching_criteria":[{"attribute":"bucket","value":"contoso-archive"}],"destination":[{"cloud_function":"~/locations/europe-west1/functions/resize"}]},
			"google_eventarc_trigger.h":{"id":"~/locations/europe-west1/triggers/h","name":"h","location":"europe-west1","project":"contoso-shop","matching_criteria":[{"attribute":"bucket","value":"contoso-archive"}],"destination":[{"http_endpoint":[{"uri":"https://hooks.example.org/x"}]}]},
			"google_cloudfunctions2_function.resize":{"id":"~/locations/europe-west1/functions/resize","name":"resize","location":"europe-west1","project":"contoso-shop","build_config":[{"docker_repository":"~/locations/europe-west1/repositories/gcf-artifacts"}]},
			"google_container_cluster.main":{"id":"~/locations/europe-west1/clusters/main","name":"main","location":"europe-west1","project":"contoso-shop"},
			"google_cloud_run_v2_job.nightly":{"id":"~/locations/europe-west1/jobs/nightly","name":"nightly","location":"europe-west1","project":"contoso-shop"},
			"google_cloud_scheduler_job.nightly":{"id":"~/locations/europe-west1/jobs/nightly","name":"nightly","region":"europe-west1","project":"contoso-shop","http_target":[{"uri":"https://europe-west1-run.googleapis.com/apis/run.googleapis.com/v1/namespaces/contoso-shop/jobs/nightly:run","http_method":"POST"}]},
			"google_cloud_scheduler_job.ping":{"id":"~/locations/europe-west1/jobs/ping","name":"ping","region":"europe-west1","project":"contoso-shop","http_target":[{"uri":"https://mail-4x2kq7a5ba-ew.a.run.app/ping","oidc_token":[{"audience":"https://mail-4x2kq7a5ba-ew.a.run.app","service_account_email":"push@sa"}]}]},
			"google_cloud_scheduler_job.pub":{"id":"~/locations/europe-west1/jobs/pub","name":"pub","region":"europe-west1","project":"contoso-shop","pubsub_target":[{"topic_name":"~/topics/placed"}]},
			"google_cloud_scheduler_job.app":{"id":"~/locations/europe-west1/jobs/app","name":"app","region":"europe-west1","project":"contoso-shop","app_engine_http_target":[{"app_engine_routing":[{"service":"admin"}]}]},
			"google_app_engine_flexible_app_version.v1":{"id":"apps/contoso-shop/services/admin/versions/v1","name":"apps/contoso-shop/services/admin/versions/v1","service":"admin","version_id":"v1","project":"contoso-shop"},
			"google_cloud_tasks_queue.mails":{"id":"~/locations/europe-west1/queues/mails","name":"mails","location":"europe-west1","project":"contoso-shop","http_target":[{"uri_override":[{"host":"mail-4x2kq7a5ba-ew.a.run.app"}]}]},
			"google_workflows_workflow.nightly":{"id":"~/locations/europe-west1/workflows/nightly","name":"nightly-flow","region":"europe-west1","project":"contoso-shop","source_contents":"main:\n  steps:\n  - call:\n      call: http.get\n      args:\n        url: https://mail-4x2kq7a5ba-ew.a.run.app/run\n  - publish:\n      call: googleapis.pubsub.v1.projects.topics.publish\n      args: {topic: projects/contoso-shop/topics/placed}\n"}}`),
		want: `push: component "Pub/Sub subscription" G17
			push in placed
			bq in placed
			push --delivers messages to--> mail (certain GR11)
			push --may call--> mail (may GR4)
			push --keeps undeliverable messages in--> dead (certain GR11)
			bq --writes to--> orders (certain GR11)
			gcs --writes to--> contoso-archive (certain GR11)
			unresolved GR11 lost topic
			lost: container "Pub/Sub subscription" G17
			contoso-archive --is read by--> orders (certain GR17)
			contoso-archive --publishes changes to--> dead (certain GR12)
			placed --delivers events to--> mail (certain GR12)
			contoso-archive --delivers events to--> nightly-flow (certain GR12)
			contoso-archive --delivers events to--> main (certain GR12)
			contoso-archive --delivers events to--> resize (certain GR12)
			contoso-archive --delivers events to--> hooks.example.org (certain GR12)
			nightly --calls--> nightly (certain GR13)
			ping --calls--> mail (certain GR13)
			pub --publishes to--> placed (certain GR13)
			app --calls--> admin v1 (certain GR13)
			mails --delivers tasks to--> mail (certain GR13)
			nightly-flow --calls--> mail (high GR13)
			nightly-flow --exchanges messages through--> placed (high GR13)
			hidden H-LEVEL4 placed schema_settings[0].schema
			resource readme in contoso-archive`,
	},
	{
		rule: "GR15 GR16",
		tf: gcp(`{"google_compute_network.vpc":{"id":"~/global/networks/vpc","self_link":"^/global/networks/vpc","name":"vpc","project":"contoso-shop"},
			"google_compute_network.hub":{"id":"projects/contoso-hub/global/networks/hub","self_link":"https://www.googleapis.com/compute/v1/projects/contoso-hub/global/networks/hub","name":"hub","project":"contoso-hub"},
			"google_compute_subnetwork.web":{"id":"~/regions/europe-west1/subnetworks/web","self_link":"^/regions/europe-west1/subnetworks/web","name":"web","network":"^/global/networks/vpc","project":"contoso-shop"},
			"google_compute_network_peering.p":{"id":"vpc/to-hub","name":"to-hub","network":"^/global/networks/vpc","peer_network":"https://www.googleapis.com/compute/v1/projects/contoso-hub/global/networks/hub"},
			"google_compute_router.r":{"id":"~/regions/europe-west1/routers/edge","self_link":"^/regions/europe-west1/routers/edge","name":"edge","network":"^/global/networks/vpc","region":"europe-west1","project":"contoso-shop"},
			"google_compute_router_nat.nat":{"id":"contoso-shop/europe-west1/r/nat","name":"nat","router":"edge","region":"europe-west1","subnetwork":[{"name":"^/regions/europe-west1/subnetworks/web"}],"nat_ips":["^/regions/europe-west1/addresses/nat"],"project":"contoso-shop"},
			"google_compute_address.nat":{"id":"~/regions/europe-west1/addresses/nat","self_link":"^/regions/europe-west1/addresses/nat","name":"nat-ip","project":"contoso-shop"},
			"google_compute_ha_vpn_gateway.gw":{"id":"~/regions/europe-west1/vpnGateways/gw","self_link":"^/regions/europe-west1/vpnGateways/gw","name":"gw","network":"^/global/networks/vpc","project":"contoso-shop"},
			"google_compute_external_vpn_gateway.office":{"id":"~/global/externalVpnGateways/office","self_link":"^/global/externalVpnGateways/office","name":"office","interface":[{"id":0,"ip_address":"203.0.113.9"}],"project":"contoso-shop"},
			"google_compute_vpn_tunnel.t1":{"id":"~/regions/europe-west1/vpnTunnels/t1","self_link":"^/regions/europe-west1/vpnTunnels/t1","name":"t1","vpn_gateway":"^/regions/europe-west1/vpnGateways/gw","peer_external_gateway":"^/global/externalVpnGateways/office","peer_ip":"203.0.113.9","router":"edge","project":"contoso-shop"},
			"google_compute_vpn_tunnel.t2":{"id":"~/regions/europe-west1/vpnTunnels/t2","self_link":"^/regions/europe-west1/vpnTunnels/t2","name":"t2","vpn_gateway":"^/regions/europe-west1/vpnGateways/gw","peer_gcp_gateway":"projects/contoso-other/regions/europe-west1/vpnGateways/x","project":"contoso-shop"},
			"google_compute_router_interface.i":{"id":"europe-west1/r/i","name":"i","router":"edge","region":"europe-west1","vpn_tunnel":"^/regions/europe-west1/vpnTunnels/t1","project":"contoso-shop"},
			"google_compute_interconnect_attachment.a":{"id":"~/regions/europe-west1/interconnectAttachments/a","self_link":"^/regions/europe-west1/interconnectAttachments/a","name":"attachment","router":"^/regions/europe-west1/routers/edge","interconnect":"^/global/interconnects/dc","project":"contoso-shop"},
			"google_compute_interconnect.dc":{"id":"~/global/interconnects/dc","self_link":"^/global/interconnects/dc","name":"dc","project":"contoso-shop"},
			"google_network_connectivity_hub.ncc":{"id":"~/locations/global/hubs/ncc","name":"ncc","project":"contoso-shop"},
			"google_network_connectivity_spoke.s":{"id":"~/locations/global/spokes/s","name":"s","hub":"~/locations/global/hubs/ncc","linked_vpc_network":[{"uri":"^/global/networks/vpc"}],"project":"contoso-shop"},
			"google_kms_key_ring.r":{"id":"~/locations/europe-west1/keyRings/r","name":"r","project":"contoso-shop"},
			"google_kms_crypto_key.k":{"id":"~/locations/europe-west1/keyRings/r/cryptoKeys/k","name":"k","key_ring":"~/locations/europe-west1/keyRings/r"},
			"google_storage_bucket.b":{"id":"contoso-media","name":"contoso-media","project":"contoso-shop","encryption":[{"default_kms_key_name":"~/locations/europe-west1/keyRings/r/cryptoKeys/k"}]}}`),
		want: `vpc --is peered with--> hub (certain GR15)
			hub in contoso-hub
			nat in vpc
			web --leaves through--> nat (certain GR15)
			resource nat-ip in nat
			gw in vpc
			gw --is connected to--> office (certain GR15)
			unresolved GR15 t2 peer_gcp_gateway
			attachment --is connected to--> dc (certain GR15)
			attachment in vpc
			ncc --connects--> vpc (certain GR15)
			contoso-media --is encrypted with--> resource k (certain GR16) hidden`,
	},
	{
		rule: "GR7 GR17 GR18", name: "data",
		tf: gcp(`{"google_spanner_instance.s":{"id":"contoso-shop/ledgers","name":"ledgers","project":"contoso-shop"},
			"google_spanner_database.d":{"id":"ledgers/ledger","name":"ledger","instance":"ledgers","project":"contoso-shop"},
			"google_alloydb_cluster.a":{"id":"~/locations/europe-west1/clusters/main","cluster_id":"main","name":"~/locations/europe-west1/clusters/main","location":"europe-west1","project":"contoso-shop","network_config":[{"network":"projects/123456789012/global/networks/vpc"}]},
			"google_alloydb_cluster.b":{"id":"~/locations/europe-north1/clusters/second","cluster_id":"second","name":"~/locations/europe-north1/clusters/second","location":"europe-north1","project":"contoso-shop","secondary_config":[{"primary_cluster_name":"~/locations/europe-west1/clusters/main"}]},
			"google_alloydb_instance.a":{"id":"~/locations/europe-west1/clusters/main/instances/primary","instance_id":"primary","name":"~/locations/europe-west1/clusters/main/instances/primary","cluster":"~/locations/europe-west1/clusters/main","ip_address":"10.9.0.7"},
			"google_container_cluster.main":{"id":"~/locations/europe-west1/clusters/main","name":"main","location":"europe-west1","project":"contoso-shop"},
			"google_firestore_database.f":{"id":"~/databases/(default)","name":"(default)","project":"contoso-shop","location_id":"eur3"},
			"google_firestore_index.i":{"id":"~/databases/(default)/collectionGroups/c/indexes/1","name":"~/databases/(default)/collectionGroups/c/indexes/1","database":"(default)","project":"contoso-shop"},
			"google_bigtable_instance.t":{"id":"~/instances/wide","name":"wide","project":"contoso-shop"},
			"google_bigtable_table.t":{"id":"~/instances/wide/tables/events","name":"events","instance_name":"wide","project":"contoso-shop"},
			"google_sql_database_instance.wide":{"id":"wide","self_link":"https://sqladmin.googleapis.com/sql/v1beta4/projects/contoso-shop/instances/wide","name":"wide","project":"contoso-shop","connection_name":"contoso-shop:europe-west1:wide"},
			"google_bigquery_dataset.sales":{"id":"~/datasets/sales","dataset_id":"sales","project":"contoso-shop"},
			"google_bigquery_table.orders":{"id":"~/datasets/sales/tables/orders","dataset_id":"sales","table_id":"orders","project":"contoso-shop"},
			"google_bigquery_data_transfer_config.x":{"id":"projects/123456789012/locations/eu/transferConfigs/1","name":"projects/123456789012/locations/eu/transferConfigs/1","destination_dataset_id":"sales","project":"contoso-shop"},
			"google_bigquery_connection.c":{"id":"~/locations/eu/connections/c","name":"~/locations/eu/connections/c","connection_id":"c","project":"contoso-shop","cloud_sql":[{"instance_id":"contoso-shop:europe-west1:wide","database":"x"}]},
			"google_dataflow_job.j":{"id":"2026-01-01_00_00_00-1234567890","name":"load","project":"contoso-shop","temp_gcs_location":"gs://contoso-tmp/flow","template_gcs_path":"gs://dataflow-templates/latest/PubSub_to_BigQuery","subnetwork":"regions/europe-west1/subnetworks/web","parameters":{"inputTopic":"~/topics/placed","outputTableSpec":"contoso-shop:sales.orders"}},
			"google_pubsub_topic.placed":{"id":"~/topics/placed","name":"placed","project":"contoso-shop"},
			"google_storage_bucket.tmp":{"id":"contoso-tmp","name":"contoso-tmp","project":"contoso-shop"},
			"google_compute_subnetwork.web":{"id":"~/regions/europe-west1/subnetworks/web","self_link":"^/regions/europe-west1/subnetworks/web","name":"web","network":"vpc","project":"contoso-shop"},
			"google_composer_environment.c":{"id":"~/locations/europe-west1/environments/flows","name":"flows","region":"europe-west1","project":"contoso-shop","storage_config":[{"bucket":"contoso-tmp"}],"config":[{"node_config":[{"network":"vpc","subnetwork":"web"}],"software_config":[{"env_variables":{"ORDERS_TOPIC":"placed"}}]}]},
			"google_compute_network.vpc":{"id":"~/global/networks/vpc","name":"vpc","project":"contoso-shop"},
			"google_datastream_stream.ds":{"id":"~/locations/europe-west1/streams/ds","name":"~/locations/europe-west1/streams/ds","stream_id":"ds","project":"contoso-shop","source_config":[{"source_connection_profile":"~/locations/europe-west1/connectionProfiles/pg"}]},
			"google_datastream_connection_profile.pg":{"id":"~/locations/europe-west1/connectionProfiles/pg","name":"~/locations/europe-west1/connectionProfiles/pg","connection_profile_id":"pg","project":"contoso-shop","postgresql_profile":[{"hostname":"legacy.example.org","port":5432,"secret_manager_stored_password":"~/secrets/pg"}]},
			"google_secret_manager_secret.pg":{"id":"~/secrets/pg","name":"projects/123456789012/secrets/pg","secret_id":"pg","project":"contoso-shop"},
			"google_storage_transfer_job.t":{"id":"contoso-shop/transferJobs/1","name":"transferJobs/1","project":"contoso-shop","transfer_spec":[{"gcs_data_sink":[{"bucket_name":"contoso-tmp"}]}]}}`),
		want: `ledger on ledgers (GR7)
			primary on main (GR7)
			main --replicates to--> second (certain GR7)
			resource 1 in (default)
			wide: container "Bigtable" G13
			events in wide
			Databases on wide on wide (M26-CON)
			orders in sales
			resource 1 in sales
			load --exchanges messages through--> placed (high GR6)
			load --reads from and writes to--> orders (high GR6)
			load --reads from and writes to--> contoso-tmp (certain GR17)
			load on web (GR1)
			flows on web (GR1)
			! flows --is attached to--> vpc (certain GR1)
			flows --exchanges messages through--> placed (high GR6)
			flows --reads from and writes to--> contoso-tmp (certain GR17)
			ds --reads from and writes to--> legacy.example.org (high GR17)
			resource c --reads from--> Databases on wide (certain GR17) hidden
			resource transferJobs/1 --copies from or to--> contoso-tmp (certain GR17) hidden`,
	},
	{
		rule: "GR20 GR21 A0", name: "gateways and logs",
		tf: gcp(`{"google_api_gateway_gateway.g":{"id":"~/locations/europe-west1/gateways/shop","name":"~/locations/europe-west1/gateways/shop","gateway_id":"shop","default_hostname":"shop-1a2b.ew.gateway.dev","api_config":"~/locations/global/apis/shop/configs/v1","project":"contoso-shop"},
			"google_api_gateway_api_config.v1":{"id":"~/locations/global/apis/shop/configs/v1","name":"~/locations/global/apis/shop/configs/v1","api":"shop","api_config_id":"v1","openapi_documents":[{"document":[{"path":"spec.yaml","contents":"c3dhZ2dlcjogJzIuMCcKcGF0aHM6CiAgL3Y6CiAgICBnZXQ6CiAgICAgIHgtZ29vZ2xlLWJhY2tlbmQ6CiAgICAgICAgYWRkcmVzczogaHR0cHM6Ly93ZWItNHgya3E3YTViYS1ldy5hLnJ1bi5hcHAvdgo="}]}],"project":"contoso-shop"},
			"google_api_gateway_api.shop":{"id":"~/locations/global/apis/shop","name":"~/locations/global/apis/shop","api_id":"shop","project":"contoso-shop"},
			"google_cloud_run_v2_service.web":{"id":"~/locations/europe-west1/services/web","name":"web","location":"europe-west1","project":"contoso-shop","uri":"https://web-4x2kq7a5ba-ew.a.run.app","brand_new":"~/secrets/gone","encryption_key":"~/locations/europe-west1/keyRings/r/cryptoKeys/gone","launch_stage":"~/locations/europe-west1"},
			"google_apigee_organization.o":{"id":"organizations/contoso-shop","name":"contoso-shop","project_id":"contoso-shop"},
			"google_apigee_environment.e":{"id":"organizations/contoso-shop/environments/prod","name":"prod","org_id":"organizations/contoso-shop"},
			"google_apigee_target_server.t":{"id":"organizations/contoso-shop/environments/prod/targetservers/web","name":"web","env_id":"organizations/contoso-shop/environments/prod","host":"web-4x2kq7a5ba-ew.a.run.app"},
			"google_logging_project_sink.s":{"id":"~/sinks/all","name":"all","destination":"bigquery.googleapis.com/projects/contoso-shop/datasets/logs","writer_identity":"serviceAccount:service-123456789012@gcp-sa-logging.iam.gserviceaccount.com","project":"contoso-shop"},
			"google_logging_project_sink.b":{"id":"~/sinks/archive","name":"archive","destination":"storage.googleapis.com/contoso-logs","project":"contoso-shop"},
			"google_bigquery_dataset.logs":{"id":"~/datasets/logs","dataset_id":"logs","project":"contoso-shop"},
			"google_storage_bucket.logs":{"id":"contoso-logs","name":"contoso-logs","project":"contoso-shop"},
			"google_monitoring_alert_policy.p":{"id":"~/alertPolicies/1","name":"~/alertPolicies/1","notification_channels":["~/notificationChannels/2"],"project":"contoso-shop"},
			"google_monitoring_notification_channel.n":{"id":"~/notificationChannels/2","name":"~/notificationChannels/2","display_name":"on call","project":"contoso-shop"},
			"google_monitoring_uptime_check_config.u":{"id":"~/uptimeCheckConfigs/web","name":"~/uptimeCheckConfigs/web","monitored_resource":[{"type":"uptime_url","labels":{"host":"web-4x2kq7a5ba-ew.a.run.app"}}],"project":"contoso-shop"}}`),
		want: `shop: container "API Gateway" G25
			shop --calls--> web (certain GR20)
			Internet --reaches--> shop (high I1)
			contoso-shop --calls--> web (certain GR20)
			resource prod in contoso-shop
			resource all --logs to--> logs (certain GR21) observability
			resource archive --logs to--> contoso-logs (certain GR21) observability
			resource 1 --tells--> resource 2 (certain GR21) observability
			resource web --watches--> web (certain GR21) observability
			unresolved A0 web brand_new
			! unresolved A0 web launch_stage`,
	},
}
