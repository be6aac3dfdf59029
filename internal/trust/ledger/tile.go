package ledger

import (
	"c4arch/internal/base/fault"
)

// Tiles are those of c2sp.org/tlog-tiles: 256 hashes of one height of the tree, side by side.
const (
	TileHeight = 8
	TileWidth  = 1 << TileHeight
	TileSize   = TileWidth * HashSize
	// MaxLevel is the highest level that a tree of at most 2^53 leaves has.
	MaxLevel = 6
)

// Tiles is the port to what a home keeps of its tree.
type Tiles interface {
	// Leaves are the hashes of the leaves from..to, to not included. At most 256 are asked for at once.
	Leaves(from, to int64) ([]Hash, error)
	// Tile is tile n of a level as it is kept: at level 0 a full one, above it what it has by now. A tile that is not there is an error.
	Tile(level int, n int64) ([]byte, error)
}

// TileRow is a tile to be kept, in the place of what was kept as that tile before.
type TileRow struct {
	Level  int
	N      int64
	Hashes []byte
}

// Extend appends leaves, in their order, and says which tiles are to be written. A tile of level 0 is written once, when it is full; its root then goes into the growing
// tile of level 1, and so on: with fewer than 256 leaves nothing is read or written 255 times out of 256. Of kept it reads what the leaves do not bring themselves: the other leaves of a
// tile that gets full, and the tile above it. Copies of the head that were made before are left as they are; after an error the head is as it was.
func (h *Head) Extend(leaves []Hash, kept Tiles) ([]TileRow, error) {
	if h.Size > MaxIndex+1-int64(len(leaves)) {
		return nil, fault.New(fault.Limited, "the ledger is full: it has %d entries", h.Size)
	}
	start := h.Size
	next := Head{Size: start, Peaks: append(make([]Hash, 0, len(h.Peaks)+8), h.Peaks...), At: h.At}
	g := growth{kept: kept, leaves: leaves, start: start}
	for _, leaf := range leaves {
		next.push(leaf, g.full)
	}
	if g.err != nil {
		return nil, g.err
	}
	*h = next
	return g.rows, nil
}

// growth gathers the tiles that an extension writes.
type growth struct {
	kept   Tiles
	leaves []Hash
	start  int64
	rows   []TileRow
	err    error
}

// full takes in that tile n of the level below got full, with that root.
func (g *growth) full(level int, n int64, root Hash) {
	if level == 1 && g.err == nil {
		g.ground(n)
	}
	if g.err == nil {
		g.above(level, n, root)
	}
}

// ground writes tile n of level 0.
func (g *growth) ground(n int64) {
	from, to := n*TileWidth, (n+1)*TileWidth
	tile := make([]byte, 0, TileSize)
	if from < g.start {
		before, err := g.kept.Leaves(from, g.start)
		if err == nil && int64(len(before)) != g.start-from {
			err = fault.New(fault.Internal, "of the leaves %d to %d of the ledger %d are there", from, g.start, len(before))
		}
		if err != nil {
			g.err = err
			return
		}
		tile = append(tile, join(before)...)
		from = g.start
	}
	tile = append(tile, join(g.leaves[from-g.start:to-g.start])...)
	g.rows = append(g.rows, TileRow{Level: 0, N: n, Hashes: tile})
}

// above appends a root to the tile of the level that holds number n.
func (g *growth) above(level int, n int64, root Hash) {
	number, place := n/TileWidth, int(n%TileWidth)
	for i := len(g.rows) - 1; i >= 0; i-- {
		if r := &g.rows[i]; r.Level == level && r.N == number {
			r.Hashes = append(r.Hashes, root[:]...)
			return
		}
	}
	tile := make([]byte, 0, (place+1)*HashSize)
	if place > 0 {
		before, err := g.kept.Tile(level, number)
		if err == nil && len(before) != place*HashSize {
			err = fault.New(fault.Internal, "tile %d of level %d of the ledger has %d bytes, and should have %d", number, level, len(before), place*HashSize)
		}
		if err != nil {
			g.err = err
			return
		}
		tile = append(tile, before...)
	}
	g.rows = append(g.rows, TileRow{Level: level, N: number, Hashes: append(tile, root[:]...)})
}

// Builder grows a tree from its beginning without reading anything: for building in bulk, and for the verifier. It holds one tile of each level.
type Builder struct {
	Head
	// Full is told of each tile when it gets full; hashes are the Builder's own and are valid during the call.
	Full  func(level int, n int64, hashes []byte)
	tiles [MaxLevel + 1][]byte
}

// Add appends the hash of a leaf.
func (b *Builder) Add(leaf Hash) {
	b.grow(0, b.Size, leaf)
	b.push(leaf, b.grow)
}

func (b *Builder) grow(level int, n int64, root Hash) {
	if b.tiles[level] == nil {
		b.tiles[level] = make([]byte, 0, TileSize)
	}
	b.tiles[level] = append(b.tiles[level], root[:]...)
	if len(b.tiles[level]) == TileSize {
		if b.Full != nil {
			b.Full(level, n/TileWidth, b.tiles[level])
		}
		b.tiles[level] = b.tiles[level][:0]
	}
}

// Partial are the tiles that are not full, by level; nil where a level has none.
func (b *Builder) Partial() [][]byte { return b.tiles[:] }
