package derive

import (
	"regexp"
	"slices"
	"strings"

	"c4arch/internal/arch/evidence"
)

// awsJoins is what third resources say of two others in AWS.
type awsJoins struct {
	actors    map[*thing][]*thing // who acts under a role
	grants    map[*thing][]*thing // the roles that have a policy
	balancers map[*thing][]*thing // the load balancers that route to a target group
	accounts  map[string]string   // see accounts
}

// awsFronts are the types that stand for what is registered with them, as a Kubernetes Service does for its pods.
var awsFronts = set("aws_lb_target_group aws_alb_target_group aws_api_gateway_vpc_link aws_service_discovery_service")

// joinAWS joins what two resources of AWS say together. It is done before references are read.
func (b *builder) joinAWS() {
	b.aws = awsJoins{actors: map[*thing][]*thing{}, grants: map[*thing][]*thing{}, balancers: map[*thing][]*thing{}}
	for _, t := range b.things {
		if isAWS(t.typ) && len(t.obs) > 0 {
			b.ofAWS = append(b.ofAWS, t)
		}
	}
	b.joinRoles()
	b.joinServiceAccounts()
	b.joinDocuments()
	b.joinTasks()
	b.joinConnect()
	b.joinFronts()
	b.joinRecords()
	b.joinNodes()
}

// tied returns what a thing is tied to by a kind of tie.
func (b *builder) tied(t *thing, kind, types string) []*thing {
	var out []*thing
	for _, x := range t.fact.ties {
		if x.kind != kind {
			continue
		}
		found, _ := b.meant(x.to, types, b.resource(t))
		for _, u := range found {
			if u != t && !slices.Contains(out, u) {
				out = append(out, u)
			}
		}
	}
	return out
}

func join(m map[*thing][]*thing, key, value *thing) {
	if !slices.Contains(m[key], value) {
		m[key] = append(m[key], value)
	}
}

// joinRoles finds who acts under each role, and which roles each policy is a part of.
func (b *builder) joinRoles() {
	for _, t := range b.ofAWS {
		roles := b.tied(t, tieRole, "aws_iam_role")
		if t.typ == "aws_iam_instance_profile" {
			continue // what has the profile acts under the role
		}
		for _, profile := range append(b.tied(t, tieProfile, "aws_iam_instance_profile"), b.profilesOfTemplates(t)...) {
			roles = append(roles, b.tied(profile, tieRole, "aws_iam_role")...)
		}
		if t.typ != "aws_launch_template" && t.typ != "aws_launch_configuration" {
			for _, role := range roles {
				join(b.aws.actors, role, t)
			}
		}
		switch t.typ {
		case "aws_iam_role":
			join(b.aws.grants, t, t) // its inline policies
			for _, policy := range b.tied(t, tiePolicy, "") {
				join(b.aws.grants, policy, t)
			}
		case "aws_iam_role_policy":
			for _, role := range b.tied(t, tieGrant, "aws_iam_role") {
				join(b.aws.grants, t, role)
			}
		default:
			for _, role := range b.tied(t, tieGrant, "aws_iam_role") {
				for _, policy := range b.tied(t, tiePolicy, "aws_iam_policy") {
					join(b.aws.grants, policy, role)
				}
			}
		}
	}
}

// joinDocuments lets the documents that policies are made of have the roles of the policies.
func (b *builder) joinDocuments() {
	for _, t := range b.ofAWS {
		for _, document := range b.tied(t, tieText, "") {
			for _, role := range b.aws.grants[t] {
				join(b.aws.grants, document, role)
			}
		}
	}
}

func (b *builder) profilesOfTemplates(t *thing) []*thing {
	var out []*thing
	for _, template := range b.tied(t, tieTemplate, "aws_launch_template aws_launch_configuration") {
		out = append(out, b.tied(template, tieProfile, "aws_iam_instance_profile")...)
	}
	return out
}

// actorsOf returns who has the rights of a policy.
func (b *builder) actorsOf(policy *thing) []*thing {
	var out []*thing
	for _, role := range b.aws.grants[policy] {
		for _, t := range b.aws.actors[role] {
			if !slices.Contains(out, t) {
				out = append(out, t)
			}
		}
	}
	return out
}

// joinTasks lets a service stand for the task definition that it runs.
func (b *builder) joinTasks() {
	for _, t := range b.ofAWS {
		for _, task := range b.tied(t, tieTask, "aws_ecs_task_definition") {
			task.rule = &typeRule{id: "W8-SERVICE", role: hidden, tech: task.rule.tech, layer: "hidden"}
			if t.fact.image == "" {
				t.fact.image = task.fact.image
			}
		}
	}
}

// joinFronts finds what stands behind target groups, links and registries, and the load balancers in front of target groups.
func (b *builder) joinFronts() {
	behind := map[*thing][]*thing{}
	spaces := map[string]string{}
	for _, t := range b.ofAWS {
		for _, front := range b.tied(t, tieFront, "aws_service_discovery_service") {
			if !awsFronts[t.typ] {
				join(behind, front, t)
			}
		}
		members := b.tied(t, tieFronted, "aws_instance aws_autoscaling_group aws_lambda_function")
		fronts := b.tied(t, tieFrontOf, "")
		if awsFronts[t.typ] {
			fronts = append(fronts, t)
		}
		for _, front := range fronts {
			for _, m := range members {
				if !awsFronts[m.typ] { // fronts of fronts there are none, save in a circle
					join(behind, front, m)
				}
			}
		}
		for _, group := range b.tied(t, tieRoutes, "") {
			if lb := b.balancerOf(t); lb != nil {
				join(b.aws.balancers, group, lb)
			}
		}
		if strings.HasPrefix(t.typ, "aws_service_discovery_") {
			spaces[t.id] = t.name
		}
	}
	for _, t := range b.ofAWS {
		if awsFronts[t.typ] {
			t.fronts = behind[t]
		}
		for _, space := range b.tied(t, tieSpace, "aws_service_discovery_private_dns_namespace aws_service_discovery_public_dns_namespace aws_service_discovery_http_namespace") {
			b.names.AddHost(t.name+"."+spaces[space.id], t.n)
		}
	}
}

// balancerOf is the load balancer that a listener, or a rule of one, belongs to.
func (b *builder) balancerOf(t *thing) *thing {
	for range 3 {
		up := b.tied(t, tieBalancer, "")
		if len(up) != 1 {
			return nil
		}
		if t = up[0]; t.rule.role == infra {
			return t
		}
	}
	return nil
}

// joinRecords lets what a DNS record points to answer to the record's name.
func (b *builder) joinRecords() {
	for range 4 { // records of records
		for _, t := range b.ofAWS {
			for _, x := range t.fact.ties {
				if x.kind != tieNames {
					continue
				}
				ns := b.names.Host(strings.TrimPrefix(strings.ToLower(x.to), "dualstack."))
				if refs := evidence.Symbols(x.to); len(refs) == 1 {
					ns, _ = b.names.ID(refs[0].ID)
				}
				for _, n := range ns {
					for _, name := range t.fact.aliases {
						if b.things[n] != t && !strings.HasPrefix(name, "*") {
							b.names.AddHost(name, n)
						}
					}
				}
			}
		}
	}
}

// joinNodes finds the groups of machines that are the nodes of a cluster: what runs on them is what runs in the cluster.
func (b *builder) joinNodes() {
	nodes := func(t *thing) {
		if t.typ == "aws_autoscaling_group" {
			t.rule = &typeRule{id: "W4-NODES", role: deployment, tech: t.rule.tech}
		}
	}
	for _, t := range b.ofAWS {
		for _, group := range b.tied(t, tieNodes, "aws_autoscaling_group") {
			nodes(group)
		}
		if hasTag(t.tags, "kubernetes.io/cluster/") || hasTag(t.tags, "eks:cluster-name") || hasTag(t.tags, "elasticbeanstalk:environment-name") {
			nodes(t)
		}
	}
}

// logBuckets hides the buckets that hold nothing but the logs of others.
func (b *builder) logBuckets() {
	logs, other := map[*thing]bool{}, map[*thing]bool{}
	b.eachClaim(func(c *claim) {
		if c.act != relate && c.act != reverse || len(c.targets) != 1 || len(c.from) == 0 {
			return
		}
		for _, t := range append(slices.Clone(c.from), c.targets[0]) {
			if t = drawn(t); t != nil && t.typ == "aws_s3_bucket" {
				logs[t] = logs[t] || c.rule == "WR18"
				other[t] = other[t] || c.layer == "" && c.rule != "WR18"
			}
		}
	})
	for t := range logs {
		if logs[t] && !other[t] {
			t.rule = &typeRule{id: "W22-LOGS", role: hidden, tech: t.rule.tech, shape: t.rule.shape, layer: "observability"}
		}
	}
}

func hasTag(tags map[string]string, prefix string) bool {
	for k := range tags {
		if strings.HasPrefix(strings.ToLower(k), strings.ToLower(prefix)) {
			return true
		}
	}
	return false
}

var awsResourceID = regexp.MustCompile(`^[a-z]{1,12}(-[a-z]{2,12})*-([0-9a-f]{8}|[0-9a-f]{17})$`)

// lent reports whether an alias of a resource of AWS is not its alone: a plain name, which means something only where a rule
// says of what type it is the name, or the ARN or the URL of the thing that it is a setting of. Only queues are known by
// an URL.
func (b *builder) lent(t *thing, alias string) bool {
	if !isAWS(t.typ) {
		return false
	}
	if other := b.byID[alias]; other != nil && other != t {
		return true
	}
	return !strings.HasPrefix(alias, "arn:") && !awsResourceID.MatchString(alias) && t.typ != "aws_sqs_queue"
}
