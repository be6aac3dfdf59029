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

	// What people say to each other, how the pictures lie, what is put together for an audit, and what free text may hold.
	CommentRead    Action = "comment.read"
	CommentWrite   Action = "comment.write" // and take back one's own
	CommentRedact  Action = "comment.redact"
	LayoutChange   Action = "layout.change"
	EvidenceRead   Action = "evidence.read"
	EvidenceMake   Action = "evidence.make"
	EvidenceSweep  Action = "evidence.sweep"
	FreeTextRead   Action = "freeText.read"
	FreeTextChange Action = "freeText.change"
	FreeTextScan   Action = "freeText.scan"
	NotifySend     Action = "notify.send" // the service tells people

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
	// ControlAttest is a dated statement of a person where no check can look, ControlOwn says who owns a control, a runbook, a review.
	ControlAttest Action = "control.attest"
	ControlOwn    Action = "control.own"
	RiskRead      Action = "risk.read"
	RiskChange    Action = "risk.change"
	// Decisions of the programme: one proposes, another one approves.
	DecisionRead    Action = "decision.read"
	DecisionPropose Action = "decision.propose"
	DecisionApprove Action = "decision.approve"

	// Documents of the legal registry, what was ordered, and who accepted what.
	LegalRead       Action = "legal.read" // drafts and what waits; what is published is PublicRead
	LegalWrite      Action = "legal.write"
	LegalPublish    Action = "legal.publish" // and approve that somebody else does
	TermsRead       Action = "terms.read"    // of an order form
	TermsChange     Action = "terms.change"
	TermsKeep       Action = "terms.keep" // in the home of the organisation
	AcceptanceRead  Action = "acceptance.read"
	AcceptanceGive  Action = "acceptance.give"
	AcceptanceCheck Action = "acceptance.check" // whether somebody may go on

	// Who processes data for us, and what an organisation says to a change of that.
	SubprocessorRead   Action = "subprocessor.read"
	SubprocessorChange Action = "subprocessor.change"
	SubprocessorNotify Action = "subprocessor.notify" // a notice in the home of an organisation
	ObjectionRead      Action = "objection.read"
	ObjectionRaise     Action = "objection.raise"

	// Why we process, and the records of that.
	InstructionRead Action = "instruction.read"
	InstructionGive Action = "instruction.give"
	InstructionKeep Action = "instruction.keep" // what the service writes down itself
	InstructionFlag Action = "instruction.flag" // it seems unlawful
	RecordRead      Action = "record.read"      // of processing, with the annexes
	RecordChange    Action = "record.change"
	TransferChange  Action = "transfer.change"

	// The trust centre: what everybody sees, what is shown on terms, what was asked of us.
	PublicRead    Action = "public.read" // what is published
	PublicAsk     Action = "public.ask"  // a request of whoever it is
	TrustRead     Action = "trust.read"  // items on terms, packs
	TrustPack     Action = "trust.pack"  // have a pack made
	TrustChange   Action = "trust.change"
	RequestRead   Action = "request.read"
	RequestAnswer Action = "request.answer"

	// An audit of the customer's, agreed before an auditor comes.
	EngagementRead   Action = "engagement.read"
	EngagementChange Action = "engagement.change"
	EngagementAgree  Action = "engagement.agree" // for the platform
	EngagementKeep   Action = "engagement.keep"
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
	BaselineApprove:     {place: organisation, project: true, critical: true, words: "approve a baseline, and what somebody else proposed"},
	BaselineRead:        {place: organisation, project: true, words: "read and download baselines"},
	DriftCompare:        {place: organisation, project: true, words: "compare what is live with what was approved"},
	FindingRead:         {place: organisation, project: true, words: "read findings, download reports of drift"},
	ExceptionChange:     {place: organisation, project: true, words: "accept a finding for a while, and take that back"},
	ExceptionRead:       {place: organisation, project: true, words: "read exceptions"},
	CommentRead:         {place: organisation, project: true, words: "read comments on elements and findings"},
	CommentWrite:        {place: organisation, project: true, words: "comment, and take one's own comments back"},
	CommentRedact:       {place: organisation, project: true, words: "take comments of others away"},
	LayoutChange:        {place: organisation, project: true, words: "place the boxes of pictures"},
	EvidenceRead:        {place: organisation, project: true, words: "download packs of evidence"},
	EvidenceMake:        {place: organisation, project: true, words: "have packs of evidence made"},
	EvidenceSweep:       {place: organisation, words: "remove packs of evidence whose time is over"},
	FreeTextRead:        {place: organisation, words: "see what free text may hold, and where it held what it should not"},
	FreeTextChange:      {place: organisation, words: "say what free text may hold, and have what there is looked through"},
	FreeTextScan:        {place: organisation, words: "look through free text"},
	NotifySend:          {place: organisation, words: "tell people what happened"},
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
	ControlAttest:       {place: platform, critical: true, inPerson: true, words: "attest what no check can look at, until a day"},
	ControlOwn:          {place: platform, words: "say who owns controls, runbooks, reviews"},
	RiskRead:            {place: platform, words: "read risks"},
	RiskChange:          {place: platform, words: "change risks and how they are treated"},
	DecisionRead:        {place: platform, words: "read decisions of the programme"},
	DecisionPropose:     {place: platform, words: "propose a decision of the programme"},
	DecisionApprove:     {place: platform, critical: true, inPerson: true, words: "approve or refuse a decision that somebody else proposed"},
	LegalRead:           {place: platform, words: "read drafts of legal documents, and who accepted what is published"},
	LegalWrite:          {place: platform, words: "write drafts of legal documents"},
	LegalPublish:        {place: platform, critical: true, inPerson: true, words: "ask for a legal document to be published, and approve that somebody else does"},
	TermsRead:           {place: everywhere, words: "read what an organisation has ordered"},
	TermsChange:         {place: platform, critical: true, words: "change what an organisation has ordered"},
	TermsKeep:           {place: organisation, words: "keep what was ordered in the organisation's home"},
	AcceptanceRead:      {place: organisation, words: "read which documents were accepted, with their receipts"},
	AcceptanceGive:      {place: organisation, critical: true, inPerson: true, words: "accept documents for the organisation"},
	AcceptanceCheck:     {place: organisation, words: "see whether a document still has to be accepted"},
	SubprocessorRead:    {place: platform, words: "read proposed changes of subprocessors, their notices and objections"},
	SubprocessorChange:  {place: platform, critical: true, words: "propose, approve, activate and end subprocessors"},
	SubprocessorNotify:  {place: organisation, words: "deliver notices of subprocessors, and what follows from them"},
	ObjectionRead:       {place: organisation, words: "read notices of subprocessors and the organisation's objections"},
	ObjectionRaise:      {place: organisation, words: "object to a subprocessor, and withdraw that"},
	InstructionRead:     {place: organisation, words: "read what the service is instructed to do, and on what ground"},
	InstructionGive:     {place: organisation, words: "give and withdraw instructions"},
	InstructionKeep:     {place: organisation, words: "write down instructions that follow from orders, configuration and support"},
	InstructionFlag:     {place: everywhere, words: "flag an instruction that seems unlawful, and take the flag away"},
	RecordRead:          {place: everywhere, words: "read the record of processing, the data map, the annexes"},
	RecordChange:        {place: organisation, words: "complete the organisation's record of processing"},
	TransferChange:      {place: platform, critical: true, words: "change the register of transfers"},
	PublicRead:          {place: platform, words: "show what is published"},
	PublicAsk:           {place: platform, words: "take in what somebody asks of the platform"},
	TrustRead:           {place: organisation, words: "read items of the trust centre that are shown on terms, download packs"},
	TrustPack:           {place: everywhere, words: "have a pack of the trust centre made"},
	TrustChange:         {place: platform, critical: true, words: "change items, certifications and statements of the trust centre"},
	RequestRead:         {place: platform, words: "read requests to the trust centre"},
	RequestAnswer:       {place: platform, words: "answer requests to the trust centre"},
	EngagementRead:      {place: everywhere, words: "read audit engagements"},
	EngagementChange:    {place: organisation, words: "ask for an audit engagement and agree to it"},
	EngagementAgree:     {place: platform, critical: true, words: "agree to an audit engagement for the platform, or refuse it"},
	EngagementKeep:      {place: organisation, words: "keep what the platform said of an engagement"},
}
