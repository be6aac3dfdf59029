package serve

import (
	"bytes"
	"context"
	"embed"
	"html/template"
	"log/slog"
	"net/http"
	"strings"

	"c4arch/internal/base/fault"
)

// Completer ends the setup of a new instance.
type Completer interface {
	// Complete takes the code of the link, once, and returns the first token. denied is a code that cannot be used, whatever the reason: who tries codes shall not
	// learn which of them once were good.
	Complete(ctx context.Context, code string) (token string, err error)
}

// SetupLink is what is printed at the first start. The code stands behind the #: a browser keeps that to itself, so no log of any hop holds it.
func SetupLink(origin, code string) string { return origin + "/setup#code=" + code }

//go:embed setup
var setupFiles embed.FS

// setupPolicy allows the page its own script and style, and to post to itself.
const setupPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'"

// maxCode is the longest form that is read.
const maxCode = 4 << 10

type setup struct {
	complete Completer
	origin   string // "" where it was not configured
	log      *slog.Logger
	page     *template.Template
	same     *http.CrossOriginProtection
}

func newSetup(c Completer, origin string, log *slog.Logger) *setup {
	return &setup{
		complete: c, origin: origin, log: log, same: http.NewCrossOriginProtection(),
		page: template.Must(template.ParseFS(setupFiles, "setup/setup.html")),
	}
}

func (s *setup) routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /setup", func(w http.ResponseWriter, r *http.Request) { s.show(w, r, http.StatusOK, view{State: "ask"}) })
	// The answer has an address of its own: on that of the form, opening another link in the same tab would change what stands behind the # and load nothing.
	mux.Handle("POST /setup/token", s.same.Handler(http.HandlerFunc(s.post)))
	mux.Handle("GET /setup/token", http.RedirectHandler("/setup", http.StatusSeeOther))
	mux.HandleFunc("GET /setup/setup.js", file("setup/setup.js", "text/javascript; charset=utf-8"))
	mux.HandleFunc("GET /setup/setup.css", file("setup/setup.css", "text/css; charset=utf-8"))
}

// view is what the page shows: a form ("ask"), the token ("done"), or why there is none ("wrong", "spent", "later").
type view struct {
	State   string
	Token   string
	Command string
}

func (s *setup) post(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxCode)
	if err := r.ParseForm(); err != nil {
		s.show(w, r, http.StatusBadRequest, view{State: "wrong"})
		return
	}
	code := codeOf(r.PostForm.Get("code"))
	if code == "" {
		s.show(w, r, http.StatusBadRequest, view{State: "wrong"})
		return
	}
	token, err := s.complete.Complete(r.Context(), code)
	if err == nil {
		s.log.InfoContext(r.Context(), "setup completed")
		s.show(w, r, http.StatusOK, view{State: "done", Token: token, Command: "c4arch login " + s.at(r)})
		return
	}
	s.log.WarnContext(r.Context(), "setup refused", "kind", string(fault.KindOf(err)))
	switch fault.KindOf(err) {
	case fault.Denied, fault.Conflict, fault.Invalid, fault.NotFound:
		s.show(w, r, http.StatusForbidden, view{State: "spent"})
	default:
		s.show(w, r, http.StatusServiceUnavailable, view{State: "later"})
	}
}

// at is how people reach the service. Where nobody has configured that, it is as this request did.
func (s *setup) at(r *http.Request) string {
	if s.origin != "" {
		return s.origin
	}
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// codeOf takes a code, or the whole link, as somebody without scripts pastes it.
func codeOf(text string) string {
	text = strings.TrimSpace(text)
	if _, after, ok := strings.Cut(text, "#code="); ok {
		text = after
	}
	if len(text) > 256 || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return ""
	}
	return text
}

func (s *setup) show(w http.ResponseWriter, r *http.Request, status int, v view) {
	var b bytes.Buffer
	if err := s.page.Execute(&b, v); err != nil {
		problem(w, r, http.StatusInternalServerError, "The page cannot be made.")
		return
	}
	h := w.Header()
	h.Set("Content-Security-Policy", setupPolicy)
	h.Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
}

func file(name, kind string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		b, err := setupFiles.ReadFile(name)
		if err != nil {
			problem(w, r, http.StatusNotFound, "There is no such page.")
			return
		}
		w.Header().Set("Content-Type", kind)
		_, _ = w.Write(b)
	}
}
