package evidence

import (
	"bytes"
	"context"
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/arch/dossier"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/change"
	"c4arch/internal/service/task"
	"c4arch/internal/trust/ledger"
)

// Run does the work of the job [task.MakePack]. When it was cut off it begins anew: the entry about a manifest that was never finished stays, and says nothing false.
func (s *Service) Run(ctx context.Context, j *task.Claimed) error {
	var args task.PackArgs
	if err := task.Decode(j.Lease.Args, &args); err != nil {
		return err
	}
	scope, err := access.Decide(j.Actor, access.EvidenceMake, access.Resource{Project: args.Project})
	if err != nil {
		return err
	}
	p, err := s.Store.Pack(ctx, scope, args.Pack)
	if fault.KindOf(err) == fault.NotFound || err == nil && p.State == Done {
		return s.finish(ctx, scope, j, "there is nothing to make any more")
	}
	if err != nil {
		return err
	}
	r := run{Service: s, scope: scope, actor: access.System(scope.Org(), "a pack of evidence", j.Actor), pack: p, job: j}
	err = r.make(ctx)
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Limited, fault.NotFound: // another attempt would find the same
		return r.failed(ctx, err)
	}
	return err
}

func (s *Service) finish(ctx context.Context, scope access.Scope, j *task.Claimed, outcome string) error {
	c := Change{Envelope: change.New(scope, s.Now(), ledger.Draft{Kind: "job.finished", Fields: []ledger.Field{
		ledger.Text("job", j.Lease.ID), ledger.Text("kind", j.Lease.Kind), ledger.Text("outcome", outcome),
	}})}
	c.Done = j.Lease
	_, err := s.Store.Change(ctx, &c)
	return err
}

// run is one making of a pack.
type run struct {
	*Service
	scope access.Scope
	actor access.Actor
	pack  Pack
	job   *task.Claimed
}

// stages are the steps that are told while a pack is made.
const stages = 6

func (r *run) tell(ctx context.Context, stage string, n int) {
	_ = r.Store.Progress(ctx, r.scope, r.pack.ID, stage, n, stages) // it is no decision
}

func (r *run) make(ctx context.Context) error {
	r.tell(ctx, "reading what was kept", 1)
	d, err := r.gather(ctx)
	if err != nil {
		return err
	}
	r.tell(ctx, "drawing the views", 2)
	files, err := r.Press.Files(ctx, d)
	if err != nil {
		return err
	}
	manifest, err := r.Press.Manifest(d, files)
	if err != nil {
		return err
	}
	r.tell(ctx, "writing the digest into the ledger", 3)
	sum := canon.Sum(manifest)
	made := Change{Envelope: change.New(r.scope, r.Now(), ledger.Draft{Kind: ledger.KindPack, Fields: []ledger.Field{
		ledger.Text("pack", r.pack.ID), ledger.Text("what", d.What), ledger.Digest("digest", sum), ledger.Int("files", int64(len(files))), ledger.Int("cited", int64(len(d.Cited))),
	}})}
	done, err := r.Store.Change(ctx, &made)
	if err != nil {
		return err
	}
	return r.seal(ctx, d, files, manifest, Seal{Manifest: sum, Entry: done.Index, Files: len(files)})
}

// seal adds the proofs and the report, signs, and keeps the pack.
func (r *run) seal(ctx context.Context, d *dossier.Dossier, files []ledger.PackFile, manifest []byte, seal Seal) error {
	r.tell(ctx, "proving every entry", 4)
	indexes := []int64{seal.Entry}
	for _, c := range d.Cited {
		indexes = append(indexes, c.Index)
	}
	slices.Sort(indexes)
	var bundle bytes.Buffer
	tree, err := r.Ledger.Bundle(ctx, r.scope, &bundle, slices.Compact(indexes))
	if err != nil {
		return err
	}
	signer, err := r.Ledger.Signer(ctx, r.scope.Org())
	if err != nil {
		return err
	}
	seal.Origin, seal.Size = signer.Name(), tree.Size
	r.tell(ctx, "writing the report", 5)
	report, err := r.Press.Report(ctx, d, seal)
	if err != nil {
		return err
	}
	statement, err := ledger.StatePack(manifest, bundle.Bytes(), report, signer)
	if err != nil {
		return err
	}
	files = append(files, ledger.PackFile{Name: ledger.PackManifest, Data: manifest}, ledger.PackFile{Name: ledger.PackLedger, Data: bundle.Bytes()},
		ledger.PackFile{Name: ledger.PackReport, Data: report}, ledger.PackFile{Name: ledger.PackStatement, Data: statement})
	var whole bytes.Buffer
	if err := ledger.WritePack(&whole, files); err != nil {
		return err
	}
	r.tell(ctx, "keeping the pack", 6)
	return r.keep(ctx, whole.Bytes(), seal)
}

func (r *run) keep(ctx context.Context, data []byte, seal Seal) error {
	now := r.Now().Truncate(time.Microsecond)
	object, err := r.Store.Stage(ctx, r.scope, data, now)
	if err != nil {
		return err
	}
	p := r.pack
	p.State, p.Stage, p.Done, p.Total, p.Error, p.Object = Done, "", stages, stages, "", object
	p.Digest, p.Manifest, p.Size, p.Entry, p.Ended = canon.Sum(data), seal.Manifest, int64(len(data)), seal.Entry, now
	c := Change{Envelope: change.New(r.scope, now, ledger.Draft{Kind: "evidence.kept", Fields: []ledger.Field{
		ledger.Text("pack", p.ID), ledger.Digest("digest", p.Digest), ledger.Int("size", p.Size), ledger.Time("until", p.Until),
	}}), Packs: []Pack{p}}
	c.Done, c.Blobs = r.job.Lease, []string{object}
	_, err = r.Store.Change(ctx, &c)
	return err
}

// failed ends a pack that cannot be made.
func (r *run) failed(ctx context.Context, why error) error {
	p := r.pack
	p.State, p.Error, p.Ended = Failed, told(why), r.Now().Truncate(time.Microsecond)
	c := Change{Envelope: change.New(r.scope, r.Now(), ledger.Draft{Kind: "evidence.failed", Fields: []ledger.Field{ledger.Text("pack", p.ID), ledger.Text("error", p.Error)}}), Packs: []Pack{p}}
	c.Done = r.job.Lease
	_, err := r.Store.Change(ctx, &c)
	return err
}

// told is an error as the pack keeps it.
func told(err error) string {
	text := err.Error()
	return text[:min(len(text), 500)]
}
