package observe

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/task"
)

// Observer decorates what the service does.
type Observer struct {
	Log     *slog.Logger
	Metrics *Metrics
	Traces  *Traces
	Now     func() time.Time
}

// Jobs decorates every handler: a span, and a count by outcome. The dispatcher logs.
func (o *Observer) Jobs(handlers map[string]task.Handler) map[string]task.Handler {
	out := make(map[string]task.Handler, len(handlers))
	for kind, h := range handlers {
		out[kind] = o.job(kind, h)
	}
	return out
}

func (o *Observer) job(kind string, next task.Handler) task.Handler {
	return func(ctx context.Context, c *task.Claimed) error {
		start := o.Now()
		ctx, end := o.Traces.Span(ctx, "job "+kind, c.Lease.Org)
		outcome := "panicked"
		var err error
		defer func() { // also when the handler panics: the dispatcher recovers it
			took := o.Now().Sub(start)
			o.Metrics.jobs.WithLabelValues(kind, outcome).Inc()
			o.Metrics.jobTime.WithLabelValues(kind).Observe(took.Seconds())
			if outcome == "panicked" {
				err = fault.New(fault.Internal, "panic")
			}
			end(err)
		}()
		err = next(ctx, c)
		outcome = outcomeOf(err)
		return err
	}
}

func outcomeOf(err error) string {
	switch {
	case err == nil:
		return "done"
	case errors.Is(err, context.Canceled):
		return "stopped"
	}
	return string(fault.KindOf(err))
}

// Commit begins a commit; end is told how it went.
func (o *Observer) Commit(ctx context.Context, s access.Scope) (_ context.Context, end func(error)) {
	start := o.Now()
	ctx, done := o.Traces.Span(ctx, "commit", s.Org())
	return ctx, func(err error) {
		outcome := "committed"
		switch fault.KindOf(err) {
		case "":
		case fault.Conflict:
			outcome = "conflict"
		default:
			outcome = "failed"
		}
		o.Metrics.commits.WithLabelValues(outcome).Inc()
		o.Metrics.commit.Observe(o.Now().Sub(start).Seconds())
		done(err)
	}
}
