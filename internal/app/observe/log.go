package observe

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"strings"

	"c4arch/internal/base/id"
)

// NewLogger makes the logger. format is json or text; level is debug, info, warn or error. Lines that are logged with the context of a request carry its id, and
// the organisation and actor once they are known.
//
// Callers log no secrets: package secret sees to it that a secret that is known to be one cannot be printed. What is here is the net below: an error of a library
// may quote an address with a password, a header, a token.
func NewLogger(w io.Writer, format, level string) *slog.Logger {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		l = slog.LevelInfo
	}
	o := &slog.HandlerOptions{Level: l, ReplaceAttr: redact}
	if format == "text" {
		return slog.New(contextual{slog.NewTextHandler(w, o)})
	}
	return slog.New(contextual{slog.NewJSONHandler(w, o)})
}

// contextual adds what the context knows.
type contextual struct{ slog.Handler }

func (h contextual) Handle(ctx context.Context, rec slog.Record) error {
	if r := requestOf(ctx); r != nil {
		_, org, actor := r.Known()
		rec = rec.Clone()
		rec.AddAttrs(slog.String("request", r.id))
		if org != "" {
			rec.AddAttrs(slog.String("org", string(org)), slog.String("actor", string(actor)))
		}
	}
	return h.Handler.Handle(ctx, rec)
}

func (h contextual) WithAttrs(a []slog.Attr) slog.Handler { return contextual{h.Handler.WithAttrs(a)} }

func (h contextual) WithGroup(name string) slog.Handler { return contextual{h.Handler.WithGroup(name)} }

const shown = "[secret]"

// hidden are words in the names of attributes whose values are never written.
var hidden = []string{"password", "passwd", "secret", "token", "authorization", "cookie", "credential", "apikey", "api_key", "privatekey", "private_key", "email", "passphrase"}

// pattern finds secrets inside texts, where one of the hints stands. Its first group is kept.
type pattern struct {
	hints []string
	find  *regexp.Regexp
}

var patterns = []pattern{
	{[]string{"://"}, regexp.MustCompile(`([a-zA-Z][a-zA-Z0-9+.-]*://[^\s/:@"']*:)[^\s@"']+@`)},                                         // a password in an address
	{[]string{"earer ", "EARER ", "asic ", "ASIC "}, regexp.MustCompile(`(?i)\b((?:bearer|basic)\s+)[A-Za-z0-9+/._~=-]{8,}`)},           // RFC 6750, RFC 7617
	{[]string{"code="}, regexp.MustCompile(`([#?&]code=)[^\s&"']+`)},                                                                    // a setup link
	{[]string{"c4a_"}, regexp.MustCompile(`()\bc4a_[A-Za-z0-9_-]+`)},                                                                    // our own tokens
	{[]string{"eyJ"}, regexp.MustCompile(`()\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]*)?`)},                                 // a JWT (RFC 7519)
	{[]string{"PRIVATE KEY"}, regexp.MustCompile(`()-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)`)}, // RFC 7468
	{[]string{"@"}, regexp.MustCompile(`()\b[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+\b`)},                                    // an address of a person
}

// pairs are name=value and "name": "value".
var pairs = regexp.MustCompile(`(?i)\b((?:[a-z_-]*(?:password|passwd|pwd|secret|token|api[-_]?key|accountkey)|sig)["']?\s*[=:]\s*["']?)([^\s&;,"']+)`)

// Scrub takes out of a text what looks like a secret or a mail address.
func Scrub(s string) string {
	for _, p := range patterns {
		for _, h := range p.hints {
			if strings.Contains(s, h) {
				s = p.find.ReplaceAllString(s, "${1}"+shown)
				break
			}
		}
	}
	if !strings.ContainsAny(s, "=:") {
		return s
	}
	return pairs.ReplaceAllStringFunc(s, func(match string) string {
		m := pairs.FindStringSubmatch(match)
		if strings.HasPrefix(m[2], id.PrefixToken+"_") || strings.HasPrefix(m[2], shown) { // token:tk_… is an actor: a name, no secret
			return match
		}
		return m[1] + shown
	})
}

// redact looks at every attribute, and at the message.
func redact(_ []string, a slog.Attr) slog.Attr {
	name := strings.ToLower(a.Key)
	for _, h := range hidden {
		if strings.Contains(name, h) {
			return slog.String(a.Key, shown)
		}
	}
	switch a.Value.Kind() {
	case slog.KindString:
		return slog.String(a.Key, Scrub(a.Value.String()))
	case slog.KindAny:
		switch v := a.Value.Any().(type) {
		case slog.Level, *slog.Source, nil:
			return a
		case error:
			return slog.String(a.Key, Scrub(v.Error()))
		default:
			return slog.String(a.Key, Scrub(fmt.Sprintf("%+v", v)))
		}
	}
	return a
}
