package arch

import (
	"context"

	"c4arch/internal/service/detect"
	"c4arch/internal/store/sqldb"
)

func (d *decision) writeProposal(ctx context.Context, tx *sqldb.Tx, p *detect.Proposal) error {
	if p.Project != d.project {
		return noProject()
	}
	if err := plainText(p.Subject, p.Expect, p.Reason, p.Answer); err != nil {
		return err
	}
	if p.Version == 0 {
		_, err := tx.Exec(ctx, `INSERT INTO proposal (project, id, kind, subject, expect, reason, actor, state, decider, answer, decided_at, created_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1)`,
			string(p.Project), p.ID, p.Kind, p.Subject, p.Expect, p.Reason, string(p.Actor), string(p.State), string(p.Decider), p.Answer, decidedAt(p), micro(p.Created))
		return err
	}
	n, err := tx.Exec(ctx, `UPDATE proposal SET state = $1, decider = $2, answer = $3, decided_at = $4, version = version + 1 WHERE project = $5 AND id = $6 AND version = $7`,
		string(p.State), string(p.Decider), p.Answer, decidedAt(p), string(p.Project), p.ID, p.Version)
	if err == nil && n != 1 {
		err = stale("proposal")
	}
	return err
}

// decidedAt is when a proposal was decided; 0 while it waits.
func decidedAt(p *detect.Proposal) int64 {
	if p.Decided == nil {
		return 0
	}
	return micro(*p.Decided)
}

// Proposals are all of the project, those that are over too. See [detect.Project].
func (v detection) Proposals(ctx context.Context) ([]detect.Proposal, error) {
	list := []detect.Proposal{}
	err := v.home.Read(ctx, func(tx *sqldb.Tx) error {
		return tx.Each(ctx, `SELECT id, kind, subject, expect, reason, actor, state, decider, answer, decided_at, created_at, version FROM proposal WHERE project = $1 ORDER BY id`, func(scan func(...any) error) error {
			p := detect.Proposal{Project: v.project}
			var decided, created int64
			err := scan(&p.ID, &p.Kind, &p.Subject, &p.Expect, &p.Reason, (*string)(&p.Actor), (*string)(&p.State), (*string)(&p.Decider), &p.Answer, &decided, &created, &p.Version)
			p.Created = fromMicro(created)
			if decided != 0 {
				at := fromMicro(decided)
				p.Decided = &at
			}
			list = append(list, p)
			return err
		}, string(v.project))
	})
	return list, err
}
