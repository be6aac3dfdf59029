// Package processing is what the service may do with the data of an organisation and why, as values: instructions and the purposes that they cover, the record of processing that is
// made of the data map, the register of transfers, and the annexes of the addendum.
//
// It promises: purposes, operations and sources are closed lists; every kind of job and of ledger entry has a purpose, or is refused; a column of the data map has one category of
// personal data; a destination outside of the European Economic Area is covered by a mechanism that is in force that day, or it is not covered; a text that is made twice of the same
// values is the same. It is pure, and leaves out who may decide and where any of it is kept.
package processing

import (
	"slices"
	"strings"
	"time"

	"c4arch/internal/base/fault"
)

// Purpose is what data are processed for. GDPR article 5(1)(b) asks that it is said.
type Purpose string

// The purposes. Improve is off for what an organisation submits: no instruction that the service writes by itself covers it.
const (
	Provide Purpose = "provide"
	Notify  Purpose = "notify"
	Support Purpose = "support"
	Secure  Purpose = "secure"
	Meter   Purpose = "meter"
	Legal   Purpose = "legal"
	Improve Purpose = "improve"
)

// Purposes are all.
func Purposes() []Purpose { return []Purpose{Provide, Notify, Support, Secure, Meter, Legal, Improve} }

// Words says what a purpose is.
func (p Purpose) Words() string {
	switch p {
	case Provide:
		return "provide the service: collect, store, analyse and display what the organisation submits or connects"
	case Notify:
		return "tell people of the organisation what happened"
	case Support:
		return "answer a request for support, under a grant of the organisation"
	case Secure:
		return "keep the service and its data secure, and find faults"
	case Meter:
		return "count what is used, for limits and invoices"
	case Legal:
		return "keep duties of law and contract: records, deletion, requests of people"
	case Improve:
		return "improve the product with what the organisation submits: off"
	}
	return ""
}

// Operation is what is done with data: the twelve that annex A names.
type Operation string

// The operations.
const (
	Collection   Operation = "collection"
	Receipt      Operation = "receipt"
	Storage      Operation = "storage"
	Retrieval    Operation = "retrieval"
	Consultation Operation = "consultation"
	Analysis     Operation = "analysis"
	Generation   Operation = "generation"
	Display      Operation = "display"
	Transmission Operation = "transmission"
	Restriction  Operation = "restriction"
	Deletion     Operation = "deletion"
	Export       Operation = "export"
)

// Operations are all.
func Operations() []Operation {
	return []Operation{Collection, Receipt, Storage, Retrieval, Consultation, Analysis, Generation, Display, Transmission, Restriction, Deletion, Export}
}

// Source is where an instruction comes from: the six of the addendum, and none for processing that was asked for and that nothing covers.
type Source string

// The sources.
const (
	Addendum      Source = "addendum"
	Agreement     Source = "agreement"
	OrderForm     Source = "order form"
	Configuration Source = "configuration"
	SupportAsked  Source = "support request"
	User          Source = "user"
	Nothing       Source = "nothing"
)

// Sources are those that an instruction can have.
func Sources() []Source {
	return []Source{Addendum, Agreement, OrderForm, Configuration, SupportAsked, User}
}

// State is where an instruction stands.
type State string

// The states. Asked is processing that is held, since nothing authorises it.
const (
	InForce   State = "in force"
	Ended     State = "ended"     // what it came from is over
	Withdrawn State = "withdrawn" // the organisation took it back
	Asked     State = "asked"
)

// Mark is how the platform has flagged an instruction.
type Mark string

// The marks. Held is a flag of which the law forbids to tell: the work stops, and why is not said.
const (
	NoMark  Mark = ""
	Flagged Mark = "flagged"
	Held    Mark = "held"
)

// Answer is what the organisation says to a flag.
type Answer string

// The answers.
const (
	NoAnswer  Answer = ""
	Confirmed Answer = "confirmed" // it stands, on the organisation's responsibility; the platform decides whether the flag goes
	TakenBack Answer = "withdrawn"
	Replaced  Answer = "replaced"
)

// Limits of what is written.
const (
	MaxTitle     = 200
	MaxReference = 200
	MaxReason    = 1000
)

// Instruction is one documented instruction of an organisation (GDPR article 28(3)(a)).
type Instruction struct {
	ID        string    `json:"id"`
	Source    Source    `json:"source"`
	Reference string    `json:"reference"` // what it comes from: an acceptance, an order, a connection, a grant, a project
	Title     string    `json:"title"`
	Purposes  []Purpose `json:"purposes"`
	// Narrow says that it covers what its reference names and nothing else.
	Narrow bool      `json:"narrow"`
	State  State     `json:"state"`
	From   time.Time `json:"from"`
	Until  time.Time `json:"until,omitzero"`
	By     string    `json:"by,omitempty"` // who gave it, or "" for the service, which wrote down what follows from an act
	Mark   Mark      `json:"mark,omitempty"`
	Reason string    `json:"reason,omitempty"` // of the flag; never that of one of which may not be told
	Marked time.Time `json:"marked,omitzero"`
	Answer Answer    `json:"answer,omitempty"`
	// Waiting is the last job that was held for it.
	Waiting string `json:"waiting,omitempty"`
	Version int64  `json:"version"`
}

// Check sees that an instruction can be kept.
func (i Instruction) Check() error {
	switch {
	case !slices.Contains(Sources(), i.Source) && (i.Source != Nothing || i.State != Asked):
		return fault.New(fault.Invalid, "there is no such source of instructions").WithHelp("choose one of: %s", join(Sources()))
	case strings.TrimSpace(i.Title) == "" || len(i.Title) > MaxTitle:
		return fault.New(fault.Invalid, "say in 1 to %d bytes what is instructed", MaxTitle)
	case len(i.Reference) > MaxReference:
		return fault.New(fault.Limited, "a reference has at most %d bytes", MaxReference)
	case len(i.Purposes) == 0:
		return fault.New(fault.Invalid, "an instruction covers a purpose").WithHelp("choose one of: %s", join(Purposes()))
	case !i.Until.IsZero() && !i.Until.After(i.From):
		return fault.New(fault.Invalid, "an instruction ends after it begins")
	}
	for n, p := range i.Purposes {
		if !slices.Contains(Purposes(), p) || slices.Contains(i.Purposes[:n], p) {
			return fault.New(fault.Invalid, "there is no such purpose, or it is named twice").WithHelp("choose of: %s", join(Purposes()))
		}
	}
	return nil
}

// Live reports whether it is in force at that time, flagged or not.
func (i Instruction) Live(now time.Time) bool {
	return i.State == InForce && !now.Before(i.From) && (i.Until.IsZero() || now.Before(i.Until))
}

// Covers reports whether it speaks of that work.
func (i Instruction) Covers(w Work) bool {
	if i.Narrow && (w.Reference == "" || i.Reference != w.Reference) {
		return false
	}
	// What an organisation configured or started itself is done on that instruction alone, so that it ends with it.
	if w.Reference != "" && !i.Narrow {
		return false
	}
	return slices.Contains(i.Purposes, w.Purpose)
}

// Work is what is about to be done with data of an organisation.
type Work struct {
	Purpose   Purpose
	Operation Operation
	// Reference is the thing whose configuration or whose start is the instruction, or "" where the agreement is.
	Reference string
	Title     string // for a person
}

// Verdict is what the guard says of work.
type Verdict struct {
	Instruction string // on which it may be done
	Hold        string // why it may not, for a person; "" is that it may
	Flagged     bool   // it is held for a flag, and not for want of an instruction
}

// Judge says whether work is covered by an instruction that is in force and that nobody has flagged. An instruction that covers it and is not flagged is found before one that is.
func Judge(all []Instruction, w Work, now time.Time) Verdict {
	v := Verdict{Hold: "no instruction in force covers it"}
	for _, i := range all {
		if !i.Live(now) || !i.Covers(w) {
			continue
		}
		if i.Mark == NoMark {
			return Verdict{Instruction: i.ID}
		}
		// Whether a flag may be told of is not said here: what a job says is read by the organisation.
		v = Verdict{Instruction: i.ID, Hold: "the instruction that it rests on is held", Flagged: true}
	}
	return v
}

func join[T ~string](all []T) string {
	texts := make([]string, len(all))
	for i, x := range all {
		texts[i] = string(x)
	}
	return strings.Join(texts, ", ")
}
