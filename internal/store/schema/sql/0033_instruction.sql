-- homes: organisation
-- instructions, the record of processing.

CREATE TABLE instruction (
    {{org}},
    id        TEXT    NOT NULL, -- in_…
    source    TEXT    NOT NULL,
    reference TEXT    NOT NULL,
    state     TEXT    NOT NULL CHECK (state IN ('in force', 'ended', 'withdrawn', 'asked')),
    mark      TEXT    NOT NULL CHECK (mark IN ('', 'flagged', 'held')),
    actor     TEXT    NOT NULL, -- who gave it, or ''
    text      TEXT    NOT NULL, -- JSON: title, purposes, the reason of a flag that may be told, the answer
    from_at   INTEGER NOT NULL,
    until_at  INTEGER NOT NULL, -- 0 is none
    version   INTEGER NOT NULL,
    PRIMARY KEY (org_id, id)
) WITHOUT ROWID;

-- Versions of texts of the record: the part that the organisation completes, and its annex A.
CREATE TABLE record_version (
    {{org}},
    kind   TEXT    NOT NULL CHECK (kind IN ('a', 'own')),
    n      INTEGER NOT NULL, -- from 1
    digest TEXT    NOT NULL,
    body   TEXT    NOT NULL,
    actor  TEXT    NOT NULL, -- who completed it, or ''
    at     INTEGER NOT NULL,
    PRIMARY KEY (org_id, kind, n)
) WITHOUT ROWID;
