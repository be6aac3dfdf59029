package home

import (
	"context"
	"strconv"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/store/sqldb"
)

// Standing is what the platform knows of a home without opening it: hints, which follow what is true within a minute, and after a crash within a day.
type Standing struct {
	Org    id.Org
	Due    time.Time // when its next job or schedule is due; zero: nothing is known of one
	Served time.Time // when a worker last asked it
	Active time.Time // until when it may be written to; zero: it was asked since
	Dead   int       // jobs that died
	Oldest time.Time // when the first of them was made
}

// Wanted is which homes [Homes.Standings] is about.
type Wanted struct {
	Dead  bool      // those with jobs that died
	Since time.Time // those that were served, or may be written to, after it
	Late  time.Time // those with something due before it
	After id.Org    // behind that one
	Only  []id.Org  // those; nil is all
	Limit int
}

// standingsListed bounds one answer, and onlyListed what one question names.
const (
	standingsListed = 1000
	onlyListed      = 200
)

// Standings are hints of homes in the order of their ids. No home is opened.
func (hs *Homes) Standings(ctx context.Context, s access.Scope, w Wanted) ([]Standing, error) {
	if err := operates(s); err != nil {
		return nil, err
	}
	if len(w.Only) > onlyListed {
		return nil, fault.New(fault.Limited, "at most %d homes are named at once", onlyListed)
	}
	if w.Limit <= 0 || w.Limit > standingsListed {
		w.Limit = standingsListed
	}
	query, args := w.query()
	list := []Standing{}
	err := hs.platform.db.Read(ctx, func(tx *sqldb.Tx) error {
		list = list[:0]
		return tx.Each(ctx, query, func(scan func(...any) error) error {
			x := Standing{}
			var due, served, active, oldest int64
			err := scan((*string)(&x.Org), &due, &served, &active, &x.Dead, &oldest)
			if due != never {
				x.Due = moment(due)
			}
			x.Served, x.Active, x.Oldest = moment(served), moment(active), moment(oldest)
			list = append(list, x)
			return err
		}, args...)
	})
	return list, err
}

// query is the statement. A home that is in one of the two tables only is told all the same: the platform has no row among the hints.
func (w Wanted) query() (string, []any) {
	var a arguments
	query := `SELECT o.organisation, COALESCE(d.at, ` + a.add(never) + `), COALESCE(d.last_served, 0), COALESCE(d.active, 0), COALESCE(x.jobs, 0), COALESCE(x.oldest, 0)
		FROM (SELECT organisation FROM due UNION SELECT organisation FROM dead_jobs) o
		LEFT JOIN due d ON d.organisation = o.organisation LEFT JOIN dead_jobs x ON x.organisation = o.organisation
		WHERE o.organisation > ` + a.add(string(w.After))
	if w.Dead {
		query += ` AND x.jobs > 0`
	}
	if !w.Since.IsZero() {
		since := a.add(w.Since.UnixMicro())
		query += ` AND (d.last_served > ` + since + ` OR d.active > ` + since + `)`
	}
	if !w.Late.IsZero() {
		query += ` AND d.at < ` + a.add(w.Late.UnixMicro())
	}
	if w.Only != nil {
		query += ` AND o.organisation IN (''`
		for _, org := range w.Only {
			query += `, ` + a.add(string(org))
		}
		query += `)`
	}
	return query + ` ORDER BY o.organisation LIMIT ` + a.add(w.Limit), a.list
}

// arguments numbers what a statement is given.
type arguments struct{ list []any }

func (a *arguments) add(v any) string {
	a.list = append(a.list, v)
	return "$" + strconv.Itoa(len(a.list))
}

func moment(micro int64) time.Time {
	if micro == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micro).UTC()
}

// bury tells the platform how many jobs of the home are dead. It comes after the change is durable, and may be lost: it is counted again when the home is asked for its jobs.
func (c *core) bury(ctx context.Context) {
	if c.homes == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), hintTime)
	defer cancel()
	if err := c.countDead(ctx); err != nil {
		c.log().Warn("how many jobs died could not be told to the platform: they are counted again within a day", "org", string(c.org), "kind", string(fault.KindOf(err)))
	}
}

// countDead counts and tells. Nothing is written where nothing has changed.
func (c *core) countDead(ctx context.Context) error {
	var jobs, oldest int64
	if err := c.db.Read(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Row(ctx, []any{&jobs, &oldest}, `SELECT COUNT(*), COALESCE(MIN(created_at), 0) FROM job WHERE state = 'dead'`)
		return err
	}); err != nil {
		return err
	}
	return c.homes.tellDead(ctx, c.org, jobs, oldest)
}

func (hs *Homes) tellDead(ctx context.Context, org id.Org, jobs, oldest int64) error {
	var known, since int64
	if err := hs.platform.db.Read(ctx, func(tx *sqldb.Tx) error {
		known, since = 0, 0
		_, err := tx.Row(ctx, []any{&known, &since}, `SELECT jobs, oldest FROM dead_jobs WHERE organisation = $1`, string(org))
		return err
	}); err != nil || known == jobs && since == oldest {
		return err
	}
	return hs.platform.transact(ctx, func(tx *sqldb.Tx) error {
		if jobs == 0 {
			return tx.Queue(ctx, `DELETE FROM dead_jobs WHERE organisation = $1`, string(org))
		}
		return tx.Queue(ctx, `INSERT INTO dead_jobs (organisation, jobs, oldest, at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (org_id, organisation) DO UPDATE SET jobs = excluded.jobs, oldest = excluded.oldest, at = excluded.at`, string(org), jobs, oldest, hs.cfg.Now().UnixMicro())
	})
}

// Work is a job as somebody sees it who may not see what it is about: no arguments, nobody's name.
type Work struct {
	ID       string
	Kind     string
	State    job.State
	Due      time.Time
	Made     time.Time
	Attempt  int
	Attempts int       // how often it is tried at most
	Until    time.Time // of a job in hand: when its lease ends
	Error    string
}

// Work lists the jobs in a state from the oldest on; "" is any.
func (h *Home) Work(ctx context.Context, state job.State, limit int) ([]Work, error) {
	if limit <= 0 || limit > jobsListed {
		limit = jobsListed
	}
	list := []Work{}
	err := h.Read(ctx, func(tx *sqldb.Tx) error {
		list = list[:0]
		return tx.Each(ctx, `SELECT id, kind, state, run_at, created_at, attempt, max_attempts, COALESCE(lease_until, 0), error FROM job
			WHERE state = $1 OR $1 = '' ORDER BY created_at, id LIMIT $2`, func(scan func(...any) error) error {
			var x Work
			var due, made, until int64
			err := scan(&x.ID, &x.Kind, (*string)(&x.State), &due, &made, &x.Attempt, &x.Attempts, &until, &x.Error)
			x.Due, x.Made, x.Until = moment(due), moment(made), moment(until)
			list = append(list, x)
			return err
		}, string(state), limit)
	})
	return list, err
}
