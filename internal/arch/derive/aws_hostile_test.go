package derive

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"c4arch/internal/arch/evidence"
)

// Estates of AWS that nobody has, and that somebody may send: they end, and what comes out is sound.
func TestHostileEstatesOfAWS(t *testing.T) {
	arn := func(kind, name string) string {
		return "arn:aws:" + kind + ":eu-west-1:111122223333:" + name
	}
	quoted := func(s string) string {
		q, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		return string(q)
	}
	for _, f := range []fixture{
		{name: "target groups in each other", tf: `{"aws_lb_target_group.a":{"id":"` + arn("x", "a") + `","arn":"` + arn("x", "a") + `"},"aws_lb_target_group.b":{"id":"` + arn("x", "b") + `","arn":"` + arn("x", "b") + `"},
			"aws_lb_target_group_attachment.a":{"id":"1","target_group_arn":"` + arn("x", "a") + `","target_id":"` + arn("x", "b") + `"},"aws_lb_target_group_attachment.b":{"id":"2","target_group_arn":"` + arn("x", "b") + `","target_id":"` + arn("x", "a") + `"},
			"aws_lb_target_group_attachment.c":{"id":"3","target_group_arn":"` + arn("x", "a") + `","target_id":"` + arn("x", "a") + `"},
			"aws_api_gateway_vpc_link.l":{"id":"link12","arn":"` + arn("x", "l") + `","target_arns":["` + arn("x", "l") + `","` + arn("x", "a") + `"]},
			"aws_lb_listener.l":{"id":"` + arn("x", "li") + `","arn":"` + arn("x", "li") + `","load_balancer_arn":"` + arn("x", "li") + `","default_action":[{"target_group_arn":"` + arn("x", "a") + `"}]},
			"aws_lb_listener_rule.r":{"id":"` + arn("x", "r") + `","arn":"` + arn("x", "r") + `","listener_arn":"` + arn("x", "r2") + `","action":[{"target_group_arn":"` + arn("x", "b") + `"}]},
			"aws_lb_listener_rule.r2":{"id":"` + arn("x", "r2") + `","arn":"` + arn("x", "r2") + `","listener_arn":"` + arn("x", "r") + `","action":[{"target_group_arn":"` + arn("x", "a") + `"}]}}`},
		{name: "subnets, networks and groups in a circle", tf: `{"aws_subnet.a":{"id":"subnet-0a1b2c3d4e5f6071a","vpc_id":"subnet-0a1b2c3d4e5f6071b"},"aws_subnet.b":{"id":"subnet-0a1b2c3d4e5f6071b","vpc_id":"subnet-0a1b2c3d4e5f6071a"},"aws_vpc.v":{"id":"vpc-0a1b2c3d4e5f6071c","vpc_id":"vpc-0a1b2c3d4e5f6071c"},
			"aws_db_subnet_group.g":{"id":"g","name":"g","subnet_ids":["subnet-0a1b2c3d4e5f6071a","subnet-0a1b2c3d4e5f6071b"],"vpc_id":"subnet-0a1b2c3d4e5f6071a"},"aws_db_instance.d":{"id":"d","db_subnet_group_name":"g","replicate_source_db":"d"},
			"aws_ecs_service.s":{"id":"s","cluster":"c","task_definition":"t"},"aws_ecs_cluster.c":{"id":"c","name":"c"},"aws_ecs_task_definition.t":{"id":"t","family":"t"},"aws_ecs_service.s2":{"id":"s2","task_definition":"t"}}`},
		{name: "records that name each other", tf: `{"aws_route53_record.a":{"id":"1","fqdn":"a.example.org","records":["b.example.org"]},"aws_route53_record.b":{"id":"2","fqdn":"b.example.org","records":["a.example.org","b.example.org"]},"aws_lb.l":{"id":"l","dns_name":"a.example.org"}}`},
		{name: "roles that assume themselves", tf: `{"aws_iam_role.r":{"id":"r","name":"r","arn":"` + arn("iam", "role/r") + `","managed_policy_arns":["` + arn("iam", "role/r") + `"],"assume_role_policy":` + quoted(`{"Statement":{"Effect":"Allow","Resource":"`+arn("iam", "role/r")+`"}}`) + `},
			"aws_iam_policy.p":{"id":"p","arn":"` + arn("iam", "policy/p") + `","policy":` + quoted(`{"Statement":[{"Effect":"Allow","Action":{"a":1},"Resource":["`+arn("iam", "policy/p")+`",null,7,{"x":"`+arn("iam", "role/r")+`"}]},"x",null]}`) + `},
			"aws_lambda_function.f":{"id":"f","arn":"` + arn("lambda", "function:f") + `","role":"` + arn("iam", "role/r") + `"}}`},
		{name: "wrong kinds everywhere", tf: `{"aws_lambda_function.f":{"id":"f","environment":"x","vpc_config":{"subnet_ids":"subnet-0a1b2c3d4e5f6071a"},"role":["r"],"arn":7},"aws_ecs_task_definition.t":{"id":"t","container_definitions":"{\"a\":[[[[1]]]]}","arn":null},"aws_ecs_task_definition.u":{"container_definitions":"[null,7,{\"name\":{},\"image\":[],\"environment\":{\"name\":\"x\"}}]"},
			"aws_lb.l":{"id":"l","subnets":{"a":"b"},"internal":"no"},"aws_cloudfront_distribution.d":{"id":"d","origin":[],"aliases":"x"},"aws_autoscaling_group.g":{"id":"g","launch_template":"x","tags":[1]},"data.aws_iam_policy_document.d":{"id":"1","statement":"x"},"aws_route53_record.r":{"id":"1","alias":"x","records":"y"}}`},
		{name: "huge documents", tf: `{"aws_ecs_task_definition.t":{"id":"t","arn":"` + arn("ecs", "task-definition/t:1") + `","container_definitions":` + quoted(`[{"name":"a","environment":[`+strings.TrimSuffix(strings.Repeat(`{"name":"QUEUE","value":"arn:aws:sqs:eu-west-1:111122223333:orders"},`, 20_000), ",")+`]}]`) + `},
			"aws_sfn_state_machine.m":{"id":"m","definition":` + quoted(strings.Repeat("arn:aws:sqs:eu-west-1:111122223333:orders/x ", 20_000)+strings.Repeat("arn:", 50_000)+strings.Repeat("a:/", 50_000)) + `},
			"aws_iam_role_policy.p":{"id":"p","policy":` + quoted(`{"Statement":[`+strings.TrimSuffix(strings.Repeat(`{"Effect":"Allow","Action":"sqs:*","Resource":"arn:aws:sqs:eu-west-1:111122223333:orders"},`, 10_000), ",")+`]}`) + `},
			"aws_sqs_queue.q":{"id":"q","arn":"` + arn("sqs", "orders") + `"}}`},
	} {
		t.Run(f.name, func(t *testing.T) {
			begin := time.Now()
			f.model(t)
			if took := time.Since(begin); took > 30*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}

// Many functions with one role, one name and one table: the work grows with the lines.
func TestWorkGrowsWithTheEstateOfAWS(t *testing.T) {
	allocs := map[int]float64{}
	for _, n := range []int{250, 1000} {
		c := newCollector(t)
		c.draft(evidence.Terraform, evidence.Live, "aws_dynamodb_table", `{"id":"arn:aws:dynamodb:eu-west-1:111122223333:table/orders","name":"orders"}`)
		c.draft(evidence.Terraform, evidence.Live, "aws_iam_role", `{"id":"arn:aws:iam::111122223333:role/all","name":"all"}`)
		c.draft(evidence.Terraform, evidence.Live, "aws_iam_role_policy", `{"id":"all:p","role":"all","policy":"{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"dynamodb:GetItem\",\"Resource\":\"arn:aws:dynamodb:eu-west-1:111122223333:table/orders\"}}"}`)
		for i := range n {
			c.draft(evidence.Terraform, evidence.Live, "aws_lambda_function", fmt.Sprintf(`{"id":"arn:aws:lambda:eu-west-1:111122223333:function:f%d","name":"same","role":"arn:aws:iam::111122223333:role/all","environment":[{"variables":{"TABLE":"orders","NEXT":"arn:aws:lambda:eu-west-1:111122223333:function:f%d"}}]}`, i, (i+1)%n))
		}
		s := snapshotOf(t, c.out, nil)
		allocs[n] = testing.AllocsPerRun(1, func() {
			m, err := Model(t.Context(), s, Options{Name: "growth"})
			if err != nil {
				t.Fatal(err)
			}
			if len(m.Relationships) < 3*n {
				t.Fatalf("%d functions and only %d lines", n, len(m.Relationships))
			}
		})
	}
	if allocs[1000] > 6*allocs[250] {
		t.Errorf("four times the functions take %.1f times the allocations", allocs[1000]/allocs[250])
	}
}
