package lang

import (
	"errors"
	"slices"
	"strings"
)

// arrayFunctions are those of the page "array" of the reference; most take texts and objects as well.
func arrayFunctions() []function {
	return []function{
		{name: "array", min: 1, max: 1, need: needNothing, keeps: true, call: (*eval).array},
		{name: "createArray", min: 0, max: -1, need: needNothing, keeps: true, call: (*eval).createArray},
		{name: "contains", min: 2, max: 2, need: needNothing, call: (*eval).contains},
		{name: "empty", min: 1, max: 1, need: needNothing, call: (*eval).empty},
		{name: "length", min: 1, max: 1, need: needOutline, call: (*eval).length},
		{name: "first", min: 1, max: 1, need: needNothing, keeps: true, call: (*eval).first},
		{name: "last", min: 1, max: 1, need: needNothing, keeps: true, call: (*eval).last},
		{name: "skip", min: 2, max: 2, need: needNothing, keeps: true, call: (*eval).skip},
		{name: "take", min: 2, max: 2, need: needNothing, keeps: true, call: (*eval).take},
		{name: "indexOf", min: 2, max: 2, need: needNothing, call: (*eval).indexOf},
		{name: "lastIndexOf", min: 2, max: 2, need: needNothing, call: (*eval).lastIndexOf},
		{name: "indexFromEnd", min: 2, max: 2, need: needOutline, keeps: true, call: fromEnd(false)},
		{name: "tryIndexFromEnd", min: 2, max: 2, need: needNothing, keeps: true, call: fromEnd(true)},
		{name: "range", min: 2, max: 2, call: (*eval).rangeOf},
		{name: "flatten", min: 1, max: 1, need: needNothing, keeps: true, call: (*eval).flatten},
	}
}

func (e *eval) array(args []Value) (Value, error) {
	switch args[0].Kind {
	case Open:
		return Value{}, errOpen
	case Array:
		return args[0], nil
	}
	return e.list(args)
}

func (e *eval) createArray(args []Value) (Value, error) { return e.list(args) }

// contains looks for a part of a text with regard to case, for the name of a member without, and for an item.
func (e *eval) contains(args []Value) (Value, error) {
	in, find := &args[0], &args[1]
	switch in.Kind {
	case Open:
		return Value{}, errOpen
	case String:
		return e.within(args)
	case Array:
		return e.among(in.Items, find).value()
	case Object:
		if find.open() {
			return Value{}, errOpen
		}
		if find.Kind != String && find.Kind != Int {
			return Value{}, wrong(args, 1, "a text")
		}
		return Truth(member(in.Members, find.Str()) >= 0), nil
	}
	return Value{}, wrong(args, 0, "a text, an array or an object")
}

func (e *eval) within(args []Value) (Value, error) {
	in, find := &args[0], &args[1]
	if find.open() {
		return Value{}, errOpen
	}
	if find.Kind != String && find.Kind != Int {
		return Value{}, wrong(args, 1, "a text")
	}
	if in.Why == "" {
		return Truth(strings.Contains(in.Text, find.Str())), nil
	}
	known, _ := sure(in)
	text := find.Str()
	if text == "" || slices.ContainsFunc(known, func(part string) bool { return strings.Contains(part, text) }) {
		return Truth(true), nil
	}
	return Value{}, errOpen
}

// among reports whether one of the items is the value.
func (e *eval) among(items []Value, find *Value) verdict {
	found := no
	for i := range items {
		switch e.same(&items[i], find) {
		case yes:
			return yes
		case maybe:
			found = maybe
		}
	}
	return found
}

func (e *eval) empty(args []Value) (Value, error) {
	switch v := &args[0]; v.Kind {
	case Null:
		return Truth(true), nil
	case Array, Object:
		return Truth(len(v.Items)+len(v.Members) == 0), nil
	case String:
		if v.Why == "" {
			return Truth(v.Text == ""), nil
		}
		if short(v) > 0 {
			return Truth(false), nil
		}
		return Value{}, errOpen
	case Open:
		return Value{}, errOpen
	}
	return Value{}, wrong(args, 0, "a text, an array or an object")
}

func (e *eval) length(args []Value) (Value, error) {
	switch v := &args[0]; v.Kind {
	case String:
		return Number(int64(units(v.Text))), nil
	case Array, Object:
		return Number(int64(len(v.Items) + len(v.Members))), nil
	}
	return Value{}, wrong(args, 0, "a text, an array or an object")
}

func (e *eval) first(args []Value) (Value, error) { return e.end(args, head, false) }

func (e *eval) last(args []Value) (Value, error) { return e.end(args, tail, true) }

// end is the first or the last item, null of an empty array, or the first or last character.
func (e *eval) end(args []Value, known func(*Value) string, last bool) (Value, error) {
	v := &args[0]
	switch v.Kind {
	case Open:
		return Value{}, errOpen
	case Array:
		if len(v.Items) == 0 {
			return Value{}, nil
		}
		if last {
			return v.Items[len(v.Items)-1], nil
		}
		return v.Items[0], nil
	case String:
		text := known(v)
		n := units(text)
		if n == 0 && v.Why != "" {
			return Value{}, errOpen
		}
		if last {
			return Str(cut(text, max(0, n-1), n)), nil
		}
		return Str(cut(text, 0, min(1, n))), nil
	}
	return Value{}, wrong(args, 0, "a text or an array")
}

func (e *eval) take(args []Value) (Value, error) {
	if args[0].Kind == Open && digits(args[0].Text) == 0 || args[1].Kind == Open {
		return Value{}, errOpen
	}
	count, err := whole(args, 1)
	if err != nil {
		return Value{}, err
	}
	v := &args[0]
	switch v.Kind {
	case Open:
		if count >= int64(digits(v.Text)) {
			return *v, nil
		}
		return Value{}, errOpen
	case Array:
		return e.list(v.Items[:min(max(count, 0), int64(len(v.Items)))])
	case String:
		text := head(v)
		n := int64(units(text))
		if count > n && v.Why != "" {
			return e.takeOpen(v, count)
		}
		return e.text(cut(text, 0, int(min(max(count, 0), n))))
	}
	return Value{}, wrong(args, 0, "a text or an array")
}

func (e *eval) skip(args []Value) (Value, error) {
	if args[0].Kind == Open || args[1].Kind == Open {
		return Value{}, errOpen
	}
	count, err := whole(args, 1)
	if err != nil {
		return Value{}, err
	}
	v := &args[0]
	switch v.Kind {
	case Array:
		return e.list(v.Items[min(max(count, 0), int64(len(v.Items))):])
	case String:
		text := head(v)
		n := int64(units(text))
		if count > n && v.Why != "" {
			return Value{}, errOpen
		}
		rest, err := e.text(cut(text, int(min(max(count, 0), n)), int(n)) + v.Text[len(text):])
		rest.Why = v.Why
		return rest, err
	}
	return Value{}, wrong(args, 0, "a text or an array")
}

func (e *eval) indexOf(args []Value) (Value, error) {
	if args[0].Kind == Array {
		return e.position(args[0].Items, &args[1], 1)
	}
	text, find, err := e.search(args)
	if err != nil {
		return Value{}, err
	}
	i := strings.Index(text, find)
	if i < 0 && args[0].Why != "" {
		return Value{}, errOpen
	}
	return Number(int64(units(text[:max(i, 0)])) + int64(min(i, 0))), nil
}

func (e *eval) lastIndexOf(args []Value) (Value, error) {
	if args[0].Kind == Array {
		return e.position(args[0].Items, &args[1], -1)
	}
	text, find, err := e.search(args)
	if err != nil {
		return Value{}, err
	}
	if args[0].Why != "" {
		return Value{}, errOpen
	}
	i := strings.LastIndex(text, find)
	return Number(int64(units(text[:max(i, 0)])) + int64(min(i, 0))), nil
}

// search returns what is known at the start of a text, and what is looked for, both in lower case.
func (e *eval) search(args []Value) (text, find string, err error) {
	for i := range args {
		if args[i].Kind == Open || i == 1 && args[i].Why != "" {
			return "", "", errOpen
		}
		if _, err := str(args, i); err != nil {
			return "", "", err
		}
	}
	if !e.b.Room(len(args[0].Text) + len(args[1].Text)) {
		return "", "", errLimit
	}
	return strings.ToLower(head(&args[0])), strings.ToLower(args[1].Text), nil
}

// position is the place of an item, looked for in a direction.
func (e *eval) position(items []Value, find *Value, step int) (Value, error) {
	i := 0
	if step < 0 {
		i = len(items) - 1
	}
	for ; i >= 0 && i < len(items); i += step {
		switch e.same(&items[i], find) {
		case yes:
			return Number(int64(i)), nil
		case maybe:
			return Value{}, errOpen
		}
	}
	return Number(-1), nil
}

// fromEnd counts from the end: 1 is the last item. Where there is none, try gives null.
func fromEnd(try bool) func(*eval, []Value) (Value, error) {
	return func(_ *eval, args []Value) (Value, error) {
		if try && args[0].Kind == Null {
			return Value{}, nil
		}
		if args[0].Kind == Open || args[1].Kind == Open {
			return Value{}, errOpen
		}
		if args[0].Kind != Array {
			return Value{}, wrong(args, 0, "an array")
		}
		i, err := whole(args, 1)
		if err != nil {
			return Value{}, err
		}
		if i < 1 || i > int64(len(args[0].Items)) {
			i = int64(len(args[0].Items)) + 1
		}
		return item(args[0], int64(len(args[0].Items))-i, try)
	}
}

// rangeOf is range(start, count), with the bounds of the reference.
func (e *eval) rangeOf(args []Value) (Value, error) {
	start, err := whole(args, 0)
	if err != nil {
		return Value{}, err
	}
	count, err := whole(args, 1)
	if err != nil {
		return Value{}, err
	}
	switch {
	case count < 0 || count > 10000:
		return Value{}, errors.New("the count is not between 0 and 10000")
	case start > 2147483647-count:
		return Value{}, errors.New("start and count together exceed 2147483647")
	case !e.b.Step(int(count)) || !e.b.Room(int(count)*valueBytes):
		return Value{}, errLimit
	}
	items := make([]Value, count)
	for i := range items {
		items[i] = Number(start + int64(i))
	}
	return e.list(items)
}

func (e *eval) flatten(args []Value) (Value, error) {
	if args[0].Kind == Open {
		return Value{}, errOpen
	}
	if args[0].Kind != Array {
		return Value{}, wrong(args, 0, "an array of arrays")
	}
	for i := range args[0].Items {
		switch args[0].Items[i].Kind {
		case Array:
		case Open:
			return Value{}, errOpen
		default:
			return Value{}, errors.New("the array holds " + article(args[0].Items[i].Kind) + ", which is no array")
		}
	}
	return e.chain(args[0].Items)
}
