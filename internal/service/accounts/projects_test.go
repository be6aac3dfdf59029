package accounts_test

import (
	"bytes"
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/change"
)

func TestProjects(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		made, owner := w.organisation("contoso")
		_, other := w.organisation("fabrikam")
		p, err := w.CreateProject(ctx, owner, accounts.NewProject{Slug: "shop", Name: "The Shop"})
		w.check(err)
		if got, err := w.Project(ctx, owner, p.ID); err != nil || got != p || p.Version != 1 {
			t.Errorf("%+v is not %+v, %v", got, p, err)
		}
		if e := w.last(made.Organisation.ID); e.kind != "project.created" || e.values["project"] != string(p.ID) || e.values["name"] != "The Shop" {
			t.Errorf("%+v", e)
		}
		_, err = w.CreateProject(ctx, owner, accounts.NewProject{Slug: "shop", Name: "Another"})
		w.refused(err, fault.Conflict, "short name shop")
		for _, in := range []accounts.NewProject{{Slug: "s", Name: "x"}, {Slug: "shop2"}, {Slug: "shop2", Name: " x"}} {
			_, err = w.CreateProject(ctx, owner, in)
			w.refused(err, fault.Invalid, "name")
		}
		if _, err := w.CreateProject(ctx, other, accounts.NewProject{Slug: "shop", Name: "Theirs"}); err != nil {
			t.Errorf("a short name is of an organisation: %v", err)
		}
		q, err := w.CreateProject(ctx, owner, accounts.NewProject{Slug: "web", Name: "Web"})
		w.check(err)
		_, err = w.ChangeProject(ctx, owner, q.ID, accounts.ProjectChange{Slug: ptr("shop")})
		w.refused(err, fault.Conflict, "short name shop")
		q, err = w.ChangeProject(ctx, owner, q.ID, accounts.ProjectChange{Slug: ptr("site"), Name: ptr("Site"), Archived: ptr(true), Version: 1})
		w.check(err)
		if got, err := w.Project(ctx, owner, q.ID); err != nil || got != q || !q.Archived || q.Slug != "site" {
			t.Errorf("%+v is not %+v, %v", got, q, err)
		}
		if e := w.last(made.Organisation.ID); e.kind != "project.changed" || e.values["archived"] != "true" || e.values["project"] != string(q.ID) {
			t.Errorf("%+v", e)
		}
		_, err = w.ChangeProject(ctx, owner, q.ID, accounts.ProjectChange{Name: ptr("x"), Version: 1})
		w.refused(err, fault.Conflict, "changed meanwhile")
		_, err = w.CreateConnection(ctx, owner, accounts.NewConnection{Project: q.ID, Kind: tenant.Upload, Name: "x"})
		w.refused(err, fault.Conflict, "archived")
		if list, err := w.Projects(ctx, owner); err != nil || !slices.Equal(list, []tenant.Project{p, q}) {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

const credential = "correct-horse-battery-staple"

func TestConnections(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		made, owner := w.organisation("contoso")
		org := made.Organisation.ID
		_, reader := w.member(owner, "reader", access.Viewer)
		p, err := w.CreateProject(ctx, owner, accounts.NewProject{Slug: "shop", Name: "Shop"})
		w.check(err)
		q, err := w.CreateProject(ctx, owner, accounts.NewProject{Slug: "web", Name: "Web"})
		w.check(err)
		in := accounts.NewConnection{Project: p.ID, Kind: tenant.Directory, Name: "Templates", Path: "shop/infra", Credential: secret.New([]byte(credential))}
		con, err := w.CreateConnection(ctx, owner, in)
		w.check(err)
		if list, err := w.Connections(ctx, reader, p.ID); err != nil || !reflect.DeepEqual(list, []tenant.Connection{con}) || strings.Contains(fmt.Sprint(list), credential) {
			t.Errorf("%+v, %v", list, err)
		}
		if list, err := w.Connections(ctx, reader, q.ID); err != nil || len(list) != 0 {
			t.Errorf("%+v, %v", list, err)
		}
		_, err = w.Connections(ctx, reader, "pj_00000000000000000000000000")
		w.refused(err, fault.NotFound, "no such project")
		for _, bad := range []accounts.NewConnection{
			{Project: p.ID, Kind: "ftp", Name: "x"},
			{Project: p.ID, Kind: tenant.Upload, Name: "x", Path: "y"},
			{Project: p.ID, Kind: tenant.Directory, Name: "x", Path: "../y"},
			{Project: p.ID, Kind: tenant.Directory, Name: "x"},
			{Project: p.ID, Kind: tenant.Upload},
			{Project: p.ID, Kind: tenant.Upload, Name: "x", Credential: secret.New(make([]byte, 17<<10))},
		} {
			_, err := w.CreateConnection(ctx, owner, bad)
			w.refused(err, fault.Invalid, "")
		}
		if hits := w.find(org, credential); len(hits) > 0 {
			t.Errorf("the credential stands in %v", hits)
		}

		_, err = w.OpenSecret(ctx, reader, con.Secret, "curiosity")
		w.refused(err, fault.Denied, "")
		v, err := w.OpenSecret(ctx, owner, con.Secret, "the credential is compared")
		w.check(err)
		if string(v.Expose()) != credential {
			t.Error("it is another one")
		}
		if e := w.last(org); e.kind != "secret.opened" || e.values["secret"] != con.Secret || e.values["why"] != "the credential is compared" || e.values["actor"] != string(owner.ID) {
			t.Errorf("%+v", e)
		}
		_, err = w.OpenSecret(ctx, owner, "sk_00000000000000000000000000", "because")
		w.refused(err, fault.NotFound, "no such secret")
		_, err = w.OpenSecret(ctx, owner, con.Secret, "")
		w.refused(err, fault.Invalid, "reason")

		_, err = w.ReplaceCredential(ctx, owner, q.ID, con.ID, secret.New([]byte("x")))
		w.refused(err, fault.NotFound, "no such connection")
		_, err = w.ReplaceCredential(ctx, owner, p.ID, con.ID, secret.Value{})
		w.refused(err, fault.Invalid, "credential")
		con, err = w.ReplaceCredential(ctx, owner, p.ID, con.ID, secret.New([]byte("another one")))
		w.check(err)
		if v, err = w.OpenSecret(ctx, owner, con.Secret, "it is compared"); err != nil || string(v.Expose()) != "another one" {
			t.Errorf("%q, %v", v.Expose(), err)
		}
		w.refused(w.RemoveConnection(ctx, owner, q.ID, con.ID), fault.NotFound, "no such connection")
		w.check(w.RemoveConnection(ctx, owner, p.ID, con.ID))
		w.refused(w.RemoveConnection(ctx, owner, p.ID, con.ID), fault.NotFound, "no such connection")
		if left := append(w.rows(org, `SELECT id FROM secret`), w.rows(org, `SELECT id FROM connection`)...); len(left) > 0 {
			t.Errorf("%v are left", left)
		}
	})
}

// TestOpeningIsTold: when the entry cannot be kept, nothing is opened.
func TestOpeningIsTold(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		_, owner := w.organisation("contoso")
		p, err := w.CreateProject(ctx, owner, accounts.NewProject{Slug: "shop", Name: "Shop"})
		w.check(err)
		con, err := w.CreateConnection(ctx, owner, accounts.NewConnection{Project: p.ID, Kind: tenant.Upload, Name: "x", Credential: secret.New([]byte(credential))})
		w.check(err)
		s := *w.Service
		s.Writer = full{}
		n := 0
		s.Credentials = counting{w.store, &n}
		if v, err := s.OpenSecret(ctx, owner, con.Secret, "because"); fault.KindOf(err) != fault.Unavailable || !v.Empty() || n > 0 {
			t.Errorf("%v, and it was opened %d times", err, n)
		}
		s.Writer = w.store
		if _, err := s.OpenSecret(ctx, owner, con.Secret, "because"); err != nil || n != 1 {
			t.Errorf("%v, and it was opened %d times", err, n)
		}
	})
}

type full struct{}

func (full) Commit(context.Context, *accounts.Change) (change.Committed, error) {
	return change.Committed{}, fault.New(fault.Unavailable, "the disk is full")
}

type counting struct {
	accounts.Credentials
	n *int
}

func (c counting) Unseal(ctx context.Context, s access.Scope, name string) (secret.Value, error) {
	*c.n++
	return c.Credentials.Unseal(ctx, s, name)
}

// tables are those of an organisation's home that the use cases here write, with the ledger and the jobs.
var tables = map[string]string{
	"organisation": "slug name", "project": "slug name", "member": "name email role", "token": "name purpose hash", "secret": "purpose sealed", "connection": "name path",
	"ledger_entry": "kind leaf sealed", "job": "kind args", "idem": "key body", "inbox": "key",
}

// find looks for a text in every column of those tables, and in what is open of the ledger.
func (w *world) find(org id.Org, text string) (places []string) {
	w.t.Helper()
	for table, columns := range tables {
		for column := range strings.FieldsSeq(columns) {
			if org == id.Platform && !slices.Contains([]string{"ledger_entry", "job", "idem", "inbox"}, table) {
				continue
			}
			for _, v := range w.rows(org, `SELECT `+column+` FROM `+table) {
				if bytes.Contains([]byte(v), []byte(text)) {
					places = append(places, table+"."+column)
				}
			}
		}
	}
	for i, e := range w.ledger(org) {
		for name, v := range e.values {
			if strings.Contains(v, text) {
				places = append(places, fmt.Sprintf("entry %d %s: %s", i, e.kind, name))
			}
		}
	}
	return places
}
