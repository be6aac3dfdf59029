package lang

import (
	"errors"
	"slices"
	"strings"
)

// objectFunctions are those of the page "object" of the reference.
func objectFunctions() []function {
	return []function{
		{name: "createObject", min: 0, max: -1, need: needNothing, keeps: true, call: (*eval).createObject},
		{name: "items", min: 1, max: 1, need: needOutline, keeps: true, call: (*eval).items},
		{name: "objectKeys", min: 1, max: 1, need: needOutline, keeps: true, call: (*eval).objectKeys},
		{name: "tryGet", min: 2, max: -1, need: needNothing, keeps: true, call: (*eval).tryGet},
		{name: "shallowMerge", min: 1, max: 1, need: needNothing, keeps: true, call: (*eval).shallowMerge},
		{name: "json", min: 1, max: 1, call: (*eval).json},
		{name: "null", call: func(*eval, []Value) (Value, error) { return Value{}, nil }},
	}
}

func (e *eval) createObject(args []Value) (Value, error) {
	if len(args)%2 != 0 {
		return Value{}, errors.New("takes pairs of a name and a value")
	}
	o := object{}
	for i := 0; i < len(args); i += 2 {
		if args[i].open() {
			return Value{}, errOpen
		}
		name, err := str(args, i)
		if err != nil {
			return Value{}, err
		}
		o.set(name, args[i+1])
	}
	return e.dict(o.members)
}

// object is an object that is being put together: names that differ only in case are the same.
type object struct {
	members []Member
	at      map[string]int // by name in lower case, of large objects
}

func (o *object) find(name string) int {
	if len(o.members) < 16 {
		return member(o.members, name)
	}
	if o.at == nil {
		o.at = index(o.members)
	}
	if i, ok := o.at[strings.ToLower(name)]; ok {
		return i
	}
	return -1
}

func (o *object) set(name string, v Value) {
	if i := o.find(name); i >= 0 {
		o.members[i].Value = v
		return
	}
	if o.at != nil {
		o.at[strings.ToLower(name)] = len(o.members)
	}
	o.members = append(o.members, Member{name, v})
}

// sorted returns the members in the order of their names without regard to case, in which Resource Manager lists them.
func sorted(members []Member) []Member {
	out := slices.Clone(members)
	slices.SortStableFunc(out, func(a, b Member) int {
		return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	})
	return out
}

func (e *eval) items(args []Value) (Value, error) {
	if args[0].Kind != Object {
		return Value{}, wrong(args, 0, "an object")
	}
	n := len(args[0].Members)
	if !e.b.Step(4*n) || !e.b.Room(4*n*valueBytes) {
		return Value{}, errLimit
	}
	items := make([]Value, n)
	for i, m := range sorted(args[0].Members) {
		items[i] = Dict([]Member{{"key", Str(m.Name)}, {"value", m.Value}})
	}
	return e.list(items)
}

func (e *eval) objectKeys(args []Value) (Value, error) {
	if args[0].Kind != Object {
		return Value{}, wrong(args, 0, "an object")
	}
	if !e.b.Step(len(args[0].Members)) {
		return Value{}, errLimit
	}
	items := make([]Value, len(args[0].Members))
	for i, m := range sorted(args[0].Members) {
		items[i] = Str(m.Name)
	}
	return e.list(items)
}

// tryGet follows names and indexes and is null where one is missing.
func (e *eval) tryGet(args []Value) (Value, error) {
	v := args[0]
	for _, key := range args[1:] {
		next, err := e.access(v, key, true)
		if err != nil || next.Kind == Null {
			return Value{}, err
		}
		v = next
	}
	return v, nil
}

// shallowMerge joins the objects of an array; of members with the same name the last counts.
func (e *eval) shallowMerge(args []Value) (Value, error) {
	switch args[0].Kind {
	case Open:
		return Value{}, errOpen
	case Array:
	default:
		return Value{}, wrong(args, 0, "an array of objects")
	}
	o := object{}
	for i := range args[0].Items {
		switch v := &args[0].Items[i]; v.Kind {
		case Open:
			return Value{}, errOpen
		case Null:
		case Object:
			if !e.b.Step(len(v.Members)) {
				return Value{}, errLimit
			}
			for _, m := range v.Members {
				m.Value.Secure = m.Value.Secure || v.Secure
				o.set(m.Name, m.Value)
			}
		default:
			return Value{}, errors.New("the array holds " + article(v.Kind) + ", which is no object")
		}
	}
	return e.dict(o.members)
}

// setFunctions are union and intersection, of arrays or of objects.
func setFunctions() []function {
	return []function{
		{name: "union", min: 1, max: -1, need: needOutline, keeps: true, call: (*eval).union},
		{name: "intersection", min: 1, max: -1, keeps: true, call: (*eval).intersection},
	}
}

// kind is the one kind that all have, or the kind of the first that is neither array nor object.
func kind(args []Value) (Kind, error) {
	for i := range args {
		if args[i].Kind != Array && args[i].Kind != Object {
			return Null, wrong(args, i, "an array or an object")
		}
		if args[i].Kind != args[0].Kind {
			return Null, errors.New("arrays and objects do not mix")
		}
	}
	return args[0].Kind, nil
}

// union keeps items that are open beside all others: whether one equals another cannot be told, and the structure is
// worth more than the doubt.
func (e *eval) union(args []Value) (Value, error) {
	of, err := kind(args)
	if err != nil {
		return Value{}, err
	}
	if of == Object {
		merged := args[0]
		for i := 1; i < len(args) && err == nil; i++ {
			merged, err = e.merge(merged, args[i])
		}
		return merged, err
	}
	var items []Value
	seen := map[string]bool{}
	for i := range args {
		for k := range args[i].Items {
			key, err := e.key(&args[i].Items[k])
			if err != nil {
				return Value{}, err
			}
			if !seen[key] {
				seen[key] = true
				items = append(items, args[i].Items[k])
			}
		}
	}
	return e.list(items)
}

// key is a text that equal values share.
func (e *eval) key(v *Value) (string, error) {
	if !e.b.Step(v.Size()) || !e.b.Room(v.textSize()+16*v.Size()) {
		return "", errLimit
	}
	return string(appendJSON(nil, v)), nil
}

// merge puts the members of b into a; objects in objects are merged as well.
func (e *eval) merge(a, b Value) (Value, error) {
	o := object{members: slices.Clone(a.Members)}
	if !e.b.Step(len(a.Members)+len(b.Members)) || !e.b.Room((len(a.Members)+len(b.Members))*valueBytes) {
		return Value{}, errLimit
	}
	for _, m := range b.Members {
		m.Value.Secure = m.Value.Secure || b.Secure
		i := o.find(m.Name)
		if i < 0 {
			o.set(m.Name, m.Value)
			continue
		}
		v, err := e.meet(o.members[i].Value, m.Value)
		if err != nil {
			return Value{}, err
		}
		o.members[i].Value = v
	}
	v, err := e.dict(o.members)
	v.Secure = a.Secure
	return v, err
}

// meet is one member that both objects have.
func (e *eval) meet(a, b Value) (Value, error) {
	switch {
	case a.Kind == Object && b.Kind == Object:
		return e.merge(a, b)
	case b.Kind == Open && (a.Kind == Object || a.Kind == Open), a.Kind == Open && b.Kind == Object:
		w := writer{max: maxWords}
		w.b = append(w.b, "union("...)
		w.open(&a)
		w.b = append(w.b, ", "...)
		w.open(&b)
		w.b = append(w.b, ')')
		if len(w.b) > maxWords || !e.b.Room(len(w.b)) {
			return Value{}, errLimit
		}
		v := Unknown(words(string(w.b)), Value{Kind: Array, Items: []Value{a, b}}.Reason())
		v.Secure = a.HasSecure() || b.HasSecure()
		return v, nil
	}
	return b, nil
}

// open writes a value, but no secret.
func (w *writer) open(v *Value) {
	if v.Kind != Open && v.HasSecure() {
		w.b = append(w.b, "(secret)"...)
		return
	}
	w.value(v)
}

func (e *eval) intersection(args []Value) (Value, error) {
	of, err := kind(args)
	if err != nil {
		return Value{}, err
	}
	common := args[0]
	for i := 1; i < len(args) && err == nil; i++ {
		if of == Object {
			common, err = e.shared(common, args[i])
		} else {
			common, err = e.both(common, args[i])
		}
	}
	if err == nil && len(args) == 1 && of == Array {
		return e.both(common, common)
	}
	return common, err
}

// shared is the members that two objects have in common.
func (e *eval) shared(a, b Value) (Value, error) {
	at := index(b.Members)
	var members []Member
	for _, m := range a.Members {
		i, ok := at[strings.ToLower(m.Name)]
		if ok && e.same(&m.Value, &b.Members[i].Value) == yes {
			members = append(members, m)
		}
	}
	if e.b.Spent() {
		return Value{}, errLimit
	}
	return e.dict(members)
}

// both is the items that two arrays have in common, each once.
func (e *eval) both(a, b Value) (Value, error) {
	in := map[string]bool{}
	for i := range b.Items {
		key, err := e.key(&b.Items[i])
		if err != nil {
			return Value{}, err
		}
		in[key] = true
	}
	var items []Value
	for i := range a.Items {
		key, err := e.key(&a.Items[i])
		if err != nil {
			return Value{}, err
		}
		if in[key] {
			items = append(items, a.Items[i])
		}
		in[key] = false
	}
	return e.list(items)
}
