-- homes: organisation
-- Where an organisation sends its ledger, its access log and its events, and what became of it.

CREATE TABLE stream (
    {{org}},
    id         TEXT    NOT NULL, -- st_…, wh_…
    kind       TEXT    NOT NULL CHECK (kind IN ('syslog', 'ocsf', 'webhook', 'pull')),
    name       TEXT    NOT NULL,
    settings   TEXT    NOT NULL, -- JSON: address, sources, which entries
    secret     TEXT,
    off        INTEGER NOT NULL CHECK (off IN (0, 1)),
    created_at INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, secret) REFERENCES secret (org_id, id)
);

-- How far a stream is: what was acknowledged, and how often what comes next was tried in vain. Not a decision, unless a person sets it.
CREATE TABLE stream_position (
    {{org}},
    stream   TEXT    NOT NULL,
    source   TEXT    NOT NULL CHECK (source IN ('ledger', 'access', 'checkpoint')),
    next     INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    since    INTEGER NOT NULL, -- when the first attempt failed after the last that did not; 0 is never
    retry_at INTEGER NOT NULL, -- 0 is at once
    error    TEXT    NOT NULL, -- of the last attempt
    at       INTEGER NOT NULL,
    PRIMARY KEY (org_id, stream, source),
    FOREIGN KEY (org_id, stream) REFERENCES stream (org_id, id)
);

-- What could not be delivered.
CREATE TABLE delivery (
    {{org}},
    id       TEXT    NOT NULL, -- dl_…
    stream   TEXT    NOT NULL,
    source   TEXT    NOT NULL CHECK (source IN ('ledger', 'access', 'checkpoint')),
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
CREATE INDEX delivery_stream ON delivery (org_id, stream, id);
