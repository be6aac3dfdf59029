-- homes: platform
-- Attestations, and what belongs to the register of commitments.

-- A run that found nothing to look at is kept as what it is. SQLite cannot change what a column takes: its table is made anew.
-- engine: sqlite
DROP INDEX control_run_check;
ALTER TABLE control_run RENAME TO old_control_run;

CREATE TABLE control_run (
    {{org}},
    id       TEXT    NOT NULL, -- rn_…
    check_id TEXT    NOT NULL,
    outcome  TEXT    NOT NULL CHECK (outcome IN ('pass', 'fail', 'unknown', 'not exercised')),
    at       INTEGER NOT NULL,
    run      TEXT    NOT NULL, -- the run as canonical JSON
    digest   TEXT    NOT NULL, -- of that, which the ledger has too
    PRIMARY KEY (org_id, id)
);

INSERT INTO control_run (id, check_id, outcome, at, run, digest) SELECT id, check_id, outcome, at, run, digest FROM old_control_run;
DROP TABLE old_control_run;
CREATE INDEX control_run_check ON control_run (org_id, check_id, at);
-- engine: postgresql
ALTER TABLE control_run DROP CONSTRAINT control_run_outcome_check;
ALTER TABLE control_run ADD CONSTRAINT control_run_outcome_check CHECK (outcome IN ('pass', 'fail', 'unknown', 'not exercised'));
-- engine: all

-- What a person of the platform vouches for where no check can look, until a day. It is never changed: it is withdrawn, and made again.
CREATE TABLE attestation (
    {{org}},
    id           TEXT    NOT NULL, -- at_…
    wanted       TEXT    NOT NULL, -- what was asked for
    person       TEXT    NOT NULL,
    text         TEXT    NOT NULL,
    reference    TEXT    NOT NULL, -- where the evidence is
    evidence     TEXT    NOT NULL, -- its SHA-256
    made_at      INTEGER NOT NULL,
    until        INTEGER NOT NULL,
    withdrawn_at INTEGER NOT NULL, -- 0: it was not
    withdrawn_by TEXT    NOT NULL,
    why          TEXT    NOT NULL, -- it was withdrawn
    seal         TEXT    NOT NULL, -- its digest, which the ledger has too
    version      INTEGER NOT NULL,
    PRIMARY KEY (org_id, id)
);
