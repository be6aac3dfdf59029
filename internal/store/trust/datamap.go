package trust

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"c4arch/internal/base/id"
	"c4arch/internal/store/home"
	"c4arch/internal/store/schema"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/control"
)

// Declared are the columns that the data map gives a class, by table.
type Declared map[string][]string

// DeclaredColumns are those of the data map of the program.
func DeclaredColumns() (Declared, error) {
	data, err := schema.DataMap()
	if err != nil {
		return nil, err
	}
	d := Declared{}
	for _, x := range data {
		if x.Table != schema.ObjectLines && x.Table != schema.StepLines { // neither is a table of a home
			d[x.Table] = append(d[x.Table], x.Column)
		}
	}
	return d, nil
}

// DataMap holds what is in the databases against what the data map declares: a table or a column without a class, or a class of what is not there, is a fault.
func (l *Looks) DataMap(declared Declared) func(context.Context) ([]control.Observation, error) {
	return func(ctx context.Context) ([]control.Observation, error) {
		orgs, err := l.orgs(ctx)
		if err != nil {
			return nil, err
		}
		there := map[string]bool{}
		var seen []control.Observation
		for _, org := range append([]id.Org{id.Platform}, orgs...) {
			err := l.in(ctx, org, func(h *home.Home) error {
				return h.Read(ctx, func(tx *sqldb.Tx) error {
					tables, err := schema.Tables(ctx, tx)
					seen = append(seen, undeclared(org, tables, declared, there)...)
					return err
				})
			})
			if err != nil {
				return seen, err
			}
		}
		if len(orgs) == 0 && l.Server == nil {
			seen = append(seen, control.Observation{Subject: "tables of organisations", Outcome: control.Unknown, Detail: "there is no organisation yet"})
			return seen, nil
		}
		return append(seen, absent(declared, there)), nil
	}
}

// undeclared says what a home has that the data map does not, and notes what is there.
func undeclared(org id.Org, tables []schema.Table, declared Declared, there map[string]bool) (seen []control.Observation) {
	columns := 0
	for _, t := range tables {
		for _, c := range t.Columns {
			columns++
			there[t.Name+"."+c.Name] = true
			if !slices.Contains(declared[t.Name], c.Name) {
				seen = append(seen, control.Observation{Subject: "home " + string(org), Outcome: control.Fail, Detail: "the column " + t.Name + "." + c.Name + " has no class"})
			}
		}
	}
	if len(seen) == 0 && columns > 0 {
		seen = append(seen, control.Observation{Subject: "home " + string(org), Outcome: control.Pass, Detail: fmt.Sprintf("%d columns of %d tables have a class", columns, len(tables))})
	}
	return seen
}

func absent(declared Declared, there map[string]bool) control.Observation {
	for _, table := range slices.Sorted(maps.Keys(declared)) {
		for _, column := range declared[table] {
			if !there[table+"."+column] {
				return control.Observation{Subject: "data map", Outcome: control.Fail, Detail: "it declares " + table + "." + column + ", which is not there"}
			}
		}
	}
	return control.Observation{Subject: "data map", Outcome: control.Pass, Detail: "all that it declares is there"}
}
