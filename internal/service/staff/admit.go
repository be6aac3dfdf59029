package staff

import (
	"context"
	"regexp"
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// What was proven, from the most to the least.
const (
	hardware   = "hardware"          // a passkey of this product, attested, on the list, that cannot be copied
	asserted   = "asserted"          // the provider says so, in a value that the operator names
	phishing   = "phishingResistant" // WebAuthn, of whatever authenticator
	weak       = "weak"
	breakGlass = "breakGlass"
)

// Arrival is somebody who is about to be signed in as staff.
type Arrival struct {
	Person   string // "" is nobody of whom there is a record
	Strength identity.Strength
	Request  string
}

// Arrive says whether somebody is let in as staff: there is a record, and what was proven is enough. Either answer is an entry of the ledger; when that cannot be written, nobody is.
func (s *Service) Arrive(ctx context.Context, in Arrival) error {
	scope, err := system(id.Platform, access.SessionBegin, "signing in of staff", access.Actor{Request: in.Request})
	if err != nil {
		return err
	}
	now := s.now()
	class := s.Rules.class(in.Strength)
	refusal := s.Rules.refusal(in.Strength, class)
	if in.Person == "" {
		refusal = fault.New(fault.Denied, "there is no record of you among the platform's people, or the provider does not vouch for your e-mail address")
	}
	draft := arrived(in, class, refusal)
	n := &Count{Day: day(now), Method: string(method(in.Strength)), Strength: class, Admitted: refusal == nil}
	if err := s.operate(ctx, &PlatformChange{Envelope: change.New(scope, now, draft), SignIn: n}); err != nil {
		return err
	}
	return refusal
}

// Enough says why what was proven by whoever is signed in is not enough any more, as the rules are now. It writes nothing: it is asked at each request.
func (s *Service) Enough(strength identity.Strength) error {
	return s.Rules.refusal(strength, s.Rules.class(strength))
}

// Key reports whether what was proven is enough together with a hardware key of this product, and not without one.
func (s *Service) Key(x identity.Strength) bool {
	if len(s.Rules.AAGUIDs) == 0 || s.Enough(x) == nil {
		return false
	}
	x.Phishing, x.Hardware, x.AAGUID = true, true, s.Rules.AAGUIDs[0]
	return s.Enough(x) == nil
}

func day(t time.Time) int64 { return t.Unix() / 86400 }

func method(x identity.Strength) identity.Method {
	if x.Issuer != "" || x.Provider != "" {
		return identity.ByProvider
	}
	return identity.ByPasskey
}

func arrived(in Arrival, class string, refusal error) ledger.Draft {
	x := in.Strength
	fields := []ledger.Field{
		ledger.Text("method", string(method(x))), ledger.Text("strength", class), ledger.Text("aaguid", x.AAGUID), ledger.Text("passkey", x.Passkey),
		ledger.Text("issuer", x.Issuer), ledger.Text("acr", x.ACR), ledger.List("amr", x.AMR), ledger.Text("proof", x.Proof),
	}
	if in.Person != "" {
		fields = append(fields, about("person", in.Person))
	}
	if refusal != nil {
		return entry("staff.refused", append(fields, ledger.Text("reason", refusal.Error()))...)
	}
	return entry("staff.admitted", fields...)
}

var digestForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// class says what was proven.
func (r Rules) class(x identity.Strength) string {
	kept := digestForm.MatchString(x.Proof)
	switch {
	case x.Hardware && x.Phishing && x.AAGUID != "" && slices.Contains(r.AAGUIDs, x.AAGUID):
		return hardware
	case r.Issuer != "" && x.Issuer == r.Issuer && kept && (x.ACR != "" && slices.Contains(r.ACR, x.ACR) || slices.ContainsFunc(x.AMR, func(v string) bool { return v != "" && slices.Contains(r.AMR, v) })):
		return asserted
	case x.Phishing:
		return phishing
	}
	return weak
}

// refusal says why it is not enough.
func (r Rules) refusal(x identity.Strength, class string) error {
	switch {
	case r.Issuer != "" && (x.Issuer != r.Issuer || !digestForm.MatchString(x.Proof)):
		return fault.New(fault.Denied, "the platform's own people sign in by its provider").WithHelp("sign in by the provider; a passkey alone is not enough here")
	case r.Issuer == "" && (x.Issuer != "" || class == weak):
		return fault.New(fault.Denied, "the platform's own people sign in with a passkey here").WithHelp("the platform has no provider of its own; a provider of an organisation signs in to that organisation alone")
	case r.Hardware && class != hardware && class != asserted:
		return fault.New(fault.Denied, "a hardware key is needed").WithHelp("register an attested key of a model on the operator's list, one whose passkeys are not copied; or have the provider assert it")
	}
	return nil
}
