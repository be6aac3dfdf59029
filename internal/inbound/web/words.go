package web

import (
	"context"
	"time"

	"c4arch/internal/content/say"
)

// Severities are the severities, the gravest first.
var Severities = []string{"critical", "high", "medium", "low", "info"}

// SeverityWord is a severity within a sentence.
func SeverityWord(ctx context.Context, level string) string {
	switch level {
	case "critical":
		return say.T(ctx, "critical")
	case "high":
		return say.T(ctx, "high")
	case "medium":
		return say.T(ctx, "medium")
	case "low":
		return say.T(ctx, "low")
	}
	return say.T(ctx, "note")
}

// StateName is where a scan stands.
func StateName(ctx context.Context, state string) string {
	switch state {
	case "queued":
		return say.T(ctx, "waits")
	case "running":
		return say.T(ctx, "runs")
	case "failed":
		return say.T(ctx, "failed")
	}
	return say.T(ctx, "done")
}

// StateKind is the mark of a state, for [Tag].
func StateKind(state string) string {
	switch state {
	case "done":
		return "good"
	case "failed":
		return "wrong"
	}
	return ""
}

// ConnectionState is where the newest scan of a connection stands; "" is none.
func ConnectionState(ctx context.Context, state string) string {
	if state == "" {
		return say.T(ctx, "not scanned yet")
	}
	return StateName(ctx, state)
}

// ConnectionKind is what a connection reads.
func ConnectionKind(ctx context.Context, kind string) string {
	switch kind {
	case "upload":
		return say.T(ctx, "uploads")
	case "directory":
		return say.T(ctx, "a directory of the service")
	case "repository":
		return say.T(ctx, "a repository")
	case "azure":
		return say.T(ctx, "Azure")
	case "kubernetes":
		return say.T(ctx, "Kubernetes")
	}
	return kind
}

// Age is how long ago something was, in whole days.
func Age(ctx context.Context, now, then time.Time) string {
	if then.IsZero() {
		return say.T(ctx, "no data")
	}
	if days := int(now.Sub(then).Hours() / 24); days > 0 {
		return say.N(ctx, days, "%d day old", "%d days old")
	}
	return say.T(ctx, "of today")
}

func counted(ctx context.Context, n int, level string) string {
	return say.T(ctx, "%d %s", n, SeverityWord(ctx, level))
}
