package function

import (
	"fmt"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// yamlencode writes a value as YAML, in the form that Terraform has: texts in double quotes, or as a literal block when
// they have several lines; everything else in block style.
var yamlencode = function.New(&function.Spec{
	Params: []function.Parameter{{
		Name: "value", Type: cty.DynamicPseudoType, AllowNull: true, AllowDynamicType: true, AllowUnknown: true,
	}},
	Type:         function.StaticReturnType(cty.String),
	RefineResult: notNull,
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if !args[0].IsWhollyKnown() {
			return cty.UnknownVal(cty.String), nil
		}
		w := yamlWriter{indent: -1, whitespace: true, fresh: true}
		if err := w.node(args[0], false); err != nil {
			return cty.NilVal, err
		}
		w.line()
		if w.open {
			w.put("...\n")
		}
		return cty.StringVal(w.out.String()), nil
	},
})

// foldAt is the column behind which a quoted text goes on in the next line.
const foldAt = 80

// yamlWriter writes block style. Its state is that of the YAML reference emitter, so that lines break where they do there.
type yamlWriter struct {
	out    strings.Builder
	indent int
	column int
	// whitespace: what was written last separates; fresh: the line has only spaces and indicators yet.
	whitespace, fresh bool
	// open: the document is one plain text, whose end has to be said.
	open bool
}

func (w *yamlWriter) put(s string) {
	w.out.WriteString(s)
	if i := strings.LastIndexByte(s, '\n'); i >= 0 {
		w.column, s = 0, s[i+1:]
	}
	w.column += strings.Count(s, "") - 1
}

// line starts a new line at the indent, unless the place is that already.
func (w *yamlWriter) line() {
	indent := max(w.indent, 0)
	if !w.fresh || w.column > indent || w.column == indent && !w.whitespace {
		w.put("\n")
	}
	if n := indent - w.column; n > 0 {
		w.put(strings.Repeat(" ", n))
	}
	w.whitespace, w.fresh = true, true
}

func (w *yamlWriter) indicator(s string, apart, whitespace, fresh bool) {
	if apart && !w.whitespace {
		w.put(" ")
	}
	w.put(s)
	w.whitespace, w.fresh = whitespace, w.fresh && fresh
}

// inside runs f one step further in.
func (w *yamlWriter) inside(step int, f func() error) error {
	old := w.indent
	if w.indent < 0 {
		w.indent = 0
	} else {
		w.indent += step
	}
	err := f()
	w.indent = old
	return err
}

func (w *yamlWriter) node(v cty.Value, inMapping bool) error {
	if w.out.Len() > maxRough {
		return tooMuchText(maxRough + 1)
	}
	switch ty := v.Type(); {
	case v.IsNull():
		w.plain("null")
	case ty == cty.String:
		w.text(v.AsString(), false)
	case ty == cty.Number:
		w.plain(v.AsBigFloat().Text('f', -1))
	case ty == cty.Bool:
		w.plain(map[bool]string{true: "true", false: "false"}[v.True()])
	case ty.IsMapType(), ty.IsObjectType():
		return w.mapping(v)
	case v.CanIterateElements():
		return w.sequence(v, inMapping)
	default:
		return function.NewArgErrorf(0, "cannot write %s as YAML", ty.FriendlyName())
	}
	return nil
}

func (w *yamlWriter) plain(s string) {
	w.open = w.indent < 0
	w.indicator(s, true, false, false)
}

func (w *yamlWriter) sequence(v cty.Value, inMapping bool) error {
	if v.LengthInt() == 0 {
		w.indicator("[]", true, false, false)
		return nil
	}
	step := 2
	if inMapping && !w.fresh {
		step = 0 // a sequence below a key stands as far in as the key
	}
	return w.inside(step, func() error {
		for it := v.ElementIterator(); it.Next(); {
			_, e := it.Element()
			w.line()
			w.indicator("-", true, false, true)
			if err := w.node(e, false); err != nil {
				return err
			}
		}
		return nil
	})
}

// longKey: longer keys are not written in front of a colon in the same line.
const longKey = 128

func (w *yamlWriter) mapping(v cty.Value) error {
	if v.LengthInt() == 0 {
		w.indicator("{}", true, false, false)
		return nil
	}
	return w.inside(2, func() error {
		for it := v.ElementIterator(); it.Next(); {
			k, e := it.Element()
			if err := w.entry(k.AsString(), e); err != nil {
				return err
			}
		}
		return nil
	})
}

func (w *yamlWriter) entry(key string, v cty.Value) error {
	w.line()
	if len(key) <= longKey && !strings.ContainsAny(key, "\n\r\u0085\u2028\u2029") {
		w.text(key, true)
		w.indicator(":", false, false, false)
		return w.node(v, true)
	}
	w.indicator("?", true, false, true)
	w.text(key, false)
	w.line()
	w.indicator(":", true, false, true)
	return w.node(v, true)
}

// text writes a text; a key has to stay in one line.
func (w *yamlWriter) text(s string, key bool) {
	old := w.indent
	w.indent = max(w.indent, 0) + 2
	if strings.Contains(s, "\n") && literal(s) && !key {
		w.block(s)
	} else {
		w.quoted(s, key)
	}
	w.indent = old
}

// literal reports whether a text can stand as it is: no line ends in a space, and all can be printed.
func literal(s string) bool {
	if strings.HasSuffix(s, " ") || strings.Contains(s, " \n") {
		return false
	}
	for _, r := range s {
		if r != '\n' && !printable(r) {
			return false
		}
	}
	return true
}

func printable(r rune) bool {
	return r >= 0x20 && r <= 0x7e || r >= 0xa0 && r <= 0xfffd && (r < 0xd800 || r >= 0xe000) && r != 0xfeff
}

func (w *yamlWriter) block(s string) {
	w.indicator("|", true, false, false)
	if s[0] == ' ' || s[0] == '\n' {
		w.put("2")
	}
	switch {
	case !strings.HasSuffix(s, "\n"):
		w.put("-")
	case s == "\n", strings.HasSuffix(s, "\n\n"):
		w.put("+")
	}
	w.put("\n")
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		last := i == len(lines)-1
		if l != "" {
			w.put(strings.Repeat(" ", w.indent) + l)
		}
		if !last {
			w.put("\n")
		}
	}
	w.whitespace, w.fresh = true, strings.HasSuffix(s, "\n")
}

var yamlEscapes = map[rune]string{
	0: `\0`, 7: `\a`, 8: `\b`, 9: `\t`, 10: `\n`, 11: `\v`, 12: `\f`, 13: `\r`, 0x1b: `\e`, '"': `\"`, '\\': `\\`,
	0x85: `\N`, 0xa0: `\_`, 0x2028: `\L`, 0x2029: `\P`,
}

func (w *yamlWriter) quoted(s string, key bool) {
	w.indicator(`"`, true, false, false)
	space := false
	for i, r := range s {
		switch {
		case r == ' ':
			if !key && !space && w.column > foldAt && i != 0 && i != len(s)-1 {
				w.line()
				if s[i+1] == ' ' {
					w.put(`\`)
				}
			} else {
				w.put(" ")
			}
			space = true
			continue
		case printable(r) && r != '"' && r != '\\' && r != 0x2028 && r != 0x2029:
			w.put(string(r))
		default:
			w.put(escape(r))
		}
		space = false
	}
	w.indicator(`"`, false, false, false)
	w.whitespace, w.fresh = false, false
}

func escape(r rune) string {
	switch e, ok := yamlEscapes[r]; {
	case ok:
		return e
	case r <= 0xff:
		return fmt.Sprintf(`\x%02X`, r)
	case r <= 0xffff:
		return fmt.Sprintf(`\u%04X`, r)
	}
	return fmt.Sprintf(`\U%08X`, r)
}
