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

type rule struct {
	place   place
	roles   []Role
	project bool // it is about a project, which must be named
	narrow  bool // it is about the organisation, and a token that is narrowed to a project may all the same
	worker  bool // a job may
}

var (
	owners  = []Role{Owner}
	admins  = []Role{Owner, Admin}
	makers  = []Role{Owner, Admin, Architect}
	scans   = []Role{Owner, Admin, Architect, Scanner}
	readers = []Role{Owner, Admin, Architect, Approver, Auditor, Viewer, Scanner}
	audits  = []Role{Owner, Admin, Auditor}
	ops     = []Role{Operator}

	// What the operator does with the platform's own home as others do with theirs.
	auditsAndOps = append([]Role{Operator}, audits...)
	adminsAndOps = append([]Role{Operator}, admins...)
	allAndOps    = append([]Role{Operator}, readers...)
)

// actions is the table. A role that is not listed may not; Operator counts in the platform's home alone, the others in organisations' alone.
var actions = map[Action]rule{
	OrganisationCreate: {place: platform, roles: ops, worker: true}, OrganisationList: {place: platform, roles: ops, worker: true},
	PlatformOperate: {place: platform, roles: ops, worker: true}, PlatformRead: {place: platform, roles: ops, worker: true},
	PlatformSetup: {place: platform, worker: true}, KeyRotate: {place: platform, roles: ops},
	ControlRun: {place: platform, roles: ops, worker: true}, ControlRead: {place: platform, roles: ops, worker: true},

	OrganisationBegin:   {place: organisation, worker: true},
	OrganisationRead:    {place: organisation, roles: readers, narrow: true, worker: true},
	OrganisationChange:  {place: organisation, roles: admins},
	OrganisationDestroy: {place: everywhere, roles: owners, worker: true},
	ProjectCreate:       {place: organisation, roles: admins},
	ProjectList:         {place: organisation, roles: readers, narrow: true},
	ProjectRead:         {place: organisation, roles: readers, project: true, worker: true},
	ProjectChange:       {place: organisation, roles: admins, project: true},
	MemberList:          {place: organisation, roles: readers},
	MemberChange:        {place: organisation, roles: admins},
	MemberAnnounce:      {place: platform, worker: true},
	PersonErase:         {place: everywhere, roles: adminsAndOps, worker: true},
	TokenList:           {place: everywhere, roles: adminsAndOps},
	TokenChange:         {place: everywhere, roles: adminsAndOps},
	TokenDrop:           {place: organisation, roles: readers, narrow: true},
	TokenUse:            {place: everywhere, worker: true},

	ConnectionList:   {place: organisation, roles: readers, project: true, worker: true},
	ConnectionChange: {place: organisation, roles: admins, project: true},
	SecretOpen:       {place: organisation, roles: owners, worker: true},

	ScanStart:       {place: organisation, roles: scans, project: true},
	ScanRead:        {place: organisation, roles: readers, project: true, worker: true},
	ScanRun:         {place: organisation, project: true, worker: true},
	SnapshotKeep:    {place: organisation, roles: scans, project: true, worker: true},
	SnapshotRead:    {place: organisation, roles: readers, project: true, worker: true},
	SnapshotCollect: {place: organisation, roles: admins, project: true, worker: true},
	SnapshotRedact:  {place: organisation, roles: admins, project: true},
	BaselineApprove: {place: organisation, roles: makers, project: true},
	BaselineRead:    {place: organisation, roles: readers, project: true, worker: true},
	DriftCompare:    {place: organisation, roles: scans, project: true, worker: true},
	FindingRead:     {place: organisation, roles: readers, project: true, worker: true},
	ExceptionChange: {place: organisation, roles: makers, project: true},
	ExceptionRead:   {place: organisation, roles: readers, project: true, worker: true},

	LedgerRead:    {place: everywhere, roles: auditsAndOps, worker: true},
	LedgerExport:  {place: everywhere, roles: auditsAndOps},
	LedgerVerify:  {place: everywhere, roles: auditsAndOps, worker: true},
	LedgerSign:    {place: everywhere, roles: auditsAndOps, worker: true},
	SessionBegin:  {place: everywhere, worker: true},
	SelfRead:      {place: everywhere, roles: allAndOps, narrow: true},
	SelfChange:    {place: everywhere, roles: allAndOps, narrow: true},
	MemberRecover: {place: organisation, roles: admins},
	SSORead:       {place: organisation, roles: readers},
	SSOChange:     {place: organisation, roles: admins},
	UserRead:      {place: organisation, roles: admins, worker: true},
	UserChange:    {place: organisation, roles: admins, worker: true},
	StreamRead:    {place: organisation, roles: audits, worker: true},
	StreamChange:  {place: organisation, roles: admins},
	StreamPull:    {place: organisation, roles: audits, worker: true},
	GrantRead:     {place: everywhere, roles: auditsAndOps, worker: true},
	GrantChange:   {place: organisation, roles: admins},
	GrantRequest:  {place: everywhere, roles: ops, worker: true},
	StaffList:     {place: platform, roles: ops, worker: true},
	StaffChange:   {place: platform, roles: ops, worker: true},
	BreakGlass:    {place: platform, worker: true},
	AccessRecord:  {place: everywhere, worker: true},

	JobRead:  {place: everywhere, roles: allAndOps, worker: true},
	JobRetry: {place: everywhere, roles: adminsAndOps},
	JobRun:   {place: everywhere, worker: true},
}
