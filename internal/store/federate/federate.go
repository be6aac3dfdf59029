// Package federate keeps what an organisation says of who its people are: providers, domains, the policy of signing in, and users and groups as a provisioner knows them; and
// on the platform which subject of a provider is which person, which organisation has which domain, and what began in a browser.
//
// It promises: a read is one transaction in the home of its scope; a write is one change, whose records are written only where they still have the version that was read; what
// another home has takes the same statements, and gives the same answer, as what exists nowhere; what began is sealed, and is taken once. It leaves out every rule.
package federate

import (
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/change"
	"c4arch/internal/service/federate"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
)

// Homes is what opens the home of a scope.
type Homes interface {
	For(ctx context.Context, s access.Scope) (*home.Home, error)
}

// Store is over homes.
type Store struct{ homes Homes }

// New is over those homes.
func New(homes Homes) *Store { return &Store{homes: homes} }

var (
	_ Homes             = (*home.Homes)(nil)
	_ federate.Store    = (*Store)(nil)
	_ federate.Platform = (*Platform)(nil)
)

func missing(what string) error { return fault.New(fault.NotFound, "there is no such %s", what) }

func open(ctx context.Context, homes Homes, s access.Scope, platform bool) (*home.Home, error) {
	if s.Zero() || (s.Org() == id.Platform) != platform {
		return nil, missing("organisation")
	}
	return homes.For(ctx, s)
}

// read runs fn in a transaction. That something is not there ends it as if it were.
func read(ctx context.Context, homes Homes, s access.Scope, platform bool, fn func(h *home.Home, tx *sqldb.Tx) error) error {
	h, err := open(ctx, homes, s, platform)
	if err != nil {
		return err
	}
	defer h.Release()
	var none error
	err = h.Read(ctx, func(tx *sqldb.Tx) error {
		if none = fn(h, tx); fault.KindOf(none) == fault.NotFound {
			return nil
		}
		return none
	})
	return cmp.Or(err, none)
}

func (st *Store) read(ctx context.Context, s access.Scope, fn func(tx *sqldb.Tx) error) error {
	return read(ctx, st.homes, s, false, func(_ *home.Home, tx *sqldb.Tx) error { return fn(tx) })
}

// writer writes the records of one change.
type writer struct {
	ctx context.Context
	tx  *sqldb.Tx
	at  time.Time
}

func (w *writer) exec(query string, args ...any) error {
	_, err := w.tx.Exec(w.ctx, query, args...)
	return err
}

// one runs a statement that must change one row: none is one that was changed meanwhile, or is not there.
func (w *writer) one(what, query string, args ...any) error {
	n, err := w.tx.Exec(w.ctx, query, args...)
	if err == nil && n != 1 {
		err = fault.New(fault.Conflict, "the %s was changed meanwhile", what).WithHelp("look at it again, and decide again")
	}
	return err
}

func optional(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// moment and micros keep the zero time as 0.
func moment(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

type row = func(...any) error

// list reads all rows of a query.
func list[T any](ctx context.Context, tx *sqldb.Tx, query string, of func(scan row) (T, error), args ...any) ([]T, error) {
	all := []T{}
	err := tx.Each(ctx, query, func(scan func(...any) error) error {
		v, err := of(scan)
		all = append(all, v)
		return err
	}, args...)
	return all, err
}

// single reads the one row of a query that is by a key.
func single[T any](ctx context.Context, tx *sqldb.Tx, what, query string, of func(scan row) (T, error), args ...any) (T, error) {
	all, err := list(ctx, tx, query, of, args...)
	if err == nil && len(all) == 0 {
		err = missing(what)
	}
	if err != nil {
		var none T
		return none, err
	}
	return all[0], nil
}

const providerColumns = `SELECT id, name, issuer, client, COALESCE(secret, ''), settings, off, created_at, version FROM provider`

// settings are those of a provider that nothing asks for by itself.
type settings struct {
	Scopes []string    `json:"scopes"`
	Groups string      `json:"groups,omitempty"`
	Join   access.Role `json:"join,omitempty"`
}

func providerRow(scan row) (p identity.Provider, err error) {
	var text string
	var off, at int64
	if err = scan(&p.ID, &p.Name, &p.Issuer, &p.Client, &p.Secret, &text, &off, &at, &p.Version); err != nil {
		return p, err
	}
	var x settings
	if err = json.Unmarshal([]byte(text), &x); err != nil {
		return p, fault.Wrap(fault.Internal, err, "the provider %s cannot be read", p.ID)
	}
	p.Scopes, p.Groups, p.Join, p.Off, p.Created = x.Scopes, x.Groups, x.Join, off == 1, moment(at)
	return p, nil
}

// Providers are all of the scope's organisation.
func (st *Store) Providers(ctx context.Context, s access.Scope) (all []identity.Provider, err error) {
	err = st.read(ctx, s, func(tx *sqldb.Tx) error {
		all, err = list(ctx, tx, providerColumns+` ORDER BY id`, providerRow)
		return err
	})
	return all, err
}

// Provider is one of them.
func (st *Store) Provider(ctx context.Context, s access.Scope, name string) (p identity.Provider, err error) {
	err = st.read(ctx, s, func(tx *sqldb.Tx) error {
		p, err = single(ctx, tx, "provider", providerColumns+` WHERE id = $1`, providerRow, name)
		return err
	})
	return p, err
}

const domainColumns = `SELECT id, name, proof, verified_at, COALESCE(provider, ''), created_at, version FROM domain`

func domainRow(scan row) (d identity.Domain, err error) {
	var verified, at int64
	err = scan(&d.ID, &d.Name, &d.Proof, &verified, &d.Provider, &at, &d.Version)
	d.Verified, d.Created = moment(verified), moment(at)
	return d, err
}

// Domains are all of the scope's organisation.
func (st *Store) Domains(ctx context.Context, s access.Scope) (all []identity.Domain, err error) {
	err = st.read(ctx, s, func(tx *sqldb.Tx) error {
		all, err = list(ctx, tx, domainColumns+` ORDER BY id`, domainRow)
		return err
	})
	return all, err
}

// Domain is one of them.
func (st *Store) Domain(ctx context.Context, s access.Scope, name string) (d identity.Domain, err error) {
	err = st.read(ctx, s, func(tx *sqldb.Tx) error {
		d, err = single(ctx, tx, "domain", domainColumns+` WHERE id = $1`, domainRow, name)
		return err
	})
	return d, err
}

// policyID is that of the one row.
const policyID = "policy"

// Policy is what the organisation demands, or the zero policy.
func (st *Store) Policy(ctx context.Context, s access.Scope) (p identity.Policy, err error) {
	err = st.read(ctx, s, func(tx *sqldb.Tx) error {
		tx.Last()
		p, err = policy(ctx, tx)
		return err
	})
	return p, err
}

func policy(ctx context.Context, tx *sqldb.Tx) (p identity.Policy, err error) {
	var text string
	var version int64
	found, err := tx.Row(ctx, []any{&text, &version}, `SELECT text, version FROM sign_in_policy WHERE id = $1`, policyID)
	if err != nil || !found {
		return identity.Policy{Addresses: []string{}}, err
	}
	if err = json.Unmarshal([]byte(text), &p); err != nil {
		err = fault.Wrap(fault.Internal, err, "the policy of signing in cannot be read")
	}
	p.Version = version
	return p, err
}

const memberColumns = `SELECT id, name, email, role, removed, erased, created_at, version, until, external FROM member`

func memberRow(scan row) (m tenant.Member, err error) {
	var at, removed, erased, until int64
	err = scan(&m.Person, &m.Name, &m.Email, &m.Role, &removed, &erased, &at, &m.Version, &until, &m.External)
	m.Removed, m.Erased, m.Created, m.Until = removed == 1, erased == 1, moment(at), moment(until)
	return m, err
}

// Member is one of the scope's organisation.
func (st *Store) Member(ctx context.Context, s access.Scope, person string) (m tenant.Member, err error) {
	err = st.read(ctx, s, func(tx *sqldb.Tx) error {
		m, err = single(ctx, tx, "member", memberColumns+` WHERE id = $1`, memberRow, person)
		return err
	})
	return m, err
}

// MemberByEmail is who has the address.
func (st *Store) MemberByEmail(ctx context.Context, s access.Scope, email string) (m tenant.Member, err error) {
	err = st.read(ctx, s, func(tx *sqldb.Tx) error {
		m, err = single(ctx, tx, "member", memberColumns+` WHERE email = $1 AND email <> '' ORDER BY removed, id`, memberRow, email)
		return err
	})
	return m, err
}

// Crowd is how many members there are, those that were removed too.
func (st *Store) Crowd(ctx context.Context, s access.Scope) (n int, err error) {
	err = st.read(ctx, s, func(tx *sqldb.Tx) error {
		_, err := tx.Row(ctx, []any{&n}, `SELECT COUNT(*) FROM member`)
		return err
	})
	return n, err
}

// SecretVersion is the version of a secret.
func (st *Store) SecretVersion(ctx context.Context, s access.Scope, name string) (n int64, err error) {
	err = st.read(ctx, s, func(tx *sqldb.Tx) error {
		found, err := tx.Row(ctx, []any{&n}, `SELECT version FROM secret WHERE id = $1`, name)
		if err == nil && !found {
			err = missing("secret")
		}
		return err
	})
	return n, err
}

// Unseal is the secret of a client. That it is used is in the log as the signing in that it is used for.
func (st *Store) Unseal(ctx context.Context, s access.Scope, name string) (v secret.Value, err error) {
	err = read(ctx, st.homes, s, false, func(h *home.Home, tx *sqldb.Tx) error {
		var sealed []byte
		found, err := tx.Row(ctx, []any{&sealed}, `SELECT sealed FROM secret WHERE id = $1 AND purpose = 'provider'`, name)
		if err == nil && !found {
			err = missing("secret")
		}
		if err != nil {
			return err
		}
		plain, err := h.Key().Open(secret.ForSecrets, name, sealed)
		if err != nil {
			return fault.Wrap(fault.Internal, err, "the secret %s", name)
		}
		v = secret.New(plain)
		return nil
	})
	return v, err
}

// Commit writes a change: secrets in front of what refers to them.
func (st *Store) Commit(ctx context.Context, c *federate.Change) (change.Committed, error) {
	h, err := open(ctx, st.homes, c.Scope, false)
	if err != nil {
		return change.Committed{}, err
	}
	defer h.Release()
	sealed := map[string][]byte{}
	for _, x := range c.Secrets {
		sealed[x.ID] = h.Key().Seal(secret.ForSecrets, x.ID, x.Value.Expose())
	}
	return h.Commit(ctx, &c.Envelope, func(ctx context.Context, tx *sqldb.Tx, at time.Time) error {
		w := &writer{ctx, tx, at}
		for _, m := range c.Members {
			if err := w.member(m); err != nil {
				return err
			}
		}
		for _, x := range c.Secrets {
			if err := w.secret(x, sealed[x.ID]); err != nil {
				return err
			}
		}
		return w.federation(c)
	})
}

func (w *writer) federation(c *federate.Change) error {
	for _, p := range c.Providers {
		if err := w.provider(p); err != nil {
			return err
		}
	}
	for _, d := range c.Domains {
		if err := w.domain(d); err != nil {
			return err
		}
	}
	for _, d := range c.GoneDomains {
		if err := w.one("domain", `DELETE FROM domain WHERE id = $1 AND version = $2`, d.ID, d.Version); err != nil {
			return err
		}
	}
	for _, p := range c.GoneProviders {
		if err := w.noProvider(p); err != nil {
			return err
		}
	}
	if c.Policy != nil {
		return w.policy(*c.Policy)
	}
	return nil
}

func (w *writer) member(m tenant.Member) error {
	if m.Version == 0 {
		return w.exec(`INSERT INTO member (id, name, email, role, removed, erased, created_at, version, until, external) VALUES ($1, $2, $3, $4, $5, 0, $6, 1, $7, $8)`,
			m.Person, m.Name, m.Email, string(m.Role), m.Removed, micros(m.Created), micros(m.Until), m.External)
	}
	return w.one("member", `UPDATE member SET name = $3, email = $4, role = $5, removed = $6, until = $7, external = $8, version = version + 1 WHERE id = $1 AND version = $2 AND erased = 0`,
		m.Person, m.Version, m.Name, m.Email, string(m.Role), m.Removed, micros(m.Until), m.External)
}

func (w *writer) secret(x federate.Secret, sealed []byte) error {
	if x.Version == 0 {
		return w.exec(`INSERT INTO secret (id, purpose, sealed, created_at, version) VALUES ($1, $2, $3, $4, 1)`, x.ID, x.Purpose, sealed, w.at.UnixMicro())
	}
	return w.one("secret", `UPDATE secret SET sealed = $3, version = version + 1 WHERE id = $1 AND version = $2`, x.ID, x.Version, sealed)
}

func (w *writer) provider(p identity.Provider) error {
	text, err := json.Marshal(settings{Scopes: p.Scopes, Groups: p.Groups, Join: p.Join})
	if err != nil {
		return fault.Wrap(fault.Internal, err, "the provider cannot be kept")
	}
	if p.Version == 0 {
		return w.exec(`INSERT INTO provider (id, name, issuer, client, secret, settings, off, created_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1)`,
			p.ID, p.Name, p.Issuer, p.Client, optional(p.Secret), string(text), p.Off, micros(p.Created))
	}
	return w.one("provider", `UPDATE provider SET name = $3, client = $4, secret = $5, settings = $6, off = $7, version = version + 1 WHERE id = $1 AND version = $2`,
		p.ID, p.Version, p.Name, p.Client, optional(p.Secret), string(text), p.Off)
}

func (w *writer) noProvider(p identity.Provider) error {
	if err := w.exec(`UPDATE domain SET provider = NULL, version = version + 1 WHERE provider = $1`, p.ID); err != nil {
		return err
	}
	if err := w.one("provider", `DELETE FROM provider WHERE id = $1 AND version = $2`, p.ID, p.Version); err != nil || p.Secret == "" {
		return err
	}
	return w.exec(`DELETE FROM secret WHERE id = $1`, p.Secret)
}

func (w *writer) domain(d identity.Domain) error {
	if d.Version == 0 {
		return w.exec(`INSERT INTO domain (id, name, proof, verified_at, provider, created_at, version) VALUES ($1, $2, $3, $4, $5, $6, 1)`,
			d.ID, d.Name, d.Proof, micros(d.Verified), optional(d.Provider), micros(d.Created))
	}
	return w.one("domain", `UPDATE domain SET verified_at = $3, provider = $4, version = version + 1 WHERE id = $1 AND version = $2`, d.ID, d.Version, micros(d.Verified), optional(d.Provider))
}

func (w *writer) policy(p identity.Policy) error {
	version := p.Version
	p.Version = 0
	text, err := json.Marshal(p)
	if err != nil {
		return fault.Wrap(fault.Internal, err, "the policy cannot be kept")
	}
	if version == 0 {
		n, err := w.tx.Exec(w.ctx, `INSERT INTO sign_in_policy (id, text, version) VALUES ($1, $2, 1) ON CONFLICT DO NOTHING`, policyID, string(text))
		if err == nil && n != 1 {
			err = fault.New(fault.Conflict, "the policy was changed meanwhile")
		}
		return err
	}
	return w.one("policy", `UPDATE sign_in_policy SET text = $3, version = version + 1 WHERE id = $1 AND version = $2`, policyID, version, string(text))
}

// Platform is the part of it in the platform's home.
type Platform struct{ homes Homes }

// NewPlatform is over those homes.
func NewPlatform(homes Homes) *Platform { return &Platform{homes: homes} }

// bound is what a ceremony is sealed to: its own hash.
func bound(hash []byte) string { return "ceremony/" + hex.EncodeToString(hash) }

const kindOfCeremony = "oidc"

// Keep keeps what began. Ceremonies of every kind that are over for an hour go with it.
func (p *Platform) Keep(ctx context.Context, s access.Scope, b federate.Begun) error {
	h, err := open(ctx, p.homes, s, true)
	if err != nil {
		return err
	}
	defer h.Release()
	sealed := h.Key().Seal(secret.ForRecords, bound(b.Hash), b.Text)
	return h.Upkeep(ctx, home.Ceremonies, func(tx *sqldb.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM ceremony WHERE kind = $1 AND expires_at < $2`, kindOfCeremony, b.At.UnixMicro()); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO ceremony (hash, kind, code, sealed, state, at, expires_at) VALUES ($1, $2, NULL, $3, 'open', $4, $5)`,
			b.Hash, kindOfCeremony, sealed, b.At.UnixMicro(), b.Expires.UnixMicro())
		return err
	})
}

// Take takes what began, once.
func (p *Platform) Take(ctx context.Context, s access.Scope, hash []byte, now time.Time) ([]byte, error) {
	h, err := open(ctx, p.homes, s, true)
	if err != nil {
		return nil, err
	}
	defer h.Release()
	var sealed []byte
	found := false
	err = h.Upkeep(ctx, home.Ceremonies, func(tx *sqldb.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE ceremony SET state = 'used' WHERE hash = $1 AND kind = $2 AND state = 'open' AND expires_at > $3`, hash, kindOfCeremony, now.UnixMicro())
		if err != nil {
			return err
		}
		found = n == 1
		_, err = tx.Row(ctx, []any{&sealed}, `SELECT sealed FROM ceremony WHERE hash = $1`, hash)
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case !found:
		return nil, missing("signing in")
	}
	text, err := h.Key().Open(secret.ForRecords, bound(hash), sealed)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "what began cannot be opened")
	}
	return text, nil
}

// text reads one text by a key.
func (p *Platform) text(ctx context.Context, s access.Scope, what, query string, args ...any) (text string, err error) {
	err = read(ctx, p.homes, s, true, func(_ *home.Home, tx *sqldb.Tx) error {
		found, err := tx.Row(ctx, []any{&text}, query, args...)
		if err == nil && !found {
			err = missing(what)
		}
		return err
	})
	return text, err
}

// Linked is who a subject is.
func (p *Platform) Linked(ctx context.Context, s access.Scope, issuer, subject string, org id.Org) (string, error) {
	return p.text(ctx, s, "subject", `SELECT person FROM subject WHERE issuer = $1 AND subject = $2 AND organisation = $3`, issuer, subject, string(org))
}

// Holder is whose a domain is.
func (p *Platform) Holder(ctx context.Context, s access.Scope, domain string) (id.Org, error) {
	text, err := p.text(ctx, s, "domain", `SELECT organisation FROM verified_domain WHERE name = $1`, domain)
	return id.Org(text), err
}

// Slug is the organisation of that short name.
func (p *Platform) Slug(ctx context.Context, s access.Scope, slug string) (id.Org, error) {
	text, err := p.text(ctx, s, "organisation", `SELECT id FROM directory WHERE slug = $1 AND state = 'active' AND id <> 'platform'`, slug)
	return id.Org(text), err
}

// Operate writes a change of the platform.
func (p *Platform) Operate(ctx context.Context, c *federate.PlatformChange) (change.Committed, error) {
	h, err := open(ctx, p.homes, c.Scope, true)
	if err != nil {
		return change.Committed{}, err
	}
	defer h.Release()
	return h.Commit(ctx, &c.Envelope, func(ctx context.Context, tx *sqldb.Tx, at time.Time) error {
		w := &writer{ctx, tx, at}
		if c.Release != nil {
			if err := w.exec(`DELETE FROM verified_domain WHERE name = $1 AND organisation = $2`, c.Release.Name, string(c.Release.Org)); err != nil {
				return err
			}
		}
		if c.Claim != nil {
			if err := w.claim(*c.Claim); err != nil {
				return err
			}
		}
		if l := c.Link; l != nil {
			return w.exec(`INSERT INTO subject (issuer, subject, organisation, person, created_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
				l.Issuer, l.Subject, string(l.Org), l.Person, at.UnixMicro())
		}
		return nil
	})
}

// claim gives a domain to an organisation that nobody else has.
func (w *writer) claim(c federate.Claim) error {
	if err := w.exec(`INSERT INTO verified_domain (name, organisation, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, c.Name, string(c.Org), w.at.UnixMicro()); err != nil {
		return err
	}
	var org string
	found, err := w.tx.Row(w.ctx, []any{&org}, `SELECT organisation FROM verified_domain WHERE name = $1`, c.Name)
	if err == nil && (!found || org != string(c.Org)) {
		err = fault.New(fault.Denied, "the domain is not free").WithHelp("whoever runs the service can say how a domain is handed over")
	}
	return err
}
