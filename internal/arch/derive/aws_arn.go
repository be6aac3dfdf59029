package derive

import (
	"strings"

	"c4arch/internal/arch/evidence"
)

// arnForms are the ends of ARNs that hold the name of a resource, by service (docs.aws.amazon.com/service-authorization, "Resource types
// defined by" each service): what stands before the name, and what ends it.
var arnForms = map[string]struct{ types, before, ends string }{
	"dynamodb":       {"aws_dynamodb_table", "table/", "/"},
	"events":         {"aws_cloudwatch_event_bus", "event-bus/", ""},
	"kinesis":        {"aws_kinesis_stream", "stream/", ""},
	"lambda":         {"aws_lambda_function", "function:", ":"},
	"s3":             {"aws_s3_bucket", "", "/"},
	"secretsmanager": {"aws_secretsmanager_secret", "secret:", ""},
	"sns":            {"aws_sns_topic", "", ":"},
	"sqs":            {"aws_sqs_queue", "", ""},
	"states":         {"aws_sfn_state_machine", "stateMachine:", ""},
}

// byARN returns what an ARN names that code writes by hand, with an account that is open or any: arn:aws:dynamodb:*:*:table/orders. An account that
// is written out may be another's.
func (b *builder) byARN(text string, by *evidence.Resource) []*thing {
	if !strings.HasPrefix(text, "arn:") || len(text) > maxName {
		return nil
	}
	f := strings.SplitN(closed(text), ":", 6)
	if len(f) < 6 || strings.Trim(f[4], "*") != "" {
		return nil
	}
	form, ok := arnForms[f[2]]
	name, fits := strings.CutPrefix(f[5], form.before)
	if !ok || !fits {
		return nil
	}
	if form.ends != "" {
		name, _, _ = strings.Cut(name, form.ends)
	}
	if f[2] == "secretsmanager" { // Secrets Manager ends the ARN with six characters of its own
		name = strings.TrimSuffix(strings.TrimRight(name, "*?"), "-")
	}
	if name == "" || strings.ContainsAny(name, "*?") {
		return nil
	}
	return b.plainly(form.types, name, by)
}

// closed returns a text with an asterisk for each part that is open.
func closed(text string) string {
	var out strings.Builder
	for {
		before, _, after, ok := evidence.CutLeft(text)
		out.WriteString(before)
		if !ok {
			return out.String()
		}
		out.WriteByte('*')
		text = after
	}
}
