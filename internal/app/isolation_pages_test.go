package app

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/id"
	"c4arch/internal/content/undertaking"
	"c4arch/internal/inbound/api"
	"c4arch/internal/inbound/route"
	"c4arch/internal/inbound/scim"
	"c4arch/internal/service/signin"
	"c4arch/internal/store/sqldb"
)

// empty is a form, or what a script sends, that says nothing.
var empty = says(dict{})

// plainly asks as nobody, for what is for everybody.
func plainly(method, path string, body func(s *stage) url.Values) func(*stage) (credential, request) {
	return func(s *stage) (credential, request) {
		q := request{method: method, path: path, page: true}
		if body != nil {
			q.kind, q.body = "application/x-www-form-urlencoded", []byte(body(s).Encode())
		}
		return credential{}, q
	}
}

// scripted is what a script of a page sends, as nobody.
func scripted(path, body string) func(*stage) (credential, request) {
	return func(*stage) (credential, request) {
		return credential{}, request{method: "POST", path: path, page: true, kind: "application/json", body: []byte(body)}
	}
}

func (s *stage) invited() string {
	link := s.must(s.ours.owner, "POST", "/invitations", dict{"name": "Guest", "email": fmt.Sprintf("guest%d@contoso.example", s.next()), "role": "viewer"}).text("link")
	_, code, _ := strings.Cut(link, "#code=")
	return code
}

// Where the twins of what an authenticator or a provider answers are: they are asked there with one in software, or one that was written for it.
const (
	enters   = "internal/service/signin TestSetupAndSignIn"
	joins    = "internal/service/signin TestInvitation"
	recovers = "internal/service/signin TestRecovery"
	proves   = "internal/service/signin TestStepUpAndPasskeys"
	provides = "internal/service/federate TestSignIn"
	keys     = "internal/service/signin TestProviderAndKeyTogether"
	firstKey = "internal/service/signin TestTheFirstKeyOfSomebody"
)

// owned is a passkey of the owner that is not the one that it is signed in with.
func owned(s *stage, p *party, values map[string]string) {
	values["passkey"] = s.passkey(p.members[access.Owner], p.org)
}

func someKey(s *stage, _ *party, values map[string]string) {
	values["passkey"] = s.passkey(s.people[access.Administrator], id.Platform)
}

// pages are how each page, each form and each ceremony is asked rightly.
var pages = map[string]sample{
	"start": {whole: plainly("GET", "/", nil)}, "sign-in": {whole: plainly("GET", "/sign-in", nil)},
	"sign-in-find":         {whole: plainly("POST", "/sign-in", func(*stage) url.Values { return url.Values{"email": {"somebody@contoso.example"}} })},
	"sign-in-begin":        {whole: scripted("/sign-in/passkey", "{}")},
	"sign-in-finish":       {elsewhere: enters},
	"sign-in-organisation": {whole: plainly("GET", "/sign-in/contoso", nil)},
	"sign-in-leave":        {elsewhere: provides}, "sign-in-return": {elsewhere: provides},
	"sign-out": {ends: true, as: "a session of owner"},
	"setup": {whole: func(s *stage) (credential, request) {
		s.in.fresh.Store(true)
		return plainly("GET", "/setup", nil)(s)
	}},
	"setup-begin": {elsewhere: enters}, "setup-finish": {elsewhere: enters},
	"invitation":        {whole: plainly("GET", "/invitation", nil)},
	"invitation-show":   {whole: plainly("POST", "/invitation", func(s *stage) url.Values { return url.Values{"code": {s.invited()}} })},
	"invitation-accept": {body: empty, elsewhere: "internal/service/signin TestSeveralOrganisations"},
	"invitation-begin": {whole: func(s *stage) (credential, request) {
		return scripted("/invitation/passkey", `{"code":"`+s.invited()+`"}`)(s)
	}},
	"invitation-finish": {elsewhere: joins},
	"recovery":          {whole: plainly("GET", "/recovery", nil)}, "recovery-begin": {elsewhere: recovers}, "recovery-finish": {elsewhere: recovers},
	"docs-api": {whole: plainly("GET", "/docs/api", nil)},

	"device":        {as: "a session of owner"},
	"device-find":   {as: "a session of owner", body: aDevice, tame: says(dict{"code": "AAAA-AAAA"}), vain: map[string]int{"code": 400}},
	"device-decide": {as: "a session of owner", body: aDevice, tame: says(dict{"code": "AAAA-AAAA", "decision": "deny"}), vain: map[string]int{"code": 400}},

	"account":        {as: "a session of owner"},
	"account-switch": {ends: true, as: "a session of owner", body: func(_ *stage, p *party) any { return dict{"organisation": string(p.org)} }},
	"account-session-end": {as: "a session of owner", fresh: func(s *stage, p *party, values map[string]string) {
		_, values["session"] = s.browser(p, p.members[access.Owner])
	}},
	"account-sessions-end":   {ends: true, alone: true, as: "a session of owner"},
	"account-passkey-rename": {as: "a session of owner", body: called("Key %d"), fresh: owned},
	"account-passkey-remove": {as: "with a passkey", fresh: owned},
	"account-passkey-begin":  {as: "a session of owner", body: empty}, "account-passkey-finish": {body: empty, elsewhere: proves},
	"account-token-revoke": {as: "a session of owner", fresh: one("token", "/tokens", aToken, "token.id")},
	"step-up":              {as: "a session of owner"}, "step-up-begin": {as: "with a passkey", body: empty}, "step-up-finish": {body: empty, elsewhere: proves},

	"members": {as: "a session of owner", proves: access.MemberRecover},
	"members-invite": {as: "a session of owner", tame: empty, body: func(s *stage, p *party) any {
		n := s.next()
		return dict{"name": fmt.Sprintf("Guest %d", n), "email": fmt.Sprintf("g%d@%s.example", n, p.slug), "role": "viewer"}
	}},
	"members-invitation-revoke": {as: "a session of owner", fresh: one("invitation", "/invitations", aGuest, "invitation.id")},
	"members-role":              {as: "a session of owner", body: says(dict{"role": "architect"}), fresh: one("member", "/members", aMember, "id")},
	"members-remove":            {as: "a session of owner", body: because, fresh: one("member", "/members", aMember, "id")},
	"members-recovery":          {as: "a session of owner", body: because, fresh: one("member", "/members", aMember, "id")},
	"members-recovery-approve":  {as: "a session of owner", fresh: func(s *stage, p *party, values map[string]string) { values["recovery"] = s.recovery(p) }},

	"tokens":                 {as: "a session of owner"},
	"token-reach":            {as: "a session of owner", also: access.TokenList},
	"tokens-service":         {as: "a session of owner", tame: empty, body: called("account %d")},
	"tokens-service-disable": {as: "a session of owner", fresh: one("account", "/service-accounts", anAccount, "id")},
	"tokens-new": {as: "a session of owner", body: func(s *stage, p *party) any {
		return dict{"name": fmt.Sprintf("program %d", s.next()), "purpose": "ci", "project": p.thing("project"), "account": p.thing("service_account"), "days": "30"}
	}},
	"tokens-revoke": {as: "a session of owner", also: access.TokenChange, fresh: one("token", "/tokens", aToken, "token.id")},

	"sso":                 {as: "a session of owner"},
	"sso-provider-add":    {refuses: notOwners, tame: empty, body: empty, elsewhere: "internal/service/federate TestProviders"},
	"sso-provider-switch": {as: "a session of owner", body: says(dict{"off": "yes"}), fresh: provided},
	"sso-domain-add": {as: "a session of owner", body: func(s *stage, p *party) any {
		return dict{"name": fmt.Sprintf("d%d.%s.example", s.next(), p.slug), "provider": p.thing("provider")}
	}},
	"sso-domain-verify": {elsewhere: "internal/service/federate TestDomains"},
	"sso-domain-remove": {as: "a session of owner", fresh: func(s *stage, p *party, values map[string]string) { values["domain"] = s.domain(p) }},
	"sso-policy":        {as: "a session of owner", tame: aPolicy("none"), body: aPolicy("")},

	"grants":         {as: "a session of owner", recalls: true},
	"grants-approve": {as: "a session of owner", fresh: granted("asked")},
	"grants-refuse":  {as: "a session of owner", body: because, fresh: granted("active")},

	"staff-sign-in":       {whole: plainly("GET", "/staff/sign-in", nil)},
	"staff-sign-in-begin": {whole: scripted("/staff/sign-in/passkey", "{}")}, "staff-sign-in-finish": {elsewhere: "internal/service/signin TestStaffAndGrants"},
	"staff-sign-in-leave": {elsewhere: "internal/service/federate TestStaff"},
	"staff-key":           {whole: plainly("GET", "/staff/sign-in/key", nil)},
	"staff-key-begin":     {elsewhere: keys}, "staff-key-finish": {elsewhere: keys}, "staff-first-key-begin": {elsewhere: firstKey}, "staff-first-key-finish": {elsewhere: firstKey},
	"staff-break-glass": {whole: plainly("GET", "/staff/break-glass", nil)}, "staff-break-glass-open": {whole: func(s *stage) (credential, request) {
		return plainly("POST", "/staff/break-glass", func(s *stage) url.Values { return url.Values{"code": {s.seal()}} })(s)
	}},
	"staff-keys":          {as: "staff administrator"},
	"staff-key-add-begin": {as: "staff administrator", body: empty}, "staff-key-add-finish": {body: empty, elsewhere: firstKey},
	"staff-key-rename": {as: "staff with a passkey", body: called("Key %d"), fresh: someKey},
	"staff-key-remove": {as: "staff with a passkey", fresh: someKey},
	"staff-key-allow":  {as: "staff administrator", fresh: hired},
	"staff-sign-out":   {ends: true, as: "staff administrator"},
	"staff-step-up":    {as: "staff administrator"}, "staff-step-up-begin": {as: "staff with a passkey", body: empty}, "staff-step-up-finish": {body: empty, elsewhere: proves},
	"staff": {as: "staff administrator"}, "staff-undertaking": {as: "staff administrator"},
	"staff-undertaking-sign": {as: "staff administrator", body: func(*stage, *party) any { return dict{"agree": undertaking.Current().Version} }},
	"staff-grant-ask": {as: "staff support", tame: empty, body: func(s *stage, _ *party) any {
		return dict{"organisation": string(s.third.org), "reason": "a ticket", "ticket": "T-1", "hours": "1"}
	}},
	"staff-grant-enter": {ends: true, as: "staff support", fresh: func(s *stage, _ *party, values map[string]string) { values["grant"] = s.asked() }},
	"staff-personnel":   {as: "staff administrator"},
	"staff-personnel-add": {as: "staff administrator", tame: says(dict{"name": "Nobody", "email": "nobody@platform.example", "role": "none"}), body: func(s *stage, _ *party) any {
		n := s.next()
		return dict{"name": fmt.Sprintf("Colleague %d", n), "email": fmt.Sprintf("c%d@platform.example", n), "role": "support"}
	}},
	"staff-organisations": {as: "staff administrator"},
	"staff-organisation-create": {as: "staff administrator", tame: says(dict{"name": "Northwind", "slug": "?", "owner": "An owner", "email": "o@northwind.example"}), body: func(s *stage, _ *party) any {
		n := s.next()
		return dict{"name": "Northwind", "slug": fmt.Sprintf("northwind-%d", n), "owner": "An owner", "email": fmt.Sprintf("o%d@northwind.example", n)}
	}},
	"staff-recovery": {as: "staff administrator"},
	"staff-recovery-ask": {as: "staff administrator", tame: says(dict{"organisation": "none", "email": "owner@contoso.example", "reason": "a key is lost"}), body: func(_ *stage, p *party) any {
		return dict{"organisation": string(p.org), "email": "owner@" + p.slug + ".example", "reason": "a key is lost"}
	}},
	"staff-recovery-approve": {tame: says(dict{"organisation": "none", "recovery": "none"}), body: empty, elsewhere: "internal/service/signin TestRecoveryOfTheOnlyOwner"},
	"staff-personnel-leave":  {as: "staff administrator", body: because, fresh: hired},
}

// asked is a grant of the third organisation that one of the platform's people asked for.
func (s *stage) asked() string {
	a := s.asStaff(access.Support, "/grants", dict{"organisation": string(s.third.org), "reason": "a ticket", "ticket": "T-1", "hours": 1})
	return cmp.Or(a.text("id"), a.text("grant.id"))
}

func aDevice(s *stage, _ *party) any {
	d, err := s.in.signIn.BeginDevice(s.t.Context(), signin.Asking{Client: "c4arch-cli", Device: "a laptop"}, signin.Cause{Request: "rq_test"})
	s.check(err)
	return dict{"code": d.UserCode, "decision": "approve"}
}

// aPolicy is the one in force, with addresses from where sessions are taken.
func aPolicy(addresses string) func(*stage, *party) any {
	return func(s *stage, p *party) any {
		policy, err := s.in.federate.PolicyOf(s.t.Context(), p.org)
		s.check(err)
		return dict{"version": fmt.Sprint(policy.Version), "session": "600", "grants": "yes", "addresses": addresses}
	}
}

func aGuest(s *stage, p *party) any {
	n := s.next()
	return dict{"name": fmt.Sprintf("Guest %d", n), "email": fmt.Sprintf("g%d@%s.example", n, p.slug), "role": "viewer"}
}

func anAccount(s *stage, p *party) any {
	return dict{"name": fmt.Sprintf("account %d", s.next()), "owner": p.members[access.Admin]}
}

// recovery is one that another administrator asked for.
func (s *stage) recovery(p *party) string {
	c, _ := s.browser(p, p.members[access.Admin])
	a := s.send(s.handler, c, request{method: "GET", path: api.Prefix + "/whoami"})
	person := s.must(p.owner, "POST", "/members", aMember(s, p)).text("id")
	r, err := s.in.signIn.AskRecovery(s.t.Context(), a.actor, p.org, person, "the laptop is lost")
	s.check(err)
	return r.ID
}

// passkey is one of a person that an organisation takes. What an authenticator makes of it is not asked for here.
func (s *stage) passkey(person string, org id.Org) string {
	now := s.in.now().UnixMicro()
	name := s.stored(&party{org: id.Platform}, id.PrefixPasskey, `INSERT INTO passkey (id, person, name, handle, public_key, aaguid, format, trusted, eligible, backed_up, count, used_at, removed, created_at, version)
		VALUES ($1, $2, $3, $4, $5, '', 'none', 0, 0, 0, 0, 0, 0, $6, 1)`, person, fmt.Sprintf("Key %d of %s", s.next(), org), []byte(fmt.Sprintf("handle %d", s.count)), []byte("key"), now)
	s.within(id.Platform, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(s.t.Context(), `INSERT INTO passkey_trust (passkey, organisation, created_at) VALUES ($1, $2, $3)`, name, string(org), now)
		return err
	})
	return name
}

// furnishPages gives an organisation what the pages and the directory are about.
func (s *stage) furnishPages(p *party) {
	p.ids["passkey"], p.ids["recovery"] = []string{s.passkey(p.members[access.Owner], p.org)}, []string{s.recovery(p)}
	p.ids["scim-user"] = []string{s.provision(p, "/Users", aUser(s, p))}
	p.ids["scim-group"] = []string{s.provision(p, "/Groups", aGroup(s, p))}
	p.ids["text-hit"] = []string{s.aHit(p, "open")}
}

// late gives what only there is when the platform's people are.
func (s *stage) late() {
	s.ours.callers["with a passkey"] = s.keyed(s.ours, s.ours.members[access.Owner], s.passkey(s.ours.members[access.Owner], s.ours.org))
	cookie, _ := s.begun(signin.Start{Person: s.people[access.Administrator], Realm: identity.Staff, Strength: identity.Strength{Passkey: s.passkey(s.people[access.Administrator], id.Platform)}, Device: "Browser of the platform"})
	s.staff["with a passkey"] = credential{staff: cookie}
}

func aUser(s *stage, p *party) any {
	return dict{"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:User"}, "userName": fmt.Sprintf("user%d@%s.example", s.next(), p.slug), "active": true, "displayName": "User of " + p.slug}
}

// theUser is the one that was made last for a twin: its address stays, since the organisation has not proven the domain.
func theUser(s *stage, p *party) any {
	if s.user == nil {
		return aUser(s, p)
	}
	return s.user
}

func aGroup(s *stage, p *party) any {
	g := dict{"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:Group"}, "displayName": fmt.Sprintf("Group %d of %s", s.next(), p.slug)}
	if len(p.ids["scim-user"]) > 0 {
		g["members"] = []dict{{"value": p.thing("scim-user")}}
	}
	return g
}

// provision makes a user or a group, as a directory does.
func (s *stage) provision(p *party, path string, body any) string {
	a := s.send(s.handler, p.callers["token provisioning"], request{method: "POST", path: scim.Prefix + path, kind: "application/scim+json", body: encoded(s, body)})
	if a.status >= 300 {
		s.t.Fatalf("%s: %d %s", path, a.status, a.body)
	}
	return a.text("id")
}

// provisioned makes one for a twin that uses it up.
func provisioned(kind, path string, body func(*stage, *party) any) func(*stage, *party, map[string]string) {
	return func(s *stage, p *party, values map[string]string) { values[kind] = s.provision(p, path, body(s, p)) }
}

func patched(op dict) func(*stage, *party) any {
	return says(dict{"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"}, "Operations": []dict{op}})
}

// directories are how each route of SCIM is asked rightly. With a member of a group that is somebody else's it is a value that is not there, which is 400 (RFC 7644, 3.12).
var directories = map[string]sample{
	"scim-config": {as: "token provisioning"}, "scim-resource-types": {as: "token provisioning"}, "scim-schemas": {as: "token provisioning"},
	"scim-resource-type": {whole: directory("/ResourceTypes/User")}, "scim-schema": {whole: directory("/Schemas/urn:ietf:params:scim:schemas:core:2.0:User")},
	"scim-list-users": {as: "token provisioning", more: []route.Thing{{In: route.InQuery, Name: "filter", Kind: "scim-user"}}, forms: map[string]string{"filter": `id eq "%s"`}, vain: map[string]int{"filter": 200}}, "scim-user": {as: "token provisioning"},
	"scim-create-user": {as: "token provisioning", body: aUser, tame: says(dict{"schemas": []string{}})},
	"scim-replace-user": {as: "token provisioning", body: theUser, fresh: func(s *stage, p *party, values map[string]string) {
		s.user = aUser(s, p)
		values["user"] = s.provision(p, "/Users", s.user)
	}},
	"scim-patch-user":  {as: "token provisioning", body: patched(dict{"op": "replace", "path": "displayName", "value": "Another"})},
	"scim-delete-user": {as: "token provisioning", fresh: provisioned("user", "/Users", aUser)},
	"scim-list-groups": {as: "token provisioning", more: []route.Thing{{In: route.InQuery, Name: "filter", Kind: "scim-group"}}, forms: map[string]string{"filter": `id eq "%s"`}, vain: map[string]int{"filter": 200}}, "scim-group": {as: "token provisioning"},
	"scim-create-group":  {as: "token provisioning", body: aGroup, more: inMembers, vain: map[string]int{"members.0.value": 400}},
	"scim-replace-group": {as: "token provisioning", body: aGroup, more: inMembers, vain: map[string]int{"members.0.value": 400}, fresh: provisioned("group", "/Groups", aGroup)},
	"scim-patch-group": {as: "token provisioning", more: []route.Thing{{In: route.InBody, Name: "Operations.0.value.0.value", Kind: "scim-user"}}, vain: map[string]int{"Operations.0.value.0.value": 400}, body: func(_ *stage, p *party) any {
		return patched(dict{"op": "add", "path": "members", "value": []dict{{"value": p.thing("scim-user")}}})(nil, nil)
	}},
	"scim-delete-group": {as: "token provisioning", fresh: provisioned("group", "/Groups", aGroup)},
}

var inMembers = []route.Thing{{In: route.InBody, Name: "members.0.value", Kind: "scim-user"}}

func directory(path string) func(*stage) (credential, request) {
	return func(s *stage) (credential, request) {
		return s.ours.callers["token provisioning"], request{method: "GET", path: scim.Prefix + path}
	}
}

// portalSamples are those of the pages in packages of their own, each from the file of its desk.
func portalSamples() []map[string]sample {
	return []map[string]sample{
		architectureSamples,
		homeSamples, projectSamples, scanSamples,
		talkSamples, ledgerSamples, evidenceSamples,
		decisionSamples,
		freeTextSamples,
		agreementSamples,
		governanceSamples, engagementSamples,
		legalSamples,
		processingSamples,
		hubSamples, commitmentSamples, streamsSamples,
		connectionSamples,
		subprocessorSamples,
		trustSamples,
	}
}
