// Package subprocessor is who processes personal data of customers for the platform, as values: the public list, proposed changes of it, and when a change may begin for an
// organisation. It is pure.
//
// It leaves out vendors of the platform as a controller and providers that a customer chose: they are kept with their own status, and are no subprocessors.
package subprocessor

import "time"

// Status is how an entry stands to the customers.
type Status string

// The statuses.
const (
	Core        Status = "core"                 // everybody's data passes it
	Optional    Status = "optional"             // only with a feature
	Chosen      Status = "customer-selected"    // the customer's own provider; no subprocessor
	Environment Status = "environment-specific" // only of some deployments
)

// Entry is one subprocessor as the list has it.
type Entry struct {
	ID        string    `json:"id"` // sp_…
	Name      string    `json:"name"`
	Entity    string    `json:"entity"` // the legal entity, with its country
	Purpose   string    `json:"purpose"`
	Data      []string  `json:"data"`     // categories
	Features  []string  `json:"features"` // of package terms; what of the service passes it
	Regions   []string  `json:"regions"`  // "EU", "EEA" or ISO 3166-1
	Mechanism string    `json:"mechanism"`
	Evidence  string    `json:"evidence"` // reference of the contract by which duties no less protective flow down (GDPR Article 28(4))
	Hosts     []string  `json:"hosts"`    // names that connections to it go to, "*.example.com" for all below
	Status    Status    `json:"status"`
	Own       bool      `json:"selfHosted"` // software that the platform runs itself
	Verified  time.Time `json:"verified"`
	Since     time.Time `json:"since"`
	Until     time.Time `json:"until,omitzero"` // it has ended
	// Contracted is the date of that contract, and Reviewer who looked at it, which is never published.
	Contracted time.Time `json:"contracted,omitzero"`
	Reviewer   string    `json:"reviewer,omitempty"`
	// Change is the change that announced it, "" where it was in use before the list began; Replaces the entry whose place it takes.
	Change    string    `json:"change,omitempty"`
	Announced time.Time `json:"announced,omitzero"`
	Replaces  string    `json:"replaces,omitempty"`
}

// State is where an entry of the list is.
type State string

// The states of an entry.
const (
	Announced State = "announced" // nobody's data pass it yet, or only those of organisations whose time to object is over
	InForce   State = "in force"
	Ended     State = "ended"
)

// State is where the entry is.
func (e *Entry) State() State {
	switch {
	case !e.Until.IsZero():
		return Ended
	case e.Since.IsZero():
		return Announced
	}
	return InForce
}

// Public is the entry without what is not published.
func (e Entry) Public() Entry {
	e.Reviewer = ""
	return e
}
