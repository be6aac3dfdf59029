package web

import (
	"context"
	"slices"

	"c4arch/internal/account/access"
	"c4arch/internal/content/say"
)

// Step is a part of a way that somebody is led along: what it is, whether it is done, and the ways to do it, the usual one first.
type Step struct {
	Name, Words string
	Done        bool
	Ways        []Crumb
}

// next is the first step that is not done, or -1.
func next(steps []Step) int {
	return slices.IndexFunc(steps, func(s Step) bool { return !s.Done })
}

// Reached is how far a project is on its way to the first approved diagram.
type Reached struct {
	Connected, Running, Scanned, Approved bool
	Scan                                  string // the newest
}

// FirstSteps are those of a project from nothing to the first approved diagram. base is the path of the project, "" where there is none yet; may says what whoever reads may do in it.
func FirstSteps(ctx context.Context, base string, may func(access.Action) bool, r Reached) []Step {
	connect := Step{
		Name: say.T(ctx, "Connect what is there"), Done: r.Connected || r.Scanned,
		Words: say.T(ctx, "Upload files such as Terraform state, exports of Azure or manifests; or point at a repository, at Azure or at a Kubernetes cluster, which c4arch then reads by itself."),
	}
	scan := Step{
		Name: say.T(ctx, "Scan"), Done: r.Scanned,
		Words: say.T(ctx, "c4arch reads the inputs, keeps the evidence for every fact, and lists what it could not read."),
	}
	look := Step{
		Name: say.T(ctx, "Look at the first diagram"), Done: r.Approved,
		Words: say.T(ctx, "The architecture in C4 views, each line with the evidence behind it. When it is right, approve it: from then on every change is told."),
	}
	if base == "" {
		return []Step{connect, scan, look}
	}
	if may(access.ScanStart) {
		connect.Ways = append(connect.Ways, Crumb{base + "/scans#upload", say.T(ctx, "Upload files")})
		scan.Ways = append(scan.Ways, Crumb{base + "/scans#upload", say.T(ctx, "Scan now")})
	}
	if may(access.ConnectionChange) {
		connect.Ways = append(connect.Ways, Crumb{base + "/connections", say.T(ctx, "Connect a repository, Azure or Kubernetes")})
	}
	if r.Running {
		scan.Words, scan.Ways = say.T(ctx, "The scan runs. This takes seconds for small estates, minutes for large ones."), []Crumb{{base + "/scans/" + r.Scan, say.T(ctx, "See how far it is")}}
	}
	look.Ways = []Crumb{{base + "/architecture", say.T(ctx, "Open the diagram")}}
	if may(access.BaselineApprove) {
		look.Ways = append(look.Ways, Crumb{base + "/baseline", say.T(ctx, "Approve it")})
	}
	return []Step{connect, scan, look}
}
