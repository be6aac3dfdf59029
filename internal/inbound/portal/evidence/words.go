package evidence

import (
	"context"
	"fmt"
	"time"

	"c4arch/internal/content/say"
	"c4arch/internal/service/evidence"
)

// what is what a pack is of, in words.
func what(ctx context.Context, p evidence.Pack) string {
	switch p.Kind {
	case evidence.OfSnapshot:
		return say.T(ctx, "Snapshot %s", p.Subject)
	case evidence.OfBaseline:
		return say.T(ctx, "Baseline %s", p.Subject)
	}
	return say.T(ctx, "%s to %s", p.From.UTC().Format(time.DateOnly), p.To.UTC().Format(time.DateOnly))
}

// stage is how far a pack is, in the reader's language.
func stage(ctx context.Context, p evidence.Pack) string {
	switch p.Stage {
	case "reading what was kept":
		return say.T(ctx, "Reading what was kept")
	case "drawing the views":
		return say.T(ctx, "Drawing the views")
	case "writing the digest into the ledger":
		return say.T(ctx, "Writing the digest into the ledger")
	case "proving every entry":
		return say.T(ctx, "Proving every entry")
	case "writing the report":
		return say.T(ctx, "Writing the report")
	case "keeping the pack":
		return say.T(ctx, "Keeping the pack")
	}
	return say.T(ctx, "Waiting for its turn")
}

// size is a number of bytes with its unit.
func size(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 1_000_000:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}

// fileOf is the name under which a pack is saved.
func fileOf(p evidence.Pack) string { return "evidence-" + p.ID + ".zip" }

func by(p evidence.Pack, names map[string]string) string {
	if n := names[string(p.Actor)]; n != "" {
		return n
	}
	return string(p.Actor)
}

func ago(now time.Time, daysBack int) string {
	return now.UTC().AddDate(0, 0, -daysBack).Format(time.DateOnly)
}
