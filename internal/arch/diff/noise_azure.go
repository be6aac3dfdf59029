package diff

import (
	"strconv"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

const (
	armReference = "learn.microsoft.com/azure/templates"
	whatIf       = "learn.microsoft.com/azure/azure-resource-manager/templates/deploy-what-if, properties that change by themselves"
)

// azureNoise is what Azure itself writes, in answers about a resource.
func azureNoise() []NoiseRule {
	out := rulesOf(whatIf, evidence.ARM,
		[4]string{"arm-api-version", "*", "apiVersion", "the version of the API that was spoken"},
		[4]string{"arm-dependencies", "*", "$dependencies", "the order of work"},
		[4]string{"arm-dependencies", "*", "comments", "words in a template"},
		[4]string{"arm-etag", "*", "**.etag", "the version of the record, new with each write"},
		[4]string{"arm-provisioning-state", "*", "**.provisioningState", "the state of the last deployment"},
		[4]string{"arm-resource-guid", "*", "**.resourceGuid", "an id that Azure draws"},
		[4]string{"arm-system-data", "*", "**.systemData", "who wrote the record last, and when"},
		[4]string{"arm-changed-time", "*", "changedTime", "when the record was written"},
		[4]string{"arm-changed-time", "*", "createdTime", "when the record was written"},
		[4]string{"arm-changed-time", "*", "**.lastModifiedTimeUtc", "when the record was written"},
		[4]string{"arm-changed-time", "*", "**.lastModifiedTime", "when the record was written"},
		[4]string{"arm-changed-time", "*", "properties.lastModifiedAt", "when the record was written"},
		[4]string{"arm-changed-time", "*", "properties.lastUpdatedTime", "when the record was written"},
		[4]string{"arm-changed-time", "*", "properties.updatedAt", "when the record was written"},
		[4]string{"arm-changed-time", "*", "properties.updatedOn", "when the record was written"},
		[4]string{"arm-changed-time", "*", "properties.updatedBy", "who wrote the record"},
		[4]string{"arm-changed-time", "*", "properties.changedTime", "when the record was written"},
		[4]string{"arm-changed-time", "*", "properties.modifiedDate", "when the record was written"},
		[4]string{"arm-created-time", "*", "properties.creationTime", "when it was made: another one in its place is reported as replaced"},
		[4]string{"arm-created-time", "*", "properties.createdAt", "when it was made"},
		[4]string{"arm-created-time", "*", "properties.createdOn", "when it was made"},
		[4]string{"arm-created-time", "*", "properties.creationDate", "when it was made"},
		[4]string{"arm-created-time", "*", "properties.timeCreated", "when it was made"},
		[4]string{"arm-scope", "*", "resourceGroup", "repeats the id, by which the resource is known"},
		[4]string{"arm-scope", "*", "subscriptionId", "repeats the id, by which the resource is known"},
		[4]string{"arm-unique-id", "*", "properties.uniqueId", "an id that Azure draws"},
		[4]string{"arm-unique-id", "*", "properties.vmId", "an id that Azure draws"},
	)
	out = append(out, rulesOf(armReference, evidence.ARM,
		[4]string{"arm-site-state", "microsoft.web/sites microsoft.web/sites/slots", "properties.state", "whether the site runs at this moment"},
		[4]string{"arm-site-state", "microsoft.web/sites microsoft.web/sites/slots", "properties.availabilityState", "whether the site answers at this moment"},
		[4]string{"arm-site-state", "microsoft.web/sites microsoft.web/sites/slots", "properties.usageState", "whether a quota is used up at this moment"},
		[4]string{"arm-site-state", "microsoft.web/sites microsoft.web/sites/slots", "properties.inProgressOperationId", "an operation that is under way"},
		[4]string{"arm-site-address", "microsoft.web/sites microsoft.web/sites/slots", "properties.outboundIpAddresses", "addresses of the stamp, which Azure changes"},
		[4]string{"arm-site-address", "microsoft.web/sites microsoft.web/sites/slots", "properties.possibleOutboundIpAddresses", "addresses of the stamp, which Azure changes"},
		[4]string{"arm-site-address", "microsoft.web/sites microsoft.web/sites/slots", "properties.outboundIpv6Addresses", "addresses of the stamp, which Azure changes"},
		[4]string{"arm-site-address", "microsoft.web/sites microsoft.web/sites/slots", "properties.possibleOutboundIpv6Addresses", "addresses of the stamp, which Azure changes"},
		[4]string{"arm-site-address", "microsoft.web/sites microsoft.web/sites/slots", "properties.inboundIpAddress", "an address of the stamp, which Azure changes"},
		[4]string{"arm-site-address", "microsoft.web/sites microsoft.web/sites/slots", "properties.possibleInboundIpAddresses", "addresses of the stamp, which Azure changes"},
		[4]string{"arm-site-address", "microsoft.web/sites microsoft.web/sites/slots", "properties.ftpsHostName", "a host of the stamp, which Azure changes"},
		[4]string{"arm-site-address", "microsoft.web/sites microsoft.web/sites/slots", "properties.homeStamp", "the stamp, which Azure changes"},
		[4]string{"arm-site-thumbprint", "microsoft.web/sites microsoft.web/sites/slots", "properties.hostNameSslStates[].thumbprint", "a certificate was renewed"},
		[4]string{"arm-power-state", "microsoft.compute/*", "properties.extended.instanceView", "what the machine does at this moment"},
		[4]string{"arm-power-state", "microsoft.compute/*", "properties.instanceView", "what the machine does at this moment"},
		[4]string{"arm-power-state", "microsoft.containerservice/managedclusters*", "properties.powerState", "whether it runs at this moment"},
		[4]string{"arm-power-state", "microsoft.containerservice/managedclusters", "properties.agentPoolProfiles[].powerState", "whether it runs at this moment"},
		[4]string{"arm-disk-state", "microsoft.compute/disks", "properties.diskState", "whether the disk is attached at this moment"},
		[4]string{"arm-disk-state", "microsoft.compute/disks", "properties.LastOwnershipUpdateTime", "when it was last attached"},
		[4]string{"arm-storage-status", "microsoft.storage/storageaccounts", "properties.statusOfPrimary", "whether the region answers at this moment"},
		[4]string{"arm-storage-status", "microsoft.storage/storageaccounts", "properties.statusOfSecondary", "whether the region answers at this moment"},
		[4]string{"arm-storage-status", "microsoft.storage/storageaccounts", "properties.lastGeoFailoverTime", "when a region was last given up"},
		[4]string{"arm-storage-status", "microsoft.storage/storageaccounts", "properties.geoReplicationStats", "how far the copy is at this moment"},
		[4]string{"arm-restore-date", "microsoft.sql/* microsoft.dbforpostgresql/* microsoft.dbformysql/*", "**.earliestRestoreDate", "moves on with the clock"},
		[4]string{"arm-restore-date", "microsoft.documentdb/*", "**.oldestRestorableTime", "moves on with the clock"},
		[4]string{"arm-default-rules", "microsoft.network/networksecuritygroups", "properties.defaultSecurityRules", "rules that every group has and nobody can change"},
		[4]string{"arm-node-image", "microsoft.containerservice/*", "properties.agentPoolProfiles[].nodeImageVersion", "Azure renews the image of the nodes"},
		[4]string{"arm-node-image", "microsoft.containerservice/managedclusters/agentpools", "properties.nodeImageVersion", "Azure renews the image of the nodes"},
		[4]string{"arm-lease", "microsoft.storage/*", "properties.leaseState", "who holds a lease at this moment"},
		[4]string{"arm-lease", "microsoft.storage/*", "properties.leaseStatus", "who holds a lease at this moment"},
		[4]string{"arm-counts", "microsoft.servicebus/* microsoft.eventhub/*", "properties.accessedAt", "when it was last used"},
		[4]string{"arm-counts", "microsoft.servicebus/* microsoft.eventhub/*", "properties.messageCount", "how full it is at this moment"},
		[4]string{"arm-counts", "microsoft.servicebus/* microsoft.eventhub/*", "properties.sizeInBytes", "how full it is at this moment"},
		[4]string{"arm-counts", "microsoft.servicebus/* microsoft.eventhub/*", "properties.countDetails", "how full it is at this moment"},
		[4]string{"arm-unique-id", "microsoft.servicebus/* microsoft.eventhub/*", "properties.metricId", "repeats the subscription and the name"},
		[4]string{"arm-counts", "microsoft.web/serverfarms", "properties.numberOfSites", "how many sites stand on it; each is a resource"},
		[4]string{"arm-counts", "microsoft.operationalinsights/workspaces", "properties.workspaceCapping.quotaNextResetTime", "moves on with the clock"},
		[4]string{"arm-counts", "microsoft.network/privatednszones microsoft.network/dnszones", "properties.numberOfRecordSets", "how many records it has; each is a resource"},
	)...)
	when := func(id, types, path, when, reason string, ask condition) {
		out = append(out, NoiseRule{ID: id, Form: evidence.ARM, Types: types, Path: path, When: when, Reason: reason, Source: armReference, when: ask})
	}
	when("arm-sku-size", "microsoft.web/serverfarms", "sku.size", "it is the name of the sku", "repeats sku.name, which is compared", equalTo("sku.name"))
	when("arm-current-version", "microsoft.containerservice/managedclusters", "properties.currentKubernetesVersion", "it is the version that is asked for, or a patch of it",
		"follows properties.kubernetesVersion, which is compared", within("properties.kubernetesVersion"))
	when("arm-service-objective", "microsoft.sql/servers/databases", "properties.currentServiceObjectiveName", "it is the name of the sku",
		"repeats sku.name, which is compared", equalTo("sku.name"))
	when("arm-current-sku", "microsoft.sql/*", "properties.currentSku", "it is the sku", "repeats sku, which is compared", repeats("properties.currentSku", "sku"))
	when("arm-agent-count", "microsoft.containerservice/managedclusters", "properties.agentPoolProfiles[].count", "it is between minCount and maxCount of its pool",
		"the cluster's autoscaler chooses it", between("minCount", "maxCount"))
	when("arm-agent-count", "microsoft.containerservice/managedclusters/agentpools", "properties.count", "it is between minCount and maxCount",
		"the cluster's autoscaler chooses it", between("minCount", "maxCount"))
	when("arm-orchestrator-patch", "microsoft.containerservice/*", "**.currentOrchestratorVersion", "major and minor version are the same",
		"a patch of the version, which Azure installs", samePatchLine)
	when("arm-orchestrator-patch", "microsoft.containerservice/*", "properties.currentKubernetesVersion", "major and minor version are the same",
		"a patch of the version, which Azure installs", samePatchLine)
	for _, path := range []string{"properties.numberOfWorkers", "properties.currentNumberOfWorkers", "properties.siteConfig.numberOfWorkers", "sku.capacity"} {
		when("arm-autoscale", "microsoft.web/* microsoft.compute/virtualmachinescalesets", path, "an autoscale setting has the resource as its target, and the number is in its range",
			"autoscale chooses it", func(p *pair, x *Property) bool { return p.world.autoscaled(p, x) })
	}
	when("arm-endpoint-host", "microsoft.storage/storageaccounts", "properties.primaryEndpoints", "the same hosts with or without the path of an emulator or a trailing slash",
		"follows from the name of the account", sameHost)
	when("arm-endpoint-host", "microsoft.storage/storageaccounts", "properties.secondaryEndpoints", "the same hosts with or without a trailing slash",
		"follows from the name of the account", sameHost)
	return out
}

// equalTo asks whether the value is that of another place on each side, where it is there.
func equalTo(place tree.Path) condition {
	return func(p *pair, x *Property) bool {
		at := func(v *tree.Value) string {
			for s := range place.Steps() {
				v = v.GetFold(s.Key)
			}
			return v.Str()
		}
		return (x.Old == nil || strings.EqualFold(x.Old.Text, at(&p.a))) && (x.New == nil || strings.EqualFold(x.New.Text, at(&p.b)))
	}
}

// within asks whether the version on each side is that of another place, or one below it: 1.33.3 is within 1.33.
func within(place tree.Path) condition {
	return func(p *pair, x *Property) bool {
		in := func(v, side *tree.Value) bool {
			whole := side
			for s := range place.Steps() {
				whole = whole.GetFold(s.Key)
			}
			return v != nil && whole.Str() != "" && strings.HasPrefix(v.Text+".", whole.Str()+".")
		}
		return in(x.Old, &p.a) && in(x.New, &p.b)
	}
}

// repeats asks whether the value is that of the same place below another one.
func repeats(below, other tree.Path) condition {
	return func(p *pair, x *Property) bool {
		n := countSteps(string(below))
		return equalTo(other+tree.Path(x.Pattern[len(CutPattern(x.Pattern, n)):]))(p, x)
	}
}

// between asks whether the number on each side is within the range that stands beside it there.
func between(low, high string) condition {
	return func(p *pair, x *Property) bool {
		within := func(v *tree.Value, at tree.Path, value *tree.Value) bool {
			beside := v.At(CutPlace(at, countSteps(string(at))-1))
			from, ok1 := number(beside.GetFold(low))
			to, ok2 := number(beside.GetFold(high))
			n, ok := number(value)
			return ok && ok1 && ok2 && from <= n && n <= to
		}
		return x.Old != nil && x.New != nil && within(&p.a, x.OldPath, x.Old) && within(&p.b, x.NewPath, x.New)
	}
}

func number(v *tree.Value) (int, bool) {
	if v == nil || v.Kind != tree.Number && v.Kind != tree.String {
		return 0, false
	}
	n, err := strconv.Atoi(v.Text)
	return n, err == nil
}

func samePatchLine(_ *pair, x *Property) bool {
	if x.Old == nil || x.New == nil {
		return false
	}
	a, b := strings.Split(x.Old.Text, "."), strings.Split(x.New.Text, ".")
	return len(a) >= 2 && len(b) >= 2 && a[0] == b[0] && a[1] == b[1]
}

func sameHost(_ *pair, x *Property) bool {
	if x.Old == nil || x.New == nil {
		return false
	}
	return strings.TrimRight(lower(x.Old.Text), "/") == strings.TrimRight(lower(x.New.Text), "/")
}
