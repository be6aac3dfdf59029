package function

import (
	"strconv"

	"github.com/zclconf/go-cty/cty"
)

// formatSize refuses what format and formatlist would make too large: by a width or a precision, or by naming the
// same argument often.
func formatSize(args []cty.Value) error {
	verbs, width := verbsOf(text(args[0]))
	rows, lists, one := 1, 0, 0
	for _, a := range args[1:] {
		var m meter
		_ = m.add(a, 0) // what is too large has been refused already
		size := m.text*6 + m.nodes*8 + m.digits
		if v, _ := a.Unmark(); length(v) > 0 && !v.Type().IsMapType() && !v.Type().IsObjectType() {
			rows, lists = max(rows, length(v)), lists+size
		} else {
			one = max(one, size)
		}
	}
	total := product(rows, len(text(args[0]))+width) + product(verbs, lists) + product(product(verbs, rows), one)
	return tooMuchText(total)
}

// verbsOf returns the number of verbs of a format and the sum of their widths and precisions.
func verbsOf(format string) (verbs, width int) {
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			continue
		}
		verbs++
		for i++; i < len(format) && isFlag(format[i]); i++ {
			j := i
			for j < len(format) && format[j] >= '0' && format[j] <= '9' {
				j++
			}
			if j > i {
				n, err := strconv.Atoi(format[i:j])
				if err != nil {
					n = 1 << 40
				}
				width = min(width+n, 1<<40)
				i = j - 1
			}
		}
	}
	return verbs, width
}

func isFlag(c byte) bool {
	return c >= '0' && c <= '9' || c == ' ' || c == '+' || c == '-' || c == '#' || c == '.' || c == '[' || c == ']'
}
