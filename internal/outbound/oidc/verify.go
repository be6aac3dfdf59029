package oidc

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	upstream "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"c4arch/internal/base/fault"
)

// Assertion is what a provider says of a person, verified.
type Assertion struct {
	Issuer  string
	Subject string
	Email   string
	// Verified: the provider says that the address is the person's: email_verified of OpenID Connect Core section 5.1, or xms_edov of Entra ID.
	Verified bool
	Name     string
	ACR      string
	AMR      []string
	At       time.Time // when the person proved who it is; zero where the provider does not say
	Groups   []string
	Grouped  bool   // the claim of groups is there, if with no group
	Proof    string // SHA-256 of the ID token, hexadecimal
}

// claims are what is read of an ID token. Entra ID sets email from an attribute that an administrator of any directory, and for some kinds of accounts the person, can write
// as they like; it sends no email_verified. Its optional claim xms_edov says that the owner of the domain is who says so. Without one of the two an address is a rumour.
type claims struct {
	Email    string          `json:"email"`
	Verified json.RawMessage `json:"email_verified"`
	Owned    json.RawMessage `json:"xms_edov"`
	Name     string          `json:"name"`
	ACR      string          `json:"acr"`
	AMR      json.RawMessage `json:"amr"`
	Party    string          `json:"azp"`
	At       int64           `json:"auth_time"`
}

func (c *Client) verify(ctx context.Context, found *provider, p Party, a Ask, raw, access string) (Assertion, error) {
	verifier := upstream.NewVerifier(p.Issuer, found.keys, &upstream.Config{ClientID: p.Client, SupportedSigningAlgs: algorithms, Now: c.now})
	t, err := verifier.Verify(ctx, raw)
	if err != nil {
		return Assertion{}, unverified(err)
	}
	var said claims
	if err := t.Claims(&said); err != nil {
		return Assertion{}, refuse("its ID token cannot be read")
	}
	if err := c.check(t, &said, p, a, access); err != nil {
		return Assertion{}, err
	}
	sum := sha256.Sum256([]byte(raw))
	out := Assertion{
		Issuer: t.Issuer, Subject: t.Subject, Email: said.Email, Verified: said.Email != "" && (truth(said.Verified) || truth(said.Owned)), Name: said.Name,
		ACR: said.ACR, AMR: texts(said.AMR), Proof: hex.EncodeToString(sum[:]),
	}
	if said.At > 0 {
		out.At = time.Unix(said.At, 0).UTC()
	}
	if err := groups(t, p.Groups, &out); err != nil {
		return Assertion{}, err
	}
	return out, nil
}

// check is what the library leaves to its caller: OpenID Connect Core section 3.1.3.7, items 4, 5, 10 to 13.
func (c *Client) check(t *upstream.IDToken, said *claims, p Party, a Ask, access string) error {
	now := c.now()
	switch {
	case a.Nonce == "" || subtle.ConstantTimeCompare([]byte(t.Nonce), []byte(a.Nonce)) != 1:
		return refuse("its ID token is of another request")
	case said.Party != "" && said.Party != p.Client, said.Party == "" && len(t.Audience) > 1:
		return refuse("its ID token was made for another client")
	case t.IssuedAt.IsZero() || now.Sub(t.IssuedAt) > oldest || t.IssuedAt.Sub(now) > skew:
		return refuse("its ID token is not of now: see that the clocks agree")
	case t.Subject == "" || len(t.Subject) > 255 || len(said.Email) > 254 || len(said.ACR) > 255 || len(said.Name) > 1000:
		return refuse("its ID token has a claim that is missing or too long")
	case a.Again && (said.At == 0 || now.Sub(time.Unix(said.At, 0)) > oldest):
		return refuse("the person did not prove again who it is")
	case t.AccessTokenHash != "" && t.VerifyAccessToken(access) != nil:
		return refuse("its ID token belongs to another access token")
	}
	return nil
}

// truth reads what is true: a boolean, or as some providers have it the text or the number of one.
func truth(raw json.RawMessage) bool {
	return slices.Contains([]string{`true`, `"true"`, `"True"`, `1`, `"1"`}, string(raw))
}

// texts reads a list of texts, or one.
func texts(raw json.RawMessage) []string {
	var list []string
	if json.Unmarshal(raw, &list) != nil {
		var one string
		if json.Unmarshal(raw, &one) != nil || one == "" {
			return nil
		}
		list = []string{one}
	}
	return list[:min(len(list), maxGroups)]
}

// groups reads the claim of groups. Entra ID leaves it out above 200 groups and says where they could be asked for ("_claim_names"): then a role must not be decided by it.
func groups(t *upstream.IDToken, name string, out *Assertion) error {
	if name == "" {
		return nil
	}
	all := map[string]json.RawMessage{}
	if err := t.Claims(&all); err != nil {
		return refuse("its ID token cannot be read")
	}
	if raw, there := all[name]; there {
		out.Groups, out.Grouped = texts(raw), true
		return nil
	}
	var elsewhere map[string]json.RawMessage
	if json.Unmarshal(all["_claim_names"], &elsewhere) == nil && elsewhere[name] != nil {
		return fault.New(fault.Denied, "the provider did not say which groups the person is in: there are too many").
			WithHelp("have the provider send the groups that are assigned to the application only, or their names as roles")
	}
	return nil
}

// unverified says why an ID token is not accepted, without quoting any of it.
func unverified(err error) error {
	expired := &upstream.TokenExpiredError{}
	text := err.Error()
	switch {
	case errors.As(err, &expired):
		return refuse("its ID token has expired")
	case strings.Contains(text, "issued by a different provider"):
		return refuse("its ID token is of another issuer")
	case strings.Contains(text, "expected audience"):
		return refuse("its ID token was made for another client")
	case strings.Contains(text, "fetching keys"):
		return fault.New(fault.Unavailable, "the provider's keys cannot be read now").WithHelp("try again in a moment")
	}
	return refuse("its ID token is not signed by it as it must be")
}

// exchanged says why there is no token: what the provider's code of error is, never its text.
func exchanged(err error) error {
	told := &oauth2.RetrieveError{}
	if errors.As(err, &told) {
		if code := told.ErrorCode; code != "" && len(code) < 60 && !strings.ContainsFunc(code, func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') }) {
			return refuse("it exchanges no code and says %s", code)
		}
		return refuse("it exchanges no code")
	}
	return unreachable(err)
}

func unreachable(err error) error {
	var known *fault.Error
	if errors.As(err, &known) {
		return known
	}
	if strings.Contains(err.Error(), "did not match the issuer") {
		return fault.New(fault.Denied, "the provider says that it is another issuer").WithHelp("copy the issuer from its discovery document; of Entra ID it names the tenant")
	}
	return fault.New(fault.Unavailable, "the provider does not answer as one of OpenID Connect does").WithHelp("see that the issuer is right and its /.well-known/openid-configuration can be reached")
}
