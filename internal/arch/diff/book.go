package diff

import (
	"maps"
	"slices"
	"strings"

	"c4arch/internal/arch/evidence"
)

// book is what a side has read, and what it could not.
type book struct {
	inputs map[string]string           // name: the reader that took it
	broken map[string]evidence.NotRead // inputs that were not read whole
	things map[string]evidence.NotRead // single things that could not be read, by what the source calls them
	units  map[string]bool             // what its resources belong to
	seen   map[string]bool             // inputs of which resources are there
	by     map[string]map[string]bool  // units by input
	names  map[string]bool             // all names of all resources, in lower case; made when needed
}

func (h *half) books() *book {
	if h.book != nil {
		return h.book
	}
	b := &book{map[string]string{}, map[string]evidence.NotRead{}, map[string]evidence.NotRead{}, map[string]bool{}, map[string]bool{}, map[string]map[string]bool{}, nil}
	h.book = b
	for _, in := range h.snap.Inputs {
		if in.Format != "" {
			b.inputs[in.Name] = in.Format
		}
	}
	for _, n := range h.snap.NotRead {
		switch {
		case n.Kind == evidence.InputNotUnderstood, n.Kind == evidence.ResourceNotRead && n.Thing == "":
			if _, there := b.broken[n.Input]; !there {
				b.broken[n.Input] = n
			}
		case n.Kind == evidence.ResourceNotRead:
			b.things[lower(n.Thing)] = n
		}
	}
	last, lastInput := "", ""
	for i := range h.snap.Resources {
		r := &h.snap.Resources[i]
		u := unitOf(r)
		if u != last {
			b.units[u] = true
		}
		for _, o := range r.Origins {
			for _, in := range [2]string{o.Input, o.Root} {
				if in == "" || u == last && in == lastInput {
					continue
				}
				lastInput = in
				b.seen[in] = true
				if b.by[in] == nil {
					b.by[in] = map[string]bool{}
				}
				b.by[in][u] = true
			}
		}
		last = u
	}
	return b
}

// unitOf is what a reading covers or does not cover as a whole: a subscription, a namespace, a Compose project, an account.
func unitOf(r *evidence.Resource) string {
	form := string(r.Form) + ":"
	scope := strings.TrimPrefix(r.Scope, "/")
	switch r.Form {
	case evidence.ARM:
		if rest, ok := strings.CutPrefix(r.ID, "/subscriptions/"); ok {
			sub, _, _ := strings.Cut(rest, "/")
			return form + "subscription " + sub
		}
		return form + "the tenant"
	case evidence.Kubernetes:
		if r.Scope == "" {
			return form + "the cluster"
		}
		return form + "namespace " + r.Scope
	case evidence.Compose:
		return form + "project " + r.Scope
	}
	first, _, _ := strings.Cut(scope, "/")
	return form + first
}

// alone reports whether an input by itself is all that there is of what it shows: code, a state, a Compose file. An export may be of more or of
// less each time that it is made.
func alone(r *evidence.Resource) bool {
	return r.Side == evidence.Declared || r.Side == evidence.Planned || r.Form == evidence.Terraform || r.Form == evidence.Compose
}

// lone notes what one side alone has.
func (c *comparison) lone(s int, rs []*evidence.Resource) {
	for _, r := range rs {
		c.out.lone[s] = append(c.out.lone[s], absent{r: r})
	}
}

// absences tells of each resource that one side alone has whether the other one read what would hold it.
func (c *comparison) absences() {
	if len(c.out.lone[0])+len(c.out.lone[1]) == 0 {
		return
	}
	for s := range c.out.lone {
		other := c.halves[1-s].books()
		kept := c.keptInputs(s)
		list := c.out.lone[s][:0]
		for _, l := range c.out.lone[s] {
			if l.r.Data && (c.o.AnySide || c.still(1-s, l.r)) {
				continue // only its reading is gone
			}
			l.why = c.gapOf(l.r, s, other, kept)
			list = append(list, l)
		}
		c.out.lone[s] = list
	}
}

// still reports whether a side has the id in any form.
func (c *comparison) still(s int, r *evidence.Resource) bool {
	all := c.halves[s].all
	i, found := slices.BinarySearchFunc(all, r.ID, func(x *evidence.Resource, id string) int { return strings.Compare(x.ID, id) })
	return found && i < len(all)
}

// inForm reports whether a side has the id, and whether it has it in that form and on that side too.
func (c *comparison) inForm(s int, r *evidence.Resource) (other *evidence.Resource, same bool) {
	all := c.halves[s].all
	i, _ := slices.BinarySearchFunc(all, r.ID, func(x *evidence.Resource, id string) int { return strings.Compare(x.ID, id) })
	for ; i < len(all) && all[i].ID == r.ID; i++ {
		if a, b := c.kinOf(all[i], false), c.kinOf(r, false); a.form == b.form && a.side == b.side {
			return all[i], true
		}
		other = all[i]
	}
	return other, false
}

// hasBoth reports whether a side has the id in the form and on the side of x too.
func (c *comparison) hasBoth(s int, x *evidence.Resource) bool {
	_, same := c.inForm(s, x)
	return same
}

// gapOf tells why the other side need not have read a resource; nil when it did read what would hold it.
func (c *comparison) gapOf(r *evidence.Resource, s int, other *book, kept map[string]bool) *gap {
	if c.o.Match == ByRole {
		return c.gapOfRole(r, other)
	}
	// What its own side has in both forms was read in both, and the one that is left excuses nothing: a state still names what the cloud has no more.
	if x, same := c.inForm(1-s, r); x != nil && !same && !c.hasBoth(s, x) {
		if x.Form != r.Form {
			return &gap{input: inputOf(x), reason: "it was read in another form, " + string(x.Form) + " in place of " + string(r.Form), help: "scan both times the same sort of input: " + formHelp[r.Form], failed: true}
		}
		return &gap{input: inputOf(x), reason: "it was read as " + sideWords[x.Side] + ", and not as " + sideWords[r.Side], help: "scan both times what is live, or both times the code", failed: true}
	}
	if g := other.failedAt(r); g != nil {
		return g
	}
	if len(other.inputs) == 0 && len(c.halves[s].books().inputs) == 0 {
		return nil // neither snapshot says what it was read from
	}
	unit := unitOf(r)
	for _, o := range r.Origins {
		for _, in := range [2]string{o.Root, o.Input} {
			format, there := other.inputs[in]
			if !there {
				continue
			}
			if alone(r) || other.units[unit] || format == "kubernetes" && c.shares(s, in, other) {
				return nil
			}
			return &gap{input: in, reason: "the input shows nothing of " + unitWords(unit) + " any more", help: "see whether the account that made the export may still read it; " + formHelp[r.Form]}
		}
	}
	if other.units[unit] && slices.ContainsFunc(r.Origins, func(o evidence.Origin) bool { return kept[o.Input] }) {
		return nil
	}
	in := inputOf(r)
	if len(r.Origins) > 0 && r.Origins[0].Root != "" {
		in = r.Origins[0].Root
	}
	return &gap{input: in, reason: "the input was not scanned", help: "scan it too; " + formHelp[r.Form]}
}

var formHelp = map[evidence.Form]string{
	evidence.ARM:        "export all subscriptions and all kinds of resources that the other side has",
	evidence.Terraform:  "give all states, plans and root modules that the other side has",
	evidence.Kubernetes: "give all manifests, or all namespaces of the cluster, that the other side has",
	evidence.Compose:    "give all Compose files that the other side has",
}

var sideWords = map[evidence.Side]string{evidence.Live: "what is live", evidence.Declared: "what code declares", evidence.Planned: "what a plan would make"}

func unitWords(unit string) string {
	_, words, _ := strings.Cut(unit, ":")
	if words == "" {
		return "what it belongs to"
	}
	return words
}

// failedAt tells whether the side says that it could not read the resource, or all of an input that showed it.
func (b *book) failedAt(r *evidence.Resource) *gap {
	if len(b.things) > 0 {
		for _, name := range namesOf(r) {
			if n, there := b.things[lower(name)]; there {
				return gapBy(n)
			}
		}
	}
	for _, o := range r.Origins {
		for _, in := range [2]string{o.Root, o.Input} {
			if n, there := b.broken[in]; there && in != "" {
				return gapBy(n)
			}
		}
	}
	return nil
}

func gapBy(n evidence.NotRead) *gap {
	return &gap{input: n.Input, line: n.Line, reason: n.Reason, help: n.Help, failed: true}
}

// namesOf are the texts by which a reader may have named a resource that it could not read.
func namesOf(r *evidence.Resource) []string {
	out := append([]string{r.ID}, r.Aliases...)
	for _, o := range r.Origins {
		if o.Address != "" {
			out = append(out, o.Address)
		}
	}
	return out
}

// shares reports whether an input shows on the other side something of what it showed on this one.
func (c *comparison) shares(s int, in string, other *book) bool {
	mine := c.halves[s].books().by[in]
	for u := range other.by[in] {
		if mine[u] {
			return true
		}
	}
	return false
}

// keptInputs are the inputs of a side that the other side does not have under their names, but whose resources it still has for the most part: the
// file was given another name.
func (c *comparison) keptInputs(s int) map[string]bool {
	other := c.halves[1-s].books()
	missing := map[string][2]int{} // all, gone
	for in := range c.halves[s].books().seen {
		if _, there := other.inputs[in]; !there {
			missing[in] = [2]int{}
		}
	}
	if len(missing) == 0 {
		return nil
	}
	count := func(r *evidence.Resource, k int) {
		for _, o := range r.Origins {
			if n, there := missing[o.Input]; there {
				n[k]++
				missing[o.Input] = n
			}
		}
	}
	for _, r := range c.halves[s].all {
		count(r, 0)
	}
	for _, l := range c.out.lone[s] {
		count(l.r, 1)
	}
	kept := map[string]bool{}
	for in, n := range maps.All(missing) {
		kept[in] = 2*n[1] < n[0]
	}
	return kept
}

// notRead tells what each side could not read by its own words.
func (c *comparison) notRead() {
	told := map[string]bool{} // inputs whose failure is counted with what they showed
	for s := range c.out.lone {
		for _, l := range c.out.lone[s] {
			if l.why != nil && l.why.failed {
				told[l.why.input+"\x00"+l.why.reason] = true
			}
		}
	}
	old := map[[4]string][]evidence.NotRead{}
	for _, n := range c.halves[0].snap.NotRead {
		k := c.noteKey(n, 0)
		old[k] = append(old[k], n)
	}
	both := map[[4]string]int{}
	for _, n := range c.halves[1].snap.NotRead {
		k := c.noteKey(n, 1)
		if list := old[k]; both[k] < len(list) {
			c.out.unknown = append(c.out.unknown, dark{noteOf(n), noteOf(list[both[k]]), oldSide | newSide})
			both[k]++
			continue
		}
		c.note(n, 1, told)
	}
	for _, n := range c.halves[0].snap.NotRead {
		if k := c.noteKey(n, 0); both[k] > 0 {
			both[k]--
			continue
		}
		c.note(n, 0, told)
	}
}

// note tells what one side alone could not read, unless it is counted with what it showed.
func (c *comparison) note(n evidence.NotRead, s int, told map[string]bool) {
	if told[n.Input+"\x00"+n.Reason] {
		return
	}
	on := oldSide << s
	if !c.knew(1-s, n) {
		on = oldSide | newSide
	}
	c.out.tell(noteOf(n), on)
}

func noteOf(n evidence.NotRead) Unknown {
	u := Unknown{Input: n.Input, Line: n.Line, Reason: n.Reason, Help: n.Help, Count: max(n.Count, 1)}
	switch {
	case n.Thing == "":
	case n.Kind == evidence.ResourceNotRead || evidence.IsARM(n.Thing) || strings.ContainsAny(n.Thing, ":["):
		u.Resource = n.Thing
	case n.Kind == evidence.TypeWithoutRule || strings.Contains(n.Thing, "/"):
		u.Type = n.Thing
	case n.Kind == evidence.PropertyWithheld && !strings.Contains(n.Thing, "."):
		u.Path = Path(n.Thing)
	default:
		u.Resource = n.Thing
	}
	return u
}

// noteKey is by what two sides say the same: numbers and lines may differ, and an input that one side alone has may have another name on the other.
func (c *comparison) noteKey(n evidence.NotRead, s int) [4]string {
	input := n.Input
	if _, there := c.halves[1-s].books().inputs[input]; !there && n.Kind != evidence.InputNotUnderstood {
		input = ""
	}
	return [4]string{string(n.Kind), input, n.Thing, strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return -1
		}
		return r
	}, n.Reason)}
}

// knew reports whether a side did know what the other one could not read.
func (c *comparison) knew(s int, n evidence.NotRead) bool {
	if c.o.AnySide && n.Kind == evidence.PropertyWithheld {
		return false // what a plan leaves open was never known
	}
	b := c.halves[s].books()
	if n.Thing == "" || n.Kind == evidence.InputNotUnderstood {
		_, failed := b.broken[n.Input]
		_, there := b.inputs[n.Input]
		return (there || b.seen[n.Input]) && !failed
	}
	switch n.Kind {
	case evidence.ResourceNotRead:
		return c.halves[s].named(n.Thing)
	case evidence.PropertyWithheld:
		_, there := b.inputs[n.Input]
		return there
	}
	_, there := b.inputs[n.Input]
	return there && !strings.Contains(n.Reason, "no rule")
}

// named reports whether a side has a resource of that name.
func (h *half) named(thing string) bool {
	b := h.books()
	if b.names == nil {
		b.names = map[string]bool{}
		for _, r := range h.all {
			for _, n := range namesOf(r) {
				b.names[lower(n)] = true
			}
		}
	}
	return b.names[lower(thing)]
}
