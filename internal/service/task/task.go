// Package task has the kinds of jobs and their arguments, which are ids alone: services leave each other jobs and do not import each other.
package task

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
)

// The kinds.
const (
	RunScan      = "scan.run"            // read the inputs of a scan, keep the snapshot
	Compare      = "drift.compare"       // hold a snapshot against the baseline
	FillExample  = "example.fill"        // scan the inputs of the example
	Erase        = "person.erase"        // erase a person in a home
	SignLog      = "ledger.sign"         // sign a checkpoint of the home's log, ask the witnesses
	VerifyLog    = "ledger.verify"       // read the whole log and verify it
	GatherHeads  = "ledger.gather"       // platform: one leaf of the instance's log for each log that grew
	RunControls  = "control.run"         // platform
	Sweep        = "home.sweep"          // staged objects, old idempotency keys, uploads
	FinishOrg    = "organisation.finish" // platform: end what a creation left half
	ApplyDestroy = "organisation.destroy"
	DisableIdle  = "service.disable" // disable service accounts that nobody uses
	Deliver      = "stream.deliver"  // send what is new to a stream
	MakePack     = "evidence.make"   // make a pack of evidence
	SweepPacks   = "evidence.sweep"  // remove packs whose time is over
	Redeliver    = "stream.replay"   // send again what had been put aside
	ScanText     = "freeText.scan"   // look through the free text that there is
	// KeepProcessing has instructions follow what there is, and makes new versions of annexes whose content changed.
	KeepProcessing = "processing.keep"
	// ReviewProgramme looks through owners, risks and measures (platform).
	ReviewProgramme = "programme.review"
	VerifyLegal     = "legal.verify"         // platform: hold the legal registry against the ledger
	Notify          = "notice.follow"        // tell people what the ledger says since, and send what is due
	AdvanceSupply   = "subprocessor.advance" // platform: tell of changes of subprocessors, open and close windows, begin
)

// PackArgs are those of MakePack.
type PackArgs struct {
	Project id.Project `json:"project"`
	Pack    string     `json:"pack"`
}

// ScanArgs are those of RunScan.
type ScanArgs struct {
	Project id.Project `json:"project"`
	Scan    string     `json:"scan"`
}

// CompareArgs are those of Compare.
type CompareArgs struct {
	Project  id.Project `json:"project"`
	Snapshot string     `json:"snapshot"`
}

// ExampleArgs are those of FillExample.
type ExampleArgs struct {
	Project id.Project `json:"project"`
}

// EraseArgs are those of Erase.
type EraseArgs struct {
	Person string `json:"person"`
	Reason string `json:"reason"`
}

// OrgArgs are those of the platform's jobs about an organisation.
type OrgArgs struct {
	Org id.Org `json:"org"`
}

// StreamArgs are those of Deliver and Redeliver; Delivery is what had been put aside.
type StreamArgs struct {
	Stream   string `json:"stream"`
	Delivery string `json:"delivery,omitempty"`
}

// TextArgs are those of ScanText.
type TextArgs struct {
	Scan string `json:"scan"`
}

// Encode writes arguments as they are kept.
func Encode(args any) []byte {
	b, err := json.Marshal(args)
	if err != nil {
		panic(err) // arguments are structs of strings
	}
	return b
}

// Decode reads arguments; what it does not know is an error, since a job that is half understood does the wrong work.
func Decode(args []byte, to any) error {
	d := json.NewDecoder(bytes.NewReader(args))
	d.DisallowUnknownFields()
	if err := d.Decode(to); err != nil {
		return fault.Wrap(fault.Internal, err, "the arguments of the job cannot be read")
	}
	return nil
}

// Queue is the port to jobs, whichever home they lie in. Its writes are upkeep, no decisions: a lease, its extension, a failure.
type Queue interface {
	// Claim gives the next due job of the organisation that was served longest ago, with a scope minted for it; nil when nothing is due.
	Claim(ctx context.Context, owner string, lease time.Duration) (*Claimed, error)
	// Extend keeps a lease; conflict when it was lost.
	Extend(ctx context.Context, l *job.Lease, lease time.Duration) error
	// Fail gives the job back for a later attempt, or makes it dead after the last one, which is an entry in the ledger. why is for a person, without content of inputs.
	Fail(ctx context.Context, l *job.Lease, why string, retry time.Duration) error
	// Wait returns when something may be due or after the time, whichever is first.
	Wait(ctx context.Context, most time.Duration) error
}

// Claimed is a job in hand.
type Claimed struct {
	Lease *job.Lease
	Actor access.Actor // a worker of the home's organisation, on behalf of whoever caused the job
}

// Handler does the work of one kind. It ends by committing a change whose Done is the lease, so that its effect and its end are one; when there
// is nothing to change it commits a change all the same.
type Handler func(ctx context.Context, c *Claimed) error
