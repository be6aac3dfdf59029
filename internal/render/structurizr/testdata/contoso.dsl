// Written by c4arch from evidence; the properties c4arch.* say which.
// Level 4 (resources) has no counterpart in this language: see model.json or index.html.
workspace "Contoso Shop" "Collected at 2026-03-14T09:26:53Z from subscription Contoso Production, cluster aks-billing" {
    model {
        person_customer = person "Customer" "Buys things, returns some of them." "External,declared" {
            properties {
                "c4arch.id" "person:customer"
                "c4arch.kind" "person"
                "c4arch.rule" "declared"
                "c4arch.evidence" "c4arch.yaml:4 persons[0] sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
            }
        }
        system_contoso_billing = softwareSystem "Contoso Billing" "Writes invoices and collects what is owed." "" {
            properties {
                "c4arch.id" "system:billing"
                "c4arch.kind" "softwareSystem"
                "c4arch.rule" "S5"
                "c4arch.owner" "Team Finance"
                "c4arch.evidence" "k8s/billing.yaml:3 k8s:aks-billing/core/Namespace//billing sha256:94708d5a41c243d563ba83151b712b44b0b9c3a6c98f49b55be9ae1df95db019"
            }
            container_psql_billing = container "psql-billing" "Invoices and payments." "Azure Database for PostgreSQL" "Shape database" {
                properties {
                    "c4arch.id" "container:/subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-billing-prod/providers/microsoft.dbforpostgresql/flexibleservers/psql-billing"
                    "c4arch.kind" "container"
                    "c4arch.rule" "T26"
                    "c4arch.type" "microsoft.dbforpostgresql/flexibleservers"
                    "c4arch.evidence" "exports/subscription.json:520 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-billing-prod/providers/microsoft.dbforpostgresql/flexibleservers/psql-billing sha256:895e55dcc0297118ce41585e366ba9007c5fa3cd1fcadda3eecb6eb3c75d1445"
                }
            }
            container_billing_api = container "billing-api" "Invoices by HTTP." "Kubernetes Deployment, ghcr.io/contoso/billing:4.2" "" {
                properties {
                    "c4arch.id" "container:k8s:aks-billing/apps/Deployment/billing/billing-api"
                    "c4arch.kind" "container"
                    "c4arch.rule" "K1"
                    "c4arch.type" "apps/Deployment"
                    "c4arch.evidence" "k8s/billing.yaml:14 k8s:aks-billing/apps/Deployment/billing/billing-api sha256:c3c4142aed4ea89f6768fa2318d15b941e2dea9364b108c22c97db7e6cdcfdc9"
                }
            }
        }
        system_contoso_shop = softwareSystem "Contoso Shop" "Sells products to customers on the web." "tier-1" {
            properties {
                "c4arch.id" "system:shop"
                "c4arch.kind" "softwareSystem"
                "c4arch.rule" "S3"
                "c4arch.owner" "Team Storefront"
                "c4arch.evidence" "exports/subscription.json:12 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod tags.system sha256:11e8ea0bb7b40e577ca1b1838a92f068f91ba70b3af6002571dcab51c9501e3a"
            }
            container_ca_shop_api = container "ca-shop-api" "The shop's business rules behind one API." "Azure Container Apps" "" {
                properties {
                    "c4arch.id" "container:/subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.app/containerapps/ca-shop-api"
                    "c4arch.kind" "container"
                    "c4arch.rule" "T10"
                    "c4arch.type" "microsoft.app/containerapps"
                    "c4arch.evidence" "exports/subscription.json:204 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.app/containerapps/ca-shop-api sha256:c03bfe1581d672eb7323af810e47e01895e16e72cfda443a62ac70b3506e8e6b"
                }
                component_envoy = component "envoy" "Sidecar that ends TLS." "envoyproxy/envoy:v1.33" "" {
                    properties {
                        "c4arch.id" "component:/subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.app/containerapps/ca-shop-api#envoy"
                        "c4arch.kind" "component"
                        "c4arch.rule" "T10"
                        "c4arch.evidence" "exports/subscription.json:236 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.app/containerapps/ca-shop-api properties.template.containers[1] sha256:c03bfe1581d672eb7323af810e47e01895e16e72cfda443a62ac70b3506e8e6b"
                    }
                }
                component_web = component "web" "Answers requests." "ghcr.io/contoso/shop-api:2.31" "" {
                    properties {
                        "c4arch.id" "component:/subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.app/containerapps/ca-shop-api#web"
                        "c4arch.kind" "component"
                        "c4arch.rule" "T10"
                        "c4arch.evidence" "exports/subscription.json:219 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.app/containerapps/ca-shop-api properties.template.containers[0] sha256:c03bfe1581d672eb7323af810e47e01895e16e72cfda443a62ac70b3506e8e6b"
                    }
                }
            }
            container_redis_shop = container "redis-shop" "Baskets of people who have not yet paid." "Azure Cache for Redis" "Shape cache" {
                properties {
                    "c4arch.id" "container:/subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.cache/redis/redis-shop"
                    "c4arch.kind" "container"
                    "c4arch.rule" "T29"
                    "c4arch.type" "microsoft.cache/redis"
                    "c4arch.evidence" "exports/subscription.json:322 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.cache/redis/redis-shop sha256:b5ecb6a99ae46b82f5cc8b7de825eb02decb06eff4ce0bf5ec102afa932696c9"
                }
            }
            container_kv_shop = container "kv-shop" "" "Azure Key Vault" "Shape secret,content not visible" {
                properties {
                    "c4arch.id" "container:/subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.keyvault/vaults/kv-shop"
                    "c4arch.kind" "container"
                    "c4arch.rule" "T47"
                    "c4arch.type" "microsoft.keyvault/vaults"
                    "c4arch.evidence" "terraform.tfstate:802 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.keyvault/vaults/kv-shop sha256:54388b5c67d7dceb94ec1965c8523b3626578d335a175c8a220f72f0de35122d"
                    "c4arch.evidence.2" "exports/subscription.json:377 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.keyvault/vaults/kv-shop sha256:54388b5c67d7dceb94ec1965c8523b3626578d335a175c8a220f72f0de35122d"
                }
            }
            container_orders_b9eadd9b = container "orders (Azure Service Bus queue)" "Orders that wait to be worked on." "Azure Service Bus queue" "Shape queue" {
                properties {
                    "c4arch.id" "container:/subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.servicebus/namespaces/sb-shop/queues/orders"
                    "c4arch.kind" "container"
                    "c4arch.rule" "T32"
                    "c4arch.type" "microsoft.servicebus/namespaces/queues"
                    "c4arch.evidence" "exports/subscription.json:301 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.servicebus/namespaces/sb-shop/queues/orders sha256:2884a4b60fba8787fc158aa9eb9b6502e33e2d88178f33cc4cf2519d087d0984"
                }
            }
            container_orders_48d2f198 = container "orders (Azure SQL Database)" "Orders and their lines." "Azure SQL Database" "Shape database" {
                properties {
                    "c4arch.id" "container:/subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.sql/servers/sql-shop/databases/orders"
                    "c4arch.kind" "container"
                    "c4arch.rule" "T24"
                    "c4arch.type" "microsoft.sql/servers/databases"
                    "c4arch.evidence" "exports/subscription.json:260 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.sql/servers/sql-shop/databases/orders sha256:e2c5814495b735d3b39e6628fb97ca9ef431dbd065574f339c0e547c71ed8bae"
                }
            }
            container_stshopimages = container "stshopimages" "Pictures of products." "Azure Storage" "Shape storage" {
                properties {
                    "c4arch.id" "container:/subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.storage/storageaccounts/stshopimages"
                    "c4arch.kind" "container"
                    "c4arch.rule" "T30"
                    "c4arch.type" "microsoft.storage/storageaccounts"
                    "c4arch.evidence" "terraform.tfstate:744 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.storage/storageaccounts/stshopimages sha256:a4120d089494357ab5612ddcffe08d1e8bb6ea41c0d58708a75da4d05f34b51c"
                }
            }
            container_app_shop_storefront = container "app-shop-storefront" "Shows products and takes orders." "Azure App Service, Node 22" "Shape browser,internet-facing" {
                properties {
                    "c4arch.id" "container:/subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.web/sites/app-shop-storefront"
                    "c4arch.kind" "container"
                    "c4arch.rule" "T3"
                    "c4arch.type" "microsoft.web/sites"
                    "c4arch.evidence" "exports/subscription.json:101 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.web/sites/app-shop-storefront sha256:f394f294515efeece27416ddc70c3a9d4ed620a362c4893fa0f26defc335b64a"
                }
            }
            container_func_shop_orders = container "func-shop-orders" "Works off the orders queue." "Azure Functions, .NET 9" "Shape function" {
                properties {
                    "c4arch.id" "container:/subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.web/sites/func-shop-orders"
                    "c4arch.kind" "container"
                    "c4arch.rule" "T4"
                    "c4arch.type" "microsoft.web/sites"
                    "c4arch.evidence" "exports/subscription.json:151 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.web/sites/func-shop-orders sha256:bd7028223088a886e6d473ddb107a602b370c17bc87539be6fc0def5b1c1e7a4"
                }
            }
            container_appi_shop = container "appi-shop" "" "Application Insights" "Layer observability" {
                properties {
                    "c4arch.id" "container:appi"
                    "c4arch.kind" "container"
                    "c4arch.rule" "T60"
                    "c4arch.type" "microsoft.insights/components"
                    "c4arch.evidence" "exports/subscription.json:610 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.insights/components/appi-shop sha256:0182a7c7b01e15f8346a719101272f7f0457e68b664b0be59a0eef29d0b2ad4c"
                }
            }
        }
        system_api_payments_example = softwareSystem "api.payments.example" "A host named in settings that is not part of what was scanned." "External,unverified" {
            properties {
                "c4arch.id" "external:api.payments.example"
                "c4arch.kind" "softwareSystem"
                "c4arch.rule" "R33"
                "c4arch.evidence" "exports/subscription.json:228 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.app/containerapps/ca-shop-api properties.template.containers[0].env[4].value sha256:c03bfe1581d672eb7323af810e47e01895e16e72cfda443a62ac70b3506e8e6b"
            }
        }
        system_microsoft_entra_id = softwareSystem "Microsoft Entra ID" "Signs people and workloads in." "External" {
            properties {
                "c4arch.id" "external:entra"
                "c4arch.kind" "softwareSystem"
                "c4arch.rule" "R34"
                "c4arch.evidence" "exports/subscription.json:231 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.app/containerapps/ca-shop-api identity.tenantId sha256:c03bfe1581d672eb7323af810e47e01895e16e72cfda443a62ac70b3506e8e6b"
            }
        }
        system_internet = softwareSystem "Internet" "Anyone who can reach a public address." "External,Shape internet,inferred" {
            properties {
                "c4arch.id" "external:internet"
                "c4arch.kind" "softwareSystem"
                "c4arch.rule" "R31"
                "c4arch.evidence" "exports/subscription.json:402 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.network/frontdoors/fd-shop properties.frontendEndpoints[0].properties.hostName sha256:623e259e381d5632ae9639c0ca5a4cdb7119b5cab4c89b5e8291cc18a75a00a1"
            }
        }

        person_customer -> system_internet "browses with" "HTTPS" "Confidence certain,Declared" {
            properties {
                "c4arch.id" "rel-001"
                "c4arch.rule" "declared"
                "c4arch.confidence" "certain"
                "c4arch.evidence" "c4arch.yaml:9 relationships[0] sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
            }
        }
        container_ca_shop_api -> system_api_payments_example "takes payments through" "HTTPS" "Confidence high" {
            properties {
                "c4arch.id" "rel-011"
                "c4arch.rule" "R33"
                "c4arch.confidence" "high"
                "c4arch.evidence" "exports/subscription.json:228 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.app/containerapps/ca-shop-api properties.template.containers[0].env[4].value sha256:c03bfe1581d672eb7323af810e47e01895e16e72cfda443a62ac70b3506e8e6b"
            }
        }
        container_ca_shop_api -> system_microsoft_entra_id "signs in with" "OpenID Connect" "Confidence certain" {
            properties {
                "c4arch.id" "rel-012"
                "c4arch.rule" "R34"
                "c4arch.confidence" "certain"
                "c4arch.evidence" "exports/subscription.json:231 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.app/containerapps/ca-shop-api identity.tenantId sha256:c03bfe1581d672eb7323af810e47e01895e16e72cfda443a62ac70b3506e8e6b"
            }
        }
        system_internet -> container_app_shop_storefront "reaches" "HTTPS" "Confidence certain" {
            properties {
                "c4arch.id" "rel-002"
                "c4arch.rule" "R31"
                "c4arch.confidence" "certain"
                "c4arch.evidence" "exports/subscription.json:402 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.network/frontdoors/fd-shop properties.frontendEndpoints[0].properties.hostName sha256:623e259e381d5632ae9639c0ca5a4cdb7119b5cab4c89b5e8291cc18a75a00a1"
            }
        }
        container_ca_shop_api -> container_redis_shop "keeps baskets in" "RESP over TLS" "Confidence high" {
            properties {
                "c4arch.id" "rel-006"
                "c4arch.rule" "R21"
                "c4arch.confidence" "high"
                "c4arch.evidence" "exports/subscription.json:226 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.app/containerapps/ca-shop-api properties.template.containers[0].env[1].value sha256:c03bfe1581d672eb7323af810e47e01895e16e72cfda443a62ac70b3506e8e6b"
            }
        }
        container_ca_shop_api -> container_kv_shop "reads secrets from" "HTTPS" "Confidence may" {
            properties {
                "c4arch.id" "rel-010"
                "c4arch.rule" "R4"
                "c4arch.confidence" "may"
                "c4arch.evidence" "exports/subscription.json:710 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.authorization/roleassignments/a2 properties.roleDefinitionId sha256:6b1f06c1c9385014aa8b823e7b7409961dd6797f0cebfef2fc3bdd497c31f1f7"
            }
        }
        container_ca_shop_api -> container_orders_b9eadd9b "sends orders to" "AMQP 1.0" "Confidence may" {
            properties {
                "c4arch.id" "rel-007"
                "c4arch.rule" "R4"
                "c4arch.confidence" "may"
                "c4arch.evidence" "exports/subscription.json:702 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.authorization/roleassignments/a1 properties.roleDefinitionId sha256:1f4f71401328f5186f88077ffded42adb23321d5ff7678518b56411c7444a6a2"
            }
        }
        container_ca_shop_api -> container_orders_48d2f198 "reads and writes" "TDS over TLS" "Confidence high" {
            properties {
                "c4arch.id" "rel-005"
                "c4arch.rule" "R21"
                "c4arch.confidence" "high"
                "c4arch.evidence" "exports/subscription.json:225 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.app/containerapps/ca-shop-api properties.template.containers[0].env[0].value sha256:c03bfe1581d672eb7323af810e47e01895e16e72cfda443a62ac70b3506e8e6b"
                "c4arch.evidence.2" "terraform.tfstate:611 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.app/containerapps/ca-shop-api template.container[0].env[0].value sha256:c03bfe1581d672eb7323af810e47e01895e16e72cfda443a62ac70b3506e8e6b"
            }
        }
        container_app_shop_storefront -> container_ca_shop_api "calls" "HTTPS" "Confidence high" {
            properties {
                "c4arch.id" "rel-003"
                "c4arch.rule" "R24"
                "c4arch.confidence" "high"
                "c4arch.evidence" "exports/subscription.json:133 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.web/sites/app-shop-storefront properties.siteConfig.appSettings[2].value sha256:f394f294515efeece27416ddc70c3a9d4ed620a362c4893fa0f26defc335b64a"
            }
        }
        container_app_shop_storefront -> container_stshopimages "shows pictures from" "HTTPS" "Confidence high" {
            properties {
                "c4arch.id" "rel-004"
                "c4arch.rule" "R24"
                "c4arch.confidence" "high"
                "c4arch.evidence" "exports/subscription.json:137 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.web/sites/app-shop-storefront properties.siteConfig.appSettings[5].value sha256:f394f294515efeece27416ddc70c3a9d4ed620a362c4893fa0f26defc335b64a"
            }
        }
        container_func_shop_orders -> container_orders_b9eadd9b "receives orders from" "AMQP 1.0" "Confidence certain" {
            properties {
                "c4arch.id" "rel-008"
                "c4arch.rule" "R21"
                "c4arch.confidence" "certain"
                "c4arch.evidence" "exports/subscription.json:168 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.web/sites/func-shop-orders properties.siteConfig.appSettings[0].value sha256:bd7028223088a886e6d473ddb107a602b370c17bc87539be6fc0def5b1c1e7a4"
            }
        }
        container_func_shop_orders -> container_orders_48d2f198 "writes" "TDS over TLS" "Confidence high" {
            properties {
                "c4arch.id" "rel-009"
                "c4arch.rule" "R24"
                "c4arch.confidence" "high"
                "c4arch.evidence" "exports/subscription.json:170 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.web/sites/func-shop-orders properties.siteConfig.appSettings[1].value sha256:bd7028223088a886e6d473ddb107a602b370c17bc87539be6fc0def5b1c1e7a4"
            }
        }
        container_func_shop_orders -> container_billing_api "asks for an invoice from" "HTTPS" "Confidence high" {
            properties {
                "c4arch.id" "rel-013"
                "c4arch.rule" "R24"
                "c4arch.confidence" "high"
                "c4arch.evidence" "exports/subscription.json:173 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.web/sites/func-shop-orders properties.siteConfig.appSettings[3].value sha256:bd7028223088a886e6d473ddb107a602b370c17bc87539be6fc0def5b1c1e7a4"
            }
        }
        container_billing_api -> container_psql_billing "reads and writes" "PostgreSQL over TLS" "Confidence high" {
            properties {
                "c4arch.id" "rel-014"
                "c4arch.rule" "K2"
                "c4arch.confidence" "high"
                "c4arch.evidence" "k8s/billing.yaml:41 k8s:aks-billing/apps/Deployment/billing/billing-api spec.template.spec.containers[0].env[1].value sha256:c3c4142aed4ea89f6768fa2318d15b941e2dea9364b108c22c97db7e6cdcfdc9"
            }
        }
        component_web -> container_orders_48d2f198 "reads and writes" "TDS over TLS" "Confidence high" {
            properties {
                "c4arch.id" "rel-016"
                "c4arch.rule" "R21"
                "c4arch.confidence" "high"
                "c4arch.evidence" "exports/subscription.json:225 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.app/containerapps/ca-shop-api properties.template.containers[0].env[0].value sha256:c03bfe1581d672eb7323af810e47e01895e16e72cfda443a62ac70b3506e8e6b"
            }
        }
        component_envoy -> component_web "forwards to" "HTTP" "Confidence certain" {
            properties {
                "c4arch.id" "rel-015"
                "c4arch.rule" "T10"
                "c4arch.confidence" "certain"
                "c4arch.evidence" "exports/subscription.json:236 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.app/containerapps/ca-shop-api properties.template.containers[1] sha256:c03bfe1581d672eb7323af810e47e01895e16e72cfda443a62ac70b3506e8e6b"
            }
        }

        env_prod = deploymentEnvironment "prod" {
            node_contoso_production = deploymentNode "Contoso Production" "" "Azure subscription" "" {
                properties {
                    "c4arch.id" "node:/subscriptions/00000000-0000-0000-0000-000000000001"
                    "c4arch.kind" "deploymentNode"
                    "c4arch.rule" "D1"
                    "c4arch.evidence" "exports/subscription.json:2 /subscriptions/00000000-0000-0000-0000-000000000001 sha256:d12b62c05ec3b71336f8d32f5d88104c780619af65ae2fa37890cbe8af6361a5"
                }
                containerInstance container_psql_billing {
                    properties {
                        "c4arch.rule" "I1"
                        "c4arch.evidence" "exports/subscription.json:120 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-billing-prod/providers/microsoft.dbforpostgresql/flexibleservers/psql-billing properties.serverFarmId sha256:895e55dcc0297118ce41585e366ba9007c5fa3cd1fcadda3eecb6eb3c75d1445"
                    }
                }
                node_aks_billing = deploymentNode "aks-billing" "" "Azure Kubernetes Service 1.31" "" {
                    properties {
                        "c4arch.id" "node:/subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-billing-prod/providers/microsoft.containerservice/managedclusters/aks-billing"
                        "c4arch.kind" "deploymentNode"
                        "c4arch.rule" "D13"
                        "c4arch.evidence" "exports/subscription.json:480 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-billing-prod/providers/microsoft.containerservice/managedclusters/aks-billing sha256:3c9a6b076c8c7b409dced7e9f0b42974d15f2959581959df77243d35500fa037"
                    }
                    containerInstance container_billing_api {
                        properties {
                            "c4arch.rule" "I1"
                            "c4arch.evidence" "exports/subscription.json:120 k8s:aks-billing/apps/Deployment/billing/billing-api properties.serverFarmId sha256:c3c4142aed4ea89f6768fa2318d15b941e2dea9364b108c22c97db7e6cdcfdc9"
                        }
                    }
                }
                node_rg_shop_prod = deploymentNode "rg-shop-prod" "" "Resource group, West Europe" "" {
                    properties {
                        "c4arch.id" "node:/subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod"
                        "c4arch.kind" "deploymentNode"
                        "c4arch.rule" "D2"
                        "c4arch.evidence" "exports/subscription.json:9 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod sha256:11e8ea0bb7b40e577ca1b1838a92f068f91ba70b3af6002571dcab51c9501e3a"
                    }
                    containerInstance container_redis_shop {
                        properties {
                            "c4arch.rule" "I1"
                            "c4arch.evidence" "exports/subscription.json:120 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.cache/redis/redis-shop properties.serverFarmId sha256:b5ecb6a99ae46b82f5cc8b7de825eb02decb06eff4ce0bf5ec102afa932696c9"
                        }
                    }
                    containerInstance container_kv_shop {
                        properties {
                            "c4arch.rule" "I1"
                            "c4arch.evidence" "exports/subscription.json:120 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.keyvault/vaults/kv-shop properties.serverFarmId sha256:54388b5c67d7dceb94ec1965c8523b3626578d335a175c8a220f72f0de35122d"
                        }
                    }
                    containerInstance container_stshopimages {
                        properties {
                            "c4arch.rule" "I1"
                            "c4arch.evidence" "exports/subscription.json:120 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.storage/storageaccounts/stshopimages properties.serverFarmId sha256:a4120d089494357ab5612ddcffe08d1e8bb6ea41c0d58708a75da4d05f34b51c"
                        }
                    }
                    node_cae_shop = deploymentNode "cae-shop" "" "Container Apps environment" "" {
                        properties {
                            "c4arch.id" "node:/subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.app/managedenvironments/cae-shop"
                            "c4arch.kind" "deploymentNode"
                            "c4arch.rule" "D12"
                            "c4arch.evidence" "exports/subscription.json:190 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.app/managedenvironments/cae-shop sha256:6257df781a2eba4f550c48f7cc1d0539d156f88022fb72f839a9b210db81e67e"
                        }
                        containerInstance container_ca_shop_api {
                            properties {
                                "c4arch.rule" "I1"
                                "c4arch.evidence" "exports/subscription.json:120 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.app/containerapps/ca-shop-api properties.serverFarmId sha256:c03bfe1581d672eb7323af810e47e01895e16e72cfda443a62ac70b3506e8e6b"
                            }
                        }
                    }
                    infra_fd_shop = infrastructureNode "fd-shop" "" "Azure Front Door" "" {
                        properties {
                            "c4arch.id" "node:/subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.network/frontdoors/fd-shop"
                            "c4arch.kind" "infrastructureNode"
                            "c4arch.rule" "D40"
                            "c4arch.evidence" "exports/subscription.json:398 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.network/frontdoors/fd-shop sha256:623e259e381d5632ae9639c0ca5a4cdb7119b5cab4c89b5e8291cc18a75a00a1"
                        }
                    }
                    node_sb_shop = deploymentNode "sb-shop" "" "Service Bus namespace" "" {
                        properties {
                            "c4arch.id" "node:/subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.servicebus/namespaces/sb-shop"
                            "c4arch.kind" "deploymentNode"
                            "c4arch.rule" "D31"
                            "c4arch.evidence" "exports/subscription.json:290 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.servicebus/namespaces/sb-shop sha256:1ffd037943bcea7f15de41d6f736cf7d18888acb8f3e09fde06be9bb35f3d4d7"
                        }
                        containerInstance container_orders_b9eadd9b {
                            properties {
                                "c4arch.rule" "I1"
                                "c4arch.evidence" "exports/subscription.json:120 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.servicebus/namespaces/sb-shop/queues/orders properties.serverFarmId sha256:2884a4b60fba8787fc158aa9eb9b6502e33e2d88178f33cc4cf2519d087d0984"
                            }
                        }
                    }
                    node_sql_shop = deploymentNode "sql-shop" "" "Azure SQL server" "" {
                        properties {
                            "c4arch.id" "node:/subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.sql/servers/sql-shop"
                            "c4arch.kind" "deploymentNode"
                            "c4arch.rule" "D23"
                            "c4arch.evidence" "exports/subscription.json:250 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.sql/servers/sql-shop sha256:9d850047bd688e8656e8a1d4d3da72c73869ab2ef5bdbfb29aa475f13bb957c5"
                        }
                        containerInstance container_orders_48d2f198 {
                            properties {
                                "c4arch.rule" "I1"
                                "c4arch.evidence" "exports/subscription.json:120 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.sql/servers/sql-shop/databases/orders properties.serverFarmId sha256:e2c5814495b735d3b39e6628fb97ca9ef431dbd065574f339c0e547c71ed8bae"
                            }
                        }
                    }
                    node_plan_shop = deploymentNode "plan-shop" "" "App Service plan P1v3 x 2" "" {
                        properties {
                            "c4arch.id" "node:/subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.web/serverfarms/plan-shop"
                            "c4arch.kind" "deploymentNode"
                            "c4arch.rule" "D7"
                            "c4arch.evidence" "exports/subscription.json:88 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.web/serverfarms/plan-shop sha256:ba86f54055c25bacddc7a7c5d7e525eeb1841e52f66fbe11040f427e0303fd84"
                        }
                        containerInstance container_app_shop_storefront {
                            properties {
                                "c4arch.rule" "I1"
                                "c4arch.evidence" "exports/subscription.json:120 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.web/sites/app-shop-storefront properties.serverFarmId sha256:f394f294515efeece27416ddc70c3a9d4ed620a362c4893fa0f26defc335b64a"
                            }
                        }
                        containerInstance container_func_shop_orders {
                            properties {
                                "c4arch.rule" "I1"
                                "c4arch.evidence" "exports/subscription.json:120 /subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod/providers/microsoft.web/sites/func-shop-orders properties.serverFarmId sha256:bd7028223088a886e6d473ddb107a602b370c17bc87539be6fc0def5b1c1e7a4"
                            }
                        }
                    }
                }
            }
        }
    }

    views {
        systemLandscape "landscape" "" {
            title "Contoso Shop: all systems"
            include person_customer system_api_payments_example system_contoso_billing system_contoso_shop system_internet system_microsoft_entra_id
            autoLayout
        }
        systemContext system_contoso_billing "l1-billing" "" {
            title "Contoso Billing in its surroundings"
            include system_contoso_billing system_contoso_shop
            autoLayout
        }
        systemContext system_contoso_shop "l1-shop" "" {
            title "Contoso Shop in its surroundings"
            include person_customer system_api_payments_example system_contoso_billing system_contoso_shop system_internet system_microsoft_entra_id
            autoLayout
        }
        container system_contoso_billing "l2-billing" "" {
            title "Inside Contoso Billing"
            include container_billing_api container_psql_billing system_contoso_shop
            autoLayout
        }
        container system_contoso_shop "l2-shop" "" {
            title "Inside Contoso Shop"
            include container_app_shop_storefront container_ca_shop_api container_func_shop_orders container_kv_shop container_orders_48d2f198 container_orders_b9eadd9b container_redis_shop container_stshopimages person_customer system_api_payments_example system_contoso_billing system_internet system_microsoft_entra_id
            autoLayout
        }
        component container_ca_shop_api "l3-shop-api" "" {
            title "Inside ca-shop-api"
            include component_envoy component_web container_orders_48d2f198
            autoLayout
        }
        deployment * "prod" "deployment-prod" {
            title "Deployment: prod"
            include *
            autoLayout
        }
        styles {
            element "Element" {
                color #ffffff
            }
            element "Person" {
                shape Person
                background #0b3d66
            }
            element "Software System" {
                background #155a92
            }
            element "Container" {
                background #2a70a9
            }
            element "Component" {
                background #7db4dd
                color #0b1f33
            }
            element "Deployment Node" {
                color #16212c
            }
            element "Infrastructure Node" {
                background #e6eaee
                color #16212c
            }
            element "Shape database" {
                shape Cylinder
            }
            element "Shape storage" {
                shape Cylinder
            }
            element "Shape cache" {
                shape Cylinder
            }
            element "Shape queue" {
                shape Pipe
            }
            element "Shape browser" {
                shape WebBrowser
            }
            element "Shape function" {
                shape Hexagon
            }
            element "Shape gateway" {
                shape Ellipse
            }
            element "Shape secret" {
                shape Folder
            }
            element "Shape network" {
                shape RoundedBox
            }
            element "Shape internet" {
                shape Ellipse
            }
            element "External" {
                background #63676e
                color #ffffff
            }
            element "inferred" {
                border dashed
            }
            element "unverified" {
                border dashed
            }
            relationship "Relationship" {
                color #4a5058
                style solid
            }
            relationship "Confidence high" {
                style dashed
            }
            relationship "Confidence may" {
                style dotted
            }
        }
    }
}
