package app

import (
	"c4arch/internal/inbound/portal/streams"
	"c4arch/internal/inbound/web"
)

// streamsDesk is what an organisation sends to other systems.
func (in *instance) streamsDesk() web.Desk {
	return streams.Desk(streams.Parts{Streams: in.streams, Now: in.now})
}
