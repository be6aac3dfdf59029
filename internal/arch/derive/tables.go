package derive

import "slices"

// The tables of all vocabularies, one form for all. Azure's holds Kubernetes and Compose too.
var (
	typeRules = slices.Concat(azureTypes, azureMoreTypes, awsTypes, googleTypes)
	refRules  = slices.Concat(azureRefs, awsRefs, googleRefs)
)
