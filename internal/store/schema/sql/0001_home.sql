-- homes: organisation
-- The home of one organisation. Every key begins with org_id, so that the same tables can hold many organisations elsewhere.
-- Times are microseconds since 1970, set by the program. Digests are bytes where there are many of them.

CREATE TABLE home (
    {{org}},
    version       INTEGER NOT NULL, -- counts changes: who decided on an older one decides again
    next_pack     INTEGER NOT NULL, -- numbers are never used twice
    next_snapshot INTEGER NOT NULL,
    next_baseline INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    PRIMARY KEY (org_id)
);

-- A file in the folder of objects.
CREATE TABLE object (
    {{org}},
    name   TEXT    NOT NULL,
    state  TEXT    NOT NULL CHECK (state IN ('staged', 'live', 'condemned')),
    size   INTEGER NOT NULL,
    at     INTEGER NOT NULL,
    PRIMARY KEY (org_id, name)
) WITHOUT ROWID;

-- What is in an object: up to 256 contents and forms, each by the first 16 bytes of its digest. An all-zero digest is an empty place.
CREATE TABLE pack (
    {{org}},
    seq     INTEGER NOT NULL,
    object  TEXT    NOT NULL,
    digests BLOB    NOT NULL,
    PRIMARY KEY (org_id, seq),
    FOREIGN KEY (org_id, object) REFERENCES object (org_id, name)
);

-- Versions that were withdrawn, by the first 16 bytes of their commitments: they are not kept again when they are read again.
CREATE TABLE withdrawal (
    {{org}},
    digest BLOB    NOT NULL,
    reason TEXT    NOT NULL,
    at     INTEGER NOT NULL,
    PRIMARY KEY (org_id, digest)
) WITHOUT ROWID;

CREATE TABLE overlay (
    {{org}},
    digest TEXT NOT NULL, -- of the text
    text   BLOB NOT NULL,
    PRIMARY KEY (org_id, digest)
);

CREATE TABLE snapshot (
    {{org}},
    seq          INTEGER NOT NULL,
    id           TEXT    NOT NULL,
    digest       TEXT    NOT NULL, -- of all that the snapshot is; the id is its beginning
    root         TEXT    NOT NULL,
    series       TEXT    NOT NULL, -- snapshots of the same thing, which differ little
    name         TEXT    NOT NULL,
    collected_at INTEGER NOT NULL,
    recorded_at  INTEGER NOT NULL,
    method       TEXT    NOT NULL,
    key_id       TEXT    NOT NULL,
    scope        TEXT    NOT NULL, -- JSON
    resources    INTEGER NOT NULL,
    not_read     INTEGER NOT NULL,
    fresh        INTEGER NOT NULL,
    overlay      TEXT    NOT NULL,
    overlay_name TEXT    NOT NULL,
    overlay_text TEXT,             -- digest; NULL where there was no overlay
    model        TEXT    NOT NULL,
    PRIMARY KEY (org_id, seq),
    FOREIGN KEY (org_id, overlay_text) REFERENCES overlay (org_id, digest)
);
CREATE UNIQUE INDEX snapshot_id ON snapshot (org_id, id);

-- Which contents and forms a snapshot has, and where they stood: whole, or what differs from that of another snapshot.
CREATE TABLE manifest (
    {{org}},
    snapshot INTEGER NOT NULL,
    base     INTEGER,          -- NULL: it is whole
    depth    INTEGER NOT NULL, -- how many manifests it takes to read it, at most
    digest   BLOB    NOT NULL, -- of the plain bytes
    data     BLOB    NOT NULL, -- zstd
    PRIMARY KEY (org_id, snapshot),
    FOREIGN KEY (org_id, snapshot) REFERENCES snapshot (org_id, seq),
    FOREIGN KEY (org_id, base) REFERENCES manifest (org_id, snapshot)
);
CREATE INDEX manifest_base ON manifest (org_id, base) WHERE base IS NOT NULL;

CREATE TABLE baseline (
    {{org}},
    seq          INTEGER NOT NULL,
    id           TEXT    NOT NULL,
    snapshot     INTEGER NOT NULL,
    approval     TEXT    NOT NULL, -- JSON; the id is of its digest
    seal         TEXT    NOT NULL,
    overlay_name TEXT    NOT NULL,
    overlay_text TEXT,
    digest       TEXT    NOT NULL, -- of the row
    PRIMARY KEY (org_id, seq),
    FOREIGN KEY (org_id, snapshot) REFERENCES snapshot (org_id, seq),
    FOREIGN KEY (org_id, overlay_text) REFERENCES overlay (org_id, digest)
);
CREATE UNIQUE INDEX baseline_id ON baseline (org_id, id);
CREATE INDEX baseline_snapshot ON baseline (org_id, snapshot);

CREATE TABLE seen (
    {{org}},
    baseline INTEGER NOT NULL,
    finding  TEXT    NOT NULL,
    first_at INTEGER NOT NULL,
    last_at  INTEGER NOT NULL,
    PRIMARY KEY (org_id, baseline, finding),
    FOREIGN KEY (org_id, baseline) REFERENCES baseline (org_id, seq)
) WITHOUT ROWID;
