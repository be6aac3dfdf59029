package decision

import (
	"context"
	"strconv"
	"strings"
	"time"

	"c4arch/internal/content/say"
)

// timeOf is a time that may not be known.
type timeOf = time.Time

// signing says what signing takes.
func signing(ctx context.Context, fresh bool) string {
	if fresh {
		return say.T(ctx, "You have just proven that it is you. Signing writes an entry into the ledger that nobody can take out.")
	}
	return say.T(ctx, "Signing asks for your passkey, and writes an entry into the ledger that nobody can take out.")
}

// unseenRow is something that nobody could read.
type unseenRow struct{ What, Why, Help string }

const mostUnseen = 100

// unseen is what could not be read or compared.
func unseen(v decided) (out []unseenRow) {
	if v.Report == nil {
		for i := range v.Of.NotRead[:min(len(v.Of.NotRead), mostUnseen)] {
			n := &v.Of.NotRead[i]
			at := n.Input
			if n.Line > 0 {
				at += ":" + strconv.Itoa(n.Line)
			}
			out = append(out, unseenRow{joined(n.Thing, at), n.Reason, n.Help})
		}
		return out
	}
	for i := range v.Report.Unknown[:min(len(v.Report.Unknown), mostUnseen)] {
		u := &v.Report.Unknown[i]
		what := u.Resource
		if what == "" {
			what = u.Type
		}
		out = append(out, unseenRow{joined(what, string(u.Path), u.Input), u.Reason, u.Help})
	}
	return out
}

func joined(parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, " · ")
}
