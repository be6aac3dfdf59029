-- homes: organisation
-- What an organisation consists of. Each record has a version: who decided on an older one decides again.

CREATE TABLE organisation (
    {{org}},
    id         TEXT    NOT NULL CHECK (id = org_id),
    slug       TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    approvals  INTEGER NOT NULL CHECK (approvals IN (1, 2)),
    created_at INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    PRIMARY KEY (org_id, id)
);

CREATE TABLE project (
    {{org}},
    id         TEXT    NOT NULL,
    slug       TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    archived   INTEGER NOT NULL CHECK (archived IN (0, 1)),
    created_at INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX project_slug ON project (org_id, slug);

CREATE TABLE member (
    {{org}},
    id         TEXT    NOT NULL, -- pn_…
    name       TEXT    NOT NULL,
    email      TEXT    NOT NULL,
    role       TEXT    NOT NULL,
    removed    INTEGER NOT NULL CHECK (removed IN (0, 1)),
    erased     INTEGER NOT NULL CHECK (erased IN (0, 1)),
    created_at INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX member_email ON member (org_id, email) WHERE email <> '';

CREATE TABLE token (
    {{org}},
    id         TEXT    NOT NULL, -- tk_…
    name       TEXT    NOT NULL,
    person     TEXT,
    role       TEXT    NOT NULL,
    project    TEXT,
    purpose    TEXT    NOT NULL,
    hash       BLOB    NOT NULL, -- SHA-256
    revoked    INTEGER NOT NULL CHECK (revoked IN (0, 1)),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, person) REFERENCES member (org_id, id),
    FOREIGN KEY (org_id, project) REFERENCES project (org_id, id)
);
CREATE UNIQUE INDEX token_hash ON token (org_id, hash);

CREATE TABLE secret (
    {{org}},
    id         TEXT    NOT NULL, -- sk_…
    purpose    TEXT    NOT NULL,
    sealed     BLOB    NOT NULL,
    created_at INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    PRIMARY KEY (org_id, id)
);

CREATE TABLE connection (
    {{org}},
    id         TEXT    NOT NULL, -- cn_…
    project    TEXT    NOT NULL,
    kind       TEXT    NOT NULL CHECK (kind IN ('upload', 'directory')),
    name       TEXT    NOT NULL,
    path       TEXT    NOT NULL,
    secret     TEXT,
    created_at INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, project) REFERENCES project (org_id, id),
    FOREIGN KEY (org_id, secret) REFERENCES secret (org_id, id)
);

-- What was handed over for a scan: one object, sealed, removed when the scan is over.
CREATE TABLE upload (
    {{org}},
    id      TEXT    NOT NULL, -- up_…
    project TEXT    NOT NULL,
    object  TEXT    NOT NULL,
    digest  TEXT    NOT NULL,
    size    INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, project) REFERENCES project (org_id, id),
    FOREIGN KEY (org_id, object) REFERENCES object (org_id, name)
);

CREATE TABLE scan (
    {{org}},
    id          TEXT    NOT NULL, -- sc_…
    project     TEXT    NOT NULL,
    connection  TEXT,
    upload      TEXT,
    name        TEXT    NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed')),
    stage       TEXT    NOT NULL, -- progress: not a decision
    done        INTEGER NOT NULL,
    total       INTEGER NOT NULL,
    snapshot    TEXT,             -- id of the snapshot
    resources   INTEGER NOT NULL,
    not_read    INTEGER NOT NULL,
    error       TEXT    NOT NULL,
    actor       TEXT    NOT NULL,
    collected_at INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    ended_at    INTEGER,
    version     INTEGER NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, project) REFERENCES project (org_id, id),
    FOREIGN KEY (org_id, connection) REFERENCES connection (org_id, id)
);
CREATE INDEX scan_project ON scan (org_id, project, created_at);

-- A comparison of a snapshot with a baseline; the report is an object.
CREATE TABLE comparison (
    {{org}},
    id       TEXT    NOT NULL, -- cp_…
    project  TEXT    NOT NULL,
    baseline TEXT    NOT NULL,
    snapshot TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    counts   TEXT    NOT NULL, -- JSON: findings by severity
    findings INTEGER NOT NULL,
    object   TEXT    NOT NULL, -- the report, docs/formats/drift.md, sealed
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, project) REFERENCES project (org_id, id),
    FOREIGN KEY (org_id, object) REFERENCES object (org_id, name)
);
CREATE INDEX comparison_project ON comparison (org_id, project, at);

-- The findings of the newest comparison of a project, and those that are over.
CREATE TABLE finding (
    {{org}},
    project    TEXT    NOT NULL,
    id         TEXT    NOT NULL, -- of docs/formats/drift.md
    comparison TEXT    NOT NULL, -- the last that saw it
    severity   TEXT    NOT NULL,
    state      TEXT    NOT NULL CHECK (state IN ('open', 'accepted', 'gone')),
    title      TEXT    NOT NULL,
    resource   TEXT    NOT NULL,
    first_at   INTEGER NOT NULL,
    last_at    INTEGER NOT NULL,
    data       BLOB    NOT NULL, -- the finding as JSON
    PRIMARY KEY (org_id, project, id),
    FOREIGN KEY (org_id, project) REFERENCES project (org_id, id),
    FOREIGN KEY (org_id, comparison) REFERENCES comparison (org_id, id)
);
CREATE INDEX finding_state ON finding (org_id, project, state, severity);

-- What was accepted, until when, by whom.
CREATE TABLE exception (
    {{org}},
    id         TEXT    NOT NULL, -- ex_…
    project    TEXT    NOT NULL,
    entry      TEXT    NOT NULL, -- one entry of docs/formats/exceptions.md, YAML
    actor      TEXT    NOT NULL,
    revoked    INTEGER NOT NULL CHECK (revoked IN (0, 1)),
    created_at INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, project) REFERENCES project (org_id, id)
);
CREATE INDEX exception_project ON exception (org_id, project);

-- What one person approved and another one has to approve too.
CREATE TABLE proposal (
    {{org}},
    id         TEXT    NOT NULL, -- pr_…
    project    TEXT    NOT NULL,
    kind       TEXT    NOT NULL CHECK (kind IN ('baseline', 'exception')),
    subject    TEXT    NOT NULL, -- id of the snapshot, or the entry of the exception
    expect     TEXT    NOT NULL, -- of a baseline: the one that was current
    reason     TEXT    NOT NULL,
    actor      TEXT    NOT NULL,
    state      TEXT    NOT NULL CHECK (state IN ('open', 'approved', 'withdrawn')),
    created_at INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, project) REFERENCES project (org_id, id)
);
CREATE INDEX proposal_project ON proposal (org_id, project, state);
