package undertaking

import (
	"strings"
	"testing"
)

// digests are those of versions that were in force. A line is added and none is changed: people signed them.
var digests = map[string]string{
	"1": "c8e5f2bc3798b460cc1ec58a894a066c0b128e1bf09dbe5086736eee92aa937c",
}

func TestVersionsStayAsTheyWereSigned(t *testing.T) {
	all := All()
	if len(all) != len(digests) {
		t.Errorf("there are %d versions and %d digests", len(all), len(digests))
	}
	for _, d := range all {
		if d.Digest != digests[d.Version] {
			t.Errorf("version %s has the digest %s: people signed another text under that number; make a new version", d.Version, d.Digest)
		}
		if !strings.Contains(d.Text, "version "+d.Version+"\n") {
			t.Errorf("the text of version %s does not name its version", d.Version)
		}
	}
	if Current() != all[len(all)-1] {
		t.Error("the current version is not the newest")
	}
}
