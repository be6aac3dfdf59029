package arch

import (
	"context"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"time"

	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/history"
	"c4arch/internal/store/sqldb"
)

// row is a snapshot as its row has it.
type row struct {
	history.Entry
	seq         int64
	project     id.Project
	digest      canon.Digest
	overlayName string
	overlayText *string
}

const rowQuery = `SELECT s.seq, s.project, s.id, s.digest, s.root, s.name, s.collected_at, s.recorded_at, s.method, s.key_id, s.scope, s.resources, s.not_read, s.fresh,
	s.overlay, s.overlay_name, s.overlay_text, s.model,
	coalesce((SELECT b.id FROM baseline b WHERE b.org_id = s.org_id AND b.project = s.project AND b.snapshot = s.seq ORDER BY b.seq DESC LIMIT 1), '')
	FROM snapshot s `

func scanRow(scan func(...any) error) (row, error) {
	var r row
	var scope string
	var collected, recorded int64
	err := scan(&r.seq, (*string)(&r.project), &r.ID, (*string)(&r.digest), (*string)(&r.Root), &r.Name, &collected, &recorded, &r.Method, &r.KeyID, &scope, &r.Resources,
		&r.NotRead, &r.Fresh, (*string)(&r.Overlay), &r.overlayName, &r.overlayText, (*string)(&r.Model), &r.Approved)
	if err != nil {
		return r, err
	}
	r.CollectedAt, r.RecordedAt = time.UnixMicro(collected).UTC(), time.UnixMicro(recorded).UTC()
	if _, ok := sumOf(r.digest); json.Unmarshal([]byte(scope), &r.Scope) != nil || !ok || history.IDOf(r.digest) != r.ID {
		return r, damaged("the row of the snapshot %s does not match its id", shown(r.ID))
	}
	return r, nil
}

// everywhere is for what is about the whole home: packs are shared by its projects.
const everywhere id.Project = ""

// rows reads snapshots of a project, whose name is $1; rest is what follows WHERE.
func rows(ctx context.Context, tx *sqldb.Tx, in id.Project, rest string, args ...any) ([]row, error) {
	return soundRows(ctx, tx, func(err error) error { return err }, in, rest, args...)
}

// soundRows hands what is wrong with a row to bad, which may let it go on without that row.
func soundRows(ctx context.Context, tx *sqldb.Tx, bad func(error) error, in id.Project, rest string, args ...any) ([]row, error) {
	var list []row
	where := "WHERE s.project = $1 "
	if args = append([]any{string(in)}, args...); in == everywhere {
		where, args = "", nil
	}
	err := tx.Each(ctx, rowQuery+where+rest, func(scan func(...any) error) error {
		r, err := scanRow(scan)
		if err != nil {
			return bad(err)
		}
		list = append(list, r)
		return nil
	}, args...)
	return list, err
}

// entry is the one snapshot that rest asks for.
func entry(ctx context.Context, tx *sqldb.Tx, in id.Project, rest string, args ...any) (*row, error) {
	list, err := rows(ctx, tx, in, rest, args...)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fault.New(fault.NotFound, "there is no such snapshot").WithHelp("c4arch history lists them")
	}
	return &list[0], nil
}

// List returns the newest first: in the order in which they were recorded, which no clock can turn round.
func (st *Store) List(ctx context.Context, limit int) ([]history.Entry, error) {
	list := []history.Entry{}
	err := st.home.Read(ctx, func(tx *sqldb.Tx) error {
		if limit <= 0 {
			limit = -1
		}
		found, err := rows(ctx, tx, st.project, "ORDER BY s.seq DESC"+upTo(limit))
		for i := range found {
			list = append(list, found[i].Entry)
		}
		return err
	})
	return list, err
}

func upTo(limit int) string {
	if limit < 0 {
		return ""
	}
	return " LIMIT " + strconv.Itoa(limit)
}

var (
	latestForm = regexp.MustCompile(`^latest(?:~([0-9]{1,9}))?$`)
	idForm     = regexp.MustCompile(`^s[0-9a-f]{3,12}$`)
	rootForm   = regexp.MustCompile(`^(?:sha256:)?([0-9a-f]{4,64})$`)
	dateForm   = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}`)
)

// Find resolves what people write. See [history.Store]. A date means the end of that day in UTC.
func (st *Store) Find(ctx context.Context, ref string) (history.Entry, error) {
	var e history.Entry
	err := st.home.Read(ctx, func(tx *sqldb.Tx) error {
		r, err := findRow(ctx, tx, st.project, strings.TrimSpace(ref))
		if err == nil {
			e = r.Entry
		}
		return err
	})
	return e, err
}

func findRow(ctx context.Context, tx *sqldb.Tx, in id.Project, ref string) (*row, error) {
	if m := latestForm.FindStringSubmatch(ref); m != nil {
		back, _ := strconv.Atoi("0" + m[1]) // at most nine digits
		return entry(ctx, tx, in, "ORDER BY s.seq DESC LIMIT 1 OFFSET $2", back)
	}
	if dateForm.MatchString(ref) {
		return findTime(ctx, tx, in, ref)
	}
	low := strings.ToLower(ref)
	if idForm.MatchString(low) {
		return findPrefix(ctx, tx, in, "s.id", low, func(r *row) string { return r.ID })
	}
	if m := rootForm.FindStringSubmatch(low); m != nil {
		return findPrefix(ctx, tx, in, "s.root", "sha256:"+m[1], func(r *row) string { return string(r.Root) })
	}
	return nil, fault.New(fault.NotFound, "%.60q names no snapshot", ref).
		WithHelp("give an id or at least 4 characters of it, a root, latest, latest~3, or a time such as 2026-01-31")
}

// findPrefix finds the newest whose column begins with prefix; several that differ there are a conflict.
func findPrefix(ctx context.Context, tx *sqldb.Tx, in id.Project, column, prefix string, value func(*row) string) (*row, error) {
	list, err := rows(ctx, tx, in, "AND "+column+" >= $2 AND "+column+" < $3 ORDER BY s.seq DESC", prefix, prefix+"g")
	if err != nil {
		return nil, err
	}
	for i := range list {
		if value(&list[i]) != value(&list[0]) {
			return nil, fault.New(fault.Conflict, "%s is the beginning of more than one snapshot", prefix).WithHelp("write more of it")
		}
	}
	if len(list) == 0 {
		return nil, fault.New(fault.NotFound, "there is no snapshot %s", prefix).WithHelp("c4arch history lists them")
	}
	return &list[0], nil
}

func findTime(ctx context.Context, tx *sqldb.Tx, in id.Project, ref string) (*row, error) {
	at, err := time.Parse(time.RFC3339, ref)
	if err != nil {
		if at, err = time.Parse(time.DateOnly, ref); err != nil {
			return nil, fault.New(fault.Invalid, "%.60q is no time", ref).WithHelp("write it like 2026-01-31 or 2026-01-31T09:30:00Z")
		}
		at = at.AddDate(0, 0, 1).Add(-time.Microsecond)
	}
	r, err := entry(ctx, tx, in, "AND s.collected_at <= $2 ORDER BY s.collected_at DESC, s.seq DESC LIMIT 1", at.UnixMicro())
	if fault.KindOf(err) == fault.NotFound {
		return nil, fault.New(fault.NotFound, "no snapshot was collected at or before %s", at.UTC().Format(time.RFC3339)).WithHelp("c4arch history lists them")
	}
	return r, err
}
