package discover

import (
	"iter"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/overlay"
)

// aim tells inputs where people say that they are deployed to.
type aim struct {
	overlay *overlay.Overlay
	used    map[*overlay.Deployment]bool
}

func newAim(o *overlay.Overlay) *aim { return &aim{o, map[*overlay.Deployment]bool{}} }

// each yields what was found, each input with its target.
func (a *aim) each(found iter.Seq2[Found, error]) iter.Seq2[Found, error] {
	if len(a.overlay.Deployments) == 0 {
		return found
	}
	return func(yield func(Found, error) bool) {
		for f, err := range found {
			if f.NotRead == nil {
				if d := a.overlay.DeploymentOf(f.Input.Path, f.Input.Name); d != nil {
					a.used[d] = true
					f.Input.Target = evidence.Target{Subscription: d.Subscription, ResourceGroup: d.ResourceGroup, Location: d.Location}
				}
			}
			if !yield(f, err) {
				return
			}
		}
	}
}

// leftovers reports the entries that are for no input.
func (a *aim) leftovers(input string) []evidence.NotRead {
	var out []evidence.NotRead
	for i := range a.overlay.Deployments {
		if d := &a.overlay.Deployments[i]; !a.used[d] {
			out = append(out, evidence.NotRead{
				Kind: evidence.InputNotUnderstood, Input: input, Line: d.Line, Thing: d.Input,
				Reason: "no input that was scanned has this path", Help: "write the path below the scanned directory, or remove the entry",
			})
		}
	}
	return out
}
