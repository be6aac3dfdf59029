package home

import (
	"context"
	"time"
)

// Opened is how many homes of organisations are open.
func (hs *Homes) Opened() int {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	return len(hs.open)
}

// DueAge is how late the job is that has been due for longest; false where nothing is known of one. It is asked for metrics.
func (hs *Homes) DueAge(ctx context.Context) (time.Duration, bool) {
	at, err := hs.nextDue(ctx)
	if err != nil {
		return 0, false
	}
	if at == never {
		return 0, true
	}
	return max(0, hs.cfg.Now().Sub(time.UnixMicro(at))), true
}
