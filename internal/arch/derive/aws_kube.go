package derive

import (
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// roleAnnotation is how a service account of EKS says under which role of AWS its workloads act (docs.aws.amazon.com/eks, "IAM
// roles for service accounts").
const roleAnnotation = "eks.amazonaws.com/role-arn"

// joinServiceAccounts lets the workloads of a service account act under the role that its annotation, or an association of
// the cluster, names.
func (b *builder) joinServiceAccounts() {
	workloads := map[string][]*thing{} // by namespace and account
	for _, t := range b.things {
		if r := b.resource(t); r != nil && r.Form == evidence.Kubernetes && t.fact.account != "" {
			workloads[r.Scope+"/"+t.fact.account] = append(workloads[r.Scope+"/"+t.fact.account], t)
		}
	}
	for _, t := range b.things {
		account := ""
		switch r := b.resource(t); {
		case r == nil:
		case t.typ == "kubernetes:ServiceAccount":
			account = r.Scope + "/" + r.Name
		case t.typ == "aws_eks_pod_identity_association":
			account = t.fact.account
		}
		if account == "" {
			continue
		}
		for _, role := range b.tied(t, tieRole, "aws_iam_role") {
			for _, w := range workloads[account] {
				join(b.aws.actors, role, w)
			}
		}
	}
}

// kubeRole accounts for the role that a service account names: its rights are the lines.
func (rd *reader) kubeRole() {
	p := tree.Path("metadata.annotations").Key(roleAnnotation)
	v := rd.root.At(p)
	if ns, _ := rd.b.names.ID(v.Str()); ns != nil {
		rd.add(claim{path: p, line: int(v.Line), value: v.Text, rule: "WR15", act: ignore, targets: rd.things(ns)})
	}
}

// awsSetting claims the resources of AWS that a setting or an argument of a workload names by their ARN or URL (WR10).
func (rd *reader) awsSetting(value string, p tree.Path, line int, users []*thing) bool {
	if len(rd.b.ofAWS) == 0 {
		return false
	}
	found := false
	for _, word := range awsWords(value) {
		ns, _ := rd.b.names.ID(word)
		targets := slices.DeleteFunc(rd.things(ns), func(t *thing) bool { return !isAWS(t.typ) })
		if len(targets) == 0 {
			continue
		}
		c := claim{path: p, line: line, value: word, rule: "WR10", act: relate, label: "calls", conf: c4.High, byID: true, from: users, targets: targets}
		rd.settingLabel(&c, word)
		rd.add(c)
		found = true
	}
	return found
}

// awsRepository claims the repository of ECR that a workload's image is in (WR11).
func (rd *reader) awsRepository(img *tree.Value, p tree.Path) {
	if strings.Contains(img.Text, ".dkr.ecr.") {
		rd.awsImage(img.Text, p, int(img.Line), false)
	}
}
