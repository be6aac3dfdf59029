package accounts

import (
	"context"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// maxCredential is how long the credential of a connection can be, in bytes.
const maxCredential = 16 << 10

// usedByConnection is the purpose of a connection's credential.
const usedByConnection = "connection"

// NewConnection is a connection to be.
type NewConnection struct {
	Project    id.Project
	Kind       tenant.ConnectionKind
	Name       string
	Path       string
	Target     *tenant.Target
	Credential secret.Value // may be empty
	Key        *change.Idempotency
}

// CreateConnection makes a connection of a project. Its credential is sealed and never listed.
func (s *Service) CreateConnection(ctx context.Context, a access.Actor, in NewConnection) (tenant.Connection, error) {
	scope, err := access.Decide(a, access.ConnectionChange, access.Resource{Project: in.Project})
	if err != nil {
		return tenant.Connection{}, err
	}
	if err := s.screened(ctx, a, "name", &in.Name); err != nil {
		return tenant.Connection{}, err
	}
	now := s.now()
	con := tenant.Connection{Project: in.Project, Kind: in.Kind, Name: in.Name, Path: in.Path, Target: in.Target, Created: now}
	if err := con.Check(); err != nil {
		return con, err
	}
	if err := credible(con.Kind, in.Credential); err != nil {
		return con, err
	}
	if con.ID, err = s.mint(id.PrefixConnection, now); err != nil {
		return con, err
	}
	var secrets []Secret
	if !in.Credential.Empty() {
		if secrets, err = s.sealing(in.Credential, nil); err != nil {
			return con, err
		}
		con.Secret, con.Credential = secrets[0].ID, &now
	}
	var answer tenant.Connection
	err = again(func() error {
		c := &Change{Envelope: change.New(scope, now, entry("connection.created", connected(con)...)), Connections: []tenant.Connection{con}, Secrets: secrets}
		for _, x := range secrets {
			c.Drafts = append(c.Drafts, entry("secret.created", ledger.Text("secret", x.ID), ledger.Text("usedFor", x.Purpose)))
		}
		if c.Refused, err = s.connectable(ctx, scope, c); err != nil {
			return err
		}
		if c.Refused, err = s.room(ctx, scope, bounded(con.Kind), c.Refused); err != nil {
			return err
		}
		answer = con
		answer.Version = 1
		return s.once(ctx, c, in.Key, &answer)
	})
	return answer, err
}

// credible refuses a live connection that could not be taken: Azure and Kubernetes answer nobody who is not known. A repository may be public.
func credible(kind tenant.ConnectionKind, credential secret.Value) error {
	if (kind == tenant.Azure || kind == tenant.Kubernetes) && credential.Empty() {
		return fault.New(fault.Invalid, "the connection needs a credential").WithHelp("it is sealed, and never shown again")
	}
	return nil
}

// connectable says why the scope's project can have no connection more.
func (s *Service) connectable(ctx context.Context, scope access.Scope, c *Change) (refused, err error) {
	p, err := s.Tenancy.Project(ctx, scope, scope.Project())
	if err != nil {
		return nil, err
	}
	c.Expect = append(c.Expect, change.Expect{Kind: "project", ID: string(p.ID), Version: p.Version})
	if p.Archived {
		return final(fault.New(fault.Conflict, "the project is archived").WithHelp("it is read and not written; take it out of the archive first")), nil
	}
	all, err := s.Credentials.Connections(ctx, scope)
	if err != nil {
		return nil, err
	}
	if len(all) >= tenant.MaxConnections {
		return fault.New(fault.Limited, "the project has %d connections, and can have no more", len(all)), nil
	}
	return nil, nil
}

// sealing is a credential as a secret to be written: a new one, or old with another value.
func (s *Service) sealing(value secret.Value, old *Secret) ([]Secret, error) {
	if n := len(value.Expose()); n == 0 || n > maxCredential {
		return nil, fault.New(fault.Invalid, "a credential has 1 to %d bytes", maxCredential)
	}
	if old != nil {
		old.Value = value
		return []Secret{*old}, nil
	}
	sk, err := s.mint(id.PrefixSecret, s.now())
	return []Secret{{ID: sk, Purpose: usedByConnection, Value: value}}, err
}

func connected(c tenant.Connection) []ledger.Field {
	f := []ledger.Field{ledger.Text("connection", c.ID), ledger.Text("kind", string(c.Kind)), ledger.Text("name", c.Name)}
	if c.Path != "" {
		f = append(f, ledger.Text("path", c.Path))
	}
	if c.Secret != "" {
		f = append(f, ledger.Text("secret", c.Secret))
	}
	if to := c.To(); to != "" {
		f = append(f, ledger.Text("to", to))
	}
	return f
}

// Connections are those of a project.
func (s *Service) Connections(ctx context.Context, a access.Actor, p id.Project) ([]tenant.Connection, error) {
	scope, err := access.Decide(a, access.ConnectionList, access.Resource{Project: p})
	if err != nil {
		return nil, err
	}
	if _, err := s.Tenancy.Project(ctx, scope, p); err != nil {
		return nil, err
	}
	return s.Credentials.Connections(ctx, scope)
}

// ReplaceCredential gives a connection another credential; the one before is gone.
func (s *Service) ReplaceCredential(ctx context.Context, a access.Actor, p id.Project, connection string, value secret.Value) (tenant.Connection, error) {
	scope, err := access.Decide(a, access.ConnectionChange, access.Resource{Project: p})
	if err != nil {
		return tenant.Connection{}, err
	}
	var con tenant.Connection
	err = again(func() error {
		if con, err = s.Credentials.Connection(ctx, scope, connection); err != nil {
			return err
		}
		var old *Secret
		kind := "secret.created"
		if con.Secret != "" {
			x, err := s.Credentials.Secret(ctx, scope, con.Secret)
			if err != nil {
				return err
			}
			old, kind = &x, "secret.changed"
		}
		secrets, err := s.sealing(value, old)
		if err != nil {
			return err
		}
		now := s.now()
		con.Secret, con.Credential, con.Verified = secrets[0].ID, &now, nil // what was found with the one before says nothing of this one
		c := &Change{Connections: []tenant.Connection{con}, Secrets: secrets, Envelope: change.New(scope, now,
			entry("connection.changed", connected(con)...), entry(kind, ledger.Text("secret", con.Secret), ledger.Text("usedFor", secrets[0].Purpose)))}
		_, err = s.Writer.Commit(ctx, c)
		return err
	})
	con.Version++
	return con, err
}

// RemoveConnection removes a connection and its credential. Scans that it was read for stay; where they came from stands in the ledger.
func (s *Service) RemoveConnection(ctx context.Context, a access.Actor, p id.Project, connection string) error {
	scope, err := access.Decide(a, access.ConnectionChange, access.Resource{Project: p})
	if err != nil {
		return err
	}
	return again(func() error {
		con, err := s.Credentials.Connection(ctx, scope, connection)
		if err != nil {
			return err
		}
		c := &Change{Envelope: change.New(scope, s.now(), entry("connection.removed", ledger.Text("connection", con.ID))), GoneConnections: []tenant.Connection{con}}
		if con.Secret != "" {
			x, err := s.Credentials.Secret(ctx, scope, con.Secret)
			if err != nil {
				return err
			}
			c.GoneSecrets = []Secret{x}
			c.Drafts = append(c.Drafts, entry("secret.removed", ledger.Text("secret", x.ID), ledger.Text("usedFor", x.Purpose)))
		}
		_, err = s.Writer.Commit(ctx, c)
		return err
	})
}

// OpenSecret opens a secret for what why says. The entry is in the ledger before the answer: an opening that nobody could see later does not happen.
func (s *Service) OpenSecret(ctx context.Context, a access.Actor, name, why string) (secret.Value, error) {
	scope, err := access.Decide(a, access.SecretOpen, access.Resource{})
	if err != nil {
		return secret.Value{}, err
	}
	if err := tenant.CheckReason(why); err != nil {
		return secret.Value{}, err
	}
	err = again(func() error {
		x, err := s.Credentials.Secret(ctx, scope, name)
		if err != nil {
			return err
		}
		c := &Change{Envelope: change.New(scope, s.now(), entry("secret.opened",
			ledger.Text("secret", x.ID), ledger.Text("usedFor", x.Purpose), ledger.Text("why", why)))}
		c.Expect = []change.Expect{{Kind: "secret", ID: x.ID, Version: x.Version}}
		_, err = s.Writer.Commit(ctx, c)
		return err
	})
	if err != nil {
		return secret.Value{}, err
	}
	return s.Credentials.Unseal(ctx, scope, name)
}
