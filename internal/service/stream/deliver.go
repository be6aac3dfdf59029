package stream

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/job"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/change"
	"c4arch/internal/service/task"
	"c4arch/internal/trust/ledger"
)

// How a stream is tried.
const (
	// MaxAttempts is how often a range is tried before it is put aside.
	MaxAttempts = 10
	// OffAfter is how long nothing can be delivered before a stream is switched off.
	OffAfter = 72 * time.Hour

	page     = 100 // records that are read, and sent, at once
	atOnce   = 40  // pages that one job sends; the next one goes on
	maxError = 300
)

// HandleDeliver is the handler of the job [task.Deliver]: it sends what is new, in order, source by source.
func (s *Service) HandleDeliver(ctx context.Context, c *task.Claimed) error {
	var args task.StreamArgs
	if err := task.Decode(c.Lease.Args, &args); err != nil {
		return err
	}
	scope, err := decide(c.Actor, access.StreamRead)
	if err != nil {
		return err
	}
	st, err := s.Store.Stream(ctx, scope, args.Stream)
	if fault.KindOf(err) == fault.NotFound || err == nil && (st.Off || st.Kind == Pull) {
		if s.Meter != nil {
			s.Meter.StreamBehind(scope.Org(), args.Stream, 0)
		}
		return s.Store.Settle(ctx, scope, c.Lease)
	}
	if err != nil {
		return err
	}
	if err := s.deliver(ctx, scope, st); err != nil {
		return err
	}
	return s.Store.Settle(ctx, scope, c.Lease) // what is left goes with the next minute
}

// deliver sends what is new of each source, as much as one job sends.
func (s *Service) deliver(ctx context.Context, scope access.Scope, st Stream) error {
	positions, err := s.Store.Positions(ctx, scope, st.ID)
	if err != nil {
		return err
	}
	to, err := s.target(ctx, scope, st)
	if err != nil {
		return err
	}
	for _, p := range positions {
		if !slices.Contains(st.Sources, p.Source) {
			continue
		}
		err := s.source(ctx, scope, to, p)
		if fault.KindOf(err) == fault.Conflict { // a person has set it elsewhere, or the stream is gone
			return nil
		}
		if err != nil {
			return err
		}
	}
	s.behind(ctx, scope, st)
	return nil
}

// behind measures how much waits; nobody is kept waiting for a number.
func (s *Service) behind(ctx context.Context, scope access.Scope, st Stream) {
	if s.Meter == nil {
		return
	}
	positions, err := s.Store.Positions(ctx, scope, st.ID)
	if err != nil {
		return
	}
	ends, err := s.ends(ctx, scope)
	if err != nil {
		return
	}
	var n int64
	for _, p := range positions {
		if p.Source != FromCheckpoint && slices.Contains(st.Sources, p.Source) {
			n += max(0, ends[p.Source]-p.Next)
		}
	}
	s.Meter.StreamBehind(scope.Org(), st.ID, n)
}

// source sends the pages of one source.
func (s *Service) source(ctx context.Context, scope access.Scope, to target, p Position) error {
	for range atOnce {
		if p.RetryAt.After(s.Now()) {
			return nil
		}
		b, err := s.read(ctx, scope, to.stream, p.Source, p.Next, page)
		if err != nil {
			return err
		}
		if b.next == p.Next {
			return nil
		}
		if p, err = s.page(ctx, scope, to, p, b); err != nil || p.Attempts > 0 {
			return err
		}
	}
	return nil
}

// page sends one page and takes the position on as far as it was acknowledged.
func (s *Service) page(ctx context.Context, scope access.Scope, to target, p Position, b batch) (Position, error) {
	done, sendErr := s.send(ctx, scope, to, b)
	if ctx.Err() != nil { // nothing is known of the other side: the same is sent again
		return p, ctx.Err()
	}
	next := p
	next.At = s.now()
	if done == len(b.events) && sendErr == nil {
		next.Next, next.Attempts, next.Since, next.RetryAt, next.Error = b.next, 0, time.Time{}, time.Time{}, ""
		s.count(to.stream.Kind, "delivered", done)
		return next, s.Store.Move(ctx, scope, Move{p, next})
	}
	if done > 0 { // what was acknowledged is behind us, and what failed is the first of what comes
		next.Next = b.events[done].Position
		next.Attempts, next.Since = 0, time.Time{}
		s.count(to.stream.Kind, "delivered", done)
	}
	s.count(to.stream.Kind, "failed", 1)
	return s.failed(ctx, scope, to, Move{p, next}, b.rest(done, to.stream.Kind), sendErr)
}

// failed notes an attempt in vain: it is tried again later, put aside, or the stream is switched off.
func (s *Service) failed(ctx context.Context, scope access.Scope, to target, m Move, left batch, why error) (Position, error) {
	p := &m.To
	p.Attempts++
	p.Error = words(why)
	if p.Since.IsZero() {
		p.Since = p.At
	}
	spread, err := s.spread()
	if err != nil {
		return *p, err
	}
	p.RetryAt = p.At.Add(job.Backoff(p.Attempts+2, spread)) // 16 s, 64 s, … an hour
	switch {
	case p.At.Sub(p.Since) >= OffAfter || gone(why):
		return *p, s.disable(ctx, scope, to.stream, m)
	case p.Attempts >= MaxAttempts:
		return *p, s.aside(ctx, scope, to.stream, m, left)
	}
	return *p, s.Store.Move(ctx, scope, m)
}

// aside puts a range aside, and the stream goes on behind it. Since stays: that nothing arrives is what switches a stream off.
func (s *Service) aside(ctx context.Context, scope access.Scope, st Stream, m Move, left batch) error {
	d := Delivery{Stream: st.ID, Source: m.From.Source, First: m.To.Next, Last: left.next - 1, State: Dead, Attempts: m.To.Attempts, Error: m.To.Error, At: m.To.At}
	var err error
	if d.ID, err = s.mint(deliveryPrefix, m.To.At); err != nil {
		return err
	}
	m.To.Next, m.To.Attempts = left.next, 0
	c := &Change{Envelope: change.New(scope, m.To.At, entry("stream.dead", append(d.fields(st), ledger.Int("attempts", int64(d.Attempts)), ledger.Text("error", d.Error))...))}
	c.Moves, c.Deliveries = []Move{m}, []Delivery{d}
	_, err = s.Store.Commit(ctx, c)
	if err == nil {
		s.count(st.Kind, "dead", len(left.events))
	}
	return err
}

func (d *Delivery) fields(st Stream) []ledger.Field {
	return []ledger.Field{
		ledger.Text("stream", d.Stream), ledger.Text("kind", string(st.Kind)), ledger.Text("delivery", d.ID), ledger.Text("source", string(d.Source)), ledger.Int("first", d.First), ledger.Int("last", d.Last),
	}
}

// disable switches a stream off. Its positions stay: nothing is lost, and it goes on from there.
func (s *Service) disable(ctx context.Context, scope access.Scope, st Stream, m Move) error {
	st.Off = true
	c := &Change{Envelope: change.New(scope, m.To.At, entry("stream.disabled", ledger.Text("stream", st.ID), ledger.Text("kind", string(st.Kind)),
		ledger.Text("source", string(m.To.Source)), ledger.Text("error", m.To.Error), ledger.Time("since", m.To.Since)))}
	c.Streams, c.Moves, c.Schedules = []Stream{st}, []Move{m}, st.schedules(m.To.At)
	_, err := s.Store.Commit(ctx, c)
	return err // what is switched off waits for a person, not for us
}

func (s *Service) count(k Kind, outcome string, n int) {
	if s.Meter != nil && n > 0 {
		s.Meter.StreamSent(k, outcome, n)
	}
}

// spread is between 0 and 1.
func (s *Service) spread() (float64, error) {
	var b [1]byte
	if _, err := io.ReadFull(s.Random, b[:]); err != nil {
		return 0, fault.Wrap(fault.Unavailable, err, "there is no randomness")
	}
	return float64(b[0]) / 255, nil
}

// batch is a page as it was read: the events that are to be sent, and what comes after it.
type batch struct {
	events []Event
	next   int64
}

// rest is what of a page was not acknowledged and is put aside when it is given up: of a webhook one event, since the next may be taken.
func (b batch) rest(done int, k Kind) batch {
	left := b.events[done:]
	if k == Webhook && len(left) > 1 {
		return batch{left[:1], left[1].Position}
	}
	return batch{left, b.next}
}

// read reads a page of a source, from a position on.
func (s *Service) read(ctx context.Context, scope access.Scope, st Stream, source Source, from int64, limit int) (b batch, err error) {
	b.next = from
	switch source {
	case FromLedger:
		all, err := s.Ledger.Entries(ctx, scope, from, limit)
		for _, e := range all {
			ev := ledgerEvent(scope.Org(), e, st.Personal)
			if _, ok := ev.chosen(st.Kinds); ok {
				b.events = append(b.events, ev)
			}
			b.next = e.Index + 1
		}
		return b, err
	case FromAccess:
		all, err := s.Store.Records(ctx, scope, from, limit)
		for _, r := range all {
			if r.Decision != Gone {
				b.events = append(b.events, accessEvent(scope.Org(), r))
			}
			b.next = r.Seq + 1
		}
		return b, err
	case FromCheckpoint:
		all, err := s.Ledger.Checkpoints(ctx, scope, from)
		for _, c := range all[:min(limit, len(all))] {
			b.events = append(b.events, checkpointEvent(scope.Org(), c))
			b.next = c.Size + 1
		}
		return b, err
	}
	return b, fault.New(fault.Internal, "there is no source %.20q", string(source))
}

// target is a stream with what it takes to send to it.
type target struct {
	stream Stream
	secret sealed
}

func (s *Service) target(ctx context.Context, scope access.Scope, st Stream) (t target, err error) {
	t.stream = st
	if st.Secret == "" {
		return t, nil
	}
	kept, err := s.Store.Secret(ctx, scope, st)
	if err != nil {
		return t, err
	}
	t.secret, err = opened(kept.Value)
	return t, err
}

// send sends events, and says how many were acknowledged. An error is about the one behind these.
func (s *Service) send(ctx context.Context, scope access.Scope, to target, b batch) (done int, err error) {
	if len(b.events) == 0 {
		return 0, nil
	}
	switch to.stream.Kind {
	case Syslog:
		return s.sendSyslog(ctx, scope, to, b.events)
	case OCSF:
		return s.sendOCSF(ctx, scope, to, b.events)
	case Webhook:
		for i := range b.events {
			if err := s.sendWebhook(ctx, scope, to, &b.events[i]); err != nil {
				return i, err
			}
		}
		return len(b.events), nil
	}
	return 0, fault.New(fault.Internal, "a stream of the kind %.20q is not sent", string(to.stream.Kind))
}

func (s *Service) sendSyslog(ctx context.Context, scope access.Scope, to target, events []Event) (int, error) {
	messages := make([]Message, len(events))
	for i := range events {
		var err error
		if messages[i], err = events[i].message(s.Host); err != nil {
			return 0, err
		}
	}
	if err := s.Sender.Syslog(ctx, scope.Org(), to.stream.Address, messages); err != nil {
		return 0, err
	}
	return len(events), nil
}

// sendOCSF sends a JSON array of records.
func (s *Service) sendOCSF(ctx context.Context, scope access.Scope, to target, events []Event) (int, error) {
	body := []byte{'['}
	for i := range events {
		r, err := events[i].ocsf()
		if err != nil {
			return 0, err
		}
		if i > 0 {
			body = append(body, ',')
		}
		body = append(body, r...)
	}
	r := Request{Address: to.stream.Address, Type: "application/json", Body: append(body, ']'), Authorization: secret.New([]byte(to.secret.Authorization))}
	if err := s.post(ctx, scope, r); err != nil {
		return 0, err
	}
	return len(events), nil
}

// hook is the body of a webhook, as Standard Webhooks has it.
type hook struct {
	Type string    `json:"type"`
	At   time.Time `json:"timestamp"`
	Data Event     `json:"data"`
}

func (s *Service) sendWebhook(ctx context.Context, scope access.Scope, to target, e *Event) error {
	short, err := e.short()
	if err != nil {
		return err
	}
	h := hook{At: e.At, Data: short}
	h.Type, _ = e.chosen(to.stream.Kinds)
	if h.Type == "" {
		h.Type = e.Kind
	}
	body, err := line(h)
	if err != nil {
		return err
	}
	keys, err := to.secret.keys(s.Now())
	if err != nil {
		return err
	}
	return s.post(ctx, scope, Request{Address: to.stream.Address, Type: "application/json", Body: body, ID: eventID(to.stream.ID, e.Source, e.Position), At: s.Now(), Keys: keys})
}

// statusError is an answer that acknowledges nothing.
type statusError int

func (e statusError) Error() string {
	return fmt.Sprintf("the receiver answers with status %d", int(e))
}

func (s *Service) post(ctx context.Context, scope access.Scope, r Request) error {
	status, err := s.Sender.Post(ctx, scope.Org(), r)
	if err == nil && (status < 200 || status > 299) {
		err = statusError(status)
	}
	return err
}

// gone reports whether a receiver says that nothing will be taken there any more (Standard Webhooks: 410).
func gone(err error) bool {
	status, ok := err.(statusError) //nolint:errorlint // post returns it as it is
	return ok && status == 410
}

// words are what is kept of an error: what the sender says for people, nothing of what the other side said.
func words(err error) string {
	if err == nil {
		return "it was not acknowledged"
	}
	if status, ok := err.(statusError); ok { //nolint:errorlint // post returns it as it is
		return status.Error()
	}
	switch fault.KindOf(err) {
	case fault.Denied:
		return "the address may not be reached from here"
	case fault.Internal:
		return "it could not be sent"
	}
	msg, _ := fault.Public(err)
	return cut(msg, maxError)
}
