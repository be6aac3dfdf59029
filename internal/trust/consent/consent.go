// Package consent is what pages keep in a browser, as data: each cookie and each key of the local storage with its purpose, its category and how long it stays, and what somebody who
// uses the browser chose. It is pure.
//
// It promises: what is strictly necessary needs no choice; every other category is off until a choice of the current version of the list allows it, and a choice of another version allows
// nothing. It leaves out what sets and reads them.
package consent

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Category is why something is kept.
type Category string

// The six categories.
const (
	Necessary       Category = "necessary"
	Preferences     Category = "preferences"
	Analytics       Category = "analytics"
	Personalisation Category = "personalisation"
	Marketing       Category = "marketing"
	Embeds          Category = "embeds" // of third parties
)

// Categories are all of them.
func Categories() []Category {
	return []Category{Necessary, Preferences, Analytics, Personalisation, Marketing, Embeds}
}

// Where something is kept.
const (
	Cookie = "cookie"
	Local  = "localStorage"
)

// Cookies and keys.
const (
	Choice = "__Host-c4arch-consent"
	Theme  = "c4arch-theme"
)

// Item is something that is kept in a browser. Name ends in "*" where more follows.
type Item struct {
	Name     string
	Where    string
	Purpose  string
	Category Category
	Life     string
}

// Items are all that pages of this service keep.
func Items() []Item {
	return []Item{
		{"__Host-c4arch", Cookie, "keeps you signed in to your organisation", Necessary, "until you sign out or close the browser; the service ends it after a day"},
		{"__Host-c4arch-staff", Cookie, "keeps the platform's own people signed in", Necessary, "until they sign out or close the browser; the service ends it after a day"},
		{"__Host-c4arch-ceremony", Cookie, "ties the steps of one sign-in together", Necessary, "10 minutes"},
		{Choice, Cookie, "remembers what you choose on this page", Necessary, "180 days"},
		{"c4arch-places:*", Local, "keeps where you moved boxes of a picture until you save that, so that it is not lost when the page closes", Necessary, "until you save or discard it, or sign out"},
		{Theme, Local, "remembers light, dark or high contrast of pictures", Preferences, "until you take the choice back, or sign out"},
	}
}

// Version is that of the list. Whoever chose for another one has chosen nothing.
const Version = 1

// Lasts is how long a choice counts.
const Lasts = 180 * 24 * time.Hour

// Configured are the optional categories of which there is something.
func Configured() (all []Category) {
	for _, c := range Categories() {
		if c != Necessary && slices.ContainsFunc(Items(), func(i Item) bool { return i.Category == c }) {
			all = append(all, c)
		}
	}
	return all
}

// Chosen is what somebody allowed, and when.
type Chosen struct {
	At      time.Time
	Allowed []Category
}

// Allows reports whether something of that category may be kept.
func (c Chosen) Allows(x Category) bool { return x == Necessary || slices.Contains(c.Allowed, x) }

// Encode is a choice as the cookie has it: the version, when in seconds, and what is allowed, with full stops between.
func (c Chosen) Encode() string {
	parts := []string{strconv.Itoa(Version), strconv.FormatInt(c.At.Unix(), 10)}
	for _, x := range Configured() {
		if slices.Contains(c.Allowed, x) {
			parts = append(parts, string(x))
		}
	}
	return strings.Join(parts, ".")
}

// maxChoice is the longest cookie that is looked at.
const maxChoice = 200

// Decode reads a cookie. What is of another version, too old, from the future or no choice of ours is none.
func Decode(text string, now time.Time) (Chosen, bool) {
	parts := strings.Split(text, ".")
	if len(text) > maxChoice || len(parts) < 2 || parts[0] != strconv.Itoa(Version) {
		return Chosen{}, false
	}
	seconds, err := strconv.ParseInt(parts[1], 10, 64)
	at := time.Unix(seconds, 0).UTC()
	if err != nil || at.After(now.Add(time.Minute)) || now.Sub(at) > Lasts {
		return Chosen{}, false
	}
	c := Chosen{At: at}
	for _, p := range parts[2:] {
		if !slices.Contains(Configured(), Category(p)) || c.Allows(Category(p)) {
			return Chosen{}, false
		}
		c.Allowed = append(c.Allowed, Category(p))
	}
	return c, true
}
