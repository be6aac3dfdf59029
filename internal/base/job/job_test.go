package job

import (
	"math"
	"testing"
	"time"
)

func TestBackoff(t *testing.T) {
	for attempt, want := range map[int]time.Duration{
		-5: time.Second, 0: time.Second, 1: time.Second, 2: 4 * time.Second, 3: 16 * time.Second, 6: 1024 * time.Second, 7: time.Hour, 8: time.Hour, math.MaxInt: time.Hour,
	} {
		if got := Backoff(attempt, 0); got != want {
			t.Errorf("after attempt %d: %v", attempt, got)
		}
		for _, spread := range []float64{0.5, 1, 7, -1} {
			if got := Backoff(attempt, spread); got < want*3/4 || got > want {
				t.Errorf("after attempt %d, spread %v: %v", attempt, spread, got)
			}
		}
	}
	if Backoff(3, 0.9) == Backoff(3, 0.1) {
		t.Error("nothing is spread")
	}
}
