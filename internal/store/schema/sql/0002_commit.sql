-- homes: all
-- What every home has: its ledger, its jobs, and what makes a change one transaction (docs/adr/0011).

CREATE TABLE ledger_head (
    {{org}},
    size     INTEGER NOT NULL,
    frontier BLOB    NOT NULL, -- the peaks of the tree, 32 bytes each, the largest first
    at       INTEGER NOT NULL, -- of the last entry
    PRIMARY KEY (org_id)
);

CREATE TABLE ledger_entry (
    {{org}},
    idx       INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    kind      TEXT    NOT NULL,
    leaf      BLOB    NOT NULL, -- canonical JSON: commitments, no value
    leaf_hash BLOB    NOT NULL,
    sealed    BLOB    NOT NULL, -- values and salts, under the key of the organisation; the only column that may change
    PRIMARY KEY (org_id, idx)
);
CREATE INDEX ledger_entry_kind ON ledger_entry (org_id, kind, idx);

-- Whose personal data an entry holds, until it is erased.
CREATE TABLE ledger_subject (
    {{org}},
    subject TEXT    NOT NULL,
    idx     INTEGER NOT NULL,
    PRIMARY KEY (org_id, subject, idx),
    FOREIGN KEY (org_id, idx) REFERENCES ledger_entry (org_id, idx)
);

-- Full tiles of level 0, and the growing last tile of each level above (c2sp.org/tlog-tiles, height 8).
CREATE TABLE ledger_tile (
    {{org}},
    level  INTEGER NOT NULL,
    n      INTEGER NOT NULL,
    hashes BLOB    NOT NULL,
    PRIMARY KEY (org_id, level, n)
);

CREATE TABLE checkpoint (
    {{org}},
    size INTEGER NOT NULL,
    root BLOB    NOT NULL,
    note TEXT    NOT NULL, -- signed note (c2sp.org/tlog-checkpoint), with the cosignatures that came in
    at   INTEGER NOT NULL,
    PRIMARY KEY (org_id, size)
);

CREATE TABLE job (
    {{org}},
    id           TEXT    NOT NULL,
    kind         TEXT    NOT NULL,
    args         BLOB    NOT NULL,
    key          TEXT,             -- NULL is no key
    actor        TEXT    NOT NULL, -- who caused it
    state        TEXT    NOT NULL CHECK (state IN ('ready', 'running', 'dead')),
    run_at       INTEGER NOT NULL,
    attempt      INTEGER NOT NULL,
    max_attempts INTEGER NOT NULL,
    lease_owner  TEXT,
    lease_until  INTEGER,
    error        TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX job_key ON job (org_id, kind, key) WHERE key IS NOT NULL AND state <> 'dead';
CREATE INDEX job_due ON job (org_id, state, run_at);

CREATE TABLE schedule (
    {{org}},
    kind    TEXT    NOT NULL,
    key     TEXT    NOT NULL,
    args    BLOB    NOT NULL,
    actor   TEXT    NOT NULL,
    every   INTEGER NOT NULL, -- microseconds
    next_at INTEGER NOT NULL,
    PRIMARY KEY (org_id, kind, key)
);

CREATE TABLE idem (
    {{org}},
    actor          TEXT    NOT NULL,
    key            TEXT    NOT NULL,
    request_digest TEXT    NOT NULL,
    status         INTEGER NOT NULL,
    body           BLOB    NOT NULL, -- sealed
    at             INTEGER NOT NULL,
    PRIMARY KEY (org_id, actor, key)
);
CREATE INDEX idem_at ON idem (org_id, at);

-- What arrived from another home, so that it has its effect once.
CREATE TABLE inbox (
    {{org}},
    source TEXT    NOT NULL,
    key    TEXT    NOT NULL,
    at     INTEGER NOT NULL,
    PRIMARY KEY (org_id, source, key)
);
