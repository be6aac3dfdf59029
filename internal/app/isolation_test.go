package app

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/inbound/route"
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
	again    int // pairs that were asked a second time
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
	for _, name := range []string{"owner", "viewer", "billing", "token ci", "token provisioning", "staff operator", "a session of owner"} {
		if c, ok := all[name]; ok {
			few[name] = c
		}
	}
	return few
}

// nobodies are everybody who is nobody.
func (u *suite) nobodies() map[string]credential {
	all := maps.Clone(u.expired)
	all["nobody"] = credential{}
	all["a token that is none"] = credential{token: "c4a_" + string(u.theirs.org) + "_0"}
	all["a session that is none"] = credential{cookie: "c4s_0"}
	all["a token and a session"] = credential{token: u.ours.owner, cookie: "c4s_0"}
	return all
}

// run asks all routes.
func (u *suite) run(routes []route.Route) {
	u.callers, u.replaced = map[string]bool{}, map[string]bool{}
	routes = slices.Clone(routes)
	for i, r := range routes {
		x, ok := examples[r.Name]
		r.Things = slices.Clone(r.Things)
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
				u.caller(r, x, name, c)
			}
		}
	}
	for _, r := range routes {
		if x, ok := examples[r.Name]; ok {
			u.twin(r, x)
		}
	}
}

// stale are examples of routes that are not there any more.
func (u *suite) stale(routes []route.Route) {
	for name := range examples {
		if !slices.ContainsFunc(routes, func(r route.Route) bool { return r.Name == name }) {
			u.fails("%s is an example of no route", name)
		}
	}
}

// stranger has to be told 401, and nothing else, whatever it names.
func (u *suite) stranger(r route.Route, x sample, name string, c credential) {
	var first *answerOf
	for _, which := range u.replacements(r) {
		for _, from := range []func(string) string{unchanged, u.foreign, u.nowhere} {
			a := u.send(u.handler, c, u.shape(r, x, true, which, from))
			u.asked++
			if first == nil {
				first = a
			}
			if a.status != http.StatusUnauthorized || !bytes.Equal(a.body, first.body) || !maps.EqualFunc(told(a.header), told(first.header), slices.Equal) {
				u.fails("%s as %s: %d %s", r, name, a.status, a.body)
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
	a := u.send(u.handler, c, own)
	u.asked++
	u.callers[name] = true
	may := u.decided(r, own, r.Action, a.actor)
	if may != "" && x.also != "" {
		may = u.decided(r, own, x.also, a.actor)
	}
	if a.actor.Org == id.Platform && x.members {
		return
	}
	if x.refuses != nil && may == "" && x.refuses(a.actor) {
		may = fault.Denied
	}
	if want, ok := map[fault.Kind]bool{fault.Denied: a.status == http.StatusForbidden, fault.NotFound: a.status == http.StatusNotFound}[may]; ok && !want {
		u.fails("%s as %s: package access says %s, the route says %d %s", own, name, may, a.status, a.body)
	}
	if may == "" && (a.status == http.StatusForbidden || a.status == http.StatusUnauthorized || a.status >= 500) {
		u.fails("%s as %s: %s is allowed, the route says %d %s", own, name, r.Action, a.status, a.body)
	}
	inside := a.actor.Org == u.ours.org
	if inside {
		u.leaks(r, name, a)
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
	if differ(a, b) != "" { // something else may have happened between them; not twice
		u.again++
		b, a = u.send(u.handler, c, nowhere), u.send(u.handler, c, there)
	}
	if d := differ(a, b); d != "" {
		u.fails("%s as %s: a thing of another organisation is told from one that nobody has, by its %s", there, name, d)
	}
	if inside {
		u.leaks(r, name, a)
		u.leaks(r, name, b)
	}
	switch {
	case a.status < 300 && !x.harmless(which) || a.status >= 500:
		u.fails("%s as %s: %d %s", there, name, a.status, a.body)
	case a.status == http.StatusForbidden && may != fault.Denied:
		u.fails("%s as %s: denied, which says that it is there: %s", there, name, a.body)
	case may == "" && a.status != http.StatusNotFound && !slices.ContainsFunc(which, func(t route.Thing) bool { return x.vain[t.Name] == a.status }):
		u.fails("%s as %s: %d, not 404: %s", there, name, a.status, a.body)
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
	q := request{method: r.Method, kind: "application/json"}
	if raw, ok := content.([]byte); ok {
		q.body, q.kind, content = raw, "application/zip", nil
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
		switch t.In {
		case route.InPath:
			values[t.Name] = from(t.Kind)
		case route.InQuery:
			query.Set(t.Name, from(t.Kind))
		case route.InBody:
			content = placed(content, strings.Split(t.Name, "."), from(t.Kind))
		}
	}
	q.path, q.query = r.Path, query.Encode()
	for name, v := range values {
		q.path = strings.ReplaceAll(q.path, "{"+name+"}", url.PathEscape(v))
	}
	if content != nil {
		q.body, err = json.Marshal(content)
		u.check(err)
	}
	return q
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
		if a := u.send(u.handler, c, q); a.status >= 300 {
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
	if a := u.send(u.handler, c, q); !ok || a.status >= 300 {
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
			u.run(s.handler.Routes())
			u.stale(s.handler.Routes())
			u.logs(s.log.String()[begin:])
			total += u.attempts
			t.Logf("%s: %d routes x %d callers x %d replacements: %d pairs, %d requests in %v, %d pairs were asked twice", engine, len(s.handler.Routes()), len(u.callers), len(u.replaced), u.attempts, u.asked, time.Since(start).Round(time.Millisecond), u.again)
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
	for _, x := range u.stage.handler.Routes() {
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
