package ledger

// Step is one step of a path from a leaf to the root: what is hashed with what, and what comes out.
type Step struct {
	Sibling Hash
	// Left says that the sibling stands on the left: SHA-256(0x01 || sibling || what there was), else the other way around.
	Left   bool
	Result Hash
}

// Steps walks the path of an inclusion proof as RFC 9162 section 2.1.3.2 has it, so that a person can follow it. It says what comes out and proves nothing: whether the last
// result is the root is for [VerifyInclusion]. A path that does not fit the size and the index is nil.
func Steps(size, index int64, leaf Hash, path []Hash) []Step {
	if index < 0 || index >= size || len(path) > MaxProof {
		return nil
	}
	steps := make([]Step, 0, len(path))
	at, last, hash := index, size-1, leaf
	for _, p := range path {
		if last == 0 {
			return nil
		}
		s := Step{Sibling: p, Left: at&1 == 1 || at == last}
		if s.Left {
			hash = NodeHash(p, hash)
			for at&1 == 0 && at != 0 { // the last node of a level that has an odd number moves up as it is
				at, last = at>>1, last>>1
			}
		} else {
			hash = NodeHash(hash, p)
		}
		s.Result = hash
		steps = append(steps, s)
		at, last = at>>1, last>>1
	}
	if last != 0 {
		return nil
	}
	return steps
}
