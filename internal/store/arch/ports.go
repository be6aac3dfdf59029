package arch

import (
	"c4arch/internal/service/detect"
	"c4arch/internal/service/history"
)

var (
	_ history.Store    = (*Store)(nil)
	_ detect.Baselines = (*Store)(nil)
)
