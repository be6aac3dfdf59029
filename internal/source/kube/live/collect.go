package live

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
	"c4arch/internal/source/gathered"
)

// kind is one that can be listed.
type kind struct {
	group, version, name string
	namespaced           bool
}

func (k kind) base() string {
	if k.group == "" {
		return "/api/" + k.version
	}
	return "/apis/" + k.group + "/" + k.version
}

// folder is where the files of the kind are.
func (k kind) folder() string {
	if k.group == "" {
		return "core/" + k.name
	}
	return k.group + "/" + k.name
}

// passed are kinds that a cluster writes by itself and nobody decides, and those that hold no fact of an architecture.
var passed = map[string]bool{
	"/events": true, "events.k8s.io/events": true, "coordination.k8s.io/leases": true, "/componentstatuses": true, "/bindings": true,
	"/endpoints": true, "discovery.k8s.io/endpointslices": true, "apps/controllerrevisions": true, "apps/replicasets": true, "/podtemplates": true,
	"certificates.k8s.io/certificatesigningrequests": true, "storage.k8s.io/csinodes": true, "storage.k8s.io/volumeattachments": true, "storage.k8s.io/csistoragecapacities": true,
	"flowcontrol.apiserver.k8s.io/flowschemas": true, "flowcontrol.apiserver.k8s.io/prioritylevelconfigurations": true, "apiregistration.k8s.io/apiservices": true,
	"networking.k8s.io/ipaddresses": true,
}

// live are groups whose objects are made when they are asked for, and not kept.
func fleeting(group string) bool {
	return strings.HasSuffix(group, "metrics.k8s.io") || group == "authorization.k8s.io" || group == "authentication.k8s.io" || group == "internal.apiserver.k8s.io"
}

// Collect lists every kind. An error means that nothing was read; what a kind lacks is noted in the box.
func (c *Client) Collect(ctx context.Context, to *gathered.Box) error {
	kinds, err := c.kinds(ctx, to)
	if err != nil {
		return err
	}
	to.Note(evidence.PropertyWithheld, "core/secrets", "Secret", "Secrets are never asked for: neither what they hold nor which there are", "what refers to one by its name is read")
	var first error
	for _, k := range kinds {
		err := c.everywhere(ctx, k, to)
		if err == nil {
			continue
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if first == nil {
			first = err
		}
		note(to, k, err)
	}
	if to.Empty() && first != nil {
		return first
	}
	return nil
}

func note(to *gathered.Box, k kind, err error) {
	msg, help := fault.Public(err)
	if fault.KindOf(err) == fault.Denied {
		help = "let the role list them: " + strings.TrimPrefix(k.group+"/"+k.name, "/") + ", verb list"
	}
	to.Note(evidence.ResourceNotRead, k.folder(), k.name, "the "+k.name+" of the cluster were not read to their end: "+msg, help)
}

// everywhere lists a kind in the whole cluster, or in each namespace that was named.
func (c *Client) everywhere(ctx context.Context, k kind, to *gathered.Box) error {
	if !k.namespaced || len(c.config.Namespaces) == 0 {
		return c.list(ctx, k.base()+"/"+k.name, k.folder(), to)
	}
	var first error
	for _, ns := range c.config.Namespaces {
		if err := c.list(ctx, k.base()+"/namespaces/"+ns+"/"+k.name, k.folder()+"/"+ns, to); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// listing is what is looked at of a page before it is kept as it came.
type listing struct {
	Metadata struct {
		Continue string `json:"continue"`
	} `json:"metadata"`
	Items []json.RawMessage `json:"items"`
}

// list reads the pages of one list, a file for each. A list that grew too old on the way (410) is read on from where the server says, or not to its end.
func (c *Client) list(ctx context.Context, path, folder string, to *gathered.Box) error {
	next, limit, renewed := "", c.limit, false
	if limit == 0 {
		limit = pageItems
	}
	for n := 1; n <= maxPages; {
		q := url.Values{"limit": {strconv.Itoa(limit)}}
		if next != "" {
			q.Set("continue", next)
		}
		status, body, err := c.get(ctx, path+"?"+q.Encode())
		if err != nil {
			return err
		}
		l, bad := decodeList(body)
		if status == http.StatusGone && bad == nil && l.Metadata.Continue != "" && !renewed {
			next, renewed = l.Metadata.Continue, true
			continue
		}
		if status != http.StatusOK {
			return refused(status, body)
		}
		if bad != nil {
			return bad
		}
		if len(l.Items) > 0 || n > 1 {
			if err := to.Add(fmt.Sprintf("%s/%04d.json", folder, n), body, len(l.Items)); err != nil {
				return err
			}
		} else {
			to.Asked(0)
		}
		if l.Metadata.Continue == "" {
			return nil
		}
		next = l.Metadata.Continue
		n++
	}
	return fault.New(fault.Limited, "the list has no end")
}

func decodeList(body []byte) (*listing, error) {
	l := &listing{}
	if json.Unmarshal(body, l) != nil {
		return nil, fault.New(fault.Unavailable, "an answer of the cluster cannot be read")
	}
	return l, nil
}

// kinds are those that the cluster can list, in order. A group whose server does not answer is noted, and the others are read.
func (c *Client) kinds(ctx context.Context, to *gathered.Box) ([]kind, error) {
	var groups struct {
		Groups []struct {
			Name      string `json:"name"`
			Preferred struct {
				Version string `json:"version"`
			} `json:"preferredVersion"`
		} `json:"groups"`
	}
	all, err := c.resources(ctx, "", "v1")
	if err != nil {
		return nil, err
	}
	if err := c.read(ctx, "/apis", &groups); err != nil {
		return nil, err
	}
	for _, g := range groups.Groups {
		if fleeting(g.Name) || g.Name == "" {
			continue
		}
		more, err := c.resources(ctx, g.Name, g.Preferred.Version)
		if err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			note(to, kind{group: g.Name, name: "kinds"}, err)
			continue
		}
		if all = append(all, more...); len(all) > maxKinds {
			return nil, fault.New(fault.Limited, "the cluster has more than %d kinds", maxKinds)
		}
	}
	slices.SortFunc(all, func(a, b kind) int { return strings.Compare(a.folder(), b.folder()) })
	return all, nil
}

func (c *Client) resources(ctx context.Context, group, version string) ([]kind, error) {
	var list struct {
		Resources []struct {
			Name       string   `json:"name"`
			Namespaced bool     `json:"namespaced"`
			Verbs      []string `json:"verbs"`
		} `json:"resources"`
	}
	if err := c.read(ctx, kind{group: group, version: version}.base(), &list); err != nil {
		return nil, err
	}
	var all []kind
	for _, r := range list.Resources {
		if slices.Contains(r.Verbs, "list") && !strings.Contains(r.Name, "/") && r.Name != "secrets" && !passed[group+"/"+r.Name] {
			all = append(all, kind{group, version, r.Name, r.Namespaced})
		}
	}
	return all, nil
}

func (c *Client) read(ctx context.Context, path string, to any) error {
	status, body, err := c.get(ctx, path)
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return refused(status, body)
	}
	if json.Unmarshal(body, to) != nil {
		return fault.New(fault.Unavailable, "an answer of the cluster cannot be read")
	}
	return nil
}
