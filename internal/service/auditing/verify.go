package auditing

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/change"
	"c4arch/internal/service/task"
	"c4arch/internal/trust/ledger"
)

// Depth is how much of a log is verified.
type Depth string

// The depths.
const (
	// Tail is the end of the log: the newest entries, the tree above them, and what is known of the log from elsewhere. For every start and every hour.
	Tail Depth = "tail"
	// Full is every entry, every value, every tile, every checkpoint. For every night.
	Full Depth = "full"
)

// What else can find a log wrong, for metrics.
const (
	Opening   Depth = "opening" // a home that is opened, and a log that is to be signed, held against what is known of it from elsewhere
	Witnessed Depth = "witness" // a witness cosigns, or refuses to
)

// Fault is one thing that is wrong with a log.
type Fault struct {
	Where string `json:"where"` // "entry 12", "tile 0 of level 1", "checkpoint of size 300"
	What  string `json:"what"`
	Index int64  `json:"index"` // of the entry, or -1
	// known is the state of the log that this one does not continue: it was rolled back, or rewritten. nil for any other fault.
	known *ledger.Tree
}

// String is both.
func (f Fault) String() string { return f.Where + ": " + f.What }

// Verdict is what a verification found.
type Verdict struct {
	Depth       Depth       `json:"depth"`
	Log         string      `json:"log"`
	Size        int64       `json:"size"`
	Root        string      `json:"root"`
	Read        int64       `json:"entriesRead"`
	Erased      int         `json:"erasedValues"`
	Checkpoints int         `json:"checkpoints"`
	Faults      []Fault     `json:"faults"`
	More        bool        `json:"more"` // there are more faults than are listed
	tree        ledger.Tree // as the head has it
}

// maxFaults bounds the list: a log of which every entry is wrong need not name each.
const maxFaults = 100

func (v *Verdict) say(index int64, where, format string, args ...any) {
	if len(v.Faults) == maxFaults {
		v.More = true
		return
	}
	v.Faults = append(v.Faults, Fault{Where: where, What: fmt.Sprintf(format, args...), Index: index})
}

// Verify reads the log of the actor's home and says what is wrong with it. The verdict is an entry of the log. When something is wrong the verdict is returned with an
// error, which is also logged and counted.
func (s *Service) Verify(ctx context.Context, a access.Actor, d Depth) (*Verdict, error) {
	scope, err := access.Decide(a, access.LedgerVerify, access.Resource{})
	if err != nil {
		return nil, err
	}
	v, err := s.verify(ctx, scope, d)
	if err != nil {
		return nil, err
	}
	env := change.New(scope, s.Now(), verifiedDraft(v))
	if _, err := s.Log.Append(ctx, &env); err != nil {
		return v, err
	}
	return v, s.judged(ctx, scope, v)
}

// Look is Verify without an entry: for the checks of the controls, which have one of their own.
func (s *Service) Look(ctx context.Context, a access.Actor, d Depth) (*Verdict, error) {
	scope, err := access.Decide(a, access.LedgerVerify, access.Resource{})
	if err != nil {
		return nil, err
	}
	return s.verify(ctx, scope, d)
}

func verifiedDraft(v *Verdict) ledger.Draft {
	fields := []ledger.Field{ledger.Int("size", v.Size), ledger.Text("root", v.Root), ledger.Text("outcome", "whole"), ledger.Text("detail", string(v.Depth))}
	if len(v.Faults) > 0 {
		fields[2] = ledger.Text("outcome", "damaged")
		first := v.Faults[0].String()
		fields = append(fields, ledger.Text("first", first[:min(len(first), 500)]))
	}
	return ledger.Draft{Kind: "ledger.verified", Fields: fields}
}

// judged makes faults loud.
func (s *Service) judged(ctx context.Context, scope access.Scope, v *Verdict) error {
	s.count(scope, v.Depth, len(v.Faults) == 0)
	if len(v.Faults) == 0 {
		return nil
	}
	s.loud(ctx, scope, v.Faults)
	return fault.New(fault.Internal, "the log does not verify: %s", v.Faults[0]).WithHelp("keep everything as it is, and compare with a backup and with the witnesses")
}

func (s *Service) count(scope access.Scope, d Depth, ok bool) {
	if s.Meter != nil {
		s.Meter.LedgerVerified(scope.Org(), d, ok)
	}
}

func (s *Service) loud(ctx context.Context, scope access.Scope, faults []Fault) {
	for _, f := range faults {
		s.Logger.ErrorContext(ctx, "the ledger does not verify", "organisation", scope.Org(), "where", f.Where, "what", f.What)
	}
}

// depthArgs are the arguments of the job.
type depthArgs struct {
	Depth Depth `json:"depth"`
}

// VerifySchedules are when the log of a home is verified: hourly its end, every night all of it.
func VerifySchedules(from time.Time) []change.Schedule {
	return []change.Schedule{
		{Kind: task.VerifyLog, Key: "hourly", Args: task.Encode(depthArgs{Tail}), Every: time.Hour, Next: from},
		{Kind: task.VerifyLog, Key: "nightly", Args: task.Encode(depthArgs{Full}), Every: 24 * time.Hour, Next: from},
	}
}

// HandleVerify is the handler of the job [task.VerifyLog]. What it finds is kept and loud; it is no reason to try again.
func (s *Service) HandleVerify(ctx context.Context, c *task.Claimed) error {
	scope, err := access.Decide(c.Actor, access.LedgerVerify, access.Resource{})
	if err != nil {
		return err
	}
	var args depthArgs
	if err := json.Unmarshal(c.Lease.Args, &args); err != nil || args.Depth != Tail && args.Depth != Full {
		args.Depth = Full
	}
	v, err := s.verify(ctx, scope, args.Depth)
	if err != nil {
		return err
	}
	env := change.New(scope, s.Now(), verifiedDraft(v))
	env.Done = c.Lease
	if _, err := s.Log.Append(ctx, &env); err != nil {
		return err
	}
	_ = s.judged(ctx, scope, v) // logged and counted
	return nil
}

// verify reads as much of the log as the depth says. Of what is appended meanwhile nothing is read.
func (s *Service) verify(ctx context.Context, scope access.Scope, d Depth) (*Verdict, error) {
	v := &Verdict{Depth: d, Log: string(scope.Org()), Faults: []Fault{}}
	head, err := s.Log.Head(ctx, scope)
	if fault.KindOf(err) == fault.Internal {
		v.say(-1, "the head", "%v", err)
		return v, nil
	}
	if err != nil {
		return nil, err
	}
	v.tree = head.Tree()
	v.Size, v.Root = head.Size, hexed(v.tree.Root)
	if d == Full {
		err = s.all(ctx, scope, v, head)
	} else {
		err = s.tail(ctx, scope, v, head)
	}
	if err != nil {
		return nil, err
	}
	for _, f := range s.contradictions(ctx, scope, v.tree) {
		if v.say(f.Index, f.Where, "%s", f.What); !v.More {
			v.Faults[len(v.Faults)-1].known = f.known
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return v, nil
}

// tail verifies the newest entries, that the tree that is kept has the root of the head, and that nothing lies beyond the head.
func (s *Service) tail(ctx context.Context, scope access.Scope, v *Verdict, head ledger.Head) error {
	root, err := ledger.RootOf(head.Size, s.Log.Tiles(ctx, scope))
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		v.say(-1, "the tree", "it cannot be read: %v", err)
	case root != v.tree.Root:
		v.say(-1, "the head", "its root is not that of the tiles that are kept")
	}
	return s.entries(ctx, scope, v, max(0, head.Size-Page), head, nil)
}

// all verifies everything.
func (s *Service) all(ctx context.Context, scope access.Scope, v *Verdict, head ledger.Head) error {
	t := &rebuilt{v: v, tiles: s.Log.Tiles(ctx, scope), size: head.Size}
	if err := t.load(ctx, s, scope); err != nil {
		return err
	}
	t.Full = t.tile
	if err := s.entries(ctx, scope, v, 0, head, t); err != nil {
		return err
	}
	t.end(head)
	entries, tiles, err := s.Log.Beyond(ctx, scope, head.Size)
	if err != nil {
		return err
	}
	if entries > 0 {
		v.say(-1, "the head", "it ends at %d, and %d entries lie behind it or before the first", head.Size, entries)
	}
	for _, x := range tiles {
		v.say(-1, tileWords(x.Level, x.N), "it belongs to no tree of this size")
	}
	return ctx.Err()
}

// entries verifies the entries from an index to the end; with a tree it is grown by them.
func (s *Service) entries(ctx context.Context, scope access.Scope, v *Verdict, from int64, head ledger.Head, t *rebuilt) error {
	next := from
	var before time.Time
	for next < head.Size {
		rows, err := s.Log.Rows(ctx, scope, Query{From: next, Before: head.Size})
		if err != nil {
			return err
		}
		for i := range rows {
			r := &rows[i]
			if r.Index != next {
				missing(v, next, r.Index)
			}
			check(v, r, string(scope.Org()), before)
			if t != nil {
				t.add(r)
			}
			before, next = r.At, r.Index+1
			v.Read++
		}
		if len(rows) == 0 {
			missing(v, next, head.Size)
			break
		}
	}
	if v.Read > 0 && !before.Equal(head.At) {
		v.say(-1, "the head", "its time is not that of the last entry")
	}
	return nil
}

func missing(v *Verdict, from, to int64) {
	if to == from+1 {
		v.say(from, entryWords(from), "it is missing")
		return
	}
	v.say(from, fmt.Sprintf("entries %d to %d", from, to-1), "they are missing")
}

func entryWords(index int64) string { return "entry " + strconv.FormatInt(index, 10) }

func tileWords(level int, n int64) string { return fmt.Sprintf("tile %d of level %d", n, level) }

// check verifies one entry by itself: its leaf says what its row says, its hash is of its leaf, its values are what the leaf commits to.
func check(v *Verdict, r *Row, log string, before time.Time) {
	where := entryWords(r.Index)
	if r.Damage != "" {
		v.say(r.Index, where, "%s", r.Damage)
	}
	if ledger.LeafHash(r.Leaf) != r.Hash && !strings.Contains(r.Damage, "hash") {
		v.say(r.Index, where, "its leaf is not the one of its hash: one of the two was changed")
	}
	leaf, err := ledger.ParseLeaf(r.Leaf)
	if err != nil {
		v.say(r.Index, where, "its leaf cannot be read: %v", err)
		return
	}
	switch {
	case leaf.Index != r.Index:
		v.say(r.Index, where, "its leaf says that it is entry %d", leaf.Index)
	case string(leaf.Log) != log:
		v.say(r.Index, where, "its leaf is of another log, %s", leaf.Log)
	case leaf.Kind != r.Kind:
		v.say(r.Index, where, "its leaf says that it is of the kind %s, and its row %.64q", leaf.Kind, r.Kind)
	case !leaf.At.Equal(r.At):
		v.say(r.Index, where, "its leaf and its row have different times")
	case r.At.Before(before):
		v.say(r.Index, where, "it is from before the entry before it")
	}
	if ledger.Meaning(leaf.Kind) == "" {
		v.say(r.Index, where, "its kind %s is not in the catalogue", leaf.Kind)
	}
	openings(v, r, leaf)
}

func openings(v *Verdict, r *Row, leaf ledger.Leaf) {
	where := entryWords(r.Index)
	names, subjects := map[string]bool{}, map[string]bool{}
	for _, f := range leaf.Fields {
		names[f.Name] = true
		o, there := r.Openings[f.Name]
		switch {
		case there && !o.Opens(f.Sum[:]):
			v.say(r.Index, where, "the value of %s is not the one that the leaf commits to", f.Name)
		case !there && r.Damage == "":
			v.Erased++
		}
		if there && o.Subject != "" {
			subjects[o.Subject] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.Openings)) {
		if !names[name] {
			v.say(r.Index, where, "it has a value %.64q of which the leaf knows nothing", name)
		}
	}
	listed := map[string]bool{}
	for _, p := range r.Subjects {
		listed[p] = true
	}
	if r.Damage == "" && !maps.Equal(listed, subjects) {
		v.say(r.Index, where, "the index of whose personal data it holds does not fit: an erasure would miss it")
	}
}

// rebuilt is the tree built again from the entries, held against what is kept of it.
type rebuilt struct {
	ledger.Builder
	v           *Verdict
	tiles       ledger.Tiles
	size        int64
	checkpoints []Kept // by size, those not reached yet
	broken      bool   // an entry is missing: what follows says nothing about the tree
}

// load reads the checkpoints and verifies each by itself.
func (t *rebuilt) load(ctx context.Context, s *Service, scope access.Scope) error {
	for from := int64(0); ; {
		list, err := s.Checkpoints.Checkpoints(ctx, scope, from)
		if err != nil {
			return err
		}
		for _, k := range list {
			t.v.Checkpoints++
			where := checkpointWords(k.Size)
			if k.Damage != "" {
				t.v.say(-1, where, "%s", k.Damage)
				continue
			}
			signed, _, err := s.signedTree(ctx, scope.Org(), k.Note)
			switch {
			case err != nil:
				t.v.say(-1, where, "%v", err)
			case signed != k.Tree:
				t.v.say(-1, where, "its row and its note differ")
			}
			if k.Size > t.size {
				t.v.say(-1, where, "the log has %d entries: it was rolled back, as by an older backup", t.size)
				continue
			}
			t.checkpoints = append(t.checkpoints, k)
		}
		if len(list) < Page {
			return nil
		}
		from = list[len(list)-1].Size + 1
	}
}

func checkpointWords(size int64) string { return "checkpoint of size " + strconv.FormatInt(size, 10) }

// add grows the tree by an entry.
func (t *rebuilt) add(r *Row) {
	t.reached()
	if r.Index != t.Size {
		t.broken = true
	}
	// The leaf and not its hash: a hash that was changed in the entry and everywhere else would otherwise carry the day.
	t.Add(ledger.LeafHash(r.Leaf))
}

// reached holds the tree against the checkpoints of its size.
func (t *rebuilt) reached() {
	for len(t.checkpoints) > 0 && t.checkpoints[0].Size <= t.Size {
		k := t.checkpoints[0]
		t.checkpoints = t.checkpoints[1:]
		if !t.broken && k.Size == t.Size && k.Root != t.Root() {
			t.v.say(-1, checkpointWords(k.Size), "the first %d entries have another root: they, or it, were changed", k.Size)
		}
	}
}

// tile holds a tile that is full against the one that is kept.
func (t *rebuilt) tile(level int, n int64, hashes []byte) { t.compare(level, n, hashes) }

func (t *rebuilt) compare(level int, n int64, hashes []byte) {
	if t.broken {
		return
	}
	kept, err := t.tiles.Tile(level, n)
	if err != nil {
		t.v.say(-1, tileWords(level, n), "it cannot be read: %v", err)
		return
	}
	// It may have grown since the head was read.
	if len(kept) < len(hashes) || len(kept)%ledger.HashSize != 0 || len(kept) > ledger.TileSize {
		t.v.say(-1, tileWords(level, n), "it has %d bytes, and should have %d", len(kept), len(hashes))
		return
	}
	for at := 0; at < len(hashes); at += ledger.HashSize {
		if !bytes.Equal(kept[at:at+ledger.HashSize], hashes[at:at+ledger.HashSize]) {
			below := (n*ledger.TileWidth + int64(at/ledger.HashSize)) << (ledger.TileHeight * level)
			t.v.say(below, tileWords(level, n), "hash %d in it is not that of the entries from %d on", at/ledger.HashSize, below)
		}
	}
}

// end holds the whole tree against the head.
func (t *rebuilt) end(head ledger.Head) {
	t.reached()
	for level, hashes := range t.Partial() {
		if level > 0 && len(hashes) > 0 {
			t.compare(level, t.Size>>(ledger.TileHeight*(level+1)), hashes)
		}
	}
	if t.broken || t.Size != head.Size {
		return // said already
	}
	if t.Root() != head.Root() {
		t.v.say(-1, "the head", "its root is not that of the %d entries", head.Size)
	}
}
