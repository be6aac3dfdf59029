package notify

import (
	"context"
	"encoding/base64"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// Choice is where a kind is told.
type Choice struct {
	Listed bool `json:"listed"` // in the product
	Mail   Pace `json:"mail"`
	Hook   bool `json:"hook,omitempty"`
}

// Settings are what a person chose.
type Settings struct {
	Person  string          `json:"-"`
	Choices map[Kind]Choice `json:"choices,omitempty"`
	// MailOff is said by the link in a mail: none is sent, whatever is chosen.
	MailOff bool `json:"mailOff,omitempty"`
	// Address is the webhook of the person, or "".
	Address string `json:"address,omitempty"`
	Version int64  `json:"-"`
}

// usual is where a kind is told unless somebody chooses otherwise: what waits for a person at once, what happens to a project once a day.
var usual = map[Kind]Choice{
	Mention: {true, AtOnce, false}, Decision: {true, AtOnce, false}, Decided: {true, AtOnce, false}, Finding: {true, Daily, false}, Scan: {true, AtOnce, false},
	Exception: {true, Daily, false}, Broken: {true, AtOnce, false}, Token: {true, AtOnce, false}, Membership: {true, AtOnce, false}, Support: {true, AtOnce, false}, Supplier: {true, AtOnce, false},
}

// Choice is where a kind is told.
func (s Settings) Choice(k Kind) Choice {
	if c, ok := s.Choices[k]; ok {
		return c
	}
	return usual[k]
}

func (s Settings) check() error {
	for k, c := range s.Choices {
		if !slices.Contains(kinds, k) || c.Mail != AtOnce && c.Mail != Daily && c.Mail != Never {
			return fault.New(fault.Invalid, "there is no such choice").WithHelp("mail goes at once, once a day, or never")
		}
	}
	if s.Address == "" {
		return nil
	}
	const most = 500
	u, err := url.Parse(s.Address)
	if err != nil || len(s.Address) > most || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.Fragment != "" || strings.ContainsFunc(s.Address, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		return fault.New(fault.Invalid, "that is not an address that can be sent to").WithHelp("write it as https://chat.contoso.example/path, without a user")
	}
	return nil
}

// errNobody says that whoever asks is told nothing.
var errNobody = fault.New(fault.Denied, "people are told things, and programs are not").WithHelp("sign in as yourself; a program takes a webhook of the organisation")

// person is who asks, and the scope of what is the person's own.
func own(a access.Actor, act access.Action) (access.Scope, string, error) {
	scope, err := access.Decide(a, act, access.Resource{})
	if err != nil {
		return scope, "", err
	}
	p := a.ID.Person()
	if p == "" || a.Org == id.Platform {
		return scope, "", errNobody
	}
	return scope, p, nil
}

// Settings are what the actor chose.
func (s *Service) Settings(ctx context.Context, a access.Actor) (Settings, error) {
	scope, p, err := own(a, access.SelfRead)
	if err != nil {
		return Settings{}, err
	}
	return s.Store.Settings(ctx, scope, p)
}

// Choose keeps what the actor chose. Another address of a webhook gets a new secret, which is told once.
func (s *Service) Choose(ctx context.Context, a access.Actor, want Settings) (signing string, err error) {
	scope, p, err := own(a, access.SelfChange)
	if err != nil {
		return "", err
	}
	want.Address = strings.TrimSpace(want.Address)
	if err := want.check(); err != nil {
		return "", err
	}
	if want.Address != "" && s.Allowed != nil {
		if err := s.Allowed(want.Address); err != nil {
			return "", err
		}
	}
	err = change.Again(func() error {
		old, err := s.Store.Settings(ctx, scope, p)
		if err != nil {
			return err
		}
		next := want
		next.Person, next.Version = p, old.Version
		c := &Change{Envelope: change.New(scope, s.now(), entry("notice.changed", ledger.Personal("person", p, p), ledger.Text("by", "settings"))), Settings: &next}
		if signing, err = s.key(c, old); err != nil {
			return err
		}
		_, err = s.Store.Commit(ctx, c)
		return err
	})
	return signing, err
}

const (
	secretPrefix = "whsec_" // as Standard Webhooks writes it
	secretSize   = 32
)

// key gives a change the secret of a webhook that is new, or takes that of one that is gone.
func (s *Service) key(c *Change, old Settings) (string, error) {
	switch c.Settings.Address {
	case old.Address:
		return "", nil
	case "":
		c.Key = &secret.Value{}
		return "", nil
	}
	raw := make([]byte, secretSize)
	if _, err := io.ReadFull(s.Random, raw); err != nil {
		return "", fault.Wrap(fault.Unavailable, err, "there is no randomness")
	}
	v := secret.New(slices.Clone(raw))
	c.Key = &v
	return secretPrefix + base64.StdEncoding.EncodeToString(raw), nil
}

// TicketFor is how long the link in a mail works.
const TicketFor = 60 * 24 * time.Hour

// Off switches mail off for whom a mail was for: nothing else, and without signing in (RFC 8058). The organisation is named by the link and proven by the ticket, which its key sealed.
func (s *Service) Off(ctx context.Context, org id.Org, ticket, request string) error {
	bad := fault.New(fault.NotFound, "the link is not valid any more").WithHelp("sign in and choose under Notifications, Settings what you are told by mail")
	if !org.Valid() || org == id.Platform || org == id.Local {
		return bad
	}
	scope, err := access.Decide(access.System(org, "unsubscribe", access.Actor{Surface: access.Portal, Request: request}), access.NotifySend, access.Resource{})
	if err != nil {
		return bad
	}
	p, until, err := s.Store.Ticketed(ctx, scope, ticket)
	switch k := fault.KindOf(err); {
	case k == fault.NotFound || k == fault.Invalid || err == nil && !s.now().Before(until):
		return bad
	case err != nil:
		return err
	}
	return change.Again(func() error {
		st, err := s.Store.Settings(ctx, scope, p)
		if err != nil || st.MailOff {
			return err
		}
		st.MailOff = true
		c := &Change{Envelope: change.New(scope, s.now(), entry("notice.changed", ledger.Personal("person", p, p), ledger.Text("by", "the link in a mail"))), Settings: &st}
		_, err = s.Store.Commit(ctx, c)
		return err
	})
}

func entry(kind string, fields ...ledger.Field) ledger.Draft {
	return ledger.Draft{Kind: kind, Fields: fields}
}
