package history

import (
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/trust/ledger"
)

// What an entry of the ledger takes of long values: it says that something happened and with what, and is not where it is kept.
const (
	listed = 200  // ids; how many there are is always said
	length = 2000 // bytes of a text
)

// kept is the entry of a snapshot that is kept.
func kept(r *Record) ledger.Draft {
	d := ledger.Draft{Kind: "snapshot.kept"}
	if s := r.Snapshot; s != nil { // a record without one is refused by the store
		d.Fields = []ledger.Field{
			ledger.Text("snapshot", IDOf(r.Digest())), ledger.Digest("root", s.Root), ledger.Text("name", cut(s.Name)),
			ledger.Int("resources", int64(len(s.Resources))), ledger.Int("notRead", int64(evidence.Things(s.NotRead))),
		}
	}
	return d
}

// collected is the entry of snapshots that were let go.
func collected(c Collected) ledger.Draft {
	ids := make([]string, 0, min(listed, len(c.Snapshots)))
	for i := range min(listed, len(c.Snapshots)) {
		ids = append(ids, c.Snapshots[i].ID)
	}
	return ledger.Draft{Kind: "snapshot.collected", Fields: []ledger.Field{
		ledger.List("snapshots", ids), ledger.Int("count", int64(len(c.Snapshots))), ledger.Int("bytes", c.Bytes),
	}}
}

// redacted is the entry of what was withdrawn; count is the number of versions.
func redacted(reason string, r Redacted) ledger.Draft {
	return ledger.Draft{Kind: "snapshot.redacted", Fields: []ledger.Field{
		ledger.Text("resource", cut(r.Resource)), ledger.Text("reason", cut(reason)), ledger.Int("count", int64(r.Versions)),
		ledger.List("snapshots", r.Snapshots[:min(listed, len(r.Snapshots))]),
	}}
}

func cut(s string) string {
	if len(s) <= length {
		return s
	}
	return strings.ToValidUTF8(s[:length], "") + "…"
}
