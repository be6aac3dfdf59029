package serve

import (
	"net"
	"net/http"
	"net/http/pprof"
	"net/url"
	"strings"

	"c4arch/internal/app/config"
)

// public builds the public listener.
func (s *Server) public() (*listening, error) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", s.healthz)
	mux.HandleFunc("GET /readyz", s.readyz)
	mux.HandleFunc("GET /version", s.version)
	mux.Handle("/", s.p.Public)
	l := &listening{server: s.server(s.c.Server.Listen, s.front(mux)), most: s.c.Limits.Connections}
	conf, err := s.publicTLS()
	if err != nil {
		return nil, err
	}
	l.server.TLSConfig, l.encrypted = conf, conf != nil
	return l, nil
}

// internal builds the listener for those who run the service; nil where none is asked for.
func (s *Server) internal() (*listening, error) {
	if s.c.Internal.Listen == "" {
		return nil, nil
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", s.healthz)
	mux.HandleFunc("GET /readyz", s.readyzDetail)
	mux.HandleFunc("GET /version", s.version)
	mux.Handle("GET /metrics", s.p.Observer.Metrics.Handler())
	if s.c.Internal.Profiling {
		mux.HandleFunc("GET /debug/pprof/", pprof.Index)
		mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
		mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
		mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	}
	if s.p.Internal != nil {
		mux.Handle("/", s.p.Internal)
	}
	l := &listening{server: s.server(s.c.Internal.Listen, s.internalFront(mux)), internal: true, most: 256}
	conf, err := s.internalTLS()
	if err != nil {
		return nil, err
	}
	l.server.TLSConfig, l.encrypted = conf, conf != nil
	return l, nil
}

// redirect builds the listener for plain HTTP. It answers the authority's challenges, and sends everybody else to the same path by https: at a name that is
// configured, never at one that the caller sent.
func (s *Server) redirect() *listening {
	if s.c.Server.Redirect == "" {
		return nil
	}
	var h http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		securityHeaders(w.Header())
		origin := s.c.Origin()
		if host, _, _ := strings.Cut(r.Host, ":"); s.acmeDomain(host) {
			origin = "https://" + host
		}
		u, err := url.Parse(origin)
		if err != nil || forPrograms(r.URL.Path) || r.Method != http.MethodGet && r.Method != http.MethodHead {
			problem(w, r, http.StatusBadRequest, "This service is reached by https.")
			return
		}
		u.Path, u.RawPath, u.RawQuery = r.URL.Path, r.URL.RawPath, r.URL.RawQuery
		w.Header().Set("Connection", "close")
		http.Redirect(w, r, u.String(), http.StatusPermanentRedirect)
	})
	if m := s.manager(); m != nil {
		h = m.HTTPHandler(h)
	}
	return &listening{server: s.server(s.c.Server.Redirect, h), most: s.c.Limits.Connections}
}

// forPrograms are the paths that programs ask, with a token: one that sends it in clear is told so at once. Led to https it would go on, and nobody would notice.
func forPrograms(path string) bool {
	for _, begin := range []string{"/api/", "/scim/", "/oauth/"} {
		if strings.HasPrefix(path, begin) {
			return true
		}
	}
	return false
}

func (s *Server) acmeDomain(host string) bool {
	for _, d := range s.c.ACME.Domains {
		if strings.EqualFold(d, host) {
			return true
		}
	}
	return false
}

// hostAllowed reports whether a request for that host is one for us. A page of another site can make a browser send requests here under a name of its own that
// it lets point at this machine (DNS rebinding); on loopback that is all that keeps it out.
func hostAllowed(c *config.Config, host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.ToLower(strings.Trim(name, "[]"))
	if u := c.Server.External; u != nil && name == strings.ToLower(u.Hostname()) {
		return true
	}
	for _, d := range c.ACME.Domains {
		if name == d {
			return true
		}
	}
	// Beyond loopback a name is configured, which the rules of the settings see to.
	return config.Loopback(c.Server.Listen) && config.Loopback(net.JoinHostPort(name, "0"))
}
