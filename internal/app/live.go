package app

import (
	"context"
	"fmt"
	"iter"
	"net/url"
	"path"
	"slices"
	"strings"

	"c4arch/internal/account/tenant"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/egress"
	"c4arch/internal/service/discover"
	azure "c4arch/internal/source/azure/live"
	"c4arch/internal/source/files"
	"c4arch/internal/source/gathered"
	"c4arch/internal/source/git/remote"
	kube "c4arch/internal/source/kube/live"
)

// gatheredPlace is what a collector gathered, with what it could not read.
type gatheredPlace struct {
	place
	notes []evidence.NotRead
}

// All yields what could not be read in front.
func (p gatheredPlace) All() iter.Seq2[discover.Found, error] {
	return func(yield func(discover.Found, error) bool) {
		for i := range p.notes {
			if !yield(discover.Found{NotRead: &p.notes[i]}, nil) {
				return
			}
		}
		for f, err := range p.place.All() {
			if !yield(f, err) {
				return
			}
		}
	}
}

func opened(box *gathered.Box) (discover.Place, error) {
	fsys, err := box.FS()
	if err != nil {
		return nil, err
	}
	set, err := files.OpenFS(fsys, box.Name, files.Limits{})
	if err != nil {
		return nil, err
	}
	return gatheredPlace{place{set}, box.Notes()}, nil
}

// live reads what a live connection names, for a scan.
func (in *instance) live(ctx context.Context, org id.Org, c tenant.Connection, credential secret.Value, tell func(answers, things int)) (discover.Place, string, error) {
	switch c.Kind {
	case tenant.Azure:
		box := gathered.New("azure", gathered.Limits{})
		box.Tell = tell
		if err := in.azure(c.Target, credential).Collect(egress.For(ctx, org, egress.Read), box); err != nil {
			return nil, "", err
		}
		at, err := opened(box)
		return at, fmt.Sprintf("Azure Resource Graph 2022-10-01, read only: %d subscriptions", len(c.Target.Subscriptions)), err
	case tenant.Kubernetes:
		client, purpose, err := in.kube(c.Target, credential)
		if err != nil {
			return nil, "", err
		}
		box := gathered.New("kubernetes "+hostOf(c.Target.Server), gathered.Limits{})
		box.Tell = tell
		if err := client.Collect(egress.For(ctx, org, purpose), box); err != nil {
			return nil, "", err
		}
		at, err := opened(box)
		return at, "Kubernetes API, read only: " + hostOf(c.Target.Server), err
	}
	return in.repository(ctx, org, c, credential, tell)
}

// repository fetches one commit, and hands out its files.
func (in *instance) repository(ctx context.Context, org id.Org, c tenant.Connection, credential secret.Value, tell func(answers, things int)) (discover.Place, string, error) {
	config, purpose := in.git(c.Target, credential)
	got, err := remote.Fetch(egress.For(ctx, org, purpose), config)
	if err != nil {
		return nil, "", err
	}
	tell(1, 0)
	name := repositoryName(c.Target.Address)
	set, err := files.OpenFS(got.Tree, path.Join(name, c.Target.Folder), files.Limits{})
	if err != nil {
		return nil, "", err
	}
	var notes []evidence.NotRead
	for _, sub := range got.Tree.Skipped() {
		notes = append(notes, evidence.NotRead{
			Kind: evidence.InputNotUnderstood, Input: path.Join(name, c.Target.Folder, sub), Reason: "a submodule is another repository, and is not fetched", Help: "connect that repository too",
		})
	}
	for _, odd := range got.Tree.Odd() {
		notes = append(notes, evidence.NotRead{
			Kind: evidence.InputNotUnderstood, Input: path.Join(name, c.Target.Folder, odd), Reason: "the folder has entries with names that no file system has; they are left out",
		})
	}
	method := "git over https, read only: " + name + ", commit " + got.Hash
	if got.Branch != "" {
		method += " of the branch " + got.Branch
	}
	return gatheredPlace{place{set}, notes}, method, nil
}

// repositoryName is a repository without the scheme of its address: where evidence of it lies.
func repositoryName(address string) string {
	return strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(address, "https://"), "/"), ".git")
}

func (in *instance) git(t *tenant.Target, credential secret.Value) (remote.Config, egress.Purpose) {
	purpose := in.purposeOf(t.Address, egress.Source)
	return remote.Config{Address: t.Address, Branch: t.Branch, Folder: t.Folder, User: t.User, Token: credential, HTTP: in.exit.Client(purpose)}, purpose
}

func (in *instance) azure(t *tenant.Target, credential secret.Value) *azure.Client {
	return azure.New(azure.Config{
		Cloud: azure.Clouds[t.Cloud], Tenant: t.Tenant, Client: t.Client, Secret: credential, Subscriptions: t.Subscriptions,
		HTTP: in.exit.Client(egress.Read), Now: in.now, Pause: gathered.Sleep,
	})
}

func (in *instance) kube(t *tenant.Target, credential secret.Value) (*kube.Client, egress.Purpose, error) {
	config, token, err := kube.TLS(t.CA, credential)
	if err != nil {
		return nil, "", err
	}
	purpose := in.purposeOf(t.Server, egress.Cluster)
	out, err := in.exit.Reader(purpose, config)
	if err != nil {
		return nil, "", err
	}
	client, err := kube.New(kube.Config{Server: t.Server, Token: token, Namespaces: t.Namespaces, HTTP: out, Pause: gathered.Sleep})
	return client, purpose, err
}

// purposeOf is by which rule an address that a customer named is reached: one of those that the operator named on a private network, or the one of the public internet.
func (in *instance) purposeOf(address string, public egress.Purpose) egress.Purpose {
	u, err := url.Parse(address)
	if err == nil && slices.ContainsFunc(in.cfg.Live.Private, func(p *url.URL) bool { return strings.EqualFold(p.Hostname(), u.Hostname()) && port(p) == port(u) }) {
		return egress.OwnLive
	}
	return public
}

// ownLive is for all of them together. An address that is not among them goes by another rule, which knows of no private network.
func ownLive(list []*url.URL) egress.Rule {
	rule := named(list[0])
	rule.Hosts, rule.Ports, rule.Plain = nil, nil, false
	rule.MaxBody, rule.Wait = egress.Defaults()[egress.Source].MaxBody, egress.Defaults()[egress.Source].Wait
	for _, u := range list {
		rule.Hosts, rule.Ports = append(rule.Hosts, strings.ToLower(u.Hostname())), append(rule.Ports, port(u))
	}
	return rule
}

// prover looks at live connections.
type prover struct{ in *instance }

// Prove says what it found, and never the credential.
func (p prover) Prove(ctx context.Context, org id.Org, c tenant.Connection, credential secret.Value) tenant.Verification {
	var v tenant.Verification
	var err error
	switch c.Kind {
	case tenant.Azure:
		v, err = p.azure(egress.For(ctx, org, egress.Read), c, credential)
	case tenant.Kubernetes:
		v, err = p.kube(ctx, org, c, credential)
	case tenant.Repository:
		v, err = p.repository(ctx, org, c, credential)
	}
	if err != nil {
		v.Problem, v.Help = fault.Public(err)
		if ctx.Err() != nil {
			v.Problem, v.Help = "it did not answer in time", "look whether its address can be reached from here"
		}
	}
	return v
}

func (p prover) azure(ctx context.Context, c tenant.Connection, credential secret.Value) (v tenant.Verification, err error) {
	seen, err := p.in.azure(c.Target, credential).Look(ctx)
	if err != nil {
		return v, err
	}
	v.Reached, v.Identity = true, "application "+c.Target.Client
	for _, s := range seen.Subscriptions {
		v.Rights = append(v.Rights, azureRights(s)...)
	}
	return v, nil
}

// azureRights are the rights in one subscription.
func azureRights(s azure.Subscription) (all []tenant.Right) {
	where := "subscription " + s.ID
	if s.Name != "" {
		where = s.Name + " (" + s.ID + ")"
	}
	if !s.Seen {
		return []tenant.Right{{Name: "Reader", Where: where, Verdict: tenant.Missing, Why: s.Problem}}
	}
	reads := false
	for _, r := range s.Roles {
		if r.Excess != "" {
			all = append(all, tenant.Right{Name: r.Name, Where: r.Scope, Verdict: tenant.Excess, Why: "it includes " + r.Excess})
		} else {
			all, reads = append(all, tenant.Right{Name: r.Name, Where: r.Scope, Verdict: tenant.Enough}), true
		}
	}
	switch {
	case s.Unseen:
		all = append(all, tenant.Right{Name: "Role assignments", Where: where, Verdict: tenant.Unseen, Why: "which roles the application has could not be read"})
	case !reads && len(all) == 0:
		all = append(all, tenant.Right{Name: "Reader", Where: where, Verdict: tenant.Enough, Why: "the subscription can be read, by a role that is not listed"})
	}
	return all
}

func (p prover) kube(ctx context.Context, org id.Org, c tenant.Connection, credential secret.Value) (v tenant.Verification, err error) {
	client, purpose, err := p.in.kube(c.Target, credential)
	if err != nil {
		return v, err
	}
	seen, err := client.Look(egress.For(ctx, org, purpose))
	if err != nil {
		return v, err
	}
	v.Reached, v.Identity = true, seen.User
	where := "all namespaces"
	if len(c.Target.Namespaces) > 0 {
		where = strings.Join(c.Target.Namespaces, ", ")
	}
	if seen.Lists {
		v.Rights = append(v.Rights, tenant.Right{Name: "get, list, watch", Where: where, Verdict: tenant.Enough})
	}
	for _, l := range seen.Lacks {
		v.Rights = append(v.Rights, tenant.Right{Name: "list " + l, Where: where, Verdict: tenant.Missing, Why: "what is not listed is unknown, and not absent"})
	}
	for _, e := range seen.Excess {
		v.Rights = append(v.Rights, tenant.Right{Name: e, Where: where, Verdict: tenant.Excess})
	}
	if seen.Incomplete {
		v.Rights = append(v.Rights, tenant.Right{Name: "other rights", Where: where, Verdict: tenant.Unseen, Why: "the cluster does not tell all that the credential may do"})
	}
	return v, nil
}

func (p prover) repository(ctx context.Context, org id.Org, c tenant.Connection, credential secret.Value) (v tenant.Verification, err error) {
	config, purpose := p.in.git(c.Target, credential)
	hash, branch, err := remote.Head(egress.For(ctx, org, purpose), config)
	if err != nil {
		return v, err
	}
	v.Reached = true
	where := repositoryName(c.Target.Address)
	why := "its newest commit is " + hash[:12]
	if branch != "" {
		why = "the branch " + branch + " is at " + hash[:12]
	}
	v.Rights = []tenant.Right{{Name: "Read the contents of the repository", Where: where, Verdict: tenant.Enough, Why: why}}
	if !credential.Empty() {
		v.Rights = append(v.Rights, tenant.Right{
			Name: "What else the token may do", Where: where, Verdict: tenant.Unseen, Why: "git has no question for it: look at the token where it was made",
		})
	}
	return v, nil
}
