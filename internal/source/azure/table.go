package azure

import (
	"fmt"
	"strings"

	"c4arch/internal/base/tree"
)

// table reads {"columns":[{"name":…}],"rows":[[…]]}. Rows that stand before the
// columns wait for them.
func (r *run) table(j *tree.JSON, name string) error {
	var columns []string
	var known bool
	var early []tree.Value
	err := j.Object(func(part string) error {
		switch strings.ToLower(part) {
		case "columns":
			v, err := j.Value()
			if err != nil {
				return err
			}
			columns, err = columnNames(&v)
			known = true
			return err
		case "rows":
			return j.Array(func(i int) error {
				v, err := j.Value()
				if err != nil {
					return err
				}
				if !known {
					early = append(early, v)
					return nil
				}
				return r.tableRow(columns, &v, fmt.Sprintf("%s.rows[%d]", name, i))
			})
		}
		return j.Skip()
	})
	if err != nil {
		return err
	}
	if !known {
		return &tree.Error{Line: int(j.Line()), Msg: "the table that ends here has no columns"}
	}
	for i := range early {
		if err := r.tableRow(columns, &early[i], fmt.Sprintf("%s.rows[%d]", name, i)); err != nil {
			return err
		}
	}
	return nil
}

func columnNames(v *tree.Value) ([]string, error) {
	if v.Kind != tree.Array {
		return nil, &tree.Error{Line: int(v.Line), Msg: "the columns of the table are not an array"}
	}
	names := make([]string, 0, len(v.Items))
	seen := map[string]bool{}
	for i := range v.Items {
		n := v.Items[i].GetFold("name")
		if n.Str() == "" {
			return nil, &tree.Error{Line: int(v.Items[i].Line), Msg: "a column of the table has no name"}
		}
		if seen[n.Text] {
			return nil, &tree.Error{Line: int(n.Line), Msg: "two columns of the table have the same name"}
		}
		seen[n.Text] = true
		names = append(names, n.Text)
	}
	return names, nil
}

// tableRow turns the cells of a row into the object that the other form would have.
func (r *run) tableRow(columns []string, v *tree.Value, path string) error {
	if v.Kind != tree.Array || len(v.Items) != len(columns) {
		return &tree.Error{Line: int(v.Line), Msg: fmt.Sprintf("a row of the table has not the %d values of its columns", len(columns))}
	}
	row := tree.Value{Kind: tree.Object, Line: v.Line, Members: make([]tree.Member, len(columns))}
	for i, c := range columns {
		row.Members[i] = tree.Member{Name: c, Value: v.Items[i]}
	}
	return r.row(&row, path)
}
