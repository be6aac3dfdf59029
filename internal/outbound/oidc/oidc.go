// Package oidc signs people in at a provider of OpenID Connect: discovery, the authorisation code flow with PKCE, and the ID token that comes of it.
//
// It promises what RFC 9700 (Best Current Practice for OAuth 2.0 Security) and OpenID Connect Core 1.0 section 3.1.3.7 ask of a client: PKCE with S256, state and nonce that
// the caller made for this one time; the issuer of the answer (RFC 9207) is compared where the provider sends or promises one; the code goes to the token endpoint of the
// provider that was asked and nowhere else, and no redirect is followed with it; the ID token is signed with an algorithm of the list (never "none", never one with a shared
// key), by this issuer, for this client, now, with this nonce. Everything that is read has a size, and everything that is waited for a time. It leaves out who the person is
// here, what is kept in between, and logging out at the provider.
package oidc

import (
	"context"
	"net/http"
	"net/url"
	"sync"
	"time"

	upstream "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/egress"
)

// Bounds.
const (
	maxDocument  = 256 << 10        // discovery, keys, answers
	maxToken     = 64 << 10         // an ID token
	maxParameter = 8 << 10          // a code
	maxGroups    = 1000             // values of the claim of groups
	maxCached    = 1000             // providers whose metadata are kept
	known        = time.Hour        // how long metadata are believed
	askedAgain   = 10 * time.Second // between two fetches of the same address, so that no token makes us ask and ask
	whole        = 20 * time.Second // for all that one step asks of a provider
	skew         = 2 * time.Minute  // between its clock and ours
	oldest       = 10 * time.Minute // an ID token that is handed over is new
)

// algorithms are those by which an ID token may be signed. "none" and those of a shared key (HS256 and so on) are not among them, whatever the provider says: RFC 8725 section 3.1.
var algorithms = []string{
	upstream.RS256, upstream.RS384, upstream.RS512, upstream.PS256, upstream.PS384, upstream.PS512, upstream.ES256, upstream.ES384, upstream.ES512, upstream.EdDSA,
}

// Party is the client that we are at a provider.
type Party struct {
	Org      id.Org // on whose behalf
	Issuer   string
	Client   string
	Secret   secret.Value // empty for a public client
	Scopes   []string     // besides openid
	Redirect string
	Groups   string // name of the claim of groups, or ""
}

// Ask is what is new for each time.
type Ask struct {
	State, Nonce, Verifier string
	Hint                   string   // the address that the person typed, or ""
	ACR                    []string // classes of authentication that are asked for
	Again                  bool     // the person shall prove again who it is
}

// Answer is what the browser brought back, with what was asked.
type Answer struct {
	Code   string
	Issuer string // parameter iss (RFC 9207), or ""
	Ask    Ask
}

// Client speaks with providers. It is safe for concurrent use.
type Client struct {
	public, own *http.Client
	private     func(issuer string) bool
	now         func() time.Time

	mu    sync.Mutex
	cache map[cached]*provider
}

type cached struct {
	org    id.Org
	issuer string
}

// provider is what is known of one, or why nothing is.
type provider struct {
	*upstream.Provider
	keys   upstream.KeySet
	since  time.Time
	iss    bool // it promises to say who answers: RFC 9207 section 3
	failed error
}

// good says for how long it needs not be asked again.
func (p *provider) good() time.Duration {
	if p.failed != nil {
		return askedAgain
	}
	return known
}

// New speaks through two clients of package egress: to providers of which private says so through own, which reaches those that the operator named, and to all others
// through public, which reaches the public internet alone.
func New(public, own *http.Client, private func(issuer string) bool, now func() time.Time) *Client {
	return &Client{public: careful(public), own: careful(own), private: private, now: now, cache: map[cached]*provider{}}
}

// careful follows no redirect: a code and a secret go where they were meant to go.
func careful(through *http.Client) *http.Client {
	c := *through
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c.Transport = small{through.Transport}
	return &c
}

func (c *Client) through(issuer string) *http.Client {
	if c.private(issuer) {
		return c.own
	}
	return c.public
}

func (c *Client) context(ctx context.Context, org id.Org, issuer string) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(egress.For(ctx, org, egress.SignIn), whole)
	return upstream.ClientContext(ctx, c.through(issuer)), cancel
}

// Discover reads what a provider says of itself, and is an error where it cannot be used.
func (c *Client) Discover(ctx context.Context, org id.Org, issuer string) error {
	ctx, cancel := c.context(ctx, org, issuer)
	defer cancel()
	_, err := c.discover(ctx, org, issuer)
	return err
}

// Begin is where the browser goes.
func (c *Client) Begin(ctx context.Context, p Party, a Ask) (string, error) {
	ctx, cancel := c.context(ctx, p.Org, p.Issuer)
	defer cancel()
	found, err := c.discover(ctx, p.Org, p.Issuer)
	if err != nil {
		return "", err
	}
	options := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(a.Verifier), upstream.Nonce(a.Nonce)}
	for name, value := range parameters(a) {
		options = append(options, oauth2.SetAuthURLParam(name, value))
	}
	return config(found, p).AuthCodeURL(a.State, options...), nil
}

func parameters(a Ask) map[string]string {
	all := map[string]string{}
	if a.Hint != "" {
		all["login_hint"] = a.Hint
	}
	if a.Again {
		all["prompt"], all["max_age"] = "login", "0"
	}
	for _, class := range a.ACR {
		all["acr_values"] += class + " "
	}
	if v := all["acr_values"]; v != "" {
		all["acr_values"] = v[:len(v)-1]
	}
	return all
}

func config(found *provider, p Party) *oauth2.Config {
	return &oauth2.Config{
		ClientID: p.Client, ClientSecret: string(p.Secret.Expose()), Endpoint: found.Endpoint(), RedirectURL: p.Redirect, Scopes: append([]string{upstream.ScopeOpenID}, p.Scopes...),
	}
}

// Finish exchanges the code and says who it is.
func (c *Client) Finish(ctx context.Context, p Party, a Answer) (Assertion, error) {
	ctx, cancel := c.context(ctx, p.Org, p.Issuer)
	defer cancel()
	found, err := c.discover(ctx, p.Org, p.Issuer)
	if err != nil {
		return Assertion{}, err
	}
	switch {
	case a.Issuer != "" && a.Issuer != p.Issuer, a.Issuer == "" && found.iss:
		return Assertion{}, refuse("the answer is not of the provider that was asked")
	case a.Code == "" || len(a.Code) > maxParameter:
		return Assertion{}, refuse("the answer has no code")
	}
	tokens, err := config(found, p).Exchange(ctx, a.Code, oauth2.VerifierOption(a.Ask.Verifier))
	if err != nil {
		return Assertion{}, exchanged(err)
	}
	raw, _ := tokens.Extra("id_token").(string)
	if raw == "" || len(raw) > maxToken {
		return Assertion{}, refuse("it sent no ID token")
	}
	return c.verify(ctx, found, p, a.Ask, raw, tokens.AccessToken)
}

// discover is what is known of a provider, asked for again when that is old.
func (c *Client) discover(ctx context.Context, org id.Org, issuer string) (*provider, error) {
	key := cached{org, issuer}
	c.mu.Lock()
	found := c.cache[key]
	c.mu.Unlock()
	if found == nil || c.now().Sub(found.since) >= found.good() {
		found = c.fetch(ctx, org, issuer)
		c.keep(key, found)
	}
	return found, found.failed
}

func (c *Client) keep(key cached, p *provider) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.cache) >= maxCached {
		clear(c.cache)
	}
	c.cache[key] = p
}

func (c *Client) fetch(ctx context.Context, org id.Org, issuer string) *provider {
	p, err := c.read(ctx, org, issuer)
	if err != nil {
		p = &provider{failed: err}
	}
	p.since = c.now()
	return p
}

func (c *Client) read(ctx context.Context, org id.Org, issuer string) (*provider, error) {
	p, err := upstream.NewProvider(ctx, issuer)
	if err != nil {
		return nil, unreachable(err)
	}
	var more struct {
		Keys string `json:"jwks_uri"`
		Iss  bool   `json:"authorization_response_iss_parameter_supported"`
	}
	if err := p.Claims(&more); err != nil {
		return nil, refuse("what it says of itself cannot be read")
	}
	e := p.Endpoint()
	for _, at := range []string{e.AuthURL, e.TokenURL, more.Keys} {
		if !proper(issuer, at) {
			return nil, refuse("it names an address that is not one of https")
		}
	}
	// The keys outlive this request: their context is the client's alone.
	through := *c.through(issuer)
	through.Transport = &bounded{inner: through.Transport, now: c.now}
	always := egress.For(context.Background(), org, egress.SignIn)
	return &provider{Provider: p, keys: upstream.NewRemoteKeySet(upstream.ClientContext(always, &through), more.Keys), iss: more.Iss}, nil
}

// proper reports whether an address that a provider names is one: of https, as the issuer is; of http only with an issuer that is so itself, which the rule of egress allowed.
func proper(issuer, text string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" {
		return false
	}
	i, err := url.Parse(issuer)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http" && i.Scheme == "http")
}

func refuse(what string, args ...any) error {
	return fault.New(fault.Denied, "the provider's answer is not accepted: "+what, args...)
}
