package evidence

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"
)

// Long text of any making is cleaned in time that grows in step with it.
func TestHostileText(t *testing.T) {
	s := testSealer(t)
	const size = 1 << 18
	for _, unit := range []string{
		"a", "=", ":", "a=", "a:", "password=", "password=x ", "password: x\n", "p=\"", "://", "a://b@", "@", "a:b@c ", "{", "[", "}", "<a>", "<password>x",
		"$2a$10$abcdefgh ", "-----BEGIN " + "PRIVATE KEY-----", "-----BEGIN X-----", "-p x mysql ", "sk-", "eyJ", "eyJ.", "Q~", "8Q~", "AKIA", "Bearer 1", "name: password\n",
		"password: |\n", " password: |\n x\n", "a1B", "0123456789abcdef", "ab/Cd1+", "/subscriptions/", "sha256:", "secret:hmac-sha256:", "\\\"", "\"a\":\"b\",", "%", "é", " ", "\t-", "a b c d=", "'", ",", "a=b;", "a=b,", "&a=b", "?sig=", "12345678:", "a.", "a-",
	} {
		for _, text := range []string{strings.Repeat(unit, size/len(unit)), "password=" + strings.Repeat(unit, size/len(unit)), "x://" + strings.Repeat(unit, size/len(unit)) + "\n"} {
			from := time.Now()
			s.Text(text)
			if took := time.Since(from); took > 2*time.Second {
				t.Errorf("%q x %d: %v", unit, size/len(unit), took)
			}
		}
	}
}

func TestSealInParallel(t *testing.T) {
	s := testSealer(t)
	want := encoded(t, snapshot(t, s, seal(t, s, sampleDraft(t, 1)), seal(t, s, sampleDraft(t, 2))))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				a, _, errA := s.Seal(sampleDraft(t, 1))
				b, _, errB := s.Seal(sampleDraft(t, 2))
				snap, err := NewSnapshot(Meta{CollectedAt: noon}, []Resource{b, a}, nil)
				if err != nil || errA != nil || errB != nil {
					t.Error(err, errA, errB)
					return
				}
				for i := range snap.Resources {
					line, err := snap.Resources[i].MarshalJSON()
					if err != nil || !bytes.Contains(want, line) {
						t.Error("another result when sealed at the same time")
						return
					}
				}
			}
		})
	}
	wg.Wait()
}
