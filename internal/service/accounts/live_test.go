package accounts_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/accounts"
)

// prover stands for what a connection reads: what it says is found, and with which credential it was asked.
type prover struct {
	found tenant.Verification
	with  []string
	while func()
}

func (p *prover) Prove(_ context.Context, _ id.Org, _ tenant.Connection, credential secret.Value) tenant.Verification {
	p.with = append(p.with, string(credential.Expose()))
	if p.while != nil {
		p.while()
	}
	return p.found
}

func aCluster(p id.Project) accounts.NewConnection {
	return accounts.NewConnection{
		Project: p, Kind: tenant.Kubernetes, Name: "Cluster", Credential: secret.New([]byte(credential)), Target: &tenant.Target{Server: "https://cluster.contoso.example", Namespaces: []string{"shop"}},
	}
}

// TestLiveConnections: what is read is kept with the connection; what was found by looking is kept with its time, until the credential is another one; the opening of the credential is
// in the ledger, and the credential is nowhere.
func TestLiveConnections(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		made, owner := w.organisation("contoso")
		org := made.Organisation.ID
		_, reader := w.member(owner, "reader", access.Viewer)
		p, err := w.CreateProject(ctx, owner, accounts.NewProject{Slug: "shop", Name: "Shop"})
		w.check(err)
		con, err := w.CreateConnection(ctx, owner, aCluster(p.ID))
		w.check(err)
		if e := w.last(org); e.values["to"] != "https://cluster.contoso.example" && !strings.HasPrefix(e.kind, "secret.") {
			t.Errorf("%+v", e)
		}
		_, err = w.VerifyConnection(ctx, reader, p.ID, con.ID)
		w.refused(err, fault.Denied, "")
		w.prover.found = tenant.Verification{Reached: true, Identity: "system:serviceaccount:x", Rights: []tenant.Right{{Name: "delete pods", Verdict: tenant.Excess}, {Name: "list pods", Verdict: tenant.Missing}}}
		w.clock.add(time.Hour)
		got, err := w.VerifyConnection(ctx, owner, p.ID, con.ID)
		w.check(err)
		if len(w.prover.with) != 1 || w.prover.with[0] != credential {
			t.Errorf("asked with %d credentials", len(w.prover.with))
		}
		if e := w.last(org); e.kind != "connection.verified" || e.values["outcome"] != "reached" || e.values["excess"] != "1" || e.values["missing"] != "1" {
			t.Errorf("%+v", e)
		}
		list, err := w.AllConnections(ctx, reader)
		w.check(err)
		if len(list) != 1 || list[0].Kind != tenant.Kubernetes || list[0].Target == nil || list[0].Target.Namespaces[0] != "shop" || list[0].Verified == nil ||
			!list[0].Verified.At.Equal(got.Verified.At) || list[0].Credential == nil || !list[0].Credential.Equal(con.Created) {
			t.Fatalf("%+v", list)
		}
		if strings.Contains(fmt.Sprintf("%+v", list), credential) || len(w.find(org, credential)) > 0 {
			t.Error("the credential is told")
		}

		// A credential that is replaced meanwhile is not the one that was looked at.
		w.clock.add(time.Hour)
		w.prover.while = func() {
			w.prover.while = nil
			_, err := w.ReplaceCredential(ctx, owner, p.ID, con.ID, secret.New([]byte("another one")))
			w.check(err)
		}
		_, err = w.VerifyConnection(ctx, owner, p.ID, con.ID)
		w.refused(err, fault.Invalid, "replaced")
		list, err = w.Connections(ctx, owner, p.ID)
		w.check(err)
		if list[0].Verified != nil || !list[0].Credential.After(con.Created) {
			t.Errorf("%+v", list[0])
		}

		for _, bad := range []accounts.NewConnection{
			{Project: p.ID, Kind: tenant.Kubernetes, Name: "x", Target: &tenant.Target{Server: "https://c.example"}}, // no credential
			{Project: p.ID, Kind: tenant.Azure, Name: "x", Credential: secret.New([]byte("s"))},
			{Project: p.ID, Kind: tenant.Repository, Name: "x", Target: &tenant.Target{Address: "https://me:word@c.example/x"}},
		} {
			_, err := w.CreateConnection(ctx, owner, bad)
			w.refused(err, fault.Invalid, "")
		}
		w.check(w.RemoveConnection(ctx, owner, p.ID, con.ID))
		if left := append(w.rows(org, `SELECT connection FROM live_connection`), w.rows(org, `SELECT id FROM secret`)...); len(left) > 0 {
			t.Errorf("%v are left", left)
		}
	})
}
