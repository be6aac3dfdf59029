package assure

import (
	"context"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"c4arch/internal/account/access"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/control"
	"c4arch/internal/trust/ledger"
)

// Attested is a statement that is made.
type Attested struct {
	change.Envelope
	Made control.Attestation
}

// Withdrawn is a statement that is taken back.
type Withdrawn struct {
	change.Envelope
	Made control.Attestation // as it is from now on
}

// Statement is what a person says.
type Statement struct {
	Of        string // what is asked for
	Text      string // what the person vouches for, in own words
	Reference string // where the evidence is
	Digest    string // of the evidence: SHA-256, 64 hexadecimal digits
	Until     time.Time
}

// Limits of a statement.
const (
	leastText    = 20
	mostText     = 2000
	mostPlace    = 400
	leastReason  = 5
	mostStanding = 500
)

var sha256Hex = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Soon is how long before its end an attestation is to be made again.
const Soon = 30 * 24 * time.Hour

// Attest makes a statement. Only a person of the platform does, who has just proved to be there.
func (s *Service) Attest(ctx context.Context, a access.Actor, say Statement) (control.Attestation, error) {
	scope, err := access.Decide(a, access.ControlAttest, access.Resource{})
	if err != nil {
		return control.Attestation{}, err
	}
	if a.ID.Person() == "" {
		return control.Attestation{}, fault.New(fault.Denied, "a person attests, and no program")
	}
	w, ok := s.catalogue.WantedBy(say.Of)
	if !ok {
		return control.Attestation{}, fault.New(fault.NotFound, "there is no such attestation")
	}
	now := s.Now().UTC().Truncate(time.Microsecond)
	if err := say.check(w, now); err != nil {
		return control.Attestation{}, err
	}
	name, err := id.Mint(id.PrefixAttestation, s.Random, now)
	if err != nil {
		return control.Attestation{}, fault.Wrap(fault.Internal, err, "no randomness for the id of an attestation")
	}
	made := control.Attestation{
		ID: name, Of: w.ID, Person: a.ID.Person(), Text: say.Text, Reference: say.Reference, Digest: say.Digest, At: now, Until: say.Until.UTC().Truncate(time.Microsecond), Version: 1,
	}
	made.Seal = Seal(made)
	c := &Attested{Made: made, Envelope: change.New(scope, now, ledger.Draft{Kind: "control.attested", Fields: []ledger.Field{
		ledger.Text("attestation", made.ID), ledger.Text("wanted", w.ID), ledger.Personal("person", made.Person, made.Person), ledger.Time("until", made.Until),
		ledger.Text("reference", made.Reference), ledger.Text("evidence", made.Digest), ledger.Text("seal", made.Seal),
	}})}
	_, err = s.Store.Attest(ctx, c)
	s.forget()
	return made, err
}

// check says what is wrong with a statement.
func (x Statement) check(w control.Wanted, now time.Time) error {
	bad := func(say, help string, args ...any) error {
		return fault.New(fault.Invalid, say, args...).WithHelp("%s", help)
	}
	length := utf8.RuneCountInString(strings.TrimSpace(x.Text))
	switch {
	case !utf8.ValidString(x.Text+x.Reference) || strings.ContainsRune(x.Text+x.Reference, 0):
		return bad("the statement is no text", "write it anew")
	case length < leastText || length > mostText:
		return bad("a statement has between %d and %d characters", "say what was looked at, when, and what was found", leastText, mostText)
	case strings.TrimSpace(x.Reference) == "" || len(x.Reference) > mostPlace:
		return bad("the statement does not say where its evidence is", "give the address or the name of the document")
	case !sha256Hex.MatchString(x.Digest):
		return bad("the digest of the evidence is no SHA-256", "sha256sum FILE prints it: 64 digits of 0-9 and a-f")
	case !x.Until.After(now):
		return bad("the day until which it counts is over", "choose a day that is to come")
	case x.Until.After(now.Add(w.Counts)):
		return bad("it counts until %s at most", "choose an earlier day", now.Add(w.Counts).Format(time.DateOnly))
	}
	return nil
}

// Seal is the digest of what was stated, as the ledger has it. That a statement is withdrawn does not change it.
func Seal(a control.Attestation) string {
	var b strings.Builder
	for _, part := range []string{a.ID, a.Of, a.Person, a.Text, a.Reference, a.Digest, a.At.UTC().Format(time.RFC3339Nano), a.Until.UTC().Format(time.RFC3339Nano)} {
		b.WriteString(string(canon.Sum([]byte(part))))
	}
	return string(canon.Sum([]byte(b.String())))
}

// Withdraw takes a statement back, with the reason. It stays where it is, and counts no more.
func (s *Service) Withdraw(ctx context.Context, a access.Actor, name, why string) error {
	scope, err := access.Decide(a, access.ControlAttest, access.Resource{})
	if err != nil {
		return err
	}
	if why = strings.TrimSpace(why); utf8.RuneCountInString(why) < leastReason || len(why) > mostStanding || !utf8.ValidString(why) {
		return fault.New(fault.Invalid, "say why it is withdrawn, in %d to %d characters", leastReason, mostStanding)
	}
	all, err := s.Store.Attestations(ctx, scope)
	if err != nil {
		return err
	}
	for _, x := range all {
		if x.ID != name {
			continue
		}
		if !x.Withdrawn.IsZero() {
			return fault.New(fault.Conflict, "it is withdrawn already")
		}
		x.Withdrawn, x.Why = s.Now().UTC().Truncate(time.Microsecond), why
		_, err := s.Store.Withdraw(ctx, &Withdrawn{Made: x, Envelope: change.New(scope, x.Withdrawn, ledger.Draft{Kind: "control.unattested", Fields: []ledger.Field{
			ledger.Text("attestation", x.ID), ledger.Text("wanted", x.Of), ledger.Personal("person", a.ID.Person(), a.ID.Person()), ledger.Text("reason", why),
		}})})
		s.forget()
		return err
	}
	return fault.New(fault.NotFound, "there is no such attestation")
}

// Stand is what is asked for, with all that was made of it, the last one first.
type Stand struct {
	control.AttestedState
	Past []control.Attestation
	Soon bool // it ends within thirty days
}

// Attestations are all that are asked for, by id.
func (s *Service) Attestations(ctx context.Context, a access.Actor) ([]Stand, error) {
	scope, err := access.Decide(a, access.ControlRead, access.Resource{})
	if err != nil {
		return nil, err
	}
	made, err := s.Store.Attestations(ctx, scope)
	if err != nil {
		return nil, err
	}
	now := s.Now()
	rep := s.catalogue.Report(nil, now, made...)
	list := make([]Stand, 0, len(rep.Attestations))
	for _, x := range rep.Attestations {
		st := Stand{AttestedState: x, Soon: x.State == control.Attested && x.Made.Until.Sub(now) <= Soon}
		for _, m := range made {
			if m.Of == x.Wanted.ID {
				st.Past = append(st.Past, m)
			}
		}
		list = append(list, st)
	}
	return list, nil
}
