package ledger

// The rest of the package, by file:
//
//	prepare.go     Prepare(d Draft, c Common, random io.Reader) (Prepared, error); (*Prepared).Seal(log id.Org, index int64, at time.Time) (leaf []byte, h Hash)
//	head.go        (*Head).Append(h Hash); (Head).Root() Hash; Head.Frontier() []byte; ParseHead
//	tile.go        TileHeight = 8; what is written on an append; HashReader over tiles
//	proof.go       Inclusion, Consistency and their verification
//	checkpoint.go  Checkpoint, Sign, Open; cosignatures
//	bundle.go      Bundle, WriteBundle, ReadBundle, Verify
//	witness.go     what a witness decides
