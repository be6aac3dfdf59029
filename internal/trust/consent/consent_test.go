package consent

import (
	"slices"
	"testing"
	"time"
)

var now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func TestChoice(t *testing.T) {
	c := Chosen{At: now, Allowed: []Category{Preferences, Marketing}}
	got, ok := Decode(c.Encode(), now.Add(time.Hour))
	if !ok || !got.At.Equal(now) || !slices.Equal(got.Allowed, []Category{Preferences}) {
		t.Errorf("%q is %v: nothing of marketing is configured", c.Encode(), got)
	}
	if !got.Allows(Necessary) || got.Allows(Analytics) {
		t.Error("what is necessary is allowed, and what nobody allowed is not")
	}
	for name, text := range map[string]string{
		"nothing": "", "another version": "2.1795435200.preferences", "a category that is not configured": "1.1795435200.marketing", "twice": "1.1795435200.preferences.preferences",
		"no time": "1.x.preferences", "what needs no choice": "1.1795435200.necessary",
	} {
		if c, ok := Decode(text, now); ok || c.Allows(Preferences) {
			t.Errorf("%s is a choice: %v", name, c)
		}
	}
	for _, at := range []time.Time{now.Add(Lasts + time.Hour), now.Add(-time.Hour)} {
		if _, ok := Decode(c.Encode(), at); ok {
			t.Errorf("a choice counts at %s", at)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add("1.1795435200.preferences")
	f.Add("1.1")
	f.Fuzz(func(t *testing.T, text string) {
		c, ok := Decode(text, now)
		if !ok && len(c.Allowed) > 0 || c.Allows(Marketing) {
			t.Errorf("%q allows %v", text, c.Allowed)
		}
	})
}
