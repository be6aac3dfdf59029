package lang

import (
	"errors"
	"math/big"
	"strconv"
	"strings"
)

// formatFunctions is format(), the composite formatting of .NET
// (learn.microsoft.com/dotnet/standard/base-types/composite-formatting).
func formatFunctions() []function {
	return []function{{name: "format", min: 1, max: -1, need: needNothing, call: (*eval).format}}
}

var errFormat = errors.New("the format is wrong: a brace stands alone or a hole is not {index,width:format}")

// hole is {index,width:format}.
type hole struct {
	arg   int
	width int // below zero: the value stands left
	spec  string
}

func (e *eval) format(args []Value) (Value, error) {
	if args[0].open() {
		return Value{}, errOpen
	}
	text, err := str(args, 0)
	if err != nil {
		return Value{}, err
	}
	j := joiner{e: e}
	for text != "" {
		i := strings.IndexAny(text, "{}")
		if i < 0 {
			j.text(text)
			break
		}
		if i+1 < len(text) && text[i+1] == text[i] {
			j.text(text[:i+1])
			text = text[i+2:]
			continue
		}
		end := strings.IndexByte(text[i:], '}')
		if text[i] == '}' || end < 0 {
			return Value{}, errFormat
		}
		h, err := parseHole(text[i+1 : i+end])
		if err != nil {
			return Value{}, err
		}
		if h.arg+1 >= len(args) {
			return Value{}, errors.New("hole " + strconv.Itoa(h.arg) + " has no argument")
		}
		filled, err := e.fill(h, args[h.arg+1])
		if err != nil {
			return Value{}, err
		}
		j.text(text[:i])
		if j.value(&filled); j.full {
			break
		}
		text = text[i+end+1:]
	}
	return j.done()
}

func parseHole(text string) (hole, error) {
	head, spec, _ := strings.Cut(text, ":")
	index, width, aligned := strings.Cut(head, ",")
	h := hole{spec: spec}
	var err error
	if h.arg, err = strconv.Atoi(strings.TrimSpace(index)); err != nil || h.arg < 0 || h.arg > 1<<20 {
		return h, errFormat
	}
	if aligned {
		if h.width, err = strconv.Atoi(strings.TrimSpace(width)); err != nil || h.width > 1<<20 || h.width < -1<<20 {
			return h, errFormat
		}
	}
	if strings.ContainsAny(spec, "{}") {
		return h, errFormat
	}
	return h, nil
}

// fill is a value in its hole. What is open stays open; where the hole says more than where it stands, in a format of its own.
func (e *eval) fill(h hole, v Value) (Value, error) {
	if v.open() {
		if h.width == 0 && (h.spec == "" || v.Kind == String) {
			return v, nil
		}
		w := writer{max: maxWords, b: []byte("format('{0")}
		if h.width != 0 {
			w.b = strconv.AppendInt(append(w.b, ','), int64(h.width), 10)
		}
		if h.spec != "" {
			w.b = append(append(w.b, ':'), strings.ReplaceAll(h.spec, "'", "''")...)
		}
		w.b = append(w.b, "}', "...)
		w.open(&v)
		w.b = append(w.b, ')')
		if len(w.b) > maxWords {
			return Value{}, errOpen
		}
		return Value{Kind: Open, Text: words(string(w.b)), Why: v.Reason(), Secure: v.HasSecure()}, nil
	}
	text, err := e.shaped(v, h.spec)
	if err != nil {
		return Value{}, err
	}
	missing := 0
	if h.width != 0 {
		missing = max(h.width, -h.width) - units(text)
	}
	if missing > 0 {
		if !e.b.Room(missing) {
			return Value{}, errLimit
		}
		if h.width > 0 {
			text = strings.Repeat(" ", missing) + text
		} else {
			text += strings.Repeat(" ", missing)
		}
	}
	filled := Str(text)
	filled.Secure = v.HasSecure()
	return filled, nil
}

// shaped is a value in a format. Only numbers heed one.
func (e *eval) shaped(v Value, spec string) (string, error) {
	switch {
	case v.Kind == Array || v.Kind == Object:
		return e.key(&v)
	case v.Kind == Float && spec != "":
		return "", errOpen
	case v.Kind != Int || spec == "":
		return v.Str(), nil
	}
	return shapeInt(v.Int, spec)
}

// shapeInt writes an integer in a standard format (D, F, G, N, P, X with a number of digits), or in a custom one of zeros
// (learn.microsoft.com/dotnet/standard/base-types/standard-numeric-format-strings).
func shapeInt(n int64, spec string) (string, error) {
	if strings.Trim(spec, "0") == "" {
		return digitsOf(n, len(spec)), nil
	}
	digits := -1
	if len(spec) > 1 {
		var err error
		if digits, err = strconv.Atoi(spec[1:]); err != nil || digits < 0 || digits > 1000 {
			return "", errors.New("a format of numbers that is not known here")
		}
	}
	switch spec[0] {
	case 'd', 'D':
		return digitsOf(n, digits), nil
	case 'g', 'G':
		if digits <= 0 || digits >= 19 || len(digitsOf(n, 0)) <= digits {
			return digitsOf(n, 0), nil
		}
	case 'x', 'X':
		text := strconv.FormatUint(uint64(n), 16)
		if n < 0 && n >= -1<<31 {
			text = strconv.FormatUint(uint64(uint32(n)), 16) // .NET writes a small integer with 32 bits
		}
		if spec[0] == 'X' {
			text = strings.ToUpper(text)
		}
		return strings.Repeat("0", max(0, digits-len(text))) + text, nil
	case 'f', 'F':
		return digitsOf(n, 0) + decimals(digits), nil
	case 'n', 'N':
		return thousands(digitsOf(n, 0)) + decimals(digits), nil
	case 'p', 'P':
		hundred := new(big.Int).Mul(big.NewInt(n), big.NewInt(100))
		return thousands(hundred.String()) + decimals(digits) + " %", nil
	}
	return "", errors.New("a format of numbers that is not known here")
}

// digitsOf writes an integer with at least so many digits.
func digitsOf(n int64, digits int) string {
	text := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, text = "-", text[1:]
	}
	return sign + strings.Repeat("0", max(0, digits-len(text))) + text
}

// decimals are the zeros behind the point: two where no number is given.
func decimals(digits int) string {
	switch {
	case digits < 0:
		return ".00"
	case digits == 0:
		return ""
	}
	return "." + strings.Repeat("0", digits)
}

// thousands puts a comma before each group of three digits.
func thousands(text string) string {
	sign := ""
	if strings.HasPrefix(text, "-") {
		sign, text = "-", text[1:]
	}
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return sign + text
}
