package signin

import (
	"context"
	"encoding/json"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// The device flow, RFC 8628: a program without a browser shows a short code, a person who is signed in types it where they are signed in, and the program gets a token.

// Asking is a device that asks to be let in. What it says of itself is shown to the person, who has nothing else to judge it by but the code (RFC 8628, 5.4).
type Asking struct {
	Client  string `json:"client"`
	Device  string `json:"device"`
	Address string `json:"address"`
}

// Device is what a device gets to begin with (RFC 8628, 3.2).
type Device struct {
	DeviceCode secret.Value
	UserCode   string
	Expires    time.Duration
	Interval   time.Duration
}

// The answers to a device that asks for its token too early, too often, or in vain (RFC 8628, 3.5). They are one kind; an entry point tells them apart by errors.Is.
var (
	ErrPending  = fault.New(fault.Denied, "nobody has let the device in yet").WithHelp("ask again in a few seconds")
	ErrSlowDown = fault.New(fault.Limited, "the device asks too often").WithHelp("wait five seconds longer each time")
	ErrRefused  = fault.New(fault.Denied, "the device was not let in")
	ErrExpired  = fault.New(fault.Denied, "the code of the device has expired, was used or is none").WithHelp("begin again")
)

// waitingDevice is what is kept of a device.
type waitingDevice struct {
	Asking
	Org     id.Org `json:"organisation,omitempty"`
	Person  string `json:"person,omitempty"`
	Session string `json:"session,omitempty"`
}

// BeginDevice takes in a device that asks.
func (s *Service) BeginDevice(ctx context.Context, in Asking, cause Cause) (Device, error) {
	if err := s.attempt(ctx, "device", cause.Addr); err != nil {
		return Device{}, err
	}
	scope, err := platform(access.Actor{Surface: access.API, Request: cause.Request})
	if err != nil {
		return Device{}, err
	}
	in.Client, in.Device, in.Address = shortened(in.Client, "unknown"), shortened(in.Device, "unknown"), cause.Addr.String()
	plain, err := json.Marshal(waitingDevice{Asking: in})
	if err != nil {
		return Device{}, fault.Wrap(fault.Internal, err, "a device cannot be kept")
	}
	d := Device{Expires: DeviceLasts, Interval: DeviceInterval}
	err = again(func() error { // a user code that is taken at this moment is thrown again
		if d.DeviceCode, err = identity.NewDevice(s.Random); err != nil {
			return err
		}
		if d.UserCode, err = identity.NewUserCode(s.Random); err != nil {
			return err
		}
		now := s.now()
		w := Waiting{Hash: identity.Hash(d.DeviceCode.Expose()), Kind: ofDevice, Code: identity.Hash([]byte(d.UserCode)), Plain: plain, State: Open, At: now, Expires: now.Add(DeviceLasts)}
		return s.Ceremonies.Keep(ctx, scope, w)
	})
	return d, err
}

// errUserCode is what is said of every user code that is not one.
var errUserCode = fault.New(fault.NotFound, "there is no device with that code").WithHelp("look at the code once more; it is good for ten minutes")

// LookDevice is what asks with a user code.
func (s *Service) LookDevice(ctx context.Context, a access.Actor, code string, cause Cause) (Asking, error) {
	_, _, d, err := s.device(ctx, a, code, cause)
	return d.Asking, err
}

func (s *Service) device(ctx context.Context, a access.Actor, code string, cause Cause) (scope access.Scope, w Waiting, d waitingDevice, err error) {
	if _, err = access.Decide(a, access.SelfChange, access.Resource{}); err != nil {
		return scope, w, d, err
	}
	if a.Session == "" || a.ID.Person() == "" || a.Org == id.Platform || a.Grant != "" {
		return scope, w, d, fault.New(fault.Denied, "a device is let in by a member, who is signed in in a browser")
	}
	if err = s.attempt(ctx, "user code", cause.Addr); err != nil {
		return scope, w, d, err
	}
	text, ok := identity.ParseUserCode(code)
	if !ok {
		return scope, w, d, errUserCode
	}
	if scope, err = platform(a); err != nil {
		return scope, w, d, err
	}
	if w, err = s.Ceremonies.Device(ctx, scope, identity.Hash([]byte(text)), s.now()); err != nil {
		return scope, w, d, hidden(err, errUserCode)
	}
	if w.State != Open {
		return scope, w, d, errUserCode
	}
	if err = json.Unmarshal(w.Plain, &d); err != nil {
		err = fault.Wrap(fault.Internal, err, "what was kept of a device cannot be read")
	}
	return scope, w, d, err
}

// ApproveDevice lets a device in as the person, in the organisation of the session; or refuses it.
func (s *Service) ApproveDevice(ctx context.Context, a access.Actor, code string, let bool, cause Cause) error {
	scope, w, d, err := s.device(ctx, a, code, cause)
	if err != nil {
		return err
	}
	if !let {
		w.State = Refused
		return s.Ceremonies.Settle(ctx, scope, w, Open)
	}
	if !a.Fresh {
		return ErrStale
	}
	d.Org, d.Person, d.Session = a.Org, a.ID.Person(), a.Session
	if w.Plain, err = json.Marshal(d); err != nil {
		return fault.Wrap(fault.Internal, err, "a device cannot be kept")
	}
	c := &Change{Envelope: change.New(scope, s.now(), entry("device.approved", aPerson(d.Person), ledger.Text("organisation", string(d.Org)), ledger.Text("session", d.Session), ledger.Personal("device", d.Device, d.Person)))}
	if _, err := s.People.Commit(ctx, c); err != nil { // the entry first: a device is let in after it is written down that it is
		return err
	}
	w.State = Approved
	err = s.Ceremonies.Settle(ctx, scope, w, Open)
	if fault.KindOf(err) == fault.Conflict {
		return errUserCode
	}
	return err
}

// PollDevice gives a device its token, once, when a person has let it in. What the person may is looked at again at that moment.
func (s *Service) PollDevice(ctx context.Context, code string, cause Cause) (Issued, error) {
	if !identity.IsDevice(code) {
		return Issued{}, ErrExpired
	}
	scope, err := platform(access.Actor{Surface: access.API, Request: cause.Request})
	if err != nil {
		return Issued{}, err
	}
	now := s.now()
	w, err := s.Ceremonies.Asking(ctx, scope, identity.Hash([]byte(code)), now)
	if err != nil {
		return Issued{}, hidden(err, ErrExpired)
	}
	switch w.State {
	case Refused:
		return Issued{}, ErrRefused
	case Used:
		return Issued{}, ErrExpired
	case Open:
		return Issued{}, s.early(ctx, scope, w, now)
	}
	var d waitingDevice
	if err := json.Unmarshal(w.Plain, &d); err != nil {
		return Issued{}, fault.Wrap(fault.Internal, err, "what was kept of a device cannot be read")
	}
	w.State, w.Plain = Used, []byte("{}")
	if err := s.Ceremonies.Settle(ctx, scope, w, Approved); err != nil {
		if fault.KindOf(err) == fault.Conflict {
			return Issued{}, ErrExpired
		}
		return Issued{}, err
	}
	m, err := s.membership(ctx, d.Org, d.Person, cause.Request)
	if err != nil {
		return Issued{}, hidden(err, ErrRefused)
	}
	if !m.Good(now) {
		return Issued{}, ErrRefused
	}
	return s.Accounts.Token(ctx, d.Org, d.Person, d.Device, cause.Request)
}

// early notes when an open device asked last, and says whether that was too soon after the time before.
func (s *Service) early(ctx context.Context, scope access.Scope, w Waiting, now time.Time) error {
	// A clock's and a network's play is not held against it.
	often := now.Sub(w.At) < DeviceInterval-500*time.Millisecond && !w.At.Equal(w.Expires.Add(-DeviceLasts))
	w.At = now
	if err := s.Ceremonies.Settle(ctx, scope, w, Open); err != nil && fault.KindOf(err) != fault.Conflict {
		return err
	}
	if often {
		return ErrSlowDown
	}
	return ErrPending
}
