package app

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/inbound/api"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/assure"
	"c4arch/internal/service/change"
	"c4arch/internal/service/detect"
	"c4arch/internal/service/discover"
	streams "c4arch/internal/service/stream"
	"c4arch/internal/store/trust"
	"c4arch/internal/trust/control"
)

// The service can keep two organisations of its own, of which one is asked for what the other has, as a neighbour who means harm would ask. Their owner is nobody: the address cannot
// exist (RFC 6761 section 6.4), and it has neither a passkey nor a token. The one token of each is of a program, and its text was told to nobody.

// canary is one of the two organisations.
type canary struct {
	slug  string
	org   id.Org
	owner access.Actor
}

// word stands in every name that the canary gives to something, so that it is recognised wherever it is met.
func (c canary) word() string { return c.slug }

// canaries finds the two, and makes what is not there yet.
func (in *instance) canaries(ctx context.Context) (all []canary, err error) {
	for _, slug := range tenant.Canaries() {
		c, err := in.hatched(ctx, slug)
		if err == nil {
			err = in.furnish(ctx, c)
		}
		if err != nil {
			return nil, fmt.Errorf("the organisation %s of the service itself: %w", slug, err)
		}
		all = append(all, c)
	}
	return all, nil
}

// keepCanaries makes the two when the service starts. Without them it serves as well: the check that asks them says what is the matter.
func (in *instance) keepCanaries(ctx context.Context) {
	if !in.cfg.Work.Canaries {
		return
	}
	if _, err := in.canaries(ctx); err != nil {
		in.log.ErrorContext(ctx, "the organisations of the service itself cannot be made", "error", err)
	}
}

// hatched is the canary of that name.
func (in *instance) hatched(ctx context.Context, slug string) (canary, error) {
	c := canary{slug: slug}
	for range 2 {
		org, err := in.slugged(ctx, slug)
		if err != nil {
			return c, err
		}
		if org != "" {
			c.org = org
			return c, in.owned(ctx, &c)
		}
		_, err = in.accounts.CreateOrganisation(ctx, access.System(id.Platform, canaryPurpose, access.Actor{}), accounts.NewOrganisation{
			Slug: slug, Name: titled(slug), OwnerName: titled(slug), OwnerEmail: slug + "@c4arch.invalid", Tokenless: true, Canary: true,
			Key: &change.Idempotency{Key: slug, Digest: canon.Sum([]byte(slug))},
		})
		if err != nil && fault.KindOf(err) != fault.Conflict { // another replica makes it
			return c, err
		}
	}
	return c, fault.New(fault.Unavailable, "it is being made")
}

const canaryPurpose = "canaries"

// titled is how a canary and what it has are called.
func titled(slug string) string {
	return slug + ", kept by the service to check that organisations are apart"
}

// slugged is the organisation in use with that short name, or "".
func (in *instance) slugged(ctx context.Context, slug string) (id.Org, error) {
	operator := access.Actor{ID: "canaries", Kind: access.Staff, Org: id.Platform, Roles: []access.Role{access.Operator}, Surface: access.Jobs, Purpose: canaryPurpose}
	after := id.Org("")
	for {
		page, err := in.accounts.Organisations(ctx, operator, after, 1000)
		if err != nil || len(page) == 0 {
			return "", err
		}
		for _, o := range page {
			if after = o.ID; o.Slug == slug && o.State == tenant.Active {
				return o.ID, nil
			}
		}
	}
}

// owned finds the owner of a canary, as whom it is furnished and asks.
func (in *instance) owned(ctx context.Context, c *canary) error {
	request, err := id.Mint(id.PrefixRequest, rand.Reader, in.now())
	if err != nil {
		return err
	}
	// The actor never leaves this process: no token and no session stands for it.
	c.owner = access.Actor{ID: "canary", Kind: access.Person, Org: c.org, Roles: []access.Role{access.Owner}, Surface: access.Jobs, Purpose: canaryPurpose, Session: "canary", Fresh: true, Request: request}
	members, err := in.accounts.Members(ctx, c.owner, false)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(members, func(m tenant.Member) bool { return m.Email == c.slug+"@c4arch.invalid" })
	if i < 0 || len(members) > 1 {
		return fault.New(fault.Conflict, "it has members, and has to have none but its owner").WithHelp("destroy it: the service makes another one")
	}
	c.owner.ID = id.Actor("person:" + members[i].Person)
	return nil
}

// furnish makes what a canary lacks. What a scan has to be done for comes at the next time.
func (in *instance) furnish(ctx context.Context, c canary) error {
	projects, err := in.accounts.Projects(ctx, c.owner)
	if err != nil {
		return err
	}
	if len(projects) == 0 {
		p, err := in.accounts.CreateProject(ctx, c.owner, accounts.NewProject{Slug: c.slug, Name: titled(c.slug)})
		if err != nil {
			return err
		}
		projects = append(projects, p)
	}
	p := projects[0].ID
	return errors.Join(in.furnishAccess(ctx, c, p), in.furnishProject(ctx, c, p))
}

func (in *instance) furnishAccess(ctx context.Context, c canary, p id.Project) error {
	tokens, err := in.accounts.Tokens(ctx, c.owner)
	if err != nil {
		return err
	}
	soon := in.now().AddDate(0, 0, 7)
	live := false
	for _, t := range tokens {
		live = live || t.Expires.After(soon)
	}
	if !live {
		made, err := in.accounts.CreateToken(ctx, c.owner, accounts.NewToken{Name: c.slug + " " + in.now().UTC().Format(time.DateOnly), Purpose: access.Reporting, Project: p, Expires: in.now().AddDate(0, 0, 90)})
		if err != nil {
			return err
		}
		made.Text.Wipe() // nobody is to have it
	}
	there, err := in.streams.Streams(ctx, c.owner)
	if err != nil || len(there) > 0 {
		return err
	}
	_, err = in.streams.Create(ctx, c.owner, streams.New{Kind: streams.Pull, Name: c.word()})
	return err
}

func (in *instance) furnishProject(ctx context.Context, c canary, p id.Project) error {
	connections, err := in.accounts.Connections(ctx, c.owner, p)
	if err == nil && len(connections) == 0 {
		_, err = in.accounts.CreateConnection(ctx, c.owner, accounts.NewConnection{Project: p, Kind: tenant.Upload, Name: c.word()})
	}
	if err != nil {
		return err
	}
	runs, err := in.scans.List(ctx, c.owner, p, "", 1)
	if err != nil {
		return err
	}
	if len(runs) == 0 || runs[0].State == discover.Failed {
		input, err := c.input()
		if err == nil {
			_, err = in.scans.Start(ctx, c.owner, discover.Start{Project: p, Name: c.word(), Data: bytes.NewReader(input)})
		}
		return err
	}
	return in.furnishDrift(ctx, c, p)
}

// furnishDrift approves the first snapshot, and proposes an exception that nobody approves.
func (in *instance) furnishDrift(ctx context.Context, c canary, p id.Project) error {
	snapshots, err := in.history.List(ctx, c.owner, p, 1)
	if err != nil || len(snapshots) == 0 {
		return err
	}
	baselines, err := in.drift.Baselines(ctx, c.owner, p)
	if err == nil && len(baselines) == 0 {
		_, err = in.drift.Approve(ctx, c.owner, detect.ApproveSnapshot{Project: p, Snapshot: snapshots[0].ID, Reason: c.word()})
	}
	if err != nil {
		return err
	}
	return nil
}

// input is what a canary has been scanned from: a store and a network of that name.
func (c canary) input() ([]byte, error) {
	at := "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-" + c.word() + "/providers/Microsoft.Storage/storageAccounts/"
	name := strings.ReplaceAll(c.word(), "-", "")
	text, err := json.Marshal(map[string]any{"data": []any{map[string]any{
		"id": at + name, "name": name, "type": "microsoft.storage/storageaccounts", "location": "westeurope", "resourceGroup": "rg-" + c.word(), "tags": map[string]string{"kept-for": c.word()},
		"subscriptionId": "00000000-0000-0000-0000-000000000000", "properties": map[string]any{"supportsHttpsTrafficOnly": true, "minimumTlsVersion": "TLS1_2"},
	}}})
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range [][2]string{{"c4arch-upload.json", `{"version":1,"paths":[{"name":".","root":0,"path":"."}]}`}, {"0/graph.json", string(text)}} {
		to, err := z.Create(f[0])
		if err == nil {
			_, err = to.Write([]byte(f[1]))
		}
		if err != nil {
			return nil, err
		}
	}
	err = z.Close() // which writes the end
	return b.Bytes(), err
}

// has is what a canary has, by what a route calls it.
func (in *instance) has(ctx context.Context, c canary, looks *trust.Looks) (api.Neighbour, error) {
	n := api.Neighbour{Actor: c.owner, Words: []string{c.word(), string(c.org)}}
	things, err := looks.Things(ctx, c.org)
	if err != nil {
		return n, err
	}
	person := strings.TrimPrefix(string(c.owner.ID), "person:")
	things["member"], things["person"], things["slug"], things["org"] = []string{person}, []string{person}, []string{c.slug}, []string{string(c.org)}
	for _, p := range things["project"] {
		snapshots, err := in.history.List(ctx, c.owner, id.Project(p), 3)
		if err != nil {
			return n, err
		}
		for _, s := range snapshots {
			things["snapshot"] = append(things["snapshot"], s.ID)
		}
		baselines, err := in.drift.Baselines(ctx, c.owner, id.Project(p))
		if err != nil {
			return n, err
		}
		for i := range baselines {
			things["baseline"] = append(things["baseline"], baselines[i].ID)
		}
	}
	for _, ids := range things {
		n.Words = append(n.Words, ids...)
	}
	n.Things = things
	return n, nil
}

// apart asks every route of the API in the name of one canary for what the other has.
func (in *instance) apart(ctx context.Context, looks *trust.Looks) ([]control.Observation, error) {
	if !in.cfg.Work.Canaries {
		return nil, fmt.Errorf("%w: no organisations are kept to be asked; work.canaries switches them on", assure.ErrUnknown)
	}
	kept, err := in.canaries(ctx)
	if err != nil {
		return nil, err
	}
	asks, err := in.has(ctx, kept[0], looks)
	if err != nil {
		return nil, err
	}
	other, err := in.has(ctx, kept[1], looks)
	if err != nil {
		return nil, err
	}
	for _, kind := range []string{"project", "token", "scan", "snapshot", "baseline", "stream"} {
		if len(asks.Things[kind]) == 0 || len(other.Things[kind]) == 0 {
			return nil, fmt.Errorf("%w: the organisations that are kept have no %s yet", assure.ErrUnknown, kind)
		}
	}
	parts := in.publicParts()
	parts.Limit, parts.Access, parts.Failed, parts.Addr = nil, nil, nil, nil
	return api.ObserveNeighbours(ctx, parts, asks, other, in.now()), nil
}
