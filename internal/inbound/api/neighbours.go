package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"c4arch/internal/account/access"
	table "c4arch/internal/inbound/route"
	"c4arch/internal/trust/control"
)

// Neighbour is one of two organisations that the service keeps for its own checks.
type Neighbour struct {
	Actor  access.Actor        // its owner
	Things map[string][]string // what it has, by what a route calls it
	Words  []string            // by which it would be recognised: its ids and its names
}

// ObserveNeighbours asks every route that s serves in the name of one organisation, with what the other has in the place of each identifier of the path, the query and the body, one by
// one and all at once. Each answer has to be the one to an identifier that nobody has, and to hold nothing of the other. Routes that change something are asked too: what they would
// harm is nobody's. Routes that name nothing and read are asked for what slips out.
func ObserveNeighbours(ctx context.Context, s Services, asks, other Neighbour, now time.Time) []control.Observation {
	s.Session = func(*http.Request) (access.Actor, error) { return asks.Actor, nil }
	h := New(s)
	w := neighbours{api: h.api, handler: h, asks: asks, other: other, now: now}
	return w.all(ctx)
}

// neighbours is one walk.
type neighbours struct {
	api         *api
	handler     http.Handler
	asks, other Neighbour
	now         time.Time

	routes, pairs, missing int
	unformed               []string // routes of which no request came as far as to look
	faults                 []control.Observation
}

const mostFaults = 20

func (w *neighbours) all(ctx context.Context) []control.Observation {
	for _, r := range w.api.table.All() {
		if r.Who == table.Everybody || len(w.faults) >= mostFaults {
			continue
		}
		if ctx.Err() != nil {
			return append(w.faults, control.Observation{Subject: "routes", Outcome: control.Unknown, Detail: "there was no time to ask every route"})
		}
		w.routes++
		switch {
		case len(r.Things) > 0:
			w.named(ctx, r)
		case r.Reads():
			w.quiet(ctx, r)
		}
	}
	if len(w.faults) > 0 {
		return w.faults
	}
	o := control.Observation{Subject: "every route, asked by " + string(w.asks.Actor.Org), Outcome: passed(w.missing > 0), Detail: fmt.Sprintf("%d routes, %d times an identifier of %s and one of nobody: answered alike, %d times not found", w.routes, w.pairs, w.other.Actor.Org, w.missing)}
	if w.missing == 0 {
		o.Outcome = control.Unknown
	}
	if len(w.unformed) > 0 {
		o.Detail += "; refused for their form: " + strings.Join(w.unformed, ", ")
	}
	return []control.Observation{o}
}

func (w *neighbours) fault(subject, detail string) {
	w.faults = append(w.faults, control.Observation{Subject: subject, Outcome: control.Fail, Detail: detail})
}

// quiet asks a route that names nothing.
func (w *neighbours) quiet(ctx context.Context, r table.Route) {
	w.slips(r, w.ask(ctx, r, nil))
}

// slips reports whether an answer holds something of the other organisation.
func (w *neighbours) slips(r table.Route, a *answered) bool {
	text := string(a.body)
	for name, values := range a.header {
		text += "\n" + name + ": " + strings.Join(values, ",")
	}
	for _, word := range w.other.Words {
		if len(word) >= 4 && strings.Contains(text, word) {
			w.fault(r.String(), "an answer holds something of the other organisation")
			return true
		}
	}
	if a.status >= http.StatusInternalServerError {
		w.fault(r.String(), fmt.Sprintf("it answers with status %d", a.status))
		return true
	}
	return false
}

// named asks a route with each identifier replaced, and with all of them.
func (w *neighbours) named(ctx context.Context, r table.Route) {
	choices := [][]table.Thing{}
	for i := range r.Things {
		choices = append(choices, r.Things[i:i+1])
	}
	if len(r.Things) > 1 {
		choices = append(choices, r.Things)
	}
	looked := false
	for _, replaced := range choices {
		for i := range w.most(replaced) {
			theirs, nobodys := map[table.Thing]string{}, map[table.Thing]string{}
			for _, t := range r.Things {
				theirs[t] = first(w.asks.Things[kindOfThing(t)], 0)
				nobodys[t] = theirs[t]
			}
			for _, t := range replaced {
				theirs[t] = first(w.other.Things[kindOfThing(t)], i)
				nobodys[t] = nobodyLike(theirs[t])
			}
			a, b := w.ask(ctx, r, theirs), w.ask(ctx, r, nobodys)
			w.pairs++
			switch {
			case w.slips(r, unlike(a, theirs)):
				return
			case a.status != b.status:
				w.fault(r.String(), fmt.Sprintf("it answers with status %d to an identifier of another organisation, and with %d to one of nobody", a.status, b.status))
				return
			case without(a, theirs) != without(b, nobodys):
				w.fault(r.String(), "it tells an identifier of another organisation from one of nobody")
				return
			case a.status < 300 && !r.Reads():
				w.fault(r.String(), "it does something with an identifier of another organisation")
				return
			case a.status == http.StatusNotFound:
				w.missing++
			}
			looked = looked || a.status != http.StatusUnprocessableEntity
		}
	}
	if !looked {
		w.unformed = append(w.unformed, r.Name)
	}
}

// most is how many things of the other organisation there are to ask for.
func (w *neighbours) most(replaced []table.Thing) int {
	n := 1
	for _, t := range replaced {
		n = max(n, min(len(w.other.Things[kindOfThing(t)]), 3))
	}
	return n
}

// kindOfThing is by what a thing is kept.
func kindOfThing(t table.Thing) string {
	switch t.Kind {
	case "account":
		return "service_account"
	case "cursor":
		return "scan"
	case "grant":
		return "support_grant"
	}
	return t.Kind
}

// first is the i-th, or an identifier that nobody has.
func first(ids []string, i int) string {
	if len(ids) == 0 {
		return "zz_00000000000000000000000000"
	}
	return ids[i%len(ids)]
}

// nobodyLike is an identifier of the same form that nobody has.
func nobodyLike(x string) string {
	if x == "" {
		return "0"
	}
	last := byte('0')
	if x[len(x)-1] == last {
		last = '1'
	}
	return x[:len(x)-1] + string(last)
}

// without is an answer without what was asked for, which it may repeat.
func without(a *answered, named map[table.Thing]string) string {
	text := string(a.body)
	for _, x := range named {
		text = strings.ReplaceAll(text, x, "…")
	}
	return text
}

// unlike is an answer without what was asked for, to look for what else of the other is in it.
func unlike(a *answered, named map[table.Thing]string) *answered {
	b := *a
	b.body = []byte(without(a, named))
	return &b
}

// ask sends one request, in process, through everything that stands before a route.
func (w *neighbours) ask(ctx context.Context, r table.Route, named map[table.Thing]string) (a *answered) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	path, query := r.Path, url.Values{}
	for t, x := range named {
		switch t.In {
		case table.InPath:
			path = strings.ReplaceAll(path, "{"+t.Name+"}", url.PathEscape(x))
		case table.InQuery:
			query.Set(t.Name, x)
		}
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	a = &answered{header: http.Header{}}
	defer func() {
		if p := recover(); p != nil && p != http.ErrAbortHandler { //nolint:errorlint // as net/http compares it
			a.status = http.StatusInternalServerError
		}
	}()
	body, kind := w.body(r, named)
	req, err := http.NewRequestWithContext(ctx, r.Method, "http://localhost"+path, bytes.NewReader(body))
	if err != nil {
		a.status = http.StatusInternalServerError
		return a
	}
	req.RequestURI = path
	req.AddCookie(&http.Cookie{Name: MemberCookie, Value: "canary"})
	if len(body) > 0 {
		req.Header.Set("Content-Type", kind)
	}
	w.handler.ServeHTTP(a, req)
	return a
}

// body is one of the form that the description of the route demands, with what is named at its places.
func (w *neighbours) body(r table.Route, named map[table.Thing]string) (text []byte, kind string) {
	item := w.api.huma.OpenAPI().Paths[r.Path]
	if item == nil {
		return nil, ""
	}
	op := map[string]*huma.Operation{http.MethodPost: item.Post, http.MethodPut: item.Put, http.MethodPatch: item.Patch, http.MethodDelete: item.Delete}[r.Method]
	if op == nil || op.RequestBody == nil {
		return nil, ""
	}
	media := op.RequestBody.Content["application/json"]
	if media == nil || media.Schema == nil {
		return []byte("PK\x05\x06" + strings.Repeat("\x00", 18)), "application/zip" // a zip file of nothing
	}
	v := w.example(media.Schema, 0)
	for t, x := range named {
		if t.In == table.InBody {
			v = put(v, strings.Split(t.Name, "."), x)
		}
	}
	text, err := json.Marshal(v)
	if err != nil {
		return nil, ""
	}
	return text, "application/json"
}

// put sets the member of that path.
func put(v any, path []string, x string) any {
	if len(path) == 0 {
		return x
	}
	if path[0] == "0" {
		list, _ := v.([]any)
		if len(list) == 0 {
			list = []any{nil}
		}
		list[0] = put(list[0], path[1:], x)
		return list
	}
	m, ok := v.(map[string]any)
	if !ok {
		m = map[string]any{}
	}
	m[path[0]] = put(m[path[0]], path[1:], x)
	return m
}

// deepest is how deep an example goes: our own descriptions are flat.
const deepest = 8

// example is the least that a schema takes.
func (w *neighbours) example(s *huma.Schema, depth int) any {
	if s.Ref != "" {
		s = w.api.huma.OpenAPI().Components.Schemas.SchemaFromRef(s.Ref)
	}
	switch {
	case s == nil || depth > deepest:
		return nil
	case len(s.Enum) > 0:
		return s.Enum[0]
	}
	switch s.Type {
	case huma.TypeObject:
		m := map[string]any{}
		for name, p := range s.Properties {
			if slices.Contains(s.Required, name) {
				m[name] = w.example(p, depth+1)
			}
		}
		return m
	case huma.TypeArray:
		list := []any{}
		for s.MinItems != nil && len(list) < *s.MinItems && len(list) < 10 {
			list = append(list, w.example(s.Items, depth+1))
		}
		return list
	case huma.TypeBoolean:
		return false
	case huma.TypeInteger, huma.TypeNumber:
		if s.Minimum != nil {
			return *s.Minimum
		}
		return 0
	}
	return w.text(s)
}

func (w *neighbours) text(s *huma.Schema) string {
	switch s.Format {
	case "date-time":
		return w.now.AddDate(0, 0, 1).UTC().Format(time.RFC3339)
	case "date":
		return w.now.AddDate(0, 0, 1).UTC().Format(time.DateOnly)
	}
	text := "canary"
	if s.MinLength != nil && len(text) < *s.MinLength {
		text += strings.Repeat("x", min(*s.MinLength, 1000)-len(text))
	}
	if s.MaxLength != nil && len(text) > *s.MaxLength {
		text = strconv.Itoa(1)
	}
	return text
}
