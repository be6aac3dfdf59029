package sqldb

import (
	"cmp"
	"io/fs"
	"regexp"
	"slices"
	"strconv"

	"c4arch/internal/base/fault"
)

// Migration is one step of the schema. Steps go forward only.
type Migration struct {
	Number int
	Name   string
	SQL    string
}

var migrationName = regexp.MustCompile(`^([0-9]{4})_([a-z0-9_]+)\.sql$`)

// Migrations reads the steps in a folder of fsys: files called 0001_name.sql, numbered from 1 without a gap.
func Migrations(fsys fs.FS, dir string) ([]Migration, error) {
	files, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "the migrations cannot be read")
	}
	var steps []Migration
	for _, f := range files {
		m := migrationName.FindStringSubmatch(f.Name())
		if m == nil {
			return nil, fault.New(fault.Internal, "%s is not called like a migration", f.Name()).WithHelp("call it 0001_name.sql")
		}
		text, err := fs.ReadFile(fsys, dir+"/"+f.Name())
		if err != nil {
			return nil, fault.Wrap(fault.Internal, err, "a migration cannot be read")
		}
		n, _ := strconv.Atoi(m[1]) // four digits are a number
		steps = append(steps, Migration{Number: n, Name: m[2], SQL: string(text)})
	}
	slices.SortStableFunc(steps, func(a, b Migration) int { return cmp.Compare(a.Number, b.Number) })
	for i, s := range steps {
		if s.Number != i+1 {
			return nil, fault.New(fault.Internal, "migration %04d_%s: number %04d is missing or there twice", s.Number, s.Name, i+1)
		}
	}
	return steps, nil
}
