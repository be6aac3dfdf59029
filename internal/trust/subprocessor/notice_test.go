package subprocessor

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"c4arch/internal/trust/clock"
)

// Whatever happens in whatever order, a change begins for an organisation only behind its window, at least 30 days after it was told, with no objection open.
func TestNothingBeginsBefore(t *testing.T) {
	cal := clock.Calendar{Zone: time.UTC, Holidays: clock.Belgium}
	rapid.Check(t, func(t *rapid.T) {
		now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
		n := Notice{Stage: Noticed, At: now, Days: rapid.IntRange(0, 60).Draw(t, "days"), Entry: Entry{Own: true}}
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 10*24).Draw(t, "hours")) * time.Hour)
			was := n.Stage
			switch rapid.IntRange(0, 6).Draw(t, "what") {
			case 0:
				n.Receive(Receipt{Channel: ByMail, State: Delivered, At: now})
			case 1:
				n.Progress(now, cal)
			case 2:
				_ = n.Object(now, Objection{Grounds: "the data would leave"})
			case 3:
				_ = n.TakeBack(now)
			case 4:
				_ = n.Note(now, Step{Note: "what was agreed", Outcome: true, Option: Outcomes()[rapid.IntRange(0, 3).Draw(t, "outcome")]})
			case 5:
				_ = n.Activate(now)
			case 6:
				_ = n.Withdraw(now)
			}
			if n.Stage != Activated || was == Activated {
				continue
			}
			if was != Expired && was != Resolved || n.Closes.IsZero() || !now.After(n.Closes) || n.Closes.Before(n.At.AddDate(0, 0, LeastDays)) || n.last() != "" && n.last() != Accepted && was == Resolved {
				t.Fatalf("it began from %s at %s: %+v", was, now, n)
			}
		}
	})
}
