package schema

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
)

// rows makes complete rows of any table, for probes: every text is the same, every number 1, but where a CHECK lists what may stand there.
type rows struct {
	allowed map[string]any // "table.column"
	homes   map[string]Homes
}

var (
	tableText = regexp.MustCompile(`(?s)CREATE TABLE ([a-z_]+) \((.*?)\n\)`)
	checkList = regexp.MustCompile(`(?m)^\s*([a-z_]+)\s.*CHECK \(([a-z_]+) IN \(('[^']*'|[0-9]+)`)
	checkOrg  = regexp.MustCompile(`(?m)^\s*([a-z_]+)\s.*CHECK \(([a-z_]+) = org_id\)`)
)

// ofOrg stands for the organisation of the row.
type ofOrg struct{}

// readRows finds what the texts of the steps allow. A later text of a table counts.
func readRows() (*rows, error) {
	steps, err := Read()
	if err != nil {
		return nil, err
	}
	r := &rows{allowed: map[string]any{}, homes: map[string]Homes{}}
	for _, s := range steps {
		for _, t := range tableText.FindAllStringSubmatch(s.Text, -1) {
			r.homes[t[1]] = s.Homes
			for _, c := range checkList.FindAllStringSubmatch(t[2], -1) {
				r.allowed[t[1]+"."+c[2]] = literal(c[3])
			}
			for _, c := range checkOrg.FindAllStringSubmatch(t[2], -1) {
				r.allowed[t[1]+"."+c[2]] = ofOrg{}
			}
		}
	}
	return r, nil
}

func literal(text string) any {
	if n, err := strconv.Atoi(text); err == nil {
		return n
	}
	return strings.Trim(text, "'")
}

// insert is the statement that inserts a row of an organisation, which is nil for NULL and "" for the empty text.
func (r *rows) insert(t *Table, org any) (query string, args []any, err error) {
	var names, marks []string
	for i, c := range t.Columns {
		names = append(names, c.Name)
		marks = append(marks, fmt.Sprintf("$%d", i+1))
		value, err := r.value(t, &c, org)
		if err != nil {
			return "", nil, err
		}
		args = append(args, value)
	}
	return "INSERT INTO " + t.Name + " (" + strings.Join(names, ", ") + ") VALUES (" + strings.Join(marks, ", ") + ")", args, nil
}

func (r *rows) value(t *Table, c *TableColumn, org any) (any, error) {
	if c.Name == "org_id" {
		return org, nil
	}
	switch v := r.allowed[t.Name+"."+c.Name].(type) {
	case nil:
	case ofOrg:
		if org == nil {
			return "x", nil
		}
		return org, nil
	default:
		return v, nil
	}
	switch c.Type {
	case "text":
		return "probe", nil
	case "integer":
		return 1, nil
	case "blob":
		return []byte{1}, nil
	}
	return nil, fault.New(fault.Internal, "the column %s of %s has the type %s, which is none of ours", c.Name, t.Name, c.Type)
}

// inOrder sorts tables so that what is referred to comes first.
func inOrder(list []Table) []*Table {
	var sorted []*Table
	done := map[string]bool{}
	var visit func(t *Table)
	visit = func(t *Table) {
		if done[t.Name] {
			return
		}
		done[t.Name] = true
		for _, k := range t.Keys {
			for i := range list {
				if k.Kind == Reference && list[i].Name == k.Parent {
					visit(&list[i])
				}
			}
		}
		sorted = append(sorted, t)
	}
	for i := range list {
		visit(&list[i])
	}
	return sorted
}

// whose is the organisation of which a table can have rows: the platform's own, or the one that a probe uses.
func (r *rows) whose(t *Table, canary id.Org) id.Org {
	if r.homes[t.Name] == OfPlatform {
		return id.Platform
	}
	return canary
}
