package app

import (
	"c4arch/internal/inbound/portal/exception"
	"c4arch/internal/inbound/web"
)

// exceptionDesk is what a project has accepted for a while.
func (in *instance) exceptionDesk() web.Desk { return exception.Desk(deciding{in.drift, in}) }
