package discover

import (
	"context"
	"slices"
	"sync"

	"c4arch/internal/arch/evidence"
)

// batchSize is how many drafts are sealed at a time: enough that handing over costs
// little, few enough that what is not yet sealed stays small.
const batchSize = 128

// sink takes what one reader finds in one input. Drafts are sealed in batches, on another
// goroutine while one is free and otherwise at once, so that one large file uses every processor
// and no more than a few batches ever wait.
type sink struct {
	ctx    context.Context
	sealer Sealer
	seals  chan struct{} // one entry for each goroutine that seals, shared by all inputs
	input  string

	pending []evidence.Draft
	batches []*batch
	wg      sync.WaitGroup
	notRead []evidence.NotRead
	used    []string
	parts   []string

	expressions int
	unresolved  map[evidence.Unknown]int
}

var _ evidence.Sink = (*sink)(nil)

// batch is a run of drafts and then what they were sealed to.
type batch struct {
	drafts    []evidence.Draft
	resources []evidence.Resource
	notRead   []evidence.NotRead
}

// Resource takes one draft.
func (s *sink) Resource(d evidence.Draft) error {
	if err := s.ctx.Err(); err != nil {
		return err
	}
	s.count(d.Expressions)
	if s.pending == nil {
		s.pending = make([]evidence.Draft, 0, batchSize)
	}
	if s.pending = append(s.pending, d); len(s.pending) == batchSize {
		s.flush()
	}
	return nil
}

// NotRead takes what could not be read.
func (s *sink) NotRead(n evidence.NotRead) {
	if n.Input == "" {
		n.Input = s.input
	}
	n.Reason, n.Help = s.sealer.Text(n.Reason), s.sealer.Text(n.Help)
	s.notRead = append(s.notRead, n)
}

// Used takes the name of another file that was read.
func (s *sink) Used(name string) {
	if !slices.Contains(s.used, name) {
		s.used = append(s.used, name)
	}
}

// Part takes the name of another input that is a part of this one.
func (s *sink) Part(name string) {
	if !slices.Contains(s.parts, name) {
		s.parts = append(s.parts, name)
	}
}

func (s *sink) count(list []evidence.Expression) {
	s.expressions += len(list)
	for _, x := range list {
		if x.Unresolved == "" {
			continue
		}
		if s.unresolved == nil {
			s.unresolved = map[evidence.Unknown]int{}
		}
		s.unresolved[x.Unresolved]++
	}
}

func (s *sink) flush() {
	if len(s.pending) == 0 {
		return
	}
	b := &batch{drafts: s.pending}
	s.pending = nil
	s.batches = append(s.batches, b)
	select {
	case s.seals <- struct{}{}:
		s.wg.Go(func() {
			defer func() { <-s.seals }()
			b.seal(s.sealer, s.input)
		})
	default:
		b.seal(s.sealer, s.input)
	}
}

// finish waits until all is sealed and gathers what could not be.
func (s *sink) finish() {
	s.flush()
	s.wg.Wait()
	for _, b := range s.batches {
		s.notRead = append(s.notRead, b.notRead...)
	}
}

// sealed returns the resources in the order in which they came.
func (s *sink) sealed() []evidence.Resource {
	n := 0
	for _, b := range s.batches {
		n += len(b.resources)
	}
	all := make([]evidence.Resource, 0, n)
	for _, b := range s.batches {
		all = append(all, b.resources...)
	}
	return all
}

func (b *batch) seal(sealer Sealer, input string) {
	b.resources = make([]evidence.Resource, 0, len(b.drafts))
	for i := range b.drafts {
		r, notRead, err := sealOne(sealer, b.drafts[i])
		b.notRead = append(b.notRead, notRead...)
		if err != nil {
			d := &b.drafts[i]
			n := failure(input, "", err, sealer.Text)
			n.Kind, n.Thing = evidence.ResourceNotRead, sealer.Text(d.ID)
			if n.Line == 0 {
				n.Line = d.Origin.Line
			}
			b.notRead = append(b.notRead, n)
			continue
		}
		b.resources = append(b.resources, r)
	}
	b.drafts = nil
}

func sealOne(sealer Sealer, d evidence.Draft) (r evidence.Resource, n []evidence.NotRead, err error) {
	defer func() {
		if recover() != nil {
			err = errPanic
		}
	}()
	return sealer.Seal(d)
}
