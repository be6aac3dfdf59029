package access

import (
	"slices"
	"strings"
	"testing"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
)

// right is what one line of the matrix says of an action.
type right struct {
	members  string // a letter for each role, in its place: owner, admin, aRchitect, aPprover, aUditor, viewer, billing
	platform string // aDministrator, security, legal, support (h), operations (n), operator (x)
	programs string // Ci, Reporting, Provisioning, sTreaming
	others   string // g: staff under a grant; w: jobs in organisations; W: jobs on the platform
}

// matrix is who may do what, written down a second time and by hand, apart from the policies.
var matrix = map[Action]right{
	OrganisationCreate: {".......", "d....x", "", "W"}, OrganisationList: {".......", "dslhnx", "", "W"},
	PlatformOperate: {".......", "....nx", "", "W"}, PlatformRead: {".......", "dslhnx", "", "W"},
	PlatformSetup: {".......", "......", "", "W"}, KeyRotate: {".......", "....nx", "", ""},
	ControlRun: {".......", ".s..nx", "", "W"}, ControlRead: {".......", "dslhnx", "", "W"},
	StaffList: {".......", "dsl..x", "", "W"}, StaffChange: {".......", "d....x", "", "W"},
	BreakGlass: {".......", "......", "", "W"}, MemberAnnounce: {".......", "......", "", "W"},

	OrganisationBegin: {".......", "......", "", "w"}, OrganisationRead: {"oarpuvb", "......", "CR", "gw"},
	OrganisationChange: {"oa.....", "......", "", ""}, OrganisationDestroy: {"o......", "......", "", "wW"},
	ProjectCreate: {"oa.....", "......", "", ""}, ProjectList: {"oarpuv.", "......", "CR", "gw"},
	ProjectRead: {"oarpuv.", "......", "CR", "gw"}, ProjectChange: {"oa.....", "......", "", ""},
	MemberList: {"oarpuv.", "......", "", "gw"}, MemberChange: {"oa.....", "......", "", ""},
	MemberRecover: {"oa.....", "......", "", ""}, PersonErase: {"oa.....", "..l..x", "", "wW"},
	TokenList: {"oa..u..", "ds...x", "", ""}, TokenChange: {"oa.....", ".....x", "", ""},
	TokenDrop: {"oarpuvb", "......", "CRPT", ""}, TokenUse: {".......", "......", "", "wW"},
	ConnectionList: {"oarpuv.", "......", "CR", "gw"}, ConnectionChange: {"oa.....", "......", "", "w"},
	SecretOpen: {"o......", "......", "", "w"},

	ScanStart: {"oar....", "......", "C", ""}, ScanRead: {"oarpuv.", "......", "CR", "gw"}, ScanRun: {".......", "......", "", "w"},
	SnapshotKeep: {"oar....", "......", "C", "w"}, SnapshotRead: {"oarpuv.", "......", "CR", "w"},
	SnapshotCollect: {"oa.....", "......", "", "w"}, SnapshotRedact: {"oa.....", "......", "", ""},
	BaselineApprove: {"oarp...", "......", "", ""}, BaselineRead: {"oarpuv.", "......", "CR", "w"},
	DriftCompare: {"oar....", "......", "C", "w"}, FindingRead: {"oarpuv.", "......", "CR", "w"},
	ExceptionChange: {"oarp...", "......", "", ""}, ExceptionRead: {"oarpuv.", "......", "CR", "gw"},

	CommentRead: {"oarpuv.", "......", "", "w"}, CommentWrite: {"oarpuv.", "......", "", ""}, CommentRedact: {"oa.....", "......", "", "w"},
	LayoutChange: {"oar....", "......", "", ""}, EvidenceRead: {"oarpu..", "......", "", "w"}, EvidenceMake: {"oarpu..", "......", "", "w"},
	EvidenceSweep: {".......", "......", "", "w"},
	FreeTextRead:  {"oa..u..", "......", "", "w"}, FreeTextChange: {"oa.....", "......", "", ""}, FreeTextScan: {".......", "......", "", "w"},
	NotifySend: {".......", "......", "", "w"},

	LedgerRead: {"oa..u..", "dsl.nx", "", "wW"}, LedgerExport: {"oa..u..", ".sl..x", "", "w"},
	LedgerVerify: {"oa..u..", "dsl.nx", "", "wW"}, LedgerSign: {"oa.....", ".sl..x", "", "wW"},

	SessionBegin: {".......", "......", "", "wW"}, AccessRecord: {".......", "......", "", "wW"},
	SelfRead: {"oarpuvb", "dslhnx", "CRPT", ""}, SelfChange: {"oarpuvb", "dslhnx", "", ""},
	SSORead: {"oarpuv.", "......", "", "g"}, SSOChange: {"oa.....", "......", "", ""},
	UserRead: {"oa..u..", "......", "P", "w"}, UserChange: {"oa.....", "......", "P", "w"},
	StreamRead: {"oa..u..", "......", "", "gw"}, StreamChange: {"oa.....", "......", "", ""}, StreamPull: {"oa..u..", "......", "T", "w"},
	GrantRead: {"oa..u..", "dslhnx", "", "gwW"}, GrantChange: {"oa.....", "......", "", ""}, GrantRequest: {".......", "ds.hnx", "", "wW"},

	JobRead: {"oarpuv.", "dslhnx", "C", "gwW"}, JobRetry: {"oa.....", "....nx", "", "w"}, JobRun: {".......", "......", "", "wW"},

	ControlAttest: {".......", "dsl...", "", ""}, ControlOwn: {".......", "dsl...", "", "W"},
	RiskRead: {".......", "dslhnx", "", "W"}, RiskChange: {".......", "dsl...", "", "W"},
	DecisionRead: {".......", "dslhnx", "", "W"}, DecisionPropose: {".......", "dsl.n.", "", ""}, DecisionApprove: {".......", "dsl...", "", ""},
	LegalRead: {".......", "dslhnx", "", "W"}, LegalWrite: {".......", "d.l...", "", ""}, LegalPublish: {".......", "d.l...", "", ""},
	TermsRead: {"oarpuvb", "dslhnx", "", "wW"}, TermsChange: {".......", "d.l...", "", ""}, TermsKeep: {".......", "......", "", "w"},
	AcceptanceRead: {"oarpuvb", "......", "", "w"}, AcceptanceGive: {"o......", "......", "", ""}, AcceptanceCheck: {".......", "......", "", "w"},
	SubprocessorRead: {".......", "dslhnx", "", "W"}, SubprocessorChange: {".......", "d.l...", "", "W"}, SubprocessorNotify: {".......", "......", "", "w"},
	ObjectionRead: {"oarpuvb", "......", "", "w"}, ObjectionRaise: {"oa.....", "......", "", ""},
	InstructionRead: {"oarpuvb", "......", "", "w"}, InstructionGive: {"oa.....", "......", "", ""}, InstructionKeep: {".......", "......", "", "w"},
	InstructionFlag: {".......", "d.l...", "", "w"}, RecordRead: {"oa..u..", "dslhnx", "", "wW"}, RecordChange: {"oa.....", "......", "", ""},
	TransferChange: {".......", "d.l...", "", ""},
	PublicRead:     {".......", "......", "", "W"}, PublicAsk: {".......", "......", "", "W"},
	TrustRead: {"oa..u..", "......", "", "w"}, TrustPack: {"oa..u..", "dsl...", "", "wW"}, TrustChange: {".......", "dsl...", "", ""},
	RequestRead: {".......", "dslh..", "", "W"}, RequestAnswer: {".......", "dslh..", "", ""},
	EngagementRead: {"oa..u..", "dslhnx", "", "wW"}, EngagementChange: {"oa.....", "......", "", ""}, EngagementAgree: {".......", "d.l...", "", ""},
	EngagementKeep: {".......", "......", "", "w"},
}

var (
	noToken  = []Action{SSOChange, MemberRecover, StaffChange, ControlAttest, DecisionApprove, LegalPublish, AcceptanceGive}
	critical = []Action{
		OrganisationDestroy, SSOChange, MemberRecover, KeyRotate, StaffChange, GrantChange, TokenChange, PersonErase, StreamChange, PlatformOperate, SecretOpen, BaselineApprove,
		ControlAttest, DecisionApprove, LegalPublish, AcceptanceGive, TermsChange, SubprocessorChange, TransferChange, TrustChange, EngagementAgree,
	}
	programs = map[Purpose]string{CI: "C", Reporting: "R", Provisioning: "P", Streaming: "T"}

	kinds    = []Kind{Person, Token, Worker, Local, Staff, "", "root"}
	orgs     = []id.Org{org, id.Local, id.Platform}
	allRoles = append(slices.Concat(Roles, PlatformRoles), "", "superuser", "scanner")
	for1     = append(slices.Clone(Purposes), "", "everything", unknown)
)

// allowed says what the matrix says of an actor of one role, who was just there.
func allowed(act Action, a Actor) bool {
	m, ok := matrix[act]
	if !ok {
		return false
	}
	role, token := a.Roles[0], a.For != ""
	inOrg := strings.Trim(m.members, ".") != "" || m.programs != "" || strings.ContainsAny(m.others, "gw")
	switch a.Kind {
	case Worker:
		return strings.Contains(m.others, map[bool]string{true: "W", false: "w"}[a.Org == id.Platform])
	case Local:
		return a.Org == id.Local && (inOrg || act == GrantRequest)
	case Token:
		return a.Org == org && programs[a.For] != "" && strings.Contains(m.programs, programs[a.For])
	case Person:
		i := slices.Index(Roles, role)
		return a.Org == org && i >= 0 && m.members[i] != '.' && (!token || a.For == Interactive && !slices.Contains(noToken, act))
	case Staff:
		i := slices.Index(PlatformRoles, role)
		switch {
		case i < 0:
			return false
		case a.Grant != "":
			return a.Org == org && !token && !slices.Contains([]Role{Legal, Operator}, role) && strings.Contains(m.others, "g")
		case token && (a.For != Operation || role != Operator || slices.Contains(noToken, act)):
			return false
		}
		return a.Org == id.Platform && m.platform[i] != '.'
	}
	return false
}

// TestEveryDecision asks about every action, kind of actor, home, role, purpose, and staff with and without a grant.
func TestEveryDecision(t *testing.T) {
	n, yes := 0, 0
	each(func(a Actor, act Action) {
		n++
		s, err := Decide(a, act, Resource{Project: project})
		if want := allowed(act, a); (err == nil) != want {
			t.Errorf("%s by %s %s for %q in %s, grant %q: %v", act, a.Kind, a.Roles[0], a.For, a.Org, a.Grant, err)
		}
		if err == nil && (s.Zero() || s.Org() != a.Org || s.Project() != project || s.Action() != act || s.Policy() == "" || s.Actor().ID != a.ID) {
			t.Errorf("%s: the scope is %+v", act, s)
		}
		if err != nil && (!s.Zero() || s.Policy() != "" || s.Action() != "" || fault.KindOf(err) != fault.Denied) {
			t.Errorf("%s is refused as %v, with %+v", act, err, s)
		}
		if err == nil {
			yes++
		}
	})
	t.Logf("%d decisions, %d of them yes", n, yes)
	if yes < 4000 || n < 100000 {
		t.Errorf("%d of %d decisions are yes", yes, n)
	}
}

func each(f func(Actor, Action)) {
	acts := []Action{"", "organisation", "organisation.create ", "project.delete", "critical", "inPerson"}
	for act := range actions {
		acts = append(acts, act)
	}
	for _, k := range kinds {
		for _, o := range orgs {
			for _, role := range allRoles {
				for _, purpose := range for1 {
					for _, grant := range []string{"", "gr_1"} {
						if grant != "" && k != Staff && purpose != "" {
							continue
						}
						for _, act := range acts {
							f(Actor{ID: "x", Kind: k, Org: o, Roles: []Role{role}, Surface: API, Purpose: "test", For: purpose, Grant: grant, Session: "ss_1", Fresh: true}, act)
						}
					}
				}
			}
		}
	}
}

func TestMatrixIsWhole(t *testing.T) {
	for act := range matrix {
		if _, ok := actions[act]; !ok {
			t.Errorf("%s is in the matrix alone", act)
		}
	}
	for act := range actions {
		if InPerson(act) != slices.Contains(noToken, act) || Critical(act) != slices.Contains(critical, act) {
			t.Errorf("%s: critical %t, in person %t", act, Critical(act), InPerson(act))
		}
	}
}

func BenchmarkDecide(b *testing.B) {
	for name, a := range map[string]Actor{
		"viewer":  {ID: "person:x", Kind: Person, Org: org, Roles: []Role{Viewer}},
		"session": {ID: "person:x", Kind: Person, Org: org, Roles: []Role{Owner}, Session: "ss_1"},
		"ci":      {ID: "token:x", Kind: Token, Org: org, For: CI},
		"worker":  System(org, "bench", Actor{}),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Decide(a, FindingRead, Resource{Project: project}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
