package function

import (
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// Limits of regular expressions. Their steps are counted at the worst: each instruction for each byte.
const (
	maxRegex        = 16 << 10    // bytes of an expression
	maxInstructions = 100_000     // of an expression that is compiled
	maxSteps        = 400_000_000 // of a search
	stepsPerWork    = 50
)

// searcher is a regular expression and what a search with it costs.
type searcher struct {
	re           *regexp.Regexp
	instructions int
	// reach is how many characters behind the end of a match may be looked at before the match is found to end there; -1 when
	// there is no bound. With none, to find all matches may take time that grows with the square of the text.
	reach int
	spend func(int) error
}

func (e Env) searcher(pattern string) (searcher, error) {
	if len(pattern) > maxRegex {
		return searcher{}, limit("the regular expression has more than %d KiB", maxRegex>>10)
	}
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return searcher{}, function.NewArgErrorf(0, "invalid regexp pattern")
	}
	reach := reachOf(tree)
	prog, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return searcher{}, function.NewArgErrorf(0, "invalid regexp pattern")
	}
	if len(prog.Inst) > maxInstructions {
		return searcher{}, limit("the regular expression makes more than %d instructions", maxInstructions)
	}
	if err := e.Spend(len(prog.Inst)); err != nil {
		return searcher{}, err
	}
	re, err := regexp.Compile(pattern)
	return searcher{re, len(prog.Inst), reach, e.Spend}, err
}

// reachOf returns the reach of an expression. Where what has no end stands last, each character of it ends a match.
func reachOf(t *syntax.Regexp) int {
	switch t.Op {
	case syntax.OpCapture:
		return reachOf(t.Sub[0])
	case syntax.OpConcat:
		last := len(t.Sub) - 1
		n, r := widest(t.Sub[:last]), reachOf(t.Sub[last])
		if n < 0 || r < 0 {
			return -1
		}
		return n + r
	case syntax.OpStar, syntax.OpPlus:
		if s := t.Sub[0].Op; s == syntax.OpLiteral && len(t.Sub[0].Rune) == 1 || s == syntax.OpCharClass || s == syntax.OpAnyChar || s == syntax.OpAnyCharNotNL {
			return 1
		}
	}
	return widest([]*syntax.Regexp{t})
}

// widest returns how many characters expressions, one after the other, can match, or -1 when there is no bound.
func widest(all []*syntax.Regexp) int {
	total := 0
	for _, t := range all {
		n := 1
		switch t.Op {
		case syntax.OpStar, syntax.OpPlus:
			return -1
		case syntax.OpLiteral:
			n = len(t.Rune)
		case syntax.OpRepeat:
			if t.Max < 0 {
				return -1
			}
			if n = widest(t.Sub); n > 0 {
				n *= t.Max
			}
		case syntax.OpCapture, syntax.OpQuest, syntax.OpConcat:
			n = widest(t.Sub)
		case syntax.OpAlternate:
			for i := range t.Sub {
				w := widest(t.Sub[i : i+1])
				if w < 0 {
					return -1
				}
				n = max(n, w)
			}
		}
		if n < 0 {
			return -1
		}
		total += n
	}
	return total
}

// afford refuses a search for some matches in a text that may take too long.
func (s searcher) afford(text string, matches int) error {
	look := len(text)
	if s.reach >= 0 {
		look = min(4*s.reach, look)
	}
	steps := product(s.instructions, len(text)+product(matches, look))
	if steps > maxSteps {
		return limit("it searches a text that is too long for this regular expression")
	}
	return s.spend(steps / stepsPerWork)
}

// all returns the places of all matches and their groups.
func (s searcher) all(text string) ([][]int, error) {
	most := min(maxElements, maxNodes/(s.re.NumSubexp()+1))
	for n := 16; ; n *= 8 {
		n = min(n, most+1)
		if err := s.afford(text, n); err != nil {
			return nil, err
		}
		found := s.re.FindAllStringSubmatchIndex(text, n)
		if len(found) > most {
			return nil, limit("it makes more than %d elements", most)
		}
		if len(found) < n {
			return found, nil
		}
	}
}

func (e Env) oneMatch(args []cty.Value) error {
	s, err := e.searcher(text(args[0]))
	if err != nil {
		return err
	}
	return s.afford(text(args[1]), 1)
}

func (e Env) allMatches(args []cty.Value) error {
	s, err := e.searcher(text(args[0]))
	if err != nil {
		return err
	}
	_, err = s.all(text(args[1]))
	return err
}

// replace makes the function that replaces a text or, when it stands between slashes, what a regular expression matches.
func (e Env) replace() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{
			{Name: "str", Type: cty.String}, {Name: "substr", Type: cty.String}, {Name: "replace", Type: cty.String},
		},
		Type:         function.StaticReturnType(cty.String),
		RefineResult: notNull,
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			s, old, by := args[0].AsString(), args[1].AsString(), args[2].AsString()
			if len(old) > 1 && old[0] == '/' && old[len(old)-1] == '/' {
				out, err := e.replaceRegex(s, old[1:len(old)-1], by)
				return cty.StringVal(out), err
			}
			if err := tooMuchText(len(s) + product(strings.Count(s, old), len(by))); err != nil {
				return cty.NilVal, err
			}
			return cty.StringVal(strings.ReplaceAll(s, old, by)), nil
		},
	})
}

func (e Env) replaceRegex(s, pattern, by string) (string, error) {
	sr, err := e.searcher(pattern)
	if err != nil {
		return "", err
	}
	found, err := sr.all(s)
	if err != nil {
		return "", err
	}
	// A group in the replacement gives no more than the match, and all matches no more than the text.
	if err := tooMuchText(len(s) + product(len(found), len(by)) + product(strings.Count(by, "$"), len(s))); err != nil {
		return "", err
	}
	var out []byte
	at := 0
	for _, m := range found {
		out = sr.re.ExpandString(append(out, s[at:m[0]]...), by, s, m)
		at = m[1]
	}
	return string(append(out, s[at:]...)), nil
}
