-- homes: platform
-- transfers, annexes.

-- A line of the register of transfers.
CREATE TABLE transfer (
    {{org}},
    id        TEXT    NOT NULL, -- tf_…
    country   TEXT    NOT NULL,
    recipient TEXT    NOT NULL,
    text      TEXT    NOT NULL, -- JSON: mechanism, module, evidence
    from_at   INTEGER NOT NULL,
    until_at  INTEGER NOT NULL,
    ended_at  INTEGER NOT NULL, -- 0 is not yet
    version   INTEGER NOT NULL,
    PRIMARY KEY (org_id, id)
) WITHOUT ROWID;

-- A version of a text that is made of the record and the controls: the annexes, and the platform's own part of every record.
CREATE TABLE annex (
    {{org}},
    kind   TEXT    NOT NULL CHECK (kind IN ('a', 'b', 'own')),
    n      INTEGER NOT NULL, -- from 1
    digest TEXT    NOT NULL,
    body   TEXT    NOT NULL,
    at     INTEGER NOT NULL,
    PRIMARY KEY (org_id, kind, n)
) WITHOUT ROWID;

-- A flag of the platform's lawyers on an instruction of an organisation.
CREATE TABLE instruction_flag (
    {{org}},
    id           TEXT    NOT NULL, -- the instruction's: in_…
    organisation TEXT    NOT NULL,
    title        TEXT    NOT NULL,
    reason       TEXT    NOT NULL,
    barred       INTEGER NOT NULL CHECK (barred IN (0, 1)), -- the law forbids to tell
    actor        TEXT    NOT NULL,
    at           INTEGER NOT NULL,
    lifted_at    INTEGER NOT NULL, -- 0 is not yet
    version      INTEGER NOT NULL,
    PRIMARY KEY (org_id, organisation, id)
) WITHOUT ROWID;
