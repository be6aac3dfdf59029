-- homes: organisation
-- How a proposal was decided: by whom, why and when; and a proposal may be rejected. The table is made anew and filled from the old one: which states there are
-- cannot be changed in place on both engines.

DROP INDEX proposal_project;
ALTER TABLE proposal RENAME TO old_proposal;

CREATE TABLE proposal (
    {{org}},
    id         TEXT    NOT NULL, -- pr_…
    project    TEXT    NOT NULL,
    kind       TEXT    NOT NULL CHECK (kind IN ('baseline', 'exception')),
    subject    TEXT    NOT NULL, -- id of the snapshot, or the entry of the exception
    expect     TEXT    NOT NULL, -- of a baseline: the one that was current
    reason     TEXT    NOT NULL,
    actor      TEXT    NOT NULL,
    state      TEXT    NOT NULL CHECK (state IN ('open', 'approved', 'withdrawn', 'rejected')),
    decider    TEXT    NOT NULL, -- '' while it waits, and of what was decided before this step
    answer     TEXT    NOT NULL, -- why it was rejected or withdrawn; '' else
    decided_at INTEGER NOT NULL, -- 0: not yet, or not known
    created_at INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, project) REFERENCES project (org_id, id)
) WITHOUT ROWID;
CREATE INDEX proposal_project ON proposal (org_id, project, state);

INSERT INTO proposal (id, project, kind, subject, expect, reason, actor, state, decider, answer, decided_at, created_at, version)
    SELECT id, project, kind, subject, expect, reason, actor, state, '', '', 0, created_at, version FROM old_proposal;

DROP TABLE old_proposal;
