package estate

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
)

// Kubernetes writes the manifests of n services as one YAML stream: each a Deployment, a Service and a
// ConfigMap in the namespace of its application, an Ingress for every fifth, a Secret for every third.
// A service calls up to three earlier ones by name and uses a database.
func Kubernetes(w io.Writer, n int, seed uint64) error {
	out := bufio.NewWriterSize(w, 1<<16)
	for i := range n {
		s := newService(i, seed)
		if i%serviceGroup == 0 {
			fmt.Fprintf(out, "---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: %s\n", s.namespace)
		}
		s.write(out)
	}
	return out.Flush()
}

// serviceGroup is how many services a namespace has.
const serviceGroup = 8

var roleNames = strings.Fields("frontend api worker cart mailer search quote ledger")

type service struct {
	number               int
	name, namespace, app string
	calls                []string // host and port
	secret               string
}

func serviceName(i int) (name, namespace string) {
	group := i / serviceGroup
	return fmt.Sprintf("%s-%04d", roleNames[i%serviceGroup], i), fmt.Sprintf("%s-%04d", domains[group%len(domains)], group)
}

func newService(i int, seed uint64) *service {
	rnd := rand.New(rand.NewPCG(seed, uint64(i)+1<<32))
	s := &service{number: i, secret: fmt.Sprintf("x%016x%016x", rnd.Uint64(), rnd.Uint64())}
	s.name, s.namespace = serviceName(i)
	s.app = s.namespace
	if i == 0 {
		return s
	}
	for range 1 + rnd.IntN(3) {
		other, namespace := serviceName(rnd.IntN(i))
		// In the namespace by the short name, elsewhere by the long one, as people write them.
		host := other
		if namespace != s.namespace {
			host += "." + namespace + ".svc.cluster.local"
		}
		s.calls = append(s.calls, host+":8080")
	}
	return s
}

func (s *service) write(out io.Writer) {
	fmt.Fprintf(out, `---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: %[1]s
  namespace: %[2]s
  labels:
    app.kubernetes.io/name: %[1]s
    app.kubernetes.io/part-of: %[3]s
spec:
  replicas: %[4]d
  selector:
    matchLabels:
      app: %[1]s
  template:
    metadata:
      labels:
        app: %[1]s
    spec:
      containers:
        - name: main
          image: registry.example.com/%[3]s/%[1]s:1.%[5]d.0
          ports:
            - containerPort: 8080
          envFrom:
            - configMapRef:
                name: %[1]s
          env:
            - name: DATABASE_HOST
              value: db.%[3]s.example.com
`, s.name, s.namespace, s.app, 1+s.number%3, s.number%10)
	for i, c := range s.calls {
		fmt.Fprintf(out, "            - name: UPSTREAM_%d_URL\n              value: http://%s/v1\n", i, c)
	}
	if s.number%3 == 0 {
		fmt.Fprintf(out, "            - name: API_KEY\n              valueFrom:\n                secretKeyRef:\n                  name: %s\n                  key: api-key\n", s.name)
	}
	fmt.Fprintf(out, `---
apiVersion: v1
kind: Service
metadata:
  name: %[1]s
  namespace: %[2]s
spec:
  type: ClusterIP
  selector:
    app: %[1]s
  ports:
    - name: http
      port: 8080
      targetPort: 8080
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: %[1]s
  namespace: %[2]s
data:
  LOG_LEVEL: info
  QUEUE_HOST: queue.%[3]s.example.com
`, s.name, s.namespace, s.app)
	if s.number%3 == 0 {
		fmt.Fprintf(out, "---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: %s\n  namespace: %s\ntype: Opaque\nstringData:\n  api-key: %s\n", s.name, s.namespace, s.secret)
	}
	if s.number%5 == 0 {
		fmt.Fprintf(out, `---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: %[1]s
  namespace: %[2]s
spec:
  rules:
    - host: %[1]s.example.com
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: %[1]s
                port:
                  number: 8080
`, s.name, s.namespace)
	}
}
