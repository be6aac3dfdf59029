package sqldb

import (
	"context"

	"c4arch/internal/base/fault"
)

// Role is what the role may do as which the program is connected.
type Role struct {
	Name       string
	Super      bool
	BypassRLS  bool
	Owner      bool // of a table or of the schema, itself or by a role that it is a member of
	CreateRole bool
	CreateDB   bool
	Create     bool // something in the schema or in the database
}

const roleQuery = `SELECT r.rolname, r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolcreatedb,
	EXISTS (SELECT FROM pg_namespace n WHERE n.nspname = $1 AND pg_has_role(r.oid, n.nspowner, 'MEMBER'))
		OR EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND pg_has_role(r.oid, c.relowner, 'MEMBER')),
	has_database_privilege(r.oid, current_database(), 'CREATE')
		OR EXISTS (SELECT FROM pg_namespace n WHERE n.nspname = $1 AND has_schema_privilege(r.oid, n.oid, 'CREATE')),
	EXISTS (SELECT FROM pg_roles o WHERE (o.rolsuper OR o.rolbypassrls) AND pg_has_role(r.oid, o.oid, 'MEMBER'))
FROM pg_roles r WHERE r.rolname = current_user`

// Role asks what the role may do.
func (s *Server) Role(ctx context.Context) (Role, error) {
	var r Role
	var over bool
	err := s.pool.QueryRow(ctx, roleQuery, Schema).Scan(&r.Name, &r.Super, &r.BypassRLS, &r.CreateRole, &r.CreateDB, &r.Owner, &r.Create, &over)
	if err != nil {
		if ctx.Err() != nil {
			return Role{}, ctx.Err()
		}
		return Role{}, pgFault(s.name, err)
	}
	r.BypassRLS = r.BypassRLS || over
	return r, nil
}

// CheckRole refuses a role that could pass by row security or change it.
func (s *Server) CheckRole(ctx context.Context) error {
	r, err := s.Role(ctx)
	if err != nil {
		return err
	}
	for _, x := range []struct {
		is   bool
		what string
	}{
		{r.Super, "is a superuser"},
		{r.BypassRLS, "may bypass row security, itself or as a member of another role"},
		{r.Owner, "owns the tables, itself or as a member of another role"},
		{r.CreateRole, "may make roles"},
		{r.Create, "may make tables"},
	} {
		if x.is {
			return fault.New(fault.Denied, "the role %s of the database %s %s: the organisations would not be kept apart", r.Name, s.name, x.what).
				WithHelp("connect as a role that is made with CREATE ROLE … LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOINHERIT and owns nothing")
		}
	}
	return nil
}
