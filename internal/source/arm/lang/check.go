package lang

import (
	"fmt"
)

// whole, text and others take one argument of a kind; their errors say which one is wrong.
func whole(args []Value, i int) (int64, error) {
	if args[i].Kind != Int {
		return 0, wrong(args, i, "an integer")
	}
	return args[i].Int, nil
}

func str(args []Value, i int) (string, error) {
	if args[i].Kind != String {
		return "", wrong(args, i, "a text")
	}
	return args[i].Text, nil
}

// strs takes all arguments as texts.
func strs(args []Value) ([]string, error) {
	all := make([]string, len(args))
	for i := range args {
		var err error
		if all[i], err = str(args, i); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func wrong(args []Value, i int, want string) error {
	if len(args) == 1 {
		return fmt.Errorf("takes %s, not %s", want, article(args[i].Kind))
	}
	return fmt.Errorf("argument %d is %s and not %s", i+1, article(args[i].Kind), want)
}
