package access

// Action is what somebody wants to do: a noun and a verb.
type Action string

// The actions.
const (
	OrganisationCreate  Action = "organisation.create"
	OrganisationList    Action = "organisation.list"
	OrganisationRead    Action = "organisation.read"
	OrganisationChange  Action = "organisation.change"
	OrganisationDestroy Action = "organisation.destroy"
	PlatformOperate     Action = "platform.operate"
	PlatformRead        Action = "platform.read"
	KeyRotate           Action = "key.rotate"

	ProjectCreate Action = "project.create"
	ProjectList   Action = "project.list"
	ProjectRead   Action = "project.read"
	ProjectChange Action = "project.change"

	MemberList   Action = "member.list"
	MemberChange Action = "member.change"
	PersonErase  Action = "person.erase"
	TokenList    Action = "token.list"
	TokenChange  Action = "token.change"
	TokenUse     Action = "token.use"

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

	JobRead     Action = "job.read"
	JobRetry    Action = "job.retry"
	ControlRun  Action = "control.run"
	ControlRead Action = "control.read"
)

type rule struct {
	roles    []Role
	project  bool // it is about a project, which must be named
	worker   bool // a job may
	platform bool // in the platform's home, and nowhere else
}

var (
	owners  = []Role{Owner}
	admins  = []Role{Owner, Admin}
	makers  = []Role{Owner, Admin, Architect}
	scans   = []Role{Owner, Admin, Architect, Scanner}
	readers = []Role{Owner, Admin, Architect, Auditor, Reader, Scanner}
	audits  = []Role{Owner, Admin, Auditor}
	ops     = []Role{Operator}
)

var actions = map[Action]rule{
	OrganisationCreate: {roles: ops, platform: true}, OrganisationList: {roles: ops, platform: true},
	PlatformOperate: {roles: ops, platform: true}, PlatformRead: {roles: ops, platform: true}, KeyRotate: {roles: ops, platform: true},
	ControlRun: {roles: ops, platform: true}, ControlRead: {roles: ops, platform: true},

	OrganisationRead: {roles: readers, worker: true}, OrganisationChange: {roles: admins}, OrganisationDestroy: {roles: owners},
	ProjectCreate: {roles: admins}, ProjectList: {roles: readers}, ProjectRead: {roles: readers, project: true, worker: true}, ProjectChange: {roles: admins, project: true},
	MemberList: {roles: readers}, MemberChange: {roles: admins}, PersonErase: {roles: admins, worker: true},
	TokenList: {roles: admins}, TokenChange: {roles: admins}, TokenUse: {worker: true},
	ConnectionList: {roles: readers, project: true}, ConnectionChange: {roles: admins, project: true}, SecretOpen: {roles: owners, worker: true},

	ScanStart: {roles: scans, project: true}, ScanRead: {roles: readers, project: true}, ScanRun: {project: true, worker: true},
	SnapshotKeep: {roles: scans, project: true, worker: true}, SnapshotRead: {roles: readers, project: true, worker: true},
	SnapshotCollect: {roles: admins, project: true, worker: true}, SnapshotRedact: {roles: admins, project: true},
	BaselineApprove: {roles: makers, project: true}, BaselineRead: {roles: readers, project: true, worker: true},
	DriftCompare: {roles: scans, project: true, worker: true}, FindingRead: {roles: readers, project: true, worker: true},
	ExceptionChange: {roles: makers, project: true}, ExceptionRead: {roles: readers, project: true, worker: true},

	LedgerRead: {roles: audits, worker: true}, LedgerExport: {roles: audits}, LedgerVerify: {roles: audits, worker: true}, LedgerSign: {roles: audits, worker: true},
	JobRead: {roles: readers, worker: true}, JobRetry: {roles: admins},
}
