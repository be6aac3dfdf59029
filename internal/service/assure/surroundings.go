package assure

import (
	"context"
	"errors"
	"maps"
	"slices"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	"c4arch/internal/trust/control"
)

// What an instance is surrounded by is known to the configuration and the platform. They say what there is, as values; here is what is right.

// Surroundings are what is around an instance. What is nil is not looked at, and its clauses are not yet.
type Surroundings struct {
	Secrets  func(context.Context) ([]Source, error)
	RootKey  func(context.Context) (Source, error) // the newest; of an instance that keeps it in Key Vault
	Edges    func(context.Context) ([]Edge, error)
	Storage  func(context.Context) ([]Place, error)
	Listener func(context.Context) ([]control.Observation, error) // as package serve looks at it
	Hops     func(context.Context) ([]control.Observation, error) // who ends TLS on the way to it
	Routes   func(context.Context) ([]control.Observation, error) // of the API, asked by nobody and by strangers
	Foreign  func(context.Context) ([]control.Observation, error) // routes of the API, asked for what another organisation has
	Canaries func(context.Context) ([]control.Observation, error) // every route, asked by one organisation that is kept for it for what the other has
	Staff    func(context.Context) (Entrance, error)              // how the platform's own people come in
	// Answered are all routes with their policies; AskAs asks one of the API in the name of somebody.
	Answered func(context.Context) ([]Answered, error)
	AskAs    func() Ask
	// Truths are what the duties of organisations are about, Duties what an organisation is told.
	Truths func(context.Context) ([]Truth, error)
	Duties func(context.Context, id.Org) ([]Duty, error)
	// More are further checks, by their ids, each as the code beside what it checks.
	More map[string]func(context.Context) ([]control.Observation, error)
}

// Probes are the checks of what is there.
func (s Surroundings) Probes() ([]Probe, error) {
	var probes []Probe
	add := func(check string, there bool, run func(context.Context) ([]control.Observation, error)) error {
		if !there {
			return nil
		}
		p, err := Bind(check, run)
		probes = append(probes, p)
		return err
	}
	err := errors.Join(
		add(SecretSources, s.Secrets != nil, Sources(s.Secrets)),
		add(KeyVault, s.RootKey != nil, Vault(s.RootKey)),
		add(InternalEdges, s.Edges != nil, Edges(s.Edges)),
		add(StorageEncryption, s.Storage != nil, Places(s.Storage)),
		add(TLSListener, s.Listener != nil, s.Listener),
		add(TLSHops, s.Hops != nil, s.Hops),
		add(RouteWalk, s.Routes != nil, s.Routes),
		add(ForeignIDs, s.Foreign != nil, s.Foreign),
		add(CanaryRoutes, s.Canaries != nil, s.Canaries),
		add(StaffEntrance, s.Staff != nil, StaffSignIn(s.Staff)),
		add(Policies, s.Answered != nil, Rules(access.Decide, s.Answered)),
		add(Purposes, s.Answered != nil && s.AskAs != nil, Apart(access.Decide, s.Answered, s.AskAs)),
		add(CustomerDuties, s.Truths != nil && s.Duties != nil, Told(s.Truths, s.Duties)),
	)
	for _, check := range slices.Sorted(maps.Keys(s.More)) {
		err = errors.Join(err, add(check, true, s.More[check]))
	}
	return probes, err
}

// Source is where a secret of the configuration came from: its name, never its value.
type Source struct {
	Name  string // "database.url"
	From  Origin
	Where string // "file /run/secrets/database", for a person; no secret
}

// Origin is a sort of place.
type Origin string

// The sorts of places.
const (
	FromFile     Origin = "file"      // that nobody else can read
	FromVault    Origin = "key vault" // Azure Key Vault
	FromKMS      Origin = "kms"       // another key management service
	FromIdentity Origin = "identity"  // no secret: the platform vouches for the program
	FromVariable Origin = "variable"  // the environment
	FromArgument Origin = "argument"  // which everybody on the machine can read
	FromText     Origin = "text"      // in the configuration itself
	FromDefault  Origin = "default"
)

// Sources says whether secrets come from where they may.
func Sources(list func(context.Context) ([]Source, error)) func(context.Context) ([]control.Observation, error) {
	return func(ctx context.Context) (seen []control.Observation, err error) {
		sources, err := list(ctx)
		for _, s := range sources {
			o := control.Observation{Subject: "secret " + s.Name, Outcome: control.Fail, Detail: string(s.From) + ": " + s.Where}
			switch s.From {
			case FromFile, FromVault, FromKMS, FromIdentity:
				o.Outcome = control.Pass
			case FromVariable, FromArgument, FromText:
				o.Detail += "; secrets are kept in files or in a key service"
			case FromDefault:
				o.Detail += "; a default is no secret"
			default:
				o.Outcome = control.Unknown
			}
			seen = append(seen, o)
		}
		return seen, err
	}
}

// Vault says whether the newest root key, which wraps all others, is in Key Vault.
func Vault(newest func(context.Context) (Source, error)) func(context.Context) ([]control.Observation, error) {
	return func(ctx context.Context) ([]control.Observation, error) {
		s, err := newest(ctx)
		if err != nil {
			return nil, err
		}
		o := control.Observation{Subject: "root key " + s.Name, Outcome: control.Fail, Detail: string(s.From) + ": " + s.Where}
		if s.From == FromVault {
			o.Outcome = control.Pass
		}
		return []control.Observation{o}, nil
	}
}

// Edge is a connection inside of the service.
type Edge struct {
	Name string // "database", "internal listener"
	Mode Mode
	What string // for a person
}

// Mode is how a connection is protected.
type Mode string

// The modes.
const (
	Machine   Mode = "machine"    // a file, a unix socket, loopback
	MutualTLS Mode = "mutual TLS" // each side proves who it is
	Private   Mode = "private"    // a private segment that the operator has named as that
	ServerTLS Mode = "TLS"        // the server proves who it is, and the client by a credential
	Plain     Mode = "plain"
)

// Edges says whether internal connections are protected: mutual TLS, or a private segment, as the clause says. TLS with a credential of the client over a network that
// nobody has named as private is not that.
func Edges(list func(context.Context) ([]Edge, error)) func(context.Context) ([]control.Observation, error) {
	return func(ctx context.Context) (seen []control.Observation, err error) {
		edges, err := list(ctx)
		for _, e := range edges {
			o := control.Observation{Subject: "edge " + e.Name, Outcome: control.Fail, Detail: string(e.Mode) + ": " + e.What}
			switch e.Mode {
			case Machine, MutualTLS, Private:
				o.Outcome = control.Pass
			case ServerTLS:
				o.Detail += "; it takes mutual TLS, or a segment that is named as private"
			case Plain:
				o.Detail += "; others on the way can read it"
			default:
				o.Outcome = control.Unknown
			}
			seen = append(seen, o)
		}
		return seen, err
	}
}

// Place is a volume, a database or a bucket.
type Place struct {
	Name      string // "volume of the data directory"
	Encrypted *bool  // nil: the platform cannot be asked, or does not say
	What      string // for a person
}

// Places says whether what is stored is encrypted by its platform. What cannot be told is unknown.
func Places(list func(context.Context) ([]Place, error)) func(context.Context) ([]control.Observation, error) {
	return func(ctx context.Context) (seen []control.Observation, err error) {
		places, err := list(ctx)
		for _, p := range places {
			o := control.Observation{Subject: p.Name, Outcome: control.Unknown, Detail: p.What}
			if p.Encrypted != nil {
				o.Outcome = map[bool]control.Outcome{true: control.Pass, false: control.Fail}[*p.Encrypted]
			}
			seen = append(seen, o)
		}
		return seen, err
	}
}
