// Package derive turns evidence into a C4 model by rules. Every element and every relationship
// that it makes names its rule and the facts that it rests on; nothing is invented. What a reference
// in the evidence came to (shown, nested, hidden, unresolved, ambiguous) is accounted for one by one,
// against a second count that knows no rules (package census).
//
// The work goes in two passes over the resources, each of which decodes one resource at a
// time and drops it: the first learns who everything is and what it is called, the second finds
// references and resolves them. Then the facts are joined.
package derive

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/census"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/overlay"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
)

// Options say how to derive.
type Options struct {
	Name        string           // of the whole architecture
	Overlay     *overlay.Overlay // what people say, or nil
	OverlayName string           // the input name of the overlay, for evidence
	Progress    func(done, total int)
}

// builder holds the state of one derivation.
type builder struct {
	snap        *evidence.Snapshot
	opt         Options
	things      []*thing
	byID        map[string]*thing
	names       *census.Names
	facts       []*fact                 // per resource of the snapshot
	roles       map[string]string       // role definition id (last segment) to its name, as scanned
	owners      map[string][]*thing     // principal id to the things that act under it
	configUsers map[string][]configUser // who uses a ConfigMap, by its id
	byLabel     map[labelKey][]*thing   // Kubernetes workloads by namespace and label of their pods
	neighbours  map[[2]string][]*thing  // container apps by environment and name
	daprApps    map[string][]*thing     // Dapr applications by namespace or environment
	plain       map[plainKey][]*thing   // see joinPlainNames
	ofProject   map[googleKind][]*thing // see joinGoogle
	aws         awsJoins
	ofAWS       []*thing
	book        *book
	model       *c4.Model
	els         map[string]*c4.Element
	order       []*c4.Element
	rels        map[string]*c4.Relationship
	relIDs      []string
	inst        map[[2]string]*c4.Instance
	nr          []evidence.NotRead
	groupNames  map[string]string   // resource group id to its name as people write it
	nodeGroups  map[string]*thing   // resource group id to the cluster that manages it
	inServer    map[*thing][]*thing // databases by server
	commonDir   string              // of all Terraform inputs
	systems     map[string]*system
	matcher     *matcher        // nil when there is no code
	codeScopes  map[string]bool // see declaredScopes
	codeRoots   map[string]bool // folders that hold a root module that was read as code
}

func newBuilder(s *evidence.Snapshot, o Options) *builder {
	return &builder{
		snap: s, opt: o, byID: map[string]*thing{}, names: census.NewNames(), roles: map[string]string{},
		owners: map[string][]*thing{}, els: map[string]*c4.Element{}, rels: map[string]*c4.Relationship{}, inst: map[[2]string]*c4.Instance{},
		configUsers: map[string][]configUser{}, daprApps: map[string][]*thing{}, byLabel: map[labelKey][]*thing{}, neighbours: map[[2]string][]*thing{}, systems: map[string]*system{}, inServer: map[*thing][]*thing{}, groupNames: map[string]string{}, nodeGroups: map[string]*thing{},
	}
}

// Model derives the architecture of a snapshot.
func Model(ctx context.Context, s *evidence.Snapshot, o Options) (*c4.Model, error) {
	b := newBuilder(s, o)
	b.group()
	b.facts = make([]*fact, len(s.Resources))
	total := 2 * len(s.Resources)
	var done atomic.Int64
	step := func(visit func(i int, v *tree.Value)) error {
		return each(ctx, len(s.Resources), func(i int) error {
			v, err := s.Resources[i].Tree()
			if err != nil {
				return fault.Wrap(fault.Internal, err, "resource %s", s.Resources[i].ID)
			}
			visit(i, &v)
			if n := done.Add(1); o.Progress != nil && n%512 == 0 {
				o.Progress(int(n), total)
			}
			return nil
		})
	}
	if err := step(b.learnOne); err != nil {
		return nil, err
	}
	b.know()
	b.book = newBook(len(s.Resources))
	if err := step(func(i int, v *tree.Value) { b.refer(i, v) }); err != nil {
		return nil, err
	}
	b.settle()
	b.build()
	b.account()
	b.overlayLeftovers()
	b.model.Code = b.code()
	b.views()
	b.finish()
	return b.model, ctx.Err()
}

// each calls f for 0..n-1 on all processors. f may write only to what belongs to its index.
func each(ctx context.Context, n int, f func(i int) error) error {
	const chunk = 64
	var next atomic.Int64
	var wg sync.WaitGroup
	errs := make([]error, runtime.GOMAXPROCS(0))
	for w := range errs {
		wg.Go(func() {
			for errs[w] == nil {
				lo := int(next.Add(chunk)) - chunk
				if lo >= n {
					return
				}
				if errs[w] = ctx.Err(); errs[w] != nil {
					return
				}
				for i := lo; i < min(lo+chunk, n) && errs[w] == nil; i++ {
					errs[w] = f(i)
				}
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// formRank orders the observations of one thing: live answers before state before code
// (docs/mapping.md, "when sources disagree").
func formRank(r *evidence.Resource) int {
	rank := map[evidence.Form]int{evidence.ARM: 0, evidence.Kubernetes: 1, evidence.Terraform: 2, evidence.Compose: 3}[r.Form] * 2
	switch r.Side {
	case evidence.Planned:
		rank += 100
	case evidence.Declared:
		rank += 50
	}
	if r.Data {
		rank++
	}
	return rank
}

// group makes one thing of each identity.
func (b *builder) group() {
	for i, id := range b.match() {
		t := b.byID[id]
		if t == nil {
			t = &thing{id: id}
			b.byID[id] = t
			b.things = append(b.things, t)
		}
		t.obs = append(t.obs, i)
	}
	for i := range b.snap.Resources { // what code calls it is its name too
		if r := &b.snap.Resources[i]; b.byID[r.ID] == nil {
			b.byID[r.ID] = b.byID[b.matcher.ids[i]]
		}
	}
	slices.SortFunc(b.things, func(x, y *thing) int { return cmp(x.id, y.id) })
	for n, t := range b.things {
		t.n = n
		slices.SortStableFunc(t.obs, func(i, j int) int {
			return formRank(&b.snap.Resources[i]) - formRank(&b.snap.Resources[j])
		})
		r := b.resource(t)
		t.name, t.planned = evidence.Brief(r.Name), r.Side == evidence.Planned
		t.tags = r.Tags
		t.typ = canonicalType(r)
		if a, ok := evidence.ParseARM(t.id); ok && t.typ == "microsoft.resources/subscriptions" && r.Data && r.Side == evidence.Declared {
			t.name = b.scopeName("Subscription", a.Subscription, t) // what code calls it says nothing
		}
		for _, i := range t.obs[1:] {
			for k, v := range b.snap.Resources[i].Tags {
				if _, ok := t.tags[k]; !ok {
					tags := make(map[string]string, len(t.tags)+1)
					for k, v := range t.tags {
						tags[k] = v
					}
					tags[k] = v
					t.tags = tags
				}
			}
		}
	}
}

// resource returns the best observation of a thing that was itself read.
func (b *builder) resource(t *thing) *evidence.Resource {
	if len(t.obs) == 0 {
		return nil
	}
	return &b.snap.Resources[t.obs[0]]
}

// evidenceOf makes the evidence for a place in an observation.
func (b *builder) evidenceOf(obs int, p tree.Path, line int) c4.Evidence {
	r := &b.snap.Resources[obs]
	e := c4.Evidence{Line: line, Resource: r.ID, Property: string(p), Commitment: r.Commitment}
	if len(r.Origins) > 0 {
		e.Input = r.Origins[0].Input
		if e.Line == 0 {
			e.Line = r.Origins[0].Line
		}
	}
	if p != "" && len(r.Columns) > 0 {
		l, column, x := r.Code(p)
		if l == line || line == 0 && l > 0 {
			e.Line, e.Column = l, column
		}
		e.Expression = x.Text
	}
	return e
}

// about is the evidence that a thing exists: each observation of it.
func (b *builder) about(t *thing) []c4.Evidence {
	var out []c4.Evidence
	for _, i := range t.obs {
		r := &b.snap.Resources[i]
		for _, o := range r.Origins {
			out = append(out, c4.Evidence{Input: o.Input, Line: o.Line, Resource: r.ID, Commitment: r.Commitment})
		}
	}
	if t.within != nil {
		out = append(out, b.evidenceOf(t.within.obs, t.within.path, t.within.line))
	}
	if declared, live, _ := b.sides(t); t.listed != nil && declared && live {
		out = append(out, b.evidenceOf(t.listed.obs, t.listed.path, t.listed.line))
	}
	return out
}
