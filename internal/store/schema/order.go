package schema

import "regexp"

// aKey is a primary key or an index that begins with the organisation and goes on.
var aKey = regexp.MustCompile(`((?:PRIMARY KEY|UNIQUE|INDEX [a-z0-9_]+ ON [a-z0-9_]+) )\(org_id, ([a-z0-9_, ]+)\)`)

// lastInFile puts the organisation at the end of the keys of a file. In a server it comes first, so that rows can be distributed by it, and the policy of each table names it in
// every query. No query of ours does, and in a file nothing adds it: an index that begins with a column that the query does not name is of no use (sqlite.org/queryplanner.html),
// and each look at one row would read the whole table. References and ON CONFLICT find a key by the set of its columns, in any order (sqlite.org/foreignkeys.html,
// sqlite.org/lang_upsert.html).
func lastInFile(text string) string {
	return aKey.ReplaceAllString(text, "${1}(${2}, org_id)")
}
