package app

import (
	"testing"

	"c4arch/internal/base/fault"
	streams "c4arch/internal/service/stream"
)

// TestCollectorsAreOutside: an address in brackets leads no more inside than one without.
func TestCollectorsAreOutside(t *testing.T) {
	for _, inside := range []string{"[::1]:6514", "[fd00::1]:6514", "[fe80::1]:6514", "[::ffff:127.0.0.1]:6514", "[::ffff:10.0.0.1]:6514", "[64:ff9b::a00:1]:6514", "127.0.0.1:6514", "localhost:6514", "[2606:4700:4700::1111]:22"} {
		if err := reachable(streams.Syslog, inside); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", inside, err)
		}
	}
	for _, outside := range []string{"[2606:4700:4700::1111]:6514", "siem.contoso.example:6514"} {
		if err := reachable(streams.Syslog, outside); err != nil {
			t.Errorf("%s: %v", outside, err)
		}
	}
}
