-- homes: organisation
-- Connections to what is live: what they need, what they have, and projects that are examples.

-- The project of an organisation that is an example: nothing of it is the organisation's own. There is one at most.
CREATE TABLE example (
    {{org}},
    project    TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (org_id),
    FOREIGN KEY (org_id, project) REFERENCES project (org_id, id)
) WITHOUT ROWID;

-- What a connection has beyond what is handed over: the kinds that are read live have a target, and each kind may have been verified. Of a live one the row of connection has
-- the kind 'upload', as what its collector hands over; its own kind stands here.
CREATE TABLE live_connection (
    {{org}},
    connection  TEXT    NOT NULL,
    kind        TEXT    NOT NULL CHECK (kind IN ('azure', 'kubernetes', 'repository')),
    target      TEXT    NOT NULL, -- JSON: what is read; no credential
    verified    TEXT    NOT NULL, -- JSON: what the last look found, '' before
    verified_at INTEGER NOT NULL, -- 0 is never
    PRIMARY KEY (org_id, connection),
    FOREIGN KEY (org_id, connection) REFERENCES connection (org_id, id)
) WITHOUT ROWID;

-- What is newest, of a project and of all.
CREATE INDEX finding_first ON finding (org_id, state, first_at);
