package lang

import (
	"strconv"
	"strings"
)

// maxWords is how long what is left of a call may become before it is written as the template has it.
const maxWords = 4096

// write returns a call in the words of the language, its arguments as the values that they have. A secure
// value is written as the template has it.
func (e *eval) write(n *node, args []Value) string {
	w := writer{max: maxWords}
	w.b = append(append(w.b, e.name(n)...), '(')
	for i := range args {
		if i > 0 {
			w.b = append(w.b, ", "...)
		}
		if i < len(n.args) && args[i].Kind != Open && args[i].HasSecure() {
			w.b = append(w.b, e.expr.source(n.args[i])...)
			continue
		}
		w.value(&args[i])
	}
	w.b = append(w.b, ')')
	return e.written(&w, n)
}

// source is a node as the template has it.
func (e *eval) source(n *node) string {
	e.b.Step(int(n.to-n.from) / textStep)
	return e.expr.words(n)
}

// written ends what was written for n.
func (e *eval) written(w *writer, n *node) string {
	if len(w.b) > w.max || !e.b.Room(len(w.b)) {
		return e.source(n)
	}
	return words(string(w.b))
}

// writer writes values in the words of the language. It stops soon after max bytes.
type writer struct {
	b   []byte
	max int
}

func (w *writer) value(v *Value) {
	if len(w.b) > w.max {
		return
	}
	switch v.Kind {
	case Null:
		w.b = append(w.b, "null()"...)
	case Bool:
		w.b = append(strconv.AppendBool(w.b, v.Bool), "()"...)
	case Int:
		w.b = strconv.AppendInt(w.b, v.Int, 10)
	case Float:
		if _, ok := number(v); !ok {
			w.b = append(append(append(w.b, "json('"...), v.Text...), "')"...)
			return
		}
		w.b = append(w.b, v.Text...)
	case String:
		w.text(v)
	case Open:
		w.b = append(w.b, v.Text[:min(len(v.Text), w.max+1)]...)
	case Array, Object:
		w.container(v)
	}
}

func (w *writer) quoted(text string) {
	w.b = append(w.b, '\'')
	text = text[:min(len(text), w.max+1)]
	w.b = append(w.b, strings.ReplaceAll(text, "'", "''")...)
	w.b = append(w.b, '\'')
}

// text writes a text; what is open in it stands as it is, or quotes in quotes would double at each level.
func (w *writer) text(v *Value) {
	if v.Why == "" || len(v.Text) > w.max {
		w.quoted(v.Text)
		return
	}
	w.b = append(w.b, '\'')
	for text := v.Text; text != "" && len(w.b) <= w.max; {
		at := firstOpen(text)
		w.b = append(w.b, strings.ReplaceAll(text[:at], "'", "''")...)
		if text = text[at:]; text != "" {
			end := closed(text, 0)
			w.b, text = append(w.b, text[:end]...), text[end:]
		}
	}
	w.b = append(w.b, '\'')
}

func (w *writer) container(v *Value) {
	name := "createArray("
	if v.Kind == Object {
		name = "createObject("
	}
	w.b = append(w.b, name...)
	for i := 0; i < len(v.Items) && len(w.b) <= w.max; i++ {
		w.comma(i)
		w.value(&v.Items[i])
	}
	for i := 0; i < len(v.Members) && len(w.b) <= w.max; i++ {
		w.comma(i)
		w.quoted(v.Members[i].Name)
		w.b = append(w.b, ", "...)
		w.value(&v.Members[i].Value)
	}
	w.b = append(w.b, ')')
}

func (w *writer) comma(i int) {
	if i > 0 {
		w.b = append(w.b, ", "...)
	}
}

// words makes a text fit to stand in ${ }: its braces must pair, or the end is not found again.
func words(text string) string {
	if paired(text) {
		return text
	}
	return unbraced.Replace(text)
}

// paired reports whether each brace in a text has its other.
func paired(text string) bool {
	open := 0
	for {
		i := strings.IndexAny(text, "{}")
		if i < 0 {
			return open == 0
		}
		if text[i] == '{' {
			open++
		} else if open--; open < 0 {
			return false
		}
		text = text[i+1:]
	}
}

var unbraced = strings.NewReplacer("{", "(", "}", ")")
