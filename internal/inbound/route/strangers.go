package route

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"c4arch/internal/trust/control"
)

// ObserveStrangers asks every route of a handler that is not for everybody as nobody, and as somebody with credentials that nobody has: pages have to lead to where one signs in, all
// else has to say 401. headers are the credentials, by the name of the stranger.
func ObserveStrangers(ctx context.Context, what string, h http.Handler, routes []Route, headers map[string]http.Header) []control.Observation {
	var open []string
	refused := 0
	for _, r := range routes {
		if r.Who == Everybody {
			open = append(open, r.String())
			continue
		}
		for name, header := range headers {
			if err := ctx.Err(); err != nil {
				return []control.Observation{{Subject: what, Outcome: control.Unknown, Detail: "there was no time to ask every route"}}
			}
			if said := stranger(ctx, h, r, header); said != "" {
				return []control.Observation{{Subject: what + ": " + r.String() + ", " + name, Outcome: control.Fail, Detail: said}}
			}
			refused++
		}
	}
	if refused == 0 {
		return []control.Observation{{Subject: what, Outcome: control.Unknown, Detail: "there is no route that could be asked"}}
	}
	return []control.Observation{
		{Subject: what, Outcome: control.Pass, Detail: fmt.Sprintf("%d requests of strangers to %d routes refused", refused, len(routes)-len(open))},
		{Subject: what + ", open to everybody", Outcome: control.Pass, Detail: fmt.Sprintf("%d: %s", len(open), strings.Join(open, ", "))},
	}
}

// stranger says how a route answers, where that is no refusal.
func stranger(ctx context.Context, h http.Handler, r Route, header http.Header) string {
	a := ask(ctx, h, r, header)
	to := a.header.Get("Location")
	path, _, _ := strings.Cut(to, "?")
	switch {
	case a.status == http.StatusUnauthorized:
		return ""
	case r.Page && a.status == http.StatusSeeOther && (path == "/sign-in" || path == "/staff/sign-in"):
		return ""
	case to != "":
		return fmt.Sprintf("it answers with status %d and leads to %s", a.status, path)
	}
	return fmt.Sprintf("it answers with status %d", a.status)
}

// answer is what a handler answers, without its body.
type answer struct {
	status int
	header http.Header
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

func (a *answer) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return len(b), nil
}

// ask sends a request in this process. What the path names is nobody's.
func ask(ctx context.Context, h http.Handler, r Route, header http.Header) (a *answer) {
	a = &answer{header: http.Header{}}
	path := r.Path
	for strings.Contains(path, "{") {
		before, rest, _ := strings.Cut(path, "{")
		_, after, _ := strings.Cut(rest, "}")
		path = before + "00000000000000000000000000" + after
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, "http://localhost"+path, http.NoBody)
	if err != nil {
		a.status = http.StatusInternalServerError
		return a
	}
	req.RequestURI = path
	if header != nil {
		req.Header = header.Clone()
	}
	req.Header.Set("Accept", "text/html")
	defer func() {
		if recover() != nil {
			a.status = http.StatusInternalServerError
		}
	}()
	h.ServeHTTP(a, req)
	return a
}
