package notice

import (
	"context"

	"c4arch/internal/content/mail"
	"c4arch/internal/content/say"
	"c4arch/internal/service/notify"
)

func sentence(ctx context.Context, it notify.Item) string { return mail.Sentence(ctx, Words(it)) }

// kindName is a kind in the reader's language.
func kindName(ctx context.Context, k notify.Kind) string {
	switch k {
	case notify.Mention:
		return say.T(ctx, "Mentions")
	case notify.Decision:
		return say.T(ctx, "Waits for your approval")
	case notify.Decided:
		return say.T(ctx, "What became of your proposals")
	case notify.Finding:
		return say.T(ctx, "New critical or high findings")
	case notify.Scan:
		return say.T(ctx, "Failed scans")
	case notify.Exception:
		return say.T(ctx, "Exceptions that end")
	case notify.Broken:
		return say.T(ctx, "Broken connections and streams")
	case notify.Token:
		return say.T(ctx, "Tokens that end")
	case notify.Membership:
		return say.T(ctx, "Your membership and role")
	case notify.Support:
		return say.T(ctx, "Access of the operator's staff")
	case notify.Supplier:
		return say.T(ctx, "Changes of subprocessors")
	}
	return ""
}

// kindSays is when one is told of a kind.
func kindSays(ctx context.Context, k notify.Kind) string {
	switch k {
	case notify.Mention:
		return say.T(ctx, "Somebody writes @ and your name in a comment.")
	case notify.Decision:
		return say.T(ctx, "A baseline or an exception that you may approve was proposed by somebody else.")
	case notify.Decided:
		return say.T(ctx, "It was approved, rejected or withdrawn.")
	case notify.Finding:
		return say.T(ctx, "A comparison found something dangerous for the first time. For those who can decide about it.")
	case notify.Scan:
		return say.T(ctx, "One that you asked for, or one of a program.")
	case notify.Exception:
		return say.T(ctx, "A week before one ends, and when it has ended.")
	case notify.Broken:
		return say.T(ctx, "Once a day for each, for those who can mend it.")
	case notify.Token:
		return say.T(ctx, "A week before one of yours ends.")
	case notify.Membership:
		return say.T(ctx, "You were made a member, or your role changed.")
	case notify.Support:
		return say.T(ctx, "They ask to look into the organisation, or do so for the first time under an access.")
	case notify.Supplier:
		return say.T(ctx, "Somebody else is to process data of the organisation. For those who can object.")
	}
	return ""
}

func paceName(ctx context.Context, p notify.Pace) string {
	switch p {
	case notify.Daily:
		return say.T(ctx, "Once a day")
	case notify.Never:
		return say.T(ctx, "Never")
	case notify.AtOnce:
	}
	return say.T(ctx, "At once")
}

var paces = []notify.Pace{notify.AtOnce, notify.Daily, notify.Never}

func channelName(ctx context.Context, c notify.Channel) string {
	if c == notify.ByHook {
		return say.T(ctx, "Webhook")
	}
	return say.T(ctx, "Mail")
}

// stateName is where a message stands, and how the word is shown.
func stateName(ctx context.Context, m notify.Message) (kind, name string) {
	switch m.State {
	case notify.Sent:
		return "good", say.T(ctx, "taken")
	case notify.Dead:
		return "wrong", say.T(ctx, "given up")
	case notify.Dropped:
		return "", say.T(ctx, "not needed")
	case notify.Due:
	}
	if m.Attempts > 0 {
		return "warn", say.T(ctx, "tried again later")
	}
	return "", say.T(ctx, "waits")
}
