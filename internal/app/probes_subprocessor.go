package app

import store "c4arch/internal/store/subprocessor"

// subprocessorProbes are the checks of subprocessors and of what was reached.
func (in *instance) subprocessorProbes() looking {
	l := store.Looks{Store: store.New(in.homes), Now: in.now}
	return looking{"subprocessor-egress": l.Egress, "subprocessor-terms": l.Terms, "activation-guard": l.Guard}
}
