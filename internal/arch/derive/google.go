package derive

// googleTypes maps the resource types of Terraform's google provider.
var googleTypes = []typeRule{}

// googleRefs are the attributes of Terraform's google provider that are references.
var googleRefs = []refRule{}
