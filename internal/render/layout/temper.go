package layout

// place gives every box its size and its first position. It tries several tempers, from one that likes rows as
// they come to one that likes a full page, and takes the one with the shortest lines, fewest crossings and best page.
func (t *tree) place(o Options) {
	lifted := t.lift()
	var best []stand
	bestCost := 0
	for _, temper := range tempers {
		if len(t.boxes) > temper.most {
			continue
		}
		o.temper = temper
		cost := t.placeOnce(lifted, o)
		if best == nil || cost < bestCost {
			best, bestCost = t.stands(), cost
		}
	}
	t.restore(best)
}

// temper is how a placement weighs what cannot be had all at once.
type temper struct {
	fold int // what a break of the flow costs, in hundredths
	most int // for pictures of at most so many boxes
}

var tempers = []temper{{6, maxNodes + 1}, {1, 400}, {20, 150}}

// placeOnce places everything with one temper, and says how much it likes the result. The second
// round knows from the first where the far ends of lines that leave a boundary are.
func (t *tree) placeOnce(lifted [][][2]int, o Options) int {
	for _, b := range t.boxes {
		b.pull, b.pulls = Point{}, 0
	}
	for round := range 2 {
		t.rows = 0
		t.placeInside(t.root, lifted, o)
		t.root.x, t.root.y = 0, 0
		t.absolute(t.root, 0, 0)
		if round == 0 && !t.setPulls() {
			break
		}
	}
	return t.improve() * pageCost(t.root.w, t.root.h, o) / 100
}

// pageCost is how badly a page of the wished shape would be filled: 100 for well enough.
func pageCost(w, h int, o Options) int {
	wide, tall := w*o.PageH, h*o.PageW
	over := max(wide, tall)*100/max(1, min(wide, tall)) - 130
	return 100 + max(0, over)
}

// stand is where a box stands.
type stand struct{ x, y, w, h, row, col int }

func (t *tree) stands() []stand {
	all := make([]stand, len(t.boxes))
	for i, b := range t.boxes {
		all[i] = stand{b.x, b.y, b.w, b.h, b.row, b.col}
	}
	return all
}

func (t *tree) restore(all []stand) {
	t.rows = 0
	for i, b := range t.boxes {
		s := all[i]
		b.x, b.y, b.w, b.h, b.row, b.col = s.x, s.y, s.w, s.h, s.row, s.col
		t.rows = max(t.rows, b.row, b.col)
	}
}
