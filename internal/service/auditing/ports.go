package auditing

import (
	"context"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// Row is an entry as it is kept, whether it is whole or not.
type Row struct {
	ledger.Entry
	Subjects []string // whose personal data the home believes the entry to hold
	Damage   string   // what is wrong with the row itself, "" when it can be read
}

// Query says which entries are wanted: the zero value is all of them.
type Query struct {
	From   int64    // the first index
	Before int64    // the index after the last; 0 is the end of the log
	Kinds  []string // of these kinds; none is all
	// Subject is the person whose personal data the entries hold, or "".
	Subject string
	Limit   int // how many at most; 0 means [Page]
	// Newest has the last entries first: those before Before, going back.
	Newest bool
}

// Page is how many entries are read at once.
const Page = 256

// Kept is a checkpoint as it is kept.
type Kept struct {
	ledger.Tree
	Note []byte
	At   time.Time
	// Damage is what is wrong with the row itself, "" when it can be read.
	Damage string
}

// Log is the port to the ledger of the scope's home.
type Log interface {
	Head(ctx context.Context, s access.Scope) (ledger.Head, error)
	// Rows are the entries that a query wants, in order. A row that is damaged says so, and is no error.
	Rows(ctx context.Context, s access.Scope, q Query) ([]Row, error)
	// Beyond is how many entries and tiles there are that the head does not cover: none, in a log that is whole.
	Beyond(ctx context.Context, s access.Scope, size int64) (entries int64, tiles []TileName, err error)
	// Count counts the entries below an index by kind.
	Count(ctx context.Context, s access.Scope, before int64) (Counted, error)
	// Tiles reads the tree as it is kept, a tile at a time.
	Tiles(ctx context.Context, s access.Scope) ledger.Tiles
	// Append commits a change that writes nothing besides its entries.
	Append(ctx context.Context, env *change.Envelope) (change.Committed, error)
	// Erase commits the change and removes value and salt of those fields of the entry, in one transaction. A field that is not there, or was erased, is an error of
	// the kind notfound.
	Erase(ctx context.Context, env *change.Envelope, index int64, fields []string) (change.Committed, error)
}

// TileName names a tile.
type TileName struct {
	Level int
	N     int64
}

// Checkpoints is the port to the checkpoints of the scope's home. They are no decisions and can be made again.
type Checkpoints interface {
	// Checkpoints are those with at least that size, by size, at most [Page].
	Checkpoints(ctx context.Context, s access.Scope, from int64) ([]Kept, error)
	// Newest is the one with the largest size; notfound when there is none.
	Newest(ctx context.Context, s access.Scope) (Kept, error)
	// Keep keeps one; where one of that size is there, this one takes its place.
	Keep(ctx context.Context, s access.Scope, k Kept) error
}

// Copies is the port to the newest checkpoint of each log, kept outside of the database: what was restored from an older backup contradicts it.
type Copies interface {
	// Put keeps the newest checkpoint of a log.
	Put(ctx context.Context, org id.Org, note []byte) error
	// Get is the one that was put last; notfound when there is none.
	Get(ctx context.Context, org id.Org) ([]byte, error)
}

// Heads is the port to what the instance knows of the logs of organisations, in the platform's home.
type Heads interface {
	// Open are the organisations whose logs can have grown since they were asked for the last time; with all every one that is not destroyed.
	Open(ctx context.Context, platform access.Scope, all bool) ([]id.Org, error)
	// Gathered is how far the log of the organisation was; false when it was never taken in.
	Gathered(ctx context.Context, platform access.Scope, org id.Org) (ledger.Tree, bool, error)
	// Gather commits what was found of logs that grew.
	Gather(ctx context.Context, c *Gathering) (change.Committed, error)
}

// Epochs is the port to the older backups that the operator accepted, in the platform's home. It may be nil: then there was none, and none can be accepted.
type Epochs interface {
	// Ended are the origins that a log had before, the first one first.
	Ended(ctx context.Context, org id.Org) ([]Ended, error)
	// Accept commits that an older state of a log is its newest, under another origin from now on.
	Accept(ctx context.Context, c *Acceptance) (change.Committed, error)
}

// Ended is an origin under which nothing is signed any more.
type Ended struct {
	Key ledger.Key
	// Kept is what went on under the next origin: of what was signed under this one beyond that, the loss was accepted.
	Kept ledger.Tree
}

// Acceptance is an older state of a log that is its newest from now on.
type Acceptance struct {
	change.Envelope
	Log         id.Org
	Epoch       string // of the origin from now on
	Kept, Known ledger.Tree
}

// Gathering is how far logs are, with one draft for each.
type Gathering struct {
	change.Envelope
	Logs []Grown
}

// Grown is how far one log is.
type Grown struct {
	Org id.Org
	ledger.Tree
}

// Witnesses is the port to the witnesses (c2sp.org/tlog-witness). It may be nil: then there are none.
type Witnesses interface {
	// Cosign sends a checkpoint, with what it takes to prove that it continues what each witness has seen, and returns the signed note with the cosignatures
	// that came. prove makes the proof from an older size.
	Cosign(ctx context.Context, log id.Org, note []byte, prove func(old int64) ([]ledger.Hash, error)) ([]byte, error)
}

// Signers is the port to the keys that sign: one for each log, all of the instance.
type Signers interface {
	Signer(ctx context.Context, org id.Org) (*ledger.Signer, error)
}

// Meter is the port to metrics. It may be nil.
type Meter interface {
	// LedgerVerified says that a log was looked at in that way, and whether it was as it should be. What was found stays so until it is looked at in the same way again.
	LedgerVerified(log id.Org, d Depth, ok bool)
}
