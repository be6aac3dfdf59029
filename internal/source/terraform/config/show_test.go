package config

import (
	"fmt"
	"strings"

	"c4arch/internal/base/tree"
)

// show writes properties in one line, for comparison.
func show(v *tree.Value) string {
	switch v.Kind {
	case tree.Array:
		var parts []string
		for i := range v.Items {
			parts = append(parts, show(&v.Items[i]))
		}
		return "[" + strings.Join(parts, " ") + "]"
	case tree.Object:
		var parts []string
		for i := range v.Members {
			parts = append(parts, v.Members[i].Name+":"+show(&v.Members[i].Value))
		}
		return "{" + strings.Join(parts, " ") + "}"
	case tree.String:
		return fmt.Sprintf("%q", v.Text)
	case tree.Null:
		return "null"
	}
	return v.Text
}
