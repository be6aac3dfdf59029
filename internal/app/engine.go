package app

import (
	"context"
	"crypto/rand"
	"net/url"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/egress"
	"c4arch/internal/store/blob"
	"c4arch/internal/store/home"
	small "c4arch/internal/store/instance"
	"c4arch/internal/store/schema"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/store/trust"
)

// database connects to PostgreSQL, where that is the engine; as the owner it is migrated first.
func (in *instance) database(ctx context.Context) error {
	if in.cfg.Database.URL.Empty() {
		return nil
	}
	if !in.cfg.Database.Owner.Empty() {
		if err := in.prepare(ctx); err != nil {
			return err
		}
	}
	if err := in.connect(ctx, in.cfg.Database.Connections); err != nil {
		return err
	}
	return in.fit(ctx)
}

// connect connects as the application role, and looks at nothing.
func (in *instance) connect(ctx context.Context, most int) error {
	text, err := in.cfg.Database.URL.Open(ctx, in.secrets)
	if err != nil {
		return err
	}
	if in.server, err = sqldb.Connect(ctx, sqldb.ServerOptions{URL: text, Dial: in.dialDatabase, MaxConns: most, Observe: in.statements}); err != nil {
		return fault.Wrap(fault.KindOf(err), err, "the database of the setting database.url cannot be used")
	}
	in.closes(func() error { in.server.Close(); return nil })
	return nil
}

// fit sees that the schema is the newest, and that the role can neither pass by row security nor change it.
func (in *instance) fit(ctx context.Context) error {
	if err := schema.Check(ctx, in.server); err != nil {
		return fault.Wrap(fault.KindOf(err), err, "the database %s is not ready for the service", in.server.Name())
	}
	return nil
}

// prepare migrates as the owner, for the role of the application's address.
func (in *instance) prepare(ctx context.Context) error {
	application, err := in.cfg.Database.URL.Open(ctx, in.secrets)
	if err != nil {
		return err
	}
	role, err := roleOf(application)
	if err != nil {
		return err
	}
	owner, err := in.cfg.Database.Owner.Open(ctx, in.secrets)
	if err != nil {
		return err
	}
	if err := schema.Prepare(ctx, sqldb.ServerOptions{URL: owner, Dial: in.dialDatabase, MaxConns: 2}, role); err != nil {
		return fault.Wrap(fault.KindOf(err), err, "the database cannot be migrated as the role of the setting database.owner")
	}
	return nil
}

func roleOf(application secret.Value) (string, error) {
	u, err := url.Parse(string(application.Expose()))
	if err != nil || u.User.Username() == "" {
		return "", fault.New(fault.Invalid, "the setting database.url names no role").WithHelp("write it as postgres://ROLE@HOST/DATABASE")
	}
	return u.User.Username(), nil
}

// openHomes opens the platform's home; those of organisations are opened when they are asked for.
func (in *instance) openHomes(ctx context.Context) error {
	private()
	c := home.Config{
		Dir: in.cfg.Data.Dir, Server: in.server, Keys: in.ring, MaxOpen: in.cfg.Limits.OpenHomes, Now: in.now, Random: rand.Reader, Log: in.log,
		Opened: in.opened, Restored: in.restored, Around: in.around, Observe: in.statements,
	}
	if err := in.openBucket(ctx); err != nil {
		return err
	}
	if in.bucket != nil {
		c.Objects = func(org id.Org) (home.Objects, error) { return in.bucket.Of(org) }
	}
	var err error
	if in.homes, err = home.Open(ctx, c); err != nil {
		return in.strangers(err)
	}
	in.closes(in.homes.Close)
	in.trust, in.small = trust.New(in.homes), small.New(in.homes)
	return nil
}

// openBucket opens the bucket in which large things are, where they are not in the data directory.
func (in *instance) openBucket(ctx context.Context) error {
	if in.cfg.Objects.Place == "" {
		return nil
	}
	place, err := blob.Parse(in.cfg.Objects.Place)
	if err != nil {
		return err
	}
	in.bucket, err = blob.OpenBucket(ctx, place, blob.Clients{Objects: in.exit.Client(egress.Objects), Identity: in.exit.Client(egress.Identity)})
	if err != nil {
		return err
	}
	in.closes(in.bucket.Close)
	return nil
}
