-- homes: platform
-- What the operator's own home has besides.

CREATE TABLE directory (
    {{org}},
    id         TEXT    NOT NULL, -- og_…
    slug       TEXT    NOT NULL,
    state      TEXT    NOT NULL CHECK (state IN ('creating', 'active', 'destroyed')),
    wrapped    BLOB    NOT NULL, -- its key under a root key; empty when it was destroyed
    root_key   TEXT    NOT NULL, -- which root key
    created_at INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX directory_slug ON directory (org_id, slug) WHERE state <> 'destroyed';

CREATE TABLE person (
    {{org}},
    id         TEXT    NOT NULL, -- pn_…
    email      TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX person_email ON person (org_id, email) WHERE email <> '';

-- A copy, to find the organisations of a person; the organisation's member is the truth.
CREATE TABLE membership_hint (
    {{org}},
    person       TEXT NOT NULL,
    organisation TEXT NOT NULL,
    PRIMARY KEY (org_id, person, organisation),
    FOREIGN KEY (org_id, person) REFERENCES person (org_id, id)
);

-- Hints to the dispatcher; the truth is in the homes.
CREATE TABLE due (
    {{org}},
    organisation TEXT    NOT NULL,
    at           INTEGER NOT NULL, -- when its next job is due
    last_served  INTEGER NOT NULL,
    active       INTEGER NOT NULL, -- it may be written to until then, so that it is asked again after a crash; 0: it was asked
    PRIMARY KEY (org_id, organisation)
);
CREATE INDEX due_at ON due (org_id, at);

-- One-time links.
CREATE TABLE setup (
    {{org}},
    hash       BLOB    NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER,
    PRIMARY KEY (org_id, hash)
);

-- Tokens of the operator.
CREATE TABLE operator_token (
    {{org}},
    id         TEXT    NOT NULL, -- tk_…
    name       TEXT    NOT NULL,
    hash       BLOB    NOT NULL,
    revoked    INTEGER NOT NULL CHECK (revoked IN (0, 1)),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX operator_token_hash ON operator_token (org_id, hash);

-- Small things of the instance: the sealed seed of the signing key, the account and certificates of ACME.
CREATE TABLE setting (
    {{org}},
    name   TEXT    NOT NULL,
    sealed BLOB    NOT NULL,
    at     INTEGER NOT NULL,
    PRIMARY KEY (org_id, name)
);

-- How far the log of each organisation was when the instance's log last took it in.
CREATE TABLE log_head (
    {{org}},
    organisation TEXT    NOT NULL,
    size         INTEGER NOT NULL,
    root         BLOB    NOT NULL,
    at           INTEGER NOT NULL,
    PRIMARY KEY (org_id, organisation)
);

CREATE TABLE control_run (
    {{org}},
    id       TEXT    NOT NULL, -- rn_…
    check_id TEXT    NOT NULL,
    outcome  TEXT    NOT NULL CHECK (outcome IN ('pass', 'fail', 'unknown')),
    at       INTEGER NOT NULL,
    run      TEXT    NOT NULL, -- the run as canonical JSON
    digest   TEXT    NOT NULL, -- of that, which the ledger has too
    PRIMARY KEY (org_id, id)
);
CREATE INDEX control_run_check ON control_run (org_id, check_id, at);

-- Where the program has spoken to.
CREATE TABLE destination (
    {{org}},
    host     TEXT    NOT NULL,
    port     INTEGER NOT NULL,
    purpose  TEXT    NOT NULL,
    organisation TEXT NOT NULL,
    first_at INTEGER NOT NULL,
    last_at  INTEGER NOT NULL,
    count    INTEGER NOT NULL,
    PRIMARY KEY (org_id, host, port, purpose, organisation)
);
