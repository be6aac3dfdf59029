package derive

import (
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// Some attributes of AWS hold a document of JSON: policies, and the containers of a task.

// awsDocument reads such an attribute; false when it is none.
func (rd *reader) awsDocument(s string, rule *refRule, p tree.Path, line int) bool {
	policy := rule.id == "WR15" && rule.act == relate
	containers := rule.id == "WR10" && (rd.t.typ == "aws_ecs_task_definition" || rd.t.typ == "aws_batch_job_definition")
	if !policy && !containers {
		return false
	}
	doc, ok := awsDocument(s)
	switch {
	case !ok:
		return false
	case policy:
		rd.policy(&doc, s, rule, p, line)
	case containers:
		rd.containers(&doc, rule, p, line)
	}
	return true
}

// containers reads container definitions (docs.aws.amazon.com/AmazonECS, "Task definition parameters").
func (rd *reader) containers(doc *tree.Value, rule *refRule, p tree.Path, line int) {
	for at, leaf := range doc.Leaves() {
		if leaf.Kind != tree.String || leaf.Text == "" {
			continue
		}
		pat := strings.ToLower(at.Pattern())
		key := ""
		switch {
		case strings.HasSuffix(pat, "environment[].value") || strings.HasSuffix(pat, "secrets[].valuefrom"):
			up, _, _ := cutStep(at)
			key = doc.At(up).Get("name").Str()
		case strings.HasSuffix(pat, `options.awslogs-group`), strings.HasSuffix(pat, `options["awslogs-group"]`):
			rd.logGroup(leaf.Text, p, line)
			continue
		case strings.HasSuffix(pat, "rolearn"), strings.HasSuffix(pat, "name"), strings.HasSuffix(pat, "filesystemid"):
			if targets, plain := rd.b.meant(leaf.Text, "aws_efs_file_system", rd.r); !plain && targets != nil && !slices.Contains(targets, rd.t) {
				rd.add(claim{path: p, line: line, value: leaf.Text, rule: rule.id, act: ignore, targets: targets})
			}
			continue
		}
		rd.awsValue(or(key, "-"), leaf.Text, rule, p, line)
	}
}

func (rd *reader) logGroup(name string, p tree.Path, line int) {
	targets, _ := rd.b.meant(name, "aws_cloudwatch_log_group", rd.r)
	if len(targets) > 0 {
		rd.add(claim{path: p, line: line, value: name, rule: "WR18", act: relate, label: "logs to", conf: c4.Certain, layer: "observability", joined: true, byID: true, targets: targets})
	}
}

// statement is what one statement of a policy allows: actions on resources.
type statement struct {
	actions   []string
	resources []resourceText
}

type resourceText struct {
	text  string
	path  tree.Path
	line  int
	named bool // by its name alone
}

// policy reads the statements of a policy that is a text (docs.aws.amazon.com/IAM, "IAM JSON policy elements reference").
func (rd *reader) policy(doc *tree.Value, s string, rule *refRule, p tree.Path, line int) {
	var list []statement
	for _, st := range oneOrMore(doc.Get("Statement")) {
		if st.Get("Effect").Str() != "Allow" {
			continue
		}
		var x statement
		for _, a := range oneOrMore(st.Get("Action")) {
			x.actions = append(x.actions, a.Str())
		}
		for _, res := range oneOrMore(st.Get("Resource")) {
			x.resources = append(x.resources, resourceText{text: res.Str(), path: p, line: line})
		}
		list = append(list, x)
	}
	rd.otherWords(s, rd.permits(list, rule), rule, p, line)
}

// policyDocument reads the statements of a data source from which code makes the text of a policy.
func (rd *reader) policyDocument() {
	var list []statement
	rule := cloudRules.find(rd.t.typ, "statement[].resources[]")
	for i := range rd.root.Get("statement").List() {
		st := &rd.root.Get("statement").Items[i]
		if st.Get("effect").Str() == "Deny" {
			continue
		}
		var x statement
		for _, a := range st.Get("actions").List() {
			x.actions = append(x.actions, a.Str())
		}
		at := tree.Path("statement").Index(i).Key("resources")
		for j := range st.Get("resources").List() {
			res := &st.Get("resources").Items[j]
			x.resources = append(x.resources, resourceText{text: res.Str(), path: at.Index(j), line: int(res.Line)})
		}
		list = append(list, x)
	}
	rd.permits(list, rule)
}

// permits joins what acts under the roles that have a policy with what its statements allow them to act on, in one line for
// each resource. It returns the texts that it read.
func (rd *reader) permits(list []statement, rule *refRule) map[string]bool {
	actors := rd.b.actorsOf(rd.t)
	type grant struct {
		resources []resourceText
		actions   []string
	}
	grants := map[*thing]*grant{}
	var order []*thing
	for _, st := range list {
		for _, res := range st.resources {
			targets, named := rd.b.meant(res.text, "", rd.r)
			res.named = named
			if len(targets) != 1 || targets[0] == rd.t {
				continue
			}
			g := grants[targets[0]]
			if g == nil {
				g = &grant{}
				grants[targets[0]] = g
				order = append(order, targets[0])
			}
			g.resources, g.actions = append(g.resources, res), append(g.actions, st.actions...)
		}
	}
	read := map[string]bool{}
	for _, t := range order {
		label := grantLabel(grants[t].actions)
		for _, res := range grants[t].resources {
			c := rule.claim()
			c.path, c.line, c.value, c.targets, c.label, c.byID, c.joined = res.path, res.line, res.text, []*thing{t}, label, true, res.named
			if len(actors) > 0 {
				c.from = actors
			}
			read[res.text] = true
			rd.add(c)
		}
	}
	return read
}

// otherWords accounts for what a policy names without allowing it to be used: conditions, denials, principals.
func (rd *reader) otherWords(s string, claimed map[string]bool, rule *refRule, p tree.Path, line int) {
	words := awsWords(s)
	for _, ref := range evidence.Symbols(s) {
		words = append(words, ref.ID)
	}
	for _, word := range words {
		if claimed[word] {
			continue
		}
		if ns, _ := rd.b.names.ID(word); ns != nil && !slices.Contains(rd.things(ns), rd.t) {
			rd.add(claim{path: p, line: line, value: word, rule: rule.id, act: ignore, targets: rd.things(ns)})
		}
	}
}

// oneOrMore returns the items of a list, or the one value that stands in its place.
func oneOrMore(v *tree.Value) []tree.Value {
	if v == nil || v.Kind == tree.Null {
		return nil
	}
	if v.Kind == tree.Array {
		return v.Items
	}
	return []tree.Value{*v}
}

// verbs are the words with which actions begin, by what they permit; the first that fits speaks. The beginnings follow the
// access levels of the Service Authorization Reference (docs.aws.amazon.com/service-authorization).
var verbs = []struct{ services, verbs, permits string }{
	{"secretsmanager", "get batchget list describe", "secret"},
	{"ecr ecr-public", "get list describe batchget batchcheck", "pull"},
	{"ecr ecr-public", "put initiate upload complete", "push"},
	{"sqs sns kinesis firehose events kafka kafka-cluster", "send publish put write", "send"},
	{"sqs sns kinesis kafka kafka-cluster", "receive getrecords getsharditerator subscribe read", "receive"},
	{"sqs sns kinesis firehose events kafka kafka-cluster", "", ""}, // attributes of the queue
	{"es", "eshttpget eshttphead", "read"},
	{"es", "eshttp", "read write"},
	{"*", "invoke start execute run submit", "call"},
	{"*", "get list describe read scan query batchget head select search view download conditioncheck", "read"},
	{"*", "put update delete create batchwrite write upload abort copy restore modify", "write"},
	{"*", "connect", "connect"},
}

// permissions are what combinations of permits are called; the first of which all hold.
var permissions = []struct{ permits, label string }{
	{"all", "may do anything with"},
	{"secret", "may read secrets from"},
	{"pull push", "may push images to"},
	{"push", "may push images to"},
	{"pull", "may pull images from"},
	{"send receive", "may exchange messages through"},
	{"send", "may send to"},
	{"receive", "may receive from"},
	{"read write", "may read from and write to"},
	{"write", "may write to"},
	{"read", "may read from"},
	{"call", "may call"},
	{"connect", "may connect to"},
}

// grantLabel says in a verb what a policy's actions permit.
func grantLabel(actions []string) string {
	has := map[string]bool{}
	for _, a := range actions {
		for permit := range strings.FieldsSeq(permitted(strings.ToLower(a))) {
			has[permit] = true
		}
	}
	for _, p := range permissions {
		all := true
		for permit := range strings.FieldsSeq(p.permits) {
			all = all && has[permit]
		}
		if all {
			return p.label
		}
	}
	return "may use"
}

// permitted returns what an action permits: service:verb, or * for all.
func permitted(action string) string {
	service, verb, _ := strings.Cut(action, ":")
	if action == "*" || verb == "*" {
		return "all"
	}
	for _, row := range verbs {
		if row.services != "*" && !slices.Contains(strings.Fields(row.services), service) {
			continue
		}
		if row.verbs == "" {
			return row.permits
		}
		for w := range strings.FieldsSeq(row.verbs) {
			if strings.HasPrefix(verb, w) || w == "connect" && strings.HasSuffix(verb, w) {
				return row.permits
			}
		}
	}
	return ""
}
