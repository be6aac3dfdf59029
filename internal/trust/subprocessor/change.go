package subprocessor

import (
	"time"
)

// Kind is what a change does to the list.
type Kind string

// The kinds.
const (
	Add     Kind = "add"
	Replace Kind = "replace"
	End     Kind = "end"
	Correct Kind = "correct" // words, dates and evidence of an entry that stays the same
	Stock   Kind = "stock"   // who was in use before the list began
)

// Progress is where a change is.
type Progress string

// Where a change is.
const (
	Proposed  Progress = "proposed"
	Approved  Progress = "approved" // published and told; what follows is each organisation's own
	Declined  Progress = "declined"
	Withdrawn Progress = "withdrawn"
	Done      Progress = "done"
)

// Change is a proposed change of the list.
type Change struct {
	ID      string   `json:"id"` // sb_…
	Kind    Kind     `json:"kind"`
	Entries []Entry  `json:"entries"` // new or corrected ones
	Old     string   `json:"old,omitempty"`
	OldName string   `json:"oldName,omitempty"`
	Reason  string   `json:"reason"`      // what customers are told
	Why     string   `json:"materiality"` // why it is material, or is not
	Mat     bool     `json:"material"`
	State   Progress `json:"state"`
	// Emergency says why it could not wait; the exception is recorded, approved and told with the change.
	Emergency string    `json:"emergency,omitempty"`
	Proposer  string    `json:"proposer"`
	Approver  string    `json:"approver,omitempty"`
	At        time.Time `json:"at"`
	Decided   time.Time `json:"decided,omitzero"`
	List      int       `json:"list,omitempty"` // the version that announced it
	Version   int64     `json:"-"`
}

// Entry is the one new entry of an addition, a replacement or a correction.
func (c *Change) Entry() Entry {
	if len(c.Entries) == 0 {
		return Entry{}
	}
	return c.Entries[0]
}

// Material reports whether organisations have to be told and can object. Somebody else who comes to customers' data always is: nobody can decide otherwise.
func (c *Change) Material() bool {
	switch c.Kind {
	case Add, Replace:
		e := c.Entry()
		return c.Mat || e.Processes()
	case Correct, End, Stock:
	}
	return false
}

// Check says what is wrong with a change against the list that it is proposed for.
func (c *Change) Check(l *List) error {
	if err := CheckText("reason", c.Reason); err != nil {
		return err
	}
	if c.Kind != Stock {
		if err := CheckText("decision about materiality", c.Why); err != nil {
			return err
		}
	}
	if c.Emergency != "" {
		if c.Kind != Replace {
			return invalid("only a replacement can be an emergency")
		}
		if err := CheckText("reason of the emergency", c.Emergency); err != nil {
			return err
		}
	}
	if c.Kind == Correct && c.Mat {
		return invalid("a material change of an entry is no correction").WithHelp("propose a replacement of the entry by itself, as it will be: then those whom it concerns are told")
	}
	if err := c.counts(); err != nil {
		return err
	}
	for i := range c.Entries {
		if err := c.Entries[i].Check(); err != nil {
			return err
		}
	}
	return c.fits(l)
}

func (c *Change) counts() error {
	switch c.Kind {
	case Add, Replace, Correct:
		if len(c.Entries) != 1 {
			return invalid("the change is about one entry")
		}
	case End:
		if len(c.Entries) != 0 {
			return invalid("an entry that ends is not replaced").WithHelp("propose a replacement")
		}
	case Stock:
		if len(c.Entries) == 0 || len(c.Entries) > MaxEntries {
			return invalid("the list has from one to %d entries", MaxEntries)
		}
	default:
		return invalid("there is no such change")
	}
	return nil
}

func (c *Change) fits(l *List) error {
	if c.Kind == Replace || c.Kind == End || c.Kind == Correct {
		old := l.Find(c.Old)
		if old == nil || old.State() == Ended {
			return invalid("the list has no such entry in force")
		}
		if c.Kind == Replace && old.State() != InForce {
			return invalid("an announced entry cannot be replaced yet").WithHelp("withdraw its change first")
		}
	}
	if c.Kind != Replace && c.Kind != Add {
		return nil
	}
	return c.overlap(l)
}

// overlap refuses a new entry whose hosts are those of one in force: what is new could not be told from what is old.
func (c *Change) overlap(l *List) error {
	e := c.Entry()
	for i := range l.Entries {
		x := &l.Entries[i]
		if x.State() == Ended || x.ID == e.ID || x.ID == c.Old {
			continue
		}
		for _, h := range e.Hosts {
			for _, k := range x.Hosts {
				if covers(k, h) || covers(h, k) {
					return invalid("the host %s is one of %s already", h, x.Name).WithHelp("name hosts that are its own, so that what goes to it can be told apart")
				}
			}
		}
	}
	return nil
}

// covers reports whether pattern a takes in what pattern b names.
func covers(a, b string) bool {
	if len(b) > 2 && b[:2] == "*." {
		b = b[2:]
		if len(a) > 2 && a[:2] == "*." && a[2:] == b {
			return true
		}
	}
	return matches(a, b)
}
