package trustcentre

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/job"
	"c4arch/internal/service/change"
	"c4arch/internal/service/task"
	"c4arch/internal/trust/ledger"
	"c4arch/internal/trust/legal"
)

// Run does the work of the job [task.MakeTrustPack]. When it was cut off it begins anew: the entry about a manifest that was never finished stays, and says nothing false.
func (s *Service) Run(ctx context.Context, j *task.Claimed) error {
	var args task.TrustPackArgs
	if err := task.Decode(j.Lease.Args, &args); err != nil {
		return err
	}
	scope, err := access.Decide(j.Actor, access.TrustPack, access.Resource{})
	if err != nil {
		return err
	}
	p, err := s.Store.Pack(ctx, scope, args.Pack)
	if fault.KindOf(err) == fault.NotFound || err == nil && p.State == Done {
		return s.settle(ctx, scope, j.Lease, finished(j, "there is nothing to make any more"))
	}
	if err != nil {
		return err
	}
	r := packing{Service: s, scope: scope, actor: j.Actor, pack: p, lease: j.Lease}
	err = r.make(ctx)
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Limited: // another attempt would find the same
		return r.failed(ctx, err)
	}
	return err
}

func (s *Service) settle(ctx context.Context, scope access.Scope, l *job.Lease, d ledger.Draft) error {
	c := OrgChange{Envelope: change.New(scope, s.now(), d)}
	c.Done = l
	_, err := s.Store.Organisation(ctx, &c)
	return err
}

// packing is one making of a pack.
type packing struct {
	*Service
	scope access.Scope
	actor access.Actor
	pack  Pack
	lease *job.Lease
}

const stages = 4

func (r *packing) tell(ctx context.Context, n int) {
	_ = r.Store.Progress(ctx, r.scope, r.pack.ID, n, stages) // it is no decision
}

func (r *packing) make(ctx context.Context) error {
	r.tell(ctx, 1)
	c, err := r.gather(ctx)
	if err != nil {
		return err
	}
	files, err := c.files()
	if err != nil {
		return err
	}
	manifest, err := c.manifest(files)
	if err != nil {
		return err
	}
	r.tell(ctx, 2)
	sum := canon.Sum(manifest)
	done, err := r.Store.Organisation(ctx, &OrgChange{Envelope: change.New(r.scope, r.now(), draft(ledger.KindTrustPack,
		ledger.Text("pack", r.pack.ID), ledger.Text("what", packWhat), ledger.Digest("digest", sum), ledger.Int("files", int64(len(files))), ledger.Int("cited", 0)))})
	if err != nil {
		return err
	}
	return r.seal(ctx, c, files, manifest, sum, done.Index)
}

const packWhat = "trust pack"

// seal adds the proofs and the report, signs, and keeps the pack.
func (r *packing) seal(ctx context.Context, c *contents, files []ledger.PackFile, manifest []byte, sum canon.Digest, entry int64) error {
	r.tell(ctx, 3)
	var bundle bytes.Buffer
	if _, err := r.Ledger.Bundle(ctx, r.scope, &bundle, []int64{entry}); err != nil {
		return err
	}
	signer, err := r.Ledger.Signer(ctx, r.scope.Org())
	if err != nil {
		return err
	}
	report := c.report(sum, entry, signer.Name())
	statement, err := ledger.StateTrustPack(manifest, bundle.Bytes(), report, signer)
	if err != nil {
		return err
	}
	files = append(files, ledger.PackFile{Name: ledger.PackManifest, Data: manifest}, ledger.PackFile{Name: ledger.PackLedger, Data: bundle.Bytes()},
		ledger.PackFile{Name: ledger.TrustReport, Data: report}, ledger.PackFile{Name: ledger.PackStatement, Data: statement})
	var whole bytes.Buffer
	if err := ledger.WritePack(&whole, files); err != nil {
		return err
	}
	r.tell(ctx, 4)
	now := r.now()
	object, err := r.Store.Stage(ctx, r.scope, whole.Bytes(), now)
	if err != nil {
		return err
	}
	p := r.pack
	p.State, p.Done, p.Total, p.Error, p.Object = Done, stages, stages, "", object
	p.Digest, p.Manifest, p.Size, p.Entry, p.Ended = canon.Sum(whole.Bytes()), sum, int64(whole.Len()), entry, now
	kept := OrgChange{Packs: []Pack{p}, Envelope: change.New(r.scope, now, draft("trust.kept", ledger.Text("pack", p.ID), ledger.Digest("digest", p.Digest), ledger.Int("size", p.Size), ledger.Time("until", p.Until)))}
	kept.Done, kept.Blobs = r.lease, []string{object}
	_, err = r.Store.Organisation(ctx, &kept)
	return err
}

// failed ends a pack that cannot be made.
func (r *packing) failed(ctx context.Context, why error) error {
	p := r.pack
	text := why.Error()
	p.State, p.Error, p.Ended = Failed, text[:min(len(text), 500)], r.now()
	c := OrgChange{Packs: []Pack{p}, Envelope: change.New(r.scope, r.now(), draft("trust.failed", ledger.Text("pack", p.ID), ledger.Text("error", p.Error)))}
	c.Done = r.lease
	_, err := r.Store.Organisation(ctx, &c)
	return err
}

// contents are what a pack says.
type contents struct {
	pack         Pack
	organisation string
	org          string
	at           time.Time
	version      string
	page         *Page
	matrix       *Matrix
	runs         []ran
	documents    []legal.Version
	listed       any
	subprocessed int
	badges       []Certificate
	texts        []Text
	origin       string
}

// ran is the newest run of a check, as the ledger of the instance has it.
type ran struct {
	Check   string    `json:"check"`
	Title   string    `json:"title"`
	State   string    `json:"state"`
	Run     string    `json:"run"`
	At      time.Time `json:"at"`
	Outcome string    `json:"outcome"`
	Looked  int       `json:"observations"`
	Digest  string    `json:"digest"` // under which the instance's ledger has the run
	Version string    `json:"program"`
}

// gather reads all that a pack says, anew: nothing of it is remembered.
func (r *packing) gather(ctx context.Context) (*contents, error) {
	report, err := r.Sources.Standing(ctx)
	if err != nil {
		return nil, err
	}
	c := &contents{pack: r.pack, org: string(r.scope.Org()), at: r.now(), version: r.Version, origin: r.Origin(), page: Evaluate(r.Statements, report), matrix: MatrixOf(report)}
	for _, k := range report.Checks {
		if k.Run == nil {
			continue
		}
		x := ran{Check: k.Check.ID, Title: k.Check.Title, State: string(k.State), Run: k.Run.ID, At: k.Run.At, Outcome: string(k.Run.Outcome), Looked: len(k.Run.Observations), Version: k.Run.Version}
		if x.Digest, err = r.Sources.Digest(*k.Run); err != nil {
			return nil, err
		}
		c.runs = append(c.runs, x)
	}
	if c.organisation, err = r.Sources.Name(ctx, r.actor); err != nil {
		return nil, err
	}
	if c.documents, err = r.Sources.Documents(ctx); err != nil {
		return nil, err
	}
	subprocessors, err := r.Sources.Subprocessors(ctx)
	if err != nil {
		return nil, err
	}
	c.listed, c.subprocessed = subprocessors, len(subprocessors)
	if c.badges, err = r.Badges(ctx); err != nil {
		return nil, err
	}
	c.texts, err = r.Sources.Annexes(ctx, r.scope.Org())
	return c, err
}

// files are those that the manifest lists.
func (c *contents) files() ([]ledger.PackFile, error) {
	var all []ledger.PackFile
	add := func(name, about string, data []byte) {
		all = append(all, ledger.PackFile{Name: name, About: about, Data: data})
	}
	for _, f := range []struct {
		name, about string
		value       any
	}{
		{"statements.json", "what we say, and how each sentence stands", c.page},
		{"controls.json", "our controls and the requirements that they support", c.matrix},
		{"runs.json", "the newest run of each check, with the digest that the ledger of the instance has of it", orEmpty(c.runs)},
		{"subprocessors.json", "who processes personal data for us", c.listed},
		{"certifications.json", "certifications with a record that is valid", orEmpty(c.badges)},
		{"legal/documents.json", "the versions of legal documents that are in force, with their digests", orEmpty(c.documents)},
	} {
		b, err := json.MarshalIndent(f.value, "", "  ")
		if err != nil {
			return nil, fault.Wrap(fault.Internal, err, "%s cannot be written", f.name)
		}
		add(f.name, f.about, append(b, '\n'))
	}
	matrix, err := c.matrix.CSV()
	if err != nil {
		return nil, err
	}
	add("controls.csv", "the same as a table", matrix)
	add("README.txt", "how to verify this pack", []byte(c.readme()))
	for _, d := range c.documents {
		add("legal/"+d.Slug+"-"+d.Version+".md", d.Title+", version "+d.Version, []byte(d.Body))
	}
	for _, t := range c.texts {
		add("annexes/"+t.Name, t.About, []byte(t.Body))
	}
	return all, nil
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func (c *contents) manifest(files []ledger.PackFile) ([]byte, error) {
	type named struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	b, err := json.MarshalIndent(struct {
		Format       string          `json:"format"`
		ID           string          `json:"id"`
		What         string          `json:"what"`
		Organisation named           `json:"organisation"`
		Made         time.Time       `json:"madeAt"`
		AskedBy      string          `json:"askedBy"`
		Asked        time.Time       `json:"askedAt"`
		Standing     time.Time       `json:"standingAt"`
		Newest       time.Time       `json:"newestEvidence,omitzero"`
		Generator    string          `json:"generator"`
		Cited        []int64         `json:"cited"`
		Files        []ledger.Listed `json:"files"`
	}{
		ledger.TrustPackFormat, c.pack.ID, packWhat, named{c.org, c.organisation}, c.at, string(c.pack.Actor), c.pack.Created, c.page.At, c.page.Newest, "c4arch " + c.version, []int64{}, ledger.ListPack(files),
	}, "", "  ")
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "the manifest cannot be written")
	}
	return append(b, '\n'), nil
}

// mark is the line by which each text of people says for whom it was made.
func (c *contents) mark() string {
	return fmt.Sprintf("Made for %s (%s), asked for by %s, at %s. Pack %s.", oneLine(c.organisation), c.org, c.pack.Actor, c.at.Format(time.RFC3339), c.pack.ID)
}

func (c *contents) readme() string {
	return "Trust pack of " + c.origin + "\n\n" + c.mark() + `

Verify it without us, on any machine and without a network:

  c4arch audit verify --key ledger.key ` + "trust-" + c.pack.ID + `.zip

or with the small program c4arch-verify. Take the key of your ledger from a day when you trusted it: a key that comes with the pack proves nothing.

report.md says in words what is here. manifest.json lists every file with its SHA-256; manifest.note is signed; ledger.zip proves that your ledger has an entry about this very
manifest. Of each run in runs.json the digest stands in the ledger of the instance.
`
}
