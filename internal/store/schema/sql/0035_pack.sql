-- homes: organisation
-- What an organisation had of the trust centre.

-- That a person accepted the terms of confidential documents.
CREATE TABLE trust_acceptance (
    {{org}},
    person      TEXT    NOT NULL, -- pn_…
    digest      TEXT    NOT NULL, -- of the text
    accepted_at INTEGER NOT NULL,
    PRIMARY KEY (org_id, person)
) WITHOUT ROWID;

-- A trust pack, from being asked for to its end. What it holds is one object, which goes with it.
CREATE TABLE trust_pack (
    {{org}},
    id         TEXT    NOT NULL, -- tp_…
    state      TEXT    NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed')),
    done       INTEGER NOT NULL, -- progress: not a decision
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
    FOREIGN KEY (org_id, object) REFERENCES object (org_id, name)
) WITHOUT ROWID;
