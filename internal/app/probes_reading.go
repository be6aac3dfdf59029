package app

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"c4arch/internal/egress"
	"c4arch/internal/service/assure"
	azure "c4arch/internal/source/azure/live"
	"c4arch/internal/source/git/remote"
	kube "c4arch/internal/source/kube/live"
	"c4arch/internal/trust/control"
)

// reader is a client that reads, with what it is tried with: "GET https://…", where "+" in front stands for a body and "^" for a header by which some servers take another method.
type reader struct {
	name         string
	wrap         func(out *http.Client) (*http.Client, error)
	reads, other []string
}

// readers are made as scans make them, but for their way out and their credentials.
func readersTried() []reader {
	const (
		manage  = "https://management.azure.com"
		cluster = "https://cluster.contoso.example:6443"
		code    = "https://code.contoso.example/shop/web.git"
	)
	return []reader{
		{
			name: "client of Azure", wrap: func(out *http.Client) (*http.Client, error) {
				return azure.New(azure.Config{Cloud: azure.Clouds["public"], HTTP: out, Now: time.Now}).HTTP(), nil
			},
			reads: []string{"GET " + manage + "/subscriptions?api-version=2022-12-01", "POST " + manage + "/providers/Microsoft.ResourceGraph/resources", "POST https://login.microsoftonline.com/t/oauth2/v2.0/token"},
			other: []string{
				"PUT " + manage + "/subscriptions/s/resourceGroups/g", "PATCH " + manage + "/subscriptions/s/resourceGroups/g", "DELETE " + manage + "/subscriptions/s/resourceGroups/g",
				"POST " + manage + "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/m/start", "POST " + manage + "/subscriptions/s/providers/Microsoft.Storage/storageAccounts/a/listKeys",
				"^GET " + manage + "/subscriptions", "^POST " + manage + "/providers/Microsoft.ResourceGraph/resources", "+GET " + manage + "/subscriptions", "GET https://elsewhere.contoso.example/subscriptions",
				"POST " + manage + "/providers/Microsoft.ResourceGraph/resources/../../../subscriptions/s",
			},
		},
		{
			name: "client of Kubernetes", wrap: func(out *http.Client) (*http.Client, error) {
				c, err := kube.New(kube.Config{Server: cluster, HTTP: out})
				if err != nil {
					return nil, err
				}
				return c.HTTP(), nil
			},
			reads: []string{"GET " + cluster + "/api/v1/namespaces/shop/pods", "GET " + cluster + "/apis/apps/v1/deployments", "POST " + cluster + "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"},
			other: []string{
				"POST " + cluster + "/api/v1/namespaces/shop/pods", "PUT " + cluster + "/apis/apps/v1/namespaces/shop/deployments/web", "PATCH " + cluster + "/apis/apps/v1/namespaces/shop/deployments/web",
				"DELETE " + cluster + "/api/v1/namespaces/shop/pods/web", "GET " + cluster + "/api/v1/secrets", "GET " + cluster + "/api/v1/namespaces/shop/secrets", "GET " + cluster + "/api/v1/namespaces/shop/pods/web/log",
				"GET " + cluster + "/api/v1/namespaces/shop/pods/web/exec", "GET " + cluster + "/api/v1/namespaces/shop/services/web/proxy", "GET " + cluster + "/api/v1/pods?watch=true", "^GET " + cluster + "/api/v1/pods",
				"GET https://elsewhere.contoso.example/api/v1/pods",
			},
		},
		{
			name: "client of repositories", wrap: func(out *http.Client) (*http.Client, error) {
				at, err := url.Parse(code)
				if err != nil {
					return nil, err
				}
				return remote.Gated(out, at), nil
			},
			reads: []string{"GET " + code + "/info/refs?service=git-upload-pack", "POST " + code + "/git-upload-pack"},
			other: []string{
				"GET " + code + "/info/refs?service=git-receive-pack", "POST " + code + "/git-receive-pack", "PUT " + code + "/git-upload-pack", "DELETE " + code, "^POST " + code + "/git-upload-pack",
				"POST https://code.contoso.example/shop/other.git/git-upload-pack", "GET " + code + "/objects/info/packs",
			},
		},
	}
}

// readOnly tries the clients that read with what they are for, and with what changes something. Nothing is sent.
func readOnly(ctx context.Context) ([]control.Observation, error) {
	return tried(ctx, readersTried())
}

func tried(ctx context.Context, readers []reader) ([]control.Observation, error) {
	var all []assure.Tried
	for _, r := range readers {
		for _, list := range []struct {
			requests []string
			reads    bool
		}{{r.reads, true}, {r.other, false}} {
			for _, text := range list.requests {
				req, err := requestOf(ctx, text)
				if err != nil {
					return nil, err
				}
				left, err := egress.Leaves(r.wrap, req)
				if err != nil {
					return nil, err
				}
				all = append(all, assure.Tried{Client: r.name, Request: strings.TrimLeft(text, "+^"), Reads: list.reads, Left: left})
			}
		}
	}
	return assure.Reading(all), nil
}

func requestOf(ctx context.Context, text string) (*http.Request, error) {
	method, at, _ := strings.Cut(strings.TrimLeft(text, "+^"), " ")
	var req *http.Request
	var err error
	if method == http.MethodGet && text[0] != '+' {
		req, err = http.NewRequestWithContext(ctx, method, at, http.NoBody)
	} else {
		req, err = http.NewRequestWithContext(ctx, method, at, strings.NewReader("{}"))
	}
	if err == nil && text[0] == '^' {
		req.Header.Set("X-Http-Method-Override", http.MethodDelete)
	}
	return req, err
}
