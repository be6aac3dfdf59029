package function

import (
	"encoding/csv"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// csvSize reads a table once for its size alone. What is wrong with it is left to the reader proper.
func csvSize(args []cty.Value) error {
	r := csv.NewReader(strings.NewReader(text(args[0])))
	r.FieldsPerRecord, r.ReuseRecord = -1, true
	rows, cells := 0, 0
	for {
		row, err := r.Read()
		if err != nil {
			return nil
		}
		rows, cells = rows+1, cells+len(row)
		if cells > maxNodes {
			return limit("it makes more than %d values", maxNodes)
		}
		if err := tooMany(max(rows-1, len(row))); err != nil {
			return err
		}
	}
}

// jsonSize measures a JSON text without reading it: what has no bound in the reader proper is the depth, the number of
// values and the digits of a number.
func jsonSize(args []cty.Value) error { return jsonShape(text(args[0])) }

func jsonShape(s string) error {
	depth, values, digits := 0, 0, 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= '0' && c <= '9' || c == '.' {
			if digits++; digits > maxExponent {
				return limit("it is given a number of more than %d digits", maxExponent)
			}
			continue
		}
		digits = 0
		switch c {
		case '"':
			i = endOfString(s, i)
		case '[', '{':
			depth++
			values++
		case ']', '}':
			depth--
		case ',':
			values++
		}
		switch {
		case depth > maxDepth:
			return limit("it makes values more than %d deep", maxDepth)
		case values > maxNodes:
			return limit("it makes more than %d values", maxNodes)
		}
	}
	return nil
}

// endOfString returns where the string that starts at s[i] ends.
func endOfString(s string, i int) int {
	for i++; i < len(s) && s[i] != '"'; i++ {
		if s[i] == '\\' {
			i++
		}
	}
	return i
}
