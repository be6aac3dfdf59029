package web

import (
	"cmp"
	"context"
	"strconv"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/id"
	"c4arch/internal/content/say"
)

// Project is the project that a page is about.
type Project struct {
	ID      id.Project
	Name    string
	Example bool // nothing of it is the organisation's own
}

// Crumb is a page above this one.
type Crumb struct{ Path, Name string }

// group is a part of the navigation.
type group struct {
	Name  string
	Items []tab
	Here  bool // the page is one of it
}

// entry is a page of the navigation, for whoever may.
type entry struct {
	path, name string
	act        access.Action
}

var ofOrganisation = []struct {
	name    string
	entries []entry
}{
	{"", []entry{{"/home", "Home", access.OrganisationRead}, {"/projects", "Projects", access.ProjectList}, {"/notifications", "Notifications", access.SelfRead}}},
	{"Trust", []entry{
		{"/organisation/ledger", "Ledger", access.LedgerRead},
		{"/organisation/trends", "Trends", access.FindingRead},
		{"/organisation/duties", "Your duties", access.SSORead},
		{"/organisation/free-text", "Free text", access.FreeTextRead},
		{"/organisation/access", "Support access", access.GrantRead},
	}},
	{"Agreements", []entry{
		{"/organisation/agreements", "Documents and terms", access.AcceptanceRead},
		{"/organisation/subprocessors", "Subprocessors", access.ObjectionRead},
		{"/organisation/processing", "Processing", access.InstructionRead},
		{"/organisation/audits", "Audits", access.EngagementRead},
		{"/organisation/trust", "Trust centre", access.TrustRead},
	}},
	{"Organisation", []entry{
		{membersPath, "Members", access.MemberList},
		{"/organisation/tokens", "Programs and tokens", access.TokenList},
		{"/organisation/sign-in", "Sign-in", access.SSORead},
		{"/organisation/streams", "Streams", access.StreamRead},
		{"/organisation/settings", "Settings", access.OrganisationRead},
	}},
}

// ofProject are below /projects/ID.
var ofProject = []entry{
	{"", "Overview", access.ProjectRead},
	{"/architecture", "Architecture", access.SnapshotRead},
	{"/drift", "Drift", access.FindingRead},
	{"/baseline", "Baseline", access.BaselineRead},
	{"/exceptions", "Exceptions", access.ExceptionRead},
	{"/scans", "Scans", access.ScanRead},
	{"/connections", "Connections", access.ConnectionList},
	{"/history", "History", access.SnapshotRead},
	{"/trends", "Trends", access.FindingRead},
	{"/evidence", "Evidence", access.EvidenceRead},
	{"/settings", "Settings", access.ProjectRead},
}

// ofPlatform are the pages of the platform's own people.
var ofPlatform = []struct {
	name    string
	entries []entry
}{
	{"", []entry{{"/staff/overview", "Overview", access.PlatformRead}, {"/staff", "Support access", access.GrantRead}, {organisationsPath, "Organisations", access.OrganisationList}}},
	{"Running", []entry{
		{"/staff/jobs", "Jobs", access.JobRead}, {"/staff/replicas", "Replicas", access.PlatformRead}, {"/staff/ledger", "Ledger", access.PlatformRead}, {"/staff/register", "Register", access.ControlRead},
	}},
	{"Programme", []entry{
		{"/staff/attestations", "Attestations", access.ControlRead}, {"/staff/owners", "Owners", access.ControlRead}, {"/staff/risks", "Risks", access.RiskRead}, {"/staff/decisions", "Decisions", access.DecisionRead},
	}},
	{"Customers", []entry{
		{"/staff/legal", "Legal registry", access.LegalRead},
		{"/staff/terms", "Orders", access.TermsRead},
		{"/staff/subprocessors", "Subprocessors", access.SubprocessorRead},
		{"/staff/processing", "Processing", access.RecordRead},
		{"/staff/audits", "Audits", access.EngagementRead},
		{"/staff/trust", "Trust centre", access.RequestRead},
	}},
	{"People", []entry{
		{"/staff/personnel", "Personnel", access.SelfRead}, {"/staff/recovery", "Recovery", access.SelfRead}, {"/staff/keys", "Keys", access.SelfRead}, {"/staff/undertaking", "Undertaking", access.SelfRead},
	}},
}

// groups are the navigation of a page, with what whoever asks may see of it. section is the path of the page that is marked.
func (s *Site) groups(ctx context.Context, a access.Actor, realm identity.Realm, p *Project, section string) []group {
	var all []group
	if realm == identity.Staff {
		for _, g := range ofPlatform {
			all = s.group(ctx, all, g.name, "", g.entries, a, "", section)
		}
		return all
	}
	if a.Org == "" {
		return nil
	}
	if p != nil {
		all = s.group(ctx, all, p.Name, "/projects/"+string(p.ID), ofProject, a, p.ID, section)
	}
	for _, g := range ofOrganisation {
		all = s.group(ctx, all, g.name, "", g.entries, a, "", section)
	}
	return all
}

// group adds the entries that there are and that the actor may see.
func (s *Site) group(ctx context.Context, all []group, name, base string, entries []entry, a access.Actor, project id.Project, section string) []group {
	g := group{Name: name}
	if project == "" {
		g.Name = cmp.Or(spoken(ctx, name), "")
	}
	for _, e := range entries {
		pattern := e.path
		if project != "" {
			pattern = "/projects/{project}" + e.path
		}
		if _, there := s.table.Find("GET " + pattern); !there || !may(a, e.act, project) {
			continue
		}
		g.Items = append(g.Items, tab{base + e.path, spoken(ctx, e.name)})
		g.Here = g.Here || base+e.path == section
	}
	if len(g.Items) == 0 {
		return all
	}
	return append(all, g)
}

func spoken(ctx context.Context, text string) string {
	if text == "" {
		return ""
	}
	return say.T(ctx, text)
}

// may reports whether the actor may, a proof of being there apart.
func may(a access.Actor, act access.Action, project id.Project) bool {
	a.Fresh = true
	_, err := access.Decide(a, act, access.Resource{Project: project})
	return err == nil
}

// unread says how many notifications are new.
func unread(ctx context.Context, n int) string {
	if n == 0 {
		return say.T(ctx, "Notifications")
	}
	return say.T(ctx, "Notifications, %s new", few(n)) // with the number as it is shown: WCAG 2.2, 2.5.3
}

// few is a number for a small mark.
func few(n int) string {
	if n > 99 {
		return "99+"
	}
	return strconv.Itoa(n)
}

// switcherName is what the switch of organisations is called: with the name that it shows.
func switcherName(ctx context.Context, p View) string {
	if p.Current == nil {
		return say.T(ctx, "Choose an organisation")
	}
	return say.T(ctx, "Organisation: %s", p.Current.Name)
}

// ofPublic are the pages that everybody sees, ofFoot those that every page leads to.
var (
	ofPublic = []tab{
		{"/trust", "What we do"},
		{"/trust/controls", "Controls"},
		{"/trust/subprocessors", "Subprocessors"},
		{"/legal", "Legal documents"},
		{"/trust/certifications", "Certifications"},
		{"/trust/advisories", "Advisories"},
		{"/trust/status", "Status"},
		{"/trust/contact", "Contact"},
	}
	ofFoot = []tab{{"/trust", "Trust centre"}, {"/legal", "Legal documents"}, {"/consent", "What your browser stores"}}
)

// public are those of the pages that there are.
func (s *Site) public(ctx context.Context, all []tab) (tabs []tab) {
	for _, t := range all {
		if _, there := s.table.Find("GET " + t.Path); there {
			tabs = append(tabs, tab{t.Path, spoken(ctx, t.Name)})
		}
	}
	return tabs
}
