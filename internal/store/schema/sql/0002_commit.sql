-- homes: all
-- What every home has: its ledger, its jobs, and what makes a change one transaction (docs/adr/0011).

-- grant: SELECT, INSERT, UPDATE
CREATE TABLE ledger_head (
    {{org}},
    size     INTEGER NOT NULL,
    frontier BLOB    NOT NULL, -- the peaks of the tree, 32 bytes each, the largest first
    at       INTEGER NOT NULL, -- of the last entry
    PRIMARY KEY (org_id)
);

-- grant: SELECT, INSERT, UPDATE (sealed)
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
-- grant: SELECT, INSERT, UPDATE (hashes)
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

-- The past stays as it is, whoever writes: a second wall behind the rights of the role. They must be dropped before a test can change an entry.

-- engine: sqlite
CREATE TRIGGER ledger_entry_kept BEFORE DELETE ON ledger_entry
BEGIN SELECT RAISE(ABORT, 'an entry of the ledger is kept'); END;
CREATE TRIGGER ledger_entry_same BEFORE UPDATE ON ledger_entry
WHEN NEW.org_id IS NOT OLD.org_id OR NEW.idx IS NOT OLD.idx OR NEW.at IS NOT OLD.at OR NEW.kind IS NOT OLD.kind
    OR NEW.leaf IS NOT OLD.leaf OR NEW.leaf_hash IS NOT OLD.leaf_hash
BEGIN SELECT RAISE(ABORT, 'of an entry of the ledger only what is sealed changes'); END;
CREATE TRIGGER ledger_tile_kept BEFORE DELETE ON ledger_tile
BEGIN SELECT RAISE(ABORT, 'a tile of the ledger is kept'); END;
CREATE TRIGGER ledger_tile_same BEFORE UPDATE ON ledger_tile WHEN OLD.level = 0 OR NEW.level IS NOT OLD.level OR NEW.n IS NOT OLD.n
BEGIN SELECT RAISE(ABORT, 'a tile of the ledger is kept as it is'); END;
CREATE TRIGGER ledger_head_kept BEFORE DELETE ON ledger_head
BEGIN SELECT RAISE(ABORT, 'the head of the ledger is kept'); END;
CREATE TRIGGER ledger_head_grows BEFORE UPDATE ON ledger_head WHEN NEW.size < OLD.size
BEGIN SELECT RAISE(ABORT, 'the ledger does not get shorter'); END;

-- engine: postgresql
CREATE FUNCTION ledger_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the ledger is kept as it is' USING ERRCODE = 'restrict_violation'; END $$;
CREATE TRIGGER ledger_entry_kept BEFORE DELETE ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_kept();
CREATE TRIGGER ledger_entry_whole BEFORE TRUNCATE ON ledger_entry FOR EACH STATEMENT EXECUTE FUNCTION ledger_kept();
CREATE TRIGGER ledger_entry_same BEFORE UPDATE ON ledger_entry FOR EACH ROW
    WHEN ((NEW.org_id, NEW.idx, NEW.at, NEW.kind, NEW.leaf, NEW.leaf_hash) IS DISTINCT FROM (OLD.org_id, OLD.idx, OLD.at, OLD.kind, OLD.leaf, OLD.leaf_hash))
    EXECUTE FUNCTION ledger_kept();
CREATE TRIGGER ledger_tile_kept BEFORE DELETE ON ledger_tile FOR EACH ROW EXECUTE FUNCTION ledger_kept();
CREATE TRIGGER ledger_tile_whole BEFORE TRUNCATE ON ledger_tile FOR EACH STATEMENT EXECUTE FUNCTION ledger_kept();
CREATE TRIGGER ledger_tile_same BEFORE UPDATE ON ledger_tile FOR EACH ROW
    WHEN (OLD.level = 0 OR (NEW.org_id, NEW.level, NEW.n) IS DISTINCT FROM (OLD.org_id, OLD.level, OLD.n)) EXECUTE FUNCTION ledger_kept();
CREATE TRIGGER ledger_head_kept BEFORE DELETE ON ledger_head FOR EACH ROW EXECUTE FUNCTION ledger_kept();
CREATE TRIGGER ledger_head_whole BEFORE TRUNCATE ON ledger_head FOR EACH STATEMENT EXECUTE FUNCTION ledger_kept();
CREATE TRIGGER ledger_head_grows BEFORE UPDATE ON ledger_head FOR EACH ROW WHEN (NEW.size < OLD.size) EXECUTE FUNCTION ledger_kept();

-- engine: all
