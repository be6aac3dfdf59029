package lang

import (
	"errors"
	"strings"
)

// textFunctions are those of the page "string" of the reference that take texts apart and put them together.
func textFunctions() []function {
	return []function{
		{name: "concat", min: 1, max: -1, need: needNothing, keeps: true, call: (*eval).concat},
		{name: "join", min: 2, max: 2, need: needNothing, call: (*eval).join},
		{name: "split", min: 2, max: 2, need: needNothing, call: (*eval).split},
		{name: "replace", min: 3, max: 3, need: needNothing, call: (*eval).replace},
		{name: "padLeft", min: 2, max: 3, call: (*eval).padLeft},
		{name: "substring", min: 2, max: 3, need: needNothing, call: (*eval).substring},
		{name: "string", min: 1, max: 1, need: needNothing, call: (*eval).toText},
		{name: "toLower", min: 1, max: 1, need: needNothing, call: (*eval).toLower},
		{name: "toUpper", min: 1, max: 1, call: (*eval).toUpper},
		{name: "trim", min: 1, max: 1, need: needNothing, call: (*eval).trim},
		{name: "startsWith", min: 2, max: 2, need: needNothing, call: (*eval).startsWith},
		{name: "endsWith", min: 2, max: 2, need: needNothing, call: (*eval).endsWith},
	}
}

// concat joins texts, or arrays. Of values that are all open it is not known which.
func (e *eval) concat(args []Value) (Value, error) {
	texts, arrays := 0, 0
	for i := range args {
		switch args[i].Kind {
		case Array:
			arrays++
		case Null, Object:
			return Value{}, wrong(args, i, "a text or an array")
		case Open:
		default:
			texts++
		}
	}
	switch {
	case texts > 0 && arrays > 0:
		return Value{}, errors.New("texts and arrays do not join")
	case texts > 0:
		return e.splice(args)
	case len(args) == 1:
		return args[0], nil
	case arrays < len(args):
		return Value{}, errOpen
	}
	return e.chain(args)
}

// chain joins arrays.
func (e *eval) chain(arrays []Value) (Value, error) {
	n := 0
	for i := range arrays {
		n += len(arrays[i].Items)
	}
	if !e.b.Step(n) || !e.b.Room(n*valueBytes) {
		return Value{}, errLimit
	}
	items := make([]Value, 0, n)
	for i := range arrays {
		for k := range arrays[i].Items {
			item := arrays[i].Items[k]
			item.Secure = item.Secure || arrays[i].Secure
			items = append(items, item)
		}
	}
	return e.list(items)
}

func (e *eval) join(args []Value) (Value, error) {
	switch {
	case args[0].Kind == Open:
		return Value{}, errOpen
	case args[0].Kind != Array:
		return Value{}, wrong(args, 0, "an array")
	case args[1].Kind != String && args[1].Kind != Open:
		return Value{}, wrong(args, 1, "a text")
	}
	j := joiner{e: e}
	for i := range args[0].Items {
		item := &args[0].Items[i]
		if item.Kind == Array || item.Kind == Object {
			return Value{}, errors.New("the array holds " + article(item.Kind) + ", which is no text")
		}
		if i > 0 {
			j.value(&args[1])
		}
		if j.value(item); j.full {
			break
		}
	}
	return j.done()
}

// split parts a text at each delimiter. Open segments of an id hold no slash, so that an id can be parted at its slashes.
func (e *eval) split(args []Value) (Value, error) {
	text, by := &args[0], &args[1]
	switch {
	case text.Kind == Open || by.open():
		return Value{}, errOpen
	case text.Kind != String:
		return Value{}, wrong(args, 0, "a text")
	case text.Why != "" && (by.Kind != String || by.Text != "/" || !blanks(text)):
		return Value{}, errOpen
	}
	marks := []string{by.Text}
	if by.Kind == Array {
		var err error
		if marks, err = strs(by.Items); err != nil {
			return Value{}, err
		}
	} else if by.Kind != String {
		return Value{}, wrong(args, 1, "a text or an array of texts")
	}
	parts, err := e.parts(text.Text, marks)
	if err != nil {
		return Value{}, err
	}
	for i := range parts {
		if firstOpen(parts[i].Text) < len(parts[i].Text) {
			parts[i].Why = text.Why
		}
	}
	return e.list(parts)
}

// parts cuts a text at the marks: at the first of them in the text, and of several there at the one that is named first.
func (e *eval) parts(text string, marks []string) ([]Value, error) {
	var parts []Value
	next := make([]int, len(marks)) // where each mark is next, so that none is looked for twice
	for i := range next {
		next[i] = -1
	}
	for from := 0; ; {
		if !e.b.Step(1+len(marks)) || !e.b.Room(valueBytes) {
			return nil, errLimit
		}
		at, size := len(text), 0
		for i, mark := range marks {
			if next[i] < from {
				next[i] = len(text)
				if k := strings.Index(text[from:], mark); k >= 0 && mark != "" {
					next[i] = from + k
				}
			}
			if next[i] < at {
				at, size = next[i], len(mark)
			}
		}
		parts = append(parts, Str(text[from:at]))
		if size == 0 {
			return parts, nil
		}
		from = at + size
	}
}

// replace needs to know where it replaces; what it puts there may be open.
func (e *eval) replace(args []Value) (Value, error) {
	if args[0].open() || args[1].open() {
		return Value{}, errOpen
	}
	text, err := str(args, 0)
	if err != nil {
		return Value{}, err
	}
	old, err := str(args, 1)
	if err != nil {
		return Value{}, err
	}
	if args[2].Kind != String && args[2].Kind != Open {
		return Value{}, wrong(args, 2, "a text")
	}
	if old == "" {
		return Value{}, errors.New("the text to be replaced is empty")
	}
	n := strings.Count(text, old)
	if n == 0 {
		return args[0], nil
	}
	by := args[2].Str()
	if !e.b.Room(len(text)) || len(by) > 0 && n > maxBytes/len(by) || !e.b.Room(n*len(by)) {
		return Value{}, errLimit
	}
	v := Str(strings.ReplaceAll(text, old, by))
	v.blend(&args[2])
	return v, nil
}

func (e *eval) padLeft(args []Value) (Value, error) {
	pad := " "
	if len(args) == 3 {
		var err error
		if pad, err = str(args, 2); err != nil {
			return Value{}, err
		}
		if units(pad) != 1 {
			return Value{}, errors.New("argument 3 is not one character")
		}
	}
	if args[0].Kind != String && args[0].Kind != Int {
		return Value{}, wrong(args, 0, "a text or an integer")
	}
	total, err := whole(args, 1)
	if err != nil {
		return Value{}, err
	}
	text := args[0].Str()
	missing := total - int64(units(text))
	if total < 0 {
		return Value{}, errors.New("the length is below zero")
	}
	if missing <= 0 {
		return e.text(text)
	}
	if missing > maxBytes || !e.b.Room(int(missing)*len(pad)) {
		return Value{}, errLimit
	}
	return e.text(strings.Repeat(pad, int(missing)) + text)
}

// substring(text, start, length). Of a text with open parts it is known where it lies before the first of them.
func (e *eval) substring(args []Value) (Value, error) {
	if args[0].Kind == Open || args[1].Kind == Open || len(args) == 3 && args[2].Kind == Open {
		return Value{}, errOpen
	}
	if _, err := str(args, 0); err != nil {
		return Value{}, err
	}
	from, err := whole(args, 1)
	if err != nil {
		return Value{}, err
	}
	known := head(&args[0])
	size := int64(units(known))
	if len(args) == 2 {
		if args[0].Why == "" && from >= 0 && from <= size {
			return e.text(cut(known, int(from), int(size)))
		}
		return e.beyond(&args[0], from)
	}
	n, err := whole(args, 2)
	if err != nil {
		return Value{}, err
	}
	if n < 0 {
		return Value{}, errors.New("the length is below zero")
	}
	if from >= 0 && from <= size && n <= size-from {
		return e.text(cut(known, int(from), int(from+n)))
	}
	return e.beyond(&args[0], from)
}

// beyond is a part that does not lie in what is known of a text.
func (e *eval) beyond(text *Value, from int64) (Value, error) {
	if text.Why != "" && from >= 0 {
		return Value{}, errOpen
	}
	return Value{}, errors.New("start and length do not lie within the text")
}

func (e *eval) toText(args []Value) (Value, error) {
	v := &args[0]
	switch v.Kind {
	case Open:
		return Value{}, errOpen
	case String:
		return *v, nil
	}
	if !e.b.Step(v.Size()) || !e.b.Room(2*v.textSize()+16*v.Size()) {
		return Value{}, errLimit
	}
	text := Str(v.Str())
	text.blend(v)
	return text, nil
}

// toLower is known of an id with open segments too: ids compare without regard to case. Of other texts what is known changes, and what is
// open is left to be changed.
func (e *eval) toLower(args []Value) (Value, error) {
	v := args[0]
	if v.Kind == Open {
		if digits(v.Text) > 0 {
			return v, nil
		}
		return Value{}, errOpen
	}
	text, err := str(args, 0)
	if err != nil {
		return Value{}, err
	}
	if v.Why != "" && !blanks(&v) {
		return e.eachPart(&v, strings.ToLower, "toLower(", ")")
	}
	lower, err := e.text(strings.ToLower(text))
	lower.Why = v.Why
	return lower, err
}

func (e *eval) toUpper(args []Value) (Value, error) {
	text, err := str(args, 0)
	if err != nil {
		return Value{}, err
	}
	return e.text(strings.ToUpper(text))
}

func (e *eval) trim(args []Value) (Value, error) {
	v := args[0]
	if v.Kind == Open {
		return Value{}, errOpen
	}
	text, err := str(args, 0)
	if err != nil {
		return Value{}, err
	}
	if v.Why != "" && (strings.TrimSpace(head(&v)) == "" || strings.TrimSpace(tail(&v)) == "") {
		return Value{}, errOpen
	}
	v.Text = strings.TrimSpace(text)
	return v, nil
}

func (e *eval) startsWith(args []Value) (Value, error) {
	return e.edge(args, head, strings.HasPrefix)
}

func (e *eval) endsWith(args []Value) (Value, error) {
	return e.edge(args, tail, strings.HasSuffix)
}

// edge compares the ends of two texts without regard to case, as far as they are known.
func (e *eval) edge(args []Value, end func(*Value) string, has func(s, edge string) bool) (Value, error) {
	for i := range args {
		if args[i].Kind != Open && args[i].Kind != String {
			return Value{}, wrong(args, i, "a text")
		}
	}
	text, find := strings.ToLower(end(&args[0])), strings.ToLower(end(&args[1]))
	if !e.b.Room(len(text) + len(find)) {
		return Value{}, errLimit
	}
	wholeText, wholeFind := !args[0].open(), !args[1].open()
	switch {
	case wholeFind && has(text, find):
		return Truth(true), nil
	case wholeText && wholeFind, !has(text, find) && !has(find, text):
		return Truth(false), nil
	case wholeText && len(find) > len(text):
		return Truth(false), nil
	}
	return Value{}, errOpen
}
