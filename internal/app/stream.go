package app

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/app/observe"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/egress"
	"c4arch/internal/inbound/api"
	"c4arch/internal/outbound/syslog"
	"c4arch/internal/outbound/webhook"
	"c4arch/internal/service/auditing"
	streams "c4arch/internal/service/stream"
	store "c4arch/internal/store/stream"
	"c4arch/internal/store/trust"
	"c4arch/internal/trust/ledger"
)

// streaming builds what sends the ledger and the access log to other systems.
func (in *instance) streaming(m streams.Meter) *streams.Service {
	st := store.New(in.homes)
	lost := func(int64) {}
	if m != nil {
		lost = m.AccessLost
	}
	return &streams.Service{
		Store: st, Ledger: streamed{in.trust}, Sender: newSender(in.exit), Now: in.now, Random: rand.Reader, Host: hostOf(in.cfg.Origin()), Allowed: reachable, Meter: m,
		Access: streams.NewAccessLog(st, in.now, time.After, in.log, lost),
	}
}

func hostOf(origin string) string {
	u, err := url.Parse(origin)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// accessed puts an answered request into the access log of the home that it was asked in. Nobody who is known is the platform's.
func (in *instance) accessed(ctx context.Context, x api.Accessed) {
	r := streams.Record{
		Org: x.Actor.Org, Actor: x.Actor.ID, Surface: x.Actor.Surface, Method: x.Method, Route: x.Route, Status: x.Status, Policy: policyOf(x.Actor, x.Action), Request: observe.RequestID(ctx),
	}
	if r.Surface == "" {
		r.Surface = access.API
	}
	in.streams.Log(ctx, r)
}

// policyOf is the policy that lets the actor do that, "" where none does.
func policyOf(a access.Actor, act access.Action) string {
	project := a.Project
	if project == "" {
		project = id.LocalProject // any: a policy is of an action, and a project is looked for by the store
	}
	scope, err := access.Decide(a, act, access.Resource{Project: project})
	if err != nil {
		return ""
	}
	return scope.Policy()
}

// streamed is the ledger as streams read it.
type streamed struct{ log *trust.Store }

func (l streamed) Size(ctx context.Context, s access.Scope) (int64, error) {
	head, err := l.log.Head(ctx, s)
	return head.Size, err
}

func (l streamed) Entries(ctx context.Context, s access.Scope, from int64, limit int) ([]ledger.Entry, error) {
	rows, err := l.log.Rows(ctx, s, auditing.Query{From: from, Limit: limit})
	all := make([]ledger.Entry, len(rows))
	for i := range rows {
		if all[i] = rows[i].Entry; rows[i].Damage != "" {
			all[i].Leaf = nil
		}
	}
	return all, err
}

func (l streamed) Checkpoints(ctx context.Context, s access.Scope, from int64) ([]streams.Checkpoint, error) {
	kept, err := l.log.Checkpoints(ctx, s, from)
	all := make([]streams.Checkpoint, 0, len(kept))
	for _, k := range kept {
		if k.Damage == "" {
			all = append(all, streams.Checkpoint{Size: k.Size, Note: k.Note, At: k.At})
		}
	}
	return all, err
}

// sender speaks to addresses that customers named, through the way out.
type sender struct {
	exit *egress.Exit
	http *http.Client
}

func newSender(exit *egress.Exit) sender { return sender{exit, exit.Client(egress.Webhook)} }

func (s sender) Syslog(ctx context.Context, org id.Org, address string, messages []streams.Message) error {
	all := make([]syslog.Message, len(messages))
	for i, m := range messages {
		all[i] = syslog.Message{At: m.At, Warning: m.Warning, Host: m.Host, App: "c4arch", Kind: m.Kind, Params: m.Params, Text: m.Text}
	}
	dial := func(ctx context.Context, address string) (*tls.Conn, error) {
		return s.exit.DialTLS(ctx, egress.Syslog, address)
	}
	return syslog.Send(egress.For(ctx, org, egress.Syslog), dial, address, all)
}

func (s sender) Post(ctx context.Context, org id.Org, r streams.Request) (int, error) {
	return webhook.Post(egress.For(ctx, org, egress.Webhook), s.http, webhook.Request{
		Address: r.Address, Type: r.Type, Agent: "c4arch", Body: r.Body, Authorization: r.Authorization, ID: r.ID, At: r.At, Keys: r.Keys,
	})
}

// reachable says at once what the way out would refuse later: an address that is none of the public internet, or another port. A name is looked at when it is dialled, each time.
func reachable(kind streams.Kind, address string) error {
	host, port := "", ""
	rule := egress.Defaults()[egress.Webhook]
	if kind == streams.Syslog {
		rule = egress.Defaults()[egress.Syslog]
		host, port, _ = net.SplitHostPort(address)
	} else if u, err := url.Parse(address); err == nil {
		if host, port = u.Hostname(), u.Port(); port == "" {
			port = "443"
		}
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || !rule.Port(uint16(n)) {
		return fault.New(fault.Invalid, "that port cannot be sent to").WithHelp("https is sent to 443 and 8443, syslog to 6514")
	}
	if a, err := netip.ParseAddr(host); err == nil && !egress.Public(a) || host == "localhost" {
		return fault.New(fault.Invalid, "that address is not on the public internet")
	}
	return nil
}
