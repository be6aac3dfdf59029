package trust

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/id"
	"c4arch/internal/service/assure"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/control"
)

// A digest as that of the undertaking of these tests.
var ours = strings.Repeat("a", 64)

// rules are those that run here: a passkey that is phishing-resistant is enough, and a role has who is said to have one.
func rules(roles map[string][]access.Role) People {
	return People{
		Enough: func(s identity.Strength) error {
			if !s.Phishing {
				return errors.New("a passkey is needed")
			}
			return nil
		},
		Roles:        func(_ context.Context, person string) ([]access.Role, error) { return roles[person], nil },
		Undertakings: map[string]string{"1": strings.Repeat("0", 64), "2": ours}, Current: "2", MaxSessions: 3,
	}
}

var moment = regexp.MustCompile(`\{-?[0-9]+[hms]\}`)

// sql runs statements in the home of an organisation. {-1h} is the time an hour ago.
func (w *world) sql(org id.Org, statements ...string) {
	w.t.Helper()
	now := w.clock.now()
	w.forced(org, func(ctx context.Context, tx *sqldb.Tx) error {
		for _, s := range statements {
			s = moment.ReplaceAllStringFunc(s, func(name string) string {
				d, err := time.ParseDuration(strings.Trim(name, "{}"))
				w.check(err)
				return fmt.Sprint(now.Add(d).UnixMicro())
			})
			if _, err := tx.Exec(ctx, s); err != nil {
				return fmt.Errorf("%s: %w", s, err)
			}
		}
		return nil
	})
}

// persons makes people known to the instance.
func (w *world) persons(names ...string) {
	w.t.Helper()
	for _, n := range names {
		w.sql(id.Platform, `INSERT INTO person (id, email, created_at, version) VALUES ('`+n+`', '`+n+`@contoso.example', 0, 1)`)
	}
}

// session is one that was begun 10 minutes ago and used a minute ago, but for what is otherwise in it.
type session struct {
	realm, person, org, grant, method, strength string
	created, seen, lasts                        time.Duration
	ended                                       int
}

func (w *world) session(s session) {
	w.t.Helper()
	now := w.clock.now()
	if s.seen == 0 {
		s.seen = time.Minute
	}
	if s.created == 0 {
		s.created = 10 * time.Minute
	}
	if s.lasts == 0 {
		s.lasts = 12 * time.Hour
	}
	created := now.Add(-s.created)
	w.clear(id.Platform, "session")
	w.sql(id.Platform, fmt.Sprintf(`INSERT INTO session (id, hash, realm, person, organisation, support, method, strength, device, created_at, seen_at, proven_at, expires_at, ended, version)
		VALUES ('ss_x', '\x00', '%s', '%s', '%s', '%s', '%s', '%s', 'x', %d, %d, 0, %d, %d, 1)`, s.realm, s.person, s.org, s.grant, s.method, s.strength,
		created.UnixMicro(), now.Add(-s.seen).UnixMicro(), created.Add(s.lasts).UnixMicro(), s.ended))
}

const grantRow = `INSERT INTO support_grant (id, person, reason, ticket, state, asked_at, from_at, until_at, actor, looked, version) VALUES `

func TestRealmsFail(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		l := w.looks()
		run := l.Realms
		w.expect(t, assure.Realms, run, control.Pass, "")
		w.persons("pn_a", "pn_b", "pn_c")
		w.sql(id.Platform, `INSERT INTO personnel (person, name, email, roles, contractor, contract, until, document, digest, signed_at, gone, created_at, version)
			VALUES ('pn_b', 'b', 'b', '["administrator"]', 0, '', 0, '', '', 0, 0, 0, 1)`)
		w.sql(contoso, grantRow+`('gr_b', 'pn_b', 'why', 'T-1', 'active', {-1h}, {-1h}, {1h}, '', 0, 1)`, grantRow+`('gr_over', 'pn_b', 'why', 'T-1', 'active', {-3h}, {-3h}, {-2h}, '', 0, 1)`)
		strong, weak := `{"phishingResistant":true}`, `{}`
		for _, x := range []struct {
			session
			words string
		}{
			{session{realm: "members", person: "pn_a", org: string(contoso), method: "passkey", strength: strong}, ""},
			{session{realm: "members", person: "pn_a", method: "passkey", strength: strong}, ""},
			{session{realm: "staff", person: "pn_b", org: "platform", method: "passkey", strength: strong}, ""},
			{session{realm: "staff", person: "pn_b", org: string(contoso), grant: "gr_b", method: "passkey", strength: strong}, ""},
			{session{realm: "staff", person: "pn_a", org: "platform", method: "passkey", strength: strong, ended: 1}, ""},
			{session{realm: "members", person: "pn_a", org: "platform", method: "passkey", strength: strong}, "of a member is on the platform"},
			{session{realm: "members", person: "pn_a", org: string(contoso), grant: "gr_b", method: "passkey", strength: strong}, "under a grant for staff"},
			{session{realm: "members", person: "pn_a", org: string(contoso), method: "breakGlass", strength: strong}, "came by the sealed account"},
			{session{realm: "staff", person: "pn_a", org: "platform", method: "passkey", strength: strong}, "without a record"},
			{session{realm: "staff", person: "pn_b", org: "platform", method: "passkey", strength: weak}, "proved too little"},
			{session{realm: "staff", person: "pn_b", org: "platform", method: "passkey", strength: `?`}, "does not say what was proven"},
			{session{realm: "staff", person: "pn_b", org: "platform", method: "breakGlass", strength: strong}, "a sealed account that is none"},
			{session{realm: "staff", person: "pn_b", org: string(contoso), method: "passkey", strength: strong}, "without a grant"},
			{session{realm: "staff", person: "pn_b", org: string(fabrikam), grant: "gr_b", method: "passkey", strength: strong}, "nobody's or another's"},
			{session{realm: "staff", person: "pn_b", org: string(contoso), grant: "gr_over", method: "passkey", strength: strong}, "outside of the time of its grant"},
			{session{realm: "members", person: "pn_a", method: "passkey", strength: strong, lasts: 48 * time.Hour}, "lasts longer than 24h"},
			{session{realm: "members", person: "pn_a", method: "passkey", strength: strong, created: 3 * time.Hour, lasts: time.Hour}, "was used after its end"},
		} {
			w.session(x.session)
			want := control.Fail
			if x.words == "" {
				want = control.Pass
			}
			w.expect(t, assure.Realms, run, want, x.words)
		}
		w.session(session{realm: "members", person: "pn_a", method: "passkey", strength: strong})
		for i := range 3 {
			w.sql(id.Platform, fmt.Sprintf(`INSERT INTO session (id, hash, realm, person, organisation, support, method, strength, device, created_at, seen_at, proven_at, expires_at, ended, version)
				VALUES ('ss_%d', '\x0%d', 'members', 'pn_a', '', '', 'passkey', '{}', 'x', {-5m}, {-1m}, 0, {1h}, 0, 1)`, i, i+1))
		}
		w.expect(t, assure.Realms, run, control.Fail, "has 4 sessions")
		w.clear(id.Platform, "session")
		w.sql(id.Platform, `INSERT INTO break_glass (id, person, hash, used_at, noted_at, created_at, version) VALUES ('x', 'pn_c', '\x00', {-2h}, 0, 0, 1)`)
		w.expect(t, assure.Realms, run, control.Fail, "no administrator has said why")
		w.sql(id.Platform, `UPDATE break_glass SET noted_at = {-1h}`)
		w.expect(t, assure.Realms, run, control.Pass, "")
	})
}

func TestPersonnelFails(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		l := w.looks()
		w.persons("pn_a")
		role := map[string][]access.Role{"pn_a": {access.Administrator}}
		l.People = rules(role)
		w.expect(t, assure.Personnel, l.Personnel, control.Pass, "")
		for _, x := range []struct {
			contractor               int
			contract, until, version string
			digest, signed           string
			gone                     int
			words                    string
		}{
			{0, "", "0", "2", ours, "{-1h}", 0, ""},
			{1, "C-1", "{24h}", "2", ours, "{-1h}", 0, ""},
			{0, "", "0", "", "", "0", 0, "has not signed the undertaking in force, and has a role"},
			{0, "", "0", "1", strings.Repeat("0", 64), "{-1h}", 0, "has not signed the undertaking in force"},
			{0, "", "0", "2", "b" + ours[1:], "{-1h}", 0, "has not signed the undertaking in force"},
			{1, "", "0", "2", ours, "{-1h}", 0, "a contractor without a contract"},
			{1, "C-1", "{-1h}", "2", ours, "{-1h}", 0, "whose contract has ended"},
			{0, "", "0", "2", ours, "{-1h}", 1, "has left, and has a role"},
		} {
			w.clear(id.Platform, "personnel")
			w.sql(id.Platform, fmt.Sprintf(`INSERT INTO personnel (person, name, email, roles, contractor, contract, until, document, digest, signed_at, gone, created_at, version)
				VALUES ('pn_a', 'a', 'a', '["administrator"]', %d, '%s', %s, '%s', '%s', %s, %d, 0, 1)`, x.contractor, x.contract, x.until, x.version, x.digest, x.signed, x.gone))
			want := control.Fail
			if x.words == "" {
				want = control.Pass
			}
			l.People = rules(role)
			w.expect(t, assure.Personnel, l.Personnel, want, x.words)
			// Where the record gives no role in effect, as it has to be, nothing is wrong but a text that nobody knows.
			l.People = rules(nil)
			if strings.HasPrefix(x.digest, "b") {
				w.expect(t, assure.Personnel, l.Personnel, control.Fail, "is of no text that there is")
			} else {
				w.expect(t, assure.Personnel, l.Personnel, control.Pass, "")
			}
		}
	})
}

func TestStaffAccessFails(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		run := w.looks().StaffAccess
		w.expect(t, assure.StaffAccess, run, control.Pass, "")
		w.persons("pn_b")
		w.sql(id.Platform, `INSERT INTO personnel (person, name, email, roles, contractor, contract, until, document, digest, signed_at, gone, created_at, version)
			VALUES ('pn_b', 'b', 'b', '[]', 0, '', 0, '', '', 0, 0, 0, 1)`,
			`INSERT INTO grant_request (id, person, organisation, reason, ticket, created_at) VALUES ('gr_b', 'pn_b', '`+string(contoso)+`', 'why', 'T-1', 0)`)
		for _, x := range []struct{ row, words string }{
			{`('gr_b', 'pn_b', 'why', 'T-1', 'active', {-1h}, {-1h}, {1h}, '', 0, 1)`, ""},
			{`('gr_b', 'pn_b', 'why', 'T-1', 'asked', {-1h}, {-1h}, {1h}, '', 0, 1)`, ""},
			{`('gr_b', 'pn_b', '', 'T-1', 'active', {-1h}, {-1h}, {1h}, '', 0, 1)`, "no reason or no ticket"},
			{`('gr_b', 'pn_b', 'why', '', 'refused', {-1h}, {-1h}, {1h}, '', 0, 1)`, "no reason or no ticket"},
			{`('gr_b', 'pn_b', 'why', 'T-1', 'active', {-1h}, {-1h}, {48h}, '', 0, 1)`, "lasts longer than 8h"},
			{`('gr_b', 'pn_other', 'why', 'T-1', 'active', {-1h}, {-1h}, {1h}, '', 0, 1)`, "is not what the platform noted"},
			{`('gr_c', 'pn_b', 'why', 'T-1', 'active', {-1h}, {-1h}, {1h}, '', 1, 1)`, "has no note that it was asked for"},
			{`('gr_b', 'pn_b', 'why', 'T-1', 'active', {-1h}, {-1h}, {1h}, '', 2, 1)`, "the ledger has 0 entries"},
		} {
			w.clear(contoso, "support_grant")
			w.sql(contoso, grantRow+x.row)
			want := control.Fail
			if x.words == "" {
				want = control.Pass
			}
			w.expect(t, assure.StaffAccess, run, want, x.words)
		}
		w.clear(contoso, "support_grant")
		w.sql(contoso, grantRow+`('gr_b', 'pn_b', 'why', 'T-1', 'active', {-1h}, {-1h}, {1h}, '', 0, 1)`, `INSERT INTO sign_in_policy (id, text, version) VALUES ('policy', '{"grantsApproved":true}', 1)`)
		w.expect(t, assure.StaffAccess, run, control.Fail, "was not approved by the organisation")
		w.sql(contoso, `UPDATE support_grant SET actor = 'person:pn_b'`)
		w.expect(t, assure.StaffAccess, run, control.Fail, "was not approved by the organisation")
		w.sql(contoso, `UPDATE support_grant SET actor = 'person:pn_owner'`)
		w.expect(t, assure.StaffAccess, run, control.Pass, "")
		w.sql(id.Platform, `INSERT INTO staff_proposal (id, kind, person, organisation, reason, ticket, state, proposer, approver, created_at, expires_at, decided_at, version)
			VALUES ('pr_x', 'export', '', '`+string(contoso)+`', 'why', 'T-1', 'done', 'pn_b', 'pn_b', 0, 0, 0, 1)`)
		w.expect(t, assure.StaffAccess, run, control.Fail, "was approved by nobody else")
		w.sql(id.Platform, `UPDATE staff_proposal SET approver = 'pn_c'`)
		w.expect(t, assure.StaffAccess, run, control.Pass, "")
	})
}

func TestEndingsFail(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		run := w.looks().Endings
		w.persons("pn_a")
		w.sql(contoso, `INSERT INTO member (id, name, email, role, removed, erased, created_at, version) VALUES ('pn_a', 'a', 'a', 'viewer', 1, 0, 0, 1)`)
		w.expect(t, assure.Endings, run, control.Pass, "")
		in := session{realm: "members", person: "pn_a", org: string(contoso), method: "provider", strength: "{}"}
		w.session(in)
		w.expect(t, assure.Endings, run, control.Fail, "pn_a still has the session ss_x")
		in.ended = 1
		w.session(in)
		w.expect(t, assure.Endings, run, control.Pass, "")
		w.sql(contoso, `INSERT INTO scim_user (id, user_name, external, active, data, created_at, changed_at, version) VALUES ('pn_a', 'a', '', 0, '{}', 0, {-70s}, 1)`)
		w.expect(t, assure.Endings, run, control.Pass, "")
		w.sql(contoso, `UPDATE scim_user SET changed_at = {-5m}`)
		w.expect(t, assure.Endings, run, control.Fail, "was let in 3m")
		w.sql(contoso, `UPDATE scim_user SET changed_at = {0s}`)
		put := `INSERT INTO token (id, name, role, about, person, hash, revoked, created_at, expires_at, used_at, version) VALUES ('tk_x', 'x', 'viewer', '', 'pn_a', '\x00', `
		w.sql(contoso, put+`0, 0, {24h}, 0, 1)`)
		w.expect(t, assure.Endings, run, control.Fail, "pn_a still has 1 tokens")
		w.sql(contoso, `UPDATE token SET revoked = 1, used_at = {10m}`)
		w.expect(t, assure.Endings, run, control.Fail, "after the provisioner took the person out")
		w.clear(contoso, "token")
		w.sql(contoso, `INSERT INTO service_account (id, name, owner, used_at, disabled, why, enabled_at, created_at, version) VALUES ('sa_x', 'x', 'pn_a', 0, 0, '', {-960h}, 0, 1)`)
		w.expect(t, assure.Endings, run, control.Fail, "sa_x was not used for 40 days")
		w.sql(contoso, `UPDATE service_account SET used_at = {-24h}`)
		w.expect(t, assure.Endings, run, control.Pass, "")
		w.sql(contoso, `UPDATE service_account SET used_at = 0, disabled = 1`)
		w.expect(t, assure.Endings, run, control.Pass, "")
	})
}

func TestSignInRulesFail(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		run := w.looks().SignInRules
		w.persons("pn_a")
		w.sql(contoso, `INSERT INTO member (id, name, email, role, removed, erased, created_at, version) VALUES ('pn_a', 'a', 'a', 'viewer', 0, 0, 0, 1)`)
		in := session{realm: "members", person: "pn_a", org: string(contoso), method: "passkey", strength: "{}"}
		w.session(in)
		w.expect(t, assure.SignInRules, run, control.Pass, "")
		w.sql(contoso, `INSERT INTO sign_in_policy (id, text, version) VALUES ('policy', '{"ssoRequired":true}', 1)`)
		w.expect(t, assure.SignInRules, run, control.Fail, "was let in by a passkey")
		w.sql(contoso, `UPDATE member SET role = 'owner'`)
		w.expect(t, assure.SignInRules, run, control.Pass, "")
		w.sql(contoso, `UPDATE member SET role = 'viewer'`)
		in.method = "provider"
		w.session(in)
		w.expect(t, assure.SignInRules, run, control.Pass, "")
		w.sql(contoso, `UPDATE sign_in_policy SET text = '{"session":300000000000}'`)
		w.expect(t, assure.SignInRules, run, control.Fail, "for longer than the 5m0s")
		w.sql(contoso, `UPDATE sign_in_policy SET text = '{"session":3600000000000}'`)
		w.expect(t, assure.SignInRules, run, control.Pass, "")
	})
}

func TestAccessLogFails(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		run := w.looks().AccessLog
		w.expect(t, assure.AccessLog, run, control.Pass, "")
		put := `INSERT INTO access_log (seq, at, actor, surface, method, route, status, decision, policy, request, count) VALUES `
		for i := range 4 {
			w.sql(contoso, fmt.Sprintf(put+`(%d, {-1h}, 'person:pn_a', 'api', 'GET', '/api/v1/projects', 200, 'allowed', 'x', 'rq', 1)`, i+1))
		}
		w.expect(t, assure.AccessLog, run, control.Pass, "")
		w.tamper(contoso, `DELETE FROM access_log WHERE seq = 2`)
		w.expect(t, assure.AccessLog, run, control.Fail, "record 1 is followed by 3")
		w.sql(contoso, put+`(2, {-1h}, '', 'api', 'GET', '/api/v1/projects', 200, 'allowed', 'x', 'rq', 1)`)
		w.expect(t, assure.AccessLog, run, control.Fail, "names no actor")
		w.tamper(contoso, `UPDATE access_log SET actor = 'person:pn_a', route = '' WHERE seq = 2`)
		w.expect(t, assure.AccessLog, run, control.Fail, "lacks its method, route")
		w.tamper(contoso, `UPDATE access_log SET route = '', actor = '', decision = 'lost', count = 7 WHERE seq = 2`)
		w.expect(t, assure.AccessLog, run, control.Pass, "")
		w.sql(contoso, `INSERT INTO token (id, name, role, about, hash, revoked, created_at, expires_at, used_at, version) VALUES ('tk_x', 'x', 'viewer', '', '\x00', 0, 0, {24h}, {-30m}, 1)`)
		w.expect(t, assure.AccessLog, run, control.Fail, "stands in no record")
		w.sql(contoso, put+`(5, {-29m}, 'person:pn_a', 'api', 'GET', '/api/v1/projects', 403, 'denied', '', 'rq', 1)`)
		w.expect(t, assure.AccessLog, run, control.Pass, "")

		w.sql(contoso, `INSERT INTO stream (id, kind, name, settings, off, created_at, version) VALUES ('st_x', 'ocsf', 'x', '{}', 0, 0, 1)`,
			`INSERT INTO stream_position (stream, source, next, attempts, since, retry_at, error, at) VALUES ('st_x', 'access', 6, 0, 0, 0, '', 0)`)
		w.expect(t, assure.AccessLog, run, control.Pass, "")
		w.sql(contoso, put+`(6, {-90m}, 'person:pn_a', 'api', 'GET', '/api/v1/projects', 200, 'allowed', 'x', 'rq', 1)`)
		w.expect(t, assure.AccessLog, run, control.Fail, "stream st_x (access) has been due for 1h30m")
		w.sql(contoso, `UPDATE stream_position SET attempts = 5, retry_at = {10m}`)
		w.expect(t, assure.AccessLog, run, control.Pass, "")
		w.sql(contoso, `UPDATE stream_position SET retry_at = {-2h}`)
		w.sql(contoso, `UPDATE stream SET off = 1`)
		w.expect(t, assure.AccessLog, run, control.Pass, "")
	})
}

// TestTruths: what the duties are compared with is counted in the home itself.
func TestTruths(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.sql(contoso, `INSERT INTO member (id, name, email, role, removed, erased, created_at, until, version) VALUES ('pn_a', 'a', 'a', 'auditor', 0, 0, 0, 0, 1)`,
			`INSERT INTO member (id, name, email, role, removed, erased, created_at, until, version) VALUES ('pn_b', 'b', 'b', 'owner', 0, 0, 0, 0, 1)`,
			`INSERT INTO token (id, name, role, about, hash, revoked, created_at, expires_at, used_at, version) VALUES ('tk_x', 'x', 'viewer', '', '\x00', 0, {-960h}, {24h}, {-800h}, 1)`,
			`INSERT INTO token (id, name, role, about, hash, revoked, created_at, expires_at, used_at, version) VALUES ('tk_y', 'x', 'viewer', '', '\x01', 0, {-960h}, {24h}, {-8h}, 1)`,
			`INSERT INTO sign_in_policy (id, text, version) VALUES ('policy', '{"ssoRequired":true}', 1)`,
			`INSERT INTO provider (id, name, issuer, client, settings, off, created_at, version) VALUES ('ip_x', 'x', 'x', 'x', '{}', 0, 0, 1)`)
		all, err := w.looks().Truths(t.Context())
		w.check(err)
		got := map[id.Org]assure.Truth{}
		for _, x := range all {
			got[x.Org] = x
		}
		want := assure.Truth{Org: contoso, Idle: 1, Endless: 1, Owners: 1, Provider: true, SignedOnly: true}
		if len(all) != 2 || got[contoso] != want || got[fabrikam] != (assure.Truth{Org: fabrikam}) {
			t.Errorf("%+v", all)
		}
	})
}
