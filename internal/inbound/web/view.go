package web

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/account/tenant"
	"c4arch/internal/content/say"
)

// View is what every page has around its own.
type View struct {
	Title   string
	Lead    string // a sentence below the title
	Narrow  bool   // one thing to do, and nothing around it
	Section string // of the organisation's or the platform's pages: the path of the tab
	Scripts []string
	Styles  []string
	Project *Project        // that the page is about
	Crumbs  []Crumb         // the pages above it, the topmost first
	Actions templ.Component // beside the title; nil none
	Wide    bool            // as wide as the window
	Drawing bool            // it shows the viewer
	Public  bool            // it is of the trust centre or the legal registry: everybody reads it, search engines too
	Brief   int             // seconds for which a browser may show it again without asking; of public pages, where nothing is about whoever asks
	Refresh int             // seconds after which a browser without scripts loads it again; 0 never

	Nonce   string
	Path    string
	Assets  *assets
	Who     *Who
	Orgs    []Membership
	Current *Membership
	Done    string
	Groups  []group
	Tabs    []tab // of the public pages
	Foot    []tab
	Unread  int
	Lang    string
	Keeps   string // what may be kept in the browser besides what is necessary
	Realm   identity.Realm
}

type tab struct{ Path, Name string }

// fill adds what a page has from its request.
func (c *Call) fill(p *View) error {
	p.Nonce, p.Assets, p.Who, p.Realm = c.nonce, c.assets, c.who, c.realm
	p.Lang = say.Language(c.Context())
	if said, ok := c.words[c.r.URL.Query().Get("done")]; ok {
		p.Done = say.T(c.Context(), said)
	}
	p.Path = c.r.URL.Path
	p.Keeps = c.keeps()
	p.Foot = c.public(c.Context(), ofFoot)
	if p.Public {
		p.Tabs = c.public(c.Context(), ofPublic)
	}
	p.Scripts = append(p.Scripts, "page.js")
	if c.who == nil {
		return nil
	}
	p.Groups = c.groups(c.Context(), c.who.Actor, c.realm, p.Project, p.Section)
	if c.realm == identity.Staff {
		return nil
	}
	all, err := c.SignIn.Organisations(c.Context(), *c.who)
	if err != nil {
		return err
	}
	slices.SortFunc(all, func(a, b Membership) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.Slug, b.Slug))
	})
	p.Orgs = all
	if i := slices.IndexFunc(all, func(m Membership) bool { return m.Org == c.who.Session.Org && m.Org != "" }); i >= 0 {
		p.Current = &all[i]
	}
	if c.Unread != nil && c.who.Actor.Org != "" {
		p.Unread, err = c.Unread(c.Context(), c.who.Actor)
	}
	return err
}

// dones are the words for what was done. Nothing else that an address says is shown.
var dones = map[string]string{
	"out": "You are signed out.", "switched": "You are in the other organisation now.", "choose": "Choose an organisation first.",
	"session": "The session is ended.", "others": "You are signed in here alone.", "passkey": "The passkey is registered. If you lost a device, end the other sessions too.", "renamed": "The passkey has its new name.", "removed": "The passkey is removed.",
	"token": "The token is revoked.", "role": "The role is changed.", "member": "The member is removed; the sessions and tokens in this organisation are ended.",
	"invitation": "The invitation is withdrawn.", "asked": "Another administrator has to agree now.", "service": "The service account is there.",
	"disabled": "The service account is disabled, and its tokens with it.", "provider": "The provider is kept.", "domain": "Add the TXT record below, and then check it.",
	"verified": "The domain is verified.", "undomain": "The domain is removed.", "policy": "What signing in demands is changed.",
	"granted": "The access is approved.", "refused": "The access is refused or revoked. It ends at once.", "grant": "The access is asked for.",
	"person": "The record is kept.", "left": "The person has left. Every session is ended.", "undertaken": "The undertaking is signed.", "joined": "You are a member now.",
	"approved": "The program is let in. You can go back to it.", "denied": "The program was refused.", "proven": "Thank you. Do again what you wanted to do.", "welcome": "Everything is set up.",
}

// at writes a time for people, with its zone.
func at(t time.Time) string { return t.UTC().Format("2 Jan 2006, 15:04 UTC") }

// stamp writes a time for programs (RFC 3339).
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// roleSays is what a role is, in a line.
var roleSays = map[access.Role]string{
	access.Owner: "everything, and who else is an owner", access.Admin: "members, tokens, sign-in and projects", access.Architect: "scans, baselines and exceptions",
	access.Approver: "approves baselines and exceptions", access.Auditor: "reads everything until a day that is set; each read is recorded",
	access.Viewer: "reads architecture and drift", access.Billing: "reads what is paid for",
}

// memberRoles are those that a member can be given, the most powerful first.
var memberRoles = []access.Role{access.Owner, access.Admin, access.Architect, access.Approver, access.Auditor, access.Viewer, access.Billing}

func title(role access.Role) string {
	if role == "" {
		return ""
	}
	return strings.ToUpper(string(role[:1])) + string(role[1:])
}

// givable are the roles that the actor can give: only owners make owners.
func givable(a access.Actor) []access.Role {
	return slices.DeleteFunc(slices.Clone(memberRoles), func(r access.Role) bool { return !a.Covers(r) })
}

var methodSays = map[identity.Method]string{
	identity.ByPasskey: "passkey", identity.ByProvider: "your organisation", identity.ByRecovery: "recovery", identity.ByBreakGlass: "break-glass account",
}

func passkeyKind(k identity.Passkey) string {
	switch {
	case k.Trusted:
		return "attested security key"
	case k.BackedUp:
		return "synchronised between devices"
	case k.Eligible:
		return "can be synchronised"
	}
	return "on one device"
}

func untilOf(m tenant.Member) time.Time { return m.Until }

func anyOpen(v membersView) bool {
	return slices.ContainsFunc(v.Invitations, func(i identity.Invitation) bool { return openInvitation(i, v.Now) })
}

// invitee is who is invited. Whoever is no member yet has no name here but the one in the invitation.
func invitee(v membersView, i identity.Invitation) string {
	for _, m := range v.Members {
		if m.Person == i.Person {
			return m.Name + ", " + m.Email
		}
	}
	return "not a member yet"
}

// roleName is a role in the reader's language, roleLine with what it is.
func roleName(ctx context.Context, r access.Role) string { return spoken(ctx, title(r)) }

func roleLine(ctx context.Context, r access.Role) string {
	return say.T(ctx, "%s: %s", roleName(ctx, r), spoken(ctx, roleSays[r]))
}
