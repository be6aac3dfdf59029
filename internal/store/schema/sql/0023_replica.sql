-- homes: platform
-- The processes that serve, and where jobs have died. Both are hints: what is true is the process, and the job in its home.

CREATE TABLE replica (
    {{org}},
    id         TEXT    NOT NULL, -- wk_…, anew with each start
    version    TEXT    NOT NULL, -- of the program
    started_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL, -- by its own clock; one that is silent for a day is removed
    workers    INTEGER NOT NULL,
    listening  TEXT    NOT NULL, -- host and port
    engine     TEXT    NOT NULL,
    step       INTEGER NOT NULL, -- of the schema, that it knows
    ahead      INTEGER NOT NULL, -- its clock before the one of the database, in microseconds; 0 where they are one
    checks     TEXT    NOT NULL, -- JSON: what it found of itself, without contents
    PRIMARY KEY (org_id, id)
) WITHOUT ROWID;

-- How many jobs of a home are dead, so that nobody has to open all homes to see it.
CREATE TABLE dead_jobs (
    {{org}},
    organisation TEXT    NOT NULL,
    jobs         INTEGER NOT NULL,
    oldest       INTEGER NOT NULL, -- when the first of them was made
    at           INTEGER NOT NULL, -- when they were counted
    PRIMARY KEY (org_id, organisation)
) WITHOUT ROWID;
