package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/content/say"
	desk "c4arch/internal/inbound/portal/trust"
	"c4arch/internal/keys/pgp"
	"c4arch/internal/service/assure"
	"c4arch/internal/service/trustcentre"
	store "c4arch/internal/store/trustcentre"
	"c4arch/internal/trust/control"
)

// trustProbes are the checks of the trust centre: they ask its routes as a stranger does, and read its records.
func (in *instance) trustProbes() looking {
	return looking{
		assure.StatementsBound: in.lookStatements, assure.SecurityTxt: in.lookSecurity, assure.BadgesRecorded: in.lookBadges,
		assure.PacksVerify: in.lookPacks, assure.RequestsClocked: in.lookRequests, assure.MatrixMaps: in.lookMatrix,
	}
}

// got is what a stranger gets of a page.
type got struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (g *got) Header() http.Header { return g.header }

func (g *got) WriteHeader(status int) {
	if g.status == 0 {
		g.status = status
	}
}

func (g *got) Write(b []byte) (int, error) {
	g.WriteHeader(http.StatusOK)
	return g.body.Write(b)
}

// stranger asks for what everybody may see, in the plain words of the product.
func (in *instance) stranger(ctx context.Context, path string) (*got, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, in.pageOrigin()+path, http.NoBody)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", "text/html")
	g := &got{header: http.Header{}}
	in.doors().pages.ServeHTTP(g, r)
	return g, nil
}

func (in *instance) lookStatements(ctx context.Context) ([]control.Observation, error) {
	page, err := in.stranger(ctx, "/trust")
	if err != nil {
		return nil, err
	}
	data, err := in.stranger(ctx, "/trust/statements.json")
	if err != nil {
		return nil, err
	}
	seen := trustcentre.Seen{Status: page.status, HTML: page.body.String(), Word: func(s control.State) string { return desk.StateName(say.In(ctx, ""), s) }}
	if err := json.Unmarshal(data.body.Bytes(), &seen.Page); err != nil {
		return []control.Observation{{Subject: "page /trust/statements.json", Outcome: control.Fail, Detail: fmt.Sprintf("it answers %d and is no JSON", data.status)}}, nil
	}
	r, err := in.assure.States(ctx, access.System(id.Platform, "checks of controls", access.Actor{}))
	if err != nil {
		return nil, err
	}
	return trustcentre.LookStatements(in.centre.Statements, r, seen, in.now()), nil
}

func (in *instance) lookMatrix(ctx context.Context) ([]control.Observation, error) {
	table, err := in.stranger(ctx, "/trust/matrix.csv")
	if err != nil {
		return nil, err
	}
	data, err := in.stranger(ctx, "/trust/matrix.json")
	if err != nil {
		return nil, err
	}
	var m trustcentre.Matrix
	if err := json.Unmarshal(data.body.Bytes(), &m); err != nil || table.status != http.StatusOK {
		return []control.Observation{{Subject: "the matrix", Outcome: control.Fail, Detail: fmt.Sprintf("everybody gets %d as JSON and %d as CSV", data.status, table.status)}}, nil
	}
	r, err := in.assure.States(ctx, access.System(id.Platform, "checks of controls", access.Actor{}))
	if err != nil {
		return nil, err
	}
	return trustcentre.LookMatrix(r, &m, table.body.Bytes()), nil
}

func (in *instance) lookSecurity(ctx context.Context) ([]control.Observation, error) {
	o := control.Observation{Subject: trustcentre.SecurityPath, Outcome: control.Empty, Detail: "people reach the service without HTTPS, and RFC 9116 has no place for the file there"}
	if !strings.HasPrefix(in.pageOrigin(), "https:") {
		return []control.Observation{o}, nil
	}
	signed, err := in.stranger(ctx, trustcentre.SecurityPath)
	if err != nil {
		return nil, err
	}
	key, err := in.stranger(ctx, trustcentre.KeyPath)
	if err != nil {
		return nil, err
	}
	o.Outcome = control.Fail
	if kind := signed.header.Get("Content-Type"); signed.status != http.StatusOK || kind != "text/plain; charset=utf-8" {
		o.Detail = fmt.Sprintf("it answers %d as %q", signed.status, kind)
		return []control.Observation{o}, nil
	}
	text, at, err := pgp.Verify(key.body.Bytes(), signed.body.Bytes(), in.now())
	if err != nil {
		o.Detail = err.Error()
		return []control.Observation{o}, nil
	}
	return []control.Observation{trustcentre.LookSecurityText(text, in.pageOrigin(), at, in.now())}, nil
}

// trustScope is a scope of the checks on the platform.
func trustScope(act access.Action) (access.Scope, error) {
	return access.Decide(access.System(id.Platform, "checks of controls", access.Actor{}), act, access.Resource{})
}

func (in *instance) lookBadges(ctx context.Context) ([]control.Observation, error) {
	scope, err := trustScope(access.PublicRead)
	if err != nil {
		return nil, err
	}
	records, err := store.New(in.homes).Certificates(ctx, scope)
	if err != nil {
		return nil, err
	}
	page, err := in.stranger(ctx, "/trust/certifications")
	if err != nil {
		return nil, err
	}
	if page.status != http.StatusOK {
		return nil, fault.New(fault.Internal, "the page of certifications answers %d", page.status)
	}
	return trustcentre.LookBadges(records, page.body.String(), in.now()), nil
}

// mostRequests is how many requests are looked at, those that wait first.
const mostRequests = 1000

func (in *instance) lookRequests(ctx context.Context) ([]control.Observation, error) {
	scope, err := trustScope(access.RequestRead)
	if err != nil {
		return nil, err
	}
	all, err := store.New(in.homes).Requests(ctx, scope, mostRequests)
	return trustcentre.LookRequests(all, in.centre.Calendar, in.now()), err
}

// mostPacked is how many organisations are looked at in a round.
const mostPacked = 200

func (in *instance) lookPacks(ctx context.Context) (seen []control.Observation, err error) {
	all, err := in.accounts.Organisations(ctx, access.System(id.Platform, "checks of controls", access.Actor{}), "", mostPacked)
	for _, x := range all {
		if err != nil {
			return seen, err
		}
		if x.State != tenant.Active {
			continue
		}
		var o *control.Observation
		if o, err = in.lookPack(ctx, x.ID); o != nil {
			seen = append(seen, *o)
		}
	}
	return seen, err
}

// lookPack verifies the newest pack of an organisation that is there; nil where there is none.
func (in *instance) lookPack(ctx context.Context, org id.Org) (*control.Observation, error) {
	scope, err := access.Decide(access.System(org, "checks of controls", access.Actor{}), access.TrustRead, access.Resource{})
	if err != nil {
		return nil, err
	}
	st := store.New(in.homes)
	packs, err := st.Packs(ctx, scope)
	if err != nil {
		return nil, err
	}
	for _, p := range packs {
		if p.State != trustcentre.Done || !in.now().Before(p.Until) {
			continue
		}
		data, err := st.Data(ctx, scope, p)
		if err != nil {
			return &control.Observation{Subject: "pack " + p.ID, Outcome: control.Fail, Detail: "its file cannot be read: " + string(fault.KindOf(err))}, nil
		}
		signer, err := in.Signer(ctx, org)
		if err != nil {
			return nil, err
		}
		o := trustcentre.LookPack(org, p, data, signer.Key())
		return &o, nil
	}
	return nil, nil
}
