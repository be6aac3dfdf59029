package font

// Arabic letters change with their neighbours. Fonts without a shaping engine have the forms as characters of their own:
// the presentation forms A and B of Unicode (chapter 9.2, tables 9-3 and 9-8), where the forms of a letter stand beside each
// other in the order isolated, final, initial, medial. A letter with two forms joins the one before it only.

type forms struct {
	letter, isolated rune
	n                int
}

// joining are the letters that have forms, sorted.
var joining = []forms{
	{0x0622, 0xFE81, 2},
	{0x0623, 0xFE83, 2},
	{0x0624, 0xFE85, 2},
	{0x0625, 0xFE87, 2},
	{0x0626, 0xFE89, 4},
	{0x0627, 0xFE8D, 2},
	{0x0628, 0xFE8F, 4},
	{0x0629, 0xFE93, 2},
	{0x062A, 0xFE95, 4},
	{0x062B, 0xFE99, 4},
	{0x062C, 0xFE9D, 4},
	{0x062D, 0xFEA1, 4},
	{0x062E, 0xFEA5, 4},
	{0x062F, 0xFEA9, 2},
	{0x0630, 0xFEAB, 2},
	{0x0631, 0xFEAD, 2},
	{0x0632, 0xFEAF, 2},
	{0x0633, 0xFEB1, 4},
	{0x0634, 0xFEB5, 4},
	{0x0635, 0xFEB9, 4},
	{0x0636, 0xFEBD, 4},
	{0x0637, 0xFEC1, 4},
	{0x0638, 0xFEC5, 4},
	{0x0639, 0xFEC9, 4},
	{0x063A, 0xFECD, 4},
	{0x0641, 0xFED1, 4},
	{0x0642, 0xFED5, 4},
	{0x0643, 0xFED9, 4},
	{0x0644, 0xFEDD, 4},
	{0x0645, 0xFEE1, 4},
	{0x0646, 0xFEE5, 4},
	{0x0647, 0xFEE9, 4},
	{0x0648, 0xFEED, 2},
	{0x0649, 0xFEEF, 2},
	{0x064A, 0xFEF1, 4},
	{0x0671, 0xFB50, 2},
	{0x0679, 0xFB66, 4},
	{0x067A, 0xFB5E, 4},
	{0x067B, 0xFB52, 4},
	{0x067E, 0xFB56, 4},
	{0x067F, 0xFB62, 4},
	{0x0680, 0xFB5A, 4},
	{0x0683, 0xFB76, 4},
	{0x0684, 0xFB72, 4},
	{0x0686, 0xFB7A, 4},
	{0x0687, 0xFB7E, 4},
	{0x0688, 0xFB88, 2},
	{0x068C, 0xFB84, 2},
	{0x068D, 0xFB82, 2},
	{0x068E, 0xFB86, 2},
	{0x0691, 0xFB8C, 2},
	{0x0698, 0xFB8A, 2},
	{0x06A4, 0xFB6A, 4},
	{0x06A6, 0xFB6E, 4},
	{0x06A9, 0xFB8E, 4},
	{0x06AD, 0xFBD3, 4},
	{0x06AF, 0xFB92, 4},
	{0x06B1, 0xFB9A, 4},
	{0x06B3, 0xFB96, 4},
	{0x06BA, 0xFB9E, 2},
	{0x06BB, 0xFBA0, 4},
	{0x06BE, 0xFBAA, 4},
	{0x06C0, 0xFBA4, 2},
	{0x06C1, 0xFBA6, 4},
	{0x06C5, 0xFBE0, 2},
	{0x06C6, 0xFBD9, 2},
	{0x06C7, 0xFBD7, 2},
	{0x06C8, 0xFBDB, 2},
	{0x06C9, 0xFBE2, 2},
	{0x06CB, 0xFBDE, 2},
	{0x06CC, 0xFBFC, 4},
	{0x06D0, 0xFBE4, 4},
	{0x06D2, 0xFBAE, 2},
	{0x06D3, 0xFBB0, 2},
}

// lamAlef are the isolated forms of lam with an alef; the final form follows each.
var lamAlef = map[rune]rune{0x0622: 0xFEF5, 0x0623: 0xFEF7, 0x0625: 0xFEF9, 0x0627: 0xFEFB}

const (
	lam     = 0x0644
	tatweel = 0x0640
	joiner  = 0x200D
)

func formsOf(r rune) (forms, bool) {
	lo, hi := 0, len(joining)
	for lo < hi {
		if mid := (lo + hi) / 2; joining[mid].letter < r {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo < len(joining) && joining[lo].letter == r {
		return joining[lo], true
	}
	return forms{}, false
}

// joinsNext and joinsBefore say whether a character joins the one after it and the one before it, in the order of reading.
func joinsNext(r rune) bool {
	f, ok := formsOf(r)
	return ok && f.n == 4 || r == tatweel || r == joiner
}

func joinsBefore(r rune) bool {
	_, ok := formsOf(r)
	return ok || r == tatweel || r == joiner
}

// form is a letter's form between two neighbours; 0 for no neighbour.
func form(before, r, after rune) rune {
	f, ok := formsOf(r)
	if !ok {
		return r
	}
	k := rune(0)
	if joinsNext(before) {
		k = 1
	}
	if f.n == 4 && joinsBefore(after) {
		k += 2
	}
	return f.isolated + k
}

// join puts the forms in place of the bases of a text, and one cluster in place of a lam and an alef.
func join(cs []cluster) []cluster {
	shown := cs[:0:0]
	for i := 0; i < len(cs); i++ {
		c := cs[i]
		before, after := rune(0), rune(0)
		if i > 0 {
			before = cs[i-1].base
		}
		if i+1 < len(cs) {
			after = cs[i+1].base
		}
		if iso, ok := lamAlef[after]; ok && c.base == lam {
			if joinsNext(before) {
				iso++
			}
			c.shown, c.text, c.marks = iso, c.text+cs[i+1].text, append(c.marks[:len(c.marks):len(c.marks)], cs[i+1].marks...)
			i++
		} else {
			c.shown = form(before, c.base, after)
		}
		shown = append(shown, c)
	}
	return shown
}
