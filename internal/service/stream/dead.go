package stream

import (
	"context"
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/service/change"
	"c4arch/internal/service/task"
	"c4arch/internal/trust/ledger"
)

const deliveryPrefix = id.PrefixDelivery

// Tested is what came of a test message.
type Tested struct {
	Delivered bool   `json:"delivered"`
	Error     string `json:"error,omitempty"`
}

// Test sends a test message at once. What came of it stands in the ledger.
func (s *Service) Test(ctx context.Context, a access.Actor, stream string) (Tested, error) {
	scope, err := decide(a, access.StreamChange)
	if err != nil {
		return Tested{}, err
	}
	st, err := s.Store.Stream(ctx, scope, stream)
	if err != nil {
		return Tested{}, err
	}
	if st.Kind == Pull {
		return Tested{}, fault.New(fault.Invalid, "nothing is sent to a stream that is pulled").WithHelp("fetch its events")
	}
	to, err := s.target(ctx, scope, st)
	if err != nil {
		return Tested{}, err
	}
	at := s.now()
	e := testEvent(scope.Org(), at)
	e.Position = at.UnixMicro() // another test is another message
	_, sendErr := s.send(ctx, scope, to, batch{events: []Event{e}})
	out := Tested{Delivered: sendErr == nil}
	outcome := "delivered"
	if sendErr != nil {
		out.Error = words(sendErr)
		outcome = out.Error
	}
	c := &Change{Envelope: change.New(scope, s.now(), entry("stream.tested", ledger.Text("stream", st.ID), ledger.Text("kind", string(st.Kind)), ledger.Text("outcome", outcome)))}
	_, err = s.Store.Commit(context.WithoutCancel(ctx), c) // it was sent, whether or not somebody still waits for the answer
	return out, err
}

// Deliveries are what was put aside of a stream, the next limit behind after.
func (s *Service) Deliveries(ctx context.Context, a access.Actor, stream string, state State, after string, limit int) ([]Delivery, error) {
	scope, err := decide(a, access.StreamRead)
	if err != nil {
		return nil, err
	}
	if state != "" && state != Dead && state != Replayed {
		return nil, fault.New(fault.Invalid, "what was put aside is dead or replayed")
	}
	if _, err := s.Store.Stream(ctx, scope, stream); err != nil {
		return nil, err
	}
	return s.Store.Deliveries(ctx, scope, stream, state, after, limit)
}

// maxPending is how many ranges wait to be sent again at once.
const maxPending = 100

// Redeliver asks that what was put aside be sent again: one delivery, or with "" the oldest hundred. It returns how many.
func (s *Service) Redeliver(ctx context.Context, a access.Actor, stream, delivery string) (int, error) {
	scope, err := decide(a, access.StreamChange)
	if err != nil {
		return 0, err
	}
	st, err := s.Store.Stream(ctx, scope, stream)
	if err != nil {
		return 0, err
	}
	all, err := s.chosen(ctx, scope, st, delivery)
	if err != nil || len(all) == 0 {
		return 0, err
	}
	now := s.now()
	c := &Change{Envelope: change.New(scope, now)}
	for _, d := range all {
		c.Drafts = append(c.Drafts, entry("stream.replayed", d.fields(st)...))
		c.Jobs = append(c.Jobs, job.New{Kind: task.Redeliver, Key: d.ID, Args: task.Encode(task.StreamArgs{Stream: st.ID, Delivery: d.ID})})
	}
	_, err = s.Store.Commit(ctx, c)
	return len(all), err
}

func (s *Service) chosen(ctx context.Context, scope access.Scope, st Stream, delivery string) ([]Delivery, error) {
	if st.Off || st.Kind == Pull {
		return nil, fault.New(fault.Conflict, "the stream is off").WithHelp("switch it on first")
	}
	if delivery == "" {
		return s.Store.Deliveries(ctx, scope, st.ID, Dead, "", maxPending)
	}
	d, err := s.Store.Delivery(ctx, scope, st.ID, delivery)
	if err == nil && d.State != Dead {
		err = fault.New(fault.Conflict, "it was delivered meanwhile")
	}
	return []Delivery{d}, err
}

// HandleRedeliver is the handler of the job [task.Redeliver]: it sends a range that was put aside. When it fails, the queue tries it again.
func (s *Service) HandleRedeliver(ctx context.Context, c *task.Claimed) error {
	var args task.StreamArgs
	if err := task.Decode(c.Lease.Args, &args); err != nil {
		return err
	}
	scope, err := decide(c.Actor, access.StreamRead)
	if err != nil {
		return err
	}
	st, err := s.Store.Stream(ctx, scope, args.Stream)
	var d Delivery
	if err == nil {
		d, err = s.Store.Delivery(ctx, scope, args.Stream, args.Delivery)
	}
	if fault.KindOf(err) == fault.NotFound || err == nil && (st.Off || d.State != Dead) {
		return s.Store.Settle(ctx, scope, c.Lease)
	}
	if err != nil {
		return err
	}
	if err := s.resend(ctx, scope, st, d); err != nil {
		return fault.New(fault.Unavailable, "%s", words(err))
	}
	d.State = Replayed
	done := &Change{Envelope: change.New(scope, s.now(), ledger.Draft{Kind: "job.finished", Fields: []ledger.Field{
		ledger.Text("job", c.Lease.ID), ledger.Text("kind", c.Lease.Kind), ledger.Text("outcome", "delivered "+d.ID),
	}}), Deliveries: []Delivery{d}}
	done.Done = c.Lease
	_, err = s.Store.Commit(ctx, done)
	return err
}

func (s *Service) resend(ctx context.Context, scope access.Scope, st Stream, d Delivery) error {
	to, err := s.target(ctx, scope, st)
	if err != nil {
		return err
	}
	for next := d.First; next <= d.Last; {
		b, err := s.read(ctx, scope, st, d.Source, next, int(min(page, d.Last-next+1)))
		if err != nil {
			return err
		}
		if b.next == next { // what is older than the access log is kept is there no more
			return nil
		}
		b.events = slices.DeleteFunc(b.events, func(e Event) bool { return e.Position > d.Last })
		if _, err := s.send(ctx, scope, to, b); err != nil {
			return err
		}
		next = b.next
	}
	return nil
}

// Rewind sets a stream back, or on, to a position: from there everything is sent again.
func (s *Service) Rewind(ctx context.Context, a access.Actor, stream string, source Source, next int64) error {
	scope, err := decide(a, access.StreamChange)
	if err != nil {
		return err
	}
	if err := mayHave(a); err != nil {
		return err
	}
	ends, err := s.ends(ctx, scope)
	if err != nil {
		return err
	}
	end, ok := ends[source]
	if !ok || next < 0 || next > end {
		return fault.New(fault.Invalid, "there is no such position").WithHelp("it is at least 0, and at most where the source ends, which the stream shows")
	}
	return unwrapped(change.Again(func() error {
		st, err := s.Store.Stream(ctx, scope, stream)
		if err != nil {
			return err
		}
		if !slices.Contains(st.Sources, source) || st.Kind == Pull {
			return final(fault.New(fault.Invalid, "the stream is not sent from that source"))
		}
		now := s.now()
		c := &Change{Envelope: change.New(scope, now, entry("stream.replayed", ledger.Text("stream", st.ID), ledger.Text("kind", string(st.Kind)), ledger.Text("source", string(source)), ledger.Int("first", next)))}
		c.Expect = []change.Expect{{Kind: "stream", ID: st.ID, Version: st.Version}}
		c.Positions = []Position{{Stream: st.ID, Source: source, Next: next, Since: time.Time{}, At: now}}
		if !st.Off {
			c.Jobs = []job.New{hint(st, time.Time{})}
		}
		_, err = s.Store.Commit(ctx, c)
		return err
	}))
}
