package processing

import (
	_ "embed"
	"strings"
	"sync"
)

// Activity is what a kind of job or of ledger entry is for.
type Activity struct {
	Purpose   Purpose
	Operation Operation
	// Duty says that it is done for a duty of the platform's own (GDPR articles 6(1)(c), 32 and 33): to keep, to verify, to delete. No instruction is needed, and none can hold it.
	Duty bool
}

// activities.csv: what, kind or beginning of kinds that ends with ".", purpose, operation, by duty or by instruction.
//
//go:embed activities.csv
var activities string

type activityTable map[string]Activity

var tables = sync.OnceValue(func() map[string]activityTable {
	all := map[string]activityTable{"job": {}, "entry": {}}
	for line := range strings.Lines(activities) {
		f := strings.Split(strings.TrimSpace(line), ",")
		if len(f) != 5 || all[f[0]] == nil {
			continue
		}
		all[f[0]][f[1]] = Activity{Purpose: Purpose(f[2]), Operation: Operation(f[3]), Duty: f[4] == "duty"}
	}
	return all
})

// OfJob is what a kind of job is for. One that the table does not have has no purpose, and is not done for an organisation.
func OfJob(kind string) (Activity, bool) {
	a, known := tables()["job"][kind]
	return a, known
}

// OfEntry is what an entry of the ledger of that kind is about: the line of the kind, or that of all that begin as it does.
func OfEntry(kind string) (Activity, bool) {
	t := tables()["entry"]
	if a, known := t[kind]; known {
		return a, true
	}
	family, _, _ := strings.Cut(kind, ".")
	a, known := t[family+"."]
	return a, known
}
