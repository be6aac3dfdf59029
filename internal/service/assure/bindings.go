package assure

import (
	"context"
	"slices"

	"c4arch/internal/base/fault"
	"c4arch/internal/trust/control"
)

// The checks that there are.
const (
	RowSecurity       = "row-security"
	Canary            = "tenant-canary"
	DataMap           = "data-map"
	LedgerVerifies    = "ledger-verifies"
	EntryFields       = "entry-fields"
	EventCoverage     = "event-coverage"
	CiphertextAtRest  = "ciphertext-at-rest"
	SecretSources     = "secret-sources"
	KeyVault          = "key-vault"
	TLSListener       = "tls-listener"
	InternalEdges     = "internal-edges"
	StorageEncryption = "storage-encryption"
	TLSHops           = "tls-hops"
	RouteWalk         = "route-walk"
	ForeignIDs        = "foreign-ids"
	LedgerAccess      = "ledger-access"
	TokenTerms        = "token-terms"
	StaffEntrance     = "staff-sign-in"
)

// fresh is how long a run of an hourly check counts: two rounds may be missed.
const fresh = 3 * Every

// bindings say what each check is for. A clause stands under Clauses only where the check exercises all that the clause promises today; what it leaves out stands
// under Partly, in words.
var bindings = []control.Check{
	{
		ID: RowSecurity, Title: "Every table has organisation-scoped keys; the wrong context sees no row and can write none",
		Controls: []string{"ARC-TEN-01"}, Clauses: []string{"SE-3.5", "SE-4.4"},
		Partly:   []control.Part{{Clause: "DPA-B.1", Missing: "access inside the organisation: the roles of its members"}},
		Mutation: "TestRowSecurityFails takes a policy away, forces none, widens a key and makes a key that does not begin with the organisation",
	},
	{
		ID: Canary, Title: "What one organisation has is not found by another, through the stores themselves",
		Controls: []string{"ARC-TEN-01", "ARC-TEN-02"},
		Partly: []control.Part{
			{Clause: "SE-4.1", Missing: "every endpoint and job asked with the ids of another organisation"},
			{Clause: "SE-4.2", Missing: "each parameter and each reference in a body of the API"},
			{Clause: "MSP-ACC-9", Missing: "metrics, logs and the front end"},
		},
		Mutation: "TestCanaryFails plants a row of one organisation in the home of another, and on PostgreSQL takes row security away",
	},
	{
		ID: DataMap, Title: "Every table and column has one of the six data classes, and nothing is in the database that has none",
		Controls: []string{"ARC-PRI-02"}, Clauses: []string{"SE-1.2"},
		Mutation: "TestDataMapFails adds a column that is not declared, and takes a declared one away",
	},
	{
		ID: LedgerVerifies, Title: "The log of the instance and the end of every organisation's verify from the disk, and continue what is known of them elsewhere",
		Controls: []string{"ARC-LOG-02"},
		Partly: []control.Part{
			{Clause: "SE-6.8", Missing: "retention by class"},
			{Clause: "SE-7.4", Missing: "the registry of legal documents"},
			{Clause: "MSP-SOC-12", Missing: "the journal of decisions"},
		},
		Mutation: "TestDamageIsFound flips bits of leaves, hashes, values, tiles, checkpoints and the head; TestRollbackIsFound restores an older state; TestLedgerProbeFails sees the check fail by one",
	},
	{
		ID: EntryFields, Title: "Every entry has its kind, time, log, actor, surface and purpose, committed in its leaf; the catalogue of kinds refuses one without",
		Controls: []string{"ARC-LOG-01"}, Clauses: []string{"SE-6.7"},
		Mutation: "TestEntryFieldsFail writes an entry without an actor, and one of a kind that the catalogue does not have",
	},
	{
		ID: EventCoverage, Title: "No index of a log is missing, and every kind that was seen is one of the catalogue",
		Controls: []string{"ARC-LOG-01"},
		Partly: []control.Part{
			{Clause: "SE-6.1", Missing: "sign-in and second factors, which come with sessions of people"},
			{Clause: "SE-6.5", Missing: "remediation"},
			{Clause: "SE-6.6", Missing: "identity providers, retention, subprocessors and incidents"},
			{Clause: "DPA-B.6", Missing: "legal acceptance and billing"},
		},
		Mutation: "TestCoverageFails takes an entry out of a log",
	},
	{
		ID: CiphertextAtRest, Title: "What lies on the disk and in the tables is ciphertext, bound to its organisation and its place",
		Controls: []string{"ARC-CRY-03"}, Clauses: []string{"SE-5.4"},
		Mutation: "TestCiphertextFails plants a plain file, a plain object, a plain secret, and values that were sealed for another entry",
	},
	{
		ID: SecretSources, Title: "Secrets come from designated places, and none is written in the configuration",
		Controls: []string{"ARC-CRY-04"}, Clauses: []string{"SE-5.3"},
		Partly:   []control.Part{{Clause: "DPA-B.5", Missing: "the age of what was rotated"}},
		Mutation: "TestSecretSourcesFail gives a secret in an argument, and one by default",
	},
	{
		ID: KeyVault, Title: "The root key is in Key Vault",
		Controls: []string{"ARC-CRY-04"}, Clauses: []string{"MSP-RST-1"},
		Mutation: "TestKeyVaultFails has the newest root key in a file",
	},
	{
		ID: TLSListener, Title: "The public listener takes TLS 1.2 or newer alone, with a certificate that is ours and valid",
		Controls: []string{"ARC-CRY-01"}, Clauses: []string{"SE-5.1", "MSP-TRN-1", "DPA-B.3"},
		Mutation: "TestProbe looks at listeners with an old protocol, a foreign key, a certificate that ends, and no HSTS",
	},
	{
		ID: InternalEdges, Title: "Every internal connection has mutual TLS, or does not leave the machine or a private segment",
		Controls: []string{"ARC-CRY-02"}, Clauses: []string{"MSP-TRN-2"},
		Mutation: "TestInternalEdgesFail has an edge that is plain beyond the machine",
	},
	{
		ID: TLSHops, Title: "Whoever ends TLS on the way to the service is the service itself, or a proxy that is declared with its owner and its key",
		Controls: []string{"ARC-CRY-02"}, Clauses: []string{"MSP-TRN-3"},
		Mutation: "TestWhoEndsTLS meets a key that is not ours, a proxy whose key was not said, and plain HTTP beyond the machine",
	},
	{
		ID: RouteWalk, Title: "Every route of the API refuses who has no token, a token that is none and one of nobody, but for an explicit list; what is no route is refused alike",
		Controls: []string{"ARC-IAM-01"}, Clauses: []string{"SE-3.1"},
		Mutation: "TestRouteWalkFails has a route that asks for no token, and one that is open and on no list",
	},
	{
		ID: ForeignIDs, Title: "Routes of the API that read are asked, in the name of one organisation, for what another one has, and find nothing",
		Controls: []string{"ARC-TEN-02"},
		Partly: []control.Part{
			{Clause: "SE-4.2", Missing: "references in bodies, and routes that change something"},
			{Clause: "MSP-ACC-9", Missing: "metrics, logs and the front end"},
		},
		Mutation: "TestForeignIDsFail has a route that answers with what another organisation has",
	},
	{
		ID: LedgerAccess, Title: "Who reads the ledger stands in it before anything is handed out",
		Controls: []string{"ARC-LOG-04"},
		Partly:   []control.Part{{Clause: "SE-6.8", Missing: "retention by class"}},
		Mutation: "TestLedgerAccessFails has a store that takes the entry of a reading and does not keep it",
	},
	{
		ID: TokenTerms, Title: "Every token has a purpose, one role, an end, and lies there as a hash alone",
		Controls: []string{"ARC-IAM-04", "ARC-IAM-07"},
		Partly: []control.Part{
			{Clause: "SE-3.9", Missing: "service identities other than tokens, and an end to those that nobody uses"},
			{Clause: "MSP-ACC-4", Missing: "which of its rights a token has used, and from which addresses it may come"},
			{Clause: "MSP-ACC-5", Missing: "that tokens of other systems are in a vault"},
			{Clause: "MSP-ACC-6", Missing: "rights of two purposes in one token"},
		},
		Mutation: "TestTokenTermsFail has a token without a purpose, one of no role, one without an end and one that is no hash",
	},
	{
		ID: StaffEntrance, Title: "The platform's own people sign in by its provider alone and with a proof of hardware; without a provider the deployment says that it falls short",
		Controls: []string{"ARC-IAM-03"}, Clauses: []string{"MSP-ACC-1", "MSP-ACC-2"},
		Partly:   []control.Part{{Clause: "MSP-SOC-4", Missing: "consoles of other vendors, which sign in by themselves"}},
		Mutation: "TestStaffSignInFails has no provider, no proof of hardware, an admission below that, and an account that stands open",
	},
	{
		ID: StorageEncryption, Title: "Volumes, databases and buckets are encrypted by their platforms, where these can be asked; unknown is no pass",
		Controls: []string{"ARC-CRY-03"}, Clauses: []string{"SE-5.2", "MSP-RST-3", "MSP-RST-4", "DPA-B.4"},
		Mutation: "TestStorageFails has a volume that is not encrypted, and one that cannot be asked",
	},
}

// Checks are all checks that there are, by id; whether an instance runs them all depends on what it has: the check of Key Vault is for those that use it.
func Checks() []control.Check {
	list := make([]control.Check, len(bindings))
	for i, c := range bindings {
		c.Controls, c.Clauses, c.Partly = slices.Clone(c.Controls), slices.Clone(c.Clauses), slices.Clone(c.Partly)
		c.Fresh = fresh
		list[i] = c
	}
	return list
}

// bound is a probe of a check in the list.
type bound struct {
	check control.Check
	run   func(context.Context) ([]control.Observation, error)
}

func (b bound) Check() control.Check { return b.check }

func (b bound) Run(ctx context.Context) ([]control.Observation, error) { return b.run(ctx) }

// Bind makes a probe: the check of that id with the code that looks, which lies beside what it looks at.
func Bind(check string, run func(context.Context) ([]control.Observation, error)) (Probe, error) {
	for _, c := range Checks() {
		if c.ID == check {
			return bound{c, run}, nil
		}
	}
	return nil, fault.New(fault.Internal, "there is no check %.64q to bind to", check)
}
