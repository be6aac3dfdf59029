package icon

// technologies are the phrases that name a technology, by the name of its glyph.
const technologies = `postgresql:postgresql,postgres,psql,pgbouncer,postgis,timescaledb
mariadb:mariadb
sqlite:sqlite
mongodb:mongodb,mongo
redis:redis,elasticache for redis,memorystore for redis,resp
elasticsearch:elasticsearch
opensearch:opensearch
apachekafka:kafka,msk
rabbitmq:rabbitmq
apachepulsar:pulsar
natsdotio:nats
nginx:nginx
traefikproxy:traefik
envoyproxy:envoy,envoyproxy
istio:istio
kubernetes:kubernetes,aks,eks,gke
docker:docker
helm:helm
terraform:terraform
opentofu:opentofu
pulumi:pulumi
ansible:ansible
prometheus:prometheus
grafana:grafana
datadog:datadog
newrelic:new relic,newrelic
sentry:sentry
elastic:elastic stack
logstash:logstash
kibana:kibana
fluentbit:fluent bit,fluentbit
nodedotjs:node.js,nodejs
python:python
go:go,golang
openjdk:java,openjdk,jdk,jre
spring:spring
springboot:spring boot
dotnet:.net,dotnet,asp.net,c#
rubyonrails:rails,ruby on rails
django:django
flask:flask
fastapi:fastapi
laravel:laravel
nextdotjs:next.js,nextjs
react:react,reactjs,react.js
svelte:svelte,sveltekit
typescript:typescript
javascript:javascript
graphql:graphql
auth0:auth0
okta:okta
vault:hashicorp vault
consul:consul,hashicorp consul
etcd:etcd
minio:minio
clickhouse:clickhouse
cockroachlabs:cockroachdb,cockroach
apachecassandra:cassandra
neo4j:neo4j
influxdb:influxdb,influx
snowflake:snowflake
databricks:databricks
apacheairflow:airflow,mwaa
apachespark:spark
temporal:temporal.io,temporal server
githubactions:github actions
github:github
gitlab:gitlab
cloudflare:cloudflare
fastly:fastly
akamai:akamai
stripe:stripe
paypal:paypal
haproxy:haproxy
kong:kong
cilium:cilium
linkerd:linkerd
knative:knative
redhatopenshift:openshift
k3s:k3s
kotlin:kotlin
scala:scala
elixir:elixir,phoenix
cplusplus:c++
deno:deno
quarkus:quarkus
couchbase:couchbase
duckdb:duckdb
openid:openid connect,oidc
mqtt:mqtt,mosquitto
googlebigquery:bigquery
googlecloudstorage:google cloud storage
trino:trino
`

// purposes are the phrases that say what a thing is for, by the name of its glyph. A phrase stands here too when it must not be
// taken for the technology that a word in it names.
const purposes = `database:database,mysql,sql,cosmos db,dynamodb,aurora,rds,spanner,firestore,bigtable,documentdb,neptune,redshift,synapse,db
cache:cache,memcached,valkey,elasticache,memorystore,memorydb
queue:queue,topic,service bus,event hub,event hubs,event grid,eventbridge,sqs,sns,pub sub,pubsub,amqp,activemq,service bus subscription
stream:kinesis,firehose,stream analytics,dataflow,stream
storage:storage,blob,s3,bucket,data lake
folder:file share,efs,filestore,azure files,file system
disk:disk,managed disk,ebs,persistent volume,volume
function:function,functions,lambda,cloud functions
app:app service,app services,web app,app engine,elastic beanstalk,app runner,app service plan
browser:static web app,static web apps,single page application,spa,browser,website
container:container apps,container app,container instances,ecs,fargate,cloud run,container
cluster:cluster,container apps environment,node pool
secret:key vault,secrets manager,secret manager,secret,kms,key management service,vault
gateway:api management,application gateway,api gateway,gateway,ingress,apigee,reverse proxy
cdn:front door,cloudfront,cdn
load-balancer:load balancer,load balancing,traffic manager,alb,nlb,elb
firewall:firewall,waf,network security group,security group
network:virtual network,vnet,vpc,subnet,private endpoint,network
link:private link,peering,vpn,expressroute,vpn gateway
dns:dns,dns zone,route
identity:entra id,microsoft entra id,active directory,identity,managed identity,cognito,iam
monitoring:application insights,splunk,log analytics,monitor,cloudwatch,logging,monitoring
machine:virtual machine,virtual machines,vm,ec2,compute engine,virtual machine scale set
job:job,cronjob,cron job,batch,scheduler
workflow:logic apps,logic app,workflow,step functions,data factory
search:search,ai search,cognitive search
model:openai,cognitive services,machine learning,sagemaker,vertex ai,bedrock,azure ai
registry:container registry,artifact registry,ecr,registry
certificate:certificate,acm
mail:smtp,ses,mail,email
internet:internet
api:rest api,https api,http api,web api
folder:resource group
`

// types are pieces of types of resources, by the name of the glyph; the first row that fits counts.
const types = `registry:containerregistry artifactregistry awsecr ecrrepository
secret:keyvault secretsmanager secretmanager awskms kmskey kmscrypto corevsecret
postgresql:postgresql postgres
redis:microsoftcacheredis rediscache redisinstance rediscluster
apachekafka:awsmsk managedkafka
grafana:dashboardgrafana microsoftdashboardgrafana
databricks:databricks
cache:elasticache memcache memorystore memorydb dax
link:privatelink privateendpoint peering vpn expressroute virtualnetworkgateway vpcendpoint
dns:dnszone privatedns awsroute googledns dnsresolver hostedzone
firewall:firewall securitygroup networkacl webacl ddos
cdn:cloudfront frontdoor cdnprofile cdnendpoint microsoftcdn
load-balancer:loadbalancer awslb awsalb awselb azurermlb trafficmanager forwardingrule globalaccelerator targetgroup
gateway:apimanagement applicationgateway applicationgateways apigateway apigee natgateway appsync ingress
network:virtualnetwork subnet awsvpc computenetwork networkinterface publicip routetable virtualhub virtualwan networkwatcher computeroute
identity:managedidentity userassignedidentity roleassignment roledefinition serviceaccount awsiam cognito directoryservice googleiam
queue:servicebus eventhub eventgrid awssqs sqsqueue awssns snstopic pubsub awsmq eventbridge cloudwatchevent relaynamespace notificationhub cloudtasks
stream:kinesis streamanalytics datastream dataflow
function:functionapp awslambda lambdafunction cloudfunctions
workflow:logicapp microsoftlogic datafactory stepfunctions awssfn workflows pipes
job:containerappjob microsoftappjobs batchjob cronjob schedulerjob batchaccount awsbatch automationaccount
kubernetes:managedclusters kubernetescluster awseks ekscluster googlecontainercluster
cluster:managedenvironment nodepool nodegroup ecscluster namespace
container:containerapp containergroup ecsservice ecstask cloudrun appsdeployment appsstatefulset appsdaemonset corevpod apprunner
browser:staticsite staticwebapp amplify firebasehosting
app:microsoftwebsites serverfarms serviceplan appservice webapp beanstalk appengine
machine:virtualmachine awsinstance ecinstance computeinstance scaleset autoscaling
disk:manageddisk computedisks persistentvolume ebsvolume
folder:storageshare awsefs filestore filesystem resourcegroup
storage:storageaccount storagecontainer storagebucket sbucket datalake
database:dbformysql azurermmysql microsoftsql mssql documentdb cosmosdb awsrds dbinstance dynamodb docdb neptune redshift spanner firestore bigtable bigquery sqldatabase alloydb keyspaces timestream kusto synapse
monitoring:insights monitor operationalinsights loganalytics cloudwatch
search:searchservice opensearch microsoftsearch
model:cognitive machinelearning sagemaker vertexai bedrock aifoundry
certificate:certificate
mail:awsses communicationservice
`
