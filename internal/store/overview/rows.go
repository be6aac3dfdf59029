package overview

import (
	"encoding/json"
	"time"

	"c4arch/internal/arch/baseline"
	"c4arch/internal/base/id"
	"c4arch/internal/service/overview"
)

// Each statement begins at the projects, of which there are few, and looks up what is newest of each by an index. Behind $1 is the project that is asked for, or "" for all.
const (
	projects = `SELECT id, slug, name, archived, (SELECT count(*) FROM example e WHERE e.org_id = project.org_id AND e.project = project.id), created_at, version
		FROM project WHERE $1 = '' OR id = $1 ORDER BY lower(name), id`

	findings = `SELECT project, severity, count(*) FROM finding WHERE state = 'open' AND ($1 = '' OR project = $1) GROUP BY project, severity`

	// A scan whose job died has failed, although nobody could say so.
	scanColumns = `SELECT s.project, s.id, coalesce(s.connection, ''), s.name, CASE WHEN s.state IN ('queued', 'running')
			AND EXISTS (SELECT 1 FROM job j WHERE j.org_id = s.org_id AND j.kind = 'scan.run' AND j.key = s.id AND j.state = 'dead')
			AND NOT EXISTS (SELECT 1 FROM job j WHERE j.org_id = s.org_id AND j.kind = 'scan.run' AND j.key = s.id AND j.state <> 'dead') THEN 'failed' ELSE s.state END,
		coalesce(s.snapshot, ''), s.resources, s.not_read, s.error, s.created_at, coalesce(s.ended_at, 0) FROM `

	scans = scanColumns + `project p JOIN scan s ON s.org_id = p.org_id AND s.id = (SELECT x.id FROM scan x WHERE x.org_id = p.org_id AND x.project = p.id ORDER BY x.created_at DESC, x.id DESC LIMIT 1)
		WHERE $1 = '' OR p.id = $1`

	latest = scanColumns + `scan s JOIN project p ON p.org_id = s.org_id AND p.id = s.project
		WHERE CASE WHEN $1 = '' THEN p.archived = 0 AND NOT EXISTS (SELECT 1 FROM example e WHERE e.org_id = p.org_id AND e.project = p.id) ELSE p.id = $1 END
		ORDER BY s.id DESC LIMIT 8`

	snapshots = `SELECT s.project, s.id, s.collected_at, s.recorded_at, s.resources, s.not_read, (SELECT count(*) FROM snapshot c WHERE c.org_id = p.org_id AND c.project = p.id),
			(SELECT count(*) FROM snapshot n WHERE n.org_id = p.org_id AND n.project = p.id AND n.seq > coalesce((SELECT b.snapshot FROM baseline b WHERE b.org_id = p.org_id AND b.project = p.id ORDER BY b.seq DESC LIMIT 1), 0))
		FROM project p JOIN snapshot s ON s.org_id = p.org_id AND s.project = p.id AND s.seq = (SELECT max(x.seq) FROM snapshot x WHERE x.org_id = p.org_id AND x.project = p.id)
		WHERE $1 = '' OR p.id = $1`

	baselines = `SELECT b.project, b.id, s.id, b.approval, (SELECT count(*) FROM baseline c WHERE c.org_id = p.org_id AND c.project = p.id)
		FROM project p JOIN baseline b ON b.org_id = p.org_id AND b.project = p.id AND b.seq = (SELECT max(x.seq) FROM baseline x WHERE x.org_id = p.org_id AND x.project = p.id)
		JOIN snapshot s ON s.org_id = b.org_id AND s.project = b.project AND s.seq = b.snapshot
		WHERE $1 = '' OR p.id = $1`

	drift = `SELECT f.project, f.id, f.severity, f.title, f.resource, f.first_at FROM finding f JOIN project p ON p.org_id = f.org_id AND p.id = f.project
		WHERE f.state = 'open' AND CASE WHEN $1 = '' THEN p.archived = 0 AND NOT EXISTS (SELECT 1 FROM example e WHERE e.org_id = p.org_id AND e.project = p.id) ELSE p.id = $1 END
		ORDER BY f.first_at DESC, CASE f.severity WHEN 'critical' THEN 0 WHEN 'high' THEN 1 WHEN 'medium' THEN 2 WHEN 'low' THEN 3 ELSE 4 END, f.id LIMIT 8`

	proposals = `SELECT project, id, kind, actor, reason, created_at FROM proposal WHERE state = 'open' AND ($1 = '' OR project = $1) ORDER BY id`

	exceptions = `SELECT project, id, entry FROM exception WHERE revoked = 0 AND ($1 = '' OR project = $1) ORDER BY id LIMIT 2000`

	tokens = `SELECT id, name, expires_at FROM token WHERE revoked = 0 AND expires_at > $1 AND expires_at <= $2 ORDER BY expires_at LIMIT 50`

	jobs = `SELECT id, kind, error, attempt, created_at FROM job WHERE state = 'dead' ORDER BY run_at, id LIMIT 50`

	connections = `SELECT c.project, c.id, c.kind, c.name, coalesce(s.state, ''), coalesce(s.ended_at, 0) FROM connection c
		LEFT JOIN scan s ON s.org_id = c.org_id AND s.id = (SELECT max(x.id) FROM scan x WHERE x.org_id = c.org_id AND x.project = c.project AND x.connection = c.id)
		WHERE $1 = '' OR c.project = $1 ORDER BY c.id`
)

func scanned(scan func(...any) error) (s overview.Scan, err error) {
	var created, ended int64
	err = scan((*string)(&s.Project), &s.ID, &s.Connection, &s.Name, &s.State, &s.Snapshot, &s.Resources, &s.NotRead, &s.Error, &created, &ended)
	s.Created, s.Ended = when(created), when(ended)
	return s, err
}

func snapshot(scan func(...any) error) (s overview.Snapshot, err error) {
	var collected, recorded int64
	err = scan((*string)(&s.Project), &s.ID, &collected, &recorded, &s.Resources, &s.NotRead, &s.Count, &s.Newer)
	s.Collected, s.Recorded = when(collected), when(recorded)
	return s, err
}

// baselineAt is a baseline by its row; what its approval says is verified where it is shown as a proof.
func baselineAt(text string, b *overview.Baseline) {
	var a baseline.Approval
	if json.Unmarshal([]byte(text), &a) == nil {
		b.By, b.Reason = id.Actor(a.By), a.Reason
		b.At, _ = time.Parse(time.RFC3339, a.At) // "" is no time
	}
}

func baselineRow(scan func(...any) error) (b overview.Baseline, err error) {
	var text string
	err = scan((*string)(&b.Project), &b.ID, &b.Snapshot, &text, &b.Count)
	baselineAt(text, &b)
	return b, err
}

func finding(scan func(...any) error) (f overview.Finding, err error) {
	var first int64
	err = scan((*string)(&f.Project), &f.ID, &f.Severity, &f.Title, &f.Resource, &first)
	f.First = when(first)
	return f, err
}

func proposal(scan func(...any) error) (p overview.Proposal, err error) {
	var created int64
	err = scan((*string)(&p.Project), &p.ID, &p.Kind, (*string)(&p.Actor), &p.Reason, &created)
	p.Created = when(created)
	return p, err
}

func exception(scan func(...any) error) (x overview.Exception, err error) {
	err = scan((*string)(&x.Project), &x.ID, &x.Entry)
	return x, err
}

func token(scan func(...any) error) (e overview.Ending, err error) {
	var at int64
	err = scan(&e.ID, &e.Name, &at)
	e.Kind, e.At = "token", when(at)
	return e, err
}

func died(scan func(...any) error) (j overview.Job, err error) {
	var created int64
	err = scan(&j.ID, &j.Kind, &j.Error, &j.Attempt, &created)
	j.Created = when(created)
	return j, err
}

func connection(scan func(...any) error) (c overview.Connection, err error) {
	var ended int64
	err = scan((*string)(&c.Project), &c.ID, &c.Kind, &c.Name, &c.State, &ended)
	c.Ended = when(ended)
	return c, err
}
