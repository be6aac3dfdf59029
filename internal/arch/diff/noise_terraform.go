package diff

import "c4arch/internal/arch/evidence"

const registry = "registry.terraform.io, provider references: attributes that are exported and cannot be set"

// terraformNoise is what providers compute. Attributes that can be set are not among them.
func terraformNoise() []NoiseRule {
	out := rulesOf(registry, evidence.Terraform,
		[4]string{"tf-etag", "*", "etag", "the version of the record, new with each write"},
		[4]string{"tf-etag", "google_*", "fingerprint", "the version of the record, new with each write"},
		[4]string{"tf-etag", "google_*", "label_fingerprint", "the version of the record, new with each write"},
		[4]string{"tf-etag", "google_*", "metadata_fingerprint", "the version of the record, new with each write"},
		[4]string{"tf-etag", "google_*", "tags_fingerprint", "the version of the record, new with each write"},
		[4]string{"tf-generation", "google_*", "generation", "counts the writes"},
		[4]string{"tf-generation", "google_sql_database_instance", "settings[].version", "counts the writes"},
		[4]string{"tf-generation", "kubernetes_*", "metadata[].generation", "counts the writes"},
		[4]string{"tf-generation", "kubernetes_*", "metadata[].resource_version", "the version of the record, new with each write"},
		[4]string{"tf-uid", "kubernetes_*", "metadata[].uid", "an id that the API server draws"},
		[4]string{"tf-timeouts", "*", "timeouts", "how long the provider waits"},
		[4]string{"tf-dependencies", "*", "$dependencies", "the order of work"},
		[4]string{"tf-time", "aws_*", "last_modified", "when the record was written"},
		[4]string{"tf-time", "aws_*", "last_modified_date", "when the record was written"},
		[4]string{"tf-time", "aws_*", "last_updated_date", "when the record was written"},
		[4]string{"tf-time", "aws_*", "create_date", "when it was made"},
		[4]string{"tf-time", "aws_*", "created_date", "when it was made"},
		[4]string{"tf-time", "aws_*", "creation_date", "when it was made"},
		[4]string{"tf-time", "google_*", "update_time", "when the record was written"},
		[4]string{"tf-time", "google_*", "create_time", "when it was made"},
		[4]string{"tf-time", "google_*", "creation_timestamp", "when it was made"},
		[4]string{"tf-latest", "aws_db_instance aws_rds_cluster", "latest_restorable_time", "moves on with the clock"},
		[4]string{"tf-revision", "aws_lambda_function", "version", "counts the versions that were published"},
		[4]string{"tf-revision", "aws_lambda_function", "qualified_arn", "follows from the version"},
		[4]string{"tf-revision", "aws_lambda_function", "qualified_invoke_arn", "follows from the version"},
		[4]string{"tf-site-address", "azurerm_*", "outbound_ip_addresses", "addresses of the stamp, which Azure changes"},
		[4]string{"tf-site-address", "azurerm_*", "outbound_ip_address_list", "addresses of the stamp, which Azure changes"},
		[4]string{"tf-site-address", "azurerm_*", "possible_outbound_ip_addresses", "addresses of the stamp, which Azure changes"},
		[4]string{"tf-site-address", "azurerm_*", "possible_outbound_ip_address_list", "addresses of the stamp, which Azure changes"},
		[4]string{"tf-node-count", "azurerm_kubernetes_cluster", "default_node_pool[].node_image_version", "Azure renews the image of the nodes"},
		[4]string{"tf-guid", "azurerm_*", "guid", "an id that Azure draws"},
		[4]string{"tf-guid", "azurerm_*", "resource_guid", "an id that Azure draws"},
		[4]string{"tf-guid", "azurerm_*", "unique_id", "an id that Azure draws"},
		[4]string{"tf-guid", "azurerm_*", "virtual_machine_id", "an id that Azure draws"},
		[4]string{"tf-status", "aws_instance", "instance_state", "what the machine does at this moment"},
		[4]string{"tf-status", "google_compute_instance", "current_status", "what the machine does at this moment"},
	)
	when := func(types, path, low, high, source string) {
		out = append(out, NoiseRule{
			ID: "tf-autoscaled", Form: evidence.Terraform, Types: types, Path: path, When: "it is between " + low + " and " + high, Reason: "the autoscaler chooses it",
			Source: source, when: between(low, high),
		})
	}
	when("azurerm_kubernetes_cluster", "default_node_pool[].node_count", "min_count", "max_count", "registry.terraform.io/providers/hashicorp/azurerm, kubernetes_cluster")
	when("azurerm_kubernetes_cluster_node_pool", "node_count", "min_count", "max_count", "registry.terraform.io/providers/hashicorp/azurerm, kubernetes_cluster_node_pool")
	when("aws_autoscaling_group", "desired_capacity", "min_size", "max_size", "registry.terraform.io/providers/hashicorp/aws, autoscaling_group")
	return out
}
