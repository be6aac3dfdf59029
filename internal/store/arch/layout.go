package arch

import (
	"cmp"
	"maps"
	"slices"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
)

// The layout of a snapshot is all of it that is not in an object: which objects there are and where they stood, the inputs, what
// was not read. It is a list of tokens. Resources stand in the order of their files and not of their ids, and lines and
// positions are told from the token before, so that a token stays the same when something is put in elsewhere, and what two
// scans have in common is the same tokens.
const (
	inputToken   = iota // a summary of an input
	placeToken          // an input, in which the resources that follow stood
	firstToken          // a resource at its first origin: content, form, place
	againToken          // a resource at another origin: content, place
	nowhereToken        // a resource without an origin: content, form
	silentToken         // an input, in which what follows was not read
	unreadToken         // a thing that was not read
)

// spot is one origin of a resource.
type spot struct{ resource, origin int }

// spotsOf are the origins of all resources in the order of the files. A resource without one has the origin -1.
func spotsOf(rs []evidence.Resource) []spot {
	spots := make([]spot, 0, len(rs))
	for i := range rs {
		for j := range rs[i].Origins {
			spots = append(spots, spot{i, j})
		}
		if len(rs[i].Origins) == 0 {
			spots = append(spots, spot{i, -1})
		}
	}
	slices.SortFunc(spots, func(a, b spot) int {
		if a.origin < 0 || b.origin < 0 {
			return cmp.Or(cmp.Compare(min(b.origin, 0), min(a.origin, 0)), cmp.Compare(a.resource, b.resource))
		}
		return comparePlaces(&rs[a.resource].Origins[a.origin], &rs[b.resource].Origins[b.origin], a, b)
	})
	return spots
}

// comparePlaces compares step by step, since taking paths apart costs much and is seldom needed.
func comparePlaces(x, y *evidence.Origin, a, b spot) int {
	if c := cmp.Compare(x.Input, y.Input); c != 0 {
		return c
	}
	if c := cmp.Compare(x.Root, y.Root); c != 0 {
		return c
	}
	if c := cmp.Compare(x.Line, y.Line); c != 0 {
		return c
	}
	if c := lessPath(x.Path, y.Path); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(x.Address, y.Address), cmp.Compare(a.resource, b.resource), cmp.Compare(a.origin, b.origin))
}

// refs are the objects of a resource.
type refs struct{ content, form ref }

// layoutOf writes the layout. at tells the objects of each resource.
func layoutOf(s *evidence.Snapshot, spots []spot, at []refs) []string {
	t := tokens{}
	for i := range s.Inputs {
		t.input(&s.Inputs[i])
	}
	for _, x := range spots {
		if x.origin < 0 {
			t.begin(nowhereToken)
			t.uint(uint64(at[x.resource].content))
			t.uint(uint64(at[x.resource].form))
			t.end()
			continue
		}
		t.origin(&s.Resources[x.resource].Origins[x.origin], x.origin == 0, at[x.resource])
	}
	t.here = here{}
	for i := range s.NotRead {
		t.unread(&s.NotRead[i])
	}
	return t.list
}

// here is where the token before stood.
type here struct {
	open        bool
	input, root string
	line        int
	path        string
	route       route
}

type tokens struct {
	writer
	list []string
	here here
}

func (t *tokens) begin(kind uint64) {
	t.b = t.b[:0]
	t.uint(kind)
}

func (t *tokens) end() { t.list = append(t.list, string(t.b)) }

func (t *tokens) input(in *evidence.InputSummary) {
	t.begin(inputToken)
	t.str(in.Name)
	t.str(in.Format)
	t.int(int64(in.Resources))
	t.int(int64(in.Expressions))
	t.uint(uint64(len(in.Unresolved)))
	for _, why := range slices.Sorted(maps.Keys(in.Unresolved)) {
		t.str(string(why))
		t.int(int64(in.Unresolved[why]))
	}
	t.end()
}

func (t *tokens) origin(o *evidence.Origin, first bool, at refs) {
	if h := &t.here; !h.open || h.input != o.Input || h.root != o.Root {
		*h = here{open: true, input: o.Input, root: o.Root, route: parseRoute("")}
		t.begin(placeToken)
		t.str(o.Input)
		t.str(o.Root)
		t.end()
	}
	if first {
		t.begin(firstToken)
		t.uint(uint64(at.content))
		t.uint(uint64(at.form))
	} else {
		t.begin(againToken)
		t.uint(uint64(at.content))
	}
	t.int(int64(o.Line - t.here.line))
	writePath(&t.writer, o.Path, &t.here.route, t.here.path)
	t.str(o.Address)
	t.here.line, t.here.path = o.Line, o.Path
	t.end()
}

func (t *tokens) unread(n *evidence.NotRead) {
	if h := &t.here; !h.open || h.input != n.Input {
		*h = here{open: true, input: n.Input}
		t.begin(silentToken)
		t.str(n.Input)
		t.end()
	}
	t.begin(unreadToken)
	t.str(string(n.Kind))
	t.int(int64(n.Line - t.here.line))
	t.str(n.Thing)
	t.str(n.Reason)
	t.str(n.Help)
	t.int(int64(n.Count))
	t.here.line = n.Line
	t.end()
}

// layout is what was read from tokens: everything of a snapshot but what the objects say.
type layout struct {
	inputs    []evidence.InputSummary
	notRead   []evidence.NotRead
	resources []placed
}

// placed is a resource by its objects, and where it stood.
type placed struct {
	refs
	origins []evidence.Origin // sorted
	first   bool              // its form and first place were told
}

// readLayout reads tokens.
func readLayout(list []string) (*layout, error) {
	l := &layout{}
	byContent := make(map[ref]int, len(list))
	var at here
	for _, token := range list {
		in := reader{s: token}
		k := in.uint()
		switch k {
		case inputToken:
			l.inputs = append(l.inputs, readInput(&in))
		case placeToken:
			at = here{open: true, input: in.str(), root: in.str(), route: parseRoute("")}
		case silentToken:
			at = here{open: true, input: in.str()}
		case unreadToken:
			n := evidence.NotRead{Kind: evidence.NotReadKind(in.str()), Input: at.input}
			at.line += int(in.int())
			n.Line, n.Thing, n.Reason, n.Help, n.Count = at.line, in.str(), in.str(), in.str(), int(in.int())
			l.notRead = append(l.notRead, n)
		case firstToken, againToken, nowhereToken:
			l.resource(&in, k, &at, byContent)
		default:
			in.fail()
		}
		if in.end() != nil || k != inputToken && k != nowhereToken && !at.open {
			return nil, errBytes
		}
	}
	return l, l.finish()
}

func readInput(in *reader) evidence.InputSummary {
	s := evidence.InputSummary{Name: in.str(), Format: in.str(), Resources: int(in.int()), Expressions: int(in.int())}
	n := in.count()
	if n > 0 {
		s.Unresolved = make(map[evidence.Unknown]int, n)
	}
	for range n {
		why := evidence.Unknown(in.str())
		s.Unresolved[why] = int(in.int())
	}
	return s
}

func (l *layout) resource(in *reader, k uint64, at *here, byContent map[ref]int) {
	c := ref(in.uint())
	i, known := byContent[c]
	if !known {
		i = len(l.resources)
		byContent[c] = i
		l.resources = append(l.resources, placed{refs: refs{content: c}})
	}
	p := &l.resources[i]
	if k != againToken {
		if p.first {
			in.fail() // twice
		}
		p.form, p.first = ref(in.uint()), true
	}
	if k == nowhereToken {
		return
	}
	at.line += int(in.int())
	at.path = readPath(in, &at.route, at.path)
	p.origins = append(p.origins, evidence.Origin{Input: at.input, Line: at.line, Path: at.path, Address: in.str(), Root: at.root})
}

func (l *layout) finish() error {
	for i := range l.resources {
		p := &l.resources[i]
		if !p.first {
			return errBytes
		}
		slices.SortFunc(p.origins, compareOrigins)
	}
	return nil
}

// compareOrigins is the order of origins in a resource, see evidence.
func compareOrigins(a, b evidence.Origin) int {
	return cmp.Or(cmp.Compare(a.Input, b.Input), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Address, b.Address), cmp.Compare(a.Root, b.Root))
}

// sorted reports whether the origins of each resource are, as they are in every snapshot that was made here.
func sorted(rs []evidence.Resource) error {
	for i := range rs {
		if !slices.IsSortedFunc(rs[i].Origins, compareOrigins) {
			return fault.New(fault.Invalid, "the places of the resource %.200q are not sorted", rs[i].ID).WithHelp("the snapshot was changed after it was made")
		}
	}
	return nil
}
