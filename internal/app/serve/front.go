package serve

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"c4arch/internal/app/observe"
	"c4arch/internal/base/id"
)

// front is what every request to the public listener passes, from outside in: who speaks for it, its id, the log line, panics, headers, host, size.
func (s *Server) front(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		trusted := s.unwrapProxy(r)
		s.observed(w, r, trusted, func(w http.ResponseWriter, r *http.Request) {
			h := w.Header()
			securityHeaders(h)
			if s.secure(r) {
				h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains") // RFC 6797; two years
			}
			if !hostAllowed(s.c, r.Host) && !probed(r) {
				problem(w, r, http.StatusMisdirectedRequest, "This service does not answer to that name.")
				return
			}
			if echoes(r) {
				problem(w, r, http.StatusMethodNotAllowed, "This service does not take that method.")
				return
			}
			s.bound(w, r)
			next.ServeHTTP(w, r)
		})
	})
}

// echoes reports whether the method would send a request back as it came, or through: nothing here does (RFC 9110 sections 9.3.6 and 9.3.8).
func echoes(r *http.Request) bool {
	return r.Method == http.MethodTrace || r.Method == http.MethodConnect || r.Method == "TRACK"
}

func (s *Server) internalFront(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		strip(r)
		s.observed(w, r, false, func(w http.ResponseWriter, r *http.Request) {
			securityHeaders(w.Header())
			r.Body = http.MaxBytesReader(w, r.Body, s.c.Limits.Body)
			if !s.c.Encrypted() && s.c.Internal.Certificate == "" && !hostAllowed(loopbackOnly(s.c.Internal.Listen), r.Host) {
				problem(w, r, http.StatusMisdirectedRequest, "This listener does not answer to that name.")
				return
			}
			next.ServeHTTP(w, r)
		})
	})
}

// probed are the paths that orchestrators ask by the address of the machine.
func probed(r *http.Request) bool { return r.URL.Path == "/healthz" || r.URL.Path == "/readyz" }

// secure reports whether the caller spoke TLS, to us or to our proxy.
func (s *Server) secure(r *http.Request) bool { return r.TLS != nil || client(r.Context()).https }

// securityHeaders are those of every answer; a page loosens what it must. OWASP Secure Headers Project. What is no page is put into a sandbox by a browser that is led to it,
// so that nothing that somebody has uploaded can act in our name, whatever a browser takes it for.
func securityHeaders(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; object-src 'none'; sandbox")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("Cache-Control", "no-store")
}

// bound limits the body. An upload has its own limit, and time as long as it does not pause.
func (s *Server) bound(w http.ResponseWriter, r *http.Request) {
	if s.p.Upload == nil || !s.p.Upload(r) {
		r.Body = http.MaxBytesReader(w, r.Body, s.c.Limits.Body)
		return
	}
	c := http.NewResponseController(w)
	r.Body = http.MaxBytesReader(w, &patient{ReadCloser: r.Body, c: c, pause: s.c.Limits.Read, write: s.c.Limits.Write, now: s.p.Now}, s.c.Limits.Upload)
}

// patient moves the deadlines of a connection on whenever something arrives.
type patient struct {
	io.ReadCloser
	c            *http.ResponseController
	pause, write time.Duration
	now          func() time.Time
}

func (p *patient) Read(b []byte) (int, error) {
	now := p.now()
	_ = p.c.SetReadDeadline(now.Add(p.pause))
	_ = p.c.SetWriteDeadline(now.Add(p.pause + p.write))
	return p.ReadCloser.Read(b)
}

// observed gives the request its id, and logs, counts and traces it.
func (s *Server) observed(w http.ResponseWriter, r *http.Request, trusted bool, next http.HandlerFunc) {
	start := s.p.Now()
	ctx, known := observe.WithRequest(r.Context(), s.requestID(r, trusted, start))
	r = r.WithContext(context.WithValue(ctx, drainKey{}, (<-chan struct{})(s.drain)))
	r.Header.Del("X-Request-Id")
	ctx, end := s.p.Observer.Traces.Request(r, trusted)
	r.Header.Del("Traceparent")
	r.Header.Del("Tracestate")
	r = r.WithContext(ctx)
	w.Header().Set("X-Request-Id", known.ID())
	rec := &recorder{ResponseWriter: w}
	defer func() {
		if route, _, _ := known.Known(); route == "" {
			observe.Route(ctx, routeOf(r))
		}
		cut := s.recovered(ctx, rec, r, recover())
		s.done(ctx, rec, r, known, start)
		end(known, rec.statusOf())
		if cut {
			panic(http.ErrAbortHandler) // net/http closes the connection without a word
		}
	}()
	next(rec, r)
}

// done writes the line of the request. It holds no path, query, address or name of a program: only what says which work was asked for and how it went.
func (s *Server) done(ctx context.Context, rec *recorder, r *http.Request, known *observe.Request, start time.Time) {
	route, _, _ := known.Known()
	took := s.p.Now().Sub(start)
	status := rec.statusOf()
	s.p.Observer.Metrics.Request(r.Method, route, status, took)
	level := slog.LevelInfo
	switch {
	case status >= 500:
		level = slog.LevelError
	case probed(r):
		level = slog.LevelDebug
	}
	s.log.LogAttrs(ctx, level, "request", slog.String("method", shortMethod(r.Method)), slog.String("route", route),
		slog.Int("status", status), slog.Int64("us", took.Microseconds()), slog.Int64("bytes", rec.bytes))
}

func shortMethod(m string) string { return m[:min(len(m), 10)] }

// recovered turns a panic into an answer. What was thrown may hold anything, so of it only an error of the runtime is logged, and the type of the rest.
func (s *Server) recovered(ctx context.Context, rec *recorder, r *http.Request, thrown any) (cut bool) {
	if thrown == nil {
		return false
	}
	if err, ok := thrown.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		rec.aborted = true
		return true
	}
	what := slog.AnyValue(nil)
	if err, ok := thrown.(runtime.Error); ok {
		what = slog.StringValue(err.Error())
	}
	s.p.Observer.Metrics.Panicked()
	s.log.LogAttrs(ctx, slog.LevelError, "panic", slog.Attr{Key: "runtime", Value: what}, slog.String("type", typeName(thrown)), slog.String("stack", string(debug.Stack())))
	if rec.status != 0 {
		rec.aborted = true
		return true // an answer was begun: cut it, so that nobody takes half of it for all
	}
	securityHeaders(rec.Header())
	problem(rec, r, http.StatusInternalServerError, "Something went wrong here. It was noted under this request's id.")
	return false
}

// routeOf is the pattern that the request met, without its method.
func routeOf(r *http.Request) string {
	p := r.Pattern
	if _, path, ok := strings.Cut(p, " "); ok {
		p = path
	}
	if p == "" {
		return "unmatched"
	}
	return p
}

var requestIDs = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{7,63}$`)

// requestID takes the id that our proxy sent, or mints one.
func (s *Server) requestID(r *http.Request, trusted bool, now time.Time) string {
	if sent := r.Header.Get("X-Request-Id"); trusted && requestIDs.MatchString(sent) {
		return sent
	}
	minted, err := id.Mint(id.PrefixRequest, s.p.Random, now)
	if err != nil {
		return "rq_none" // no randomness: the request can still be answered
	}
	return minted
}

type drainKey struct{}

// Draining is closed when the service was asked to stop: a stream that would go on for ever ends then. It is nil, and never closed, outside of a request.
func Draining(ctx context.Context) <-chan struct{} {
	c, _ := ctx.Value(drainKey{}).(<-chan struct{})
	return c
}

type clientKey struct{}

// caller is who is at the other end, as far as that can be believed.
type caller struct {
	addr  netip.Addr
	https bool
}

func client(ctx context.Context) caller {
	c, _ := ctx.Value(clientKey{}).(caller)
	return c
}

// ClientAddr is the address of the caller, for limits on rates. It is personal data: it is not for logs.
func ClientAddr(ctx context.Context) netip.Addr { return client(ctx).addr }
