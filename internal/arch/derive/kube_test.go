package derive

// Kubernetes: K1 to K9 and what belongs to a workload.
const (
	deployShop = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop, namespace: web}
spec:
  template:
    metadata: {labels: {app: shop}}
    spec:
      containers:
      - name: shop
        image: contoso.azurecr.io/shop:1
`
	cartService = `
---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: web}
spec: {selector: {app: cart}, ports: [{port: 7070}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: cart-app, namespace: web}
spec: {template: {metadata: {labels: {app: cart, tier: back}}, spec: {containers: [{name: cart, image: cart}]}}}
---
`
)

var kubeFixtures = []fixture{
	{
		rule: "K1 K2 I1",
		kube: cartService + `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: front, namespace: web}
spec:
  defaultBackend: {service: {name: missing, port: {number: 80}}}
  rules:
  - host: www.contoso.com
    http: {paths: [{path: /, backend: {service: {name: cart, port: {number: 80}}}}]}
`,
		want: `front --routes to--> cart-app (certain K1)
			unresolved K1 front spec.defaultBackend.service.name
			Internet --reaches--> front (high I1)
			resource cart in cart-app
			front: infrastructureNode "Kubernetes ingress" K-ING
			web in Kubernetes cluster`,
	},
	{
		rule: "K1", name: "Gateway API",
		kube: cartService + `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: web}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: route, namespace: web}
spec:
  parentRefs: [{name: edge}]
  rules: [{backendRefs: [{name: cart, port: 7070}]}]
`,
		want: `edge --routes to--> cart-app (certain K1)
			resource route in edge`,
	},
	{
		rule: "K1 X1", name: "Istio",
		kube: cartService + `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: web}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: vs, namespace: web}
spec:
  gateways: [edge]
  http: [{route: [{destination: {host: cart.web.svc.cluster.local}}]}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: pay, namespace: web}
spec: {hosts: [api.payments.example]}
`,
		want: `edge --routes to--> cart-app (certain K1)
			api.payments.example is "unverified"
			api.payments.example: softwareSystem "" X1`,
	},
	{
		rule: "K3 K4 H-WORD",
		kube: cartService + deployShop + `
        args: ["--upstream", "http://cart:7070"]
        env:
        - {name: CART_ADDR, value: "cart:7070"}
        - {name: CART_HOST, value: cart}
        - {name: CART_PORT, value: "7070"}
        - {name: QUEUE_NAME, value: cart}
        - {name: ASSISTANT_ADDR, value: "assistant:80"}
        - {name: RATES_URL, value: "https://rates.example.org/daily"}
`,
		want: `shop --calls--> cart-app (high K3)
			unresolved K3 shop spec.template.spec.containers[0].env[4].value
			shop --calls--> rates.example.org (high K3)
			hidden H-WORD shop spec.template.spec.containers[0].env[3].value`,
	},
	{
		rule: "K4", name: "host and port apart",
		kube: cartService + deployShop + `
        env:
        - {name: CART_HOST, value: cart}
        - {name: CART_PORT, value: "7070"}
`,
		want: `shop --calls--> cart-app (high K4)`,
	},
	{
		rule: "K4 K-OWN", name: "ConfigMap",
		kube: cartService + deployShop + `
        envFrom: [{configMapRef: {name: settings}}, {secretRef: {name: passwords}}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: web}
data: {QUEUE_HOSTNAME: cart, QUEUE_PORT: "5672"}
`,
		want: `shop --calls--> cart-app (high K4)
			resource settings in shop
			unresolved K-OWN shop spec.template.spec.containers[0].envFrom[1].secretRef.name`,
	},
	{
		rule: "K3", name: "names of other namespaces",
		kube: cartService + `
apiVersion: apps/v1
kind: Deployment
metadata: {name: report, namespace: back}
spec: {template: {metadata: {labels: {app: report}}, spec: {containers: [{name: r, image: r, env: [{name: A_URL, value: "http://cart.web.svc.cluster.local:7070/x"}, {name: B_ADDR, value: "cart:7070"}]}]}}}
`,
		want: `report --calls--> cart-app (high K3)
			unresolved K3 report spec.template.spec.containers[0].env[1].value`,
	},
	{
		rule: "K5 K6 R4",
		arm: `[{"id":"@Microsoft.ContainerRegistry/registries/contoso","properties":{"loginServer":"contoso.azurecr.io"}},{"id":"@Microsoft.KeyVault/vaults/kv","properties":{"vaultUri":"https://kv.vault.azure.net/"}},{"id":"@Microsoft.Storage/storageAccounts/store"},
			{"id":"@Microsoft.ManagedIdentity/userAssignedIdentities/id","properties":{"principalId":"22222222-2222-4222-8222-222222222222","clientId":"33333333-3333-4333-8333-333333333333"}},
			{"id":"@Microsoft.Storage/storageAccounts/store/providers/Microsoft.Authorization/roleAssignments/a","properties":{"principalId":"22222222-2222-4222-8222-222222222222","scope":"@Microsoft.Storage/storageAccounts/store","roleDefinitionId":"/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe"}}]`,
		kube: deployShop + `
      serviceAccountName: shop
      volumes: [{name: s, csi: {driver: secrets-store.csi.k8s.io, volumeAttributes: {secretProviderClass: spc}}}]
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: shop, namespace: web, annotations: {azure.workload.identity/client-id: 33333333-3333-4333-8333-333333333333}}
---
apiVersion: secrets-store.csi.x-k8s.io/v1
kind: SecretProviderClass
metadata: {name: spc, namespace: web}
spec: {provider: azure, parameters: {keyvaultName: kv}}
`,
		want: `shop --reads secrets from--> kv (certain K5)
			shop --pulls images from--> contoso (certain K6)
			shop --may read from and write to--> store (may R4)`,
	},
	{
		rule: "K7",
		arm:  `[{"id":"@Microsoft.Cache/redis/cache","properties":{"hostName":"cache.redis.cache.windows.net"}}]`,
		kube: `
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop, namespace: web}
spec: {template: {metadata: {labels: {app: shop}, annotations: {dapr.io/enabled: "true", dapr.io/app-id: shop}}, spec: {containers: [{name: shop, image: shop}]}}}
---
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: statestore, namespace: web}
spec: {type: state.redis, version: v1, metadata: [{name: redisHost, value: "cache.redis.cache.windows.net:6380"}]}
---
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: private, namespace: web}
spec: {type: state.redis, version: v1, metadata: [{name: redisHost, value: "other.example.org:6380"}]}
scopes: [billing]
`,
		want: `shop --reads from and writes to--> cache (high K7)
			! shop --calls--> other.example.org (high K7)`,
	},
	{
		rule: "K8 K-OWN",
		arm:  `[{"id":"@Microsoft.ServiceBus/namespaces/bus"},{"id":"@Microsoft.ServiceBus/namespaces/bus/queues/orders"}]`,
		kube: deployShop + `
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: scaler, namespace: web}
spec: {scaleTargetRef: {name: shop}, triggers: [{type: azure-servicebus, metadata: {queueName: orders, namespace: bus}}, {type: azure-servicebus, metadata: {queueName: gone, namespace: bus}}]}
`,
		want: `shop --consumes--> orders (high K8)
			unresolved K8 scaler spec.triggers[1].metadata.queueName
			resource scaler in shop`,
	},
	{
		rule: "K9",
		arm:  `[{"id":"@Microsoft.Network/publicIPAddresses/pip","properties":{"ipAddress":"20.1.2.3"}}]`,
		kube: cartService + `
apiVersion: v1
kind: Service
metadata: {name: public, namespace: web}
spec: {type: LoadBalancer, selector: {app: cart}}
status: {loadBalancer: {ingress: [{ip: 20.1.2.3}]}}
`,
		want: `Internet --reaches--> cart-app (high I1)
			resource pip in cart-app`,
	},
	{
		rule: "K-OWNED K-SYSTEM K-PART K-SIDECAR",
		kube: `
apiVersion: v1
kind: Pod
metadata: {name: naked, namespace: web}
spec: {containers: [{name: one, image: one}, {name: two, image: two}, {name: istio-proxy, image: "docker.io/istio/proxyv2:1"}]}
---
apiVersion: v1
kind: Pod
metadata: {name: owned, namespace: web, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: rs, uid: u}]}
spec: {containers: [{name: one, image: one}]}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: rs, namespace: web}
spec: {template: {spec: {containers: [{name: one, image: one}]}}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: kube-proxy, namespace: kube-system}
spec: {template: {spec: {containers: [{name: p, image: p}]}}}
`,
		want: `one in naked
			istio-proxy: component "proxyv2" K-PART hidden (K-SIDECAR)
			resource owned in rs
			resource kube-proxy: resource "apps/DaemonSet" K-SYSTEM`,
	},
	{
		rule: "X1", name: "ExternalName",
		kube: deployShop + `
        env: [{name: DB_HOST, value: db}]
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: web}
spec: {type: ExternalName, externalName: db.example.org}
`,
		want: `shop --calls--> db.example.org (high K3)
			db.example.org: softwareSystem "" X1`,
	},
	{
		rule: "K-OWN", name: "disruption budget, autoscaler, volume",
		kube: deployShop + `
      volumes: [{name: d, persistentVolumeClaim: {claimName: data}}]
---
{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: pdb, namespace: web}, spec: {selector: {matchLabels: {app: shop}}}}
---
{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: hpa, namespace: web}, spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: shop}}}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data, namespace: web}}
`,
		want: `resource pdb in shop
			resource hpa in shop
			resource data in shop`,
	},
}
