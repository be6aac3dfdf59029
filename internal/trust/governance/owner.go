// Package governance is the programme of security as values: who owns what, risks and what remains of them, decisions and the comparison of measures. It is pure.
//
// It promises: an item has one owner or none, and one whose owner is not active any more is open; a control that does not hold reduces no risk, so that what remains of a risk rises
// when one of its controls fails, always and by at least one step; a decision takes two people and is never changed once it is decided; that a measure is taken away, or made weaker, is
// found by comparing lists. It leaves out who may decide, and where all of this is kept.
package governance

import (
	"slices"
	"strings"
	"time"
)

// The domains of what has an owner.
const (
	Control  = "control"
	Runbook  = "runbook"
	Review   = "review"
	Rollout  = "rollout" // of a legal document
	Incident = "incident"
	Product  = "product"
)

// Domains are all of them, in the order in which they are shown.
func Domains() []string { return []string{Control, Runbook, Review, Rollout, Incident, Product} }

// Item is something that has one owner.
type Item struct {
	ID     string `json:"id"` // "control/ARC-GOV-01"
	Domain string `json:"domain"`
	Part   string `json:"part,omitempty"` // of controls: "Governance"
	Title  string `json:"title"`
}

// Name is the id within its domain.
func (i Item) Name() string {
	_, name, _ := strings.Cut(i.ID, "/")
	return name
}

// Owner says who owns an item. Opened is since when it needs another owner, zero while it does not.
type Owner struct {
	Item    string
	Person  string
	Since   time.Time
	Opened  time.Time
	Version int64
}

// Person is one of the platform's people. Who is not active has left, or has no role in effect.
type Person struct {
	ID, Name string
	Active   bool
	Why      string // not active
}

// Owned is how an item stands.
type Owned struct {
	Item   Item
	Person Person    // the zero Person: nobody
	Since  time.Time // of this owner
	Opened time.Time // a reassignment
	State  OwnedState
}

// OwnedState is how an item stands.
type OwnedState string

// The states.
const (
	HasOwner  OwnedState = "owned"
	Ownerless OwnedState = "ownerless"
	Leaving   OwnedState = "reassign" // its owner is not active any more
)

// ReassignWithin is how long an item may stand with an owner who is not active.
const ReassignWithin = 14 * 24 * time.Hour

// Owners joins items with their owners and with who is active. It is true at once when somebody leaves, whether or not the reassignment is written down already.
func Owners(items []Item, owners []Owner, people []Person) []Owned {
	by := map[string]Owner{}
	for _, o := range owners {
		by[o.Item] = o
	}
	all := make([]Owned, 0, len(items))
	for _, i := range items {
		o := Owned{Item: i, State: Ownerless}
		if has, ok := by[i.ID]; ok && has.Person != "" {
			o.Person, o.Since, o.Opened, o.State = find(people, has.Person), has.Since, has.Opened, HasOwner
			if !o.Person.Active {
				o.State = Leaving
			}
		}
		all = append(all, o)
	}
	return all
}

func find(people []Person, person string) Person {
	if i := slices.IndexFunc(people, func(p Person) bool { return p.ID == person }); i >= 0 {
		return people[i]
	}
	return Person{ID: person, Why: "there is no record of this person among the platform's people"}
}

// Reassign are the owners whose reassignment opens or closes at that time, as they are to be: opened where the person is not active, closed where the person is active again.
func Reassign(owners []Owner, people []Person, now time.Time) (opened, closed []Owner) {
	for _, o := range owners {
		active := find(people, o.Person).Active
		switch {
		case o.Person == "":
		case !active && o.Opened.IsZero():
			o.Opened = now
			opened = append(opened, o)
		case active && !o.Opened.IsZero():
			o.Opened = time.Time{}
			closed = append(closed, o)
		}
	}
	return opened, closed
}
