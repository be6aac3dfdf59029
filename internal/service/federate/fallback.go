package federate

import (
	"context"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// Let says whether a session may be in an organisation that demands what the policy says, as what the person is there. fallback says that it may although single sign-on is
// demanded, because an owner used a passkey: the way in when the provider fails, which is written down where everybody sees it ([Service.FellBack]).
func Let(p identity.Policy, role access.Role, s identity.Session) (fallback bool, err error) {
	switch {
	case !p.SSO || s.Method == identity.ByProvider && s.Strength.Provider != "":
		return false, nil
	case role == access.Owner && s.Method == identity.ByPasskey:
		return true, nil
	}
	return false, fault.New(fault.Denied, "the organisation demands that you sign in through its provider").WithHelp("sign out, and sign in with the address that you have there")
}

// FellBack writes down that an owner came in past the provider.
func (s *Service) FellBack(ctx context.Context, org id.Org, person string, strength identity.Strength, request string) error {
	scope, err := step(org, request)
	if err != nil {
		return err
	}
	d := entry("sso.bypassed", ledger.Personal("person", person, person), ledger.Text("passkey", strength.Passkey), ledger.Bool("hardware", strength.Hardware))
	_, err = s.Store.Commit(ctx, &Change{Envelope: change.New(scope, s.now(), d)})
	return err
}
