package app

import (
	"c4arch/internal/service/assure"
	"c4arch/internal/store/trust"
)

// registerProbes are the checks of the register itself.
func (in *instance) registerProbes() looking {
	looks := &trust.Looks{Homes: in.homes, Server: in.server, Now: in.now}
	return looking{
		assure.RegisterComplete: assure.Complete(in.registerParts),
		assure.RunsInLedger:     looks.RunsInLedger,
	}
}

// registerParts are what is bound, and what runs here.
func (in *instance) registerParts() (assure.Parts, error) {
	bound, err := assure.Built(in.assure.Register, assure.Checks())
	return assure.Parts{Register: in.assure.Register, Bound: bound, Here: in.assure.Catalogue()}, err
}
