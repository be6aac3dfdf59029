package exception

import (
	"context"

	"c4arch/internal/content/say"
)

// left says how long an exception still lasts, in days.
func left(ctx context.Context, r row) string {
	switch {
	case r.Revoked, r.Days < 0:
		return ""
	case r.Days == 0:
		return say.T(ctx, "it ends today")
	}
	return say.N(ctx, r.Days, "one more day", "%d more days")
}
