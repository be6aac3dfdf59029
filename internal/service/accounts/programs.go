package accounts

import (
	"cmp"
	"context"
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/service/task"
	"c4arch/internal/trust/ledger"
)

// Service accounts are what programs are. A member answers for each; one that nobody uses is disabled, and one whose owner has left is shown until somebody takes it over.

// IdleAfter is how long a service account can be unused before it is disabled.
const IdleAfter = 30 * 24 * time.Hour

// Account is a service account as a list shows it.
type Account struct {
	identity.Service
	Tokens   int  `json:"tokens"`   // that are good
	Orphaned bool `json:"orphaned"` // its owner is no member any more: it needs another one
}

// ServiceAccounts are all of the actor's organisation.
func (s *Service) ServiceAccounts(ctx context.Context, a access.Actor) ([]Account, error) {
	scope, err := access.Decide(a, access.TokenList, access.Resource{})
	if err != nil {
		return nil, err
	}
	if a.Org == id.Platform {
		return nil, fault.New(fault.Invalid, "the platform has no service accounts").WithHelp("its programs have tokens for %s", access.Operation)
	}
	all, err := s.Credentials.ServiceAccounts(ctx, scope)
	if err != nil {
		return nil, err
	}
	members, err := s.Tenancy.Members(ctx, scope)
	if err != nil {
		return nil, err
	}
	tokens, err := s.Credentials.Tokens(ctx, scope)
	if err != nil {
		return nil, err
	}
	now := s.now()
	list := make([]Account, len(all))
	for i, x := range all {
		list[i] = Account{Service: x, Orphaned: !slices.ContainsFunc(members, func(m tenant.Member) bool { return m.Person == x.Owner && m.Live(now) })}
		for _, t := range tokens {
			if t.Account == x.ID && t.Good(now) {
				list[i].Tokens++
			}
		}
	}
	return list, nil
}

// NewAccount is a service account to be.
type NewAccount struct {
	Name  string
	Owner string // a member; "" is whoever asks
	Key   *change.Idempotency
}

// CreateServiceAccount makes one without a token.
func (s *Service) CreateServiceAccount(ctx context.Context, a access.Actor, in NewAccount) (identity.Service, error) {
	scope, err := owning(a)
	if err != nil {
		return identity.Service{}, err
	}
	if err := s.screened(ctx, a, "name", &in.Name); err != nil {
		return identity.Service{}, err
	}
	now := s.now()
	if err := tenant.CheckName("the name of the service account", in.Name); err != nil {
		return identity.Service{}, err
	}
	x := identity.Service{Name: in.Name, Owner: cmp.Or(in.Owner, a.ID.Person()), Created: now, Enabled: now}
	if x.ID, err = s.mint(id.PrefixService, now); err != nil {
		return identity.Service{}, err
	}
	answer := x
	err = again(func() error {
		c := &Change{Envelope: change.New(scope, now, entry("service.created", ofService(x)...)), Accounts: []identity.Service{x}}
		if c.Refused, err = s.answersFor(ctx, scope, c, x.Owner); err != nil {
			return err
		}
		if c.Refused == nil {
			if c.Refused, err = s.roomForAccount(ctx, scope); err != nil {
				return err
			}
		}
		return s.once(ctx, c, in.Key, &answer)
	})
	answer.Version = 1
	return answer, err
}

func ofService(x identity.Service) []ledger.Field {
	return []ledger.Field{ledger.Text("account", x.ID), ledger.Text("name", x.Name), ledger.Personal("owner", x.Owner, x.Owner)}
}

// owning decides that the actor may change service accounts. Only a person can answer for one.
func owning(a access.Actor) (access.Scope, error) {
	scope, err := access.Decide(a, access.TokenChange, access.Resource{})
	if err == nil && (a.Org == id.Platform || a.ID.Person() == "") {
		err = fault.New(fault.Denied, "a service account is made by a member of its organisation, who answers for it")
	}
	return scope, err
}

// answersFor sees that the owner is a member, and makes the change expect it.
func (s *Service) answersFor(ctx context.Context, scope access.Scope, c *Change, owner string) (refused, err error) {
	m, err := s.Tenancy.Member(ctx, scope, owner)
	if err != nil {
		return nil, err
	}
	c.Expect = append(c.Expect, change.Expect{Kind: "member", ID: m.Person, Version: m.Version})
	if !m.Live(s.now()) {
		return fault.New(fault.NotFound, "there is no such member"), nil
	}
	return nil, nil
}

func (s *Service) roomForAccount(ctx context.Context, scope access.Scope) (refused, err error) {
	all, err := s.Credentials.ServiceAccounts(ctx, scope)
	if len(all) >= tenant.MaxAccounts {
		refused = fault.New(fault.Limited, "the organisation has %d service accounts, and can have no more", len(all)).WithHelp("make the token for one that there is: --account")
	}
	return refused, err
}

// belongsTo gives a program's token its service account: the one that is named, or a new one whose id is fresh and whose owner is the maker.
func (s *Service) belongsTo(ctx context.Context, scope access.Scope, c *Change, t *identity.Token, named, fresh string) (refused, err error) {
	if named != "" {
		all, err := s.Credentials.ServiceAccounts(ctx, scope)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(all, func(x identity.Service) bool { return x.ID == named })
		if i < 0 {
			return nil, fault.New(fault.NotFound, "there is no such service account")
		}
		t.Account = named
		c.Expect = append(c.Expect, change.Expect{Kind: "service_account", ID: named, Version: all[i].Version})
		if all[i].Disabled {
			return fault.New(fault.Conflict, "the service account is disabled").WithHelp("enable it first: c4arch service-account enable %s", named), nil
		}
		return nil, nil
	}
	owner := scope.Actor().ID.Person()
	if owner == "" {
		return fault.New(fault.Denied, "a service account is made by a member of its organisation, who answers for it"), nil
	}
	x := identity.Service{ID: fresh, Name: t.Name, Owner: owner, Created: t.Created, Enabled: t.Created}
	t.Account = fresh
	c.Accounts = []identity.Service{x}
	c.Drafts = append(c.Drafts, entry("service.created", ofService(x)...))
	if refused, err = s.answersFor(ctx, scope, c, owner); refused != nil || err != nil {
		return refused, err
	}
	return s.roomForAccount(ctx, scope)
}

// AccountChange is what of a service account is to be otherwise; nil stays as it is.
type AccountChange struct {
	Name     *string
	Owner    *string
	Disabled *bool
	Reason   string // of disabling
	Version  int64  // that was seen, or 0 for whichever there is
}

// ChangeServiceAccount renames one, gives it another owner, disables it (its tokens are refused from the next request on) or enables it again.
func (s *Service) ChangeServiceAccount(ctx context.Context, a access.Actor, account string, in AccountChange) (identity.Service, error) {
	scope, err := owning(a)
	if err != nil {
		return identity.Service{}, err
	}
	if in.Disabled != nil && *in.Disabled {
		if err := tenant.CheckReason(in.Reason); err != nil {
			return identity.Service{}, err
		}
		if err := s.screened(ctx, a, "reason", &in.Reason); err != nil {
			return identity.Service{}, err
		}
	}
	var x identity.Service
	err = again(func() error {
		if x, err = s.account(ctx, scope, account); err != nil {
			return err
		}
		if err := seen("service account", in.Version, x.Version); err != nil {
			return err
		}
		c := &Change{Envelope: change.New(scope, s.now())}
		if err := s.applied(ctx, scope, c, &x, in); err != nil || len(c.Drafts) == 0 {
			return err
		}
		c.Accounts = []identity.Service{x}
		_, err := s.Writer.Commit(ctx, c)
		x.Version++
		return err
	})
	return x, err
}

func (s *Service) account(ctx context.Context, scope access.Scope, account string) (identity.Service, error) {
	all, err := s.Credentials.ServiceAccounts(ctx, scope)
	if err != nil {
		return identity.Service{}, err
	}
	i := slices.IndexFunc(all, func(x identity.Service) bool { return x.ID == account })
	if i < 0 {
		return identity.Service{}, fault.New(fault.NotFound, "there is no such service account")
	}
	return all[i], nil
}

// applied changes x and says so in the drafts of c.
func (s *Service) applied(ctx context.Context, scope access.Scope, c *Change, x *identity.Service, in AccountChange) error {
	was := *x
	set(&x.Name, in.Name)
	set(&x.Owner, in.Owner)
	if err := tenant.CheckName("the name of the service account", x.Name); err != nil {
		return err
	}
	if x.Owner != was.Owner {
		if refused, err := s.answersFor(ctx, scope, c, x.Owner); refused != nil || err != nil {
			return firstOf(err, refused)
		}
	}
	if x.Name != was.Name || x.Owner != was.Owner {
		c.Drafts = append(c.Drafts, entry("service.changed", ofService(*x)...))
	}
	switch {
	case in.Disabled == nil || *in.Disabled == x.Disabled:
	case *in.Disabled:
		disable(c, x, in.Reason)
	default:
		x.Disabled, x.Why, x.Enabled = false, "", c.At
		c.Drafts = append(c.Drafts, entry("service.enabled", ledger.Text("account", x.ID)))
	}
	return nil
}

func disable(c *Change, x *identity.Service, reason string) {
	x.Disabled, x.Why = true, reason
	c.Drafts = append(c.Drafts, entry("service.disabled", ledger.Text("account", x.ID), ledger.Text("reason", reason)))
}

// idleReason is why the service itself disables an account.
const idleReason = "unused for 30 days"

// DisableIdle does the work of the job [task.DisableIdle]: it disables the service accounts of a home that nobody has used for [IdleAfter].
func (s *Service) DisableIdle(ctx context.Context, j *task.Claimed) error {
	scope, err := access.Decide(j.Actor, access.TokenUse, access.Resource{})
	if err != nil {
		return err
	}
	return again(func() error {
		all, err := s.Credentials.ServiceAccounts(ctx, scope)
		if err != nil {
			return err
		}
		c := &Change{Envelope: change.New(scope, s.now())}
		for _, x := range all {
			if x.Disabled || c.At.Sub(later(x.Enabled, x.Used)) < IdleAfter || len(c.Accounts) == mostDisabled {
				continue
			}
			disable(c, &x, idleReason)
			c.Accounts = append(c.Accounts, x)
		}
		if len(c.Drafts) == 0 {
			c.Drafts = append(c.Drafts, nothing(j, "no service account is idle"))
		}
		c.Done = j.Lease
		_, err = s.Writer.Commit(ctx, c)
		return err
	})
}

// mostDisabled bounds one change; what is left over is done the next day.
const mostDisabled = 100

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// IdleSchedule is when a home is looked through for service accounts that nobody uses: once a day.
func IdleSchedule(from time.Time) change.Schedule {
	return change.Schedule{Kind: task.DisableIdle, Key: "daily", Args: []byte("{}"), Every: 24 * time.Hour, Next: from.Add(2 * time.Hour)}
}
