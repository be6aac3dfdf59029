package web

import (
	"net/http"
	"slices"
	"strings"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/fault"
	"c4arch/internal/inbound/route"
)

// ServeHTTP answers with a page, with a style or script, or with what Elsewhere has.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/assets/") && (r.Method == http.MethodGet || r.Method == http.MethodHead) && s.assets.serve(w, r) {
		if s.Route != nil {
			s.Route(r.Context(), "/assets/")
		}
		return
	}
	_, pattern := s.mux.Handler(r)
	if pattern != "" && plainly(r.URL.EscapedPath()) {
		s.mux.ServeHTTP(w, r)
		return
	}
	if !takesHTML(r) || forPrograms(r.URL.Path) {
		s.Elsewhere.ServeHTTP(w, r)
		return
	}
	s.handle(w, r, route.Route{Method: r.Method, Path: "unmatched", Who: route.Everybody, Page: true}, identity.Members, func(*Call) error {
		return fault.New(fault.NotFound, "nothing is at this address").WithHelp("it may be mistyped, or gone, or of another organisation than the one that you are in")
	})
}

// forPrograms reports whether a path is one of programs, whatever they say that they take.
func forPrograms(path string) bool {
	return path == "/openapi.json" || slices.ContainsFunc([]string{"/api/", "/scim/", "/oauth/", "/.well-known/"}, func(begin string) bool { return strings.HasPrefix(path, begin) })
}

// plainly reports whether a path is written as routes are; others net/http would redirect.
func plainly(escaped string) bool {
	if escaped == "/" {
		return true
	}
	for part := range strings.SplitSeq(strings.TrimPrefix(escaped, "/"), "/") {
		if part == "" || part == "." || part == ".." {
			return false
		}
	}
	return true
}

// decided asks whether the actor may, without doing it: what a page offers.
func decided(a access.Actor, act access.Action) bool {
	a.Fresh = true // the step-up comes when it is done
	_, err := access.Decide(a, act, access.Resource{})
	return err == nil
}
