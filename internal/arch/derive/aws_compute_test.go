package derive

// What runs on AWS, and what it uses by its settings, its image and its rights.
var awsComputeFixtures = []fixture{
	{
		rule: "WR10 WR2 WR15 WR16 WR17 WR18 WR20", name: "a function, what its settings name and what its role permits",
		tf: `{
			"aws_lambda_function.orders":{"id":"orders-api","function_name":"orders-api","arn":"arn:aws:lambda:eu-west-1:111122223333:function:orders-api","invoke_arn":"arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:orders-api/invocations","role":"arn:aws:iam::111122223333:role/orders-api","kms_key_arn":"arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab","tags":{"system":"shop","backup-of":"arn:aws:dynamodb:eu-west-1:111122223333:table/orders"},
				"environment":[{"variables":{"TABLE_NAME":"orders","QUEUE_URL":"https://sqs.eu-west-1.amazonaws.com/111122223333/mails","TOPIC_ARN":"arn:aws:sns:eu-west-1:111122223333:order-events","BUCKET":"contoso-invoices","DB_HOST":"shop.abcdefghijkl.eu-west-1.rds.amazonaws.com","SECRET_ARN":"arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/db-AbCdEf","PAYMENTS":"https://api.fabrikam.example/v2","STAGE":"orders","OWN":"arn:aws:lambda:eu-west-1:111122223333:function:orders-api","LOST_QUEUE":"arn:aws:sqs:eu-west-1:111122223333:elsewhere"}}],
				"vpc_config":[{"subnet_ids":["subnet-0a1b2c3d4e5f6071a","subnet-0a1b2c3d4e5f6071b"],"security_group_ids":["sg-0a1b2c3d4e5f60713"],"vpc_id":"vpc-0a1b2c3d4e5f60718"}],"logging_config":[{"log_group":"/aws/lambda/orders-api"}]},
			"aws_subnet.a":{"id":"subnet-0a1b2c3d4e5f6071a","arn":"arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-0a1b2c3d4e5f6071a","vpc_id":"vpc-0a1b2c3d4e5f60718","tags":{"Name":"a"}},
			"aws_subnet.b":{"id":"subnet-0a1b2c3d4e5f6071b","arn":"arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-0a1b2c3d4e5f6071b","vpc_id":"vpc-0a1b2c3d4e5f60718","tags":{"Name":"b"}},
			"aws_vpc.main":{"id":"vpc-0a1b2c3d4e5f60718","arn":"arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-0a1b2c3d4e5f60718","tags":{"Name":"main"}},
			"aws_security_group.fn":{"id":"sg-0a1b2c3d4e5f60713","arn":"arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0a1b2c3d4e5f60713","name":"fn","vpc_id":"vpc-0a1b2c3d4e5f60718"},
			"aws_dynamodb_table.orders":{"id":"orders","name":"orders","arn":"arn:aws:dynamodb:eu-west-1:111122223333:table/orders"},
			"aws_sqs_queue.mails":{"id":"https://sqs.eu-west-1.amazonaws.com/111122223333/mails","url":"https://sqs.eu-west-1.amazonaws.com/111122223333/mails","arn":"arn:aws:sqs:eu-west-1:111122223333:mails","name":"mails","policy":"{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::111122223333:role/orders-api\"},\"Action\":\"sqs:SendMessage\",\"Resource\":\"arn:aws:sqs:eu-west-1:111122223333:mails\"}]}"},
			"aws_sns_topic.events":{"id":"arn:aws:sns:eu-west-1:111122223333:order-events","arn":"arn:aws:sns:eu-west-1:111122223333:order-events","name":"order-events"},
			"aws_s3_bucket.invoices":{"id":"contoso-invoices","bucket":"contoso-invoices","arn":"arn:aws:s3:::contoso-invoices","bucket_domain_name":"contoso-invoices.s3.amazonaws.com"},
			"aws_db_instance.shop":{"id":"db-ABCDEFGHIJKLMNOP","identifier":"shop","arn":"arn:aws:rds:eu-west-1:111122223333:db:shop","engine":"postgres","address":"shop.abcdefghijkl.eu-west-1.rds.amazonaws.com","endpoint":"shop.abcdefghijkl.eu-west-1.rds.amazonaws.com:5432"},
			"aws_secretsmanager_secret.db":{"id":"arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/db-AbCdEf","arn":"arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/db-AbCdEf","name":"shop/db"},
			"aws_secretsmanager_secret_version.db":{"id":"arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/db-AbCdEf|12345678-1234-1234-1234-123456789012","arn":"arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/db-AbCdEf","secret_id":"arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/db-AbCdEf"},
			"aws_kms_key.main":{"id":"1234abcd-12ab-34cd-56ef-1234567890ab","key_id":"1234abcd-12ab-34cd-56ef-1234567890ab","arn":"arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab","description":"main"},
			"aws_kms_alias.main":{"id":"alias/main","name":"alias/main","arn":"arn:aws:kms:eu-west-1:111122223333:alias/main","target_key_id":"1234abcd-12ab-34cd-56ef-1234567890ab"},
			"aws_cloudwatch_log_group.orders":{"id":"/aws/lambda/orders-api","name":"/aws/lambda/orders-api","arn":"arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/orders-api"},
			"aws_cloudwatch_log_subscription_filter.orders":{"id":"cwlsf-1234567890","log_group_name":"/aws/lambda/orders-api","destination_arn":"arn:aws:kinesis:eu-west-1:111122223333:stream/logs"},
			"aws_kinesis_stream.logs":{"id":"arn:aws:kinesis:eu-west-1:111122223333:stream/logs","arn":"arn:aws:kinesis:eu-west-1:111122223333:stream/logs","name":"logs"},
			"aws_cloudwatch_metric_alarm.errors":{"id":"errors","alarm_name":"errors","arn":"arn:aws:cloudwatch:eu-west-1:111122223333:alarm:errors","dimensions":{"FunctionName":"orders-api"},"alarm_actions":["arn:aws:sns:eu-west-1:111122223333:order-events"]},
			"aws_iam_role.orders":{"id":"orders-api","name":"orders-api","arn":"arn:aws:iam::111122223333:role/orders-api","assume_role_policy":"{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"lambda.amazonaws.com\",\"AWS\":\"arn:aws:iam::111122223333:role/deployer\"},\"Action\":\"sts:AssumeRole\"}]}","inline_policy":[{"name":"secret","policy":"{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"secretsmanager:GetSecretValue\",\"Resource\":\"arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/db-AbCdEf\"}}"}],"managed_policy_arns":["arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole","arn:aws:iam::111122223333:policy/tables"]},
			"aws_iam_role.deployer":{"id":"deployer","name":"deployer","arn":"arn:aws:iam::111122223333:role/deployer"},
			"aws_iam_role_policy.queue":{"id":"orders-api:queue","name":"queue","role":"orders-api","policy":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"sqs:SendMessage\",\"sqs:GetQueueUrl\"],\"Resource\":[\"arn:aws:sqs:eu-west-1:111122223333:mails\"]},{\"Effect\":\"Allow\",\"Action\":[\"s3:GetObject\"],\"Resource\":[\"arn:aws:s3:::contoso-invoices/*\"]},{\"Effect\":\"Allow\",\"Action\":\"s3:PutObject\",\"Resource\":\"arn:aws:s3:::contoso-invoices/out/*\"},{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"arn:aws:kinesis:eu-west-1:111122223333:stream/logs\"}]}"},
			"aws_iam_policy.tables":{"id":"arn:aws:iam::111122223333:policy/tables","arn":"arn:aws:iam::111122223333:policy/tables","name":"tables","policy":"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"dynamodb:GetItem\",\"dynamodb:Query\"],\"Resource\":[\"arn:aws:dynamodb:eu-west-1:111122223333:table/orders\",\"arn:aws:dynamodb:eu-west-1:111122223333:table/orders/index/*\"]}]}"},
			"aws_iam_role_policy_attachment.tables":{"id":"orders-api-20250101","role":"orders-api","policy_arn":"arn:aws:iam::111122223333:policy/tables"},
			"data.aws_iam_policy_document.queue":{"id":"1234567890","statement":[{"effect":"Allow","actions":["sqs:SendMessage"],"resources":["arn:aws:sqs:eu-west-1:111122223333:mails"]}],"json":"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"sqs:SendMessage\",\"Resource\":\"arn:aws:sqs:eu-west-1:111122223333:mails\"}]}"}}`,
		want: `orders-api: container "AWS Lambda" W5
			orders-api in shop
			orders-api on eu-west-1 (D-ACCOUNT)
			orders-api --sends traffic through--> a (certain WR2)
			orders-api --sends traffic through--> b (certain WR2)
			orders-api --reads from and writes to--> orders (high WR10)
			orders-api --exchanges messages through--> mails (high WR10)
			orders-api --exchanges messages through--> order-events (high WR10)
			orders-api --reads from and writes to--> contoso-invoices (high WR10)
			orders-api --reads from and writes to--> shop (high WR10)
			orders-api --reads secrets from--> shop/db (high WR10)
			orders-api --calls--> api.fabrikam.example (high WR10)
			orders-api --may send to--> mails (may WR15)
			orders-api --may read from and write to--> contoso-invoices (may WR15)
			orders-api --may read from--> orders (may WR15)
			orders-api --may read secrets from--> shop/db (may WR15)
			! orders-api --may do anything with--> logs (may WR15)
			orders-api --logs to--> resource /aws/lambda/orders-api (certain WR18) observability
			resource errors --watches--> orders-api (certain WR18) observability
			orders-api --is encrypted with--> resource main (certain WR17) hidden
			mails --is open to--> resource orders-api (may WR16) governance
			resource orders-api --may be assumed by--> resource deployer (may WR16) governance
			shop: container "Amazon RDS for PostgreSQL" W15
			resource db in shop/db
			unresolved WR10 arn:aws:lambda:eu-west-1:111122223333:function:orders-api environment[0].variables.LOST_QUEUE
			hidden WR20 arn:aws:lambda:eu-west-1:111122223333:function:orders-api tags.backup-of`,
	},
	{
		rule: "WR3 WR11 W8-SERVICE", name: "services and tasks of ECS",
		tf: `{
			"aws_ecs_cluster.prod":{"id":"arn:aws:ecs:eu-west-1:111122223333:cluster/prod","arn":"arn:aws:ecs:eu-west-1:111122223333:cluster/prod","name":"prod"},
			"aws_ecs_cluster_capacity_providers.prod":{"id":"prod","cluster_name":"prod","capacity_providers":["FARGATE"]},
			"aws_ecs_service.cart":{"id":"arn:aws:ecs:eu-west-1:111122223333:service/prod/cart","name":"cart","cluster":"arn:aws:ecs:eu-west-1:111122223333:cluster/prod","task_definition":"arn:aws:ecs:eu-west-1:111122223333:task-definition/cart:13","launch_type":"FARGATE","network_configuration":[{"subnets":["subnet-0a1b2c3d4e5f6071a"],"security_groups":["sg-0a1b2c3d4e5f60713"],"assign_public_ip":false}]},
			"aws_subnet.a":{"id":"subnet-0a1b2c3d4e5f6071a","arn":"arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-0a1b2c3d4e5f6071a","vpc_id":"vpc-0a1b2c3d4e5f60718","tags":{"Name":"a"}},
			"aws_ecs_task_definition.cart":{"id":"cart","family":"cart","revision":12,"arn":"arn:aws:ecs:eu-west-1:111122223333:task-definition/cart:12","arn_without_revision":"arn:aws:ecs:eu-west-1:111122223333:task-definition/cart","task_role_arn":"arn:aws:iam::111122223333:role/cart","execution_role_arn":"arn:aws:iam::111122223333:role/ecs-execution","volume":[{"name":"data","efs_volume_configuration":[{"file_system_id":"fs-0a1b2c3d4e5f60730","authorization_config":[{"access_point_id":"fsap-0a1b2c3d4e5f60731"}]}]}],
				"container_definitions":"[{\"name\":\"cart\",\"image\":\"111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/cart:1.4.2\",\"environment\":[{\"name\":\"REDIS_URL\",\"value\":\"rediss://cart.abcdef.ng.0001.euw1.cache.amazonaws.com:6379\"},{\"name\":\"EVENTS_TOPIC\",\"value\":\"order-events\"},{\"name\":\"PRICES\",\"value\":\"https://prices.fabrikam.example\"}],\"secrets\":[{\"name\":\"DB\",\"valueFrom\":\"arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/db-AbCdEf:password::\"}],\"logConfiguration\":{\"logDriver\":\"awslogs\",\"options\":{\"awslogs-group\":\"/ecs/cart\"}}},{\"name\":\"envoy\",\"image\":\"public.ecr.aws/appmesh/aws-appmesh-envoy:v1\"}]"},
			"aws_ecs_task_definition.report":{"id":"report","family":"report","revision":3,"arn":"arn:aws:ecs:eu-west-1:111122223333:task-definition/report:3","arn_without_revision":"arn:aws:ecs:eu-west-1:111122223333:task-definition/report","container_definitions":"[{\"name\":\"report\",\"image\":\"postgres:16\"},{\"name\":\"upload\",\"image\":\"busybox\"}]"},
			"aws_ecr_repository.cart":{"id":"shop/cart","name":"shop/cart","arn":"arn:aws:ecr:eu-west-1:111122223333:repository/shop/cart","repository_url":"111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/cart"},
			"aws_ecr_lifecycle_policy.cart":{"id":"shop/cart","repository":"shop/cart"},
			"aws_efs_file_system.data":{"id":"fs-0a1b2c3d4e5f60730","arn":"arn:aws:elasticfilesystem:eu-west-1:111122223333:file-system/fs-0a1b2c3d4e5f60730","dns_name":"fs-0a1b2c3d4e5f60730.efs.eu-west-1.amazonaws.com","tags":{"Name":"data"}},
			"aws_efs_access_point.cart":{"id":"fsap-0a1b2c3d4e5f60731","arn":"arn:aws:elasticfilesystem:eu-west-1:111122223333:access-point/fsap-0a1b2c3d4e5f60731","file_system_id":"fs-0a1b2c3d4e5f60730"},
			"aws_elasticache_replication_group.cart":{"id":"cart","replication_group_id":"cart-cache","arn":"arn:aws:elasticache:eu-west-1:111122223333:replicationgroup:cart-cache","primary_endpoint_address":"cart.abcdef.ng.0001.euw1.cache.amazonaws.com"},
			"aws_sns_topic.events":{"id":"arn:aws:sns:eu-west-1:111122223333:order-events","arn":"arn:aws:sns:eu-west-1:111122223333:order-events","name":"order-events"},
			"aws_secretsmanager_secret.db":{"id":"arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/db-AbCdEf","arn":"arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/db-AbCdEf","name":"shop/db"},
			"aws_cloudwatch_log_group.cart":{"id":"/ecs/cart","name":"/ecs/cart","arn":"arn:aws:logs:eu-west-1:111122223333:log-group:/ecs/cart"},
			"aws_iam_role.cart":{"id":"cart","name":"cart","arn":"arn:aws:iam::111122223333:role/cart"},
			"aws_iam_policy.cart":{"id":"arn:aws:iam::111122223333:policy/cart","arn":"arn:aws:iam::111122223333:policy/cart","name":"cart-policy","policy":"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"sns:Publish\",\"Resource\":\"arn:aws:sns:eu-west-1:111122223333:order-events\"}]}"},
			"aws_iam_policy_attachment.cart":{"id":"cart","name":"cart","roles":["cart"],"policy_arn":"arn:aws:iam::111122223333:policy/cart"},
			"aws_lambda_function.img":{"id":"img","function_name":"img","arn":"arn:aws:lambda:eu-west-1:111122223333:function:img","package_type":"Image","image_uri":"111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/cart@sha256:0000000000000000000000000000000000000000000000000000000000000000","file_system_config":[{"arn":"arn:aws:elasticfilesystem:eu-west-1:111122223333:access-point/fsap-0a1b2c3d4e5f60731","local_mount_path":"/mnt/data"}]},
			"aws_lambda_function.zip":{"id":"zip","function_name":"zip","arn":"arn:aws:lambda:eu-west-1:111122223333:function:zip","s3_bucket":"builds","layers":["arn:aws:lambda:eu-west-1:111122223333:layer:common:4"]},
			"aws_lambda_layer_version.common":{"id":"arn:aws:lambda:eu-west-1:111122223333:layer:common:4","arn":"arn:aws:lambda:eu-west-1:111122223333:layer:common:4","layer_name":"common"},
			"aws_s3_bucket.builds":{"id":"builds","bucket":"builds","arn":"arn:aws:s3:::builds"}}`,
		want: `cart: container "Amazon ECS service" W7
			cart on prod (WR3)
			cart --is attached to--> a (certain WR1)
			resource cart: resource "aws_ecs_task_definition" W8-SERVICE
			resource cart in cart
			! cart: container "Amazon ECS task" W8
			report: container "PostgreSQL" W8
			upload in report
			cart --pulls images from--> shop/cart (certain WR11)
			img --pulls images from--> shop/cart (certain WR11)
			cart --reads from and writes to--> cart-cache (high WR10)
			cart --exchanges messages through--> order-events (high WR10)
			cart --calls--> prices.fabrikam.example (high WR10)
			cart --reads secrets from--> shop/db (high WR10)
			cart --reads from and writes to--> data (certain WR11)
			img --reads from and writes to--> data (certain WR11)
			zip --is deployed from--> builds (high WR11)
			cart --may send to--> order-events (may WR15)
			cart --logs to--> resource /ecs/cart (certain WR18) observability`,
	},
	{
		rule: "WR15 WR11 WR10", name: "workloads of EKS act under roles and name resources",
		kube: `apiVersion: v1
kind: ServiceAccount
metadata: {name: cart, namespace: shop, annotations: {eks.amazonaws.com/role-arn: "arn:aws:iam::111122223333:role/cart"}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: cart, namespace: shop}
spec:
  template:
    metadata: {labels: {app: cart}}
    spec:
      serviceAccountName: cart
      containers:
      - name: cart
        image: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/cart:1.4.2
        env:
        - {name: QUEUE_URL, value: "https://sqs.eu-west-1.amazonaws.com/111122223333/orders"}
        - {name: DB_HOST, value: "shop.abcdefghijkl.eu-west-1.rds.amazonaws.com"}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: report, namespace: shop}
spec:
  template:
    metadata: {labels: {app: report}}
    spec:
      serviceAccountName: report
      containers: [{name: report, image: "111122223333.dkr.ecr.eu-west-1.amazonaws.com/elsewhere:1"}]
`,
		tf: `{
			"aws_iam_role.cart":{"id":"cart","name":"cart","arn":"arn:aws:iam::111122223333:role/cart"},
			"aws_iam_role_policy.cart":{"id":"cart:p","name":"p","role":"cart","policy":"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"sqs:SendMessage\",\"Resource\":\"arn:aws:sqs:eu-west-1:111122223333:orders\"}]}"},
			"aws_eks_pod_identity_association.report":{"id":"a-1","cluster_name":"k8s","namespace":"shop","service_account":"report","role_arn":"arn:aws:iam::111122223333:role/cart"},
			"aws_ecr_repository.cart":{"id":"shop/cart","name":"shop/cart","arn":"arn:aws:ecr:eu-west-1:111122223333:repository/shop/cart","repository_url":"111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/cart"},
			"aws_sqs_queue.orders":{"id":"https://sqs.eu-west-1.amazonaws.com/111122223333/orders","url":"https://sqs.eu-west-1.amazonaws.com/111122223333/orders","arn":"arn:aws:sqs:eu-west-1:111122223333:orders","name":"orders"},
			"aws_db_instance.shop":{"id":"db-ABCDEFGHIJKLMNOP","identifier":"shop-db","arn":"arn:aws:rds:eu-west-1:111122223333:db:shop-db","engine":"postgres","address":"shop.abcdefghijkl.eu-west-1.rds.amazonaws.com"}}`,
		want: `cart --may send to--> orders (may WR15)
			report --may send to--> orders (may WR15)
			cart --exchanges messages through--> orders (high WR10)
			cart --reads from and writes to--> shop-db (high K3)
			cart --pulls images from--> shop/cart (certain WR11)
			hidden WR15 cart metadata.annotations["eks.amazonaws.com/role-arn"]`,
	},
	{
		rule: "WR3", name: "clusters of EKS, jobs of Batch, apps of App Runner, Beanstalk and Amplify",
		tf: `{
			"aws_vpc.main":{"id":"vpc-0a1b2c3d4e5f60718","arn":"arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-0a1b2c3d4e5f60718","tags":{"Name":"main"}},
			"aws_subnet.a":{"id":"subnet-0a1b2c3d4e5f6071a","arn":"arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-0a1b2c3d4e5f6071a","vpc_id":"vpc-0a1b2c3d4e5f60718","tags":{"Name":"a"}},
			"aws_subnet.b":{"id":"subnet-0a1b2c3d4e5f6071b","arn":"arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-0a1b2c3d4e5f6071b","vpc_id":"vpc-0a1b2c3d4e5f60718","tags":{"Name":"b"}},
			"aws_eks_cluster.k8s":{"id":"k8s","name":"k8s","arn":"arn:aws:eks:eu-west-1:111122223333:cluster/k8s","endpoint":"https://0123456789ABCDEF0123456789ABCDEF.gr7.eu-west-1.eks.amazonaws.com","vpc_config":[{"subnet_ids":["subnet-0a1b2c3d4e5f6071a","subnet-0a1b2c3d4e5f6071b"],"vpc_id":"vpc-0a1b2c3d4e5f60718"}]},
			"aws_eks_node_group.ng":{"id":"k8s:ng","cluster_name":"k8s","node_group_name":"ng","arn":"arn:aws:eks:eu-west-1:111122223333:nodegroup/k8s/ng/1","subnet_ids":["subnet-0a1b2c3d4e5f6071a"],"launch_template":[{"id":"lt-0a1b2c3d4e5f60740","name":"ng"}],"resources":[{"autoscaling_groups":[{"name":"eks-ng-1"}]}]},
			"aws_launch_template.ng":{"id":"lt-0a1b2c3d4e5f60740","arn":"arn:aws:ec2:eu-west-1:111122223333:launch-template/lt-0a1b2c3d4e5f60740","name":"ng"},
			"aws_autoscaling_group.eks":{"id":"eks-ng-1","arn":"arn:aws:autoscaling:eu-west-1:111122223333:autoScalingGroup:f0d3:autoScalingGroupName/eks-ng-1","name":"eks-ng-1"},
			"aws_eks_addon.dns":{"id":"k8s:coredns","cluster_name":"k8s","addon_name":"coredns","arn":"arn:aws:eks:eu-west-1:111122223333:addon/k8s/coredns/1"},
			"aws_batch_compute_environment.ce":{"id":"ce","compute_environment_name":"ce","arn":"arn:aws:batch:eu-west-1:111122223333:compute-environment/ce","compute_resources":[{"subnets":["subnet-0a1b2c3d4e5f6071a"],"security_group_ids":[]}]},
			"aws_batch_job_queue.q":{"id":"arn:aws:batch:eu-west-1:111122223333:job-queue/q","arn":"arn:aws:batch:eu-west-1:111122223333:job-queue/q","name":"q","compute_environments":["arn:aws:batch:eu-west-1:111122223333:compute-environment/ce"]},
			"aws_batch_job_definition.job":{"id":"arn:aws:batch:eu-west-1:111122223333:job-definition/job:4","arn":"arn:aws:batch:eu-west-1:111122223333:job-definition/job:4","name":"job","container_properties":"{\"image\":\"111122223333.dkr.ecr.eu-west-1.amazonaws.com/job:1\",\"environment\":[{\"name\":\"OUT_BUCKET\",\"value\":\"contoso-results\"}]}"},
			"aws_s3_bucket.results":{"id":"contoso-results","bucket":"contoso-results","arn":"arn:aws:s3:::contoso-results"},
			"aws_apprunner_service.web":{"id":"arn:aws:apprunner:eu-west-1:111122223333:service/web/1","arn":"arn:aws:apprunner:eu-west-1:111122223333:service/web/1","service_name":"web","service_url":"abcdefghij.eu-west-1.awsapprunner.com","network_configuration":[{"ingress_configuration":[{"is_publicly_accessible":true}],"egress_configuration":[{"vpc_connector_arn":"arn:aws:apprunner:eu-west-1:111122223333:vpcconnector/c/1/2"}]}],"source_configuration":[{"image_repository":[{"image_identifier":"111122223333.dkr.ecr.eu-west-1.amazonaws.com/web:7","image_configuration":[{"runtime_environment_variables":{"RESULTS_BUCKET":"contoso-results"}}]}]}]},
			"aws_apprunner_vpc_connector.c":{"id":"arn:aws:apprunner:eu-west-1:111122223333:vpcconnector/c/1/2","arn":"arn:aws:apprunner:eu-west-1:111122223333:vpcconnector/c/1/2","subnets":["subnet-0a1b2c3d4e5f6071a"]},
			"aws_ecr_repository.web":{"id":"web","name":"web","arn":"arn:aws:ecr:eu-west-1:111122223333:repository/web","repository_url":"111122223333.dkr.ecr.eu-west-1.amazonaws.com/web"},
			"aws_elastic_beanstalk_environment.eb":{"id":"e-abcdefghij","arn":"arn:aws:elasticbeanstalk:eu-west-1:111122223333:environment/shop/shop-prod","name":"shop-prod","cname":"shop-prod.eu-west-1.elasticbeanstalk.com","setting":[{"namespace":"aws:elasticbeanstalk:application:environment","name":"RESULTS_BUCKET","value":"arn:aws:s3:::contoso-results"}]},
			"aws_amplify_app.spa":{"id":"d1234567890abc","arn":"arn:aws:amplify:eu-west-1:111122223333:apps/d1234567890abc","name":"spa","default_domain":"d1234567890abc.amplifyapp.com","environment_variables":{"API":"https://abcdefghij.eu-west-1.awsapprunner.com"}},
			"aws_amplify_branch.main":{"id":"d1234567890abc/main","app_id":"d1234567890abc","branch_name":"main","arn":"arn:aws:amplify:eu-west-1:111122223333:apps/d1234567890abc/branches/main"},
			"aws_kinesisanalyticsv2_application.flink":{"id":"arn:aws:kinesisanalytics:eu-west-1:111122223333:application/flink","arn":"arn:aws:kinesisanalytics:eu-west-1:111122223333:application/flink","name":"flink","application_configuration":[{"environment_properties":[{"property_group":[{"property_map":{"OUT_BUCKET":"contoso-results"}}]}]}]},
			"aws_autoscaling_group.web":{"id":"web-asg","arn":"arn:aws:autoscaling:eu-west-1:111122223333:autoScalingGroup:f0d4:autoScalingGroupName/web-asg","name":"web-asg","vpc_zone_identifier":["subnet-0a1b2c3d4e5f6071a"],"launch_template":[{"id":"lt-0a1b2c3d4e5f60741"}]},
			"aws_launch_template.web":{"id":"lt-0a1b2c3d4e5f60741","arn":"arn:aws:ec2:eu-west-1:111122223333:launch-template/lt-0a1b2c3d4e5f60741","name":"web-lt","iam_instance_profile":[{"name":"web-profile","arn":""}]},
			"aws_iam_instance_profile.web":{"id":"web-profile","name":"web-profile","arn":"arn:aws:iam::111122223333:instance-profile/web-profile","role":"web-role"},
			"aws_iam_role.web":{"id":"web-role","name":"web-role","arn":"arn:aws:iam::111122223333:role/web-role"},
			"aws_iam_role_policy.web":{"id":"web-role:p","name":"p","role":"web-role","policy":"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"arn:aws:s3:::contoso-results\"}]}"}}`,
		want: `k8s: deploymentNode "Amazon EKS" W10
			k8s in main
			ng in k8s
			resource ng in ng
			resource dns in k8s
			! Workload on eks-ng-1: container "unknown" M17-CON
			q on ce (WR3)
			ce in a
			job --reads from and writes to--> contoso-results (high WR10)
			web --reads from and writes to--> contoso-results (high WR10)
			web --sends traffic through--> a (certain WR2)
			web --pulls images from--> web (certain WR11)
			web is "internet-facing"
			Workload on shop-prod --reads from and writes to--> contoso-results (high WR10)
			spa --calls--> web (high WR10)
			flink --reads from and writes to--> contoso-results (high WR10)
			Workload on web-asg --may do anything with--> contoso-results (may WR15)
			resource web-lt in web-asg
			unresolved WR11 job:4 container_properties`,
	},
}
