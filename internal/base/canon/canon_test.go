package canon

import (
	"encoding/hex"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gowebpki/jcs"
	"pgregory.net/rapid"

	"c4arch/internal/base/tree"
)

func parse(tb testing.TB, text string) tree.Value {
	tb.Helper()
	v, err := tree.ParseJSON([]byte(text), tree.Limits{})
	if err != nil {
		tb.Fatal(err)
	}
	return v
}

func encode(tb testing.TB, text string) string {
	tb.Helper()
	v := parse(tb, text)
	raw, _, err := Encode(&v)
	if err != nil {
		tb.Fatal(err)
	}
	return string(raw)
}

// RFC 8785 section 3.2.2 (the sample object), 3.2.3 (the order of names) and 3.2.4 (the bytes).
func TestRFC8785Samples(t *testing.T) {
	const sample = `{
  "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
  "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
  "literals": [null, true, false]
}`
	const want = `{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`
	// 333333333.33333329 does not survive being written as 333333333.3333333, so we tag it; the rest is as in the RFC.
	got := encode(t, strings.Replace(sample, "333333333.33333329", "333333333.3333333", 1))
	if got != want {
		t.Errorf("section 3.2.3:\n%s\nand not\n%s", got, want)
	}
	const hexWant = "7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c226e756d62657273223a" +
		"5b3333333333333333332e333333333333332c31652b33302c342e352c302e3030322c31652d3237" +
		"5d2c22737472696e67223a22e282ac245c75303030665c6e4127425c225c5c5c5c5c222f227d"
	if hex.EncodeToString([]byte(got)) != hexWant {
		t.Errorf("section 3.2.4: %x", got)
	}
	if got := encode(t, sample); !strings.Contains(got, `{"$number":"333333333.33333329"}`) {
		t.Errorf("a number that would be rounded: %s", got)
	}
	const names = `{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}`
	v := parse(t, encode(t, names))
	var order []string
	for _, m := range v.Members {
		order = append(order, m.Value.Text)
	}
	if want := []string{"Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis", "Euro Sign", "Emoji: Grinning Face", "Hebrew Letter Dalet With Dagesh"}; !slices.Equal(order, want) {
		t.Errorf("order %q", order)
	}
}

// RFC 8785 appendix B: IEEE 754 bit patterns and how they are written.
func TestRFC8785Numbers(t *testing.T) {
	for bits, want := range map[uint64]string{
		0x0000000000000000: "0", 0x8000000000000000: "0",
		0x0000000000000001: "5e-324", 0x8000000000000001: "-5e-324",
		0x7fefffffffffffff: "1.7976931348623157e+308", 0xffefffffffffffff: "-1.7976931348623157e+308",
		0x4340000000000000: "9007199254740992", 0xc340000000000000: "-9007199254740992",
		0x4430000000000000: "295147905179352830000",
		0x44b52d02c7e14af5: "9.999999999999997e+22", 0x44b52d02c7e14af6: "1e+23", 0x44b52d02c7e14af7: "1.0000000000000001e+23",
		0x444b1ae4d6e2ef4e: "999999999999999700000", 0x444b1ae4d6e2ef4f: "999999999999999900000", 0x444b1ae4d6e2ef50: "1e+21",
		0x3eb0c6f7a0b5ed8c: "9.999999999999997e-7", 0x3eb0c6f7a0b5ed8d: "0.000001",
		0x41b3de4355555553: "333333333.3333332", 0x41b3de4355555554: "333333333.33333325", 0x41b3de4355555555: "333333333.3333333",
		0x41b3de4355555556: "333333333.3333334", 0x41b3de4355555557: "333333333.33333343",
		0xbecbf647612f3696: "-0.0000033333333333333333", 0x43143ff3c1cb0959: "1424953923781206.2",
	} {
		f := math.Float64frombits(bits)
		if got := encode(t, strconv.FormatFloat(f, 'g', -1, 64)); got != want {
			t.Errorf("%016x: %s, not %s", bits, got, want)
		}
	}
}

func TestNumbersThatWouldRound(t *testing.T) {
	for literal, want := range map[string]string{
		"9007199254740993": `{"$number":"9007199254740993"}`, "9007199254740993.0": `{"$number":"9007199254740993"}`,
		"1e400": `{"$number":"1e400"}`, "1.0E+400": `{"$number":"1e400"}`, "10e399": `{"$number":"1e400"}`, "-12.50e400": `{"$number":"-1.25e401"}`,
		"1e-400": `{"$number":"1e-400"}`, "0.1000000000000000055": `{"$number":"0.1000000000000000055"}`, "123456789012345678": `{"$number":"123456789012345678"}`,
		"1e99999999999": `{"$number":"1e99999999999"}`,
		// These survive: they read back as what they say.
		"0.1": "0.1", "1.0": "1", "1e3": "1000", "100": "100", "-0": "0", "0e5": "0", "9007199254740992": "9007199254740992", "1e23": "1e+23", "1.50": "1.5",
	} {
		if got := encode(t, literal); got != want {
			t.Errorf("%s: %s, not %s", literal, got, want)
		}
	}
}

// An object of the input that looks like our tag is not taken for a number.
func TestTagIsNotForged(t *testing.T) {
	seen := map[string]string{}
	for _, text := range []string{"9007199254740993", `{"$number":"9007199254740993"}`, `{"$$number":"9007199254740993"}`, `"9007199254740993"`, `{"$number":"9007199254740993","$$number":1}`} {
		raw := encode(t, text)
		if seen[raw] != "" {
			t.Errorf("%s and %s have one form", text, seen[raw])
		}
		seen[raw] = text
		v, err := Decode(Raw(raw), nil)
		if err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
		if again, _, err := Encode(&v); err != nil || string(again) != raw {
			t.Errorf("%s became %s", raw, again)
		}
	}
}

func TestLinesOfLeaves(t *testing.T) {
	v := parse(t, "{\"b\":\n[\n1,\n{},\n[]\n],\n\"a\":\n{\"z\":\n9007199254740993,\"y\":\nnull}}")
	raw, lines, err := Encode(&v)
	if err != nil {
		t.Fatal(err)
	}
	if want := []int32{10, 9, 3, 4, 5}; !slices.Equal(lines, want) {
		t.Errorf("%s has lines %v, not %v", raw, lines, want)
	}
	back, err := Decode(raw, lines)
	if err != nil {
		t.Fatal(err)
	}
	if back.Get("b").Line != 3 || back.At("b[2]").Line != 5 || back.At("a.z").Line != 9 || back.At("a.z").Kind != tree.Number || back.Get("a").Line != 10 {
		t.Errorf("decoded: %+v", back)
	}
}

func TestDecodeRefuses(t *testing.T) {
	for _, text := range []string{
		"", " {}", "{} ", `{"a"}`, `{"a":}`, `{"a":1,}`, `[1,]`, `[1 2]`, `{"a":1 "b":2}`, `"`, `"\x"`, `"\u00"`, `"\ud83d"`, "tru", "01", "-", "1.", "1e", "{", "[", `{"$number":1}`,
		`{"$number":"x"}`, `{"$number":"1","a":1}`, `[`, `{"a`, `{a:1}`, strings.Repeat("[", MaxDepth+2) + strings.Repeat("]", MaxDepth+2),
	} {
		if _, err := Decode(Raw(text), nil); err == nil {
			t.Errorf("%.40q is accepted", text)
		}
	}
	for _, text := range []string{`{"b":1,"a":2}`, `{"a":1,"a":2}`, "1.0", "1e3", `"\/"`, `"\u0041"`, `"\u000a"`, "\"\xff\"", `{"$number":"1"}`, `{"$number":"1e0400"}`, "9007199254740993"} {
		if Check(Raw(text)) == nil {
			t.Errorf("%s is taken for canonical", text)
		}
	}
	for _, text := range []string{`{}`, `[]`, `null`, `"\n\u001f\u007f€\\"`, `{"$$number":"1"}`, `{"$number":"1e400"}`} {
		text = strings.ReplaceAll(text, `\u007f`, "\x7f")
		if err := Check(Raw(text)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// value draws any value whose numbers survive.
func value(depth int) *rapid.Generator[tree.Value] {
	return rapid.Custom(func(t *rapid.T) tree.Value {
		kinds := 6
		if depth == 0 {
			kinds = 4
		}
		switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
		case 0:
			return tree.Value{}
		case 1:
			return tree.Value{Kind: tree.Bool, Text: strconv.FormatBool(rapid.Bool().Draw(t, "bool"))}
		case 2:
			if rapid.Bool().Draw(t, "whole") {
				return tree.Value{Kind: tree.Number, Text: strconv.Itoa(rapid.IntRange(-1<<53, 1<<53).Draw(t, "int"))}
			}
			f := rapid.Float64Range(-1e300, 1e300).Draw(t, "float")
			return tree.Value{Kind: tree.Number, Text: strconv.FormatFloat(f, 'e', -1, 64)}
		case 3:
			return tree.Str(rapid.String().Draw(t, "string"))
		case 4:
			return tree.Value{Kind: tree.Array, Items: rapid.SliceOfN(value(depth-1), 0, 4).Draw(t, "items")}
		}
		v := tree.Value{Kind: tree.Object}
		for _, name := range rapid.SliceOfNDistinct(rapid.String(), 0, 4, rapid.ID).Draw(t, "names") {
			v.Members = append(v.Members, tree.Member{Name: name, Value: value(depth-1).Draw(t, "member")})
		}
		return v
	})
}

// A second opinion: gowebpki/jcs, another implementation of RFC 8785.
func TestAgainstJCS(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := value(4).Draw(t, "value")
		raw, lines, err := Encode(&v)
		if err != nil {
			t.Fatal(err)
		}
		boxed := `{"x":` + string(raw) + `}` // jcs takes objects and arrays only
		want, err := jcs.Transform([]byte(boxed))
		if err != nil {
			t.Fatal(err)
		}
		if string(want) != boxed {
			t.Fatalf("%s, jcs says %s", boxed, want)
		}
		back, err := Decode(raw, lines)
		if err != nil {
			t.Fatal(err)
		}
		again, _, err := Encode(&back)
		if err != nil || string(again) != string(raw) {
			t.Fatalf("%s became %s", raw, again)
		}
	})
}

// The order of names and items of white space does not matter, and nothing else is lost.
func TestOneFormForEachValue(t *testing.T) {
	if encode(t, `{"a":1,"b":[1,2]}`) != encode(t, ` {"b" : [1.0,2e0] , "a":1.00}`) {
		t.Error("one value, two forms")
	}
	forms := map[string]string{}
	for _, text := range []string{`{}`, `[]`, `null`, `""`, `"null"`, `0`, `"0"`, `false`, `[[]]`, `[null]`, `{"a":null}`, `{"a":{}}`, `{"a":[]}`, `{"":0}`, `[0]`, `[1,2]`, `[2,1]`, `[12]`, `"a"`, `"A"`} {
		raw := encode(t, text)
		if forms[raw] != "" {
			t.Errorf("%s and %s have one form", text, forms[raw])
		}
		forms[raw] = text
	}
}

func TestSum(t *testing.T) {
	if got := Sum(nil); got != "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" {
		t.Error(got)
	}
}

func FuzzDecode(f *testing.F) {
	for _, text := range []string{`{"a":[1,true,null,"x\n"]}`, `{"$$number":"1"}`, `{"a":{"$number":"1e400"}}`, `"\u001f"`, `{"a":1,"b":{}}`, `[`, `"\`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := Decode(data, nil)
		if err != nil || Check(data) != nil {
			return
		}
		raw, lines, err := Encode(&v)
		if err != nil || string(raw) != string(data) {
			t.Fatalf("%q became %q, %v", data, raw, err)
		}
		n := 0
		for range v.Leaves() {
			n++
		}
		if n != len(lines) {
			t.Fatalf("%d leaves, %d lines", n, len(lines))
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	v := parse(b, `{"id":"/subscriptions/x","properties":{"a":[1,2,3],"hosts":["a.contoso.com","b.contoso.com"],"on":true,"none":null},"tags":{"env":"prod"}}`)
	raw, lines, err := Encode(&v)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		if _, err := Decode(raw, lines); err != nil {
			b.Fatal(err)
		}
	}
}
