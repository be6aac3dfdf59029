package trust

import (
	"encoding/hex"
	"fmt"
	"strings"

	"c4arch/internal/base/id"
)

// replaced writes a value in the place of a placeholder.
func replaced(query string, n int, v any) string {
	text := fmt.Sprint(v)
	switch x := v.(type) {
	case []byte:
		text = `'\x` + hex.EncodeToString(x) + `'`
	case string:
		text = "'" + strings.ReplaceAll(x, "'", "''") + "'"
	}
	return strings.ReplaceAll(query, fmt.Sprintf("$%d", n), text)
}

// withOrg narrows a statement of the tests to one organisation's rows, as row security would for the program.
func withOrg(query string, org id.Org) string {
	org = id.Org("'" + string(org) + "'")
	if into, rest, ok := strings.Cut(query, " ("); ok && strings.HasPrefix(query, "INSERT") {
		if columns, from, ok := strings.Cut(rest, ") SELECT "); ok {
			return into + " (org_id, " + columns + ") SELECT " + string(org) + ", " + withOrg(from, org)
		}
		columns, list, _ := strings.Cut(rest, ") VALUES (")
		return into + " (org_id, " + columns + ") VALUES (" + string(org) + ", " + list
	}
	if strings.Contains(query, " WHERE ") {
		return query + " AND org_id = " + strings.ReplaceAll(string(org), "''", "'")
	}
	return query + " WHERE org_id = " + string(org)
}
