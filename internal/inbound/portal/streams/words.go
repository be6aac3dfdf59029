package streams

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"c4arch/internal/content/say"
	"c4arch/internal/service/stream"
)

var (
	kinds   = []stream.Kind{stream.Syslog, stream.OCSF, stream.Webhook, stream.Pull}
	sources = []stream.Source{stream.FromLedger, stream.FromAccess, stream.FromCheckpoint}
)

// kindWords are what a kind is in a line, and whether there is such a kind.
func kindWords(ctx context.Context, k stream.Kind) (string, bool) {
	switch k {
	case stream.Syslog:
		return say.T(ctx, "Syslog over TLS, to a collector (RFC 5424, RFC 5425)"), true
	case stream.OCSF:
		return say.T(ctx, "OCSF events in JSON, over HTTPS"), true
	case stream.Webhook:
		return say.T(ctx, "Webhook: one signed message for each entry (Standard Webhooks)"), true
	case stream.Pull:
		return say.T(ctx, "Pulled from here with a token, by cursor"), true
	}
	return "", false
}

// kindName is a kind in a word or two.
func kindName(ctx context.Context, k stream.Kind) string {
	switch k {
	case stream.Syslog:
		return say.T(ctx, "Syslog")
	case stream.OCSF:
		return say.T(ctx, "OCSF")
	case stream.Webhook:
		return say.T(ctx, "Webhook")
	}
	return say.T(ctx, "Pull")
}

func sourceName(ctx context.Context, s stream.Source) string {
	switch s {
	case stream.FromLedger:
		return say.T(ctx, "Ledger")
	case stream.FromAccess:
		return say.T(ctx, "Access log")
	}
	return say.T(ctx, "Signed checkpoints")
}

// endpoint is an address without its query, which can hold a credential.
func endpoint(address string) string {
	at, query, cut := strings.Cut(address, "?")
	if cut && query != "" {
		return at + "?…"
	}
	return at
}

// standing is how a stream stands, in a word.
func standing(ctx context.Context, v stream.View) (mark, word string) {
	failing, behind := false, int64(0)
	for _, p := range v.Positions {
		failing = failing || p.Since != nil
		if p.Source != stream.FromCheckpoint {
			behind += p.Behind
		}
	}
	switch {
	case v.Off:
		return "", say.T(ctx, "paused")
	case failing:
		return "wrong", say.T(ctx, "not delivered")
	case v.Kind == stream.Pull:
		return "", say.T(ctx, "pulled")
	case behind > 0:
		return "warn", say.T(ctx, "behind")
	}
	return "good", say.T(ctx, "up to date")
}

// lag is how many records of a source are not delivered.
func lag(ctx context.Context, p stream.Behind) string {
	if p.Behind == 0 {
		return say.T(ctx, "nothing waits")
	}
	return say.N(ctx, int(p.Behind), "one record waits", "%d records wait")
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

func contains(all []stream.Source, s stream.Source) bool { return slices.Contains(all, s) }

// addressLabel is what the address of a kind is.
func addressLabel(ctx context.Context, k stream.Kind) (label, hint string) {
	if k == stream.Syslog {
		return say.T(ctx, "Collector"), say.T(ctx, "Name and port, as siem.contoso.example:6514. It is spoken to with TLS.")
	}
	return say.T(ctx, "Address"), say.T(ctx, "It begins with https:// and has no user in it.")
}

func (v oneView) older() string {
	if v.Next == "" {
		return ""
	}
	return path + "/" + v.ID + "?after=" + url.QueryEscape(v.Next)
}

func (v oneView) first() string {
	if v.After == "" {
		return ""
	}
	return path + "/" + v.ID
}
