package talk

import (
	"context"

	"c4arch/internal/content/say"
	"c4arch/internal/service/talk"
)

// called is a mention as it is read.
func called(ctx context.Context, p talk.Piece) string {
	if p.Text == "" {
		return say.T(ctx, "@somebody who is not known here any more")
	}
	return "@" + p.Text
}

// goneSays is what stands above comments on something that is not there any more.
func goneSays(ctx context.Context, a talk.About) string {
	switch a {
	case talk.Finding:
		return say.T(ctx, "The finding is gone: the newest comparison does not have it. The comments stay.")
	case talk.Proposal:
		return say.T(ctx, "The proposal is decided. The comments stay.")
	case talk.Element:
	}
	return say.T(ctx, "The element is gone: the newest snapshot does not have it. The comments stay.")
}

func path(v threadView, c talk.View, what string) string {
	return "/projects/" + string(v.Subject.Project) + "/comments/" + c.ID + "/" + what
}
