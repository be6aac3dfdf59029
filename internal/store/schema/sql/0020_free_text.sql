-- homes: organisation
-- What free text may hold, and where it held what it should not.

-- What becomes of a text, by class: one row.
CREATE TABLE free_text_policy (
    {{org}},
    id      TEXT    NOT NULL,
    text    TEXT    NOT NULL, -- JSON
    version INTEGER NOT NULL,
    PRIMARY KEY (org_id, id)
) WITHOUT ROWID;

-- A look through what there is.
CREATE TABLE free_text_scan (
    {{org}},
    id          TEXT    NOT NULL, -- fs_…
    state       TEXT    NOT NULL CHECK (state IN ('queued', 'done')),
    looked      INTEGER NOT NULL, -- progress: not a decision
    found       INTEGER NOT NULL,
    started_at  INTEGER NOT NULL,
    finished_at INTEGER NOT NULL, -- 0: not yet
    version     INTEGER NOT NULL,
    PRIMARY KEY (org_id, id)
) WITHOUT ROWID;

-- Where something was found, without what it is.
CREATE TABLE free_text_hit (
    {{org}},
    id         TEXT    NOT NULL, -- fh_…
    scan       TEXT    NOT NULL,
    place      TEXT    NOT NULL, -- ledger, proposal, member, …
    ref        TEXT    NOT NULL, -- which of them
    field      TEXT    NOT NULL,
    rule       TEXT    NOT NULL,
    class      TEXT    NOT NULL CHECK (class IN ('secret', 'special', 'identifier')),
    confidence TEXT    NOT NULL,
    start      INTEGER NOT NULL, -- bytes of the text
    length     INTEGER NOT NULL,
    state      TEXT    NOT NULL CHECK (state IN ('open', 'kept', 'removed')),
    at         INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, scan) REFERENCES free_text_scan (org_id, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX free_text_hit_place ON free_text_hit (org_id, place, ref, field, rule, start);
CREATE INDEX free_text_hit_state ON free_text_hit (org_id, state, id);
