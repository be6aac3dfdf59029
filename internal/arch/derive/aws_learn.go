package derive

import (
	"slices"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// isAWS reports whether a canonical type is one of Terraform's aws provider.
func isAWS(typ string) bool { return strings.HasPrefix(typ, "aws_") }

// awsHosts are the attributes by which a type says what host names it answers to (Terraform aws provider reference, "Attribute
// Reference" of each type).
var awsHosts = perType(map[string]string{
	"aws_lb aws_alb aws_elb": "dns_name",
	"aws_db_instance":        "address endpoint",
	"aws_rds_cluster aws_docdb_cluster aws_neptune_cluster":                                                     "endpoint reader_endpoint",
	"aws_rds_cluster_instance aws_rds_cluster_endpoint aws_docdb_cluster_instance aws_neptune_cluster_instance": "endpoint address",
	"aws_db_proxy aws_db_proxy_endpoint aws_eks_cluster aws_transfer_server":                                    "endpoint",
	"aws_elasticache_cluster":                        "cache_nodes[].address cluster_address configuration_endpoint",
	"aws_elasticache_replication_group":              "primary_endpoint_address reader_endpoint_address configuration_endpoint_address",
	"aws_elasticache_serverless_cache":               "endpoint[].address reader_endpoint[].address",
	"aws_memorydb_cluster":                           "cluster_endpoint[].address",
	"aws_dax_cluster":                                "cluster_address configuration_endpoint",
	"aws_opensearch_domain aws_elasticsearch_domain": "endpoint dashboard_endpoint kibana_endpoint domain_endpoint_options[].custom_endpoint",
	"aws_opensearchserverless_collection":            "collection_endpoint dashboard_endpoint",
	"aws_redshift_cluster":                           "endpoint dns_name",
	"aws_redshiftserverless_workgroup":               "endpoint[].address",
	"aws_s3_bucket":                                  "bucket_domain_name bucket_regional_domain_name website_endpoint",
	"aws_s3_bucket_website_configuration":            "website_endpoint",
	"aws_efs_file_system aws_fsx_lustre_file_system aws_fsx_windows_file_system": "dns_name",
	"aws_msk_cluster":            "bootstrap_brokers bootstrap_brokers_tls bootstrap_brokers_sasl_iam bootstrap_brokers_sasl_scram zookeeper_connect_string",
	"aws_msk_serverless_cluster": "bootstrap_brokers_sasl_iam",
	"aws_mq_broker":              "instances[].endpoints[] instances[].console_url",
	"aws_api_gateway_stage aws_api_gateway_deployment aws_apigatewayv2_stage": "invoke_url",
	"aws_apigatewayv2_api":              "api_endpoint",
	"aws_api_gateway_domain_name":       "domain_name regional_domain_name cloudfront_domain_name",
	"aws_apigatewayv2_domain_name":      "domain_name domain_name_configuration[].target_domain_name",
	"aws_appsync_graphql_api":           "uris.graphql uris.realtime",
	"aws_cloudfront_distribution":       "domain_name aliases[]",
	"aws_globalaccelerator_accelerator": "dns_name dual_stack_dns_name",
	"aws_lambda_function_url":           "function_url",
	"aws_apprunner_service":             "service_url",
	"aws_amplify_app":                   "default_domain",
	"aws_elastic_beanstalk_environment": "cname endpoint_url",
	"aws_instance":                      "public_dns private_dns public_ip private_ip",
	"aws_eip":                           "public_ip public_dns",
	"aws_vpc_endpoint":                  "dns_entry[].dns_name",
	"aws_emr_cluster":                   "master_public_dns",
	"aws_sagemaker_notebook_instance":   "url",
	"aws_mwaa_environment":              "webserver_url",
})

// awsIDs are attributes that hold more ids by which others name the resource.
var awsIDs = perType(map[string]string{
	"aws_ecs_task_definition":                       "arn_without_revision",
	"aws_lambda_function":                           "invoke_arn qualified_arn",
	"aws_api_gateway_rest_api aws_apigatewayv2_api": "execution_arn",
	"aws_cognito_user_pool":                         "endpoint",
	"aws_ecr_repository":                            "repository_url",
	"aws_sqs_queue":                                 "url",
	"aws_dms_replication_instance":                  "replication_instance_arn",
	"aws_dms_endpoint aws_dms_s3_endpoint":          "endpoint_arn",
	"aws_cloudfront_origin_access_identity":         "iam_arn",
})

// awsNames are the attributes by which a resource of any type is told from others of its type.
var awsNames = set(`id name function_name identifier cluster_identifier bucket family replication_group_id cluster_id workgroup_name
namespace_name key_id domain_name service_name`)

// awsCalled are the attributes that name a resource where it has no name: what people call it in the console.
var awsCalled = perType(map[string]string{
	"aws_lambda_function": "function_name",
	"aws_s3_bucket":       "bucket",
	"aws_db_instance":     "identifier",
	"aws_rds_cluster aws_docdb_cluster aws_neptune_cluster aws_redshift_cluster": "cluster_identifier",
	"aws_redshiftserverless_workgroup":                                           "workgroup_name",
	"aws_ecs_task_definition":                                                    "family",
	"aws_elasticache_cluster":                                                    "cluster_id",
	"aws_elasticache_replication_group":                                          "replication_group_id",
	"aws_opensearch_domain aws_elasticsearch_domain":                             "domain_name",
	"aws_msk_cluster aws_msk_serverless_cluster aws_dax_cluster":                 "cluster_name",
	"aws_mq_broker":                                            "broker_name",
	"aws_apprunner_service":                                    "service_name",
	"aws_vpc_endpoint":                                         "service_name",
	"aws_eks_node_group":                                       "node_group_name",
	"aws_eks_fargate_profile":                                  "fargate_profile_name",
	"aws_batch_compute_environment":                            "compute_environment_name",
	"aws_dms_replication_instance":                             "replication_instance_id",
	"aws_dms_replication_task":                                 "replication_task_id",
	"aws_cloudfront_distribution":                              "aliases[]",
	"aws_api_gateway_domain_name aws_apigatewayv2_domain_name": "domain_name",
	"aws_ses_domain_identity":                                  "domain",
	"aws_ses_email_identity":                                   "email",
	"aws_sesv2_email_identity":                                 "email_identity",
	"aws_keyspaces_table":                                      "table_name",
	"aws_timestreamwrite_table":                                "table_name",
	"aws_bedrockagent_agent":                                   "agent_name",
	"aws_cognito_identity_pool":                                "identity_pool_name",
	"aws_dms_replication_config":                               "replication_config_identifier",
	"aws_service_discovery_instance":                           "instance_id",
})

// Kinds of ties.
const (
	tieRole     = "acts under"    // a role, by which its policies are its rights
	tieProfile  = "has profile"   // an instance profile, which has a role
	tieTemplate = "starts from"   // a launch template, which has a profile
	tieGrant    = "grants"        // a policy to a role
	tiePolicy   = "is granted"    // by an attachment: the policy
	tieText     = "is made of"    // a policy of the document that its text comes from
	tieFront    = "stands behind" // a target group, a link, a registry
	tieFronted  = "has behind it" // the reverse, where the front or a third resource says it
	tieFrontOf  = "is front"      // by an attachment: the target group
	tieTask     = "runs"          // a service its task definition
	tieBalancer = "belongs to"    // a listener to its load balancer, a rule to its listener
	tieRoutes   = "forwards to"   // a listener to target groups
	tieVPC      = "is in"         // a subnet in its VPC
	tieNames    = "is a name of"  // a DNS record of a host
	tieNodes    = "has nodes"     // a cluster's nodes of a group of machines
	tieSpace    = "is named in"   // a Cloud Map service in its namespace
	tieConnect  = "connects in"   // a service of ECS in a namespace of Service Connect
	tieCluster  = "runs on"       // a service of ECS on its cluster
	tieAnswers  = "answers to"    // a service of ECS to a name within that namespace
)

// awsTies are the attributes that tie resources together before references are read.
var awsTies = func() map[string]map[string]string {
	out := map[string]map[string]string{}
	for _, row := range []struct{ kind, types, paths string }{
		{tieRole, "aws_lambda_function aws_iam_instance_profile", "role"},
		{tieRole, "aws_ecs_task_definition", "task_role_arn execution_role_arn"},
		{tieRole, "aws_sfn_state_machine aws_glue_job aws_scheduler_schedule aws_pipes_pipe aws_kinesis_firehose_delivery_stream aws_sagemaker_notebook_instance aws_kinesis_analytics_application", "role_arn target[].role_arn"},
		{tieRole, "aws_glue_crawler aws_glue_job", "role"},
		{tieRole, "aws_apprunner_service", "instance_configuration[].instance_role_arn"},
		{tieRole, "aws_kinesisanalyticsv2_application", "service_execution_role"},
		{tieRole, "aws_mwaa_environment aws_emrserverless_application", "execution_role_arn"},
		{tieRole, "aws_mskconnect_connector", "service_execution_role_arn"},
		{tieRole, "aws_bedrockagent_agent", "agent_resource_role_arn"},
		{tieRole, "aws_transfer_user", "role"},
		{tieRole, "aws_eks_pod_identity_association", "role_arn"},
		{tieProfile, "aws_instance", "iam_instance_profile"},
		{tieProfile, "aws_launch_template", "iam_instance_profile[].arn iam_instance_profile[].name"},
		{tieProfile, "aws_launch_configuration", "iam_instance_profile"},
		{tieTemplate, "aws_autoscaling_group aws_instance", "launch_template[].id launch_configuration mixed_instances_policy[].launch_template[].launch_template_specification[].launch_template_id"},
		{tieText, "aws_iam_policy aws_iam_role_policy aws_iam_role", "policy inline_policy[].policy"},
		{tieGrant, "aws_iam_role_policy", "role"},
		{tieGrant, "aws_iam_role_policy_attachment", "role"},
		{tieGrant, "aws_iam_policy_attachment", "roles[]"},
		{tiePolicy, "aws_iam_role_policy_attachment aws_iam_policy_attachment", "policy_arn"},
		{tiePolicy, "aws_iam_role", "managed_policy_arns[]"},
		{tieFront, "aws_ecs_service", "load_balancer[].target_group_arn service_registries[].registry_arn"},
		{tieFront, "aws_autoscaling_group", "target_group_arns[] traffic_source[].identifier"},
		{tieFronted, "aws_api_gateway_vpc_link", "target_arns[]"},
		{tieFronted, "aws_lb_target_group_attachment aws_alb_target_group_attachment", "target_id"},
		{tieFrontOf, "aws_lb_target_group_attachment aws_alb_target_group_attachment", "target_group_arn"},
		{tieFronted, "aws_autoscaling_attachment", "autoscaling_group_name"},
		{tieFrontOf, "aws_autoscaling_attachment", "lb_target_group_arn alb_target_group_arn"},
		{tieNodes, "aws_ecs_capacity_provider", "auto_scaling_group_provider[].auto_scaling_group_arn"},
		{tieNodes, "aws_eks_node_group", "resources[].autoscaling_groups[].name"},
		{tieTask, "aws_ecs_service", "task_definition"},
		{tieBalancer, "aws_lb_listener aws_alb_listener", "load_balancer_arn"},
		{tieBalancer, "aws_lb_listener_rule aws_alb_listener_rule", "listener_arn"},
		{tieRoutes, awsListeners, "default_action[].target_group_arn default_action[].forward[].target_group[].arn action[].target_group_arn action[].forward[].target_group[].arn"},
		{tieVPC, "aws_subnet aws_default_subnet", "vpc_id"},
		{tieNames, "aws_route53_record", "alias[].name records[]"},
		{tieSpace, "aws_service_discovery_service", "dns_config[].namespace_id namespace_id"},
		{tieConnect, "aws_ecs_service", "service_connect_configuration[].namespace"},
		{tieCluster, "aws_ecs_service", "cluster"},
		{tieAnswers, "aws_ecs_service", "service_connect_configuration[].service[].client_alias[].dns_name service_connect_configuration[].service[].discovery_name"},
	} {
		for typ := range strings.FieldsSeq(row.types) {
			if out[typ] == nil {
				out[typ] = map[string]string{}
			}
			for path := range strings.FieldsSeq(row.paths) {
				out[typ][path] = row.kind
			}
		}
	}
	return out
}()

// perType makes a table of the paths of each type.
func perType(rows map[string]string) map[string][]string {
	out := map[string][]string{}
	for types, paths := range rows {
		for typ := range strings.FieldsSeq(types) {
			out[typ] = strings.Fields(paths)
		}
	}
	return out
}

// learnAWS is the first pass over a resource of the aws provider.
func learnAWS(r *evidence.Resource, typ string, v *tree.Value, f *fact) {
	f.rawID = v.Get("id").Str()
	f.variant = awsVariant(typ, v)
	for p, leaf := range v.Leaves() {
		if leaf.Kind != tree.String || leaf.Text == "" {
			continue
		}
		pat := awsPattern(p)
		if awsNames[pat] && symbolic(leaf.Text) {
			f.plain = append(f.plain, leaf.Text)
		}
		if slices.Contains(awsHosts[typ], pat) {
			for _, h := range hostsIn(leaf.Text) {
				f.hosts = append(f.hosts, h.name)
			}
		}
		if slices.Contains(awsIDs[typ], pat) {
			f.ids = append(f.ids, leaf.Text)
			if typ == "aws_cognito_user_pool" { // its issuer: docs.aws.amazon.com/cognito, "Verifying a JSON Web Token"
				f.ids = append(f.ids, "https://"+leaf.Text)
			}
		}
		if slices.Contains(awsCalled[typ], pat) && f.called == "" {
			f.called = leaf.Text
		}
		if kind := awsTies[typ][pat]; kind != "" && (kind != tieText || evidence.HasLeft(leaf.Text)) {
			f.ties = append(f.ties, tie{kind, leaf.Text})
		}
	}
	if f.called == "" && v.Get("name").Str() == "" {
		f.called = awsTagName(v)
	}
	if evidence.HasLeft(f.called) {
		f.called = ""
	}
	if typ == "aws_route53_record" && !evidence.HasLeft(v.Get("fqdn").Str()) {
		f.aliases = append(f.aliases, or(v.Get("fqdn").Str(), v.Get("name").Str()))
	}
	if typ == "aws_ecs_task_definition" || typ == "aws_batch_job_definition" {
		learnContainers(v, f)
	}
	if typ == "aws_eks_pod_identity_association" {
		f.account = v.Get("namespace").Str() + "/" + v.Get("service_account").Str()
	}
	learnPublicAWS(typ, v, f)
}

// awsTagName is the tag by which the console names what has no name (docs.aws.amazon.com/tag-editor, "Name").
func awsTagName(v *tree.Value) string {
	for _, k := range []string{"tags", "tags_all"} {
		if n := v.Get(k).Get("Name").Str(); n != "" {
			return n
		}
	}
	return ""
}

// awsVariant is what tells rules of one type apart: the engine of a database, the kind of a load balancer.
func awsVariant(typ string, v *tree.Value) string {
	switch typ {
	case "aws_db_instance", "aws_rds_cluster", "aws_elasticache_replication_group":
		return strings.ToLower(v.Get("engine").Str())
	case "aws_elasticache_cluster":
		if v.Get("replication_group_id").Str() != "" {
			return "member"
		}
		return strings.ToLower(v.Get("engine").Str())
	case "aws_lb", "aws_alb":
		return strings.ToLower(v.Get("load_balancer_type").Str())
	}
	return ""
}

// awsPattern is the shape of a place. Old providers keep attributes flat, under names such as
// "ingress.0.security_groups.0", which is the same place.
func awsPattern(p tree.Path) string {
	pat := strings.ToLower(p.Pattern())
	flat, ok := strings.CutPrefix(pat, `["`)
	if !ok {
		return pat
	}
	flat, ok = strings.CutSuffix(flat, `"]`)
	if !ok || strings.ContainsAny(flat, `"[]`) {
		return pat
	}
	var out strings.Builder
	for step := range strings.SplitSeq(flat, ".") {
		switch {
		case digits(step):
			out.WriteString("[]")
		case out.Len() == 0:
			out.WriteString(step)
		default:
			out.WriteString("." + step)
		}
	}
	return out.String()
}

// learnContainers finds the containers of a task, which stand in a text of JSON.
func learnContainers(v *tree.Value, f *fact) {
	for _, at := range []string{"container_definitions", "container_properties"} {
		text := v.Get(at)
		doc, ok := awsDocument(text.Str())
		if !ok {
			continue
		}
		list := doc.List()
		if doc.Kind == tree.Object {
			list = []tree.Value{doc}
		}
		for i := range list {
			name, image := list[i].Get("name").Str(), list[i].Get("image").Str()
			if i == 0 {
				f.image = image
			}
			if name != "" && len(list) > 1 {
				f.parts = append(f.parts, part{name: name, image: image, path: tree.Path(at), line: int(text.Line), sidecar: isSidecar(name, image)})
			}
		}
	}
}

// awsDocument reads a text that is JSON.
func awsDocument(s string) (tree.Value, bool) {
	s = strings.TrimSpace(s)
	if s == "" || s[0] != '{' && s[0] != '[' {
		return tree.Value{}, false
	}
	v, err := tree.ParseJSON([]byte(s), tree.Limits{Depth: 64, Nodes: 100_000})
	return v, err == nil
}

// awsPublic are the attributes by which a type says that it takes traffic from the Internet, with the value that says so;
// "" is any.
var awsPublic = map[string][][2]string{
	"aws_lb":                            {{"internal", "false"}},
	"aws_alb":                           {{"internal", "false"}},
	"aws_elb":                           {{"internal", "false"}},
	"aws_cloudfront_distribution":       {{"domain_name", ""}, {"enabled", "true"}},
	"aws_globalaccelerator_accelerator": {{"dns_name", ""}, {"enabled", "true"}},
	"aws_api_gateway_rest_api":          {{"endpoint_configuration[0].types[0]", "EDGE"}, {"endpoint_configuration[0].types[0]", "REGIONAL"}},
	"aws_apigatewayv2_api":              {{"disable_execute_api_endpoint", "false"}},
	"aws_appsync_graphql_api":           {{"visibility", "GLOBAL"}},
	"aws_lambda_function_url":           {{"authorization_type", ""}},
	"aws_apprunner_service":             {{"network_configuration[0].ingress_configuration[0].is_publicly_accessible", "true"}},
	"aws_amplify_app":                   {{"default_domain", ""}},
	"aws_instance":                      {{"public_ip", ""}, {"associate_public_ip_address", "true"}},
	"aws_db_instance":                   {{"publicly_accessible", "true"}},
	"aws_redshift_cluster":              {{"publicly_accessible", "true"}},
	"aws_mq_broker":                     {{"publicly_accessible", "true"}},
	"aws_transfer_server":               {{"endpoint_type", "PUBLIC"}},
}

func learnPublicAWS(typ string, v *tree.Value, f *fact) {
	for _, row := range awsPublic[typ] {
		p := tree.Path(row[0])
		if w := v.At(p); w != nil && w.Text != "" && (row[1] == "" || strings.EqualFold(w.Text, row[1])) {
			f.public, f.publicLine = p, int(w.Line)
			return
		}
	}
}
