package app

import "c4arch/internal/service/assure"

// probes are the checks of the controls that this program has, each beside what it checks.
func (in *instance) probes() []assure.Probe { return nil }
