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
	CanaryRoutes      = "canary-routes"
	LedgerAccess      = "ledger-access"
	TokenTerms        = "token-terms"
	StaffEntrance     = "staff-sign-in"
	Policies          = "access-policies"
	Realms            = "session-realms"
	Purposes          = "token-purposes"
	StaffAccess       = "staff-access"
	Personnel         = "personnel"
	Endings           = "access-ends"
	SignInRules       = "sign-in-rules"
	CustomerDuties    = "customer-duties"
	AccessLog         = "access-log"
)

// fresh is how long a run of an hourly check counts. When rounds stop, what they found is stale within an hour of the first one that did not come; a round that is late for less
// than that changes nothing.
const fresh = 2 * Every

// bindings say what each check is for. A clause stands under Clauses only where the check exercises all that the clause promises today; what it leaves out stands
// under Partly, in words.
var bindings = slices.Concat(foundation, registerBindings, productBindings, governanceBindings, legalBindings, acceptanceBindings, subprocessorBindings, processingBindings, trustBindings)

// foundation are the checks of isolation, keys, the ledger and signing in.
var foundation = []control.Check{
	{
		ID: RowSecurity, Title: "Every table has organisation-scoped keys; the wrong context sees no row and can write none",
		Controls: []string{"ARC-TEN-01"}, Clauses: []string{"SE-3.5", "SE-4.4"},
		Partly:   []control.Part{{Clause: "DPA-B.1", Missing: "who may what inside the organisation, which is the check access-policies"}},
		Mutation: "TestRowSecurityFails takes a policy away, forces none, widens a key and makes a key that does not begin with the organisation",
	},
	{
		ID: Canary, Title: "What one organisation has is not found by another, through the stores themselves",
		Controls: []string{"ARC-TEN-01", "ARC-TEN-02"},
		Partly: []control.Part{
			{Clause: "SE-4.1", Missing: "every endpoint and job asked with the ids of another organisation, which the isolation suite does before a release and nothing does in what runs"},
			{Clause: "SE-4.2", Missing: "each parameter and each reference in a body of the API"},
			{Clause: "SE-4.5", Missing: "flows through the systems of others while they go on"},
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
			{Clause: "SE-6.6", Missing: "retention, subprocessors and incidents"},
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
		ID: RouteWalk, Title: "Every route of the API, of provisioning and of the pages refuses who has no token and no session, one that is none and one of nobody, but for an explicit list; what is no route is refused alike",
		Controls: []string{"ARC-IAM-01"}, Clauses: []string{"SE-3.1"},
		Mutation: "TestRouteWalkFails has a route that asks for no token, and one that is open and on no list; TestStrangersFail has a page that is shown, and one that leads elsewhere",
	},
	{
		ID: ForeignIDs, Title: "Routes of the API that read are asked, in the name of one organisation, for what another one has, and find nothing",
		Controls: []string{"ARC-TEN-02"},
		Partly: []control.Part{
			{Clause: "SE-4.2", Missing: "references in bodies, and routes that change something, which the isolation suite asks before a release"},
			{Clause: "MSP-ACC-9", Missing: "metrics, logs and the front end"},
		},
		Mutation: "TestForeignIDsFail has a route that answers with what another organisation has",
	},
	{
		ID: CanaryRoutes, Title: "Two organisations that the service keeps for it: every route of the API, those that change something too, is asked by the one with what the other has in path, query and body, and answers as to what nobody has",
		Controls: []string{"ARC-TEN-02"}, Clauses: []string{"SE-4.2"},
		Partly:   []control.Part{{Clause: "MSP-ACC-9", Missing: "metrics and logs, which the isolation suite looks into before a release"}},
		Mutation: "TestNeighboursFail has routes that find, name and tell apart what another organisation has, in path, query and body; TestCanaries breaks a route of a whole service",
	},
	{
		ID: LedgerAccess, Title: "Who reads the ledger stands in it before anything is handed out",
		Controls: []string{"ARC-LOG-04"},
		Partly:   []control.Part{{Clause: "SE-6.8", Missing: "retention by class"}},
		Mutation: "TestLedgerAccessFails has a store that takes the entry of a reading and does not keep it",
	},
	{
		ID: TokenTerms, Title: "Every token has exactly one purpose and scopes of it alone, an end, a member or a service account for which a member answers, and lies there as a hash alone",
		Controls: []string{"ARC-IAM-04", "ARC-IAM-07"}, Clauses: []string{"SE-3.9", "MSP-ACC-6"},
		Partly: []control.Part{
			{Clause: "MSP-ACC-4", Missing: "a report of scopes that were never used"},
			{Clause: "MSP-ACC-5", Missing: "that tokens of other systems, which are sealed under the root key, are in a vault"},
		},
		Mutation: "TestTokenTermsFail has a token without a purpose, scopes of two, one of no role, one without an end, one that is nobody's and one that is no hash",
	},
	{
		ID: StaffEntrance, Title: "The platform's own people sign in by its provider alone and with a proof of hardware; without a provider the deployment says that it falls short",
		Controls: []string{"ARC-IAM-03"}, Clauses: []string{"MSP-ACC-1", "MSP-ACC-2"},
		Partly:   []control.Part{{Clause: "MSP-SOC-4", Missing: "consoles of other vendors, which sign in by themselves"}},
		Mutation: "TestStaffSignInFails has no provider, no proof of hardware, an admission below that, and an account that stands open",
	},
	{
		ID: Policies, Title: "Who may do what is decided by the policies as they were written down, for each role and action; no member is of the platform, nobody is of two realms, and what no policy names is denied",
		Controls: []string{"ARC-IAM-02"}, Clauses: []string{"SE-3.2", "SE-3.3", "DPA-B.2"},
		Mutation: "TestPoliciesFail has a matrix that was recorded otherwise, a decision that lets everybody in, one that lets nobody in, and a route of no action",
	},
	{
		ID: Realms, Title: "No session of a member is one of the platform's people; theirs were let in by what they proved, are under a grant elsewhere, and end in time; what takes two was done by two",
		Controls: []string{"ARC-IAM-02"}, Clauses: []string{"SE-3.4"},
		Mutation: "TestRealmsFail has a member on the platform, staff without a record, too weak a proof, a grant of another and one that is over, a session without an end, and a sealed account that stands open",
	},
	{
		ID: Purposes, Title: "A token of one purpose is refused at every route of another, and at each that only people take",
		Controls: []string{"ARC-IAM-07"}, Clauses: []string{"MSP-ACC-7"},
		Partly:   []control.Part{{Clause: "MSP-SOC-5", Missing: "the view of what one token reaches, which tests alone compare with what it is let in to"}},
		Mutation: "TestPurposesFail has a decision that knows no purposes, one that refuses all, and a route that answers whomever",
	},
	{
		ID: StaffAccess, Title: "Staff looks into an organisation under a grant with a reason, a ticket and an end, decided by its people where they demand that; each read stands in its ledger",
		Controls: []string{"ARC-IAM-04"},
		Partly: []control.Part{
			{Clause: "SE-3.8", Missing: "roles of the platform for a while: its administrators are standing, and their number is told"},
			{Clause: "SE-12.2", Missing: "a review of the reasons that were given, and training"},
		},
		Mutation: "TestStaffAccessFails has a grant without a ticket, one of days, one of somebody else, one that the organisation did not approve, a proposal that one person approved alone, and reads that are in no ledger",
	},
	{
		ID: Personnel, Title: "Nobody has a role of the platform without the undertaking of confidentiality in force, and no contractor without a contract",
		Controls: []string{"ARC-GOV-07"}, Clauses: []string{"SE-12.1", "DPA-5.2"},
		Partly:   []control.Part{{Clause: "SE-12.3", Missing: "advisers and subprocessors, whose register there is not yet"}},
		Mutation: "TestPersonnelFails has a role without a signature, with one of an old text and one of a text that there is not, and a contractor whose contract ended",
	},
	{
		ID: Endings, Title: "Who is no member has no session and no token, and was let in no later than a minute after the provisioner took the person out; service accounts that nobody uses are disabled",
		Controls: []string{"ARC-IAM-04", "ARC-IAM-05"}, Clauses: []string{"SE-3.9"},
		Partly:   []control.Part{{Clause: "SE-3.10", Missing: "people who do not come any more: the organisation is told of them, and they are not disabled by themselves"}},
		Mutation: "TestEndingsFail has a member who left and has a session, a token, a request that was let in later, and a service account that nobody used for 40 days",
	},
	{
		ID: SignInRules, Title: "Sessions are as the organisations demand: by their own provider, and no longer than they say",
		Controls: []string{"ARC-IAM-08"}, Clauses: []string{"DPA-13.12"},
		Partly:   []control.Part{{Clause: "DPA-13.4", Missing: "the networks from which requests came, which no session keeps"}},
		Mutation: "TestSignInRulesFail has a passkey that was let in although single sign-on is demanded, and a session that went on for too long",
	},
	{
		ID: CustomerDuties, Title: "Each organisation is told of its own duties, with what is true now and what to do",
		Controls: []string{"ARC-IAM-08", "ARC-IAM-05"}, Clauses: []string{"SE-13.6", "SE-13.7", "DPA-13.3", "DPA-13.11"},
		Partly: []control.Part{
			{Clause: "SE-13.2", Missing: "how the cloud accounts themselves are secured, beyond the age of their credentials"},
			{Clause: "SE-13.3", Missing: "how the repositories themselves are secured, beyond the age of their credentials"},
			{Clause: "SE-13.5", Missing: "other systems than those that the organisation's events go to"},
		},
		Mutation: "TestDutiesFail has a duty that is not told of, one without words, one that says kept while it is open, and an organisation that is told nothing",
	},
	{
		ID: AccessLog, Title: "The access log is without gaps, whole, and has what was asked; what is due to the streams of an organisation is tried",
		Controls: []string{"ARC-LOG-03"}, Clauses: []string{"MSP-SOC-6"},
		Partly:   []control.Part{{Clause: "DPA-5.5", Missing: "evidence of all of it in one package"}},
		Mutation: "TestAccessLogFails takes a record out, empties one, has a token that was used and no record of it, and a stream that nothing tried",
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
