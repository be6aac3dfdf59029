package derive

import (
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// awsText reads one string of a resource of AWS: an ARN, an id or an URL, a plain name where the rule says of what, a document
// that holds them, or hosts.
func (rd *reader) awsText(s string, p tree.Path, line int) {
	rule := cloudRules.find(rd.t.typ, awsPattern(p))
	if rule != nil && rule.id == "WR12" && strings.Contains(s, "@") && !strings.Contains(s, "://") && !strings.Contains(s, "#") {
		return // a subscriber's mail address
	}
	if rule != nil && rd.awsDocument(s, rule, p, line) {
		return
	}
	if rule != nil && rd.seen[seenKey{p, s, rule.id}] {
		rd.madeParts(s, p, line)
		return // a resource of a statement, which was read with the actions that it permits
	}
	rd.awsValue("", s, rule, p, line)
}

// awsValue reads one value; name is that of the setting that it is the value of, or "".
func (rd *reader) awsValue(name, s string, rule *refRule, p tree.Path, line int) {
	if strings.HasPrefix(s, "secret:") || len(s) < 2 {
		return
	}
	ns, id := rd.b.names.ID(s)
	targets := rd.things(ns)
	switch {
	case targets != nil && slices.Contains(targets, rd.t):
		return // what it calls itself
	case targets != nil:
		rd.idRef(s, id, targets, rule, p, line)
		return
	case rule != nil && evidence.HasLeft(s) && symbolic(s) && rd.awsPlain(name, s, rule, p, line):
		rd.madeParts(s, p, line)
		return
	case rd.r.Side == evidence.Declared && evidence.HasLeft(s):
		rd.open(s, rule, p, int32(line))
		rd.awsDeclared(s, rule, p, line)
		return
	case rule != nil && rd.awsPlain(name, s, rule, p, line):
		return
	case rule != nil && rd.awsImage(s, p, line, true):
		return
	}
	var rest strings.Builder // what is no name of AWS may be a host
	known, from := false, 0
	for _, at := range awsSpans(s) {
		word := unescaped(s[at[0]:at[1]])
		ns, id := rd.b.names.ID(word)
		switch ts := rd.things(ns); {
		case ns != nil:
			if known = true; !slices.Contains(ts, rd.t) {
				rd.idRef(word, id, ts, rule, p, line)
			}
		case rd.awsIndirect(word, rule, p, line):
			known = true
		case !strings.HasPrefix(word, "arn:") && !strings.HasPrefix(word, "tf:"):
			continue
		}
		rest.WriteString(s[from:at[0]] + " ")
		from = at[1]
	}
	rest.WriteString(s[from:])
	if known || !rd.awsMissing(s, rule, p, line) {
		rd.hostRefs(rest.String(), rule, p, line)
	}
}

// awsDeclared claims what code names by an id of its own beside what it leaves open.
func (rd *reader) awsDeclared(s string, rule *refRule, p tree.Path, line int) {
	for _, at := range awsSpans(s) {
		word := unescaped(s[at[0]:at[1]])
		if !strings.HasPrefix(word, "tf:") || at[1] < len(s) && s[at[1]] == '#' {
			continue
		}
		if ns, id := rd.b.names.ID(word); ns != nil && !slices.Contains(rd.things(ns), rd.t) {
			rd.idRef(word, id, rd.things(ns), rule, p, line)
		}
	}
}

// unescaped returns an id as it is, which a text of JSON may write with escaped quotes.
func unescaped(word string) string { return strings.ReplaceAll(word, `\"`, `"`) }

// awsWords returns the ARNs, URLs and ids of code in a text.
func awsWords(s string) []string {
	var out []string
	for _, at := range awsSpans(s) {
		out = append(out, unescaped(s[at[0]:at[1]]))
	}
	return out
}

// maxName is how long a name within a text may be: more than any ARN (docs.aws.amazon.com/IAM, "IAM and AWS STS quotas").
const maxName = 2048

// awsSpans returns where the ARNs, URLs and ids of code in a text stand. An ARN may hold another: the URI of an integration of API Gateway holds that
// of the function (docs.aws.amazon.com/apigateway, "Integration").
func awsSpans(s string) [][2]int {
	var out [][2]int
	for i := 0; i < len(s); {
		n := awsMark(s[i:])
		if n < 0 {
			return out
		}
		i += n
		w := s[i:min(len(s), i+maxName)]
		if w[0] == 't' {
			size := max(declaredName(w), 3)
			out = append(out, [2]int{i, i + size})
			i += size
			continue
		}
		if end := strings.IndexAny(w, " \"'\n\t,;}]?#\\<>)|"); end >= 0 {
			w = w[:end]
		}
		if k := strings.Index(w[1:], "arn:"); k >= 0 {
			w = w[:k+1]
		}
		out = append(out, [2]int{i, i + len(w)})
		i += len(w)
	}
	return out
}

// awsMark returns where the next ARN, URL or id of code begins, or -1.
func awsMark(s string) int {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case 'a':
			if strings.HasPrefix(s[i:], "arn:") {
				return i
			}
		case 'h':
			if strings.HasPrefix(s[i:], "https://") || strings.HasPrefix(s[i:], "http://") {
				return i
			}
		case 's':
			if strings.HasPrefix(s[i:], "s3://") {
				return i
			}
		case 't':
			if strings.HasPrefix(s[i:], "tf:") {
				return i
			}
		}
	}
	return -1
}

// awsPlain claims a plain name: of the types that the rule gives, or, in a setting, of those that the setting's name tells.
func (rd *reader) awsPlain(name, s string, rule *refRule, p tree.Path, line int) bool {
	types := rule.names
	if rule.setting && types == "" {
		types = awsHinted(or(name, lastKey(p)))
	}
	if types == "" {
		return false
	}
	targets := rd.b.plainly(types, s, rd.r)
	if len(targets) == 0 || slices.Contains(targets, rd.t) {
		return false
	}
	c := rule.claim()
	c.path, c.line, c.value, c.targets, c.joined, c.byID = p, line, s, targets, true, true
	if len(targets) > 1 && c.act != ignore {
		c.act, c.label = relate, attributeLabel(p) // of several it is inside none
	}
	rd.amend(&c, rule, s)
	rd.add(c)
	return true
}

// awsHints are the words in the name of a setting that tell of what type the value names a resource.
var awsHints = []struct{ word, types string }{
	{"TABLE", "aws_dynamodb_table"},
	{"BUCKET", "aws_s3_bucket"},
	{"QUEUE", "aws_sqs_queue aws_batch_job_queue"},
	{"TOPIC", "aws_sns_topic"},
	{"DELIVERY", "aws_kinesis_firehose_delivery_stream"},
	{"FIREHOSE", "aws_kinesis_firehose_delivery_stream"},
	{"STREAM", "aws_kinesis_stream"},
	{"SECRET", "aws_secretsmanager_secret"},
	{"FUNCTION", "aws_lambda_function"},
	{"LAMBDA", "aws_lambda_function"},
	{"STATE_MACHINE", "aws_sfn_state_machine"},
	{"BUS", "aws_cloudwatch_event_bus"},
	{"USER_POOL", "aws_cognito_user_pool"},
	{"USERPOOL", "aws_cognito_user_pool"},
}

func awsHinted(name string) string {
	up := strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
	for _, h := range awsHints {
		if strings.Contains(up, h.word) {
			return h.types
		}
	}
	return ""
}

// lastKey is the name of the member that a path ends at.
func lastKey(p tree.Path) string {
	last := ""
	for step := range p.Steps() {
		if !step.IsIndex {
			last = step.Key
		}
	}
	return last
}

// awsImage claims the repository of an image: registry/repository:tag. One that was not scanned is missed only where a resource
// of AWS names it.
func (rd *reader) awsImage(s string, p tree.Path, line int, missed bool) bool {
	repository, _, _ := strings.Cut(s, "@")
	if i := strings.LastIndexByte(repository, ':'); i > strings.LastIndexByte(repository, '/') {
		repository = repository[:i]
	}
	if !strings.Contains(repository, ".dkr.ecr.") && !strings.HasPrefix(repository, "public.ecr.aws/") {
		return false
	}
	ns, _ := rd.b.names.ID(repository)
	if ns == nil && !missed {
		return false
	}
	c := claim{path: p, line: line, value: s, rule: "WR11", act: relate, label: "pulls images from", conf: c4.Certain, joined: true, byID: true, targets: rd.things(ns)}
	if ns == nil {
		c.reason = "the repository is not among what was scanned"
	}
	rd.add(c)
	return true
}

// awsIndirect claims what an ARN or an URL names in another way than by the id: a bucket by s3://, a queue in the path of an
// integration (arn:aws:apigateway:region:sqs:path/account/name).
func (rd *reader) awsIndirect(word string, rule *refRule, p tree.Path, line int) bool {
	if rule == nil || rule.act == ignore {
		return false
	}
	var targets []*thing
	if rest, ok := strings.CutPrefix(word, "s3://"); ok {
		bucket, _, _ := strings.Cut(rest, "/")
		targets = rd.b.plainly("aws_s3_bucket", bucket, rd.r)
	} else if f := strings.SplitN(word, ":", 6); len(f) == 6 && f[2] == "apigateway" && f[4] == "sqs" {
		if path := strings.Split(f[5], "/"); len(path) == 3 && path[0] == "path" {
			ns, _ := rd.b.names.ID(strings.Join([]string{"arn", f[1], "sqs", f[3], path[1], path[2]}, ":"))
			targets = rd.things(ns)
		}
	}
	if len(targets) == 0 || slices.Contains(targets, rd.t) {
		return false
	}
	c := rule.claim()
	c.path, c.line, c.value, c.targets, c.joined, c.byID = p, line, word, targets, true, true
	rd.amend(&c, rule, word)
	rd.add(c)
	return true
}

// awsMissing claims an ARN or an id of AWS that names nothing scanned, where a rule reads the property.
func (rd *reader) awsMissing(s string, rule *refRule, p tree.Path, line int) bool {
	if rule == nil || rule.act == ignore || rule.act == own || len(awsSpans(s)) > 1 { // a detail that is not managed is not missed
		return false
	}
	arn := strings.HasPrefix(s, "arn:") && !strings.ContainsAny(s, " \"")
	switch {
	case arn && awsPlatform(s):
		rd.add(claim{path: p, line: line, value: s, rule: "H-PLATFORM", act: ignore})
		return true
	case arn || awsResourceID.MatchString(s) || rule.names != "" && rule.act != relate && validAWSName(s):
	default:
		return false
	}
	c := rule.claim()
	c.path, c.line, c.value, c.reason = p, line, s, "it names a resource that is not among what was scanned"
	rd.add(c)
	return true
}

// validAWSName reports whether a text can be the plain name of a resource that people made: "default" is what AWS made itself.
func validAWSName(s string) bool {
	return s != "default" && !strings.ContainsAny(s, " ${}/\"") && len(s) <= 128
}

// awsPlatform reports whether an ARN names a part of the platform that nobody deploys: what AWS manages itself, the account
// as a whole, an action of a service (docs.aws.amazon.com/IAM, "Amazon Resource Names").
func awsPlatform(arn string) bool {
	f := strings.SplitN(arn, ":", 6)
	if len(f) < 6 {
		return false
	}
	switch {
	case f[4] == "aws", f[2] == "iam" && (f[5] == "root" || strings.Contains(f[5], "role/aws-service-role/")):
		return true
	case f[2] == "states" && f[4] == "", f[2] == "apigateway" && strings.Contains(f[5], "/"), f[2] == "automate", f[2] == "elasticloadbalancing" && f[4] == "":
		return true
	}
	return false
}

// amend says of a claim of AWS what only the other end, or what is joined to it, tells.
func (rd *reader) amend(c *claim, rule *refRule, s string) {
	if !isAWS(rd.t.typ) || rule == nil || len(c.targets) != 1 {
		return
	}
	target := c.targets[0]
	switch {
	case rule.id == "WR1" && c.act == nest && (target.typ == "aws_subnet" || target.typ == "aws_default_subnet") && rd.spans(c.path):
		if vpc := rd.b.tied(target, tieVPC, ""); len(vpc) == 1 {
			c.mentioned, c.targets, c.joined = c.targets, vpc, true
		}
	case rule.act == reverse && rule.id == "WR8" && awsFronts[target.typ]:
		if lbs := rd.b.aws.balancers[target]; len(lbs) > 0 {
			c.mentioned, c.targets, c.all = c.targets, lbs, true
		}
	case rule.id == "WR12" && rule.label == "delivers events to" && target.typ == "aws_ecs_cluster":
		c.act, c.label = ignore, "" // where the task is started, not what is started
	case rule.id == "WR15" && rule.act == relate:
		if actors := rd.b.actorsOf(rd.t); len(actors) > 0 {
			c.from = actors
		}
	case rule.setting:
		rd.settingLabel(c, s)
	}
}

// spans reports whether a property lists more than one subnet: what is in several is in their VPC. A file system has a
// mount target in each of its subnets.
func (rd *reader) spans(p tree.Path) bool {
	if rd.t.typ == "aws_efs_mount_target" {
		return true
	}
	path := string(p)
	i := strings.LastIndexByte(path, '[')
	if i < 0 {
		return false
	}
	if list := rd.root.At(tree.Path(path[:i])); list != nil {
		return len(list.List()) > 1
	}
	return false
}
