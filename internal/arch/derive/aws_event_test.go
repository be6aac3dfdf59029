package derive

// Messages, events and APIs of AWS.
var awsEventFixtures = []fixture{
	{
		rule: "WR12 WR4", name: "queues, topics, streams and what reads them",
		tf: `{
			"aws_sqs_queue.orders":{"id":"https://sqs.eu-west-1.amazonaws.com/111122223333/orders","url":"https://sqs.eu-west-1.amazonaws.com/111122223333/orders","arn":"arn:aws:sqs:eu-west-1:111122223333:orders","name":"orders","redrive_policy":"{\"deadLetterTargetArn\":\"arn:aws:sqs:eu-west-1:111122223333:orders-dead\",\"maxReceiveCount\":5}"},
			"aws_sqs_queue.dead":{"id":"https://sqs.eu-west-1.amazonaws.com/111122223333/orders-dead","url":"https://sqs.eu-west-1.amazonaws.com/111122223333/orders-dead","arn":"arn:aws:sqs:eu-west-1:111122223333:orders-dead","name":"orders-dead","redrive_allow_policy":"{\"redrivePermission\":\"byQueue\",\"sourceQueueArns\":[\"arn:aws:sqs:eu-west-1:111122223333:orders\"]}"},
			"aws_sqs_queue_policy.orders":{"id":"https://sqs.eu-west-1.amazonaws.com/111122223333/orders","queue_url":"https://sqs.eu-west-1.amazonaws.com/111122223333/orders","policy":"{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"sns.amazonaws.com\"},\"Action\":\"sqs:SendMessage\",\"Resource\":\"arn:aws:sqs:eu-west-1:111122223333:orders\",\"Condition\":{\"ArnEquals\":{\"aws:SourceArn\":\"arn:aws:sns:eu-west-1:111122223333:shop\"}}}]}"},
			"aws_sns_topic.shop":{"id":"arn:aws:sns:eu-west-1:111122223333:shop","arn":"arn:aws:sns:eu-west-1:111122223333:shop","name":"shop"},
			"aws_sns_topic_policy.shop":{"id":"arn:aws:sns:eu-west-1:111122223333:shop","arn":"arn:aws:sns:eu-west-1:111122223333:shop","policy":"{}"},
			"aws_sns_topic_subscription.q":{"id":"arn:aws:sns:eu-west-1:111122223333:shop:00000000-0000-0000-0000-000000000001","arn":"arn:aws:sns:eu-west-1:111122223333:shop:00000000-0000-0000-0000-000000000001","topic_arn":"arn:aws:sns:eu-west-1:111122223333:shop","protocol":"sqs","endpoint":"arn:aws:sqs:eu-west-1:111122223333:orders","redrive_policy":"{\"deadLetterTargetArn\":\"arn:aws:sqs:eu-west-1:111122223333:orders-dead\"}"},
			"aws_sns_topic_subscription.hook":{"id":"arn:aws:sns:eu-west-1:111122223333:shop:00000000-0000-0000-0000-000000000002","topic_arn":"arn:aws:sns:eu-west-1:111122223333:shop","protocol":"https","endpoint":"https://hooks.fabrikam.example/orders"},
			"aws_sns_topic_subscription.mail":{"id":"arn:aws:sns:eu-west-1:111122223333:shop:00000000-0000-0000-0000-000000000003","topic_arn":"arn:aws:sns:eu-west-1:111122223333:shop","protocol":"email","endpoint":"ops@contoso.com"},
			"aws_lambda_function.worker":{"id":"worker","function_name":"worker","arn":"arn:aws:lambda:eu-west-1:111122223333:function:worker","dead_letter_config":[{"target_arn":"arn:aws:sqs:eu-west-1:111122223333:orders-dead"}]},
			"aws_lambda_event_source_mapping.orders":{"id":"00000000-0000-0000-0000-000000000004","event_source_arn":"arn:aws:sqs:eu-west-1:111122223333:orders","function_name":"arn:aws:lambda:eu-west-1:111122223333:function:worker","function_arn":"arn:aws:lambda:eu-west-1:111122223333:function:worker","destination_config":[{"on_failure":[{"destination_arn":"arn:aws:sqs:eu-west-1:111122223333:orders-dead"}]}]},
			"aws_lambda_event_source_mapping.table":{"id":"00000000-0000-0000-0000-000000000005","event_source_arn":"arn:aws:dynamodb:eu-west-1:111122223333:table/carts/stream/2025-01-01T00:00:00.000","function_name":"worker"},
			"aws_lambda_function_event_invoke_config.worker":{"id":"worker:$LATEST","function_name":"worker","destination_config":[{"on_success":[{"destination":"arn:aws:sns:eu-west-1:111122223333:shop"}],"on_failure":[{"destination":"arn:aws:sqs:eu-west-1:111122223333:orders-dead"}]}]},
			"aws_lambda_permission.s3":{"id":"AllowS3","function_name":"worker","principal":"s3.amazonaws.com","source_arn":"arn:aws:s3:::contoso-inbox"},
			"aws_dynamodb_table.carts":{"id":"carts","name":"carts","arn":"arn:aws:dynamodb:eu-west-1:111122223333:table/carts","stream_arn":"arn:aws:dynamodb:eu-west-1:111122223333:table/carts/stream/2025-01-01T00:00:00.000"},
			"aws_dynamodb_kinesis_streaming_destination.carts":{"id":"carts,arn:aws:kinesis:eu-west-1:111122223333:stream/changes","table_name":"carts","stream_arn":"arn:aws:kinesis:eu-west-1:111122223333:stream/changes"},
			"aws_kinesis_stream.changes":{"id":"arn:aws:kinesis:eu-west-1:111122223333:stream/changes","arn":"arn:aws:kinesis:eu-west-1:111122223333:stream/changes","name":"changes"},
			"aws_kinesis_firehose_delivery_stream.lake":{"id":"arn:aws:firehose:eu-west-1:111122223333:deliverystream/lake","arn":"arn:aws:firehose:eu-west-1:111122223333:deliverystream/lake","name":"lake","kinesis_source_configuration":[{"kinesis_stream_arn":"arn:aws:kinesis:eu-west-1:111122223333:stream/changes","role_arn":"arn:aws:iam::111122223333:role/lake"}],"extended_s3_configuration":[{"bucket_arn":"arn:aws:s3:::contoso-lake","processing_configuration":[{"processors":[{"parameters":[{"parameter_name":"LambdaArn","parameter_value":"arn:aws:lambda:eu-west-1:111122223333:function:worker:$LATEST"}]}]}]}]},
			"aws_s3_bucket.lake":{"id":"contoso-lake","bucket":"contoso-lake","arn":"arn:aws:s3:::contoso-lake"},
			"aws_s3_bucket.inbox":{"id":"contoso-inbox","bucket":"contoso-inbox","arn":"arn:aws:s3:::contoso-inbox"},
			"aws_s3_bucket_notification.inbox":{"id":"contoso-inbox","bucket":"contoso-inbox","lambda_function":[{"lambda_function_arn":"arn:aws:lambda:eu-west-1:111122223333:function:worker"}],"queue":[{"queue_arn":"arn:aws:sqs:eu-west-1:111122223333:orders"}]},
			"aws_s3_bucket_versioning.inbox":{"id":"contoso-inbox","bucket":"contoso-inbox"},
			"aws_ses_identity_notification_topic.b":{"id":"contoso.example|Bounce","identity":"contoso.example","topic_arn":"arn:aws:sns:eu-west-1:111122223333:shop"}}`,
		want: `orders --moves failed messages to--> orders-dead (certain WR12)
			orders --triggers--> worker (certain WR12)
			carts --triggers--> worker (certain WR12)
			shop --delivers to--> orders (certain WR12)
			shop --delivers to--> hooks.fabrikam.example (certain WR12)
			! shop --delivers to--> contoso.com (certain WR12)
			worker --sends failed events to--> orders-dead (certain WR12)
			worker --sends results to--> shop (certain WR12)
			contoso-inbox --sends events to--> worker (certain WR12)
			contoso-inbox --sends events to--> orders (certain WR12)
			contoso-inbox --may call--> worker (may WR12) governance
			carts --sends changes to--> changes (certain WR12)
			changes --is read by--> lake (certain WR12)
			lake --delivers to--> contoso-lake (certain WR12)
			lake --calls--> worker (certain WR12)
			orders --is open to--> shop (may WR16) governance
			resource inbox in contoso-inbox
			resource q in shop`,
	},
	{
		rule: "WR12", name: "buses, rules, schedules, pipes and state machines",
		tf: `{
			"aws_cloudwatch_event_bus.shop":{"id":"shop-bus","name":"shop-bus","arn":"arn:aws:events:eu-west-1:111122223333:event-bus/shop-bus"},
			"aws_cloudwatch_event_rule.paid":{"id":"shop-bus/paid","name":"paid","arn":"arn:aws:events:eu-west-1:111122223333:rule/shop-bus/paid","event_bus_name":"shop-bus","event_pattern":"{\"source\":[\"aws.s3\"],\"resources\":[\"arn:aws:s3:::contoso-inbox\"]}"},
			"aws_cloudwatch_event_target.paid":{"id":"shop-bus-paid-1","rule":"paid","event_bus_name":"shop-bus","arn":"arn:aws:states:eu-west-1:111122223333:stateMachine:fulfil","role_arn":"arn:aws:iam::111122223333:role/events","dead_letter_config":[{"arn":"arn:aws:sqs:eu-west-1:111122223333:dead"}]},
			"aws_cloudwatch_event_rule.nightly":{"id":"nightly","name":"nightly","arn":"arn:aws:events:eu-west-1:111122223333:rule/nightly","event_bus_name":"default","schedule_expression":"rate(1 day)"},
			"aws_cloudwatch_event_target.nightly":{"id":"nightly-1","rule":"nightly","event_bus_name":"default","arn":"arn:aws:ecs:eu-west-1:111122223333:cluster/prod","ecs_target":[{"task_definition_arn":"arn:aws:ecs:eu-west-1:111122223333:task-definition/report:3"}]},
			"aws_cloudwatch_event_target.batch":{"id":"nightly-2","rule":"nightly","event_bus_name":"default","arn":"arn:aws:batch:eu-west-1:111122223333:job-queue/q","batch_target":[{"job_definition":"arn:aws:batch:eu-west-1:111122223333:job-definition/job:4"}]},
			"aws_batch_job_queue.q":{"id":"arn:aws:batch:eu-west-1:111122223333:job-queue/q","arn":"arn:aws:batch:eu-west-1:111122223333:job-queue/q","name":"q"},
			"aws_batch_job_definition.job":{"id":"arn:aws:batch:eu-west-1:111122223333:job-definition/job:4","arn":"arn:aws:batch:eu-west-1:111122223333:job-definition/job:4","name":"job"},
			"aws_ecs_cluster.prod":{"id":"arn:aws:ecs:eu-west-1:111122223333:cluster/prod","arn":"arn:aws:ecs:eu-west-1:111122223333:cluster/prod","name":"prod"},
			"aws_ecs_task_definition.report":{"id":"report","family":"report","arn":"arn:aws:ecs:eu-west-1:111122223333:task-definition/report:3","container_definitions":"[{\"name\":\"report\",\"image\":\"busybox\"}]"},
			"aws_scheduler_schedule.hourly":{"id":"default/hourly","name":"hourly","arn":"arn:aws:scheduler:eu-west-1:111122223333:schedule/default/hourly","target":[{"arn":"arn:aws:lambda:eu-west-1:111122223333:function:worker","role_arn":"arn:aws:iam::111122223333:role/scheduler","dead_letter_config":[{"arn":"arn:aws:sqs:eu-west-1:111122223333:dead"}]}]},
			"aws_pipes_pipe.p":{"id":"p","name":"p","arn":"arn:aws:pipes:eu-west-1:111122223333:pipe/p","source":"arn:aws:sqs:eu-west-1:111122223333:dead","target":"arn:aws:events:eu-west-1:111122223333:event-bus/shop-bus","enrichment":"arn:aws:lambda:eu-west-1:111122223333:function:worker","role_arn":"arn:aws:iam::111122223333:role/pipes"},
			"aws_sqs_queue.dead":{"id":"https://sqs.eu-west-1.amazonaws.com/111122223333/dead","url":"https://sqs.eu-west-1.amazonaws.com/111122223333/dead","arn":"arn:aws:sqs:eu-west-1:111122223333:dead","name":"dead"},
			"aws_lambda_function.worker":{"id":"worker","function_name":"worker","arn":"arn:aws:lambda:eu-west-1:111122223333:function:worker"},
			"aws_s3_bucket.inbox":{"id":"contoso-inbox","bucket":"contoso-inbox","arn":"arn:aws:s3:::contoso-inbox"},
			"aws_sfn_state_machine.fulfil":{"id":"arn:aws:states:eu-west-1:111122223333:stateMachine:fulfil","arn":"arn:aws:states:eu-west-1:111122223333:stateMachine:fulfil","name":"fulfil","definition":"{\"StartAt\":\"A\",\"States\":{\"A\":{\"Type\":\"Task\",\"Resource\":\"arn:aws:states:::lambda:invoke\",\"Parameters\":{\"FunctionName\":\"arn:aws:lambda:eu-west-1:111122223333:function:worker:$LATEST\"},\"Next\":\"B\"},\"B\":{\"Type\":\"Task\",\"Resource\":\"arn:aws:states:::sqs:sendMessage\",\"Parameters\":{\"QueueUrl\":\"https://sqs.eu-west-1.amazonaws.com/111122223333/dead\",\"MessageBody.$\":\"$\"},\"End\":true}}}"},
			"aws_iot_topic_rule.r":{"id":"r","name":"r","arn":"arn:aws:iot:eu-west-1:111122223333:rule/r","lambda":[{"function_arn":"arn:aws:lambda:eu-west-1:111122223333:function:worker"}],"s3":[{"bucket_name":"contoso-inbox","role_arn":"arn:aws:iam::111122223333:role/iot"}]}}`,
		want: `paid: component "EventBridge rule" W29
			paid in shop-bus
			nightly: container "EventBridge rule" W29
			paid --delivers events to--> fulfil (certain WR12)
			contoso-inbox --sends events to--> paid (high WR12)
			paid --keeps undeliverable events in--> dead (certain WR12)
			nightly --starts--> report (certain WR12)
			nightly --starts--> job (certain WR12)
			nightly --delivers events to--> q (certain WR12)
			! nightly --delivers events to--> prod (certain WR12)
			hourly --delivers events to--> worker (certain WR12)
			dead --is read by--> p (certain WR12)
			p --delivers events to--> shop-bus (certain WR12)
			p --calls--> worker (certain WR12)
			fulfil --calls--> worker (certain WR12)
			fulfil --calls--> dead (certain WR12)
			r --delivers to--> worker (certain WR12)
			r --delivers to--> contoso-inbox (certain WR12)`,
	},
	{
		rule: "WR13", name: "APIs and what answers their requests",
		tf: `{
			"aws_api_gateway_rest_api.shop":{"id":"a1b2c3d4e5","name":"shop-api","arn":"arn:aws:apigateway:eu-west-1::/restapis/a1b2c3d4e5","execution_arn":"arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5","endpoint_configuration":[{"types":["REGIONAL"]}]},
			"aws_api_gateway_resource.orders":{"id":"abc123","rest_api_id":"a1b2c3d4e5","path_part":"orders"},
			"aws_api_gateway_integration.fn":{"id":"agi-a1b2c3d4e5-abc123-GET","rest_api_id":"a1b2c3d4e5","resource_id":"abc123","type":"AWS_PROXY","uri":"arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:orders/invocations"},
			"aws_api_gateway_integration.queue":{"id":"agi-a1b2c3d4e5-abc123-POST","rest_api_id":"a1b2c3d4e5","type":"AWS","credentials":"arn:aws:iam::111122223333:role/api","uri":"arn:aws:apigateway:eu-west-1:sqs:path/111122223333/inbox"},
			"aws_api_gateway_integration.link":{"id":"agi-a1b2c3d4e5-abc123-PUT","rest_api_id":"a1b2c3d4e5","type":"HTTP_PROXY","uri":"https://stock.fabrikam.example/v1","connection_type":"VPC_LINK","connection_id":"abcde1"},
			"aws_api_gateway_vpc_link.nlb":{"id":"abcde1","name":"nlb","arn":"arn:aws:apigateway:eu-west-1::/vpclinks/abcde1","target_arns":["arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/nlb/50dc6c495c0c9189"]},
			"aws_lb.nlb":{"id":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/nlb/50dc6c495c0c9189","arn":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/nlb/50dc6c495c0c9189","name":"nlb","internal":true,"load_balancer_type":"network"},
			"aws_lb_listener.nlb":{"id":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/net/nlb/50dc6c495c0c9189/1234567890abcdef","arn":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/net/nlb/50dc6c495c0c9189/1234567890abcdef","load_balancer_arn":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/nlb/50dc6c495c0c9189"},
			"aws_api_gateway_authorizer.pool":{"id":"auth12","rest_api_id":"a1b2c3d4e5","provider_arns":["arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_AbCdEfGhI"],"authorizer_uri":""},
			"aws_api_gateway_stage.prod":{"id":"ags-a1b2c3d4e5-prod","rest_api_id":"a1b2c3d4e5","stage_name":"prod","arn":"arn:aws:apigateway:eu-west-1::/restapis/a1b2c3d4e5/stages/prod","invoke_url":"https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod"},
			"aws_api_gateway_domain_name.api":{"id":"api.contoso.example","arn":"arn:aws:apigateway:eu-west-1::/domainnames/api.contoso.example","domain_name":"api.contoso.example","regional_domain_name":"d-abcdefghij.execute-api.eu-west-1.amazonaws.com"},
			"aws_api_gateway_base_path_mapping.api":{"id":"api.contoso.example/","api_id":"a1b2c3d4e5","domain_name":"api.contoso.example","stage_name":"prod"},
			"aws_apigatewayv2_api.http":{"id":"f6g7h8i9j0","name":"http-api","arn":"arn:aws:apigateway:eu-west-1::/apis/f6g7h8i9j0","api_endpoint":"https://f6g7h8i9j0.execute-api.eu-west-1.amazonaws.com","execution_arn":"arn:aws:execute-api:eu-west-1:111122223333:f6g7h8i9j0","disable_execute_api_endpoint":false},
			"aws_apigatewayv2_integration.fn":{"id":"intfn1","api_id":"f6g7h8i9j0","integration_type":"AWS_PROXY","integration_uri":"arn:aws:lambda:eu-west-1:111122223333:function:orders"},
			"aws_apigatewayv2_integration.q":{"id":"intq12","api_id":"f6g7h8i9j0","integration_type":"AWS_PROXY","integration_subtype":"SQS-SendMessage","request_parameters":{"QueueUrl":"https://sqs.eu-west-1.amazonaws.com/111122223333/inbox"}},
			"aws_apigatewayv2_integration.alb":{"id":"intl12","api_id":"f6g7h8i9j0","integration_type":"HTTP_PROXY","connection_type":"VPC_LINK","connection_id":"link12","integration_uri":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/net/nlb/50dc6c495c0c9189/1234567890abcdef"},
			"aws_apigatewayv2_vpc_link.v":{"id":"link12","name":"v","arn":"arn:aws:apigateway:eu-west-1::/vpclinks/link12","subnet_ids":["subnet-0a1b2c3d4e5f6071a"]},
			"aws_subnet.a":{"id":"subnet-0a1b2c3d4e5f6071a","arn":"arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-0a1b2c3d4e5f6071a","vpc_id":"vpc-0a1b2c3d4e5f60718","tags":{"Name":"a"}},
			"aws_apigatewayv2_authorizer.jwt":{"id":"jwt123","api_id":"f6g7h8i9j0","authorizer_type":"JWT","jwt_configuration":[{"issuer":"https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI"}]},
			"aws_lambda_permission.api":{"id":"AllowApi","function_name":"orders","principal":"apigateway.amazonaws.com","source_arn":"arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5/*/*/orders"},
			"aws_lambda_function.orders":{"id":"orders","function_name":"orders","arn":"arn:aws:lambda:eu-west-1:111122223333:function:orders"},
			"aws_lambda_function.signup":{"id":"signup","function_name":"signup","arn":"arn:aws:lambda:eu-west-1:111122223333:function:signup","environment":[{"variables":{"API":"https://api.contoso.example/orders","OTHER":"https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod"}}]},
			"aws_lambda_function_url.signup":{"id":"signup","function_name":"signup","function_arn":"arn:aws:lambda:eu-west-1:111122223333:function:signup","authorization_type":"NONE","function_url":"https://abcdefghijklmnop.lambda-url.eu-west-1.on.aws/"},
			"aws_sqs_queue.inbox":{"id":"https://sqs.eu-west-1.amazonaws.com/111122223333/inbox","url":"https://sqs.eu-west-1.amazonaws.com/111122223333/inbox","arn":"arn:aws:sqs:eu-west-1:111122223333:inbox","name":"inbox"},
			"aws_cognito_user_pool.people":{"id":"eu-west-1_AbCdEfGhI","arn":"arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_AbCdEfGhI","name":"people","endpoint":"cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI","lambda_config":[{"pre_sign_up":"arn:aws:lambda:eu-west-1:111122223333:function:signup"}],"email_configuration":[{"source_arn":"arn:aws:ses:eu-west-1:111122223333:identity/contoso.example"}]},
			"aws_cognito_user_pool_client.web":{"id":"1example23456789","user_pool_id":"eu-west-1_AbCdEfGhI","name":"web"},
			"aws_cognito_identity_pool.ids":{"id":"eu-west-1:00000000-0000-0000-0000-000000000006","arn":"arn:aws:cognito-identity:eu-west-1:111122223333:identitypool/eu-west-1:00000000-0000-0000-0000-000000000006","identity_pool_name":"ids","cognito_identity_providers":[{"provider_name":"cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI","client_id":"1example23456789"}]},
			"aws_cognito_identity_pool_roles_attachment.ids":{"id":"eu-west-1:00000000-0000-0000-0000-000000000006","identity_pool_id":"eu-west-1:00000000-0000-0000-0000-000000000006","roles":{"authenticated":"arn:aws:iam::111122223333:role/api"}},
			"aws_ses_domain_identity.mail":{"id":"contoso.example","domain":"contoso.example","arn":"arn:aws:ses:eu-west-1:111122223333:identity/contoso.example"},
			"aws_appsync_graphql_api.gql":{"id":"gqlabcdefghij","name":"gql","arn":"arn:aws:appsync:eu-west-1:111122223333:apis/gqlabcdefghij","uris":{"GRAPHQL":"https://gqlabcdefghij.appsync-api.eu-west-1.amazonaws.com/graphql"},"user_pool_config":[{"user_pool_id":"eu-west-1_AbCdEfGhI"}],"lambda_authorizer_config":[{"authorizer_uri":"arn:aws:lambda:eu-west-1:111122223333:function:signup"}]},
			"aws_appsync_datasource.carts":{"id":"gqlabcdefghij-carts","api_id":"gqlabcdefghij","name":"carts","arn":"arn:aws:appsync:eu-west-1:111122223333:apis/gqlabcdefghij/datasources/carts","dynamodb_config":[{"table_name":"carts"}]},
			"aws_dynamodb_table.carts":{"id":"carts","name":"carts","arn":"arn:aws:dynamodb:eu-west-1:111122223333:table/carts"}}`,
		want: `shop-api --routes to--> orders (certain WR13)
			shop-api --routes to--> inbox (certain WR13)
			shop-api --routes to--> nlb (certain WR13)
			shop-api --routes to--> stock.fabrikam.example (certain WR13)
			shop-api --authenticates with--> people (certain WR13)
			shop-api is "internet-facing"
			http-api is "internet-facing"
			http-api --routes to--> orders (certain WR13)
			http-api --routes to--> inbox (high WR13)
			http-api --routes to--> nlb (certain WR13)
			http-api --authenticates with--> people (certain WR13)
			shop-api --may call--> orders (may WR12) governance
			signup --calls--> shop-api (high WR10)
			signup is "internet-facing"
			people --calls--> signup (certain WR12)
			people --sends mail through--> contoso.example (certain WR12)
			ids --authenticates with--> people (certain WR12)
			gql --authenticates with--> people (certain WR13)
			gql --authenticates with--> signup (certain WR13)
			gql --routes to--> carts (certain WR13)
			resource prod in shop-api
			resource api.contoso.example in shop-api`,
	},
}
