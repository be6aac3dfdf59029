package processing

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"c4arch/internal/content/say"
	values "c4arch/internal/trust/processing"
)

// spoken is a text of the program itself in the reader's language, as a sentence begins.
func spoken(ctx context.Context, text string) string {
	text = say.T(ctx, strings.ReplaceAll(text, "%", "%%"))
	r, n := utf8.DecodeRuneInString(text)
	if n == 0 || !unicode.IsLetter(r) {
		return text
	}
	return string(unicode.ToUpper(r)) + text[n:]
}

// standing is how an instruction stands, as a tag.
func standing(ctx context.Context, i values.Instruction) (mark, word string) {
	switch {
	case i.State == values.Asked:
		return "warn", say.T(ctx, "Waits for you")
	case i.State == values.InForce && i.Mark == values.Flagged:
		return "wrong", say.T(ctx, "Flagged")
	case i.State == values.InForce && i.Mark == values.Held:
		return "warn", say.T(ctx, "Held")
	case i.State == values.InForce:
		return "good", say.T(ctx, "In force")
	case i.State == values.Withdrawn:
		return "", say.T(ctx, "Withdrawn")
	}
	return "", say.T(ctx, "Over")
}

func sourceName(ctx context.Context, s values.Source) string {
	switch s {
	case values.Addendum:
		return say.T(ctx, "Addendum")
	case values.Agreement:
		return say.T(ctx, "Agreement")
	case values.OrderForm:
		return say.T(ctx, "Order form")
	case values.Configuration:
		return say.T(ctx, "Configuration")
	case values.SupportAsked:
		return say.T(ctx, "Support request")
	case values.User:
		return say.T(ctx, "Instruction of a member")
	case values.Nothing:
	}
	return say.T(ctx, "Nothing yet")
}

func purposeName(ctx context.Context, p values.Purpose) string {
	switch p {
	case values.Provide:
		return say.T(ctx, "Provide")
	case values.Notify:
		return say.T(ctx, "Notify")
	case values.Support:
		return say.T(ctx, "Support")
	case values.Secure:
		return say.T(ctx, "Secure")
	case values.Meter:
		return say.T(ctx, "Meter")
	case values.Legal:
		return say.T(ctx, "Law and contract")
	case values.Improve:
		return say.T(ctx, "Improve")
	}
	return string(p)
}

func purposeNames(ctx context.Context, all []values.Purpose) string {
	names := make([]string, len(all))
	for i, p := range all {
		names[i] = purposeName(ctx, p)
	}
	return strings.Join(names, ", ")
}

// workName is what a kind of job does, for what waits.
func workName(ctx context.Context, kind string) string {
	switch kind {
	case "scan.run":
		return say.T(ctx, "Scans")
	case "drift.compare":
		return say.T(ctx, "Comparisons with the baseline")
	case "evidence.make":
		return say.T(ctx, "Packs of evidence")
	case "stream.deliver", "stream.replay":
		return say.T(ctx, "Sending a stream")
	case "notice.follow":
		return say.T(ctx, "Notifications")
	case "freeText.scan":
		return say.T(ctx, "Looking through free text")
	}
	return kind
}

// waits are the instructions that hold work, first what nobody gave.
func waits(all []values.Instruction) (list []values.Instruction) {
	for _, i := range all {
		if i.State == values.Asked || i.State == values.InForce && i.Mark != values.NoMark {
			list = append(list, i)
		}
	}
	return list
}

func roleName(ctx context.Context, role string) string {
	switch role {
	case "processor":
		return say.T(ctx, "For you, as your processor")
	case "controller":
		return say.T(ctx, "For itself, as a controller")
	}
	return say.T(ctx, "Of nobody")
}

func stateMark(state string) string {
	switch state {
	case "holds":
		return "good"
	case "failing":
		return "wrong"
	case "stale", "unknown":
		return "warn"
	}
	return ""
}

func mechanismName(ctx context.Context, m values.Mechanism) string {
	switch m {
	case values.ByDecision:
		return say.T(ctx, "Adequacy decision")
	case values.ByClauses:
		return say.T(ctx, "Standard clauses")
	case values.ByUK:
		return say.T(ctx, "UK addendum")
	case values.ByOther:
	}
	return say.T(ctx, "Another mechanism")
}

// own says whether a member gave an instruction, or it was written down since something else said it.
func own(i values.Instruction) bool { return i.Source == values.User && i.By != "" }

func count(all []values.Datum) []values.Datum { return all[:min(len(all), shownData)] }

// given is what somebody wrote, or that nobody has.
func given(ctx context.Context, text string) string {
	if text == "" {
		return say.T(ctx, "Not given")
	}
	return text
}
