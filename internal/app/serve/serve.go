// Package serve is the face of the service: its listeners, their TLS, what stands before every handler, and how it stops.
//
// It promises: TLS 1.2 or newer, and no plain HTTP beyond this machine unless a proxy of ours was declared; what a caller can cost is bounded in time, size and
// number before any handler sees the request; headers that only a proxy may send are believed from it alone; one log line for each request, without path, query,
// name or address; on a stop no request that was accepted is cut before its time. It leaves out who the caller is and what the request means: those are the
// handlers that it is given.
package serve

import (
	"context"
	"errors"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	"golang.org/x/crypto/acme/autocert"

	"c4arch/internal/app/config"
	"c4arch/internal/app/observe"
	"c4arch/internal/base/fault"
)

// Parts are what is served and by whom it is seen. Public, Observer, Now and Random must be set.
type Parts struct {
	Public   http.Handler // everything but /healthz, /readyz and /version
	Internal http.Handler // more of the internal listener, or nil
	Ready    []Check
	Upload   func(*http.Request) bool // this request may bring a large body
	Observer *observe.Observer
	Build    *debug.BuildInfo

	Cache      autocert.Cache // of ACME, shared by replicas
	ACMEClient *http.Client   // the way out to the authority
	// Listening is told the addresses once connections are accepted, before Run waits: it prints the setup link.
	Listening func(Addresses)
	Now       func() time.Time
	Random    io.Reader
}

// Check is one thing that must be there before requests can be answered, or one that whoever runs the service must know of.
type Check struct {
	Name string
	Ask  func(context.Context) error
	// Advisory is told on the internal listener, and takes no request away: a ledger that does not verify is to be looked at where it is.
	Advisory bool
}

// Addresses are where the listeners are; an empty one is not there.
type Addresses struct{ Public, Internal, Redirect string }

// Server is a service that is being run.
type Server struct {
	c      *config.Config
	p      Parts
	log    *slog.Logger
	ready  *readiness
	drain  chan struct{} // closed when a stop was asked for
	reload []func() error

	acmeOnce sync.Once
	acme     *autocert.Manager
}

// Run serves until ctx ends, then stops accepting, lets requests finish for the drain time, and returns. It returns an error when it cannot listen.
func Run(ctx context.Context, c *config.Config, p Parts) error {
	s := &Server{c: c, p: p, log: p.Observer.Log, ready: newReadiness(p.Ready, p.Now), drain: make(chan struct{})}
	public, err := s.public()
	if err != nil {
		return err
	}
	internal, err := s.internal()
	if err != nil {
		return err
	}
	redirect := s.redirect()
	var open []*listening
	for _, l := range []*listening{public, internal, redirect} {
		if l == nil {
			continue
		}
		if err := l.listen(ctx); err != nil {
			for _, o := range open {
				_ = o.ln.Close()
				o.end()
			}
			return err
		}
		open = append(open, l)
	}
	return s.run(ctx, open, Addresses{Public: public.at(), Internal: internal.at(), Redirect: redirect.at()})
}

// run accepts on all listeners, and stops all of them when one fails.
func (s *Server) run(ctx context.Context, open []*listening, at Addresses) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var wg sync.WaitGroup
	for _, l := range open {
		wg.Go(func() {
			if err := l.serve(); !errors.Is(err, http.ErrServerClosed) {
				stop(fault.Wrap(fault.Internal, err, "the listener %s ended", l.server.Addr))
			}
		})
	}
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	s.log.LogAttrs(ctx, slog.LevelInfo, "listening", slog.String("public", at.Public), slog.String("internal", at.Internal), slog.String("redirect", at.Redirect))
	if s.p.Listening != nil {
		s.p.Listening(at)
	}
	for {
		select {
		case <-hup:
			s.reloadAll(ctx)
			continue
		case <-ctx.Done():
		}
		break
	}
	s.shutdown(open)
	wg.Wait()
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// reloadAll reads certificates again. What cannot be read leaves the old one in place.
func (s *Server) reloadAll(ctx context.Context) {
	for _, f := range s.reload {
		if err := f(); err != nil {
			s.log.ErrorContext(ctx, "reload failed; the certificate in use stays", "error", err)
		}
	}
}

// shutdown says not ready, refuses new connections and waits for the requests in hand. The internal listener closes last, so that what happens can be watched.
func (s *Server) shutdown(open []*listening) {
	start := s.p.Now()
	s.ready.stop()
	close(s.drain)
	ctx, cancel := context.WithTimeout(context.Background(), s.c.Limits.Drain)
	defer cancel()
	cut := false
	for _, internal := range []bool{false, true} {
		for _, l := range open {
			if l.internal != internal {
				continue
			}
			late := l.server.Shutdown(ctx) != nil
			l.end() // before connections are closed, so that handlers see why
			if late {
				cut = true
				_ = l.server.Close()
			}
		}
	}
	s.log.Info("stopped", "ms", s.p.Now().Sub(start).Milliseconds(), "requestsCut", cut)
}

// listening is one listener with its server.
type listening struct {
	server    *http.Server
	ln        net.Listener
	encrypted bool
	internal  bool
	most      int // connections; 0 is any number
	end       context.CancelFunc
}

func (l *listening) listen(ctx context.Context) error {
	ln, err := new(net.ListenConfig).Listen(ctx, "tcp", l.server.Addr)
	if err != nil {
		return fault.Wrap(fault.Unavailable, err, "cannot listen on %s", l.server.Addr).WithHelp("another process may have the port: name another with --listen")
	}
	if l.most > 0 {
		ln = bounded(ln, l.most)
	}
	l.ln = ln
	base, cancel := context.WithCancel(context.WithoutCancel(ctx))
	l.end = cancel
	l.server.BaseContext = func(net.Listener) context.Context { return base }
	return nil
}

func (l *listening) serve() error {
	if l.encrypted {
		return l.server.ServeTLS(l.ln, "", "")
	}
	return l.server.Serve(l.ln)
}

func (l *listening) at() string {
	if l == nil || l.ln == nil {
		return ""
	}
	return l.ln.Addr().String()
}

// server makes one with the limits that every listener has.
func (s *Server) server(address string, h http.Handler) *http.Server {
	lim := s.c.Limits
	return &http.Server{
		Addr: address, Handler: h,
		ReadHeaderTimeout: lim.Header, ReadTimeout: lim.Read, WriteTimeout: lim.Write, IdleTimeout: lim.Idle,
		MaxHeaderBytes: maxHeader,
		HTTP2:          &http.HTTP2Config{MaxConcurrentStreams: 100},
		ErrorLog:       log.New(quiet{s.log}, "", 0),
	}
}

// maxHeader is above what browsers send with a session cookie, and below what costs memory. net/http adds 4 kB of slack.
const maxHeader = 32 << 10

// quiet takes what net/http says about connections. It quotes addresses of callers, so only that something happened is logged, and only for who looks for it.
type quiet struct{ log *slog.Logger }

func (q quiet) Write(b []byte) (int, error) {
	q.log.Debug("a connection failed")
	return len(b), nil
}
