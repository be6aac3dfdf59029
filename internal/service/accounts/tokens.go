package accounts

import (
	"context"
	"slices"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// NewToken is a token of a program to be. A person's own are made by signing in, see [Service.IssueInteractive].
type NewToken struct {
	Name      string
	About     string // what it is for, in words; may be ""
	Purpose   access.Purpose
	Scopes    []access.Action // none is all of the purpose
	Project   id.Project      // to which it is narrowed, or ""
	Addresses []string        // CIDR, from which it can be used; none is any
	Account   string          // its service account; "" makes one of the token's name
	Expires   time.Time       // must be set, at most [identity.MaxProgramLife] away
	Key       *change.Idempotency
}

// kept is the answer to a request for a token, as it is kept with an idempotency key: sealed, for a day.
type kept struct {
	Token identity.Token `json:"token"`
	Text  []byte         `json:"text"`
}

// CreateToken makes a token of a program. It is one of a service account, which is made with it when none is named, and can do nothing that its maker may not do. A maker whose own
// token is narrowed makes none.
func (s *Service) CreateToken(ctx context.Context, a access.Actor, in NewToken) (Issued, error) {
	scope, err := access.Decide(a, access.TokenChange, access.Resource{})
	if err != nil {
		return Issued{}, err
	}
	if err := s.screened(ctx, a, "name", &in.Name); err != nil {
		return Issued{}, err
	}
	now := s.now()
	t := identity.Token{
		Name: in.Name, About: in.About, Purpose: in.Purpose, Scopes: slices.Sorted(slices.Values(in.Scopes)), Project: in.Project, Addresses: slices.Clone(in.Addresses),
		Created: now, Expires: in.Expires.UTC().Truncate(time.Microsecond),
	}
	if err := creatable(a, t); err != nil {
		return Issued{}, err
	}
	text, err := identity.NewToken(a.Org, s.Random)
	if err != nil {
		return Issued{}, err
	}
	t.Hash = identity.Hash(text.Expose())
	if t.ID, err = s.mint(id.PrefixToken, now); err != nil {
		return Issued{}, err
	}
	if a.Org == id.Platform {
		t.Role = access.Operator
		return s.createOperator(ctx, scope, t, text, in.Key)
	}
	fresh, err := s.mint(id.PrefixService, now)
	if err != nil {
		return Issued{}, err
	}
	answer := kept{Token: t, Text: text.Expose()}
	err = again(func() error {
		c := &Change{Envelope: change.New(scope, now)}
		if c.Refused, err = s.belongsTo(ctx, scope, c, &t, in.Account, fresh); err != nil {
			return err
		}
		if c.Refused == nil {
			if c.Refused, err = s.holds(ctx, scope, t); err != nil {
				return err
			}
		}
		c.Tokens, c.Drafts = []identity.Token{t}, append(c.Drafts, told(t))
		answer.Token = t
		return s.once(ctx, c, in.Key, &answer)
	})
	if err != nil {
		return Issued{}, err
	}
	answer.Token.Version = 1
	return Issued{Token: answer.Token, Text: secret.New(answer.Text)}, nil
}

// creatable says why the actor cannot make that token for a program, before anything is looked up.
func creatable(a access.Actor, t identity.Token) error {
	if err := tenant.CheckName("the name of the token", t.Name); err != nil {
		return err
	}
	if t.About != "" {
		if err := tenant.CheckName("what the token is for", t.About); err != nil {
			return err
		}
	}
	switch {
	case t.Purpose == access.Interactive:
		return fault.New(fault.Denied, "a token that acts as a person is made by that person alone, by signing in").WithHelp("c4arch login; for a program take another purpose")
	case t.Purpose.Known() && (t.Purpose == access.Operation) != (a.Org == id.Platform):
		return fault.New(fault.Invalid, "tokens for %s are not made here", t.Purpose).WithHelp("%s is of the platform, and every other purpose of organisations", access.Operation)
	case a.Org == id.Platform && (t.Project != "" || len(t.Scopes) > 0):
		return fault.New(fault.Invalid, "a token of the platform is not narrowed to a project or to scopes")
	case t.Project != "" && !t.Project.Valid():
		return fault.New(fault.NotFound, "there is no such project")
	}
	if err := t.Check(); err != nil {
		return err
	}
	return escalates(a, t)
}

// escalates says which right the token would give that its maker does not have. What asks for a fresh proof of presence is not asked for it here: making the token does.
func escalates(a access.Actor, t identity.Token) error {
	if a.Org == id.Platform {
		return nil // operators are all alike
	}
	a.Fresh = true
	for _, act := range t.May() {
		if !may(a, act, t.Project) {
			return fault.New(fault.Denied, "the token could do what you may not: %s", act).WithHelp("narrow it with scopes to what you may yourself")
		}
	}
	return nil
}

// may asks about an action in a project where it is about one, or else in the organisation.
func may(a access.Actor, act access.Action, p id.Project) bool {
	if p == "" {
		p = id.LocalProject // what is asked about is the right and not the project
	}
	if _, err := access.Decide(a, act, access.Resource{Project: p}); err == nil {
		return true
	}
	_, err := access.Decide(a, act, access.Resource{})
	return err == nil
}

// holds says why the organisation cannot have that token: refused is about the request, err about reading.
func (s *Service) holds(ctx context.Context, scope access.Scope, t identity.Token) (refused, err error) {
	if t.Project != "" {
		if _, err := s.Tenancy.Project(ctx, scope, t.Project); err != nil {
			return nil, err
		}
	}
	all, err := s.Credentials.Tokens(ctx, scope)
	if err != nil {
		return nil, err
	}
	live := 0
	for _, o := range all {
		if o.Good(t.Created) {
			live++
		}
	}
	if live >= tenant.MaxTokens {
		return fault.New(fault.Limited, "the organisation has %d tokens, and can have no more", live).WithHelp("revoke those that are not needed"), nil
	}
	return nil, nil
}

func (s *Service) createOperator(ctx context.Context, scope access.Scope, t identity.Token, text secret.Value, key *change.Idempotency) (Issued, error) {
	c := &PlatformChange{Envelope: change.New(scope, t.Created, told(t)), Token: &t}
	answer := kept{Token: t, Text: text.Expose()}
	if err := change.Remember(&c.Envelope, key, answer); err != nil {
		return Issued{}, err
	}
	done, err := s.Directory.Operate(ctx, c)
	if err != nil {
		return Issued{}, err
	}
	if err := change.Replayed(done, &answer); err != nil {
		return Issued{}, err
	}
	answer.Token.Version = 1
	return Issued{Token: answer.Token, Text: secret.New(answer.Text)}, nil
}

// Tokens are those of the actor's organisation, or of the platform, the newest last; nothing of their text.
func (s *Service) Tokens(ctx context.Context, a access.Actor) ([]identity.Token, error) {
	scope, err := access.Decide(a, access.TokenList, access.Resource{})
	if err != nil {
		return nil, err
	}
	return s.tokens(ctx, scope)
}

func (s *Service) tokens(ctx context.Context, scope access.Scope) ([]identity.Token, error) {
	if scope.Org() == id.Platform {
		return s.Directory.Operators(ctx, scope)
	}
	return s.Credentials.Tokens(ctx, scope)
}

// RevokeToken revokes a token from the next request on. Administrators revoke those of programs, and of persons whose role is not above their own; everybody their own.
func (s *Service) RevokeToken(ctx context.Context, a access.Actor, token, reason string) error {
	scope, own, err := dropping(a)
	if err != nil {
		return err
	}
	if err := tenant.CheckReason(reason); err != nil {
		return err
	}
	if err := s.screened(ctx, a, "reason", &reason); err != nil {
		return err
	}
	return again(func() error {
		all, err := s.tokens(ctx, scope)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(t identity.Token) bool { return t.ID == token })
		if i < 0 || own && !belongs(a, all[i]) {
			return fault.New(fault.NotFound, "there is no such token")
		}
		t := all[i]
		switch {
		case t.Revoked:
			return nil
		case t.Person != "" && !belongs(a, t) && !a.Covers(t.Role):
			return fault.New(fault.Denied, "the token has a role that is above your own")
		}
		t.Revoked = true
		env := change.New(scope, s.now(), revoked(t.ID, reason))
		if a.Org == id.Platform {
			_, err = s.Directory.Operate(ctx, &PlatformChange{Envelope: env, Token: &t})
		} else {
			_, err = s.Writer.Commit(ctx, &Change{Envelope: env, Tokens: []identity.Token{t}})
		}
		return err
	})
}

// dropping decides whether the actor may revoke any token, or its own alone.
func dropping(a access.Actor) (scope access.Scope, own bool, err error) {
	if scope, err = access.Decide(a, access.TokenChange, access.Resource{}); err == nil {
		return scope, false, nil
	}
	scope, err = access.Decide(a, access.TokenDrop, access.Resource{})
	return scope, true, err
}

func belongs(a access.Actor, t identity.Token) bool {
	own, program := strings.CutPrefix(string(a.ID), "token:")
	return program && own == t.ID || t.Person != "" && t.Person == a.ID.Person()
}

// told is the entry of a new token. Its name may be that of a person when a person has it.
func told(t identity.Token) ledger.Draft {
	f := []ledger.Field{
		ledger.Text("token", t.ID), named("name", t.Name, t.Person), ledger.Text("tokenFor", string(t.Purpose)), ledger.Time("expires", t.Expires),
	}
	for _, x := range []struct{ name, value string }{{"role", string(t.Role)}, {"account", t.Account}, {"project", string(t.Project)}, {"usedFor", t.About}} {
		if x.value != "" {
			f = append(f, ledger.Text(x.name, x.value))
		}
	}
	if t.Person != "" {
		f = append(f, ledger.Personal("person", t.Person, t.Person))
	}
	if len(t.Scopes) > 0 {
		f = append(f, ledger.Text("scopes", strings.Join(words(t.Scopes), " ")))
	}
	if len(t.Addresses) > 0 {
		f = append(f, ledger.Int("addresses", int64(len(t.Addresses))))
	}
	return entry("token.created", f...)
}

func words[T ~string](all []T) []string {
	out := make([]string, len(all))
	for i, v := range all {
		out[i] = string(v)
	}
	return out
}
