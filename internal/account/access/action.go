package access

import "c4arch/internal/base/id"

// Action is what somebody wants to do: a noun and a verb.
type Action string

// The actions.
const (
	OrganisationCreate  Action = "organisation.create"
	OrganisationList    Action = "organisation.list"
	OrganisationBegin   Action = "organisation.begin" // what a new home begins with
	OrganisationRead    Action = "organisation.read"
	OrganisationChange  Action = "organisation.change"
	OrganisationDestroy Action = "organisation.destroy"
	PlatformOperate     Action = "platform.operate"
	PlatformRead        Action = "platform.read"
	PlatformSetup       Action = "platform.setup"
	KeyRotate           Action = "key.rotate"

	ProjectCreate Action = "project.create"
	ProjectList   Action = "project.list"
	ProjectRead   Action = "project.read"
	ProjectChange Action = "project.change"

	MemberList   Action = "member.list"
	MemberChange Action = "member.change"
	// MemberAnnounce is the platform's note of which person belongs to which organisation.
	MemberAnnounce Action = "member.announce"
	PersonErase    Action = "person.erase"
	TokenList      Action = "token.list"
	TokenChange    Action = "token.change"
	TokenDrop      Action = "token.drop" // revoke one's own
	TokenUse       Action = "token.use"

	ConnectionList   Action = "connection.list"
	ConnectionChange Action = "connection.change"
	SecretOpen       Action = "secret.open"

	ScanStart       Action = "scan.start"
	ScanRead        Action = "scan.read"
	ScanRun         Action = "scan.run"
	SnapshotKeep    Action = "snapshot.keep"
	SnapshotRead    Action = "snapshot.read"
	SnapshotCollect Action = "snapshot.collect"
	SnapshotRedact  Action = "snapshot.redact"

	BaselineApprove Action = "baseline.approve"
	BaselineRead    Action = "baseline.read"
	DriftCompare    Action = "drift.compare"
	FindingRead     Action = "finding.read"
	ExceptionChange Action = "exception.change"
	ExceptionRead   Action = "exception.read"

	LedgerRead   Action = "ledger.read"
	LedgerExport Action = "ledger.export"
	LedgerVerify Action = "ledger.verify"
	LedgerSign   Action = "ledger.sign"

	// Signing in, and what a person does with what is their own.
	SessionBegin Action = "session.begin" // the program's own steps of signing in
	SelfRead     Action = "self.read"     // one's own sessions, passkeys and tokens
	SelfChange   Action = "self.change"
	// MemberRecover lets a member who lost every passkey register one again; it takes a second person.
	MemberRecover Action = "member.recover"

	SSORead    Action = "sso.read" // providers, domains, and what signing in demands
	SSOChange  Action = "sso.change"
	UserRead   Action = "user.read" // SCIM users and groups
	UserChange Action = "user.change"

	StreamRead   Action = "stream.read" // streams to a SIEM, webhooks, their deliveries
	StreamChange Action = "stream.change"
	StreamPull   Action = "stream.pull"

	GrantRead    Action = "grant.read" // access of the platform's staff to an organisation
	GrantChange  Action = "grant.change"
	GrantRequest Action = "grant.request"
	StaffList    Action = "staff.list"
	StaffChange  Action = "staff.change"
	BreakGlass   Action = "staff.breakGlass"
	AccessRecord Action = "access.record" // writes down that something was read

	JobRead     Action = "job.read"
	JobRetry    Action = "job.retry"
	JobRun      Action = "job.run" // what the queue itself commits: the death of a job
	ControlRun  Action = "control.run"
	ControlRead Action = "control.read"
)

// place is in which homes an action can be.
type place int

const (
	organisation place = 1 << iota
	platform
	everywhere = organisation | platform
)

func (p place) has(o id.Org) bool {
	if o == id.Platform {
		return p&platform != 0
	}
	return p&organisation != 0
}

// rule is what is so of an action whoever asks. Who may is said by the policies.
type rule struct {
	place    place
	project  bool // it is about a project, which must be named
	narrow   bool // it is about the organisation, and a token that is narrowed to a project may all the same
	critical bool // a person who is signed in proves again to be there
	inPerson bool // and no token will do
	words    string
}

// actions is the catalogue.
var actions = map[Action]rule{
	OrganisationCreate:  {place: platform, words: "take an organisation on"},
	OrganisationList:    {place: platform, words: "list organisations by name and state"},
	PlatformOperate:     {place: platform, critical: true, words: "run the platform: limits, storage, what waits"},
	PlatformRead:        {place: platform, words: "see how the platform does"},
	PlatformSetup:       {place: platform, words: "set the platform up"},
	KeyRotate:           {place: platform, critical: true, words: "put the keys of the platform under a new one"},
	ControlRun:          {place: platform, words: "have the checks of controls run"},
	ControlRead:         {place: platform, words: "read what the checks of controls found"},
	OrganisationBegin:   {place: organisation, words: "begin the home of a new organisation"},
	OrganisationRead:    {place: organisation, narrow: true, words: "read what the organisation is"},
	OrganisationChange:  {place: organisation, words: "change the organisation's name and terms"},
	OrganisationDestroy: {place: everywhere, critical: true, words: "destroy the organisation's key, and everything with it"},
	ProjectCreate:       {place: organisation, words: "make a project"},
	ProjectList:         {place: organisation, narrow: true, words: "list projects"},
	ProjectRead:         {place: organisation, project: true, words: "read a project"},
	ProjectChange:       {place: organisation, project: true, words: "change or archive a project"},
	MemberList:          {place: organisation, words: "list members"},
	MemberChange:        {place: organisation, words: "invite and remove members, give roles"},
	MemberAnnounce:      {place: platform, words: "note on the platform who is a member where"},
	PersonErase:         {place: everywhere, critical: true, words: "erase a person"},
	TokenList:           {place: everywhere, words: "list tokens and service accounts"},
	TokenChange:         {place: everywhere, critical: true, words: "make and revoke tokens and service accounts"},
	TokenDrop:           {place: organisation, narrow: true, words: "revoke one's own token"},
	TokenUse:            {place: everywhere, words: "recognise a token that is shown"},
	ConnectionList:      {place: organisation, project: true, words: "list the connections of a project"},
	ConnectionChange:    {place: organisation, project: true, words: "make and change connections, keep their secrets"},
	SecretOpen:          {place: organisation, critical: true, words: "open a secret"},
	ScanStart:           {place: organisation, project: true, words: "ask for a scan"},
	ScanRead:            {place: organisation, project: true, words: "read scans"},
	ScanRun:             {place: organisation, project: true, words: "do a scan"},
	SnapshotKeep:        {place: organisation, project: true, words: "hand a snapshot over"},
	SnapshotRead:        {place: organisation, project: true, words: "read and download snapshots and models"},
	SnapshotCollect:     {place: organisation, project: true, words: "remove snapshots that were kept long enough"},
	SnapshotRedact:      {place: organisation, project: true, words: "remove a snapshot for good"},
	BaselineApprove:     {place: organisation, project: true, words: "approve a baseline"},
	BaselineRead:        {place: organisation, project: true, words: "read and download baselines"},
	DriftCompare:        {place: organisation, project: true, words: "compare what is live with what was approved"},
	FindingRead:         {place: organisation, project: true, words: "read findings, download reports of drift"},
	ExceptionChange:     {place: organisation, project: true, words: "accept a finding for a while, and take that back"},
	ExceptionRead:       {place: organisation, project: true, words: "read exceptions"},
	LedgerRead:          {place: everywhere, words: "read the ledger"},
	LedgerExport:        {place: everywhere, words: "take the ledger out"},
	LedgerVerify:        {place: everywhere, words: "have the ledger verified"},
	LedgerSign:          {place: everywhere, words: "have the head of the ledger signed"},
	SessionBegin:        {place: everywhere, words: "the steps of signing in"},
	SelfRead:            {place: everywhere, narrow: true, words: "see one's own sessions, passkeys and tokens"},
	SelfChange:          {place: everywhere, narrow: true, words: "change and end what is one's own"},
	MemberRecover:       {place: organisation, critical: true, inPerson: true, words: "let a member who lost every passkey register one again"},
	SSORead:             {place: organisation, words: "read how members sign in"},
	SSOChange:           {place: organisation, critical: true, inPerson: true, words: "change how members sign in: providers, domains, what is demanded"},
	UserRead:            {place: organisation, words: "read users and groups (SCIM)"},
	UserChange:          {place: organisation, words: "create, change and deactivate users and groups (SCIM)"},
	StreamRead:          {place: organisation, words: "read streams, webhooks and their deliveries"},
	StreamChange:        {place: organisation, critical: true, words: "change streams and webhooks"},
	StreamPull:          {place: organisation, words: "pull the ledger and the access log"},
	GrantRead:           {place: everywhere, words: "read grants of access to staff"},
	GrantChange:         {place: organisation, critical: true, words: "approve, refuse and revoke grants"},
	GrantRequest:        {place: everywhere, words: "ask for a grant"},
	StaffList:           {place: platform, words: "list the people of the platform"},
	StaffChange:         {place: platform, critical: true, inPerson: true, words: "change who is of the platform, and their roles"},
	BreakGlass:          {place: platform, words: "open the sealed account"},
	AccessRecord:        {place: everywhere, words: "record that something was read"},
	JobRead:             {place: everywhere, words: "list jobs"},
	JobRetry:            {place: everywhere, words: "have a job that died done again"},
	JobRun:              {place: everywhere, words: "what the queue itself commits"},
}
