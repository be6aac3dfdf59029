package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
)

// opened is a route as the description of the API has it.
type opened struct {
	method, path, name string
	open               bool // takes no token
	body               string
}

func (w *world) operations() (all []opened) {
	w.t.Helper()
	var d struct {
		Paths map[string]map[string]struct {
			OperationID string
			Security    []any
			RequestBody *struct{ Content map[string]any }
		}
	}
	w.check(json.Unmarshal(w.get("", "/openapi.json").must(200).body, &d))
	for path, methods := range d.Paths {
		for m, o := range methods {
			x := opened{method: strings.ToUpper(m), path: strings.TrimPrefix(path, Prefix), name: o.OperationID, open: len(o.Security) == 0}
			if o.RequestBody != nil {
				for kind := range o.RequestBody.Content {
					x.body = kind
				}
			}
			all = append(all, x)
		}
	}
	slices.SortFunc(all, func(a, b opened) int { return strings.Compare(a.name, b.name) })
	if len(all) < 45 {
		w.t.Fatalf("%d routes", len(all))
	}
	return all
}

// at fills in the names of a path.
func at(path string, values map[string]string) string {
	for name, v := range values {
		path = strings.ReplaceAll(path, "{"+name+"}", v)
	}
	return path
}

// parts are the names of a path.
func parts(path string) (names []string) {
	for part := range strings.SplitSeq(path, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			names = append(names, strings.TrimSuffix(name, "}"))
		}
	}
	return names
}

func filled(path, with string) string {
	values := map[string]string{}
	for _, n := range parts(path) {
		values[n] = with
	}
	return at(path, values)
}

// TestNobodyComesIn asks every route without a token, with tokens that are none, and with every method that it does not have.
func TestNobodyComesIn(t *testing.T) {
	w := newWorld(t, "SQLite")
	before := len(w.entries(w.org))
	methods := map[string][]string{}
	for _, o := range w.operations() {
		methods[o.path] = append(methods[o.path], o.method)
		if o.open != (o.name == "set-up") {
			t.Errorf("%s takes no token", o.name)
		}
		if o.open {
			continue
		}
		path := filled(o.path, "xx_1")
		for _, head := range []string{"", "Bearer", "Bearer ", "Bearer x", "Basic " + w.owner, "bearer\t" + w.owner, "Bearer " + w.owner + "x", "Bearer " + strings.ToUpper(w.owner), "Bearer " + strings.Repeat("a", 5000), "Bearer c4a_" + string(w.org) + "_'; DROP TABLE token; --"} {
			r := w.call("", o.method, path, dict{}, "Authorization", head).must(401)
			if r.head.Get("WWW-Authenticate") == "" {
				t.Errorf("%s: RFC 9110 asks for WWW-Authenticate", o.name)
			}
		}
		w.call("", o.method, path+"?access_token="+w.owner+"&token="+w.owner, dict{}).must(401)
	}
	for path, has := range methods {
		for _, m := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"} {
			if slices.Contains(has, m) || m == "HEAD" && slices.Contains(has, "GET") {
				continue
			}
			r := w.call(w.owner, m, filled(path, "xx_1"), nil).must(405)
			for _, x := range has {
				if !strings.Contains(r.head.Get("Allow"), x) {
					t.Errorf("%s %s: Allow is %q", m, path, r.head.Get("Allow"))
				}
			}
		}
	}
	for _, path := range []string{"/nothing", "/whoami/", "//whoami", "/../v1/whoami", "/./whoami", "/whoami/..", "/openapi/../whoami", "/openapi/x", "/WHOAMI", "/projects//baselines", "/docs", "/schemas/x.json", "/%2e%2e/whoami", "/setup/"} {
		w.get(w.owner, path).must(404)
		w.get("", path).must(401)
	}
	if n := len(w.entries(w.org)); n != before {
		t.Errorf("%d entries of requests that were refused", n-before)
	}
}

// stage is what routes are tried on: something of each kind that a path can name.
func (w *world) stage() map[string]string {
	w.t.Helper()
	w.scan(estate(false, "a"))
	base := w.approve(w.owner, "latest", "").must(201).text("baseline.id")
	w.scan(estate(true, "b"))
	snapshot := w.scan(estate(true, "a"))
	p := w.post(w.second, "/projects/"+w.project+"/exceptions", exceptionOf(w)).must(201).text("id")
	w.post(w.third, "/projects/"+w.project+"/proposals/"+p+"/approval", nil).must(201)
	open := w.post(w.second, "/projects/"+w.project+"/exceptions", exceptionOf(w)).must(201).text("id")
	w.work()
	for range 4 { // a job that died
		if w.rows(w.org, `SELECT id FROM job WHERE kind = 'scan.run'`) == nil {
			w.upload(w.owner, w.project, packed("0/g.json", "{}"))
		}
		w.check(w.homes.Queue().Fail(w.t.Context(), w.claim("scan.run").Lease, "killed", time.Microsecond))
	}
	return map[string]string{
		"project": w.project, "snapshot": snapshot, "baseline": base, "proposal": open, "member": w.people[1],
		"exception":  w.get(w.owner, "/projects/"+w.project+"/exceptions").items()[0]["id"].(string),
		"comparison": w.get(w.owner, "/projects/"+w.project+"/comparisons").items()[0]["id"].(string),
		"scan":       w.get(w.owner, "/projects/"+w.project+"/scans").items()[0]["id"].(string),
		"connection": w.post(w.owner, "/projects/"+w.project+"/connections", dict{"kind": "repository", "name": "x", "credential": "s", "target": dict{"address": "https://git.contoso.example/shop"}}).must(201).text("id"),
		"job":        w.rows(w.org, `SELECT id FROM job WHERE state = 'dead'`)[0],
		"account":    w.post(w.owner, "/service-accounts", dict{"name": "builds"}).must(201).text("id"),
		"token":      w.post(w.owner, "/tokens", dict{"name": "t", "purpose": "ci", "expires": w.later(time.Hour)}).must(201).text("token.id"),
	}
}

// expected says of a route whom it is for, by the action of package access that decides, and what is sent to it.
type expected struct {
	act   access.Action
	body  func(w *world) dict
	reads bool   // changes nothing; that it was asked may be an entry
	staff bool   // of the platform
	other string // another right answer than 2xx, of who may: there is nothing to act on
}

func reason(*world) dict { return dict{"reason": "because"} }

var routes = map[string]expected{
	"who-am-i": {reads: true},
	"create-organisation": {act: access.OrganisationCreate, staff: true, body: func(*world) dict {
		return dict{"slug": "third", "name": "n", "ownerName": "o", "ownerEmail": "o@third.example"}
	}},
	"list-organisations":   {act: access.OrganisationList, staff: true, reads: true},
	"get-organisation":     {act: access.OrganisationRead, reads: true},
	"change-organisation":  {act: access.OrganisationChange, body: func(*world) dict { return dict{"name": "Other"} }},
	"destroy-organisation": {act: access.OrganisationDestroy, body: func(*world) dict { return dict{"slug": "contoso", "reason": "end"} }},
	"create-project":       {act: access.ProjectCreate, body: func(*world) dict { return dict{"slug": "third", "name": "n"} }},
	"list-projects":        {act: access.ProjectList, reads: true},
	"get-project":          {act: access.ProjectRead, reads: true},
	"change-project":       {act: access.ProjectChange, body: func(*world) dict { return dict{"name": "Other"} }},
	"list-connections":     {act: access.ConnectionList, reads: true},
	"create-connection":    {act: access.ConnectionChange, body: func(*world) dict { return dict{"kind": "upload", "name": "y"} }},
	"remove-connection":    {act: access.ConnectionChange},
	"verify-connection":    {act: access.ConnectionChange},
	"replace-credential":   {act: access.ConnectionChange, body: func(*world) dict { return dict{"credential": "t"} }},
	"list-members":         {act: access.MemberList, reads: true},
	"add-member":           {act: access.MemberChange, body: func(*world) dict { return dict{"name": "n", "email": "n@contoso.example", "role": "viewer"} }},
	"change-member":        {act: access.MemberChange, body: func(*world) dict { return dict{"name": "m"} }},
	"remove-member":        {act: access.MemberChange, body: reason},
	"erase-person":         {act: access.PersonErase, body: reason},
	"list-tokens":          {act: access.TokenList, reads: true},
	"create-token": {act: access.TokenChange, body: func(w *world) dict {
		return dict{"name": "t", "purpose": "ci", "expires": w.later(time.Hour)}
	}},
	"reach-of-token":         {act: access.TokenDrop, reads: true},
	"list-service-accounts":  {act: access.TokenList, reads: true},
	"create-service-account": {act: access.TokenChange, body: func(*world) dict { return dict{"name": "pipelines"} }},
	"change-service-account": {act: access.TokenChange, body: func(*world) dict { return dict{"name": "nightly builds"} }},
	"revoke-token":           {act: access.TokenDrop, body: reason},
	"start-scan":             {act: access.ScanStart, body: func(*world) dict { return dict{"connection": "cn_none"} }, other: "404"},
	"upload-scan":            {act: access.ScanStart},
	"list-scans":             {act: access.ScanRead, reads: true},
	"get-scan":               {act: access.ScanRead, reads: true},
	"follow-scan":            {act: access.ScanRead, reads: true},
	"list-snapshots":         {act: access.SnapshotRead, reads: true},
	"find-snapshot":          {act: access.SnapshotRead, reads: true},
	"get-snapshot":           {act: access.SnapshotRead, reads: true},
	"get-model":              {act: access.SnapshotRead, reads: true},
	"collect-snapshots":      {act: access.SnapshotCollect, body: func(*world) dict { return dict{"newest": 1} }},
	"redact-resource": {act: access.SnapshotRedact, body: func(*world) dict {
		return dict{"resource": "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/stcontoso", "reason": "asked for"}
	}},
	"list-baselines": {act: access.BaselineRead, reads: true},
	"approve-baseline": {act: access.BaselineApprove, body: func(w *world) dict {
		return dict{"snapshot": "latest", "reason": "r", "expect": w.get(w.owner, "/projects/"+w.project+"/baselines").items()[0]["id"]}
	}},
	"get-baseline":      {act: access.BaselineRead, reads: true},
	"list-proposals":    {act: access.BaselineRead, reads: true},
	"approve-proposal":  {act: access.BaselineApprove},
	"reject-proposal":   {act: access.BaselineApprove, body: reason},
	"withdraw-proposal": {act: access.BaselineApprove, body: reason},
	"list-comparisons":  {act: access.FindingRead, reads: true},
	"get-report":        {act: access.FindingRead, reads: true},
	"list-findings":     {act: access.FindingRead, reads: true},
	"list-exceptions":   {act: access.ExceptionRead, reads: true},
	"propose-exception": {act: access.ExceptionChange, body: exceptionOf},
	"approve-exception": {act: access.ExceptionChange},
	"revoke-exception":  {act: access.ExceptionChange, body: reason},
	"list-entries":      {act: access.LedgerRead, reads: true},
	"get-checkpoint":    {act: access.LedgerSign, reads: true},
	"get-ledger-key":    {act: access.LedgerRead, reads: true},
	"export-ledger":     {act: access.LedgerExport, reads: true},
	"verify-ledger":     {act: access.LedgerVerify, body: func(*world) dict { return dict{"depth": "tail"} }},
	"list-jobs":         {act: access.JobRead, reads: true},
	"retry-job":         {act: access.JobRetry},
	"list-controls":     {act: access.ControlRead, staff: true, reads: true},
	"rotate-keys":       {act: access.KeyRotate, staff: true, other: "201"},
	"run-controls":      {act: access.ControlRun, staff: true, body: func(*world) dict { return dict{} }},
	"list-destinations": {act: access.PlatformRead, staff: true, reads: true},
}

// may says whom an action is for.
func may(act access.Action, role access.Role, staff bool) bool {
	a := access.Actor{ID: "person:x", Kind: access.Person, Org: "og_01jq8z6y5x4w3v2t1s0r9q8p7n", Roles: []access.Role{role}}
	if staff {
		a.Kind, a.Org = access.Staff, id.Platform
	}
	_, err := access.Decide(a, act, access.Resource{Project: "pj_01jq8z6y5x4w3v2t1s0r9q8p7n"})
	return err == nil
}

// stateOf is all that the rows of an organisation's home are, but for the ledger.
func (w *world) stateOf(org id.Org) (all []string) {
	w.t.Helper()
	queries := []string{
		`SELECT 'organisation ' || id || ' ' || version FROM organisation`, `SELECT 'project ' || id || ' ' || version FROM project`, `SELECT 'member ' || id || ' ' || version FROM member`,
		`SELECT 'token ' || id || ' ' || version FROM token`, `SELECT 'secret ' || id || ' ' || version FROM secret`, `SELECT 'connection ' || id || ' ' || version FROM connection`,
		`SELECT 'job ' || id || state FROM job`, `SELECT 'scan ' || id || ' ' || version FROM scan`, `SELECT 'snapshot ' || id FROM snapshot`, `SELECT 'baseline ' || id FROM baseline`,
		`SELECT 'comparison ' || id FROM comparison`, `SELECT 'finding ' || id || state FROM finding`, `SELECT 'exception ' || id || ' ' || version FROM exception`,
		`SELECT 'proposal ' || id || ' ' || version FROM proposal`, `SELECT 'upload ' || id FROM upload`, `SELECT 'object ' || name FROM object`,
	}
	if org == id.Platform {
		queries = []string{`SELECT 'directory ' || id || ' ' || version FROM directory`, `SELECT 'person ' || id || ' ' || version FROM person`}
	}
	for _, q := range queries {
		all = append(all, w.rows(org, q)...)
	}
	slices.Sort(all)
	return all
}

// ask sends to a route what it takes.
func (w *world) ask(o opened, x expected, token string, values map[string]string) *reply {
	w.t.Helper()
	if o.body == "application/zip" {
		return w.send(token, o.method, at(o.path, values), packed("0/g.json", string(estate(false, "z"))), "Content-Type", o.body)
	}
	if x.body == nil {
		return w.call(token, o.method, at(o.path, values), nil)
	}
	return w.call(token, o.method, at(o.path, values), x.body(w))
}

// TestEveryRoute asks each route as everybody: who may not is refused and changes nothing, another organisation finds nothing, and what changes state leaves an entry. A route
// that is not in the table above fails.
func TestEveryRoute(t *testing.T) {
	listed := maps.Clone(routes)
	first := newWorld(t, "SQLite")
	for _, o := range first.operations() {
		x, ok := listed[o.name]
		delete(listed, o.name)
		if o.open {
			continue
		}
		if !ok {
			t.Errorf("the route %s is in no table", o.name)
			continue
		}
		t.Run(o.name, func(t *testing.T) {
			w := newWorld(t, "SQLite")
			values := w.stage()
			home := w.org
			if x.staff {
				home = id.Platform
			}
			rows, entries := w.stateOf(home), len(w.entries(home))
			for role, token := range map[access.Role]string{access.Viewer: w.reader, access.Architect: w.third, access.Owner: w.owner, access.Operator: w.operator} {
				if x.act == "" || may(x.act, role, role == access.Operator) {
					continue
				}
				r := w.ask(o, x, token, values)
				// revoking one's own token is everybody's, and another's is not there for them
				if want := 403; r.code != want && (o.name != "revoke-token" && o.name != "reach-of-token" || r.code != 404) {
					t.Errorf("as %s: %d: %s", role, r.code, r.body)
				}
				r.problem()
			}
			if len(parts(o.path)) > 0 {
				for _, own := range []bool{false, true} { // with the others' project, and with one's own
					there := maps.Clone(values)
					if own {
						there["project"] = w.theirs
					}
					if own && o.path == strings.ReplaceAll(o.path, "{project}", "") {
						continue
					}
					if own && len(parts(o.path)) == 1 {
						continue
					}
					if r := w.ask(o, x, w.foreign, there); r.code != 404 && r.code != 403 {
						t.Errorf("another organisation: %d: %s", r.code, r.body)
					} else {
						r.problem()
					}
				}
			}
			if got := w.stateOf(home); !slices.Equal(got, rows) || len(w.entries(home)) != entries {
				t.Errorf("what was refused has changed something: %d entries", len(w.entries(home))-entries)
			}
			token := w.owner
			if x.staff {
				token = w.operator
			}
			r := w.ask(o, x, token, values)
			if x.other != "" {
				if fmt.Sprint(r.code) != x.other {
					t.Errorf("%d: %s", r.code, r.body)
				}
				return
			}
			if r.code < 200 || r.code > 299 {
				t.Fatalf("who may: %d: %s", r.code, r.body)
			}
			if r.head.Get("Cache-Control") != "no-store" {
				t.Errorf("it may be kept: %v", r.head)
			}
			changed, more := !slices.Equal(w.stateOf(home), rows), len(w.entries(home))-entries
			switch {
			case !x.reads && more == 0:
				t.Error("it changes state and leaves no entry in the ledger")
			case x.reads && changed:
				t.Error("it says that it reads, and has changed something")
			}
		})
	}
	for name := range listed {
		t.Errorf("the table has %s, which is no route", name)
	}
}

// canary stands for a secret that somebody puts where it does not belong. It is long, has characters that are escaped, and begins like nothing of ours.
const canary = "CaNaRy-7f3a<&>\"'%zz"

// TestNothingIsRepeated puts the canary into every field, every part of a path, every parameter and header: no answer that refuses it, and no header, has it.
func TestNothingIsRepeated(t *testing.T) {
	w := newWorld(t, "SQLite")
	values := w.stage()
	bad := func(r *reply, where string) {
		t.Helper()
		if r.code < 400 {
			return // it was taken: a name is told to those who may read it
		}
		r.problem()
		if text := fmt.Sprint(r.head) + string(r.body); strings.Contains(text, "CaNaRy") || strings.Contains(text, "7f3a") {
			t.Errorf("%s: %s is repeated: %s", r.what, where, text)
		}
	}
	enc := strings.NewReplacer("<", "%3C", ">", "%3E", "\"", "%22", "%zz", "%25zz", "&", "%26", "'", "%27").Replace(canary)
	for _, o := range w.operations() {
		x := routes[o.name]
		tokens := []string{w.owner, w.operator}
		for _, token := range tokens {
			for _, name := range parts(o.path) {
				there := maps.Clone(values)
				there[name] = enc
				bad(w.ask(o, x, token, there), "the path's "+name)
			}
			if o.name == "destroy-organisation" || o.name == "remove-member" || o.name == "erase-person" || o.name == "revoke-token" {
				continue
			}
			path := at(o.path, values)
			var sent dict
			if x.body != nil {
				sent = x.body(w)
			}
			for _, q := range []string{"after", "limit", "state", "severity", "from", "kinds", "older", "values", "removed", "at", "name"} {
				bad(w.call(token, o.method, path+"?"+q+"="+enc, sent), "the parameter "+q)
			}
			for field := range sent {
				for _, v := range []any{canary, strings.Repeat(canary, 4000), dict{canary: canary}, []string{canary}, 12345678901234567, "2026-01-01T00:00:00+99:99"} {
					there := maps.Clone(sent)
					there[field] = v
					bad(w.call(token, o.method, path, there), "the field "+field)
				}
			}
			if sent != nil {
				there := maps.Clone(sent)
				there[canary] = canary
				bad(w.call(token, o.method, path, there), "a field that is none")
			}
			bad(w.send(token, o.method, path, []byte(`{"`+canary+`": `+canary)), "JSON that is none")
			bad(w.call(token, o.method, path, sent, "Content-Type", canary), "the type")
			bad(w.call(token, o.method, path, sent, "Idempotency-Key", strings.Repeat(canary, 20)), "the key")
		}
		bad(w.call(canary, o.method, filled(o.path, "xx"), nil), "the token")
	}
	bad(w.post("", "/setup", dict{"code": canary}), "the code")
	bad(w.post("", "/setup", dict{"code": 1, canary: canary}), "a field of the set-up")
}

// TestHostileBodies are requests that are no requests.
func TestHostileBodies(t *testing.T) {
	w := newWorld(t, "SQLite")
	for what, x := range map[string]struct {
		body string
		code int
	}{
		"nothing":       {"", 400},
		"no JSON":       {"{", 400},
		"deep":          {strings.Repeat("[", 100_000), 400},
		"deep objects":  {strings.Repeat(`{"a":`, 100_000) + "1" + strings.Repeat("}", 100_000), 400},
		"a list":        {"[]", 422},
		"null":          {"null", 422},
		"a number":      {`{"slug":"aa","name":1e400}`, 400},
		"too large":     {`{"slug":"aa","name":"` + strings.Repeat("a", maxBody) + `"}`, 413},
		"a NUL":         {`{"slug":"aa","name":"a\u0000b"}`, 400},
		"half a pair":   {`{"slug":"aa","name":"\ud800"}`, 400},
		"bytes":         {"{\"slug\":\"aa\",\"name\":\"\xff\"}", 400},
		"right to left": {`{"slug":"aa","name":"a\u202eb"}`, 400},
		"another case":  {`{"name":"b","slug":"cc","NAME":"` + strings.Repeat("a", 201) + `"}`, 400},
		"twice":         {`{"slug":"x y","slug":"last-one","name":"b"}`, 201},
		"behind it":     {`{"slug":"aa","name":"b"}{"slug":"bb"}`, 400},
		"long":          {`{"slug":"aa","name":"` + strings.Repeat("a", 201) + `"}`, 422},
		"composed":      {`{"slug":"caf\u00e9","name":"b"}`, 400},
	} {
		r := w.send(w.owner, "POST", "/projects", []byte(x.body))
		if r.code != x.code {
			t.Errorf("%s: %d, not %d: %s", what, r.code, x.code, r.body)
		}
		if r.code >= 400 {
			r.problem()
		}
	}
	w.send(w.owner, "POST", "/projects", []byte(`<x/>`), "Content-Type", "application/xml").must(415)
	for _, name := range []string{"..%2f..", "%2e%2e", "%00", "%0d%0aSet-Cookie:%20a=b", "%ff", strings.Repeat("a", 5000), "pj_" + strings.Repeat("0", 26), "PJ_" + w.project[3:], w.project + "%20", "%20" + w.project} {
		r := w.get(w.owner, "/projects/"+name)
		if r.code != 404 && r.code != 422 {
			t.Errorf("%.40s: %d %s", name, r.code, r.body)
		}
		r.problem()
		if r.head.Get("Set-Cookie") != "" {
			t.Error("a header was injected")
		}
	}
}

// TestSentTwice: the same key with the same request is one change with one answer, the tokens in it too; with another it is a conflict; it is one person's own.
func TestSentTwice(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		for path, body := range map[string]dict{
			"/projects": {"slug": "twice", "name": "n"},
			"/members":  {"name": "n", "email": "twice@contoso.example", "role": "viewer"},
			"/tokens":   {"name": "t", "purpose": "ci", "expires": w.later(time.Hour)},
			"/projects/" + w.project + "/connections": {"kind": "upload", "name": "c", "credential": "s"},
		} {
			one := w.post(w.owner, path, body, "Idempotency-Key", path).must(201)
			n := len(w.entries(w.org))
			two := w.post(w.owner, path, body, "Idempotency-Key", path).must(201)
			if !bytes.Equal(one.body, two.body) {
				t.Errorf("%s: answered\n%s\nand then\n%s", path, one.body, two.body)
			}
			if m := len(w.entries(w.org)); m != n {
				t.Errorf("%s: %d entries of the second", path, m-n)
			}
			other := maps.Clone(body)
			other["name"] = "other"
			w.post(w.owner, path, other, "Idempotency-Key", path).must(409)
		}
		w.post(w.owner, "/projects", dict{"slug": "mine", "name": "n"}, "Idempotency-Key", "shared").must(201)
		w.post(w.foreign, "/projects", dict{"slug": "mine", "name": "n"}, "Idempotency-Key", "shared").must(201)
		w.post(w.owner, "/projects", dict{"slug": "x", "name": "n"}, "Idempotency-Key", strings.Repeat("k", 201)).must(422)
		one := w.post(w.operator, "/organisations", dict{"slug": "third", "name": "n", "ownerName": "o", "ownerEmail": "o@third.example"}, "Idempotency-Key", "o").must(201)
		two := w.post(w.operator, "/organisations", dict{"slug": "third", "name": "n", "ownerName": "o", "ownerEmail": "o@third.example"}, "Idempotency-Key", "o").must(201)
		if one.text("organisation.id") != two.text("organisation.id") || one.text("token") != two.text("token") {
			t.Errorf("%s\n%s", one.body, two.body)
		}
	})
}

// TestSetupOnce: the code is good once, and guesses are all told the same.
func TestSetupOnce(t *testing.T) {
	w := newWorld(t, "SQLite")
	said := map[string]bool{}
	for _, code := range []string{"x", "c4s_", "c4s_" + strings.Repeat("0", 52), w.owner, w.operator} {
		said[string(w.post("", "/setup", dict{"code": code}).must(403).body)] = true
	}
	if len(said) != 1 {
		t.Errorf("guesses are told apart: %v", said)
	}
}

// TestHead asks for headers alone.
func TestHead(t *testing.T) {
	w := newWorld(t, "SQLite")
	srv := httptest.NewServer(w.handler)
	defer srv.Close()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodHead, srv.URL+Prefix+"/whoami", nil)
	w.check(err)
	r.Header.Set("Authorization", "Bearer "+w.owner)
	res, err := srv.Client().Do(r)
	w.check(err)
	defer res.Body.Close() //nolint:errcheck // there is none
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%d %v", res.StatusCode, res.Header)
	}
}
