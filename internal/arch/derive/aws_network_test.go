package derive

// Networks of AWS: VPCs and subnets, machines, load balancers, DNS, edges, links between networks.
var awsNetworkFixtures = []fixture{
	{
		rule: "WR1 WR19 D-ACCOUNT", name: "a machine in its subnet, its VPC, its region and its account",
		tf: `{
			"aws_vpc.main":{"id":"vpc-0a1b2c3d4e5f60718","arn":"arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-0a1b2c3d4e5f60718","cidr_block":"10.20.0.0/16","main_route_table_id":"rtb-0aa1b2c3d4e5f6071","tags":{"Name":"contoso-main"}},
			"aws_subnet.a":{"id":"subnet-0a1b2c3d4e5f60711","arn":"arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-0a1b2c3d4e5f60711","vpc_id":"vpc-0a1b2c3d4e5f60718","availability_zone":"eu-west-1a","tags":{"Name":"contoso-private-a"}},
			"aws_instance.batch":{"id":"i-0a1b2c3d4e5f60712","arn":"arn:aws:ec2:eu-west-1:111122223333:instance/i-0a1b2c3d4e5f60712","subnet_id":"subnet-0a1b2c3d4e5f60711","public_ip":"","private_ip":"10.20.1.15","vpc_security_group_ids":["sg-0a1b2c3d4e5f60713"],"primary_network_interface_id":"eni-0a1b2c3d4e5f60714","ami":"ami-0a1b2c3d4e5f6071e","key_name":"contoso-ops","root_block_device":[{"volume_id":"vol-0a1b2c3d4e5f60715"}],"tags":{"Name":"nightly-batch"}},
			"data.aws_ami.linux":{"id":"ami-0a1b2c3d4e5f6071e","name":"linux","arn":"arn:aws:ec2:eu-west-1::image/ami-0a1b2c3d4e5f6071e"},
			"aws_key_pair.ops":{"id":"contoso-ops","arn":"arn:aws:ec2:eu-west-1:111122223333:key-pair/contoso-ops","key_name":"contoso-ops"},
			"aws_security_group.batch":{"id":"sg-0a1b2c3d4e5f60713","arn":"arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0a1b2c3d4e5f60713","name":"batch","vpc_id":"vpc-0a1b2c3d4e5f60718","ingress":[{"from_port":22,"security_groups":["sg-0a1b2c3d4e5f6071a"]}]},
			"aws_security_group.ops":{"id":"sg-0a1b2c3d4e5f6071a","arn":"arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0a1b2c3d4e5f6071a","name":"ops","vpc_id":"vpc-0a1b2c3d4e5f60718"},
			"aws_network_interface.eth0":{"id":"eni-0a1b2c3d4e5f60714","subnet_id":"subnet-0a1b2c3d4e5f60711","attachment":[{"instance":"i-0a1b2c3d4e5f60712","device_index":0}]},
			"aws_ebs_volume.root":{"id":"vol-0a1b2c3d4e5f60715","arn":"arn:aws:ec2:eu-west-1:111122223333:volume/vol-0a1b2c3d4e5f60715"},
			"aws_s3_bucket.logs":{"id":"contoso-logs","bucket":"contoso-logs","arn":"arn:aws:s3:::contoso-logs","region":"eu-west-1"}}`,
		want: `contoso-main: deploymentNode "Amazon VPC" W1
			contoso-main in eu-west-1
			eu-west-1 in 111122223333
			111122223333: deploymentNode "AWS account" D-ACCOUNT
			contoso-private-a in contoso-main
			nightly-batch in contoso-private-a
			Workload on nightly-batch on nightly-batch (M17-CON)
			resource root in nightly-batch
			resource batch in contoso-main
			contoso-logs on eu-west-1 (D-ACCOUNT)
			! Workload on nightly-batch is "internet-facing"
			resource batch --admits--> resource ops (certain WR5) hidden`,
	},
	{
		rule: "WR1", name: "what has interfaces in several subnets stands in their VPC",
		tf: `{
			"aws_vpc.main":{"id":"vpc-0a1b2c3d4e5f60718","arn":"arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-0a1b2c3d4e5f60718","tags":{"Name":"main"}},
			"aws_subnet.a":{"id":"subnet-0a1b2c3d4e5f6071a","arn":"arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-0a1b2c3d4e5f6071a","vpc_id":"vpc-0a1b2c3d4e5f60718","tags":{"Name":"a"}},
			"aws_subnet.b":{"id":"subnet-0a1b2c3d4e5f6071b","arn":"arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-0a1b2c3d4e5f6071b","vpc_id":"vpc-0a1b2c3d4e5f60718","tags":{"Name":"b"}},
			"aws_lb.web":{"id":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/web/50dc6c495c0c9188","arn":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/web/50dc6c495c0c9188","name":"web","internal":false,"load_balancer_type":"application","dns_name":"web-1234567890.eu-west-1.elb.amazonaws.com","subnets":["subnet-0a1b2c3d4e5f6071a","subnet-0a1b2c3d4e5f6071b"],"security_groups":["sg-0a1b2c3d4e5f60713"],"vpc_id":"vpc-0a1b2c3d4e5f60718","access_logs":[{"bucket":"contoso-logs","enabled":true}],"subnet_mapping":[{"subnet_id":"subnet-0a1b2c3d4e5f6071a","allocation_id":"eipalloc-0a1b2c3d4e5f60719"},{"subnet_id":"subnet-0a1b2c3d4e5f6071b","allocation_id":""}]},
			"aws_eip.web":{"id":"eipalloc-0a1b2c3d4e5f60719","allocation_id":"eipalloc-0a1b2c3d4e5f60719","public_ip":"203.0.113.10"},
			"aws_s3_bucket.logs":{"id":"contoso-logs","bucket":"contoso-logs","arn":"arn:aws:s3:::contoso-logs"},
			"aws_lb.tcp":{"id":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/tcp/50dc6c495c0c9189","arn":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/tcp/50dc6c495c0c9189","name":"tcp","internal":true,"load_balancer_type":"network","subnets":["subnet-0a1b2c3d4e5f6071b"]}}`,
		want: `web: infrastructureNode "Application Load Balancer" W43
			tcp: infrastructureNode "Network Load Balancer" W43
			web in main
			tcp in b
			web is "internet-facing"
			! tcp is "internet-facing"
			web --logs to--> resource contoso-logs (certain WR18) observability
			resource web in web`,
	},
	{
		rule: "WR6 WR5", name: "gateways, addresses, routes and attachments are details of what they are tied to",
		tf: `{
			"aws_vpc.main":{"id":"vpc-0a1b2c3d4e5f60718","arn":"arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-0a1b2c3d4e5f60718","tags":{"Name":"main"}},
			"aws_subnet.a":{"id":"subnet-0a1b2c3d4e5f6071a","arn":"arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-0a1b2c3d4e5f6071a","vpc_id":"vpc-0a1b2c3d4e5f60718","tags":{"Name":"a"}},
			"aws_internet_gateway.igw":{"id":"igw-0a1b2c3d4e5f60716","arn":"arn:aws:ec2:eu-west-1:111122223333:internet-gateway/igw-0a1b2c3d4e5f60716","vpc_id":"vpc-0a1b2c3d4e5f60718","tags":{"Name":"igw"}},
			"aws_nat_gateway.nat":{"id":"nat-0a1b2c3d4e5f60717","allocation_id":"eipalloc-0a1b2c3d4e5f60719","subnet_id":"subnet-0a1b2c3d4e5f6071a","tags":{"Name":"nat"}},
			"aws_eip.nat":{"id":"eipalloc-0a1b2c3d4e5f60719","allocation_id":"eipalloc-0a1b2c3d4e5f60719","public_ip":"203.0.113.7"},
			"aws_eip.vm":{"id":"eipalloc-0a1b2c3d4e5f6071f","instance":"i-0a1b2c3d4e5f60712","network_interface":"eni-0a1b2c3d4e5f60714"},
			"aws_eip_association.vm":{"id":"eipassoc-0a1b2c3d4e5f6071e","instance_id":"i-0a1b2c3d4e5f60712","allocation_id":"eipalloc-0a1b2c3d4e5f6071f"},
			"aws_route_table.private":{"id":"rtb-0a1b2c3d4e5f6071c","arn":"arn:aws:ec2:eu-west-1:111122223333:route-table/rtb-0a1b2c3d4e5f6071c","vpc_id":"vpc-0a1b2c3d4e5f60718","route":[{"cidr_block":"0.0.0.0/0","nat_gateway_id":"nat-0a1b2c3d4e5f60717","gateway_id":""}],"tags":{"Name":"private"}},
			"aws_route.out":{"id":"r-rtb-0a1b2c3d4e5f6071c1080289494","route_table_id":"rtb-0a1b2c3d4e5f6071c","gateway_id":"igw-0a1b2c3d4e5f60716"},
			"aws_route_table_association.a":{"id":"rtbassoc-0a1b2c3d4e5f6071d","route_table_id":"rtb-0a1b2c3d4e5f6071c","subnet_id":"subnet-0a1b2c3d4e5f6071a"},
			"aws_main_route_table_association.m":{"id":"rtbassoc-0a1b2c3d4e5f60720","route_table_id":"rtb-0a1b2c3d4e5f6071c","vpc_id":"vpc-0a1b2c3d4e5f60718"},
			"aws_network_acl.acl":{"id":"acl-0a1b2c3d4e5f60721","arn":"arn:aws:ec2:eu-west-1:111122223333:network-acl/acl-0a1b2c3d4e5f60721","subnet_ids":["subnet-0a1b2c3d4e5f6071a"],"vpc_id":"vpc-0a1b2c3d4e5f60718"},
			"aws_instance.vm":{"id":"i-0a1b2c3d4e5f60712","arn":"arn:aws:ec2:eu-west-1:111122223333:instance/i-0a1b2c3d4e5f60712","subnet_id":"subnet-0a1b2c3d4e5f6071a","public_ip":"203.0.113.20","tags":{"Name":"vm"}},
			"aws_ebs_volume.data":{"id":"vol-0a1b2c3d4e5f60715","arn":"arn:aws:ec2:eu-west-1:111122223333:volume/vol-0a1b2c3d4e5f60715"},
			"aws_volume_attachment.data":{"id":"vai-1234567890","instance_id":"i-0a1b2c3d4e5f60712","volume_id":"vol-0a1b2c3d4e5f60715"},
			"aws_vpc_endpoint.s3":{"id":"vpce-0a1b2c3d4e5f60722","arn":"arn:aws:ec2:eu-west-1:111122223333:vpc-endpoint/vpce-0a1b2c3d4e5f60722","service_name":"com.amazonaws.eu-west-1.s3","vpc_id":"vpc-0a1b2c3d4e5f60718","route_table_ids":["rtb-0a1b2c3d4e5f6071c"],"subnet_ids":[]},
			"aws_network_interface_sg_attachment.x":{"id":"sg-0a1b2c3d4e5f60713_eni-0a1b2c3d4e5f60714","security_group_id":"sg-0a1b2c3d4e5f60713","network_interface_id":"eni-0a1b2c3d4e5f60714"},
			"aws_network_interface.eth1":{"id":"eni-0a1b2c3d4e5f60714","subnet_id":"subnet-0a1b2c3d4e5f6071a"},
			"aws_security_group.vm":{"id":"sg-0a1b2c3d4e5f60713","arn":"arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0a1b2c3d4e5f60713","name":"vm","vpc_id":"vpc-0a1b2c3d4e5f60718"},
			"aws_security_group_rule.in":{"id":"sgrule-1234567890","security_group_id":"sg-0a1b2c3d4e5f60713","source_security_group_id":"sg-0a1b2c3d4e5f60713"},
			"aws_flow_log.vpc":{"id":"fl-0a1b2c3d4e5f60723","arn":"arn:aws:ec2:eu-west-1:111122223333:vpc-flow-log/fl-0a1b2c3d4e5f60723","vpc_id":"vpc-0a1b2c3d4e5f60718","log_destination":"arn:aws:s3:::contoso-logs"},
			"aws_s3_bucket.logs":{"id":"contoso-logs","bucket":"contoso-logs","arn":"arn:aws:s3:::contoso-logs"}}`,
		want: `igw in main
			nat in a
			nat: infrastructureNode "NAT gateway" W47
			a --is routed by--> resource private (certain WR6) hidden
			resource private in main
			resource nat in nat
			resource vm in vm
			resource data in vm
			com.amazonaws.eu-west-1.s3 in main
			main --logs to--> resource contoso-logs (certain WR18) observability
			Workload on vm is "internet-facing"`,
	},
	{
		rule: "WR7", name: "networks are joined by peering, transit gateways, VPN and Direct Connect",
		tf: `{
			"aws_vpc.main":{"id":"vpc-0a1b2c3d4e5f60718","arn":"arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-0a1b2c3d4e5f60718","tags":{"Name":"main"}},
			"aws_vpc.shared":{"id":"vpc-0a1b2c3d4e5f60719","arn":"arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-0a1b2c3d4e5f60719","tags":{"Name":"shared"}},
			"aws_subnet.a":{"id":"subnet-0a1b2c3d4e5f6071a","arn":"arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-0a1b2c3d4e5f6071a","vpc_id":"vpc-0a1b2c3d4e5f60718","tags":{"Name":"a"}},
			"aws_vpc_peering_connection.p":{"id":"pcx-0a1b2c3d4e5f60724","vpc_id":"vpc-0a1b2c3d4e5f60718","peer_vpc_id":"vpc-0a1b2c3d4e5f60719"},
			"aws_vpc_peering_connection_accepter.p":{"id":"pcx-0a1b2c3d4e5f60725","vpc_id":"vpc-0a1b2c3d4e5f60719","peer_vpc_id":"vpc-0a1b2c3d4e5f60718"},
			"aws_ec2_transit_gateway.tgw":{"id":"tgw-0a1b2c3d4e5f60726","arn":"arn:aws:ec2:eu-west-1:111122223333:transit-gateway/tgw-0a1b2c3d4e5f60726","tags":{"Name":"tgw"}},
			"aws_ec2_transit_gateway_vpc_attachment.m":{"id":"tgw-attach-0a1b2c3d4e5f60727","transit_gateway_id":"tgw-0a1b2c3d4e5f60726","vpc_id":"vpc-0a1b2c3d4e5f60718","subnet_ids":["subnet-0a1b2c3d4e5f6071a"]},
			"aws_customer_gateway.office":{"id":"cgw-0a1b2c3d4e5f60728","arn":"arn:aws:ec2:eu-west-1:111122223333:customer-gateway/cgw-0a1b2c3d4e5f60728","ip_address":"198.51.100.4","tags":{"Name":"office"}},
			"aws_vpn_gateway.vgw":{"id":"vgw-0a1b2c3d4e5f60729","arn":"arn:aws:ec2:eu-west-1:111122223333:vpn-gateway/vgw-0a1b2c3d4e5f60729","vpc_id":"vpc-0a1b2c3d4e5f60719","tags":{"Name":"vgw"}},
			"aws_vpn_connection.office":{"id":"vpn-0a1b2c3d4e5f6072a","customer_gateway_id":"cgw-0a1b2c3d4e5f60728","transit_gateway_id":"tgw-0a1b2c3d4e5f60726","vpn_gateway_id":""},
			"aws_dx_gateway.dx":{"id":"abcd1234-dcba-5678-be23-cdef9876ab45","name":"dx"},
			"aws_dx_connection.site":{"id":"dxcon-fgabcdef","arn":"arn:aws:directconnect:eu-west-1:111122223333:dxcon/dxcon-fgabcdef","name":"site"},
			"aws_dx_gateway_association.tgw":{"id":"ga-abcd1234","dx_gateway_id":"abcd1234-dcba-5678-be23-cdef9876ab45","associated_gateway_id":"tgw-0a1b2c3d4e5f60726"},
			"aws_dx_private_virtual_interface.v":{"id":"dxvif-fgabcdef","connection_id":"dxcon-fgabcdef","dx_gateway_id":"abcd1234-dcba-5678-be23-cdef9876ab45"}}`,
		want: `main --is peered with--> shared (certain WR7)
			! shared --is peered with--> main (certain WR7)
			main --is attached to--> tgw (certain WR7)
			tgw --is connected to--> office (certain WR7)
			dx --is connected to--> tgw (certain WR7)
			site --is connected to--> dx (certain WR7)
			vgw in shared`,
	},
	{
		rule: "WR8 W4-NODES", name: "a load balancer reaches what is registered in its target groups",
		tf: `{
			"aws_lb.web":{"id":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/web/50dc6c495c0c9188","arn":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/web/50dc6c495c0c9188","name":"web","internal":false,"load_balancer_type":"application","dns_name":"web-1234567890.eu-west-1.elb.amazonaws.com"},
			"aws_lb_listener.https":{"id":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2","arn":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2","load_balancer_arn":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/web/50dc6c495c0c9188","port":443,"certificate_arn":"arn:aws:acm:eu-west-1:111122223333:certificate/12345678-1234-1234-1234-123456789012","default_action":[{"type":"forward","target_group_arn":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/shop/73e2d6bc24d8a067","authenticate_cognito":[{"user_pool_arn":"arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_AbCdEfGhI"}],"authenticate_oidc":[{"issuer":"https://login.fabrikam.example/oidc"}]}]},
			"aws_lb_listener_rule.api":{"id":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener-rule/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee","arn":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener-rule/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee","listener_arn":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2","action":[{"type":"forward","forward":[{"target_group":[{"arn":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/api/73e2d6bc24d8a068"},{"arn":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/fn/73e2d6bc24d8a069"}]}]}]},
			"aws_lb_target_group.shop":{"id":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/shop/73e2d6bc24d8a067","arn":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/shop/73e2d6bc24d8a067","name":"shop","load_balancer_arns":["arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/web/50dc6c495c0c9188"]},
			"aws_lb_target_group.api":{"id":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/api/73e2d6bc24d8a068","arn":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/api/73e2d6bc24d8a068","name":"api"},
			"aws_lb_target_group.fn":{"id":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/fn/73e2d6bc24d8a069","arn":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/fn/73e2d6bc24d8a069","name":"fn"},
			"aws_lb_target_group_attachment.fn":{"id":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/fn/73e2d6bc24d8a069-20250101","target_group_arn":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/fn/73e2d6bc24d8a069","target_id":"arn:aws:lambda:eu-west-1:111122223333:function:quote"},
			"aws_lambda_function.quote":{"id":"quote","function_name":"quote","arn":"arn:aws:lambda:eu-west-1:111122223333:function:quote"},
			"aws_ecs_service.shop":{"id":"arn:aws:ecs:eu-west-1:111122223333:service/prod/shop","arn":"arn:aws:ecs:eu-west-1:111122223333:service/prod/shop","name":"shop","cluster":"arn:aws:ecs:eu-west-1:111122223333:cluster/prod","load_balancer":[{"target_group_arn":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/shop/73e2d6bc24d8a067","container_name":"shop","elb_name":""}]},
			"aws_autoscaling_group.api":{"id":"api-asg","arn":"arn:aws:autoscaling:eu-west-1:111122223333:autoScalingGroup:f0d1:autoScalingGroupName/api-asg","name":"api-asg","vpc_zone_identifier":["subnet-0a1b2c3d4e5f6071a"],"target_group_arns":["arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/api/73e2d6bc24d8a068"],"load_balancers":["old"]},
			"aws_autoscaling_attachment.api":{"id":"api-asg-1","autoscaling_group_name":"api-asg","lb_target_group_arn":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/api/73e2d6bc24d8a068"},
			"aws_autoscaling_policy.api":{"id":"scale","arn":"arn:aws:autoscaling:eu-west-1:111122223333:scalingPolicy:1","autoscaling_group_name":"api-asg"},
			"aws_autoscaling_group.nodes":{"id":"nodes-asg","arn":"arn:aws:autoscaling:eu-west-1:111122223333:autoScalingGroup:f0d2:autoScalingGroupName/nodes-asg","name":"nodes-asg"},
			"aws_ecs_capacity_provider.nodes":{"id":"arn:aws:ecs:eu-west-1:111122223333:capacity-provider/nodes","arn":"arn:aws:ecs:eu-west-1:111122223333:capacity-provider/nodes","name":"nodes","auto_scaling_group_provider":[{"auto_scaling_group_arn":"arn:aws:autoscaling:eu-west-1:111122223333:autoScalingGroup:f0d2:autoScalingGroupName/nodes-asg"}]},
			"aws_elb.old":{"id":"old","arn":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/old","name":"old","internal":true,"dns_name":"internal-old-1.eu-west-1.elb.amazonaws.com","subnets":["subnet-0a1b2c3d4e5f6071a"],"instances":["i-0a1b2c3d4e5f60712"]},
			"aws_elb_attachment.x":{"id":"old-x","elb":"old","instance":"i-0a1b2c3d4e5f60713"},
			"aws_ecs_service.legacy":{"id":"arn:aws:ecs:eu-west-1:111122223333:service/prod/legacy","name":"legacy","load_balancer":[{"elb_name":"old","target_group_arn":""}],"service_registries":[{"registry_arn":"arn:aws:servicediscovery:eu-west-1:111122223333:service/srv-abcdefgh12345678"}]},
			"aws_service_discovery_service.legacy":{"id":"srv-abcdefgh12345678","arn":"arn:aws:servicediscovery:eu-west-1:111122223333:service/srv-abcdefgh12345678","name":"legacy","dns_config":[{"namespace_id":"ns-abcdefgh12345678"}]},
			"aws_service_discovery_private_dns_namespace.local":{"id":"ns-abcdefgh12345678","arn":"arn:aws:servicediscovery:eu-west-1:111122223333:namespace/ns-abcdefgh12345678","name":"contoso.internal"},
			"aws_instance.one":{"id":"i-0a1b2c3d4e5f60712","arn":"arn:aws:ec2:eu-west-1:111122223333:instance/i-0a1b2c3d4e5f60712","tags":{"Name":"one"}},
			"aws_instance.two":{"id":"i-0a1b2c3d4e5f60713","arn":"arn:aws:ec2:eu-west-1:111122223333:instance/i-0a1b2c3d4e5f60713","tags":{"Name":"two"}},
			"aws_cognito_user_pool.people":{"id":"eu-west-1_AbCdEfGhI","arn":"arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_AbCdEfGhI","name":"people","endpoint":"cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI"},
			"aws_acm_certificate.web":{"id":"arn:aws:acm:eu-west-1:111122223333:certificate/12345678-1234-1234-1234-123456789012","arn":"arn:aws:acm:eu-west-1:111122223333:certificate/12345678-1234-1234-1234-123456789012","domain_name":"shop.contoso.example"},
			"aws_lambda_function.caller":{"id":"caller","function_name":"caller","arn":"arn:aws:lambda:eu-west-1:111122223333:function:caller","environment":[{"variables":{"LEGACY_URL":"http://legacy.contoso.internal:8080/","WEB_URL":"https://web-1234567890.eu-west-1.elb.amazonaws.com"}}]}}`,
		want: `web --routes to--> shop (certain WR8)
			web --routes to--> Workload on api-asg (certain WR8)
			web --routes to--> quote (certain WR8)
			web --authenticates with--> people (certain WR8)
			web --authenticates with--> login.fabrikam.example (certain WR8)
			Internet --reaches through web--> shop (high I1)
			old --routes to--> Workload on one (certain WR8)
			old --routes to--> Workload on two (certain WR8)
			old --routes to--> Workload on api-asg (certain WR8)
			old --routes to--> legacy (certain WR8)
			nodes-asg: deploymentNode "Amazon EC2 Auto Scaling group" W4-NODES
			! Workload on nodes-asg: container "unknown" M17-CON
			caller --calls--> legacy (high WR10)
			caller --calls--> web (high WR10)
			caller --calls through web--> shop (may I2)
			resource https in web
			resource api in web
			unresolved WR1 api-asg vpc_zone_identifier[0]`,
	},
	{
		rule: "WR9", name: "edges and names lead to hosts",
		tf: `{
			"aws_cloudfront_distribution.web":{"id":"E2ABCDEFGHIJKL","arn":"arn:aws:cloudfront::111122223333:distribution/E2ABCDEFGHIJKL","domain_name":"d111111abcdef8.cloudfront.net","aliases":["www.contoso.example"],"enabled":true,"web_acl_id":"arn:aws:wafv2:us-east-1:111122223333:global/webacl/edge/a1b2c3d4-5678-90ab-cdef-EXAMPLE11111","origin":[{"domain_name":"contoso-web.s3.eu-west-1.amazonaws.com","origin_id":"s3"},{"domain_name":"web-1234567890.eu-west-1.elb.amazonaws.com","origin_id":"alb"},{"domain_name":"media.fabrikam.example","origin_id":"media"}],"default_cache_behavior":[{"target_origin_id":"s3","lambda_function_association":[{"event_type":"viewer-request","lambda_arn":"arn:aws:lambda:us-east-1:111122223333:function:edge:3"}]}],"logging_config":[{"bucket":"contoso-logs.s3.amazonaws.com","prefix":"cf/"}],"viewer_certificate":[{"acm_certificate_arn":"arn:aws:acm:us-east-1:111122223333:certificate/12345678-1234-1234-1234-123456789013"}]},
			"aws_acm_certificate.edge":{"id":"arn:aws:acm:us-east-1:111122223333:certificate/12345678-1234-1234-1234-123456789013","arn":"arn:aws:acm:us-east-1:111122223333:certificate/12345678-1234-1234-1234-123456789013","domain_name":"www.contoso.example"},
			"aws_s3_bucket.web":{"id":"contoso-web","bucket":"contoso-web","arn":"arn:aws:s3:::contoso-web","bucket_regional_domain_name":"contoso-web.s3.eu-west-1.amazonaws.com"},
			"aws_s3_bucket.logs":{"id":"contoso-logs","bucket":"contoso-logs","arn":"arn:aws:s3:::contoso-logs","bucket_domain_name":"contoso-logs.s3.amazonaws.com"},
			"aws_lb.web":{"id":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/web/50dc6c495c0c9188","arn":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/web/50dc6c495c0c9188","name":"web","internal":false,"dns_name":"web-1234567890.eu-west-1.elb.amazonaws.com"},
			"aws_lambda_function.edge":{"id":"edge","function_name":"edge","arn":"arn:aws:lambda:us-east-1:111122223333:function:edge"},
			"aws_wafv2_web_acl.edge":{"id":"a1b2c3d4-5678-90ab-cdef-EXAMPLE11111","arn":"arn:aws:wafv2:us-east-1:111122223333:global/webacl/edge/a1b2c3d4-5678-90ab-cdef-EXAMPLE11111","name":"edge"},
			"aws_wafv2_web_acl.regional":{"id":"a1b2c3d4-5678-90ab-cdef-EXAMPLE22222","arn":"arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/web/a1b2c3d4-5678-90ab-cdef-EXAMPLE22222","name":"web-acl"},
			"aws_wafv2_web_acl_association.web":{"id":"x,y","resource_arn":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/web/50dc6c495c0c9188","web_acl_arn":"arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/web/a1b2c3d4-5678-90ab-cdef-EXAMPLE22222"},
			"aws_route53_zone.contoso":{"id":"Z0123456789ABCDEFGHIJ","zone_id":"Z0123456789ABCDEFGHIJ","arn":"arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ","name":"contoso.example","vpc":[]},
			"aws_route53_zone.private":{"id":"Z0123456789ABCDEFGHIK","zone_id":"Z0123456789ABCDEFGHIK","arn":"arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIK","name":"internal.contoso.example","vpc":[{"vpc_id":"vpc-0a1b2c3d4e5f60718"}]},
			"aws_route53_zone_association.p":{"id":"Z0123456789ABCDEFGHIK:vpc-0a1b2c3d4e5f60718","zone_id":"Z0123456789ABCDEFGHIK","vpc_id":"vpc-0a1b2c3d4e5f60718"},
			"aws_vpc.main":{"id":"vpc-0a1b2c3d4e5f60718","arn":"arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-0a1b2c3d4e5f60718","tags":{"Name":"main"}},
			"aws_route53_record.www":{"id":"Z0123456789ABCDEFGHIJ_www.contoso.example_A","zone_id":"Z0123456789ABCDEFGHIJ","name":"www.contoso.example","fqdn":"www.contoso.example","type":"A","alias":[{"name":"d111111abcdef8.cloudfront.net","zone_id":"Z2FDTNDATAQYW2"}],"records":[]},
			"aws_route53_record.api":{"id":"Z0123456789ABCDEFGHIJ_api.contoso.example_CNAME","zone_id":"Z0123456789ABCDEFGHIJ","name":"api","fqdn":"api.contoso.example","type":"CNAME","records":["web-1234567890.eu-west-1.elb.amazonaws.com"]},
			"aws_globalaccelerator_accelerator.ga":{"id":"arn:aws:globalaccelerator::111122223333:accelerator/1234abcd-abcd-1234-abcd-1234abcdefgh","arn":"arn:aws:globalaccelerator::111122223333:accelerator/1234abcd-abcd-1234-abcd-1234abcdefgh","name":"ga","dns_name":"a1234567890abcdef.awsglobalaccelerator.com","enabled":true},
			"aws_globalaccelerator_listener.ga":{"id":"arn:aws:globalaccelerator::111122223333:accelerator/1234abcd-abcd-1234-abcd-1234abcdefgh/listener/0123vxyz","accelerator_arn":"arn:aws:globalaccelerator::111122223333:accelerator/1234abcd-abcd-1234-abcd-1234abcdefgh"},
			"aws_globalaccelerator_endpoint_group.ga":{"id":"arn:aws:globalaccelerator::111122223333:accelerator/1234abcd-abcd-1234-abcd-1234abcdefgh/listener/0123vxyz/endpoint-group/098765zyxwvu","listener_arn":"arn:aws:globalaccelerator::111122223333:accelerator/1234abcd-abcd-1234-abcd-1234abcdefgh/listener/0123vxyz","endpoint_configuration":[{"endpoint_id":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/web/50dc6c495c0c9188"}]},
			"aws_lambda_function.caller":{"id":"caller","function_name":"caller","arn":"arn:aws:lambda:eu-west-1:111122223333:function:caller","environment":[{"variables":{"API":"https://api.contoso.example/v1"}}]}}`,
		want: `www.contoso.example --routes to--> contoso-web (high WR9)
			www.contoso.example --routes to--> web (high WR9)
			www.contoso.example --routes to--> media.fabrikam.example (high WR9)
			www.contoso.example --calls--> edge (certain WR9)
			www.contoso.example --is protected by--> edge (certain WR9)
			www.contoso.example --logs to--> resource contoso-logs (certain WR18) observability
			www.contoso.example is "internet-facing"
			web --is protected by--> web-acl (certain WR9)
			contoso.example --points to--> www.contoso.example (high WR9)
			contoso.example --points to--> web (high WR9)
			internal.contoso.example --answers names in--> main (certain WR9) hidden
			ga --routes to--> web (certain WR9)
			caller --calls--> web (high WR10)
			resource www.contoso.example in contoso.example`,
	},
}
