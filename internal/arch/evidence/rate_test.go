package evidence

import (
	"math/rand/v2"
	"testing"
)

// TestMissRate measures how many random strings are taken for names, alone and under no name, and keeps the
// figures that docs/formats/snapshot.md states from getting worse.
func TestMissRate(t *testing.T) {
	s := testSealer(t)
	sorts := append(randomStrings(),
		sort{"base36 20", func(m maker) string { return m.from(base36, 20) }},
		sort{"base36 24", func(m maker) string { return m.from(base36, 24) }},
		sort{"base32 16", func(m maker) string { return m.from(base32, 16) }})
	// In percent; what is not named here may miss one in a thousand.
	allowed := map[string]float64{
		"base64 of 16": 0.4, "base64url of 16": 1.2, "base64url of 18": 0.4, "base62 20": 0.6, "base62 22": 0.2, "base32 24": 0.3, "base36 32": 0.4,
		"base36 24": 4, "base36 20": 15, "base32 16": 7,
	}
	const tries = 5000
	for _, k := range sorts {
		m := maker{rand.New(rand.NewPCG(7, 8))}
		missed := 0
		for range tries {
			if x := k.make(m); s.Text(x) == x {
				missed++
			}
		}
		limit := allowed[k.name]
		if limit == 0 {
			limit = 0.1
		}
		if rate := 100 * float64(missed) / tries; rate > limit {
			t.Errorf("%s: %.2f %% missed, more than %.1f %%", k.name, rate, limit)
		}
	}
}
