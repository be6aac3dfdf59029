package derive

// Data stores of AWS, and what moves data.
var awsDataFixtures = []fixture{
	{
		rule: "WR14 WR4", name: "databases, their groups, members, copies and proxies",
		tf: `{
			"aws_vpc.main":{"id":"vpc-0a1b2c3d4e5f60718","arn":"arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-0a1b2c3d4e5f60718","tags":{"Name":"main"}},
			"aws_subnet.a":{"id":"subnet-0a1b2c3d4e5f6071a","arn":"arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-0a1b2c3d4e5f6071a","vpc_id":"vpc-0a1b2c3d4e5f60718","tags":{"Name":"a"}},
			"aws_subnet.b":{"id":"subnet-0a1b2c3d4e5f6071b","arn":"arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-0a1b2c3d4e5f6071b","vpc_id":"vpc-0a1b2c3d4e5f60718","tags":{"Name":"b"}},
			"aws_db_subnet_group.dbs":{"id":"dbs","name":"dbs","arn":"arn:aws:rds:eu-west-1:111122223333:subgrp:dbs","subnet_ids":["subnet-0a1b2c3d4e5f6071a","subnet-0a1b2c3d4e5f6071b"],"vpc_id":"vpc-0a1b2c3d4e5f60718"},
			"aws_db_instance.shop":{"id":"db-ABCDEFGHIJKLMNOP","identifier":"shop-db","arn":"arn:aws:rds:eu-west-1:111122223333:db:shop-db","engine":"mysql","db_subnet_group_name":"dbs","address":"shop-db.abcdefghijkl.eu-west-1.rds.amazonaws.com","publicly_accessible":true,"vpc_security_group_ids":[],"parameter_group_name":"default.mysql8.0","master_user_secret":[{"secret_arn":"arn:aws:secretsmanager:eu-west-1:111122223333:secret:rds!db-AbCdEf","secret_status":"active"}]},
			"aws_docdb_cluster.docs":{"id":"docs","cluster_identifier":"docs","arn":"arn:aws:rds:eu-west-1:111122223333:cluster:docs","db_subnet_group_name":"docs-subnets"},
			"aws_docdb_subnet_group.docs":{"id":"docs-subnets","name":"docs-subnets","arn":"arn:aws:rds:eu-west-1:111122223333:subgrp:docs-subnets","subnet_ids":["subnet-0a1b2c3d4e5f6071b"]},
			"aws_neptune_cluster.graph":{"id":"graph","cluster_identifier":"graph","arn":"arn:aws:rds:eu-west-1:111122223333:cluster:graph","neptune_subnet_group_name":"graph-subnets"},
			"aws_neptune_subnet_group.graph":{"id":"graph-subnets","name":"graph-subnets","arn":"arn:aws:rds:eu-west-1:111122223333:subgrp:graph-subnets","subnet_ids":["subnet-0a1b2c3d4e5f6071b"]},
			"aws_memorydb_cluster.mem":{"id":"memdb","name":"memdb","arn":"arn:aws:memorydb:eu-west-1:111122223333:cluster/memdb","subnet_group_name":"dbs"},
			"aws_memorydb_subnet_group.mem":{"id":"dbs","name":"dbs","arn":"arn:aws:memorydb:eu-west-1:111122223333:subnetgroup/dbs","subnet_ids":["subnet-0a1b2c3d4e5f6071b"]},
			"aws_dax_cluster.dax":{"id":"dax","cluster_name":"dax","arn":"arn:aws:dax:eu-west-1:111122223333:cache/dax","subnet_group_name":"dax-subnets"},
			"aws_dax_subnet_group.dax":{"id":"dax-subnets","name":"dax-subnets","subnet_ids":["subnet-0a1b2c3d4e5f6071b"]},
			"aws_redshift_cluster.dwh":{"id":"dwh","cluster_identifier":"dwh","arn":"arn:aws:redshift:eu-west-1:111122223333:namespace:1","cluster_subnet_group_name":"dwh-subnets"},
			"aws_redshift_subnet_group.dwh":{"id":"dwh-subnets","name":"dwh-subnets","subnet_ids":["subnet-0a1b2c3d4e5f6071b"]},
			"aws_db_instance.copy":{"id":"db-ABCDEFGHIJKLMNOQ","identifier":"shop-copy","arn":"arn:aws:rds:eu-west-1:111122223333:db:shop-copy","engine":"mysql","replicate_source_db":"shop-db"},
			"aws_secretsmanager_secret.db":{"id":"arn:aws:secretsmanager:eu-west-1:111122223333:secret:rds!db-AbCdEf","arn":"arn:aws:secretsmanager:eu-west-1:111122223333:secret:rds!db-AbCdEf","name":"rds!db"},
			"aws_secretsmanager_secret_rotation.db":{"id":"arn:aws:secretsmanager:eu-west-1:111122223333:secret:rds!db-AbCdEf","secret_id":"arn:aws:secretsmanager:eu-west-1:111122223333:secret:rds!db-AbCdEf","rotation_lambda_arn":"arn:aws:lambda:eu-west-1:111122223333:function:rotate"},
			"aws_lambda_function.rotate":{"id":"rotate","function_name":"rotate","arn":"arn:aws:lambda:eu-west-1:111122223333:function:rotate"},
			"aws_db_proxy.proxy":{"id":"proxy","name":"proxy","arn":"arn:aws:rds:eu-west-1:111122223333:db-proxy:prx-1","endpoint":"proxy.proxy-abcdefghijkl.eu-west-1.rds.amazonaws.com","vpc_subnet_ids":["subnet-0a1b2c3d4e5f6071a","subnet-0a1b2c3d4e5f6071b"],"auth":[{"secret_arn":"arn:aws:secretsmanager:eu-west-1:111122223333:secret:rds!db-AbCdEf"}]},
			"aws_db_proxy_target.proxy":{"id":"proxy/default/RDS_INSTANCE/shop-db","db_proxy_name":"proxy","db_instance_identifier":"shop-db","target_group_name":"default"},
			"aws_rds_cluster.aurora":{"id":"aurora","cluster_identifier":"aurora","arn":"arn:aws:rds:eu-west-1:111122223333:cluster:aurora","engine":"aurora-postgresql","endpoint":"aurora.cluster-abcdefghijkl.eu-west-1.rds.amazonaws.com","reader_endpoint":"aurora.cluster-ro-abcdefghijkl.eu-west-1.rds.amazonaws.com"},
			"aws_rds_cluster.far":{"id":"far","cluster_identifier":"far","arn":"arn:aws:rds:eu-central-1:111122223333:cluster:far","engine":"aurora-postgresql","replication_source_identifier":"arn:aws:rds:eu-west-1:111122223333:cluster:aurora"},
			"aws_rds_cluster_instance.one":{"id":"aurora-1","identifier":"aurora-1","cluster_identifier":"aurora","arn":"arn:aws:rds:eu-west-1:111122223333:db:aurora-1","endpoint":"aurora-1.abcdefghijkl.eu-west-1.rds.amazonaws.com"},
			"aws_elasticache_replication_group.cache":{"id":"cache","replication_group_id":"cache","arn":"arn:aws:elasticache:eu-west-1:111122223333:replicationgroup:cache","subnet_group_name":"cache-subnets"},
			"aws_elasticache_cluster.member":{"id":"cache-001","cluster_id":"cache-001","arn":"arn:aws:elasticache:eu-west-1:111122223333:cluster:cache-001","replication_group_id":"cache","engine":"redis"},
			"aws_elasticache_cluster.mem":{"id":"mem","cluster_id":"mem","arn":"arn:aws:elasticache:eu-west-1:111122223333:cluster:mem","replication_group_id":"","engine":"memcached"},
			"aws_elasticache_subnet_group.cache":{"id":"cache-subnets","name":"cache-subnets","arn":"arn:aws:elasticache:eu-west-1:111122223333:subnetgroup:cache-subnets","subnet_ids":["subnet-0a1b2c3d4e5f6071a"]},
			"aws_opensearch_domain.search":{"id":"arn:aws:es:eu-west-1:111122223333:domain/search","domain_name":"search","arn":"arn:aws:es:eu-west-1:111122223333:domain/search","endpoint":"vpc-search-abcdefghij.eu-west-1.es.amazonaws.com","vpc_options":[{"subnet_ids":["subnet-0a1b2c3d4e5f6071a"],"vpc_id":"vpc-0a1b2c3d4e5f60718"}]},
			"aws_msk_cluster.kafka":{"id":"arn:aws:kafka:eu-west-1:111122223333:cluster/kafka/1","cluster_name":"kafka","arn":"arn:aws:kafka:eu-west-1:111122223333:cluster/kafka/1","bootstrap_brokers_tls":"b-1.kafka.abcdef.c2.kafka.eu-west-1.amazonaws.com:9094,b-2.kafka.abcdef.c2.kafka.eu-west-1.amazonaws.com:9094","broker_node_group_info":[{"client_subnets":["subnet-0a1b2c3d4e5f6071a","subnet-0a1b2c3d4e5f6071b"]}]},
			"aws_redshiftserverless_workgroup.wg":{"id":"wg","workgroup_name":"wg","namespace_name":"ns","arn":"arn:aws:redshift-serverless:eu-west-1:111122223333:workgroup/1","subnet_ids":["subnet-0a1b2c3d4e5f6071a"]},
			"aws_redshiftserverless_namespace.ns":{"id":"ns","namespace_name":"ns","arn":"arn:aws:redshift-serverless:eu-west-1:111122223333:namespace/1"},
			"aws_directory_service_directory.ad":{"id":"d-1234567890","name":"corp.contoso.example","vpc_settings":[{"subnet_ids":["subnet-0a1b2c3d4e5f6071a"],"vpc_id":"vpc-0a1b2c3d4e5f60718"}]},
			"aws_efs_file_system.fs":{"id":"fs-0a1b2c3d4e5f60730","arn":"arn:aws:elasticfilesystem:eu-west-1:111122223333:file-system/fs-0a1b2c3d4e5f60730","tags":{"Name":"fs"}},
			"aws_efs_mount_target.a":{"id":"fsmt-0a1b2c3d4e5f60732","file_system_id":"fs-0a1b2c3d4e5f60730","subnet_id":"subnet-0a1b2c3d4e5f6071a"},
			"aws_efs_mount_target.b":{"id":"fsmt-0a1b2c3d4e5f60733","file_system_id":"fs-0a1b2c3d4e5f60730","subnet_id":"subnet-0a1b2c3d4e5f6071b"},
			"aws_lambda_function.app":{"id":"app","function_name":"app","arn":"arn:aws:lambda:eu-west-1:111122223333:function:app","environment":[{"variables":{"DATABASE_URL":"mysql://proxy.proxy-abcdefghijkl.eu-west-1.rds.amazonaws.com:3306/shop","READER":"aurora.cluster-ro-abcdefghijkl.eu-west-1.rds.amazonaws.com","BROKERS":"b-1.kafka.abcdef.c2.kafka.eu-west-1.amazonaws.com:9094,b-2.kafka.abcdef.c2.kafka.eu-west-1.amazonaws.com:9094","SEARCH":"https://vpc-search-abcdefghij.eu-west-1.es.amazonaws.com"}}]}}`,
		want: `shop-db: container "Amazon RDS for MySQL" W15
			shop-db on main (WR1)
			docs on b (WR1)
			graph on b (WR1)
			memdb on b (WR1)
			dax on b (WR1)
			dwh on b (WR1)
			shop-db is "internet-facing"
			shop-db --replicates to--> shop-copy (certain WR14)
			shop-db --keeps its credentials in--> rds!db (certain WR14)
			rds!db --is rotated by--> rotate (certain WR12)
			proxy: infrastructureNode "Amazon RDS Proxy" W15
			proxy in main
			proxy --routes to--> shop-db (certain WR14)
			proxy --reads secrets from--> rds!db (certain WR14)
			app --calls through proxy--> shop-db (high I2)
			aurora: container "Amazon Aurora PostgreSQL" W16
			aurora --replicates to--> far (certain WR14)
			resource one in aurora
			cache: container "Amazon ElastiCache" W19
			cache on a (WR1)
			resource cache-001 in cache
			mem: container "Amazon ElastiCache for Memcached" W19
			search on a (WR1)
			kafka on main (WR1)
			fs on main (WR1)
			resource ns in wg
			app --reads from and writes to--> aurora (high WR10)
			app --exchanges messages through--> kafka (high WR10)
			app --reads from and writes to--> search (high WR10)`,
	},
	{
		rule: "WR14 W22-LOGS", name: "jobs that move and read data",
		tf: `{
			"aws_subnet.a":{"id":"subnet-0a1b2c3d4e5f6071a","arn":"arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-0a1b2c3d4e5f6071a","vpc_id":"vpc-0a1b2c3d4e5f60718","tags":{"Name":"a"}},
			"aws_s3_bucket.lake":{"id":"contoso-lake","bucket":"contoso-lake","arn":"arn:aws:s3:::contoso-lake"},
			"aws_s3_bucket.copy":{"id":"contoso-copy","bucket":"contoso-copy","arn":"arn:aws:s3:::contoso-copy"},
			"aws_s3_bucket_replication_configuration.lake":{"id":"contoso-lake","bucket":"contoso-lake","role":"arn:aws:iam::111122223333:role/copy","rule":[{"destination":[{"bucket":"arn:aws:s3:::contoso-copy"}]}]},
			"aws_s3_bucket_logging.lake":{"id":"contoso-lake","bucket":"contoso-lake","target_bucket":"contoso-access"},
			"aws_s3_bucket.access":{"id":"contoso-access","bucket":"contoso-access","arn":"arn:aws:s3:::contoso-access"},
			"aws_s3_bucket_versioning.access":{"id":"contoso-access","bucket":"contoso-access"},
			"aws_glue_job.etl":{"id":"etl","name":"etl","arn":"arn:aws:glue:eu-west-1:111122223333:job/etl","role_arn":"arn:aws:iam::111122223333:role/glue","command":[{"script_location":"s3://contoso-lake/scripts/etl.py"}],"connections":["erp"],"default_arguments":{"--TempDir":"s3://contoso-lake/tmp/"}},
			"aws_iam_role.glue":{"id":"glue","name":"glue","arn":"arn:aws:iam::111122223333:role/glue"},
			"aws_glue_connection.erp":{"id":"111122223333:erp","name":"erp","arn":"arn:aws:glue:eu-west-1:111122223333:connection/erp","connection_properties":{"JDBC_CONNECTION_URL":"jdbc:postgresql://erp.fabrikam.example:5432/erp"},"physical_connection_requirements":[{"subnet_id":"subnet-0a1b2c3d4e5f6071a"}]},
			"aws_glue_crawler.c":{"id":"c","name":"crawler","arn":"arn:aws:glue:eu-west-1:111122223333:crawler/c","role":"glue","database_name":"lake_db","s3_target":[{"path":"s3://contoso-lake/raw"}]},
			"aws_glue_catalog_database.db":{"id":"111122223333:lake_db","name":"lake_db","arn":"arn:aws:glue:eu-west-1:111122223333:database/lake_db","location_uri":"s3://contoso-lake/raw"},
			"aws_glue_catalog_table.t":{"id":"111122223333:lake_db:orders","name":"orders","database_name":"lake_db","arn":"arn:aws:glue:eu-west-1:111122223333:table/lake_db/orders"},
			"aws_athena_workgroup.wg":{"id":"wg","name":"wg","arn":"arn:aws:athena:eu-west-1:111122223333:workgroup/wg","configuration":[{"result_configuration":[{"output_location":"s3://contoso-lake/athena/"}]}]},
			"aws_dms_replication_instance.dms":{"id":"dms","replication_instance_id":"dms","replication_instance_arn":"arn:aws:dms:eu-west-1:111122223333:rep:DMS","replication_subnet_group_id":"dms-subnets"},
			"aws_dms_replication_subnet_group.dms":{"id":"dms-subnets","replication_subnet_group_id":"dms-subnets","subnet_ids":["subnet-0a1b2c3d4e5f6071a"]},
			"aws_dms_replication_task.t":{"id":"t","replication_task_id":"move","replication_task_arn":"arn:aws:dms:eu-west-1:111122223333:task:T","replication_instance_arn":"arn:aws:dms:eu-west-1:111122223333:rep:DMS","source_endpoint_arn":"arn:aws:dms:eu-west-1:111122223333:endpoint:SRC","target_endpoint_arn":"arn:aws:dms:eu-west-1:111122223333:endpoint:DST"},
			"aws_dms_endpoint.src":{"id":"src","endpoint_id":"src","endpoint_arn":"arn:aws:dms:eu-west-1:111122223333:endpoint:SRC","server_name":"erp.fabrikam.example"},
			"aws_dms_s3_endpoint.dst":{"id":"dst","endpoint_id":"dst","endpoint_arn":"arn:aws:dms:eu-west-1:111122223333:endpoint:DST","bucket_name":"contoso-lake"},
			"aws_transfer_server.sftp":{"id":"s-0123456789abcdef0","arn":"arn:aws:transfer:eu-west-1:111122223333:server/s-0123456789abcdef0","endpoint_type":"PUBLIC","endpoint":"s-0123456789abcdef0.server.transfer.eu-west-1.amazonaws.com","endpoint_details":[{"subnet_ids":["subnet-0a1b2c3d4e5f6071a"]}]},
			"aws_transfer_user.fabrikam":{"id":"s-0123456789abcdef0/fabrikam","server_id":"s-0123456789abcdef0","user_name":"fabrikam","role":"arn:aws:iam::111122223333:role/sftp","home_directory":"s3://contoso-lake/in"},
			"aws_emr_cluster.emr":{"id":"j-ABCDEFGHIJKL","name":"emr","arn":"arn:aws:elasticmapreduce:eu-west-1:111122223333:cluster/j-ABCDEFGHIJKL","ec2_attributes":[{"subnet_id":"subnet-0a1b2c3d4e5f6071a"}]},
			"aws_mwaa_environment.air":{"id":"air","name":"air","arn":"arn:aws:airflow:eu-west-1:111122223333:environment/air","source_bucket_arn":"arn:aws:s3:::contoso-lake","network_configuration":[{"subnet_ids":["subnet-0a1b2c3d4e5f6071a"]}]},
			"aws_bedrockagent_data_source.docs":{"id":"DS,KB","name":"docs","data_source_configuration":[{"s3_configuration":[{"bucket_arn":"arn:aws:s3:::contoso-lake"}]}]}}`,
		want: `contoso-lake --replicates to--> contoso-copy (certain WR14)
			contoso-lake --logs to--> resource contoso-access (certain WR18) observability
			! contoso-access: container "Amazon S3 bucket" W22
			etl --is deployed from--> contoso-lake (high WR11)
			etl --reads from and writes to--> contoso-lake (high WR10)
			etl --reads from and writes to--> erp.fabrikam.example (high WR14)
			etl --sends traffic through--> a (certain WR2)
			crawler --reads from--> contoso-lake (certain WR14)
			crawler --writes to--> lake_db (certain WR14)
			lake_db --describes data in--> contoso-lake (certain WR14)
			wg --writes results to--> contoso-lake (certain WR14)
			move on dms (WR3)
			move --reads from or writes to--> erp.fabrikam.example (high WR14)
			move --reads from or writes to--> contoso-lake (high WR14)
			air --is deployed from--> contoso-lake (high WR14)
			sftp is "internet-facing"
			dms in a`,
	},
}
