package subprocessor

import (
	"slices"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/trust/clock"
)

// Stage is where a change is for one organisation.
type Stage string

// The stages. No other way leads to [Activated] than from [Expired] or [Resolved] after the window.
const (
	Noticed   Stage = "noticed"  // recorded; the window opens when it was delivered
	Open      Stage = "open"     // the organisation may object
	Objected  Stage = "objected" // an objection is open
	Expired   Stage = "expired"  // the window closed without an open objection
	Resolved  Stage = "resolved" // an objection came to an outcome
	Activated Stage = "activated"
	Recall    Stage = "withdrawn" // the change does not come
)

// Channels of a notice.
const (
	InPortal = "portal"
	ByMail   = "mail"
	ByStream = "stream"
	InPublic = "public list"
)

// What became of a notice on a channel.
const (
	Waiting   = "waiting"
	Delivered = "delivered"
	Bounced   = "bounced"
	Unused    = "not used" // the organisation, or this installation, has no such channel
)

// AloneAfter is after how long a notice that is in the portal counts as delivered although no other channel says so: a bounce does not block for ever.
const AloneAfter = 72 * time.Hour

// LeastDays is the shortest window.
const LeastDays = 30

// Receipt is what became of a notice on one channel.
type Receipt struct {
	Channel string    `json:"channel"`
	State   string    `json:"state"`
	At      time.Time `json:"at,omitzero"`
	Detail  string    `json:"detail,omitempty"`
}

// Outcome is what an objection came to.
type Outcome string

// The outcomes. With all but Accepted the organisation stays on the old path.
const (
	OptOut      Outcome = "opt-out"     // it does without the feature
	Alternative Outcome = "alternative" // another way was found
	Terminate   Outcome = "terminate"   // it ends the service, or a part of it
	Accepted    Outcome = "accepted"    // its grounds were met, and it agrees
)

// Outcomes are all.
func Outcomes() []Outcome { return []Outcome{Accepted, OptOut, Alternative, Terminate} }

// Step is a line of the log of a resolution.
type Step struct {
	At      time.Time `json:"at"`
	By      string    `json:"by"` // "the organisation" or "the platform", and never a person
	Option  Outcome   `json:"option,omitempty"`
	Note    string    `json:"note"`
	Outcome bool      `json:"outcome,omitempty"`
}

// Objection is what an organisation has against a change.
type Objection struct {
	ID      string    `json:"id"`
	By      string    `json:"by"` // a person
	At      time.Time `json:"at"`
	Grounds string    `json:"grounds"`
	Ended   time.Time `json:"ended,omitzero"`
	Retract bool      `json:"retracted,omitempty"`
	Log     []Step    `json:"log,omitempty"`
	Outcome Outcome   `json:"outcome,omitempty"`
}

// Notice is a change for one organisation.
type Notice struct {
	Change     string      `json:"change"`
	Kind       Kind        `json:"kind"`
	Entry      Entry       `json:"entry"`
	Old        string      `json:"old,omitempty"`
	OldName    string      `json:"oldName,omitempty"`
	Reason     string      `json:"reason"`
	Emergency  string      `json:"emergency,omitempty"`
	Stage      Stage       `json:"stage"`
	At         time.Time   `json:"at"` // it was recorded in the organisation's home, which is its delivery in the portal
	Receipts   []Receipt   `json:"receipts"`
	Delivered  time.Time   `json:"delivered,omitzero"` // n, from which the window is counted
	Closes     time.Time   `json:"closes,omitzero"`
	Days       int         `json:"days"`
	Zone       string      `json:"zone"`
	Objections []Objection `json:"objections,omitempty"`
	Settled    time.Time   `json:"settled,omitzero"` // activated or withdrawn
	Version    int64       `json:"-"`
}

// Receive takes a receipt in the place of the one of its channel. What was delivered, or has bounced, stays.
func (n *Notice) Receive(r Receipt) bool {
	i := slices.IndexFunc(n.Receipts, func(x Receipt) bool { return x.Channel == r.Channel })
	switch {
	case i < 0:
		n.Receipts = append(n.Receipts, r)
	case n.Receipts[i].State == Delivered || n.Receipts[i].State == r.State:
		return false
	default:
		n.Receipts[i] = r
	}
	return true
}

// delivered is when the notice was delivered in the portal and on one more channel, or when the portal alone counts. Zero is not yet. The public list is no channel to an organisation.
func (n *Notice) delivered(now time.Time) time.Time {
	alone := n.At.Add(AloneAfter)
	best := alone
	for _, r := range n.Receipts {
		if r.State == Delivered && (r.Channel == ByMail || r.Channel == ByStream) && r.At.Before(best) {
			best = r.At
		}
	}
	if best.Before(n.At) {
		best = n.At
	}
	if now.Before(best) {
		return time.Time{}
	}
	return best
}

// Progress takes the notice on as far as time alone does, and reports whether it changed: it opens when the notice was delivered, and expires when the window closed.
func (n *Notice) Progress(now time.Time, cal clock.Calendar) bool {
	changed := false
	if n.Stage == Noticed || n.Stage == Objected && n.Closes.IsZero() {
		if at := n.delivered(now); !at.IsZero() {
			n.Delivered, n.Closes, changed = at, cal.Window(at, max(LeastDays, n.Days)).UTC(), true
			if n.Stage == Noticed {
				n.Stage = Open
			}
		}
	}
	if n.Stage == Open && n.closed(now) {
		n.Stage, changed = Expired, true
	}
	return changed
}

func (n *Notice) closed(now time.Time) bool { return !n.Closes.IsZero() && now.After(n.Closes) }

// CanObject says why the organisation cannot object now, nil where it can. An emergency can be objected to as long as its window is open, although it is in use.
func (n *Notice) CanObject(now time.Time) error {
	switch {
	case n.Stage != Noticed && n.Stage != Open:
		return fault.New(fault.Conflict, "the change is %s for the organisation: it cannot be objected to now", n.Stage)
	case n.closed(now):
		return fault.New(fault.Conflict, "the time to object is over").WithHelp("write to the privacy contact all the same: what you say is read")
	}
	return nil
}

// Object notes an objection.
func (n *Notice) Object(now time.Time, o Objection) error {
	if err := n.CanObject(now); err != nil {
		return err
	}
	if err := CheckText("ground of the objection", o.Grounds); err != nil {
		return err
	}
	o.At = now
	n.Objections, n.Stage = append(n.Objections, o), Objected
	return nil
}

// Current is the objection that is open, or nil.
func (n *Notice) Current() *Objection {
	if n.Stage != Objected || len(n.Objections) == 0 {
		return nil
	}
	return &n.Objections[len(n.Objections)-1]
}

// TakeBack ends the open objection on the organisation's wish.
func (n *Notice) TakeBack(now time.Time) error {
	o := n.Current()
	if o == nil {
		return fault.New(fault.Conflict, "no objection is open")
	}
	o.Ended, o.Retract = now, true
	switch {
	case n.Closes.IsZero():
		n.Stage = Noticed
	case n.closed(now):
		n.Stage = Expired
	default:
		n.Stage = Open
	}
	return nil
}

// Note writes a line into the log of the open objection. An outcome ends it.
func (n *Notice) Note(now time.Time, s Step) error {
	o := n.Current()
	if o == nil {
		return fault.New(fault.Conflict, "no objection is open")
	}
	if err := CheckText("note", s.Note); err != nil {
		return err
	}
	if s.Outcome && !slices.Contains(Outcomes(), s.Option) || s.Option != "" && !slices.Contains(Outcomes(), s.Option) {
		return invalid("there is no such outcome")
	}
	const most = 100
	if len(o.Log) >= most {
		return fault.New(fault.Limited, "the log of a resolution has at most %d lines", most)
	}
	s.At = now
	o.Log = append(o.Log, s)
	if s.Outcome {
		o.Ended, o.Outcome, n.Stage = now, s.Option, Resolved
	}
	return nil
}

// Stays reports whether the organisation stays on the old path although its objection is resolved.
func (n *Notice) Stays() bool { return n.Stage == Resolved && n.last() != Accepted }

func (n *Notice) last() Outcome {
	if len(n.Objections) == 0 {
		return ""
	}
	return n.Objections[len(n.Objections)-1].Outcome
}

// CanActivate says why the change may not begin for the organisation, nil where it may: the window has closed without an open objection, and the duties flow down.
func (n *Notice) CanActivate(now time.Time) error {
	switch {
	case n.Stage != Expired && n.Stage != Resolved:
		return fault.New(fault.Denied, "the change is %s for the organisation", n.Stage)
	case !n.closed(now):
		return fault.New(fault.Denied, "the time to object is not over")
	case n.Stays():
		return fault.New(fault.Denied, "the organisation stays on the old path: its objection came to %s", n.last())
	}
	return n.Entry.Flows()
}

// Activate begins the change for the organisation.
func (n *Notice) Activate(now time.Time) error {
	if err := n.CanActivate(now); err != nil {
		return err
	}
	n.Stage, n.Settled = Activated, now
	return nil
}

// Withdraw ends a change that does not come.
func (n *Notice) Withdraw(now time.Time) error {
	if n.Stage == Activated || n.Stage == Recall {
		return fault.New(fault.Conflict, "the change is %s for the organisation", n.Stage)
	}
	if o := n.Current(); o != nil {
		o.Ended = now
	}
	n.Stage, n.Settled = Recall, now
	return nil
}

// Allows reports whether the organisation's data may pass the new entry now, and why not. An emergency is in use from its notice on, until somebody objects.
func (n *Notice) Allows() (ok bool, why string) {
	switch {
	case n.Stage == Activated:
		return true, ""
	case n.Emergency != "" && (n.Stage == Noticed || n.Stage == Open || n.Stage == Expired || n.Stage == Resolved && n.last() == Accepted):
		return true, ""
	case n.Stage == Objected:
		return false, "the organisation has objected to it"
	case n.Stays():
		return false, "the organisation objected to it, and stays on the old path"
	case n.Stage == Recall:
		return false, "the change was withdrawn"
	}
	return false, "the organisation's time to object is not over"
}

// Outline is the notice without what the organisation said: what the platform keeps beside its change.
func (n Notice) Outline() Notice {
	said := make([]Objection, len(n.Objections))
	for i, o := range n.Objections {
		said[i] = Objection{ID: o.ID, At: o.At, Ended: o.Ended, Retract: o.Retract, Outcome: o.Outcome}
	}
	n.Objections, n.Version = said, 0
	if len(said) == 0 {
		n.Objections = nil
	}
	return n
}
