package app

import (
	desk "c4arch/internal/inbound/portal/processing"
	"c4arch/internal/inbound/web"
)

// processingDesk is the pages of instructions, records of processing and transfers.
func (in *instance) processingDesk() web.Desk {
	return desk.Desk(desk.Parts{Service: in.processing, Find: in.findOrg, Names: in.slugs, Now: in.now})
}
