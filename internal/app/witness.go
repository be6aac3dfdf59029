package app

import (
	"c4arch/internal/base/fault"
	"c4arch/internal/egress"
	outbound "c4arch/internal/outbound/witness"
	"c4arch/internal/service/auditing"
	"c4arch/internal/trust/ledger"
)

// witnesses are those that the operator has configured.
func (in *instance) witnesses() (auditing.Witnesses, error) {
	var list []outbound.Witness
	for _, w := range in.cfg.Ledger.Witnesses {
		key, err := ledger.ParseKey(w.Key)
		if err != nil {
			return nil, fault.Wrap(fault.Invalid, err, "the key of a witness cannot be read")
		}
		list = append(list, outbound.Witness{Key: key, URL: w.URL})
	}
	return outbound.New(in.exit.Client(egress.Witness), list...), nil
}
