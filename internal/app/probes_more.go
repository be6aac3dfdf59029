package app

import (
	"context"
	"maps"

	"c4arch/internal/trust/control"
)

// looking are checks by their ids, each as the code that looks.
type looking = map[string]func(context.Context) ([]control.Observation, error)

// moreProbes are the checks of the parts of the programme, each listed beside how its part is built.
func (in *instance) moreProbes() looking {
	all := looking{}
	for _, some := range []looking{in.legalProbes(), in.trustProbes(), in.governanceProbes(), in.engagementProbes(), in.productProbes(), in.subprocessorProbes(), in.acceptanceProbes(), in.processingProbes(), in.registerProbes()} {
		maps.Copy(all, some)
	}
	return all
}
