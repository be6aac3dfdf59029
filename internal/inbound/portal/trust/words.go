package trust

import (
	"context"
	"fmt"
	"time"

	"c4arch/internal/content/say"
	"c4arch/internal/content/statement"
	"c4arch/internal/service/trustcentre"
	"c4arch/internal/trust/control"
)

// stateTag and stateName are how something stands, in a colour and in words for everybody.
func stateTag(s control.State) string {
	switch s {
	case control.Holds:
		return "good"
	case control.Failing:
		return "wrong"
	case control.Stale, control.Unsure:
		return "warn"
	}
	return ""
}

func stateName(ctx context.Context, s control.State) string {
	switch s {
	case control.Holds:
		return say.T(ctx, "True now")
	case control.Attested:
		return say.T(ctx, "Attested")
	case control.Partly:
		return say.T(ctx, "In part")
	case control.NotExercised:
		return say.T(ctx, "Not exercised")
	case control.Stale:
		return say.T(ctx, "Stale")
	case control.Unsure:
		return say.T(ctx, "Cannot tell")
	case control.Failing:
		return say.T(ctx, "Not true now")
	}
	return say.T(ctx, "Not yet")
}

// stateMeans is what a state means for a reader.
func stateMeans(ctx context.Context, s control.State) string {
	switch s {
	case control.Holds:
		return say.T(ctx, "Every check that looks at it passed, not long ago.")
	case control.Attested:
		return say.T(ctx, "No check can look at it. Somebody of us vouches for it until a day.")
	case control.Partly:
		return say.T(ctx, "What looks at it passes, and nothing looks at all of it.")
	case control.NotExercised:
		return say.T(ctx, "The check ran and there was nothing to look at.")
	case control.Stale:
		return say.T(ctx, "The newest look is too old, or there was none.")
	case control.Unsure:
		return say.T(ctx, "The check could not tell, which is no pass.")
	case control.Failing:
		return say.T(ctx, "A check found that it does not hold.")
	}
	return say.T(ctx, "We say it as a goal. Nothing looks at it yet.")
}

// shownStates are those that are counted, the best first.
func shownStates() []control.State {
	return []control.State{control.Holds, control.Attested, control.Partly, control.NotExercised, control.Stale, control.Unsure, control.Failing, control.NotYet}
}

// checkWord is how a check stands, controlWord how a control does.
func checkWord(ctx context.Context, s control.State) string {
	switch s {
	case control.Holds:
		return say.T(ctx, "passed")
	case control.Failing:
		return say.T(ctx, "failed")
	}
	return stateName(ctx, s)
}

func controlWord(ctx context.Context, s control.State) string {
	switch s {
	case control.Holds:
		return say.T(ctx, "Holds")
	case control.Failing:
		return say.T(ctx, "Does not hold")
	}
	return stateName(ctx, s)
}

func subjectName(ctx context.Context, s statement.Subject) string {
	switch s {
	case statement.Isolation:
		return say.T(ctx, "Keeping organisations apart")
	case statement.Access:
		return say.T(ctx, "Access")
	case statement.Encryption:
		return say.T(ctx, "Encryption and secrets")
	case statement.Audit:
		return say.T(ctx, "Audit")
	case statement.Discovery:
		return say.T(ctx, "Reading your systems")
	case statement.Privacy:
		return say.T(ctx, "Privacy")
	case statement.Subprocessors:
		return say.T(ctx, "Subprocessors")
	case statement.Incidents:
		return say.T(ctx, "Incidents and vulnerabilities")
	case statement.Recovery:
		return say.T(ctx, "Recovery")
	case statement.Development:
		return say.T(ctx, "How the product is built")
	}
	return say.T(ctx, "This trust centre")
}

func aboutName(ctx context.Context, a trustcentre.About) string {
	switch a {
	case trustcentre.Contract:
		return say.T(ctx, "Review of a contract")
	case trustcentre.Questionnaire:
		return say.T(ctx, "Vendor questionnaire")
	case trustcentre.Processing:
		return say.T(ctx, "Personal data and its processing")
	}
	return say.T(ctx, "Security question")
}

func progressName(ctx context.Context, p trustcentre.Progress) string {
	switch p {
	case trustcentre.Acknowledged:
		return say.T(ctx, "Acknowledged")
	case trustcentre.Answered:
		return say.T(ctx, "Answered")
	case trustcentre.Closed:
		return say.T(ctx, "Closed")
	}
	return say.T(ctx, "Received")
}

func progressTag(p trustcentre.Progress) string {
	switch p {
	case trustcentre.Answered:
		return "good"
	case trustcentre.Open:
		return "warn"
	}
	return ""
}

func sortName(ctx context.Context, s trustcentre.Sort) string {
	switch s {
	case trustcentre.AuditReport:
		return say.T(ctx, "Audit report of a third party")
	case trustcentre.PenTest:
		return say.T(ctx, "Summary of a penetration test")
	case trustcentre.Certification:
		return say.T(ctx, "Certification")
	case trustcentre.Material:
		return say.T(ctx, "Trust-centre material")
	case trustcentre.Architecture:
		return say.T(ctx, "Architecture summary")
	case trustcentre.Response:
		return say.T(ctx, "Written response")
	}
	return say.T(ctx, "Security documentation")
}

func levelName(ctx context.Context, l trustcentre.Level) string {
	switch l {
	case trustcentre.ForAll:
		return say.T(ctx, "Everybody")
	case trustcentre.OnTerms:
		return say.T(ctx, "Customers, on terms")
	}
	return say.T(ctx, "Customers")
}

func readyName(ctx context.Context, name string) string {
	switch name {
	case "database":
		return say.T(ctx, "Database")
	case "keys":
		return say.T(ctx, "Service of keys")
	case "checks":
		return say.T(ctx, "Hourly checks")
	case "ledger":
		return say.T(ctx, "Ledger")
	}
	return name
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

func day(t time.Time) string { return t.UTC().Format("2 Jan 2006") }

func date(t time.Time) string { return t.UTC().Format(time.DateOnly) }

func validTag(valid bool) string {
	if valid {
		return "good"
	}
	return ""
}

// validName is whether something is shown now.
func validName(ctx context.Context, valid bool, withdrawn time.Time) string {
	switch {
	case valid:
		return say.T(ctx, "Shown")
	case !withdrawn.IsZero():
		return say.T(ctx, "Withdrawn")
	}
	return say.T(ctx, "Not valid now")
}

// StateName is how something stands in the words of the page, for the check that holds the page against the register.
func StateName(ctx context.Context, s control.State) string { return stateName(ctx, s) }
