package derive

import (
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/evidence"
)

// awsScope makes the nodes of the account and the region that a resource of AWS is in, as its ARN says. What has no account
// in its ARN (a bucket) or no ARN at all is in the account that all others of its input are in; code knows its region at most.
func (b *builder) awsScope(t *thing, r *evidence.Resource, ev []c4.Evidence) (*c4.Element, string, []c4.Evidence) {
	account, region := awsPlace(r)
	if account == "" {
		account = b.accounts()[inputOf(r)]
	}
	if region == "" && r.Location != "global" {
		region = r.Location
	}
	node := func(id, name, tech, parent string) *c4.Element {
		return b.put(&c4.Element{ID: "deploymentNode:" + id, Kind: c4.DeploymentNode, Name: name, Technology: tech, Rule: "D-ACCOUNT", Parent: parent, Evidence: ev})
	}
	switch {
	case account != "":
	case region != "" && r.Side == evidence.Declared: // code names a region and not who it is deployed for
		return node("aws/"+region, region, "AWS region", ""), "D-ACCOUNT", ev
	default:
		return nil, "", nil
	}
	in := node("aws/"+account, account, "AWS account", "")
	if region != "" {
		in = node("aws/"+account+"/"+region, region, "AWS region", in.ID)
	}
	return in, "D-ACCOUNT", ev
}

// awsPlace takes account and region from the scope of a resource: aws/<account>/<region>.
func awsPlace(r *evidence.Resource) (account, region string) {
	rest, ok := strings.CutPrefix(r.Scope, "aws/")
	if !ok {
		return "", ""
	}
	account, region, two := strings.Cut(rest, "/")
	if !two && !digits(account) { // an ARN with a region only
		return "", account
	}
	return account, region
}

// accounts returns the one account that the ARNs of each input name; inputs that name several have none.
func (b *builder) accounts() map[string]string {
	if b.aws.accounts != nil {
		return b.aws.accounts
	}
	b.aws.accounts = map[string]string{}
	for i := range b.snap.Resources {
		r := &b.snap.Resources[i]
		account, _ := awsPlace(r)
		if account == "" || !isAWS(r.Type) {
			continue
		}
		if old, ok := b.aws.accounts[inputOf(r)]; ok && old != account {
			account = ""
		}
		b.aws.accounts[inputOf(r)] = account
	}
	return b.aws.accounts
}
