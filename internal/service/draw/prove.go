package draw

import (
	"context"

	"c4arch/internal/account/access"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
)

// Proof shows that a resource is in a snapshot as it was kept.
type Proof struct {
	Moment Moment
	Found  []Proven
}

// Proven is one content of the resource.
type Proven struct {
	Resource  evidence.Resource // without its properties
	Inclusion evidence.Inclusion
}

// mostProven bounds how many contents of one resource are shown.
const mostProven = 20

// Prove shows where a resource stood in a snapshot, and that the snapshot's root has it. Notfound where the snapshot does not have it.
func (d *Service) Prove(ctx context.Context, a access.Actor, project id.Project, ref, resource string) (*Proof, error) {
	s, err := access.Decide(a, access.SnapshotRead, access.Resource{Project: project})
	if err != nil {
		return nil, err
	}
	p, err := d.Projects.Scanned(ctx, s)
	if err != nil {
		return nil, err
	}
	defer p.Close() //nolint:errcheck // it was read only
	at, err := p.Find(ctx, ref)
	if err != nil {
		return nil, err
	}
	sub, err := p.Load(ctx, at.ID)
	if err != nil {
		return nil, err
	}
	out := &Proof{Moment: at}
	for _, x := range sub.Snapshot.Included(resource, mostProven) {
		r := sub.Snapshot.Resources[x.Index]
		r.Props, r.Salt = nil, ""
		if x.Root() != at.Root {
			return nil, fault.New(fault.Internal, "the resource does not lead to the root of its snapshot")
		}
		out.Found = append(out.Found, Proven{Resource: r, Inclusion: x})
	}
	if len(out.Found) == 0 {
		return nil, fault.New(fault.NotFound, "the snapshot %s does not have the resource %.200q", at.ID, resource)
	}
	return out, nil
}
