package sqldb

import (
	"cmp"
	"context"
	"fmt"
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

// Migrate brings the database to the newest of steps, each in a transaction of its own together with the note that it was
// done. A database that has more steps than are known here was made by a newer program, and is left alone.
func (db *DB) Migrate(ctx context.Context, steps []Migration) error {
	done, err := db.version(ctx)
	if err != nil {
		return err
	}
	for done < len(steps) {
		if done, err = db.step(ctx, steps); err != nil {
			return err
		}
	}
	if done > len(steps) {
		return fault.New(fault.Invalid, "the database %s was made by a newer c4arch", db.path).WithHelp("use that version, or a newer one")
	}
	return nil
}

func (db *DB) version(ctx context.Context) (int, error) {
	n := 0
	err := db.Read(ctx, func(tx *Tx) error {
		_, err := tx.Row(ctx, []any{&n}, "PRAGMA user_version")
		return err
	})
	return n, err
}

// step does the one step that is next, which another process may have done meanwhile.
func (db *DB) step(ctx context.Context, steps []Migration) (int, error) {
	n := 0
	err := db.Transact(ctx, func(tx *Tx) error {
		if _, err := tx.Row(ctx, []any{&n}, "PRAGMA user_version"); err != nil || n >= len(steps) {
			return err
		}
		if _, err := tx.Exec(ctx, steps[n].SQL); err != nil {
			return fault.Wrap(fault.KindOf(err), err, "migration %04d_%s", steps[n].Number, steps[n].Name)
		}
		n++
		_, err := tx.Exec(ctx, fmt.Sprintf("PRAGMA user_version=%d", n))
		return err
	})
	return n, err
}
