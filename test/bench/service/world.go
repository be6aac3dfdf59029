//go:build unix

package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	"c4arch/internal/keys/file"
	"c4arch/internal/keys/ring"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/auditing"
	"c4arch/internal/service/change"
	"c4arch/internal/service/upkeep"
	"c4arch/internal/store/account"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/store/trust"
	"c4arch/test/pg"
)

// world is an installation as the program builds it, without its listeners.
type world struct {
	engine   string
	dir      string
	cfg      home.Config
	homes    *home.Homes
	accounts *accounts.Service
	trust    *trust.Store
	root     *file.Root
}

// durable is a PostgreSQL server as it is run in production: what it acknowledged is on the disk.
var durable = sync.OnceValues(func() (*pg.Server, error) {
	return pg.Launch(pg.Options{Fsync: true, Settings: map[string]string{"max_wal_size": "2GB", "shared_buffers": "256MB"}})
})

// stopServer ends it.
func stopServer() {
	if s, err := durable(); err == nil {
		s.Stop()
	}
}

// embedded is a world on files in a new folder.
func embedded(ctx context.Context, open int) (*world, error) {
	return create(ctx, "SQLite", nil, open)
}

// served is a world in a new database.
func served(ctx context.Context, open int) (*world, *pg.Database, error) {
	s, err := durable()
	if err != nil {
		return nil, nil, err
	}
	d, err := s.Create(ctx, "")
	if err != nil {
		return nil, nil, err
	}
	o := d.Options(pg.App)
	o.MaxConns = 12
	server, err := sqldb.Connect(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	w, err := create(ctx, "PostgreSQL", server, open)
	return w, d, err
}

func create(ctx context.Context, engine string, server *sqldb.Server, open int) (*world, error) {
	dir, err := os.MkdirTemp("", "c4arch-bench-")
	if err != nil {
		return nil, err
	}
	w := &world{engine: engine, dir: dir}
	if w.root, _, err = file.Init(filepath.Join(dir, "keys"), "", rand.Reader); err != nil {
		return nil, err
	}
	keys, err := ring.New(rand.Reader, file.Scheme, map[string]ring.Root{file.Scheme: w.root})
	if err != nil {
		return nil, err
	}
	w.cfg = home.Config{Dir: filepath.Join(dir, "data"), Server: server, Keys: keys, MaxOpen: open, Now: time.Now, Random: rand.Reader}
	return w, w.open(ctx)
}

// open opens the installation, anew after a Close of its homes.
func (w *world) open(ctx context.Context) (err error) {
	if w.homes, err = home.Open(ctx, w.cfg); err != nil {
		return err
	}
	w.trust = trust.New(w.homes)
	st := account.New(w.homes)
	keys, ok := w.cfg.Keys.(*ring.Ring)
	if !ok {
		return errors.New("the keys are no ring")
	}
	w.accounts = &accounts.Service{
		Tenancy: st, Credentials: st, Writer: st, Directory: st, Homes: w.homes, Keys: keys, Subjects: w.trust, Now: time.Now, Random: rand.Reader, Schedules: schedules,
	}
	return nil
}

// schedules are those of internal/app.
func schedules(from time.Time) []change.Schedule {
	return append(auditing.VerifySchedules(from), auditing.SignSchedule(from), upkeep.SweepSchedule(from))
}

func (w *world) close() {
	err := w.homes.Close()
	if w.cfg.Server != nil {
		w.cfg.Server.Close()
	}
	w.root.Close()
	if err := errors.Join(err, os.RemoveAll(w.dir)); err != nil {
		fmt.Fprintln(os.Stderr, "service:", err)
	}
}

func operator() access.Actor {
	return access.Actor{ID: "console", Kind: access.Staff, Org: id.Platform, Roles: []access.Role{access.Operator}, Surface: access.Console, Purpose: "bench", Request: "rq_bench"}
}

// owner is somebody who may all in an organisation.
func owner(org id.Org) access.Actor {
	return access.Actor{ID: "person:pn_owner", Kind: access.Person, Org: org, Roles: []access.Role{access.Owner}, Surface: access.API, Purpose: "bench", Request: "rq_bench"}
}

func scope(a access.Actor, act access.Action) access.Scope {
	s, err := access.Decide(a, act, access.Resource{})
	if err != nil {
		panic(err) // the actors here may do what is asked here
	}
	return s
}

// organisation makes one.
func (w *world) organisation(ctx context.Context, n int) (accounts.Made, error) {
	return w.accounts.CreateOrganisation(ctx, operator(), accounts.NewOrganisation{
		Slug: fmt.Sprintf("org-%d", n), Name: fmt.Sprintf("Organisation %d", n), OwnerName: "Platform team", OwnerEmail: fmt.Sprintf("owner-%d@contoso.example", n),
	})
}

// hold opens the home of an organisation.
func (w *world) hold(ctx context.Context, org id.Org) (*home.Home, error) {
	return w.homes.For(ctx, scope(owner(org), access.OrganisationChange))
}
