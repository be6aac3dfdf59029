package change

import "c4arch/internal/base/fault"

// Again loads, decides and commits in fn, and does so once more, at most three times, while what it was decided on has changed meanwhile (conflict).
func Again(fn func() error) error {
	var err error
	for range 4 {
		if err = fn(); fault.KindOf(err) != fault.Conflict {
			return err
		}
	}
	return err
}
