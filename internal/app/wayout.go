package app

import (
	"context"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"c4arch/internal/app/config"
	"c4arch/internal/base/fault"
	"c4arch/internal/egress"
	"c4arch/internal/egress/cloud"
	"c4arch/internal/keys/source"
	"c4arch/internal/store/blob"
)

// wayOut makes the one way out, with a rule for each place that the operator named.
func (in *instance) wayOut(ctx context.Context) error {
	rules := egress.Defaults()
	c := &in.cfg.Config
	if !c.Database.URL.Empty() {
		// Where it is may be a part of the secret, which is read over a way out of its own.
		text, err := c.Database.URL.Open(ctx, in.secrets)
		if err != nil {
			return err
		}
		rule, query, err := databaseRule(string(text.Expose()))
		if err != nil {
			return err
		}
		rules[egress.Database], in.databaseAt, in.databaseTLS = rule, rule, query
	}
	if own := ownProviders(c); len(own) > 0 {
		rules[egress.OwnSignIn] = ownSignIn(own)
	}
	if own := c.Live.Private; len(own) > 0 {
		rules[egress.OwnLive] = ownLive(own)
	}
	if u := c.Telemetry.OTLP; u != nil {
		rules[egress.Telemetry] = named(u)
	}
	if c.ACME.Directory != nil {
		rules[egress.Certs] = widened(rules[egress.Certs], c.ACME.Directory)
	}
	if c.Objects.Place != "" {
		rule, err := objectsRule(rules[egress.Objects], c.Objects.Place)
		if err != nil {
			return err
		}
		rules[egress.Objects] = rule
	}
	if u := c.Mail.Server; u != nil {
		rules[egress.Mail] = mailRule(u, c.Mail.Next)
	}
	if len(c.Ledger.Witnesses) > 0 {
		rules[egress.Witness] = witnessRule(c.Ledger.Witnesses)
	}
	var err error
	in.exit, err = egress.New(egress.Config{Rules: rules, Recorder: in.book, Now: in.now, Resolver: egress.NameServer(c.Names.Server), Guard: suppliers{in}})
	return err
}

// ownProviders are the providers that the operator named: its own, and those on a private network.
func ownProviders(c *config.Config) []*url.URL {
	own := slices.Clone(c.SignIn.Private)
	if u, err := url.Parse(c.Staff.Issuer); err == nil && u.Host != "" {
		own = append(own, u)
	}
	return own
}

// ownSignIn is for all of them together. A provider that a customer names goes by another rule, which knows of no private network.
func ownSignIn(list []*url.URL) egress.Rule {
	rule := named(list[0])
	rule.Hosts, rule.Ports, rule.MaxBody, rule.Wait = nil, nil, 1<<20, 15*time.Second
	for _, u := range list {
		one := named(u)
		rule.Hosts, rule.Ports, rule.Plain = append(rule.Hosts, one.Hosts...), append(rule.Ports, one.Ports...), rule.Plain || one.Plain
	}
	return rule
}

// witnessRule is for all witnesses together. Only one on this machine can be named by plain http, which the configuration sees to.
func witnessRule(list []config.Witness) egress.Rule {
	rule := named(list[0].URL)
	rule.Hosts, rule.Ports = nil, nil
	for _, w := range list {
		rule.Hosts, rule.Ports = append(rule.Hosts, w.URL.Hostname()), append(rule.Ports, port(w.URL))
		rule.Plain = rule.Plain || w.URL.Scheme == "http"
	}
	return rule
}

// objectsRule lets through to a store that is not its cloud's own, at the address that the operator named: on a private network as a rule.
func objectsRule(rule egress.Rule, text string) (egress.Rule, error) {
	place, err := blob.Parse(text)
	if err != nil || place.Endpoint == "" {
		return rule, err
	}
	u, err := url.Parse(place.Endpoint)
	if err != nil {
		return rule, fault.New(fault.Invalid, "the setting objects names an endpoint that is no address").WithHelp("write it as endpoint=https://HOST")
	}
	at := named(u)
	at.MaxBody, at.Wait = rule.MaxBody, rule.Wait
	if !place.Path { // the name of the bucket stands in front of the host
		at.Hosts = append(at.Hosts, place.Bucket+"."+u.Hostname())
	}
	return at, nil
}

// named is a rule for an address that the operator named.
func named(u *url.URL) egress.Rule {
	rule := egress.To(u.Hostname(), port(u))
	rule.Plain = u.Scheme == "http"
	return rule
}

func widened(rule egress.Rule, u *url.URL) egress.Rule {
	if slices.Contains(rule.Hosts, u.Hostname()) {
		return rule
	}
	return named(u)
}

func port(u *url.URL) uint16 {
	if n, err := strconv.ParseUint(u.Port(), 10, 16); err == nil {
		return uint16(n)
	}
	if u.Scheme == "http" {
		return 80
	}
	return 443
}

// databaseRule is where the database is: a host that the operator named, or a socket in the file system. query is what the address says besides.
func databaseRule(text string) (rule egress.Rule, query url.Values, err error) {
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
		return rule, nil, fault.New(fault.Invalid, "the setting database.url is not the address of one PostgreSQL database").WithHelp("write it as postgres://ROLE@HOST/DATABASE")
	}
	query = u.Query()
	host := u.Hostname()
	if q := query.Get("host"); q != "" {
		host = q
	}
	number := uint16(5432)
	for _, text := range []string{u.Port(), query.Get("port")} {
		if n, err := strconv.ParseUint(text, 10, 16); err == nil {
			number = uint16(n)
		}
	}
	if filepath.IsAbs(host) || host == "" || host == "localhost" {
		rule = egress.Here(number)
	} else {
		rule = egress.To(host, number)
	}
	rule.Wait = -1
	return rule, query, nil
}

// secretReader reads the secrets of the configuration. A vault is reached by a way out of its own: the one of the instance is not there yet, since a secret may say where the
// database is. What it reaches stands in the same book.
func secretReader(getenv func(string) string, book *egress.Book, now func() time.Time) *source.Reader {
	r := &source.Reader{Getenv: getenv}
	exit, err := egress.New(egress.Config{Rules: egress.Defaults(), Recorder: book, Now: now})
	if err != nil {
		return r
	}
	r.Client = exit.Client(egress.Secrets)
	if identity, err := cloud.Azure(exit.Client(egress.Identity)); err == nil {
		r.Identity = identity
	}
	return r
}
