-- homes: organisation
-- Where an organisation sends its ledger, its access log and its events, and what became of it.

-- Who was let in to what, or not. Rows are written in batches behind the requests; they are no decisions, and go after ninety days.
CREATE TABLE access_log (
    {{org}},
    seq      INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    actor    TEXT    NOT NULL,
    surface  TEXT    NOT NULL,
    method   TEXT    NOT NULL,
    route    TEXT    NOT NULL, -- the pattern, without ids
    status   INTEGER NOT NULL,
    decision TEXT    NOT NULL, -- allowed, denied, missing, failed
    policy   TEXT    NOT NULL, -- that decided
    request  TEXT    NOT NULL,
    PRIMARY KEY (org_id, seq)
);
CREATE INDEX access_log_at ON access_log (org_id, at);

CREATE TABLE stream (
    {{org}},
    id         TEXT    NOT NULL, -- st_…, wh_…
    kind       TEXT    NOT NULL CHECK (kind IN ('syslog', 'ocsf', 'webhook', 'pull')),
    name       TEXT    NOT NULL,
    settings   TEXT    NOT NULL, -- JSON: address, format, which entries
    secret     TEXT,
    off        INTEGER NOT NULL CHECK (off IN (0, 1)),
    created_at INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, secret) REFERENCES secret (org_id, id)
);

-- How far a stream is: what was acknowledged. Not a decision.
CREATE TABLE stream_position (
    {{org}},
    stream  TEXT    NOT NULL,
    source  TEXT    NOT NULL CHECK (source IN ('ledger', 'access')),
    next    INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (org_id, stream, source),
    FOREIGN KEY (org_id, stream) REFERENCES stream (org_id, id)
);

-- What could not be delivered.
CREATE TABLE delivery (
    {{org}},
    id       TEXT    NOT NULL, -- dl_…
    stream   TEXT    NOT NULL,
    source   TEXT    NOT NULL,
    first    INTEGER NOT NULL, -- the range of entries
    last     INTEGER NOT NULL,
    state    TEXT    NOT NULL CHECK (state IN ('dead', 'replayed')),
    attempts INTEGER NOT NULL,
    error    TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    version  INTEGER NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, stream) REFERENCES stream (org_id, id)
);
