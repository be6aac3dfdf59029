package severity

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/checker"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// Limits of a condition: far above what a rule needs, low enough that a hostile one is refused on load or stopped.
const (
	maxExpression = 4_000       // characters
	maxNodes      = 2_000       // parts after macros
	maxNesting    = 2           // of exists, all, filter and map
	maxStatic     = 300_000_000 // cost when lists and texts have 1,000 parts each: two lists inside one another, but not three
	maxRun        = 100_000     // cost of one asking: a simple condition over 10,000 items; the meter itself takes time by the square of it
	sizeAssumed   = 1_000
)

// subject is what a condition is about; each has its own variables.
type subject int

const (
	ofPlace subject = iota
	ofSide
	ofExposure
	ofElement
	ofRelationship
	subjects
)

// String names the subject for people.
func (s subject) String() string {
	return [...]string{"a resource", "one side of a resource", "an exposure", "an element", "a relationship"}[s]
}

// Members of the variables that have a fixed set of them, so that a misspelt one is found on load.
var (
	resourceMembers     = []string{"id", "type", "name", "scope", "location", "form", "provider", "side", "tags", "data"}
	elementMembers      = []string{"id", "kind", "name", "technology", "external", "tags", "badges", "resourceType", "layer", "shape", "parent", "owner", "description"}
	relationshipMembers = []string{"id", "description", "technology", "confidence", "declared", "layer"}
)

// variables of a subject: a name, with its members where they are fixed.
func (s subject) variables() map[string][]string {
	switch s {
	case ofPlace:
		return map[string][]string{
			"old": nil, "new": nil, "before": nil, "after": nil, "parentOld": nil, "parentNew": nil,
			"resource": resourceMembers, "change": nil,
		}
	case ofSide:
		return map[string][]string{"value": nil, "props": nil, "parent": nil, "resource": resourceMembers, "change": nil}
	case ofExposure:
		return map[string][]string{"opened": nil, "closed": nil, "resource": resourceMembers, "kind": nil}
	case ofElement:
		return map[string][]string{"element": elementMembers, "oldElement": elementMembers, "status": nil, "fields": nil}
	}
	return map[string][]string{
		"relationship": relationshipMembers, "oldRelationship": relationshipMembers, "source": elementMembers, "target": elementMembers,
		"crossSystem": nil, "status": nil, "fields": nil,
	}
}

// variableTypes are the types of those variables that are always the same.
var variableTypes = map[string]*cel.Type{
	"change": cel.StringType, "kind": cel.StringType, "status": cel.StringType, "crossSystem": cel.BoolType,
	"opened": cel.ListType(cel.DynType), "closed": cel.ListType(cel.DynType), "fields": cel.ListType(cel.StringType),
}

// language holds one environment for each subject.
type language struct{ envs [subjects]*cel.Env }

func newLanguage() (*language, error) {
	options := append(functions(),
		cel.CrossTypeNumericComparisons(true),
		cel.ParserExpressionSizeLimit(maxExpression), cel.ParserRecursionLimit(100), cel.ExpressionNodeLimit(maxNodes),
		cel.RegexProgramSizeLimit(1_000),
		cel.ASTValidators(cel.ValidateComprehensionNestingLimit(maxNesting), cel.ValidateRegexLiterals()),
	)
	base, err := cel.NewEnv(options...)
	if err != nil {
		return nil, fmt.Errorf("severity: %w", err)
	}
	l := &language{}
	for s := range subjects {
		var vars []cel.EnvOption
		for name := range s.variables() {
			t := variableTypes[name]
			if t == nil {
				t = cel.DynType
			}
			vars = append(vars, cel.Variable(name, t))
		}
		if l.envs[s], err = base.Extend(vars...); err != nil {
			return nil, fmt.Errorf("severity: %w", err)
		}
	}
	return l, nil
}

// flaw is what is wrong with a condition: at an offset in letters, or -1 where it is the whole.
type flaw struct {
	offset int
	msg    string
}

// condition is an expression that can be asked.
type condition struct {
	program cel.Program
	// constant is the value where the expression is true or false as it stands, so that nothing runs.
	constant *bool
	// later makes the two above when they are first needed, of the rules that come with the program: tests compile them all, and
	// most runs ask few of them. nil where that is done.
	later func() (*condition, error)
}

// ready is the condition with its program.
func (c *condition) ready() (*condition, error) {
	if c.later == nil {
		return c, nil
	}
	return c.later()
}

// postpone is a condition that is compiled when it is first asked.
func (l *language) postpone(s subject, source string, number bool) *condition {
	return &condition{later: sync.OnceValues(func() (*condition, error) {
		c, flaws := l.compile(s, source, number, false)
		if len(flaws) > 0 {
			return nil, errors.New(flaws[0].msg)
		}
		return c, nil
	})}
}

// compile checks an expression for a subject and makes it ready to run. number is whether it must be a number rather than true or false,
// metered whether a meter runs with it: not with ours, which go through their input once.
func (l *language) compile(s subject, source string, number, metered bool) (*condition, []flaw) {
	if word := strings.TrimSpace(source); !number && (word == "true" || word == "false") {
		b := word == "true"
		return &condition{constant: &b}, nil
	}
	env := l.envs[s]
	parsed, issues := env.Parse(source)
	if issues.Err() != nil {
		return nil, flawsOf(source, issues)
	}
	if flaws := soften(s, parsed.NativeRep()); len(flaws) > 0 {
		return nil, flaws
	}
	checked, issues := env.Check(parsed)
	if issues.Err() != nil {
		return nil, flawsOf(source, issues)
	}
	if f := resultFlaw(checked.OutputType(), number); f != "" {
		return nil, []flaw{{-1, f}}
	}
	cost, err := env.EstimateCost(checked, sizes{})
	if err != nil {
		return nil, []flaw{{-1, "its cost cannot be told: " + err.Error()}}
	}
	if cost.Max > maxStatic {
		return nil, []flaw{{-1, fmt.Sprintf("it may cost up to %d steps, and %d is the most: look at fewer lists inside lists", cost.Max, maxStatic)}}
	}
	options := []cel.ProgramOption{cel.EvalOptions(cel.OptOptimize), cel.InterruptCheckFrequency(1_000)}
	if metered {
		options = append(options, cel.CostLimit(maxRun), cel.CostTracking(sizes{}))
	}
	program, err := env.Program(checked, options...)
	if err != nil {
		return nil, []flaw{{-1, err.Error()}}
	}
	return &condition{program: program}, nil
}

func resultFlaw(t *cel.Type, number bool) string {
	switch {
	case number && t != cel.IntType && t != cel.DoubleType && t != cel.DynType:
		return "it must give a number: use number(x), tls(x) or rank(x, list)"
	case !number && t != cel.BoolType:
		return "it must give true or false: compare it with something, or use on(x)"
	}
	return ""
}

// flawsOf turns the library's issues into ours.
func flawsOf(source string, issues *cel.Issues) []flaw {
	var out []flaw
	for _, e := range issues.Errors() {
		out = append(out, flaw{offsetOf(source, e.Location.Line(), e.Location.Column()), strings.TrimSpace(e.Message)})
	}
	return out
}

// offsetOf is how many letters stand before a line, from 1, and a column, from 0, of a text.
func offsetOf(source string, line, column int) int {
	at := 0
	for l := range strings.SplitSeq(source, "\n") {
		if line--; line <= 0 {
			return at + max(column, 0)
		}
		at += len([]rune(l)) + 1
	}
	return at
}

// soften replaces each x.name and x[key] by a call that gives null where nothing is there, and has(x.name) by the comparison with null: a
// rule is asked of resources of every shape, and a condition that fails on most of them says nothing. It reports members that a variable does not have.
func soften(s subject, a *ast.AST) []flaw {
	var flaws []flaw
	known, next := s.variables(), ast.MaxID(a)
	build := ast.NewExprFactory()
	id := func() int64 { next++; return next }
	ast.PostOrderVisit(a.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		var operand, key ast.Expr
		test := false
		switch e.Kind() {
		case ast.SelectKind:
			sel := e.AsSelect()
			operand, key, test = sel.Operand(), build.NewLiteral(id(), types.String(sel.FieldName())), sel.IsTestOnly()
			if operand.Kind() == ast.IdentKind {
				if members := known[operand.AsIdent()]; members != nil && !slices.Contains(members, sel.FieldName()) {
					flaws = append(flaws, flaw{offsetAt(a, e.ID()), fmt.Sprintf("%s has no %s: its members are %s", operand.AsIdent(), sel.FieldName(), strings.Join(members, ", "))})
				}
			}
		case ast.CallKind:
			call := e.AsCall()
			if call.FunctionName() != operators.Index || len(call.Args()) != 2 {
				return
			}
			operand, key = call.Args()[0], call.Args()[1]
		case ast.ComprehensionKind:
			c := e.AsComprehension()
			over := build.NewCall(id(), eachCall, build.CopyExpr(c.IterRange()))
			e.SetKindCase(build.NewComprehension(e.ID(), over, c.IterVar(), c.AccuVar(), c.AccuInit(), c.LoopCondition(), c.LoopStep(), c.Result()))
			return
		default:
			return
		}
		got := build.NewCall(id(), memberCall, build.CopyExpr(operand), build.CopyExpr(key))
		if test {
			e.SetKindCase(build.NewCall(e.ID(), operators.NotEquals, got, build.NewLiteral(id(), types.NullValue)))
			return
		}
		e.SetKindCase(got)
	}))
	return flaws
}

// offsetAt is the offset in letters of a part of an expression.
func offsetAt(a *ast.AST, id int64) int {
	r, ok := a.SourceInfo().GetOffsetRange(id)
	if !ok {
		return -1
	}
	return int(r.Start)
}

// sizes says what the language cannot know: how large the input may be, and what our functions cost.
type sizes struct{}

// EstimateSize implements checker.CostEstimator.
func (sizes) EstimateSize(checker.AstNode) *checker.SizeEstimate {
	return &checker.SizeEstimate{Min: 0, Max: sizeAssumed}
}

// EstimateCallCost implements checker.CostEstimator: functions that go through a list or a text cost its size.
func (sizes) EstimateCallCost(function, _ string, _ *checker.AstNode, _ []checker.AstNode) *checker.CallEstimate {
	size := &checker.SizeEstimate{Min: 0, Max: sizeAssumed}
	switch function {
	case memberCall, eachCall, "tls", "number", "on", "folded":
		return &checker.CallEstimate{CostEstimate: checker.CostEstimate{Min: 1, Max: 2}, ResultSize: size}
	case "at", "rank", "holds", "list", "opens", "share", "cloud", "glob":
		return &checker.CallEstimate{CostEstimate: checker.CostEstimate{Min: 1, Max: sizeAssumed}, ResultSize: size}
	}
	return nil
}

// CallCost implements interpreter.ActualCostEstimator.
func (sizes) CallCost(function, _ string, args []ref.Val, result ref.Val) *uint64 {
	cost := uint64(1)
	switch function {
	case memberCall, eachCall:
	case "tls", "number", "on", "folded", "list", "share", "cloud":
		cost += weight(args[0]) / 10
	case "at":
		cost += weight(result) + weight(args[1])
	case "rank", "holds", "opens":
		cost += weight(args[0]) * max(weight(args[1]), 1)
	case "glob":
		cost += weight(args[0]) * weight(args[1]) / 10
	default:
		return nil
	}
	return &cost
}

// weight is how many parts a value has: letters of a text, items of a list.
func weight(v ref.Val) uint64 {
	switch v := v.(type) {
	case types.String:
		return uint64(len(v))
	case interface{ Size() ref.Val }:
		if n, ok := v.Size().(types.Int); ok {
			return uint64(n)
		}
	}
	return 1
}

// errOpen: the answer depends on what the code leaves open. That is no fault of the rule; it is not answered.
var errOpen = errors.New("it depends on what is not known")

// holds asks a condition.
func (c *condition) holds(ctx context.Context, vars cel.Activation) (bool, error) {
	c, err := c.ready()
	if err != nil {
		return false, err
	}
	if c.constant != nil {
		return *c.constant, nil
	}
	v, err := c.run(ctx, vars)
	if err != nil {
		return false, err
	}
	b, ok := v.(types.Bool)
	if !ok {
		return false, errors.New("it did not give true or false")
	}
	return bool(b), nil
}

// number asks for a number.
func (c *condition) number(ctx context.Context, vars cel.Activation) (float64, error) {
	c, err := c.ready()
	if err != nil {
		return 0, err
	}
	v, err := c.run(ctx, vars)
	if err != nil {
		return 0, err
	}
	return number(v), nil
}

func (c *condition) run(ctx context.Context, vars cel.Activation) (ref.Val, error) {
	v, _, err := c.program.ContextEval(ctx, vars)
	if err == nil && types.IsUnknown(v) {
		return nil, errOpen
	}
	return v, err
}
