package derive

// awsTypes maps the resource types of Terraform's aws provider.
var awsTypes = []typeRule{}

// awsRefs are the attributes of Terraform's aws provider that are references.
var awsRefs = []refRule{}
