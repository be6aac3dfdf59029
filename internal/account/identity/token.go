// Package identity has what people and programs prove who they are with.
package identity

import (
	"net/netip"
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
)

// How long tokens live at most. A person signs in again, a program is looked at once a year.
const (
	MaxProgramLife     = 366 * 24 * time.Hour
	MaxInteractiveLife = 90 * 24 * time.Hour
)

// MaxAddresses is how many prefixes of source addresses a token can name.
const MaxAddresses = 32

// Token is an API token. The organisation that it names is proven by its secret, of which the home of the organisation keeps a hash. It has exactly one purpose: one that is
// interactive acts as a person and has a role; every other is a program's, belongs to a service account and has none.
type Token struct {
	ID        string          `json:"id"` // tk_…
	Name      string          `json:"name"`
	About     string          `json:"about,omitempty"` // what it is for, in words
	Purpose   access.Purpose  `json:"purpose"`
	Person    string          `json:"person,omitempty"`    // the member as whom it acts, of an interactive one alone
	Role      access.Role     `json:"role,omitempty"`      // of an interactive one: the highest in which it acts
	Account   string          `json:"account,omitempty"`   // of a program: its service account, sa_…
	Scopes    []access.Action `json:"scopes,omitempty"`    // none is all of the purpose
	Project   id.Project      `json:"project,omitempty"`   // narrowed to one project, or ""
	Addresses []string        `json:"addresses,omitempty"` // CIDR, from which it can be used; none is any
	Hash      []byte          `json:"-"`                   // SHA-256 of the whole token
	Version   int64           `json:"version"`
	Created   time.Time       `json:"createdAt"`
	Expires   time.Time       `json:"expiresAt"`
	Used      time.Time       `json:"usedAt,omitzero"` // to five minutes; zero: never
	Revoked   bool            `json:"revoked"`
}

// Good reports whether the token is neither revoked nor expired.
func (t Token) Good(now time.Time) bool { return !t.Revoked && now.Before(t.Expires) }

// Check says why there can be no such token, whoever makes it.
func (t Token) Check() error {
	most := MaxProgramLife
	if t.Purpose == access.Interactive {
		most = MaxInteractiveLife
	}
	switch life := t.Expires.Sub(t.Created); {
	case !t.Purpose.Known():
		return fault.New(fault.Invalid, "a token has one purpose, and there is none of that name").WithHelp("it is one of %v", access.Purposes)
	case (t.Purpose == access.Interactive) != (t.Person != ""):
		return fault.New(fault.Invalid, "a token acts as a person when it is interactive, and else never")
	case life <= 0 || life > most:
		return fault.New(fault.Invalid, "a token for %s expires within %d days", t.Purpose, most/(24*time.Hour)).WithHelp("say when, or for how many days")
	}
	if err := t.checkScopes(); err != nil {
		return err
	}
	_, err := Prefixes(t.Addresses)
	return err
}

func (t Token) checkScopes() error {
	all := t.Purpose.Actions()
	for i, s := range t.Scopes {
		if !slices.Contains(all, s) {
			return fault.New(fault.Invalid, "a scope of the token is not part of its purpose").WithHelp("for %s they are: %v", t.Purpose, all)
		}
		if slices.Contains(t.Scopes[:i], s) {
			return fault.New(fault.Invalid, "the scope %s is there twice", s)
		}
	}
	return nil
}

// May are the actions that the token's purpose and scopes leave, sorted. What its person or its service account may bounds them further.
func (t Token) May() []access.Action {
	all := t.Purpose.Actions()
	if len(t.Scopes) > 0 {
		all = slices.DeleteFunc(slices.Clone(all), func(a access.Action) bool { return !slices.Contains(t.Scopes, a) })
	}
	return slices.Sorted(slices.Values(all))
}

// From reports whether the token can be used from that address. Where it names none it can from any; where it names some, an address that is not known is none of them.
func (t Token) From(addr netip.Addr) bool {
	if len(t.Addresses) == 0 {
		return true
	}
	list, err := Prefixes(t.Addresses)
	return err == nil && slices.ContainsFunc(list, func(p netip.Prefix) bool { return p.Contains(addr.Unmap()) })
}

// Prefixes reads source addresses as RFC 4632 and RFC 4291 section 2.3 write them, in their one form: what is behind the length is zero, IPv4 is not written as IPv6. A prefix that
// is everywhere narrows nothing and is refused.
func Prefixes(texts []string) ([]netip.Prefix, error) {
	if len(texts) > MaxAddresses {
		return nil, fault.New(fault.Invalid, "there are more than %d source addresses", MaxAddresses)
	}
	list := make([]netip.Prefix, 0, len(texts))
	for _, text := range texts {
		p, err := netip.ParsePrefix(text)
		if err != nil || p.Masked() != p || p.Addr().Is4In6() || p.Bits() == 0 || p.String() != text {
			return nil, fault.New(fault.Invalid, "a source address is not a prefix").WithHelp("write it as 192.0.2.0/24 or 2001:db8::/48, a single address as 192.0.2.7/32")
		}
		list = append(list, p)
	}
	return list, nil
}
