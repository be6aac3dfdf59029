package app

import (
	"c4arch/internal/inbound/portal/connection"
	"c4arch/internal/inbound/web"
)

// connectionDesk is the pages of what is read where it runs.
func (in *instance) connectionDesk() web.Desk {
	return connection.Desk(connection.Services{Accounts: in.accounts, Start: in.scans.Start, Scans: in.scans.List, Project: in.projectOf, Now: in.now})
}
