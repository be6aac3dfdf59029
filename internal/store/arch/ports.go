package arch

import (
	"c4arch/internal/service/detect"
	"c4arch/internal/service/history"
)

var (
	_ history.Store    = (*Home)(nil)
	_ detect.Baselines = (*Home)(nil)
)
