-- homes: organisation
-- Packs of evidence that were made.

-- A pack, from being asked for to its end. What it holds is one object, which goes with it.
CREATE TABLE evidence_pack (
    {{org}},
    id         TEXT    NOT NULL, -- ep_…
    project    TEXT    NOT NULL,
    kind       TEXT    NOT NULL CHECK (kind IN ('snapshot', 'baseline', 'period')),
    subject    TEXT    NOT NULL, -- id of the snapshot or baseline
    from_at    INTEGER NOT NULL, -- of a period; 0 is none
    to_at      INTEGER NOT NULL,
    state      TEXT    NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed')),
    stage      TEXT    NOT NULL, -- progress: not a decision
    done       INTEGER NOT NULL,
    total      INTEGER NOT NULL,
    error      TEXT    NOT NULL,
    actor      TEXT    NOT NULL,
    object     TEXT,
    digest     TEXT    NOT NULL, -- of the file
    manifest   TEXT    NOT NULL, -- digest of the manifest
    size       INTEGER NOT NULL,
    entry      INTEGER NOT NULL, -- of the ledger, that carries the digest of the manifest; -1 is none
    created_at INTEGER NOT NULL,
    ended_at   INTEGER NOT NULL, -- 0 is not yet
    until      INTEGER NOT NULL, -- when it is removed
    version    INTEGER NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, project) REFERENCES project (org_id, id),
    FOREIGN KEY (org_id, object) REFERENCES object (org_id, name)
) WITHOUT ROWID;
CREATE INDEX evidence_pack_project ON evidence_pack (org_id, project, id);
CREATE INDEX evidence_pack_until ON evidence_pack (org_id, until);
