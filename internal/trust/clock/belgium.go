package clock

import "time"

// Belgium reports whether a date is one of the ten public holidays of Belgium (Royal Decree of 18 April 1974, Article 1).
func Belgium(year int, month time.Month, day int) bool {
	switch (fixed{month, day}) {
	case fixed{1, 1}, fixed{5, 1}, fixed{7, 21}, fixed{8, 15}, fixed{11, 1}, fixed{11, 11}, fixed{12, 25}:
		return true
	}
	date := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	switch date.Sub(easter(year)) / (24 * time.Hour) {
	case 1, 39, 50: // Easter Monday, Ascension, Whit Monday
		return true
	}
	return false
}

type fixed struct {
	month time.Month
	day   int
}

// easter is Easter Sunday of the Gregorian calendar: the anonymous algorithm, Nature 13 (1876) 487, as in J. Meeus, Astronomical Algorithms, chapter 8.
func easter(year int) time.Time {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	g := (8*b + 13) / 25
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 19*l) / 433
	month := (h + l - 7*m + 90) / 25
	return time.Date(year, time.Month(month), (h+l-7*m+33*month+19)%32, 0, 0, 0, 0, time.UTC)
}
