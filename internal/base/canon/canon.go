// Package canon turns a value into the one sequence of bytes that stands for it,
// so that equal content has equal digests: JSON canonicalised as in RFC 8785 (JCS).
//
// JCS writes every number as an IEEE 754 double. A number that would come out as a
// different number (9007199254740993, 1e400, 0.1000000000000000055) is first replaced by the
// object {"$number":"..."} with its exact decimal, so that no change can vanish in rounding.
// So that no two values share their bytes, a name of the input that is "$number", with any
// number of dollar signs before it, gets one more.
package canon

import (
	"crypto/sha256"
	"encoding/hex"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/go-json-experiment/json/jsontext"

	"c4arch/internal/base/tree"
)

// Raw is canonical JSON. It is immutable from birth.
type Raw []byte

// Digest is a SHA-256 in lower-case hexadecimal, prefixed "sha256:".
type Digest string

// Sum returns the digest of b.
func Sum(b []byte) Digest {
	s := sha256.Sum256(b)
	return Digest("sha256:" + hex.EncodeToString(s[:]))
}

// NumberTag is the name of the member that keeps a number RFC 8785 would change.
const NumberTag = "$number"

// tagged reports whether name is NumberTag behind any number of further dollar signs.
func tagged(name string) bool {
	return strings.HasSuffix(name, NumberTag) && strings.Trim(name[:len(name)-len(NumberTag)], "$") == ""
}

// written is the name as the canonical form has it.
func written(name string) string {
	if tagged(name) {
		return "$" + name
	}
	return name
}

// Encode returns the canonical form of v, and the line of each leaf (a scalar, an
// empty array or an empty object) in the order in which the leaves stand in it.
// v's members are sorted in place.
func Encode(v *tree.Value) (Raw, []int32, error) {
	raw, lines, _, err := EncodePlaces(v)
	return raw, lines, err
}

// EncodePlaces is Encode with the columns of the leaves too, which are nil when none is known.
func EncodePlaces(v *tree.Value) (Raw, []int32, []int32, error) {
	e := encoder{buf: make([]byte, 0, 512)}
	e.value(v)
	raw := jsontext.Value(e.buf)
	// Sorting is done; this writes numbers and strings as ECMAScript does, and refuses
	// duplicate names and text that is not valid UTF-8.
	if err := raw.Canonicalize(); err != nil {
		return nil, nil, nil, err
	}
	return Raw(raw), e.lines, e.columns, nil
}

type encoder struct {
	buf   []byte
	lines []int32
	// columns is nil until a leaf has one, then as long as lines.
	columns []int32
}

func (e *encoder) value(v *tree.Value) {
	switch v.Kind {
	case tree.Null:
		e.buf = append(e.buf, "null"...)
	case tree.Bool:
		e.buf = append(e.buf, v.Text...)
	case tree.Number:
		if Survives(v.Text) {
			e.buf = append(e.buf, v.Text...)
		} else {
			e.buf = append(e.buf, `{"`+NumberTag+`":`...)
			e.str(exact(v.Text))
			e.buf = append(e.buf, '}')
		}
	case tree.String:
		e.str(v.Text)
	case tree.Array:
		if len(v.Items) == 0 {
			e.buf = append(e.buf, "[]"...)
			break
		}
		for i := range v.Items {
			e.buf = append(e.buf, sep('[', i))
			e.value(&v.Items[i])
		}
		e.buf = append(e.buf, ']')
		return
	case tree.Object:
		if len(v.Members) == 0 {
			e.buf = append(e.buf, "{}"...)
			break
		}
		if !slices.IsSortedFunc(v.Members, compareMembers) {
			slices.SortFunc(v.Members, compareMembers)
		}
		for i := range v.Members {
			e.buf = append(e.buf, sep('{', i))
			e.str(written(v.Members[i].Name))
			e.buf = append(e.buf, ':')
			e.value(&v.Members[i].Value)
		}
		e.buf = append(e.buf, '}')
		return
	}
	if v.Column > 0 && e.columns == nil {
		e.columns = make([]int32, len(e.lines), len(e.lines)+16)
	}
	e.lines = append(e.lines, v.Line)
	if e.columns != nil {
		e.columns = append(e.columns, int32(v.Column))
	}
}

func compareMembers(a, b tree.Member) int { return CompareNames(written(a.Name), written(b.Name)) }

func sep(open byte, i int) byte {
	if i == 0 {
		return open
	}
	return ','
}

func (e *encoder) str(s string) {
	// AppendQuote replaces invalid UTF-8; Decode has refused it before.
	e.buf, _ = jsontext.AppendQuote(e.buf, s)
}

// CompareNames orders names by their UTF-16 code units, as RFC 8785 section 3.2.3 asks.
func CompareNames(a, b string) int {
	for i := 0; i < len(a) && i < len(b); i++ {
		if a[i] >= 0x80 || b[i] >= 0x80 {
			return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
		}
		if a[i] != b[i] {
			return int(a[i]) - int(b[i])
		}
	}
	return len(a) - len(b)
}

// exact writes a number literal in the one way in which it is kept: 1.0e400, 1E+400 and 10e399
// are all 1e400.
func exact(literal string) string {
	mantissa, exponent := literal, 0
	if i := strings.IndexAny(literal, "eE"); i >= 0 {
		n, err := strconv.ParseInt(literal[i+1:], 10, 32)
		if err != nil {
			return literal // an exponent beyond two thousand million: nobody's measure of anything
		}
		mantissa, exponent = literal[:i], int(n)
	}
	sign := ""
	if strings.HasPrefix(mantissa, "-") {
		sign, mantissa = "-", mantissa[1:]
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	exponent -= len(fraction)
	digits := strings.TrimLeft(whole+fraction, "0")
	if digits == "" {
		return "0"
	}
	trimmed := strings.TrimRight(digits, "0")
	exponent += len(digits) - len(trimmed)
	switch point := len(trimmed) + exponent; {
	case exponent >= 0 && point <= 40:
		return sign + trimmed + strings.Repeat("0", exponent)
	case point > 0 && point <= 40:
		return sign + trimmed[:point] + "." + trimmed[point:]
	case point <= 0 && point > -40:
		return sign + "0." + strings.Repeat("0", -point) + trimmed
	default:
		s := sign + trimmed[:1]
		if len(trimmed) > 1 {
			s += "." + trimmed[1:]
		}
		return s + "e" + strconv.Itoa(point-1)
	}
}

// Survives reports whether the JSON number literal denotes exactly the same number
// after it has been written as RFC 8785 writes it: as the shortest decimal that
// reads back as the nearest double. 0.1 survives, since it comes out as 0.1.
func Survives(literal string) bool {
	if len(literal) <= 15 && !strings.ContainsAny(literal, ".eE") {
		return true // an integer below 10^15
	}
	f, err := strconv.ParseFloat(literal, 64)
	if err != nil {
		return false
	}
	if len(literal) > 400 {
		return false
	}
	if i := strings.IndexAny(literal, "eE"); i >= 0 {
		exp, err := strconv.Atoi(literal[i+1:])
		if err != nil || exp > 400 || exp < -800 {
			return false
		}
	}
	want, ok := new(big.Rat).SetString(literal)
	if !ok {
		return false
	}
	got, ok := new(big.Rat).SetString(strconv.FormatFloat(f, 'g', -1, 64))
	return ok && want.Cmp(got) == 0
}
