package app

import (
	"context"
	"crypto/rand"
	"net/url"
	"strconv"

	"c4arch/internal/app/config"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	words "c4arch/internal/content/mail"
	"c4arch/internal/egress"
	desk "c4arch/internal/inbound/portal/notice"
	"c4arch/internal/inbound/web"
	"c4arch/internal/outbound/smtp"
	"c4arch/internal/outbound/webhook"
	"c4arch/internal/service/notify"
	streams "c4arch/internal/service/stream"
	"c4arch/internal/store/account"
	store "c4arch/internal/store/talk"
)

// notifying builds what people are told.
func (in *instance) notifying() *notify.Service {
	s := &notify.Service{
		Store: store.Notices{Store: store.New(in.homes)}, Ledger: streamed{in.trust}, Tenancy: account.New(in.homes), Hooker: hooker{newSender(in.exit)}, Now: in.now, Random: rand.Reader,
		Allowed: func(address string) error { return reachable(streams.Webhook, address) }, Base: in.pageOrigin,
	}
	if u := in.cfg.Mail.Server; u != nil {
		p := postman{exit: in.exit, server: in.mailServer(u), base: in.pageOrigin}
		if u := in.cfg.Mail.Next; u != nil {
			next := in.mailServer(u)
			next.User, next.Password = in.cfg.Mail.NextUser, in.nextMailKey
			p.next = &next
			p.moved = func(org id.Org) bool { return in.supply.Moved(org, next.Host) } // asked late: it is built beside this
		}
		s.Mailer = p
	}
	return s
}

// noticeDesk is the pages of what people are told.
func (in *instance) noticeDesk() web.Desk {
	return desk.Desk(desk.Services{Notify: in.notify})
}

// mailSecret reads the password for the server of mail, while secrets of the configuration can be read.
func (in *instance) mailSecret(ctx context.Context) (err error) {
	if in.mailKey, err = in.cfg.Mail.Password.Open(ctx, in.secrets); err != nil {
		return err
	}
	in.nextMailKey, err = in.cfg.Mail.NextPassword.Open(ctx, in.secrets)
	return err
}

// mailPort is where a server of mail listens: that of submission, RFC 8314 section 3.3, unless another one is named.
func mailPort(u *url.URL) uint16 {
	if n, err := strconv.ParseUint(u.Port(), 10, 16); err == nil {
		return uint16(n)
	}
	if u.Scheme == "smtps" {
		return 465
	}
	return 587
}

func (in *instance) mailServer(u *url.URL) smtp.Config {
	c := smtp.Config{Host: u.Hostname(), Port: mailPort(u), TLS: u.Scheme == "smtps", User: in.cfg.Mail.User, Password: in.mailKey, From: in.cfg.Mail.From, Hello: hostOf(in.cfg.Origin())}
	c.Plain = !c.TLS && config.Loopback(c.Address())
	return c
}

// mailRule lets mail out to the server that the operator named, and to the one that replaces it.
func mailRule(u, next *url.URL) egress.Rule {
	rule := egress.To(u.Hostname(), mailPort(u))
	if next != nil {
		to := egress.To(next.Hostname(), mailPort(next))
		rule.Hosts, rule.Ports = append(rule.Hosts, to.Hosts...), append(rule.Ports, to.Ports...)
	}
	return rule
}

// postman hands mails to the server, or to the one that replaces it where that is in force for the organisation whose mail it is. So who objected stays with the server alone.
type postman struct {
	exit   *egress.Exit
	server smtp.Config
	next   *smtp.Config // nil where nothing replaces it
	moved  func(org id.Org) bool
	base   func() string
}

// Mail writes a letter in words and sends it.
func (p postman) Mail(ctx context.Context, org id.Org, l notify.Letter) error {
	letter := words.Letter{Name: l.Name, Organisation: l.Organisation, Unsubscribe: l.Unsubscribe, Settings: l.Settings}
	for _, it := range l.Items {
		letter.Items = append(letter.Items, noticed(it, p.base()))
	}
	w, err := words.Write(ctx, letter)
	if err != nil {
		return err
	}
	ctx = egress.For(ctx, org, egress.Mail)
	c := p.relay(org)
	c.Dial = p.exit.Dial(egress.Mail)
	return smtp.Send(ctx, c, smtp.Message{ID: l.ID, To: l.To, Name: words.Line(l.Name), Subject: words.Line(w.Subject), Text: w.Text, HTML: w.HTML, At: l.At, Unsubscribe: overTLS(l.Unsubscribe)})
}

// relay is the server by which an organisation's mail goes now.
func (p postman) relay(org id.Org) smtp.Config {
	if p.next != nil && p.moved(org) {
		return *p.next
	}
	return p.server
}

// overTLS is an address that a mail program may call by itself: RFC 8058 section 3.1 wants https.
func overTLS(address string) string {
	if u, err := url.Parse(address); err == nil && u.Scheme == "https" {
		return address
	}
	return ""
}

// noticed is a notice as package mail has it.
func noticed(it notify.Item, base string) words.Item {
	w := desk.Words(it)
	if it.Path != "" {
		w.URL = base + "/notifications/" + it.ID
	}
	return w
}

// hooker sends to webhooks of people as to those of organisations.
type hooker struct{ sender }

// Post sends one request.
func (h hooker) Post(ctx context.Context, org id.Org, r notify.Request) (int, error) {
	return webhook.Post(egress.For(ctx, org, egress.Webhook), h.http, webhook.Request{
		Address: r.Address, Type: "application/json", Agent: "c4arch", Body: r.Body, ID: r.ID, At: r.At, Keys: []secret.Value{r.Key},
	})
}
