package accounts

import (
	"context"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// proveWait is how long a look at a connection takes at most: whoever asks waits for it.
const proveWait = 25 * time.Second

// VerifyConnection looks now whether a live connection answers, as whom it knows its credential, and what that may do there, and keeps what it found.
func (s *Service) VerifyConnection(ctx context.Context, a access.Actor, p id.Project, connection string) (tenant.Connection, error) {
	scope, err := access.Decide(a, access.ConnectionChange, access.Resource{Project: p})
	if err != nil {
		return tenant.Connection{}, err
	}
	con, err := s.Credentials.Connection(ctx, scope, connection)
	if err != nil {
		return con, err
	}
	if !con.Kind.Live() || s.Prover == nil {
		return con, fault.New(fault.Invalid, "there is nothing to verify: the connection reads what is put there")
	}
	value, err := s.used(ctx, scope, con, "verify the connection")
	if err != nil {
		return con, err
	}
	looking, cancel := context.WithTimeout(ctx, proveWait)
	defer cancel()
	found := s.Prover.Prove(looking, scope.Org(), con, value)
	if err := ctx.Err(); err != nil {
		return con, err
	}
	return s.keepFound(ctx, scope, con, found)
}

// used opens the credential of a connection, and says so in the ledger before it is used.
func (s *Service) used(ctx context.Context, scope access.Scope, con tenant.Connection, why string) (secret.Value, error) {
	if con.Secret == "" {
		return secret.Value{}, nil
	}
	opened := entry("secret.opened", ledger.Text("secret", con.Secret), ledger.Text("usedFor", usedByConnection), ledger.Text("why", why))
	if _, err := s.Writer.Commit(ctx, &Change{Envelope: change.New(scope, s.now(), opened)}); err != nil {
		return secret.Value{}, err
	}
	return s.Credentials.Unseal(ctx, scope, con.Secret)
}

// keepFound keeps what a look found, unless the connection has another credential by now.
func (s *Service) keepFound(ctx context.Context, scope access.Scope, con tenant.Connection, found tenant.Verification) (tenant.Connection, error) {
	was, since := con.Secret, con.Credential
	found.At = s.now()
	err := again(func() (err error) {
		if con, err = s.Credentials.Connection(ctx, scope, con.ID); err != nil {
			return err
		}
		if con.Secret != was || since != nil && (con.Credential == nil || !con.Credential.Equal(*since)) {
			return fault.New(fault.Invalid, "the credential was replaced while it was looked at").WithHelp("verify it again")
		}
		con.Verified = &found
		excess, missing := found.Counts()
		_, err = s.Writer.Commit(ctx, &Change{Connections: []tenant.Connection{con}, Envelope: change.New(scope, s.now(), entry("connection.verified",
			ledger.Text("connection", con.ID), ledger.Text("outcome", outcome(found)), ledger.Int("excess", int64(excess)), ledger.Int("missing", int64(missing))))})
		return err
	})
	con.Version++
	return con, err
}

func outcome(v tenant.Verification) string {
	if v.Reached {
		return "reached"
	}
	return "not reached"
}

// AllConnections are those of every project, as whoever may see the connections of each: what has more rights than it needs, and how old credentials are.
func (s *Service) AllConnections(ctx context.Context, a access.Actor) ([]tenant.Connection, error) {
	scope, err := access.Decide(a, access.ProjectList, access.Resource{})
	if err != nil {
		return nil, err
	}
	all, err := s.Credentials.AllConnections(ctx, scope)
	if err != nil {
		return nil, err
	}
	mine := []tenant.Connection{}
	for _, c := range all {
		if _, err := access.Decide(a, access.ConnectionList, access.Resource{Project: c.Project}); err == nil {
			mine = append(mine, c)
		}
	}
	return mine, nil
}
