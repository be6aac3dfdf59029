package app

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/inbound/route"
	"c4arch/internal/inbound/scim"
)

// The suite asks every route of the table as everybody, with every identifier replaced by one of another organisation, and the same with one that nobody has. It is as good as
// its twins: an attempt counts only when the same request by its rightful owner succeeds.

// sample is how a route is asked rightly.
type sample struct {
	query string // with {kind} where a thing is named
	body  func(s *stage, p *party) any
	// tame is a body that changes nothing that matters, for everybody who may; nil is body.
	tame func(s *stage, p *party) any
	// fresh makes what the twin uses up, by the names of parameters.
	fresh func(s *stage, p *party, values map[string]string)
	as    string // whose request the twin is; "" is the owner's
	// whole is a twin of its own kind.
	whole func(s *stage) (credential, request)
	// vain says of a thing, by its name, which status a foreign one has, where that is not 404: the thing is a value that is compared, and what it is compared with is one's own.
	vain map[string]int
	// platform is a route by which the platform acts on what organisations have, by its id: to the platform they are not others.
	platform bool
	// members is a route at which the platform's own callers are refused by the service itself, in whatever words: its action is one of the platform's too.
	members bool
	// refuses says whom the service itself refuses although package access lets them in; it has to.
	refuses func(a access.Actor) bool
	// kinds says of a parameter what it names, where that is not its name.
	kinds map[string]string
	// also is a second action that lets somebody in.
	also access.Action
	// elsewhere names the package and the test in which the twin is: it takes a machine, or people, that are not here.
	elsewhere string
	// ends says that it ends the session that asks, or puts another in its place: who asks has another one such. alone says that it ends others of the person too.
	ends, alone bool
	// more are things beside those in the table, and forms how a thing is written: id eq "%s".
	more  []route.Thing
	forms map[string]string
	// proves is an action of which a page shows something too, to whoever may: where that takes proof, the page does.
	proves access.Action
	// recalls says that the answer tells what our own people asked for, by its path: what they named is in it because they named it.
	recalls bool
	// done is what the stage has asked with success when it was built.
	done bool
}

// suite is one run.
type suite struct {
	*stage
	handler  http.Handler
	full     bool
	attempts int // requests that were to find nothing
	asked    int
	served   map[string]int
	callers  map[string]bool
	replaced map[string]bool
	faults   []string
}

func (u *suite) fails(format string, args ...any) {
	u.faults = append(u.faults, fmt.Sprintf(format, args...))
}

// callersOf are everybody who is somebody, by name.
func (u *suite) all() map[string]credential {
	all := maps.Clone(u.ours.callers)
	for role, c := range u.staff {
		all["staff "+string(role)] = c
	}
	if u.full {
		return all
	}
	few := map[string]credential{}
	for _, name := range []string{"owner", "viewer", "billing", "token ci", "token provisioning", "staff operator", "staff support", "a session of owner", "a session of viewer", "an old session of owner", "a visit of support"} {
		if c, ok := all[name]; ok {
			few[name] = c
		}
	}
	return few
}

// nobodies are everybody who is nobody.
func (u *suite) nobodies() map[string]credential {
	all := maps.Clone(u.expired)
	maps.Copy(all, u.ended)
	all["nobody"] = credential{}
	all["a token that is none"] = credential{token: "c4a_" + string(u.theirs.org) + "_0"}
	all["a session that is none"] = credential{cookie: "c4s_0"}
	all["a session of staff that is none"] = credential{staff: "c4s_0"}
	all["a token and a session"] = credential{token: u.ours.owner, cookie: "c4s_0"}
	return all
}

// The entry points.
const (
	theAPI  = "API"
	theSCIM = "SCIM"
	aPage   = "pages"
)

func (s *stage) surface(r route.Route) string {
	switch {
	case strings.HasPrefix(r.Path, scim.Prefix+"/"):
		return theSCIM
	case slices.ContainsFunc(s.site.Routes(), func(o route.Route) bool { return o.String() == r.String() }):
		return aPage
	}
	return theAPI
}

// takes reports whether an entry point knows such a credential at all: SCIM knows tokens, a page the cookie of its own realm. Who shows it another one is nobody there.
func (u *suite) takes(r route.Route, c credential) bool {
	switch u.surface(r) {
	case theSCIM:
		return c.token != ""
	case aPage:
		if staffs(r) {
			return c.staff != ""
		}
		return c.cookie != ""
	}
	return true
}

func staffs(r route.Route) bool { return r.Path == "/staff" || strings.HasPrefix(r.Path, "/staff/") }

func exampleOf(name string) (sample, bool) {
	for _, all := range append([]map[string]sample{examples, pages, directories}, portalSamples()...) {
		if x, ok := all[name]; ok {
			return x, true
		}
	}
	return sample{}, false
}

// run asks all routes.
func (u *suite) run(routes []route.Route) {
	u.callers, u.replaced, u.served = map[string]bool{}, map[string]bool{}, map[string]int{}
	routes = slices.Clone(routes)
	for i, r := range routes {
		u.served[u.surface(r)]++
		x, ok := exampleOf(r.Name)
		r.Things = slices.Concat(r.Things, x.more)
		for j, t := range r.Things {
			r.Things[j].Kind = cmp.Or(x.kinds[t.Name], t.Kind)
		}
		routes[i] = r
		if !ok {
			u.fails("%s (%s) has no example: how is it asked rightly?", r.Name, r)
			continue
		}
		if r.Who != route.Everybody {
			for name, c := range u.nobodies() {
				u.stranger(r, x, name, c)
			}
			for name, c := range u.all() {
				if u.takes(r, c) {
					u.caller(r, x, name, c)
				} else {
					u.stranger(r, x, name, c)
				}
			}
		}
	}
	for _, r := range routes {
		if x, ok := exampleOf(r.Name); ok {
			u.twin(r, x)
		}
	}
}

// stale are examples of routes that are not there any more, and names that two routes have.
func (u *suite) stale(routes []route.Route) {
	tables := map[string]int{}
	for _, all := range append([]map[string]sample{examples, pages, directories}, portalSamples()...) {
		for name := range all {
			tables[name]++
			if !slices.ContainsFunc(routes, func(r route.Route) bool { return r.Name == name }) {
				u.fails("%s is an example of no route", name)
			}
		}
	}
	for name, n := range tables {
		if n > 1 {
			u.fails("%s is the name of routes of two entry points: which one is the example of?", name)
		}
	}
}

// stranger has to be told 401, or to sign in, and nothing else, whatever it names. A page tells a session of staff in an organisation that lets it in no more that this is so: 403.
func (u *suite) stranger(r route.Route, x sample, name string, c credential) {
	var first *answerOf
	want := http.StatusUnauthorized
	if _, ok := u.ended[name]; ok && u.takes(r, c) && u.surface(r) == aPage {
		want = http.StatusForbidden
	}
	if u.surface(r) == theSCIM && c.token == u.ours.owner { // of a token and a session SCIM knows the token, which is for something else
		want = http.StatusForbidden
	}
	for _, which := range u.replacements(r) {
		for _, from := range []func(string) string{unchanged, u.foreign, u.nowhere} {
			q := u.shape(r, x, true, which, from)
			a := u.send(u.handler, c, q)
			u.asked++
			if first == nil {
				first = a
			}
			same := a.status == first.status && bytes.Equal(a.body, first.body) && maps.EqualFunc(told(a.header), told(first.header), slices.Equal)
			if a.meant != want && a.meant != http.StatusUnauthorized || !same {
				u.fails("%s as %s: %d %v %s", q, name, a.status, a.header, a.body[:min(len(a.body), 500)])
				return
			}
			u.leaks(r, name, a)
		}
	}
	u.callers[name] = true
}

// caller is asked for its right, and then for what is not its own.
func (u *suite) caller(r route.Route, x sample, name string, c credential) {
	own := u.tame(r, x)
	asks := c
	if x.ends {
		asks = u.spare(name, x.alone)
	}
	a := u.send(u.handler, asks, own)
	u.asked++
	u.callers[name] = true
	may := u.decided(r, own, r.Action, a.actor)
	if may != "" && x.also != "" {
		may = u.decided(r, own, x.also, a.actor)
	}
	if x.proves != "" && may == "" {
		if _, err := access.Decide(a.actor, x.proves, access.Resource{}); errors.Is(err, access.ErrStepUp) {
			may = fault.Denied
		}
	}
	if r.Action == "" && a.meant == http.StatusForbidden { // what is everybody's own has no action: whoever is refused for it is refused whatever it names
		may = fault.Denied
	}
	if a.actor.Org == id.Platform && x.members {
		return
	}
	if x.refuses != nil && may == "" && x.refuses(a.actor) {
		may = fault.Denied
	}
	if want, ok := map[fault.Kind]bool{fault.Denied: a.meant == http.StatusForbidden, fault.NotFound: a.meant == http.StatusNotFound}[may]; ok && !want {
		u.fails("%s as %s: package access says %s, the route says %d %s", own, name, may, a.meant, a.body[:min(len(a.body), 500)])
	}
	if may == "" && (a.meant == http.StatusForbidden || a.meant == http.StatusUnauthorized || a.meant >= 500) {
		u.fails("%s as %s: %s is allowed, the route says %d %s", own, name, r.Action, a.meant, a.body)
	}
	inside := a.actor.Org == u.ours.org
	if inside {
		u.leaks(r, name, a.forgetting(x))
	}
	if !inside && x.platform && may == "" {
		return
	}
	for _, which := range u.replacements(r)[1:] {
		u.pair(r, x, name, c, which, may, inside)
	}
}

// pair asks for what another organisation has and for what nobody has: there is no difference.
func (u *suite) pair(r route.Route, x sample, name string, c credential, which []route.Thing, may fault.Kind, inside bool) {
	there, nowhere := u.shape(r, x, true, which, u.foreign), u.shape(r, x, true, which, u.nowhere)
	a, b := u.send(u.handler, c, there), u.send(u.handler, c, nowhere)
	u.asked += 2
	u.attempts++
	u.replaced[fmt.Sprint(r, which)] = true
	if d := differ(a, b); d != "" {
		u.fails("%s as %s: a thing of another organisation is told from one that nobody has, by its %s", there, name, d)
	}
	if inside {
		u.leaks(r, name, a.forgetting(x))
		u.leaks(r, name, b.forgetting(x))
	}
	switch {
	case a.meant < 300 && !x.harmless(which) || a.meant >= 500:
		u.fails("%s as %s: %d %s", there, name, a.meant, a.body)
	case a.meant == http.StatusForbidden && may != fault.Denied:
		u.fails("%s as %s: denied, which says that it is there: %s", there, name, a.body)
	case may == "" && a.meant != http.StatusNotFound && !slices.ContainsFunc(which, func(t route.Thing) bool { return x.vain[t.Name] == a.meant }):
		u.fails("%s as %s: %d, not 404: %s", there, name, a.meant, a.body)
	}
}

// harmless reports whether all of the things are such as are compared alone.
func (x sample) harmless(which []route.Thing) bool {
	return !slices.ContainsFunc(which, func(t route.Thing) bool { return x.vain[t.Name] == 0 })
}

// differ says by what two answers differ: what whoever asked can see, and what the databases were asked.
func differ(a, b *answerOf) string {
	switch {
	case a.status != b.status:
		return fmt.Sprintf("status, %d and %d", a.status, b.status)
	case !bytes.Equal(a.body, b.body):
		return fmt.Sprintf("body, %s and %s", a.body, b.body)
	case !maps.EqualFunc(told(a.header), told(b.header), slices.Equal):
		return fmt.Sprintf("headers, %v and %v", a.header, b.header)
	case !slices.Equal(a.statements, b.statements):
		return fmt.Sprintf("statements:\n  %s\nand\n  %s", strings.Join(a.statements, "\n  "), strings.Join(b.statements, "\n  "))
	}
	return ""
}

// told are the headers but those that are of the moment.
func told(h http.Header) http.Header {
	h = h.Clone()
	for _, name := range []string{"Date", "X-Request-Id", "Ratelimit", "Ratelimit-Policy", "Retry-After"} {
		h.Del(name)
	}
	return h
}

// asked are paths of requests, as they are recorded.
var asked = regexp.MustCompile(`/(api/v1|organisation|account|sign-in|projects|notifications)/[A-Za-z0-9/_-]+`)

// forgetting is the answer without the paths that it recalls.
func (a *answerOf) forgetting(x sample) *answerOf {
	if !x.recalls {
		return a
	}
	b := *a
	b.body = asked.ReplaceAll(a.body, []byte("(asked)"))
	return &b
}

// leaks looks for the other organisation in an answer.
func (u *suite) leaks(r route.Route, name string, a *answerOf) {
	text := strings.ToLower(fmt.Sprint(a.header) + string(a.body))
	for _, word := range u.theirs.words {
		if strings.Contains(text, strings.ToLower(word)) {
			u.fails("%s as %s: the answer has %s of the other organisation: %s", r, name, word, a.body[:min(len(a.body), 500)])
			return
		}
	}
}

// decided is what package access says of the route's action, "" for yes.
func (u *suite) decided(r route.Route, q request, act access.Action, a access.Actor) fault.Kind {
	if act == "" {
		return ""
	}
	var about access.Resource
	if i := slices.IndexFunc(r.Things, func(t route.Thing) bool { return t.In == route.InPath && t.Kind == "project" }); i >= 0 {
		about.Project = id.Project(u.ours.thing("project"))
		if !strings.Contains(q.path, string(about.Project)) {
			about.Project = id.Project(u.nowhere("project"))
		}
	}
	_, err := access.Decide(a, act, about)
	return fault.KindOf(err)
}

func unchanged(x string) string { return x }

// foreign is what the other organisation has in the place of a thing of ours; its argument is the kind.
func (u *suite) foreign(kind string) string { return u.theirs.thing(kind) }

// nowhere is a thing that looks like the foreign one, but for its end, and that nobody has.
func (u *suite) nowhere(kind string) string {
	x := u.theirs.thing(kind)
	if strings.HasSuffix(x, "0") {
		return x[:len(x)-1] + "1"
	}
	return x[:len(x)-1] + "0"
}

func (p *party) thing(kind string) string {
	if ids := p.ids[kind]; len(ids) > 0 {
		return ids[0]
	}
	return "zz_" + kind + "0000000000000000000000"
}

// replacements are which things are replaced: none, each, and all.
func (u *suite) replacements(r route.Route) [][]route.Thing {
	list := [][]route.Thing{nil}
	for i := range r.Things {
		list = append(list, r.Things[i:i+1])
	}
	if len(r.Things) > 1 {
		list = append(list, r.Things)
	}
	return list
}

// tame is a request about one's own that does nothing: of what changes something the last thing of the path is one that nobody has.
func (u *suite) tame(r route.Route, x sample) request {
	path := slices.DeleteFunc(slices.Clone(r.Things), func(t route.Thing) bool { return t.In != route.InPath })
	if r.Reads() || len(path) == 0 || len(path) == 1 && path[0].Kind == "project" && x.tame != nil {
		return u.shape(r, x, true, nil, unchanged)
	}
	return u.shape(r, x, true, path[len(path)-1:], u.nowhere)
}

// shape makes a request of an example. The things of which come from somewhere else.
func (u *suite) shape(r route.Route, x sample, tame bool, which []route.Thing, from func(kind string) string) request {
	values := map[string]string{}
	for _, t := range r.Things {
		if t.In == route.InPath {
			values[t.Name] = u.ours.thing(t.Kind)
		}
	}
	body := x.body
	if tame && x.tame != nil {
		body = x.tame
	}
	return u.filled(r, x, u.ours, body, values, which, from)
}

func (u *suite) filled(r route.Route, x sample, p *party, body func(*stage, *party) any, values map[string]string, which []route.Thing, from func(string) string) request {
	query, err := url.ParseQuery(expand(x.query, p))
	u.check(err)
	var content any
	if body != nil {
		content = body(u.stage, p)
	}
	replaces := from != nil && (content != nil || len(which) > 0)
	q := request{method: r.Method, kind: "application/json", page: u.surface(r) == aPage}
	if raw, ok := content.([]byte); ok {
		q.body, q.kind, content = raw, "application/zip", nil
	}
	if raw, ok := content.(posted); ok {
		q.body, q.kind, content = raw, postedKind, nil
	}
	if content != nil { // as whoever sends it
		text, err := json.Marshal(content)
		u.check(err)
		u.check(json.Unmarshal(text, &content))
	}
	for _, t := range which {
		if !replaces || from(t.Kind) == t.Kind {
			continue
		}
		is := from(t.Kind)
		q.named = append(q.named, is)
		if form, ok := x.forms[t.Name]; ok {
			is = fmt.Sprintf(form, is)
		}
		switch t.In {
		case route.InPath:
			values[t.Name] = is
		case route.InQuery:
			query.Set(t.Name, is)
		case route.InBody:
			content = placed(content, strings.Split(t.Name, "."), is)
		}
	}
	q.path, q.query = r.Path, query.Encode()
	for name, v := range values {
		q.path = strings.ReplaceAll(q.path, "{"+name+"}", url.PathEscape(v))
		q.named = append(q.named, v)
	}
	fields, isForm := content.(map[string]any)
	switch {
	case q.kind == postedKind:
	case r.Page && r.Method == http.MethodPost:
		form := url.Values{}
		for name, v := range fields {
			form.Set(name, fmt.Sprint(v))
		}
		q.kind, q.body = "application/x-www-form-urlencoded", []byte(form.Encode())
	case content != nil:
		q.body, err = json.Marshal(content)
		u.check(err)
	}
	if content != nil && r.Page && !isForm {
		u.fails("%s: what is sent is no form", r)
	}
	return q
}

// posted is a form with a file, as a browser sends it (RFC 7578).
type posted []byte

const postedKind = "multipart/form-data; boundary=part"

func handing(name string, data []byte) posted {
	return fmt.Appendf(nil, "--part\r\nContent-Disposition: form-data; name=\"files\"; filename=%q\r\n\r\n%s\r\n--part--\r\n", name, data)
}

// placed sets a member of a body by its path.
func placed(v any, path []string, to string) any {
	if len(path) == 0 {
		return to
	}
	if i, err := strconv.Atoi(path[0]); err == nil {
		list, _ := v.([]any)
		for len(list) <= i {
			list = append(list, nil)
		}
		list[i] = placed(list[i], path[1:], to)
		return list
	}
	m, _ := v.(map[string]any)
	if m == nil {
		m = map[string]any{}
	}
	m[path[0]] = placed(m[path[0]], path[1:], to)
	return m
}

func expand(text string, p *party) string {
	for kind := range p.ids {
		text = strings.ReplaceAll(text, "{"+kind+"}", url.QueryEscape(p.thing(kind)))
	}
	return text
}

// twin asks the route rightly.
func (u *suite) twin(r route.Route, x sample) {
	if x.done {
		return
	}
	if x.elsewhere != "" {
		u.elsewhere(r, x.elsewhere)
		return
	}
	if x.whole != nil {
		c, q := x.whole(u.stage)
		if a := u.send(u.handler, c, q); a.meant >= 300 {
			u.fails("%s has no twin that works: %s: %d %s", r, q, a.status, a.body)
		}
		return
	}
	values := map[string]string{}
	for _, t := range r.Things {
		if t.In == route.InPath {
			values[t.Name] = u.ours.thing(t.Kind)
		}
	}
	if x.fresh != nil {
		x.fresh(u.stage, u.ours, values)
	}
	all := maps.Clone(u.ours.callers)
	for role, c := range u.staff {
		all["staff "+string(role)] = c
	}
	q := u.filled(r, x, u.ours, x.body, values, nil, nil)
	c, ok := all[cmp.Or(x.as, "owner")]
	if ok && x.ends {
		c = u.spare(x.as, x.alone)
	}
	if a := u.send(u.handler, c, q); !ok || a.meant >= 300 {
		u.fails("%s has no twin that works: %s: %d %s", r, q, a.status, a.body)
	}
}

// elsewhere sees that the test that has the twin is there.
func (u *suite) elsewhere(r route.Route, where string) {
	folder, name, _ := strings.Cut(where, " ")
	files, err := filepath.Glob(filepath.Join("..", "..", folder, "*_test.go"))
	u.check(err)
	for _, f := range files {
		text, err := os.ReadFile(f)
		u.check(err)
		if bytes.Contains(text, []byte("func "+name+"(")) {
			return
		}
	}
	u.fails("%s has no twin: there is no test %s", r, where)
}

// engineNames are those that the suite runs on.
var engineNames = []string{"SQLite", "PostgreSQL"}

// full reports whether everybody asks, on both engines, or a few on one: that is for each run of the tests.
func full() bool { return os.Getenv("C4ARCH_ISOLATION") == "full" }

// TestIsolation is the suite.
func TestIsolation(t *testing.T) {
	if raced { // it asks one request after the other; make isolation asks all of them, and what happens at once has tests of its own
		t.Skip("the race detector finds nothing in what is asked one after the other")
	}
	total := 0
	for _, engine := range engineNames {
		if engine != "SQLite" && !full() {
			continue
		}
		t.Run(engine, func(t *testing.T) {
			if full() {
				t.Parallel()
			}
			s := newStage(t, engine)
			begin := len(s.log.String())
			u := &suite{stage: s, handler: s.handler, full: full()}
			start := time.Now()
			defer func() {
				for _, f := range u.faults {
					t.Error(f)
				}
			}()
			u.run(s.routes())
			u.stale(s.routes())
			u.logs(s.log.String()[begin:])
			total += u.attempts
			t.Logf("%s: %d routes (API %d, SCIM %d, pages %d) x %d callers x %d replacements = %d requests, among them %d pairs, in %v", engine, len(s.routes()), u.served[theAPI], u.served[theSCIM], u.served[aPage], len(u.callers),
				len(u.replaced), u.asked, u.attempts, time.Since(start).Round(time.Millisecond))
			u.timing()
		})
	}
}

// logs looks for what the other organisation has in what the service has logged of our requests.
func (u *suite) logs(text string) {
	for _, word := range u.theirs.words {
		if strings.Contains(strings.ToLower(text), strings.ToLower(word)) {
			u.fails("the log of our requests has %s", word)
		}
	}
}

// timing tells how long a foreign thing and one that is nowhere take. It is told, not judged: a machine under test has other things to do.
func (u *suite) timing() {
	r, ok := route.Route{}, false
	for _, x := range u.api.Routes() {
		if x.Name == "get-scan" {
			r, ok = x, true
		}
	}
	if !ok {
		u.t.Error("there is no route get-scan")
		return
	}
	n := 100
	if u.full {
		n = 1000
	}
	var took [2][]time.Duration
	for i := range 2 * n {
		from := []func(string) string{u.foreign, u.nowhere}[(i+i/2)%2] // in changing order
		q := u.shape(r, examples[r.Name], true, r.Things[1:], from)
		start := time.Now()
		u.send(u.stage.handler, u.ours.callers["owner"], q)
		took[(i+i/2)%2] = append(took[(i+i/2)%2], time.Since(start))
	}
	for i, name := range []string{"of another organisation", "of nobody"} {
		slices.Sort(took[i])
		at := func(p float64) time.Duration { return took[i][int(p*float64(len(took[i])-1))].Round(time.Microsecond) }
		u.t.Logf("a scan %s, asked for %d times: p10 %v, p50 %v, p90 %v, p99 %v", name, len(took[i]), at(0.1), at(0.5), at(0.9), at(0.99))
	}
}
