package federate

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"io"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
)

// begun is what is kept, sealed, between the two halves.
type begun struct {
	Org      id.Org         `json:"org"`
	Realm    identity.Realm `json:"realm"`
	Provider string         `json:"provider"`
	State    string         `json:"state"`
	Nonce    string         `json:"nonce"`
	Verifier string         `json:"verifier"`
	Again    bool           `json:"again"`
}

// Way is where the browser goes, and what it keeps in a cookie until it comes back.
type Way struct {
	URL     string
	Handle  secret.Value
	Expires time.Time
}

// Back is what a browser brings back.
type Back struct {
	Handle   string // of the cookie
	Provider string // of the path
	State    string
	Code     string
	Issuer   string // parameter iss (RFC 9207)
	Error    string // parameter error
	Device   string
	Request  string
}

// errBack is what is said of every return that belongs to no way: one that never began, has ended, has expired, or is another browser's.
var errBack = fault.New(fault.Denied, "this signing in is not one that began in this browser, or it took too long").WithHelp("begin again")

// BeginSignIn sends a browser to a provider of an organisation.
func (s *Service) BeginSignIn(ctx context.Context, org id.Org, provider, hint, request string) (Way, error) {
	scope, err := step(org, request)
	if err != nil || org == id.Platform || org == id.Local {
		return Way{}, missing()
	}
	p, party, err := s.party(ctx, scope, provider)
	if err != nil {
		return Way{}, err
	}
	return s.begin(ctx, begun{Org: org, Realm: identity.Members, Provider: p.ID}, party, Ask{Hint: hint})
}

// BeginStaff sends a browser to the platform's own provider. The platform's people prove each time who they are.
func (s *Service) BeginStaff(ctx context.Context, _ string) (Way, error) {
	party, own, err := s.own(ctx)
	if err != nil {
		return Way{}, err
	}
	return s.begin(ctx, begun{Org: id.Platform, Realm: identity.Staff, Provider: OwnProvider, Again: true}, party, Ask{ACR: own.ACR, Again: true})
}

func missing() error { return fault.New(fault.NotFound, "there is no such provider") }

func (s *Service) own(ctx context.Context) (Party, *Own, error) {
	if s.Own == nil {
		return Party{}, nil, missing()
	}
	own, err := s.Own(ctx)
	if err != nil {
		return Party{}, nil, err
	}
	if own == nil {
		return Party{}, nil, missing()
	}
	p := Party{Org: id.Platform, Issuer: own.Issuer, Client: own.Client, Secret: own.Secret, Scopes: own.Scopes, Redirect: s.redirect(OwnProvider)}
	if p.Scopes == nil {
		p.Scopes = []string{"profile", "email"}
	}
	return p, own, nil
}

func (s *Service) redirect(provider string) string { return s.Callback() + provider }

// party is a provider of an organisation that is not switched off, with the client that we are there.
func (s *Service) party(ctx context.Context, scope access.Scope, name string) (identity.Provider, Party, error) {
	p, err := s.Store.Provider(ctx, scope, name)
	if err != nil {
		return p, Party{}, err
	}
	if p.Off {
		return p, Party{}, missing()
	}
	party := Party{Org: scope.Org(), Issuer: p.Issuer, Client: p.Client, Scopes: p.Scopes, Redirect: s.redirect(p.ID), Groups: p.Groups}
	if p.Secret != "" {
		party.Secret, err = s.Store.Unseal(ctx, scope, p.Secret)
	}
	return p, party, err
}

// begin makes what is new for each time, and keeps it.
func (s *Service) begin(ctx context.Context, b begun, party Party, ask Ask) (Way, error) {
	var handle string
	for _, to := range []*string{&b.State, &b.Nonce, &b.Verifier, &handle} {
		text, err := s.random()
		if err != nil {
			return Way{}, err
		}
		*to = text
	}
	ask.State, ask.Nonce, ask.Verifier = b.State, b.Nonce, b.Verifier
	url, err := s.Protocol.Begin(ctx, party, ask)
	if err != nil {
		return Way{}, err
	}
	text, err := json.Marshal(b)
	if err != nil {
		return Way{}, fault.Wrap(fault.Internal, err, "what began cannot be kept")
	}
	scope, err := step(id.Platform, "")
	if err != nil {
		return Way{}, err
	}
	now := s.now()
	if err := s.Platform.Keep(ctx, scope, Begun{Hash: hash(handle), Text: text, At: now, Expires: now.Add(waits)}); err != nil {
		return Way{}, err
	}
	return Way{URL: url, Handle: secret.New([]byte(handle)), Expires: now.Add(waits)}, nil
}

// random is 256 bits as text: 43 characters, what RFC 7636 section 4.1 asks of a verifier at least.
func (s *Service) random() (string, error) {
	b := make([]byte, 32)
	if _, err := io.ReadFull(s.Random, b); err != nil {
		return "", fault.Wrap(fault.Unavailable, err, "there is no randomness")
	}
	return base64.RawURLEncoding.EncodeToString(b), nil
}

func hash(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}

// taken is what began with that handle; it cannot be taken again, whatever comes of it now.
func (s *Service) taken(ctx context.Context, in Back, realm identity.Realm) (begun, error) {
	var b begun
	scope, err := step(id.Platform, in.Request)
	if err != nil {
		return b, err
	}
	if in.Handle == "" || len(in.Handle) > 100 {
		return b, errBack
	}
	text, err := s.Platform.Take(ctx, scope, hash(in.Handle), s.now())
	if fault.KindOf(err) == fault.NotFound {
		return b, errBack
	}
	if err != nil {
		return b, err
	}
	if err := json.Unmarshal(text, &b); err != nil {
		return b, fault.Wrap(fault.Internal, err, "what began cannot be read")
	}
	if b.Realm != realm || b.Provider != in.Provider || subtle.ConstantTimeCompare([]byte(b.State), []byte(in.State)) != 1 {
		return b, errBack
	}
	return b, nil
}

// declined is what a provider says instead of a code.
func declined(code string) error {
	switch code {
	case "":
		return nil
	case "access_denied":
		return fault.New(fault.Denied, "the provider did not let you in, or you did not go on")
	case "temporarily_unavailable", "server_error":
		return fault.New(fault.Unavailable, "the provider cannot sign anybody in now").WithHelp("try again in a moment")
	}
	return fault.New(fault.Denied, "the provider refused to sign you in").WithHelp("an administrator sees the reason in its log")
}

// FinishSignIn ends what [Service.BeginSignIn] began: the session is one in the provider's organisation.
func (s *Service) FinishSignIn(ctx context.Context, in Back) (Signed, error) {
	b, err := s.taken(ctx, in, identity.Members)
	if err != nil {
		return Signed{}, err
	}
	if err := declined(in.Error); err != nil {
		return Signed{}, err
	}
	scope, err := step(b.Org, in.Request)
	if err != nil {
		return Signed{}, err
	}
	p, party, err := s.party(ctx, scope, b.Provider)
	if err != nil {
		return Signed{}, err
	}
	said, err := s.Protocol.Finish(ctx, party, b.ask(), in.Code, in.Issuer)
	if err != nil {
		return Signed{}, err
	}
	person, err := s.person(ctx, scope, p, said)
	if err != nil {
		return Signed{}, err
	}
	return s.Sessions.Start(ctx, Start{
		Person: person, Realm: identity.Members, Org: b.Org, Method: identity.ByProvider, Strength: strength(said, p.ID), Device: in.Device, Request: in.Request,
	})
}

// FinishStaff ends what [Service.BeginStaff] began. Whether the strength is enough is for package staff to say; where a hardware key is what it lacks, it is held until one is shown.
func (s *Service) FinishStaff(ctx context.Context, in Back) (Signed, error) {
	b, err := s.taken(ctx, in, identity.Staff)
	if err != nil {
		return Signed{}, err
	}
	if err := declined(in.Error); err != nil {
		return Signed{}, err
	}
	party, _, err := s.own(ctx)
	if err != nil {
		return Signed{}, err
	}
	said, err := s.Protocol.Finish(ctx, party, b.ask(), in.Code, in.Issuer)
	if err != nil {
		return Signed{}, err
	}
	proven := strength(said, OwnProvider)
	person, err := s.colleague(ctx, said, in.Request)
	if err != nil && fault.KindOf(err) != fault.Denied {
		return Signed{}, err
	}
	start := Start{Person: person, Realm: identity.Staff, Org: id.Platform, Method: identity.ByProvider, Strength: proven, Device: in.Device, Request: in.Request}
	if err == nil && s.Staff.Key(proven) {
		handle, err := s.Sessions.Hold(ctx, start)
		return Signed{Held: handle}, err
	}
	if err := cmp.Or(s.Staff.Arrive(ctx, person, proven, in.Request), err); err != nil {
		return Signed{}, err
	}
	return s.Sessions.Start(ctx, start)
}

func (b begun) ask() Ask {
	return Ask{State: b.State, Nonce: b.Nonce, Verifier: b.Verifier, Again: b.Again}
}

// phishing are the methods of RFC 8176, and the classes of the EAP ACR values of OpenID, that no look-alike page can pass on.
var phishing = map[string]bool{"hwk": true, "pop": true, "fido": true, "phr": true, "phrh": true, "wia": true}

// hardware are those that prove a key that cannot be copied.
var hardware = map[string]bool{"hwk": true, "phrh": true}

// strength is what the provider says, kept as it was told. It is the provider's word; the digest of the ID token is the proof that it was given.
func strength(said Assertion, provider string) identity.Strength {
	out := identity.Strength{Provider: provider, Issuer: said.Issuer, ACR: said.ACR, AMR: said.AMR, Proof: said.Proof}
	for _, m := range append([]string{said.ACR}, said.AMR...) {
		out.Phishing = out.Phishing || phishing[m]
		out.Hardware = out.Hardware || hardware[m]
	}
	return out
}
