package notify

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// MaxAttempts is how often a message is tried.
const MaxAttempts = 8

const maxError = 200

// send sends what is due. A server that does not answer is not asked again for the messages behind.
func (s *Service) send(ctx context.Context, scope access.Scope) error {
	all, err := s.Store.Waiting(ctx, scope, s.now(), most)
	if err != nil || len(all) == 0 {
		return err
	}
	members, err := s.Tenancy.Members(ctx, scope)
	if err != nil {
		return err
	}
	away := map[Channel]bool{}
	for _, m := range all {
		if away[m.Channel] && m.Channel == ByMail {
			continue
		}
		err := s.one(ctx, scope, members, m)
		switch k := fault.KindOf(err); {
		case err == nil || k == fault.Conflict:
		case k == fault.Unavailable:
			away[m.Channel] = true
		default:
			return err
		}
	}
	return nil
}

// one tries a message. Its error is unavailable where the other side was not there.
func (s *Service) one(ctx context.Context, scope access.Scope, members []tenant.Member, m Message) error {
	i := slices.IndexFunc(members, func(x tenant.Member) bool { return x.Person == m.Person })
	if i < 0 || !members[i].Live(s.now()) {
		return s.drop(ctx, scope, m)
	}
	items, err := s.bundle(ctx, scope, members, members[i], m)
	if err != nil {
		return err
	}
	st, err := s.Store.Settings(ctx, scope, m.Person)
	if err != nil {
		return err
	}
	if len(items) == 0 || m.Channel == ByMail && (st.MailOff || s.Mailer == nil) || m.Channel == ByHook && st.Address == "" {
		return s.drop(ctx, scope, m)
	}
	spread, err := s.spread()
	if err != nil {
		return err
	}
	now := s.now()
	if err := s.Store.Try(ctx, scope, m, now.Add(job.Backoff(m.Attempts+4, spread))); err != nil { // a minute, four …, an hour
		return err
	}
	m.Attempts++
	if m.Channel == ByMail {
		err = s.mail(ctx, scope, members[i], m, items)
	} else {
		err = s.hook(ctx, scope, st, m, items)
	}
	return s.became(ctx, scope, m, err)
}

func (s *Service) drop(ctx context.Context, scope access.Scope, m Message) error {
	m.State, m.Ended, m.Error = Dropped, s.now(), ""
	return s.Store.End(ctx, scope, m)
}

// became notes what became of an attempt.
func (s *Service) became(ctx context.Context, scope access.Scope, m Message, sendErr error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	m.Ended, m.Error = s.now(), words(sendErr)
	k := fault.KindOf(sendErr)
	switch {
	case sendErr == nil:
		m.State = Sent
		return s.Store.End(ctx, scope, m)
	case k == fault.Denied || k == fault.Invalid || m.Attempts >= MaxAttempts:
		m.State = Dead
		c := &Change{Ended: &m, Envelope: change.New(scope, m.Ended, entry("notice.dead", ledger.Personal("person", m.Person, m.Person), ledger.Text("channel", string(m.Channel)),
			ledger.Text("message", m.ID), ledger.Int("attempts", int64(m.Attempts)), ledger.Text("error", m.Error)))}
		_, err := s.Store.Commit(ctx, c)
		return err
	}
	m.State, m.Ended = Due, time.Time{}
	if err := s.Store.End(ctx, scope, m); err != nil {
		return err
	}
	return fault.New(fault.Unavailable, "a message was not taken")
}

// words are what an error says to a person, on one line.
func words(err error) string {
	if err == nil {
		return ""
	}
	said, _ := fault.Public(err)
	said = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(said, "\uFFFD"))
	return said[:min(len(said), maxError)]
}

// bundle is what a message still tells: what its person may read at this moment, and has not seen.
func (s *Service) bundle(ctx context.Context, scope access.Scope, members []tenant.Member, to tenant.Member, m Message) ([]Item, error) {
	all, err := s.Store.Bundle(ctx, scope, m)
	if err != nil {
		return nil, err
	}
	a := as(to, scope.Org())
	all = slices.DeleteFunc(all, func(n Notice) bool { return !n.Seen.IsZero() || !may(a, n.What, n.Project) })
	return s.items(ctx, scope, members, all)
}

// items are notices with the names that they have now. A comment that was taken away tells nobody anything any more.
func (s *Service) items(ctx context.Context, scope access.Scope, members []tenant.Member, all []Notice) (items []Item, err error) {
	if len(all) == 0 {
		return nil, nil
	}
	projects, err := s.Tenancy.Projects(ctx, scope)
	if err != nil {
		return nil, err
	}
	for _, n := range all {
		it := Item{Notice: n}
		if i := slices.IndexFunc(projects, func(p tenant.Project) bool { return p.ID == n.Project }); i >= 0 {
			it.ProjectName = projects[i].Name
		}
		if i := slices.IndexFunc(members, func(m tenant.Member) bool { return m.Person == n.Actor && n.Actor != "" }); i >= 0 {
			it.By = members[i].Name
		}
		if n.What == Mentioned {
			c, err := s.Store.Comment(ctx, scope, n.Subject.ID)
			if err != nil && fault.KindOf(err) != fault.NotFound {
				return nil, err
			}
			if !c.Shown {
				continue
			}
		}
		it.Path = path(n)
		items = append(items, it)
	}
	return items, nil
}

func (s *Service) mail(ctx context.Context, scope access.Scope, to tenant.Member, m Message, items []Item) error {
	org, err := s.Tenancy.Organisation(ctx, scope)
	if err != nil {
		return err
	}
	ticket, err := s.Store.Ticket(ctx, scope, to.Person, s.now().Add(TicketFor))
	if err != nil {
		return err
	}
	return s.Mailer.Mail(ctx, scope.Org(), Letter{
		ID: m.ID, To: to.Email, Name: to.Name, Organisation: org.Name, Items: items, At: s.now(),
		Unsubscribe: s.Base() + "/unsubscribe/" + string(scope.Org()) + "/" + ticket, Settings: s.Base() + "/notifications/settings",
	})
}

// posted is the body of what a webhook of a person gets. It has ids and no text that somebody wrote.
type posted struct {
	Type      string       `json:"type"`
	Timestamp time.Time    `json:"timestamp"`
	Data      []postedItem `json:"data"`
}

type postedItem struct {
	ID      string  `json:"id"`
	Kind    Kind    `json:"kind"`
	What    What    `json:"what"`
	Project string  `json:"project,omitempty"`
	Subject Subject `json:"subject"`
	At      string  `json:"at"`
	URL     string  `json:"url,omitempty"`
}

func (s *Service) body(kind string, items []Item) ([]byte, error) {
	p := posted{Type: kind, Timestamp: s.now(), Data: []postedItem{}}
	for _, it := range items {
		x := postedItem{ID: it.ID, Kind: it.Kind, What: it.What, Project: string(it.Project), Subject: it.Subject, At: it.At.UTC().Format(time.RFC3339)}
		if it.Path != "" {
			x.URL = s.Base() + it.Path
		}
		p.Data = append(p.Data, x)
	}
	b, err := json.Marshal(p)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "a message cannot be written")
	}
	return b, nil
}

func (s *Service) hook(ctx context.Context, scope access.Scope, st Settings, m Message, items []Item) error {
	body, err := s.body("notifications", items)
	if err != nil {
		return err
	}
	return s.post(ctx, scope, st, m.ID, body)
}

func (s *Service) post(ctx context.Context, scope access.Scope, st Settings, name string, body []byte) error {
	key, err := s.Store.Key(ctx, scope, st.Person)
	if err != nil {
		return err
	}
	status, err := s.Hooker.Post(ctx, scope.Org(), Request{Address: st.Address, ID: name, At: s.now(), Body: body, Key: key})
	switch {
	case err != nil:
		return err
	case status == 410: // RFC 9110 section 15.5.11: it is gone, and will not come back
		return fault.New(fault.Denied, "the receiver answered that it is gone")
	case status < 200 || status > 299:
		return fault.New(fault.Unavailable, "the receiver answered %d", status)
	}
	return nil
}

// Test sends a test message to the webhook of the actor, and says how it went.
func (s *Service) Test(ctx context.Context, a access.Actor) error {
	scope, p, err := own(a, access.SelfChange)
	if err != nil {
		return err
	}
	st, err := s.Store.Settings(ctx, scope, p)
	if err != nil {
		return err
	}
	if st.Address == "" {
		return fault.New(fault.Invalid, "there is no webhook of yours").WithHelp("keep an address first")
	}
	body, err := s.body("test", nil)
	if err != nil {
		return err
	}
	name, err := id.Mint(id.PrefixMessage, s.Random, s.now())
	if err != nil {
		return fault.Wrap(fault.Unavailable, err, "there is no randomness")
	}
	sendErr := s.post(ctx, scope, st, name, body)
	outcome := "delivered"
	if sendErr != nil {
		outcome = words(sendErr)
	}
	_, err = s.Store.Commit(ctx, &Change{Envelope: change.New(scope, s.now(), entry("notice.tested", ledger.Personal("person", p, p), ledger.Text("outcome", outcome)))})
	if sendErr != nil {
		return fault.New(fault.Unavailable, "the test message was not taken: %s", words(sendErr))
	}
	return err
}

// spread is between 0 and 1.
func (s *Service) spread() (float64, error) {
	var b [8]byte
	if _, err := io.ReadFull(s.Random, b[:]); err != nil {
		return 0, fault.Wrap(fault.Unavailable, err, "there is no randomness")
	}
	return float64(binary.BigEndian.Uint64(b[:])) / math.MaxUint64, nil
}
