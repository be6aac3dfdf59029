package derive

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"c4arch/internal/arch/c4"
)

// What code of the aws provider declares: its attributes are known only at run time, and name what they refer to.
var awsCodeFixtures = []fixture{
	{
		rule: "WR10 WR15 WR8 WR1", name: "code of the aws provider",
		module: `{
			"aws_vpc.main":{"$id":"tf:infra//aws_vpc.main","cidr_block":"10.0.0.0/16","tags":{"Name":"main"}},
			"aws_subnet.a":{"$id":"tf:infra//aws_subnet.a","vpc_id":"${tf:infra//aws_vpc.main#id}","tags":{"Name":"a"}},
			"aws_subnet.b":{"$id":"tf:infra//aws_subnet.b","vpc_id":"${tf:infra//aws_vpc.main#id}","tags":{"Name":"b"}},
			"aws_lb.web":{"$id":"tf:infra//aws_lb.web","name":"web","internal":false,"subnets":["${tf:infra//aws_subnet.a#id}","${tf:infra//aws_subnet.b#id}"]},
			"aws_lb_listener.web":{"$id":"tf:infra//aws_lb_listener.web","load_balancer_arn":"${tf:infra//aws_lb.web#arn}","default_action":[{"type":"forward","target_group_arn":"${tf:infra//aws_lb_target_group.web#arn}"}]},
			"aws_lb_target_group.web":{"$id":"tf:infra//aws_lb_target_group.web","name":"web-tg","vpc_id":"${tf:infra//aws_vpc.main#id}"},
			"aws_ecs_cluster.c":{"$id":"tf:infra//aws_ecs_cluster.c","name":"c"},
			"aws_ecs_service.web":{"$id":"tf:infra//aws_ecs_service.web","name":"web-svc","cluster":"${tf:infra//aws_ecs_cluster.c#id}","task_definition":"${tf:infra//aws_ecs_task_definition.web#arn}","load_balancer":[{"target_group_arn":"${tf:infra//aws_lb_target_group.web#arn}"}]},
			"aws_ecs_task_definition.web":{"$id":"tf:infra//aws_ecs_task_definition.web","family":"web-task","task_role_arn":"${tf:infra//aws_iam_role.web#arn}","container_definitions":"[{\"name\":\"web\",\"image\":\"nginx\",\"environment\":[{\"name\":\"TABLE\",\"value\":\"${tf:infra//aws_dynamodb_table.orders#name}\"},{\"name\":\"DB\",\"value\":\"postgres://${tf:infra//aws_db_instance.db#endpoint}/shop\"}]}]"},
			"aws_dynamodb_table.orders":{"$id":"tf:infra//aws_dynamodb_table.orders","name":"orders"},
			"aws_db_instance.db":{"$id":"tf:infra//aws_db_instance.db","identifier":"db","engine":"postgres"},
			"aws_iam_role.web":{"$id":"tf:infra//aws_iam_role.web","name":"web-role"},
			"aws_iam_policy.web":{"$id":"tf:infra//aws_iam_policy.web","name":"web-policy","policy":"${tf:infra//data.aws_iam_policy_document.web#json}"},
			"data.aws_iam_policy_document.web":{"$id":"tf:infra//data.aws_iam_policy_document.web","statement":[{"actions":["dynamodb:PutItem"],"resources":["${tf:infra//aws_dynamodb_table.orders#arn}/*"]}]},
			"aws_iam_role_policy_attachment.web":{"$id":"tf:infra//aws_iam_role_policy_attachment.web","role":"${tf:infra//aws_iam_role.web#name}","policy_arn":"${tf:infra//aws_iam_policy.web#arn}"},
			"aws_iam_role_policy.q":{"$id":"tf:infra//aws_iam_role_policy.q","role":"web-role","policy":"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"sqs:SendMessage\",\"Resource\":\"${tf:infra//aws_sqs_queue.q#arn}\"}]}"},
			"aws_sqs_queue.q":{"$id":"tf:infra//aws_sqs_queue.q","name":"q","redrive_policy":"{\"deadLetterTargetArn\":\"tf:infra//aws_sqs_queue.dead[\\\"eu\\\"]\",\"maxReceiveCount\":4}"},
			"aws_sqs_queue.dead":{"$id":"tf:infra//aws_sqs_queue.dead[\"eu\"]","name":"dead"},
			"aws_iam_role_policy.f":{"$id":"tf:infra//aws_iam_role_policy.f","role":"tf:infra//aws_iam_role.web","policy":"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"s3:GetObject\"],\"Resource\":\"tf:infra//aws_s3_bucket.files/*\"}]}"},
			"aws_s3_bucket.files":{"$id":"tf:infra//aws_s3_bucket.files","bucket":"files-${var.stage}"},
			"aws_lambda_function.fn":{"$id":"tf:infra//aws_lambda_function.fn","function_name":"fn","environment":[{"variables":{"BOTH":"tf:infra//aws_sqs_queue.q ${var.stage} ${tf:infra//aws_dynamodb_table.orders#name}"}}]}}`,
		want: `a in main
			web in main
			web --routes to--> web-svc (high WR8)
			web-svc on c (WR3)
			web-svc --reads from and writes to--> orders (high WR10)
			web-svc --reads from and writes to--> db (high WR10)
			web-svc --may write to--> orders (may WR15)
			web-svc --may send to--> q (may WR15)
			web-svc --may read from--> files (may WR15)
			q --moves failed messages to--> dead (certain WR12)
			fn --exchanges messages through--> q (high WR10)
			fn --reads from and writes to--> orders (high WR10)
			web is "internet-facing"`,
	},
	{
		rule: "WR15 WR16 WR12 T-LOCAL M72", name: "names with random ends, and ARNs whose account is open",
		module: `{
			"random_string.r":{"$id":"tf:infra//random_string.r","length":4},
			"data.aws_caller_identity.me":{"$id":"tf:infra//data.aws_caller_identity.me"},
			"data.aws_iam_policy_document.trust":{"$id":"tf:infra//data.aws_iam_policy_document.trust","statement":[{"actions":["sts:AssumeRole"],"principals":[{"type":"Service","identifiers":["lambda.amazonaws.com"]}]}]},
			"data.aws_iam_policy_document.more":{"$id":"tf:infra//data.aws_iam_policy_document.more","statement":[{"actions":["dynamodb:Query"],"resources":["tf:infra//aws_dynamodb_table.carts/index/*","arn:aws:sqs:eu-west-1:${tf:infra//data.aws_caller_identity.me#account_id}:mails"]}]},
			"aws_iam_role_policy.more":{"$id":"tf:infra//aws_iam_role_policy.more","role":"mail","policy":"${tf:infra//data.aws_iam_policy_document.more#json}"},
			"aws_lambda_function.mail":{"$id":"tf:infra//aws_lambda_function.mail","function_name":"mail-${tf:infra//random_string.r#id}","role":"tf:infra//aws_iam_role.mail"},
			"aws_lambda_function.other":{"$id":"tf:infra//aws_lambda_function.other","function_name":"mail-${var.stage}"},
			"aws_apigatewayv2_api.api":{"$id":"tf:infra//aws_apigatewayv2_api.api","name":"api"},
			"aws_cloudwatch_log_group.mail":{"$id":"tf:infra//aws_cloudwatch_log_group.mail","name":"/aws/lambda/mail-${tf:infra//random_string.r#id}"},
			"aws_lambda_permission.api":{"$id":"tf:infra//aws_lambda_permission.api","action":"lambda:InvokeFunction","function_name":"mail-${tf:infra//random_string.r#id}","principal":"apigateway.amazonaws.com","source_arn":"${tf:infra//aws_apigatewayv2_api.api#execution_arn}/*/*"},
			"aws_iam_role.mail":{"$id":"tf:infra//aws_iam_role.mail","name":"mail","assume_role_policy":"${tf:infra//data.aws_iam_policy_document.trust#json}"},
			"aws_iam_role_policy.mail":{"$id":"tf:infra//aws_iam_role_policy.mail","role":"mail","policy":"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"dynamodb:GetItem\",\"Resource\":\"arn:aws:dynamodb:*:*:table/orders\"},{\"Effect\":\"Allow\",\"Action\":\"sqs:SendMessage\",\"Resource\":\"arn:aws:sqs:eu-west-1:${tf:infra//data.aws_caller_identity.me#account_id}:mails\"},{\"Effect\":\"Allow\",\"Action\":\"dynamodb:PutItem\",\"Resource\":\"arn:aws:dynamodb:eu-west-1:${tf:infra//data.aws_caller_identity.me#account_id}:table/tf:infra//aws_dynamodb_table.carts/index/*\"},{\"Effect\":\"Allow\",\"Action\":\"sns:Publish\",\"Resource\":[\"arn:aws:sns:eu-west-1:444455556666:news\",\"arn:aws:sns:*:*:new*\"]}]}"},
			"aws_dynamodb_table.orders":{"$id":"tf:infra//aws_dynamodb_table.orders","name":"orders"},
			"aws_dynamodb_table.carts":{"$id":"tf:infra//aws_dynamodb_table.carts","name":"carts"},
			"aws_sqs_queue.mails":{"$id":"tf:infra//aws_sqs_queue.mails","name":"mails"},
			"aws_sns_topic.news":{"$id":"tf:infra//aws_sns_topic.news","name":"news"}}`,
		want: `api --may call--> mail (high WR12) governance
			mail --may read from--> orders (may WR15)
			mail --may write to--> carts (may WR15)
			mail --may read from--> carts (may WR15)
			! mail --may use--> carts (may WR15)
			mail --may send to--> mails (may WR15)
			! mail --may send to--> news
			1 hidden by WR16
			resource /aws/lambda/mail-${...}: resource "aws_cloudwatch_log_group" W62
			3 hidden by T-LOCAL
			! 1 unresolved by U0
			resource r: resource "random_string" M72`,
	},
	{
		rule: "WR10", name: "services of ECS call each other by their aliases in one namespace of Service Connect",
		module: `{
			"aws_service_discovery_http_namespace.shop":{"$id":"tf:infra//aws_service_discovery_http_namespace.shop","name":"shop"},
			"aws_ecs_service.web":{"$id":"tf:infra//aws_ecs_service.web","name":"web","task_definition":"${tf:infra//aws_ecs_task_definition.web#arn}","service_connect_configuration":[{"enabled":true,"namespace":"${tf:infra//aws_service_discovery_http_namespace.shop#arn}"}]},
			"aws_ecs_task_definition.web":{"$id":"tf:infra//aws_ecs_task_definition.web","family":"web","container_definitions":"[{\"name\":\"web\",\"image\":\"nginx\",\"environment\":[{\"name\":\"CARTS_URL\",\"value\":\"http://carts:8080\"},{\"name\":\"PAY_URL\",\"value\":\"http://pay\"}]}]"},
			"aws_ecs_service.carts":{"$id":"tf:infra//aws_ecs_service.carts","name":"carts-svc","service_connect_configuration":[{"enabled":true,"namespace":"tf:infra//aws_service_discovery_http_namespace.shop","service":[{"port_name":"http","client_alias":[{"dns_name":"Carts","port":8080}]}]}]},
			"aws_ecs_service.pay":{"$id":"tf:infra//aws_ecs_service.pay","name":"pay","service_connect_configuration":[{"enabled":true,"namespace":"bank","service":[{"port_name":"http","client_alias":[{"dns_name":"pay","port":80}]}]}]}}`,
		want: `web --calls--> carts-svc (high WR10)
			! web --calls--> pay`,
	},
}

// Whatever of AWS refers to whatever, by whatever attribute and in whatever form: the books balance and the model is sound.
func TestRandomReferencesOfAWSBalance(t *testing.T) {
	var types, places []string
	for i := range awsTypes {
		types = append(types, strings.Fields(awsTypes[i].types)...)
	}
	for i := range awsRefs {
		for _, p := range patternsOf(&awsRefs[i]) {
			if p = example(p); !strings.Contains(p, `"`) {
				places = append(places, p)
			}
		}
	}
	places = append(places, "unheard_of", "deep[].list[].id")
	rapid.Check(t, func(rt *rapid.T) {
		state := map[string]map[string]any{}
		var names, kinds []string
		for i := range rapid.IntRange(1, 8).Draw(rt, "n") {
			names, kinds = append(names, fmt.Sprintf("thing-%d", i)), append(kinds, rapid.SampledFrom(types).Draw(rt, "type"))
		}
		for i, name := range names {
			props := map[string]any{}
			for range rapid.IntRange(0, 6).Draw(rt, "refs") {
				to := rapid.SampledFrom(names).Draw(rt, "to")
				arn := "arn:aws:test:eu-west-1:111122223333:thing/" + to
				text := rapid.SampledFrom([]string{
					arn, arn + "/part/*", to, "https://sqs.eu-west-1.amazonaws.com/111122223333/" + to, "s3://" + to + "/x", to + ".example.com",
					`{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":["` + arn + `","` + arn + `/*"]}}`, `[{"name":"a","environment":[{"name":"TABLE","value":"` + to + `"},{"name":"X","value":"` + arn + `"}]}]`, "see " + arn + ", " + arn + "/2",
				}).Draw(rt, "text")
				put(props, rapid.SampledFrom(places).Draw(rt, "place"), text)
			}
			props["id"], props["arn"], props["name"] = name, "arn:aws:test:eu-west-1:111122223333:thing/"+name, name
			props["endpoint"], props["dns_name"], props["domain_name"] = name+".example.com", name+".example.com", name+".example.com"
			state[kinds[i]+"."+name] = props
		}
		text, err := json.Marshal(state)
		if err != nil {
			rt.Fatal(err)
		}
		m, err := Model(t.Context(), (&fixture{tf: string(text)}).snapshot(t), Options{Name: "random"})
		if err != nil {
			rt.Fatal(err)
		}
		if err := m.Validate(); err != nil {
			rt.Fatal(err)
		}
		if m.Account.Uncounted != 0 {
			rt.Fatalf("%d uncounted of %d: %+v", m.Account.Uncounted, m.Account.Found, m.Account.References)
		}
	})
}

// What a policy permits is said by the most that its actions permit together.
func TestGrantLabel(t *testing.T) {
	for _, c := range []struct{ actions, label string }{
		{"s3:GetObject s3:ListBucket", "may read from"},
		{"s3:PutObject", "may write to"},
		{"s3:GetObject s3:DeleteObject", "may read from and write to"},
		{"s3:*", "may do anything with"},
		{"*", "may do anything with"},
		{"sqs:SendMessage sqs:GetQueueAttributes", "may send to"},
		{"sqs:ReceiveMessage sqs:DeleteMessage sqs:SendMessage", "may exchange messages through"},
		{"sns:Publish", "may send to"},
		{"kinesis:GetRecords kinesis:DescribeStream", "may receive from"},
		{"events:PutEvents", "may send to"},
		{"secretsmanager:GetSecretValue", "may read secrets from"},
		{"ecr:BatchGetImage ecr:GetDownloadUrlForLayer", "may pull images from"},
		{"ecr:PutImage ecr:BatchGetImage", "may push images to"},
		{"lambda:InvokeFunction", "may call"},
		{"states:StartExecution", "may call"},
		{"rds-db:connect", "may connect to"},
		{"dynamodb:Query", "may read from"},
		{"es:ESHttpGet", "may read from"},
		{"es:ESHttp*", "may read from and write to"},
		{"kms:Decrypt", "may use"},
		{"", "may use"},
	} {
		if got := grantLabel(strings.Fields(c.actions)); got != c.label {
			t.Errorf("%s: %s, want %s", c.actions, got, c.label)
		}
	}
}

func TestAWSWords(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:orders/invocations", []string{"arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/", "arn:aws:lambda:eu-west-1:111122223333:function:orders/invocations"}},
		{`{"a":"arn:aws:s3:::contoso","b":["arn:aws:s3:::contoso"]}`, []string{"arn:aws:s3:::contoso", "arn:aws:s3:::contoso"}},
		{"x s3://bucket/key, http://host:80/p?q=1 arn:", []string{"s3://bucket/key", "http://host:80/p", "arn:"}},
		{"", nil},
	} {
		if got := awsWords(c.text); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.text, got, c.want)
		}
	}
}

// Documents are hostile text: whatever stands in them, the books balance.
func FuzzAWSDocuments(f *testing.F) {
	f.Add(`[{"name":"a","image":"111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop:1","environment":[{"name":"TABLE","value":"orders-1"}]}]`)
	f.Add(`{"Statement":[{"Effect":"Allow","Action":["s3:*"],"Resource":"arn:aws:dynamodb:eu-west-1:111122223333:table/orders-1"}]}`)
	f.Add(`{"Statement":[{"Effect":"Allow","Resource":{}}]} arn:arn:aws:dynamodb:eu-west-1:111122223333:table/orders-1`)
	f.Add(`s3://orders-1/x arn: https:// arn:aws:dynamodb:eu-west-1:111122223333:table/orders-1/arn:aws:dynamodb:eu-west-1:111122223333:table/orders-1`)
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 2000 {
			return
		}
		quoted, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err) // a text can always be quoted
		}
		fx := fixture{tf: `{"aws_ecs_task_definition.t":{"id":"t","family":"t","arn":"arn:aws:ecs:eu-west-1:111122223333:task-definition/t:1","task_role_arn":"arn:aws:iam::111122223333:role/r","container_definitions":` + string(quoted) + `},
			"aws_iam_role.r":{"id":"r","name":"r","arn":"arn:aws:iam::111122223333:role/r","assume_role_policy":` + string(quoted) + `},
			"aws_iam_role_policy.p":{"id":"r:p","role":"r","policy":` + string(quoted) + `},
			"aws_sfn_state_machine.m":{"id":"arn:aws:states:eu-west-1:111122223333:stateMachine:m","arn":"arn:aws:states:eu-west-1:111122223333:stateMachine:m","definition":` + string(quoted) + `},
			"aws_dynamodb_table.d":{"id":"orders-1","name":"orders-1","arn":"arn:aws:dynamodb:eu-west-1:111122223333:table/orders-1"}}`}
		m, err := Model(t.Context(), fx.snapshot(t), Options{Name: "fuzz"})
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Validate(); err != nil {
			t.Error(err)
		}
		if a := m.Account; a.Uncounted != 0 || a.Found != a.Shown+a.Nested+a.Hidden+a.Unresolved+a.Ambiguous {
			t.Errorf("the books do not balance: %+v", a)
		}
		for _, r := range m.Relationships {
			if r.Confidence == c4.May && r.Rule == "WR15" && !strings.HasPrefix(r.Description, "may ") {
				t.Errorf("a permission is called %q", r.Description)
			}
		}
	})
}
