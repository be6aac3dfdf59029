package lang

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
)

// dateFunctions are those of the page "date" of the reference.
func dateFunctions() []function {
	return []function{
		{name: "dateTimeAdd", min: 2, max: 3, call: (*eval).dateTimeAdd},
		{name: "dateTimeFromEpoch", min: 1, max: 1, call: (*eval).dateTimeFromEpoch},
		{name: "dateTimeToEpoch", min: 1, max: 1, call: (*eval).dateTimeToEpoch},
	}
}

// iso is how Resource Manager writes a time.
const iso = "2006-01-02T15:04:05Z"

var errDate = errors.New("the time does not lie in the years 1 to 9999")

// parseTime reads a time in a form of ISO 8601; without a zone it is UTC.
func parseTime(args []Value, i int) (time.Time, error) {
	text, err := str(args, i)
	if err != nil {
		return time.Time{}, err
	}
	for _, layout := range []string{
		"2006-01-02T15:04:05Z07:00", "2006-01-02 15:04:05Z07:00", "20060102T150405Z0700", "20060102T150405Z07:00",
		"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04Z07:00", "2006-01-02T15:04", "2006-01-02", "20060102",
	} {
		if t, err := time.Parse(layout, strings.TrimSpace(text)); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, errors.New("the text is no time of ISO 8601 such as 2024-01-31T00:00:00Z")
}

func inYears(t time.Time) bool { return t.Year() >= 1 && t.Year() <= 9999 }

// dateTimeAdd adds a duration. The reference shows the result without a format both as 4/7/2023 2:53:14 PM and, in its
// newer remarks, as 2023-03-02T00:00:00Z; the latter is what dateTimeToEpoch() can read.
func (e *eval) dateTimeAdd(args []Value) (Value, error) {
	t, err := parseTime(args, 0)
	if err != nil {
		return Value{}, err
	}
	text, err := str(args, 1)
	if err != nil {
		return Value{}, err
	}
	days, rest, err := parseDuration(text)
	if err != nil {
		return Value{}, err
	}
	if t = t.AddDate(0, 0, days).Add(rest); !inYears(t) {
		return Value{}, errDate
	}
	if len(args) < 3 {
		return Str(t.Format(iso)), nil
	}
	spec, err := str(args, 2)
	if err != nil {
		return Value{}, err
	}
	if !e.b.Room(40*len(spec) + 40) {
		return Value{}, errLimit
	}
	out, err := formatTime(t, spec)
	return Str(out), err
}

func (e *eval) dateTimeFromEpoch(args []Value) (Value, error) {
	n, err := whole(args, 0)
	if err != nil {
		return Value{}, err
	}
	t := time.Unix(n, 0).UTC()
	if n < -62135596800 || n > 253402300799 {
		return Value{}, errDate
	}
	return Str(t.Format(iso)), nil
}

func (e *eval) dateTimeToEpoch(args []Value) (Value, error) {
	t, err := parseTime(args, 0)
	if err != nil {
		return Value{}, err
	}
	return Number(t.Unix()), nil
}

var errDuration = errors.New("the text is no duration of ISO 8601 such as P1D or PT1H30M")

// parseDuration reads a duration of ISO 8601. A year has 365 days and a month has 30, as the examples of the reference
// have it: a month after 31 January 2023 is 2 March.
func parseDuration(text string) (days int, rest time.Duration, err error) {
	sign := 1
	if s, ok := strings.CutPrefix(text, "-"); ok {
		sign, text = -1, s
	}
	text, ok := strings.CutPrefix(text, "P")
	date, clock, timed := strings.Cut(text, "T")
	if !ok || text == "" || timed && clock == "" {
		return 0, 0, errDuration
	}
	total, err := amounts(date, "YMWD", []float64{365, 30, 7, 1})
	if err != nil || total != math.Trunc(total) || total > 4e6 {
		return 0, 0, errDuration
	}
	seconds, err := amounts(clock, "HMS", []float64{3600, 60, 1})
	if err != nil || seconds > 9e9 {
		return 0, 0, errDuration
	}
	days = int(total) + int(seconds/86400)
	return sign * days, time.Duration(sign) * time.Duration(math.Mod(seconds, 86400)*float64(time.Second)), nil
}

// amounts adds numbers that each stand before their unit; the units stand in their order.
func amounts(text, units string, worth []float64) (float64, error) {
	total := 0.0
	for text != "" {
		n := strings.IndexFunc(text, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
		if n <= 0 {
			return 0, errDuration
		}
		amount, err := strconv.ParseFloat(text[:n], 64)
		k := strings.IndexByte(units, text[n])
		if err != nil || k < 0 {
			return 0, errDuration
		}
		total += amount * worth[k]
		text, units, worth = text[n+1:], units[k+1:], worth[k+1:]
	}
	return total, nil
}

// standardTime are the standard formats of .NET in its invariant culture, written as custom ones
// (learn.microsoft.com/dotnet/standard/base-types/standard-date-and-time-format-strings).
var standardTime = map[byte]string{
	'd': "MM/dd/yyyy", 'D': "dddd, dd MMMM yyyy", 'f': "dddd, dd MMMM yyyy HH:mm", 'F': "dddd, dd MMMM yyyy HH:mm:ss",
	'g': "MM/dd/yyyy HH:mm", 'G': "MM/dd/yyyy HH:mm:ss", 'M': "MMMM dd", 'm': "MMMM dd",
	'O': "yyyy-MM-ddTHH:mm:ss.fffffffZ", 'o': "yyyy-MM-ddTHH:mm:ss.fffffffZ", 'R': "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
	'r': "ddd, dd MMM yyyy HH:mm:ss 'GMT'", 's': "yyyy-MM-ddTHH:mm:ss", 't': "HH:mm", 'T': "HH:mm:ss",
	'u': "yyyy-MM-dd HH:mm:ssZ", 'U': "dddd, dd MMMM yyyy HH:mm:ss", 'Y': "yyyy MMMM", 'y': "yyyy MMMM",
}

// formatTime writes a time of UTC in a format of .NET.
func formatTime(t time.Time, spec string) (string, error) {
	if len(spec) == 1 {
		custom, ok := standardTime[spec[0]]
		if !ok {
			return "", errors.New("a format of times that does not exist")
		}
		spec = custom
	}
	var b strings.Builder
	for i := 0; i < len(spec); {
		n := 1
		switch c := spec[i]; c {
		case '\'', '"':
			end := strings.IndexByte(spec[i+1:], c)
			if end < 0 {
				return "", errors.New("the format of times has a quote that is not closed")
			}
			b.WriteString(spec[i+1 : i+1+end])
			n = end + 2
		case '\\':
			if i+1 < len(spec) {
				b.WriteByte(spec[i+1])
			}
			n = 2
		case '%':
		default:
			for i+n < len(spec) && spec[i+n] == c {
				n++
			}
			if strings.IndexByte("dfFhHKmMstyz", c) < 0 {
				b.WriteString(spec[i : i+n])
			} else {
				b.WriteString(timePart(t, c, n))
			}
		}
		i += n
	}
	return b.String(), nil
}

// timePart is one custom specifier, repeated n times.
func timePart(t time.Time, c byte, n int) string {
	pad := func(value, width int) string { return digitsOf(int64(value), width) }
	switch c {
	case 'd':
		return [...]string{pad(t.Day(), min(n, 2)), t.Format("Mon"), t.Weekday().String()}[clamp(n-2, 2)]
	case 'M':
		return [...]string{pad(int(t.Month()), min(n, 2)), t.Format("Jan"), t.Month().String()}[clamp(n-2, 2)]
	case 'y':
		if n <= 2 {
			return pad(t.Year()%100, n)
		}
		return pad(t.Year(), min(n, 9))
	case 'h':
		return pad((t.Hour()+11)%12+1, min(n, 2))
	case 'H':
		return pad(t.Hour(), min(n, 2))
	case 'm':
		return pad(t.Minute(), min(n, 2))
	case 's':
		return pad(t.Second(), min(n, 2))
	case 't':
		return t.Format("PM")[:min(n, 2)]
	case 'f':
		return pad(t.Nanosecond(), 9)[:min(n, 7)]
	case 'F':
		return strings.TrimRight(pad(t.Nanosecond(), 9)[:min(n, 7)], "0")
	case 'z':
		return [...]string{"+0", "+00", "+00:00"}[clamp(n-1, 2)]
	}
	return "Z" // K, of UTC
}

func clamp(n, high int) int { return min(max(n, 0), high) }
