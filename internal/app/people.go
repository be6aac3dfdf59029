package app

import (
	"context"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/id"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/change"
	"c4arch/internal/service/signin"
	"c4arch/internal/trust/ledger"
)

// members are the members of organisations as signing in needs them.
type members struct{ in *instance }

var _ signin.Accounts = members{}

func (m members) Add(ctx context.Context, a access.Actor, name, email string, role access.Role, key *change.Idempotency) (string, error) {
	made, err := m.in.accounts.AddMember(ctx, a, accounts.NewMember{Name: name, Email: email, Role: role, Key: key})
	return made.Person, err
}

// deviceLife is how long a token of a person at a command line is good.
const deviceLife = 30 * 24 * time.Hour

func (m members) Token(ctx context.Context, org id.Org, person, name, request string) (signin.Issued, error) {
	made, err := m.in.accounts.IssueInteractive(ctx, accounts.Interactive{Org: org, Person: person, Name: name, Life: deviceLife, Surface: access.CLI, Request: request})
	return signin.Issued{Token: made.Token, Text: made.Text}, err
}

func (m members) Prepare(ctx context.Context, org id.Org, person, name, request string) (signin.Issued, ledger.Draft, error) {
	made, told, err := m.in.accounts.PrepareInteractive(ctx, accounts.Interactive{Org: org, Person: person, Name: name, Life: deviceLife, Surface: access.CLI, Request: request})
	return signin.Issued{Token: made.Token, Text: made.Text}, told, err
}

func (m members) Found(ctx context.Context, f signin.Founder, key, request string) (id.Org, error) {
	a := access.System(id.Platform, "set-up", access.Actor{ID: id.Actor("person:" + f.Person), Surface: access.Setup, Request: request})
	made, err := m.in.accounts.CreateOrganisation(ctx, a, accounts.NewOrganisation{
		Slug: f.Slug, Name: f.Organisation, OwnerName: f.Name, OwnerEmail: f.Email, Tokenless: true, Key: &change.Idempotency{Key: key, Digest: canon.Sum([]byte(f.Slug))},
	})
	return made.Organisation.ID, err
}

// ended ends what people have open; until signing in is there nobody has anything open.
type ended struct{ in *instance }

var _ accounts.Sessions = ended{}

func (e ended) EndIn(ctx context.Context, org id.Org, person, reason string) error {
	if e.in.signIn == nil {
		return nil
	}
	return e.in.signIn.EndIn(ctx, org, person, reason)
}

func (e ended) Forget(ctx context.Context, person string) error {
	if e.in.signIn == nil {
		return nil
	}
	return e.in.signIn.Forget(ctx, person)
}
