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
}

// actions is the catalogue.
var actions = map[Action]rule{
	OrganisationCreate:  {place: platform},
	OrganisationList:    {place: platform},
	PlatformOperate:     {place: platform, critical: true},
	PlatformRead:        {place: platform},
	PlatformSetup:       {place: platform},
	KeyRotate:           {place: platform, critical: true},
	ControlRun:          {place: platform},
	ControlRead:         {place: platform},
	OrganisationBegin:   {place: organisation},
	OrganisationRead:    {place: organisation, narrow: true},
	OrganisationChange:  {place: organisation},
	OrganisationDestroy: {place: everywhere, critical: true},
	ProjectCreate:       {place: organisation},
	ProjectList:         {place: organisation, narrow: true},
	ProjectRead:         {place: organisation, project: true},
	ProjectChange:       {place: organisation, project: true},
	MemberList:          {place: organisation},
	MemberChange:        {place: organisation},
	MemberAnnounce:      {place: platform},
	PersonErase:         {place: everywhere, critical: true},
	TokenList:           {place: everywhere},
	TokenChange:         {place: everywhere, critical: true},
	TokenDrop:           {place: organisation, narrow: true},
	TokenUse:            {place: everywhere},
	ConnectionList:      {place: organisation, project: true},
	ConnectionChange:    {place: organisation, project: true},
	SecretOpen:          {place: organisation, critical: true},
	ScanStart:           {place: organisation, project: true},
	ScanRead:            {place: organisation, project: true},
	ScanRun:             {place: organisation, project: true},
	SnapshotKeep:        {place: organisation, project: true},
	SnapshotRead:        {place: organisation, project: true},
	SnapshotCollect:     {place: organisation, project: true},
	SnapshotRedact:      {place: organisation, project: true},
	BaselineApprove:     {place: organisation, project: true},
	BaselineRead:        {place: organisation, project: true},
	DriftCompare:        {place: organisation, project: true},
	FindingRead:         {place: organisation, project: true},
	ExceptionChange:     {place: organisation, project: true},
	ExceptionRead:       {place: organisation, project: true},
	LedgerRead:          {place: everywhere},
	LedgerExport:        {place: everywhere},
	LedgerVerify:        {place: everywhere},
	LedgerSign:          {place: everywhere},
	SessionBegin:        {place: everywhere},
	SelfRead:            {place: everywhere, narrow: true},
	SelfChange:          {place: everywhere, narrow: true},
	MemberRecover:       {place: organisation, critical: true, inPerson: true},
	SSORead:             {place: organisation},
	SSOChange:           {place: organisation, critical: true, inPerson: true},
	UserRead:            {place: organisation},
	UserChange:          {place: organisation},
	StreamRead:          {place: organisation},
	StreamChange:        {place: organisation, critical: true},
	StreamPull:          {place: organisation},
	GrantRead:           {place: everywhere},
	GrantChange:         {place: organisation, critical: true},
	GrantRequest:        {place: everywhere},
	StaffList:           {place: platform},
	StaffChange:         {place: platform, critical: true, inPerson: true},
	BreakGlass:          {place: platform},
	AccessRecord:        {place: everywhere},
	JobRead:             {place: everywhere},
	JobRetry:            {place: everywhere},
	JobRun:              {place: everywhere},
}
