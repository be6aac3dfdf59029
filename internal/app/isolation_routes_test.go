package app

import (
	"cmp"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"c4arch/internal/content/undertaking"
	"c4arch/internal/service/assure"
	"c4arch/internal/store/sqldb"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	"c4arch/internal/inbound/api"
)

// says is a body that is always the same.
func says(body dict) func(*stage, *party) any {
	return func(*stage, *party) any { return body }
}

var because = says(dict{"reason": "because it is asked for"})

// next is a number that was not there yet, for names that can be there once.
func (s *stage) next() int { s.count++; return s.count }

func called(format string) func(s *stage, p *party) any {
	return func(s *stage, p *party) any {
		return dict{"name": fmt.Sprintf(format, s.next())}
	}
}

// one makes a thing of ours for a twin that uses it up, and puts its id where the path has it.
func one(name, path string, body func(*stage, *party) any, at string) func(*stage, *party, map[string]string) {
	return func(s *stage, p *party, values map[string]string) {
		where := path
		if len(p.ids["project"]) > 0 {
			where = expand(path, p)
		}
		values[name] = s.must(p.owner, "POST", where, body(s, p)).text(at)
	}
}

func aMember(s *stage, p *party) any {
	n := s.next()
	return dict{"name": fmt.Sprintf("Member %d", n), "email": fmt.Sprintf("m%d@%s.example", n, p.slug), "role": "viewer"}
}

func aToken(s *stage, p *party) any {
	return dict{"name": fmt.Sprintf("program %d", s.next()), "purpose": "ci", "project": p.thing("project"), "account": p.thing("service_account"), "expires": s.later(time.Hour)}
}

func anException(s *stage, p *party) any { return s.exception(p) }

// proposed makes a proposal of another person than the owner.
func proposed(s *stage, p *party, values map[string]string) {
	values["proposal"] = s.must(p.callers["second"].token, "POST", "/projects/"+p.thing("project")+"/exceptions", s.exception(p)).text("id")
}

// accepted makes an exception.
func accepted(s *stage, p *party, values map[string]string) {
	before := s.rows(p.org, harvested["exception"])
	proposed(s, p, values)
	s.must(p.callers["architect"].token, "POST", "/projects/"+p.thing("project")+"/proposals/"+values["proposal"]+"/approval", nil)
	for _, x := range s.rows(p.org, harvested["exception"]) {
		if !slices.Contains(before, x) {
			values["exception"] = x
		}
	}
}

func aStream(s *stage, _ *party) any {
	return dict{"kind": "pull", "name": fmt.Sprintf("stream %d", s.next())}
}

func aHook(s *stage, _ *party) any {
	return dict{"name": fmt.Sprintf("hook %d", s.next()), "address": "https://hooks.contoso.example/hook"}
}

// hooks are routes of streams that are asked about a webhook.
var hooks = map[string]string{"stream": "webhook"}

// programs are no persons. strangers are not of the platform, or are its programs, or are not at home. atHome are the platform's own callers where the platform has nothing.
// visitors look in under a grant, which is not for the ledger.
func programs(a access.Actor) bool {
	return a.Kind == access.Token || slices.Contains(a.Roles, access.Operator)
}

func strangers(a access.Actor) bool {
	return a.Kind != access.Staff || a.Session == "" || a.Org != id.Platform
}
func visitors(a access.Actor) bool { return a.Grant != "" }

// notOwners may not say who the members are: a provider can vouch for an owner's address.
func notOwners(a access.Actor) bool { return !slices.Contains(a.Roles, access.Owner) }

func atHome(a access.Actor) bool { return a.Org == id.Platform }

// examples are how every route is asked rightly.
var examples = map[string]sample{
	"set-up": {done: true}, "describe-openapi.json": {}, "describe-openapi.yaml": {}, "describe-openapi-3.0.json": {}, "describe-openapi-3.0.yaml": {},

	"who-am-i": {},
	"create-organisation": {as: "staff operator", body: func(s *stage, _ *party) any {
		n := s.next()
		return dict{"slug": fmt.Sprintf("northwind-%d", n), "name": "Northwind", "ownerName": "An owner", "ownerEmail": fmt.Sprintf("o%d@northwind.example", n)}
	}},
	"list-organisations":  {as: "staff operator", query: "limit=100", vain: map[string]int{"after": 200}},
	"get-organisation":    {},
	"change-organisation": {body: says(dict{"name": "Contoso and others"})},
	"destroy-organisation": {
		vain: map[string]int{"slug": 400},
		tame: says(dict{"slug": "another", "reason": "it is over"}), body: says(dict{"slug": "another", "reason": "it is over"}), whole: func(s *stage) (credential, request) {
			p := s.found(fmt.Sprintf("tailspin-%d", s.next()))
			return credential{token: p.owner}, request{method: "POST", path: api.Prefix + "/organisation/destruction", kind: "application/json", body: []byte(`{"slug":"` + p.slug + `","reason":"it is over"}`)}
		},
	},
	"create-project": {body: func(s *stage, _ *party) any {
		n := s.next()
		return dict{"slug": fmt.Sprintf("project-%d", n), "name": fmt.Sprintf("Project %d", n)}
	}},
	"list-projects": {}, "get-project": {},
	"change-project":   {body: says(dict{"name": "The shop"})},
	"list-connections": {},
	"create-connection": {body: func(s *stage, _ *party) any {
		return dict{"kind": "upload", "name": fmt.Sprintf("inputs %d", s.next())}
	}},
	"remove-connection": {fresh: one("connection", "/projects/{project}/connections", func(s *stage, _ *party) any {
		return dict{"kind": "upload", "name": fmt.Sprintf("inputs %d", s.next())}
	}, "id")},
	"replace-credential": {body: says(dict{"credential": "another one"})},
	"verify-connection":  {fresh: liveConnection},

	"list-members":          {},
	"add-member":            {body: aMember},
	"change-member":         {body: called("Member %d"), fresh: one("member", "/members", aMember, "id")},
	"remove-member":         {body: because, fresh: one("member", "/members", aMember, "id")},
	"erase-person":          {platform: true, body: because, fresh: one("member", "/members", aMember, "id")},
	"list-tokens":           {},
	"create-token":          {members: true, body: aToken},
	"revoke-token":          {also: access.TokenChange, body: because, fresh: one("token", "/tokens", aToken, "token.id")},
	"reach-of-token":        {also: access.TokenList},
	"list-service-accounts": {},
	"create-service-account": {refuses: atHome, body: func(s *stage, p *party) any {
		return dict{"name": fmt.Sprintf("account %d", s.next()), "owner": p.members[access.Admin]}
	}},
	"change-service-account": {refuses: atHome, body: func(s *stage, p *party) any {
		return dict{"name": fmt.Sprintf("account %d", s.next()), "owner": p.members[access.Admin]}
	}},

	"start-scan": {body: func(_ *stage, p *party) any { return dict{"connection": p.thing("connection")} }, whole: func(s *stage) (credential, request) {
		dir := s.directory(s.ours)
		return s.ours.callers["owner"], request{method: "POST", path: api.Prefix + "/projects/" + s.ours.thing("project") + "/scans", kind: "application/json", body: []byte(`{"connection":"` + dir + `"}`)}
	}},
	"upload-scan": {body: func(_ *stage, p *party) any { return zipped(inputsOf(p.slug, true)) }},
	"list-scans":  {query: "limit=2", vain: map[string]int{"after": 200}},
	"follow-scan": {}, "get-scan": {}, "list-snapshots": {}, "find-snapshot": {}, "get-snapshot": {}, "get-model": {},
	"collect-snapshots": {body: says(dict{"newest": 1000, "dry": true})},
	"redact-resource": {body: func(_ *stage, p *party) any {
		return dict{"resource": "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-" + p.slug + "/providers/Microsoft.Storage/storageAccounts/st" + p.slug, "reason": "asked for"}
	}, tame: says(dict{"resource": "/subscriptions/none", "reason": "asked for"})},
	"list-baselines": {}, "get-baseline": {},
	"approve-baseline": {vain: map[string]int{"expect": 409}, body: func(s *stage, p *party) any {
		return dict{"snapshot": p.ids["snapshot"][0], "reason": "as it is", "expect": s.newest(p)}
	}, tame: func(_ *stage, p *party) any {
		return dict{"snapshot": p.ids["snapshot"][0], "reason": "as it is", "expect": "none"}
	}},
	"list-proposals":    {},
	"approve-proposal":  {fresh: proposed},
	"reject-proposal":   {body: because, fresh: proposed},
	"withdraw-proposal": {body: because, fresh: proposed},
	"list-comparisons":  {query: "limit=2", vain: map[string]int{"after": 200}},
	"get-report":        {},
	"list-findings":     {query: "limit=2", vain: map[string]int{"after": 200}},
	"list-exceptions":   {},
	"propose-exception": {body: anException},
	"approve-exception": {fresh: accepted},
	"revoke-exception":  {body: because, fresh: accepted},

	"list-entries": {query: "limit=5", recalls: true}, "get-checkpoint": {}, "get-ledger-key": {}, "export-ledger": {recalls: true},
	"verify-ledger": {body: says(dict{"depth": "tail"})},
	"list-jobs":     {}, "retry-job": {},
	"list-controls":     {as: "staff operator"},
	"run-controls":      {as: "staff operator", body: says(dict{"checks": []string{assure.TokenTerms}}), tame: says(dict{"checks": []string{"none"}})},
	"rotate-keys":       {as: "staff operator"},
	"list-destinations": {as: "staff operator"},

	"list-comments": {query: "about=finding&subject={finding}"}, "add-comment": {body: aComment}, "withdraw-comment": {fresh: comment},
	"list-notifications": {query: "limit=2", vain: map[string]int{"after": 200}}, "see-notifications": {},
	"list-streams": {}, "create-stream": {body: aStream}, "list-webhooks": {}, "create-webhook": {body: aHook},
	"get-stream":            {},
	"change-stream":         {body: called("stream %d"), fresh: spareStream("/streams", aStream)},
	"remove-stream":         {fresh: spareStream("/streams", aStream)},
	"rotate-webhook-secret": {body: says(dict{}), fresh: spareStream("/webhooks", aHook)},
	"test-stream":           {fresh: spareStream("/webhooks", aHook)},
	"replay-stream":         {kinds: hooks, body: says(dict{"source": "ledger", "next": 0})},
	"list-deliveries":       {kinds: hooks, vain: map[string]int{"after": 200}},
	"replay-deliveries":     {kinds: hooks},
	"replay-delivery":       {kinds: hooks},
	"list-access":           {refuses: visitors},
	"pull-stream":           {as: "token streaming", recalls: true},

	"list-grants": {}, "list-duties": {},
	"approve-grant": {body: says(dict{}), fresh: granted("asked")},
	"refuse-grant":  {body: says(dict{"reason": "not now"}), fresh: granted("asked")},
	"revoke-grant":  {body: says(dict{"reason": "it is done"}), fresh: granted("active")},

	"list-providers":  {},
	"add-provider":    {refuses: notOwners, body: says(dict{"name": "Provider", "issuer": "https://login.contoso.example/", "clientId": "c4arch"}), tame: says(dict{"name": "Provider", "issuer": "http://plain.contoso.example/", "clientId": "c4arch"}), elsewhere: "internal/service/federate TestProviders"},
	"change-provider": {as: "a session of owner", body: called("Provider %d")},
	"remove-provider": {refuses: notOwners, as: "a session of owner", body: because, fresh: provided},
	"list-domains":    {},
	"add-domain": {as: "a session of owner", body: func(s *stage, p *party) any {
		return dict{"name": fmt.Sprintf("d%d.%s.example", s.next(), p.slug)}
	}},
	"verify-domain":      {elsewhere: "internal/service/federate TestDomains"},
	"remove-domain":      {as: "a session of owner", body: because, fresh: func(s *stage, p *party, values map[string]string) { values["domain"] = s.domain(p) }},
	"sign-in-policy":     {},
	"set-sign-in-policy": {as: "a session of owner", body: says(dict{"ssoRequired": false, "addresses": []string{}, "sessionMinutes": 600, "grantsApproved": true, "groups": []string{}, "version": 0}), tame: says(dict{"ssoRequired": false, "sessionMinutes": 600, "grantsApproved": true, "groups": []string{}, "addresses": []string{"none"}, "version": 0})},

	"list-invitations": {},
	"invite": {body: func(s *stage, p *party) any {
		n := s.next()
		return dict{"name": fmt.Sprintf("Guest %d", n), "email": fmt.Sprintf("g%d@%s.example", n, p.slug), "role": "viewer"}
	}, vain: map[string]int{"member": 400}},
	"revoke-invitation": {fresh: one("invitation", "/invitations", func(s *stage, p *party) any {
		n := s.next()
		return dict{"name": fmt.Sprintf("Guest %d", n), "email": fmt.Sprintf("g%d@%s.example", n, p.slug), "role": "viewer"}
	}, "invitation.id")},
	"accept-invitation": {whole: func(s *stage) (credential, request) {
		link := s.must(s.ours.owner, "POST", "/invitations", dict{"name": "Guest", "email": fmt.Sprintf("guest%d@contoso.example", s.next()), "role": "viewer"}).text("link")
		_, code, _ := strings.Cut(link, "#code=")
		return credential{}, request{method: "POST", path: api.Prefix + "/invitations/acceptance", kind: "application/json", body: []byte(`{"code":"` + code + `","device":"a laptop"}`)}
	}},
	"list-sessions": {refuses: programs, as: "a session of owner"},
	"end-session": {refuses: programs, as: "a session of owner", fresh: func(s *stage, p *party, values map[string]string) {
		_, values["session"] = s.browser(p, p.members[access.Owner])
	}},

	"list-staff": {as: "staff administrator"}, "show-staff-state": {as: "staff administrator"}, "list-staff-proposals": {as: "staff administrator"},
	"add-staff":             {as: "staff administrator", body: aColleague, tame: says(dict{"name": "Nobody", "email": "nobody@platform.example", "roles": []string{"none"}})},
	"change-staff":          {as: "staff administrator", body: called("Colleague %d"), fresh: hired},
	"remove-staff":          {as: "staff administrator", body: because, fresh: hired},
	"decide-staff-proposal": {as: "staff administrator", body: says(dict{"approve": false, "reason": "no"}), fresh: func(s *stage, _ *party, values map[string]string) { values["proposal"] = s.export() }},
	"ask-grant": {platform: true, refuses: programs, as: "staff support", body: func(s *stage, p *party) any {
		return dict{"organisation": string(s.third.org), "reason": "a ticket", "ticket": "T-1", "hours": 1}
	}, tame: says(dict{"organisation": "none", "reason": "a ticket", "ticket": "T-1", "hours": 1})},
	"ask-export": {platform: true, refuses: programs, as: "staff support", body: func(s *stage, p *party) any {
		return dict{"organisation": string(s.third.org), "reason": "a ticket", "ticket": "T-1"}
	}, tame: says(dict{"organisation": "none", "reason": "a ticket", "ticket": "T-1"})},
	"make-export": {as: "staff support", fresh: func(s *stage, p *party, values map[string]string) {
		values["proposal"] = s.export()
		s.asStaff(access.Administrator, "/staff/proposals/"+values["proposal"]+"/decision", dict{"approve": true})
	}},
	"count-exports":           {},
	"seal-break-glass":        {as: "staff administrator", tame: says(dict{})},
	"acknowledge-break-glass": {as: "staff administrator", body: because, fresh: func(s *stage, _ *party, _ map[string]string) { s.opened() }},
	"open-break-glass": {whole: func(s *stage) (credential, request) {
		return credential{}, request{method: "POST", path: api.Prefix + "/break-glass/session", kind: "application/json", body: encoded(s, dict{"code": s.seal()})}
	}},
	"show-undertaking": {as: "staff administrator"},
	"sign-undertaking": {refuses: strangers, as: "staff administrator", body: func(*stage, *party) any {
		d := undertaking.Current()
		return dict{"version": d.Version, "digest": d.Digest}
	}},

	"authorization-server": {},
	"device-authorization": {whole: formed("/oauth/device_authorization", func(*stage) string { return "client_id=c4arch-cli&device=a+laptop" })},
	"device-token":         {elsewhere: "internal/service/signin TestDevice"},
	"revoke-shown": {whole: formed("/oauth/revoke", func(s *stage) string {
		return "client_id=c4arch-cli&token=" + s.signIn(s.ours, s.ours.members[access.Viewer], time.Hour)
	})},
}

func formed(path string, body func(*stage) string) func(*stage) (credential, request) {
	return func(s *stage) (credential, request) {
		return credential{}, request{method: "POST", path: path, kind: "application/x-www-form-urlencoded", body: []byte(body(s))}
	}
}

func aColleague(s *stage, _ *party) any {
	n := s.next()
	return dict{"name": fmt.Sprintf("Colleague %d", n), "email": fmt.Sprintf("c%d@platform.example", n), "roles": []string{"support"}}
}

// hired writes a record of one more of the platform's people.
func hired(s *stage, p *party, values map[string]string) { s.hire(aColleague(s, p), values) }

func (s *stage) hire(record any, values map[string]string) {
	text, err := json.Marshal(record)
	s.check(err)
	a := s.send(s.handler, s.staff[access.Administrator], request{method: "POST", path: api.Prefix + "/staff", kind: "application/json", body: text})
	values["person"] = a.text("record.person")
	if a.status >= 300 || values["person"] == "" {
		s.t.Fatalf("nobody is hired: %d %s", a.status, a.body)
	}
}

// export asks to export the ledger of the third organisation.
func (s *stage) export() string {
	a := s.asStaff(access.Support, "/exports", dict{"organisation": string(s.third.org), "reason": "a ticket", "ticket": "T-1"})
	return cmp.Or(a.text("id"), a.text("proposal.id"))
}

// seal seals the platform's account, and tells the code. opened has it opened.
func (s *stage) seal() string {
	state, err := s.in.staff.StaffState(s.t.Context())
	s.check(err)
	if state.BreakGlass == "opened" {
		s.asStaff(access.Administrator, "/break-glass/acknowledgement", dict{"reason": "it was tried"})
	}
	return s.asStaff(access.Administrator, "/break-glass", dict{}).text("code")
}

func (s *stage) opened() {
	_, err := s.in.staff.OpenBreakGlass(s.t.Context(), s.seal(), "the sealed account", "rq_test")
	s.check(err)
}

// asStaff is a post of one of the platform's people.
func (s *stage) asStaff(role access.Role, path string, body any) *answerOf {
	s.t.Helper()
	a := s.send(s.handler, s.staff[role], request{method: "POST", path: api.Prefix + path, kind: "application/json", body: encoded(s, body)})
	if a.status >= 300 {
		s.t.Errorf("%s as %s: %d %s", path, role, a.status, a.body)
	}
	return a
}

// granted puts a grant into the organisation, as the platform's staff would have asked for it.
func granted(state string) func(*stage, *party, map[string]string) {
	return func(s *stage, p *party, values map[string]string) {
		values["grant"] = s.grant(p, nobodyOfStaff, state, time.Hour)
	}
}

func provided(s *stage, p *party, values map[string]string) { values["provider"] = s.provider(p) }

// stored writes a row that takes another machine to come about: a provider that answers, a receiver that does not, an authenticator.
func (s *stage) stored(p *party, prefix, query string, args ...any) string {
	s.t.Helper()
	name, err := id.Mint(prefix, rand.Reader, s.in.now())
	s.check(err)
	s.within(p.org, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(s.t.Context(), query, append([]any{name}, args...)...)
		return err
	})
	return name
}

// within writes in a home, past the service.
func (s *stage) within(org id.Org, do func(*sqldb.Tx) error) {
	s.t.Helper()
	scope, err := access.Decide(access.System(org, "test", access.Actor{}), access.LedgerRead, access.Resource{})
	s.check(err)
	h, err := s.in.homes.For(s.t.Context(), scope)
	s.check(err)
	defer h.Release()
	s.check(h.DB().Transact(s.t.Context(), do))
}

func encoded(s *stage, v any) []byte {
	text, err := json.Marshal(v)
	s.check(err)
	return text
}

// nobodyOfStaff asked for the grants that an organisation answers.
const nobodyOfStaff = "pn_00000000000000000000000001"

func (s *stage) grant(p *party, person, state string, life time.Duration) string {
	now := s.in.now()
	return s.stored(p, id.PrefixGrant, `INSERT INTO support_grant (id, person, reason, ticket, state, asked_at, from_at, until_at, actor, looked, version) VALUES ($1, $2, $3, 'T-1', $4, $5, $6, $7, '', 0, 1)`,
		person, "a question of "+p.slug, state, now.UnixMicro(), now.UnixMicro(), now.Add(life).UnixMicro())
}

func (s *stage) provider(p *party) string {
	return s.stored(p, id.PrefixProvider, `INSERT INTO provider (id, name, issuer, client, secret, settings, off, created_at, version) VALUES ($1, $2, $3, 'c4arch', NULL, '{"scopes":[]}', 0, $4, 1)`,
		"Provider of "+p.slug, fmt.Sprintf("https://login%d.%s.example/", s.next(), p.slug), s.in.now().UnixMicro())
}

func (s *stage) domain(p *party) string {
	c := p.callers["a session of owner"]
	a := s.send(s.handler, c, request{method: "POST", path: api.Prefix + "/domains", kind: "application/json", body: []byte(fmt.Sprintf(`{"name":"d%d.%s.example"}`, s.next(), p.slug))})
	if a.status >= 300 {
		s.t.Fatalf("no domain: %d %s", a.status, a.body)
	}
	return a.text("id")
}

// furnishMore gives an organisation what the routes of signing in, of streams and of grants are about.
func (s *stage) furnishMore(p *party) {
	p.callers["a session of owner"], _ = s.browser(p, p.members[access.Owner])
	_, session := s.browser(p, p.members[access.Owner])
	p.ids["session"] = []string{session}
	p.ids["provider"], p.ids["domain"] = []string{s.provider(p)}, []string{s.domain(p)}
	p.ids["grant"] = []string{s.grant(p, nobodyOfStaff, "asked", time.Hour)}
	p.ids["invitation"] = []string{s.must(p.owner, "POST", "/invitations", dict{"name": "Guest of " + p.slug, "email": "guest@" + p.slug + ".example", "role": "viewer"}).text("invitation.id")}
	p.ids["stream"] = []string{s.must(p.owner, "POST", "/streams", dict{"kind": "pull", "name": "Pull of " + p.slug}).text("stream.id")}
	hook := s.must(p.owner, "POST", "/webhooks", dict{"name": "Hook of " + p.slug, "address": "https://hooks." + p.slug + ".example/hook"}).text("stream.id")
	p.ids["webhook"] = []string{hook}
	p.ids["delivery"] = []string{s.stored(p, id.PrefixDelivery, `INSERT INTO delivery (id, stream, source, first, last, state, attempts, error, at, version) VALUES ($1, $2, 'ledger', 0, 1, 'dead', 9, 'it does not answer', $3, 1)`, hook, s.in.now().UnixMicro())}
	s.furnishPages(p)
	for _, kind := range []string{"passkey", "recovery", "scim-user", "scim-group", "session", "provider", "domain", "grant", "invitation", "stream", "webhook", "delivery"} {
		if p.ids[kind][0] == "" {
			s.t.Errorf("%s has no %s", p.slug, kind)
		}
		p.words = append(p.words, p.ids[kind]...)
	}
}

// newest is the baseline that is current.
func (s *stage) newest(p *party) string {
	var l struct{ Items []struct{ ID string } }
	s.check(json.Unmarshal(s.must(p.owner, "GET", "/projects/"+p.thing("project")+"/baselines", nil).body, &l))
	return l.Items[0].ID
}

// directory is a connection to a directory of inputs.
func (s *stage) directory(p *party) string {
	return s.must(p.owner, "POST", "/projects/"+p.thing("project")+"/connections", dict{"kind": "directory", "name": fmt.Sprintf("directory %d", s.next()), "path": p.slug}).text("id")
}
