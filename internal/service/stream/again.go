package stream

import "errors"

// settled is a refusal that loading again cannot change, whatever its kind.
type settled struct{ err error }

func (s settled) Error() string { return s.err.Error() }

// final makes err one that is not decided about again.
func final(err error) error { return settled{err} }

func unwrapped(err error) error {
	if s := (settled{}); errors.As(err, &s) {
		return s.err
	}
	return err
}
