package trustterms

import (
	"strings"
	"testing"
)

// digests are those of versions that were in force. A line is added and none is changed: people accepted them.
var digests = map[string]string{"1": "sha256:6d223923cedcf7fdd98cadb39d9c26c2a39219c6a3e00c82e21cc373325ea86f"}

func TestVersionsStayAsTheyWereAccepted(t *testing.T) {
	all := All()
	if len(all) != len(digests) {
		t.Errorf("there are %d versions and %d digests", len(all), len(digests))
	}
	for _, d := range all {
		if d.Digest != digests[d.Version] {
			t.Errorf("version %s has the digest %s: people accepted another text under that number; make a new version", d.Version, d.Digest)
		}
		if !strings.Contains(d.Text, "version "+d.Version+"\n") {
			t.Errorf("the text of version %s does not name its version", d.Version)
		}
	}
	if Current() != all[len(all)-1] {
		t.Error("the current version is not the newest")
	}
}
