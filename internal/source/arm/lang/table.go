package lang

import (
	"fmt"
	"strings"
	"sync"
)

// need is what a function must know of each of its arguments.
type need uint8

const (
	needAll     need = iota // everything
	needOutline             // which items and members there are; they may be open themselves
	needNothing             // it looks itself
)

func (n need) misses(v *Value) bool {
	switch n {
	case needAll:
		return v.open()
	case needOutline:
		return v.Kind == Open || v.Kind == String && v.Why != ""
	}
	return false
}

// function is a built-in function.
type function struct {
	name     string
	min, max int // how many arguments; max -1 for any number
	need     need
	keeps    bool // its result holds arguments or their parts as they are
	call     func(*eval, []Value) (Value, error)
	form     func(*eval, *node) Value // instead of call: evaluates its arguments itself
}

func (f *function) takes() string {
	switch {
	case f.max < 0:
		return fmt.Sprintf("at least %d", f.min)
	case f.min == f.max:
		return fmt.Sprint(f.min)
	}
	return fmt.Sprintf("%d to %d", f.min, f.max)
}

// table is all built-in functions by their name in lower case. It is built once and only read.
var table = sync.OnceValue(func() map[string]*function {
	all := map[string]*function{}
	for _, group := range [][]function{
		textFunctions(), formatFunctions(), codeFunctions(), hashFunctions(), arrayFunctions(), setFunctions(), objectFunctions(),
		lambdaFunctions(), logicFunctions(), numberFunctions(), dateFunctions(), cidrFunctions(), idFunctions(), cloudFunctions(),
	} {
		for i := range group {
			all[strings.ToLower(group[i].name)] = &group[i]
		}
	}
	return all
})

func lookup(name string) *function { return table()[strings.ToLower(name)] }
