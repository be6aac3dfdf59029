-- homes: platform
-- The list of subprocessors, its changes, and where each change is for each organisation whom it concerns.

-- A version of the list. It is never changed.
CREATE TABLE subprocessor_list (
    {{org}},
    number  INTEGER NOT NULL, -- from 1, without a gap
    at      INTEGER NOT NULL,
    digest  TEXT    NOT NULL, -- SHA-256 of what is published of the entries
    events  TEXT    NOT NULL, -- JSON: by what it differs from the version before
    entries TEXT    NOT NULL, -- JSON
    PRIMARY KEY (org_id, number)
);

CREATE TABLE supply (
    {{org}},
    id         TEXT    NOT NULL, -- sb_…
    kind       TEXT    NOT NULL CHECK (kind IN ('add', 'replace', 'end', 'correct', 'stock')),
    state      TEXT    NOT NULL CHECK (state IN ('proposed', 'approved', 'declined', 'withdrawn', 'done')),
    data       TEXT    NOT NULL, -- JSON
    proposer   TEXT    NOT NULL, -- pn_…
    approver   TEXT    NOT NULL, -- '' until then
    created_at INTEGER NOT NULL,
    decided_at INTEGER NOT NULL, -- 0: not yet
    version    INTEGER NOT NULL,
    PRIMARY KEY (org_id, id)
);

-- Where a change is for an organisation. What the organisation said lies in its own home.
CREATE TABLE supply_standing (
    {{org}},
    supply       TEXT    NOT NULL,
    organisation TEXT    NOT NULL,
    stage        TEXT    NOT NULL CHECK (stage IN ('noticed', 'open', 'objected', 'expired', 'resolved', 'activated', 'withdrawn')),
    noticed_at   INTEGER NOT NULL,
    closes_at    INTEGER NOT NULL, -- 0: the window is not open yet
    settled_at   INTEGER NOT NULL, -- 0: not yet
    data         TEXT    NOT NULL, -- JSON
    version      INTEGER NOT NULL,
    PRIMARY KEY (org_id, supply, organisation),
    FOREIGN KEY (org_id, supply) REFERENCES supply (org_id, id)
);
