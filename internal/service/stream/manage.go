package stream

import (
	"context"
	"slices"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/change"
	"c4arch/internal/service/task"
	"c4arch/internal/trust/ledger"
)

// New is a stream to be.
type New struct {
	Kind     Kind
	Name     string
	Settings Settings
	// Authorization is the header that a receiver of ocsf wants; it may be empty.
	Authorization secret.Value
	// Start is where it begins: "now", which "" is, or "start".
	Start string
	Key   *change.Idempotency
}

// Made is a stream that was made, or got another secret. Signing is the secret of a webhook, which is told once.
type Made struct {
	Stream  Stream       `json:"stream"`
	Signing secret.Value `json:"-"`
}

const jobEvery = time.Minute

// Create makes a stream.
func (s *Service) Create(ctx context.Context, a access.Actor, in New) (Made, error) {
	scope, err := decide(a, access.StreamChange)
	if err != nil {
		return Made{}, err
	}
	if err := mayHave(a); err != nil {
		return Made{}, err
	}
	now := s.now()
	st := Stream{Kind: in.Kind, Name: in.Name, Settings: in.Settings, Created: now}
	if err := s.checked(&st); err != nil {
		return Made{}, err
	}
	x, err := s.firstSecret(st.Kind, in.Authorization)
	if err != nil {
		return Made{}, err
	}
	if st.ID, err = s.mint(st.Kind.prefix(), now); err != nil {
		return Made{}, err
	}
	made := Made{Signing: secret.New([]byte(x.Current))}
	err = change.Again(func() error {
		c := &Change{Envelope: change.New(scope, now)}
		if err := s.keep(c, &st, x); err != nil {
			return err
		}
		c.Drafts = append(c.Drafts, entry("stream.created", st.fields()...))
		if err := s.room(ctx, scope, in.Key); err != nil {
			return err
		}
		if c.Positions, err = s.begin(ctx, scope, st, in.Start, now); err != nil {
			return err
		}
		c.Schedules = st.schedules(now)
		made.Stream = st
		made.Stream.Version = 1
		return s.remembered(ctx, c, in.Key, &made)
	})
	if err == nil && made.Stream.ID != st.ID {
		made.Signing = secret.Value{} // it was told when the request was answered for the first time
	}
	return made, err
}

func (s *Service) checked(st *Stream) error {
	if err := st.check(); err != nil {
		return err
	}
	if s.Allowed != nil && st.Address != "" {
		return s.Allowed(st.Kind, st.Address)
	}
	return nil
}

// room says whether there can be one more. With an idempotency key the store is asked first in any case, since the stream may be there already.
func (s *Service) room(ctx context.Context, scope access.Scope, key *change.Idempotency) error {
	all, err := s.Store.Streams(ctx, scope)
	if err == nil && len(all) >= MaxStreams && key == nil {
		err = tooMany(len(all))
	}
	if err == nil && len(all) >= MaxStreams+1 {
		err = tooMany(len(all))
	}
	return err
}

func tooMany(n int) error {
	return fault.New(fault.Limited, "the organisation has %d streams and webhooks, and can have no more", n)
}

func (s *Service) firstSecret(kind Kind, authorization secret.Value) (x sealed, err error) {
	switch {
	case kind == Webhook:
		x.Current, err = newSigning(s.Random)
	case kind == OCSF && !authorization.Empty():
		x.Authorization, err = string(authorization.Expose()), checkAuthorization(authorization)
	case !authorization.Empty():
		err = fault.New(fault.Invalid, "only a stream of the kind ocsf takes a credential")
	}
	return x, err
}

// keep puts a stream and its secret into a change.
func (s *Service) keep(c *Change, st *Stream, x sealed) error {
	if x != (sealed{}) {
		v, err := x.value()
		if err != nil {
			return err
		}
		if st.Secret == "" {
			if st.Secret, err = s.mint(id.PrefixSecret, c.At); err != nil {
				return err
			}
		}
		c.Secrets = []Secret{{ID: st.Secret, Value: v}}
		c.Drafts = append(c.Drafts, entry("secret.created", ledger.Text("secret", st.Secret), ledger.Text("usedFor", "stream")))
	}
	c.Streams = []Stream{*st}
	return nil
}

// begin are the first positions of a stream.
func (s *Service) begin(ctx context.Context, scope access.Scope, st Stream, start string, now time.Time) (all []Position, err error) {
	var size, last int64
	switch start {
	case "", "now":
		if size, err = s.Ledger.Size(ctx, scope); err != nil {
			return nil, err
		}
		if last, err = s.Store.Last(ctx, scope); err != nil {
			return nil, err
		}
	case "start":
	default:
		return nil, fault.New(fault.Invalid, "a stream begins now or at the start")
	}
	for _, source := range sources { // all: sources may be added later
		p := Position{Stream: st.ID, Source: source, At: now}
		switch source {
		case FromLedger:
			p.Next = size
		case FromAccess:
			p.Next = last + 1
		default:
			p.Next = size + 1
		}
		all = append(all, p)
	}
	return all, nil
}

// schedules are the jobs of a stream: none of one that is off or pulled.
func (st *Stream) schedules(from time.Time) []change.Schedule {
	sch := change.Schedule{Kind: task.Deliver, Key: st.ID, Args: task.Encode(task.StreamArgs{Stream: st.ID}), Every: jobEvery, Next: from}
	if st.Kind == Pull {
		return nil
	}
	if st.Off {
		sch.Every = 0
	}
	return []change.Schedule{sch}
}

// fields are those of the entry of a stream. The query of an address can hold a credential and is left out.
func (st *Stream) fields() []ledger.Field {
	f := []ledger.Field{ledger.Text("stream", st.ID), ledger.Text("kind", string(st.Kind)), ledger.Text("name", st.Name)}
	if at, _, _ := strings.Cut(st.Address, "?"); at != "" {
		f = append(f, ledger.Text("address", at))
	}
	names := make([]string, len(st.Sources))
	for i, s := range st.Sources {
		names[i] = string(s)
	}
	f = append(f, ledger.List("sources", names), ledger.Bool("personal", st.Personal))
	if len(st.Kinds) > 0 {
		f = append(f, ledger.List("kinds", st.Kinds))
	}
	if st.Secret != "" {
		f = append(f, ledger.Text("secret", st.Secret))
	}
	return f
}

// View is a stream with where it stands.
type View struct {
	Stream
	Positions []Behind `json:"positions"`
}

// Behind is how far a stream is in one source.
type Behind struct {
	Source   Source     `json:"source"`
	Next     int64      `json:"next"`
	Behind   int64      `json:"behind"` // how many are not delivered; of checkpoints, by how many entries the newest is ahead
	Attempts int        `json:"attempts,omitempty"`
	Since    *time.Time `json:"failingSince,omitempty"`
	RetryAt  *time.Time `json:"retryAt,omitempty"`
	Error    string     `json:"error,omitempty"`
	At       time.Time  `json:"at"`
}

// Streams are those of the actor's organisation, of the kinds or of all.
func (s *Service) Streams(ctx context.Context, a access.Actor, kinds ...Kind) ([]View, error) {
	scope, err := decide(a, access.StreamRead)
	if err != nil {
		return nil, err
	}
	all, err := s.Store.Streams(ctx, scope)
	if err != nil {
		return nil, err
	}
	positions, err := s.Store.Positions(ctx, scope, "")
	if err != nil {
		return nil, err
	}
	ends, err := s.ends(ctx, scope)
	if err != nil {
		return nil, err
	}
	list := []View{}
	for _, st := range all {
		if len(kinds) == 0 || slices.Contains(kinds, st.Kind) {
			list = append(list, view(st, positions, ends))
		}
	}
	return list, nil
}

// Stream is one of them.
func (s *Service) Stream(ctx context.Context, a access.Actor, stream string) (View, error) {
	scope, err := decide(a, access.StreamRead)
	if err != nil {
		return View{}, err
	}
	st, err := s.Store.Stream(ctx, scope, stream)
	if err != nil {
		return View{}, err
	}
	positions, err := s.Store.Positions(ctx, scope, stream)
	if err != nil {
		return View{}, err
	}
	ends, err := s.ends(ctx, scope)
	return view(st, positions, ends), err
}

// ends are what a position is when everything was delivered.
func (s *Service) ends(ctx context.Context, scope access.Scope) (map[Source]int64, error) {
	size, err := s.Ledger.Size(ctx, scope)
	if err != nil {
		return nil, err
	}
	last, err := s.Store.Last(ctx, scope)
	return map[Source]int64{FromLedger: size, FromAccess: last + 1, FromCheckpoint: size + 1}, err
}

func view(st Stream, positions []Position, ends map[Source]int64) View {
	v := View{Stream: st, Positions: []Behind{}}
	for _, p := range positions {
		if p.Stream != st.ID || !slices.Contains(st.Sources, p.Source) {
			continue
		}
		b := Behind{Source: p.Source, Next: p.Next, Behind: max(0, ends[p.Source]-p.Next), Attempts: p.Attempts, Error: p.Error, At: p.At}
		if !p.Since.IsZero() {
			b.Since, b.RetryAt = &p.Since, &p.RetryAt
		}
		v.Positions = append(v.Positions, b)
	}
	return v
}

// Edit is what of a stream is to change; nil stays.
type Edit struct {
	Name     *string
	Settings *Settings
	Off      *bool
	// Authorization replaces the credential of a stream of the kind ocsf; it is taken away where it is empty.
	Authorization *secret.Value
	Version       int64 // that was read; 0 is any
}

// Change changes a stream. One that is switched on again is tried at once.
func (s *Service) Change(ctx context.Context, a access.Actor, stream string, e Edit) (Stream, error) {
	scope, err := decide(a, access.StreamChange)
	if err != nil {
		return Stream{}, err
	}
	if err := mayHave(a); err != nil {
		return Stream{}, err
	}
	var st Stream
	err = change.Again(func() error {
		if st, err = s.Store.Stream(ctx, scope, stream); err != nil {
			return err
		}
		if e.Version != 0 && e.Version != st.Version {
			return final(fault.New(fault.Conflict, "the stream was changed meanwhile").WithHelp("look at it again, and decide again"))
		}
		c := &Change{Envelope: change.New(scope, s.now())}
		if err := s.edit(ctx, c, &st, e); err != nil {
			return err
		}
		if _, err := s.Store.Commit(ctx, c); err != nil {
			return err
		}
		st.Version++
		return nil
	})
	return st, unwrapped(err)
}

func (s *Service) edit(ctx context.Context, c *Change, st *Stream, e Edit) error {
	to := st.Address
	if e.Name != nil {
		st.Name = *e.Name
	}
	if e.Settings != nil {
		st.Settings = *e.Settings
	}
	on := e.Off != nil && st.Off && !*e.Off
	if e.Off != nil {
		st.Off = *e.Off
	}
	if err := s.checked(st); err != nil {
		return err
	}
	if e.Authorization != nil {
		if err := s.replace(ctx, c, st, *e.Authorization); err != nil {
			return err
		}
	} else if st.Kind == OCSF && st.Secret != "" && to != st.Address {
		return fault.New(fault.Invalid, "the address changes, and the credential was for the one before").WithHelp("give the credential again")
	}
	c.Streams = []Stream{*st}
	c.Drafts = append(c.Drafts, entry("stream.changed", append(st.fields(), ledger.Bool("off", st.Off))...))
	c.Schedules = st.schedules(c.At)
	if on {
		return s.retryNow(ctx, c, st.ID)
	}
	return nil
}

// retryNow forgets how often a stream was tried in vain.
func (s *Service) retryNow(ctx context.Context, c *Change, stream string) error {
	positions, err := s.Store.Positions(ctx, c.Scope, stream)
	for _, p := range positions {
		to := p
		to.Attempts, to.Since, to.RetryAt, to.Error = 0, time.Time{}, time.Time{}, ""
		c.Moves = append(c.Moves, Move{p, to})
	}
	return err
}

// replace gives a stream another credential. Its secret is emptied where there is none any more.
func (s *Service) replace(ctx context.Context, c *Change, st *Stream, authorization secret.Value) error {
	x, err := s.firstSecret(st.Kind, authorization)
	if err != nil {
		return err
	}
	if st.Kind != OCSF {
		return fault.New(fault.Invalid, "only a stream of the kind ocsf takes a credential")
	}
	if st.Secret == "" {
		if authorization.Empty() {
			return nil
		}
		return s.keep(c, st, x)
	}
	return s.reseal(ctx, c, st, x)
}

func (s *Service) reseal(ctx context.Context, c *Change, st *Stream, x sealed) error {
	old, err := s.Store.Secret(ctx, c.Scope, *st)
	if err != nil {
		return err
	}
	if old.Value, err = x.value(); err != nil {
		return err
	}
	c.Secrets = []Secret{old}
	c.Drafts = append(c.Drafts, entry("secret.changed", ledger.Text("secret", st.Secret), ledger.Text("usedFor", "stream")))
	return nil
}

// Rotate gives a webhook another secret, which is told once. The one before signs for another day beside it, unless at is now: when it was told to somebody.
func (s *Service) Rotate(ctx context.Context, a access.Actor, stream string, atOnce bool) (Made, error) {
	scope, err := decide(a, access.StreamChange)
	if err != nil {
		return Made{}, err
	}
	text, err := newSigning(s.Random)
	if err != nil {
		return Made{}, err
	}
	made := Made{Signing: secret.New([]byte(text))}
	err = change.Again(func() error {
		st, err := s.Store.Stream(ctx, scope, stream)
		if err != nil {
			return err
		}
		if st.Kind != Webhook {
			return fault.New(fault.Invalid, "only a webhook is signed")
		}
		old, err := s.Store.Secret(ctx, scope, st)
		if err != nil {
			return err
		}
		was, err := opened(old.Value)
		if err != nil {
			return err
		}
		c := &Change{Envelope: change.New(scope, s.now()), Streams: []Stream{st}}
		x := sealed{Current: text}
		if !atOnce {
			x.Previous, x.Until = was.Current, c.At.Add(Overlap).UnixMicro()
		}
		if err := s.reseal(ctx, c, &st, x); err != nil {
			return err
		}
		if _, err := s.Store.Commit(ctx, c); err != nil {
			return err
		}
		st.Version++
		made.Stream = st
		return nil
	})
	return made, err
}

// Remove removes a stream with its secret and what was put aside of it.
func (s *Service) Remove(ctx context.Context, a access.Actor, stream string) error {
	scope, err := decide(a, access.StreamChange)
	if err != nil {
		return err
	}
	return change.Again(func() error {
		st, err := s.Store.Stream(ctx, scope, stream)
		if err != nil {
			return err
		}
		c := &Change{Envelope: change.New(scope, s.now(), entry("stream.removed", ledger.Text("stream", st.ID), ledger.Text("kind", string(st.Kind)))), Gone: []Stream{st}}
		if st.Secret != "" {
			c.Drafts = append(c.Drafts, entry("secret.removed", ledger.Text("secret", st.Secret), ledger.Text("usedFor", "stream")))
		}
		st.Off = true
		c.Schedules = st.schedules(c.At)
		_, err = s.Store.Commit(ctx, c)
		return err
	})
}

// Hint asks for the delivery of a stream without waiting for its minute.
func hint(st Stream, at time.Time) job.New {
	return job.New{Kind: task.Deliver, Key: st.ID, Args: task.Encode(task.StreamArgs{Stream: st.ID}), RunAt: at}
}
