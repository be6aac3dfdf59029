package lang

import (
	"errors"
	"strings"
	"testing"
	"time"

	"c4arch/internal/arch/evidence"
)

// TestFaults: what is wrong is said once, in words that hold no values, and the expression stays as text.
func TestFaults(t *testing.T) {
	for _, x := range []struct{ text, want, fault string }{
		{`nosuch('a', add(1, 1))`, `open ${nosuch('a', 2)} <fault>`, "nosuch: there is no function of that name"},
		{`nosuch.other()`, `open ${nosuch.other()} <fault>`, "nosuch.other: there is no such function"},
		{`parameters('missing')`, `open ${parameters('missing')} <fault>`, "parameters: there is no missing"},
		{`parameters(1)`, `open ${parameters(1)} <fault>`, "parameters: takes a name"},
		{`variables()`, `open ${variables()} <fault>`, "variables: has 0 arguments and takes 1"},
		{`copyIndex(1, 2, 3)`, `open ${copyIndex(1, 2, 3)} <fault>`, "copyIndex: has 3 arguments and takes 0 to 2"},
		{`min()`, `open ${min()} <fault>`, "min: has 0 arguments and takes at least 1"},
		{`copyIndex('none')`, `open ${copyIndex('none')} <fault>`, "copyIndex: there is no loop none"},
		{`copyIndex(1, 'a')`, `open ${copyIndex(1, 'a')} <fault>`, "copyIndex: takes the name of a loop and an offset"},
		{`add(1, 'x')`, `open ${add(1, 'x')} <fault>`, "add: argument 2 is a text and not an integer"},
		{`div(1, 0)`, `open ${div(1, 0)} <fault>`, "div: divides by zero"},
		{`mod(1, 0)`, `open ${mod(1, 0)} <fault>`, "mod: divides by zero"},
		{`add(9223372036854775807, 1)`, `open ${add(9223372036854775807, 1)} <fault>`, "add: the result is no integer of 64 bits"},
		{`sub(-9223372036854775808, 1)`, `open ${sub(-9223372036854775808, 1)} <fault>`, "sub: the result is no integer of 64 bits"},
		{`mul(-1, -9223372036854775808)`, `open ${mul(-1, -9223372036854775808)} <fault>`, "mul: the result is no integer of 64 bits"},
		{`mul(4611686018427387904, 2)`, `open ${mul(4611686018427387904, 2)} <fault>`, "mul: the result is no integer of 64 bits"},
		{`div(-9223372036854775808, -1)`, `open ${div(-9223372036854775808, -1)} <fault>`, "div: the result is no integer of 64 bits"},
		{`copyIndex(9223372036854775807)`, `open ${copyIndex(9223372036854775807)} <fault>`, "copyIndex: the result is no integer of 64 bits"},
		{`int('x')`, `open ${int('x')} <fault>`, "int: the text is no integer of 64 bits"},
		{`int(1.5)`, `open ${int(1.5)} <fault>`, "int: the number is no integer of 64 bits"},
		{`float('x')`, `open ${float('x')} <fault>`, "float: the text is no number"},
		{`max('a')`, `open ${max('a')} <fault>`, "max: takes an integer, not a text"},
		{`max(createArray())`, `open ${max(createArray())} <fault>`, "max: takes at least one integer"},
		{`concat('a', createArray())`, `open ${concat('a', createArray())} <fault>`, "concat: texts and arrays do not join"},
		{`concat('a', null())`, `open ${concat('a', null())} <fault>`, "concat: argument 2 is null and not a text or an array"},
		{`range(0, 10001)`, `open ${range(0, 10001)} <fault>`, "range: the count is not between 0 and 10000"},
		{`range(2147483647, 1)`, `open ${range(2147483647, 1)} <fault>`, "range: start and count together exceed 2147483647"},
		{`substring('abc', 2, 2)`, `open ${substring('abc', 2, 2)} <fault>`, "substring: start and length do not lie within the text"},
		{`substring('abc', -1)`, `open ${substring('abc', -1)} <fault>`, "substring: start and length do not lie within the text"},
		{`padLeft('a', 3, 'xy')`, `open ${padLeft('a', 3, 'xy')} <fault>`, "padLeft: argument 3 is not one character"},
		{`replace('a', '', 'b')`, `open ${replace('a', '', 'b')} <fault>`, "replace: the text to be replaced is empty"},
		{`length(5)`, `open ${length(5)} <fault>`, "length: takes a text, an array or an object, not an integer"},
		{`format('{0}')`, `open ${format('{0}')} <fault>`, "format: hole 0 has no argument"},
		{`format('{', 1)`, `open ${format('(', 1)} <fault>`, "format: the format is wrong: a brace stands alone or a hole is not {index,width:format}"},
		{`format('}', 1)`, `open ${format(')', 1)} <fault>`, "format: the format is wrong: a brace stands alone or a hole is not {index,width:format}"},
		{`format('{0:Q9}', 1)`, `open ${format('{0:Q9}', 1)} <fault>`, "format: a format of numbers that is not known here"},
		{`json('{')`, `open ${json('(')} <fault>`, "json: the text is no JSON"},
		{`json('[1,]')`, `open ${json('[1,]')} <fault>`, "json: the text is no JSON"},
		{`json('1 2')`, `open ${json('1 2')} <fault>`, "json: the text is no JSON"},
		{`json('"\x"')`, `open ${json('"\x"')} <fault>`, "json: the text is no JSON"},
		{`base64ToString('?')`, `open ${base64ToString('?')} <fault>`, "base64ToString: the text is not in base64"},
		{`dataUriToString('x')`, `open ${dataUriToString('x')} <fault>`, "dataUriToString: the text is no data URI"},
		{`uri('x', 'y')`, `open ${uri('x', 'y')} <fault>`, "uri: the base is no absolute URI"},
		{`bool('x')`, `open ${bool('x')} <fault>`, "bool: the text is neither true nor false"},
		{`not(1)`, `open ${not(1)} <fault>`, "not: takes a boolean, not an integer"},
		{`and(1, true())`, `open ${and(1, true())} <fault>`, "and: argument 1 is an integer and not a boolean"},
		{`if('a', 1, div(1, 0))`, `open ${if('a', 1, div(1, 0))} <fault>`, "if: the condition is a text and not a boolean"},
		{`less(1, 'a')`, `open ${less(1, 'a')} <fault>`, "less: takes two numbers or two texts, not an integer and a text"},
		{`createObject('a')`, `open ${createObject('a')} <fault>`, "createObject: takes pairs of a name and a value"},
		{`union(createArray(), createObject())`, `open ${union(createArray(), createObject())} <fault>`, "union: arrays and objects do not mix"},
		{`flatten(createArray(1))`, `open ${flatten(createArray(1))} <fault>`, "flatten: the array holds an integer, which is no array"},
		{`parameters('firstObject').none`, `open ${createObject('one', 'a', 'two', 'b', 'three', 'c').none} <fault>`, `the object has no property "none"; it has one, two, three`},
		{`variables('letters')[3]`, `open ${createArray('one', 'two', 'three')[3]} <fault>`, "index 3 is outside of the array of 3 items"},
		{`variables('letters')[-1]`, `open ${createArray('one', 'two', 'three')[-1]} <fault>`, "index -1 is outside of the array of 3 items"},
		{`parameters('name').x`, `open ${'Shop'.x} <fault>`, "a text has no property by name"},
		{`parameters('name')[0]`, `open ${'Shop'[0]} <fault>`, "a text has no item by number"},
		{`parameters('nothing').x`, `open ${null().x} <fault>`, "null has no property by name"},
		{`parameters('locked').hunter2`, `open ${parameters('locked').hunter2} <fault> secret`, `the object has no property "hunter2"`},
		{`variables('letters')[parameters('secret')]`, `open ${variables('letters')[parameters('secret')]} <fault> secret`, "an array has no property by name"},
		{`indexFromEnd(variables('letters'), 4)`, `open ${indexFromEnd(createArray('one', 'two', 'three'), 4)} <fault>`, "indexFromEnd: index -1 is outside of the array of 3 items"},
		{`lambda('x', 1)`, `open ${lambda('x', 1)} <fault>`, "lambda: stands only as an argument of filter, map, mapValues, reduce, sort, groupBy or toObject"},
		{`lambdaVariables('x')`, `open ${lambdaVariables('x')} <fault>`, "lambdaVariables: no lambda around has a variable of that name"},
		{`map(createArray(1), 5)`, `open ${map(createArray(1), 5)} <fault>`, "map: takes a lambda"},
		{`map('a', lambda('x', 1))`, `open ${map('a', lambda('x', 1))} <fault>`, "map: argument 1 is a text and not an array"},
		{`map(createArray(1), lambda('x', 'y', 'z', 1))`, `open ${map(createArray(1), lambda('x', 'y', 'z', 1))} <fault>`, "map: a lambda has 3 variables and may have 2"},
		{`filter(createArray(1), lambda('x', 1))`, `open ${filter(createArray(1), lambda('x', 1))} <fault>`, "filter: the lambda gives an integer and not a boolean"},
		{`resourceId('A.B/c')`, `open ${resourceId('A.B/c')} <fault>`, "resourceId: has 1 arguments and takes at least 2"},
		{`resourceId('A.B/c', 'd', 'e')`, `open ${resourceId('A.B/c', 'd', 'e')} <fault>`, "resourceId: the type has 1 segments behind its provider and 2 names are given"},
		{`resourceId('a', 'b', 'c')`, `open ${resourceId('a', 'b', 'c')} <fault>`, "resourceId: no argument is a resource type such as Microsoft.Storage/storageAccounts"},
		{`resourceId('a', 'b', 'c', 'A.B/c', 'd')`, `open ${resourceId('a', 'b', 'c', 'A.B/c', 'd')} <fault>`, "resourceId: at most a subscription and a resource group stand before the type"},
		{`cidrSubnet('10.0.0.0/24', 26, 4)`, `open ${cidrSubnet('10.0.0.0/24', 26, 4)} <fault>`, "cidrSubnet: the range has no subnet of that index"},
		{`cidrSubnet('10.0.0.0/24', 23, 0)`, `open ${cidrSubnet('10.0.0.0/24', 23, 0)} <fault>`, "cidrSubnet: the new prefix does not lie within the range"},
		{`cidrHost('10.0.0.0/24', 254)`, `open ${cidrHost('10.0.0.0/24', 254)} <fault>`, "cidrHost: the range has no host of that index"},
		{`cidrHost('x', 1)`, `open ${cidrHost('x', 1)} <fault>`, "cidrHost: the text is no address range such as 10.0.0.0/16"},
		{`dateTimeAdd('soon', 'P1D')`, `open ${dateTimeAdd('soon', 'P1D')} <fault>`, "dateTimeAdd: the text is no time of ISO 8601 such as 2024-01-31T00:00:00Z"},
		{`dateTimeAdd('2024-01-31', '1D')`, `open ${dateTimeAdd('2024-01-31', '1D')} <fault>`, "dateTimeAdd: the text is no duration of ISO 8601 such as P1D or PT1H30M"},
		{`dateTimeAdd('2024-01-31', 'P9999Y')`, `open ${dateTimeAdd('2024-01-31', 'P9999Y')} <fault>`, "dateTimeAdd: the time does not lie in the years 1 to 9999"},
		{`dateTimeFromEpoch(9223372036854775807)`, `open ${dateTimeFromEpoch(9223372036854775807)} <fault>`, "dateTimeFromEpoch: the time does not lie in the years 1 to 9999"},
		{`fail('Pick another name')`, `open ${fail('Pick another name')} <fault>`, "fail: the template refuses its values: Pick another name"},
		{`fail(parameters('secret'))`, `open ${fail(parameters('secret'))} <fault> secret`, "fail: the template refuses its values"},
		{`concat('x-', add('a', 1))`, `"x-${add('a', 1)}" <fault>`, "add: argument 1 is a text and not an integer"},
		{`createArray(div(1, 0), div(1, 0))`, `[${div(1, 0)},${div(1, 0)}] <fault>`, "div: divides by zero"},
	} {
		v, b := run(t, newWorld(), x.text)
		if got := show(v); got != x.want {
			t.Errorf("%s\n got %s\nwant %s", x.text, got, x.want)
		}
		if f := b.Faults(); len(f) != 1 || f[0].Message != x.fault {
			t.Errorf("%s: faults %q, want %q", x.text, f, x.fault)
		}
	}
}

// looped is a world in which a variable asks for itself.
type looped struct {
	*world
	e *Expr
	b *Budget
}

func (l *looped) Variable(string) (Value, error) { return l.e.Eval(l, l.b), nil }

func (l *looped) UserFunction(string, string, []Value) (Value, error) {
	return Value{}, errors.New("no")
}

func TestCircle(t *testing.T) {
	e, err := Parse("[concat(variables('self'), variables('self'))]")
	if err != nil {
		t.Fatal(err)
	}
	l := &looped{newWorld(), e, NewBudget(100_000, 1<<20)}
	if v := e.Eval(l, l.b); v.Reason() != evidence.UnknownLimit {
		t.Errorf("%s", show(v))
	}
}

// TestBounded: expressions that would take ages, or all memory, end soon.
func TestBounded(t *testing.T) {
	nested := `'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'`
	for range 25 {
		nested = `reduce(range(0, 10), ` + nested + `, lambda('a', 'b', concat(lambdaVariables('a'), lambdaVariables('a'))))`
	}
	loops := `1`
	for range 20 {
		loops = `map(range(0, 1000), lambda('x', ` + loops + `))`
	}
	half := `parameters('open')`
	for range 20 {
		half = `filter(createArray(1, 2), lambda('x', equals(1, length(` + half + `))))`
	}
	for name, text := range map[string]string{
		"range":     `range(0, 1000000000)`,
		"pad":       `padLeft('x', 9223372036854775807)`,
		"pad wide":  `padLeft('x', 10000000, '€')`,
		"doubling":  nested,
		"loops":     loops,
		"half open": half,
		"sharing":   `reduce(range(0, 10000), createArray(1), lambda('a', 'b', createArray(lambdaVariables('a'), lambdaVariables('a'))))`,
		"depth":     `reduce(range(0, 10000), 0, lambda('a', 'b', createArray(lambdaVariables('a'))))`,
		"objects":   `reduce(range(0, 10000), createObject(), lambda('a', 'b', createObject('x', lambdaVariables('a'), 'y', lambdaVariables('a'))))`,
		"growing":   `reduce(range(0, 10000), createArray(), lambda('a', 'b', concat(lambdaVariables('a'), range(0, 10000))))`,
		"replace":   `reduce(range(0, 100), 'aa', lambda('a', 'b', replace(lambdaVariables('a'), 'a', 'aaaaaaaaaa')))`,
		"join":      `join(map(range(0, 10000), lambda('i', padLeft('', 1000))), padLeft('', 100000))`,
		"format":    `format('` + strings.Repeat("{0}", 50_000) + `', padLeft('', 100000))`,
		"string":    `string(map(range(0, 10000), lambda('i', padLeft('', 10000))))`,
		"same text": `reduce(range(0, 3), padLeft('', 200000), lambda('s', 'i', string(map(range(0, 10000), lambda('j', lambdaVariables('s'))))))`,
		"split":     `reduce(range(0, 1000), createArray(), lambda('s', 'i', split(padLeft('', 200000, ','), createArray('x', 'y', ','))))`,
		"union":     `reduce(range(0, 10000), createObject(), lambda('o', 'i', union(lambdaVariables('o'), createObject(string(lambdaVariables('i')), 1))))`,
		"sort":      `sort(range(0, 10000), lambda('a', 'b', equals(1, length(sort(range(0, 100), lambda('c', 'd', true()))))))`,
		"brackets":  `concat('` + strings.Repeat("@(", 60_000) + `', parameters('open'))`,
		"marks":     `map(range(0, 10000), lambda('x', empty(concat('` + strings.Repeat("${", 60_000) + `', parameters('open')))))`,
		"path":      `parameters('open')` + strings.Repeat(".a", 100_000),
		"open long": `reduce(range(0, 10000), parameters('open'), lambda('a', 'b', toLower(concat(lambdaVariables('a'), lambdaVariables('a'), 'x'))))`,
	} {
		t.Run(name, func(t *testing.T) {
			e, err := Parse("[" + text + "]")
			if err != nil {
				t.Fatal(err)
			}
			b := NewBudget(500_000, 32<<20)
			start := time.Now()
			v := e.Eval(newWorld(), b)
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %v", took)
			}
			tree := v.Tree()
			n := 0
			for range tree.Leaves() {
				n++
			}
			if v.Size() > maxSize || n > maxSize {
				t.Errorf("size %d, leaves %d", v.Size(), n)
			}
		})
	}
}

// TestSpent: a spent budget stays spent, and says so.
func TestSpent(t *testing.T) {
	e, err := Parse("[map(range(0, 100), lambda('x', toUpper('a')))]")
	if err != nil {
		t.Fatal(err)
	}
	b := NewBudget(50, 1<<20)
	for range 2 {
		if v := e.Eval(newWorld(), b); v.Kind != Open || v.Why != evidence.UnknownLimit || v.Text != e.Source() {
			t.Errorf("%s", show(v))
		}
	}
	if !b.Spent() || len(b.Faults()) > 0 {
		t.Errorf("spent %v, faults %v", b.Spent(), b.Faults())
	}
}
