package hub

import (
	"context"
	"strconv"

	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
)

func plain(n int64) string { return strconv.FormatInt(n, 10) }

func (d desk) replicas(c *web.Call) error {
	all, err := d.serving(c.Context(), c.Asker())
	if err != nil {
		return err
	}
	return c.Show(web.View{
		Title: say.T(c.Context(), "Replicas"), Section: replicasPath,
		Lead: say.T(c.Context(), "The processes that serve. Each says once a minute that it is there, and what it finds of itself. One that is silent for two minutes is marked, and forgotten after a day."),
	}, replicasPage(all))
}

// checkName is a check of a replica in words.
func checkName(ctx context.Context, name string) string {
	switch name {
	case "database":
		return say.T(ctx, "Database")
	case "keys":
		return say.T(ctx, "Service of keys")
	case "ledgers":
		return say.T(ctx, "Ledgers that do not verify")
	case "controls":
		return say.T(ctx, "Controls that do not hold")
	case "sealed account":
		return say.T(ctx, "Sealed account")
	case "heartbeat":
		return say.T(ctx, "Heartbeat")
	}
	return name
}

// standing is how a replica stands, in a word.
func (r replica) standing(ctx context.Context) (mark, word string) {
	switch {
	case r.Quiet:
		return "wrong", say.T(ctx, "Silent")
	case len(r.Wrong()) > 0 || r.Skewed():
		return "warn", say.T(ctx, "Serves, with findings")
	}
	return "good", say.T(ctx, "Serves")
}

func engineName(ctx context.Context, engine string) string {
	if engine == "postgresql" {
		return "PostgreSQL"
	}
	return say.T(ctx, "embedded database")
}
