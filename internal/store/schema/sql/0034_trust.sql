-- homes: platform
-- The trust centre: what is asked of the platform, certifications, and documents that are shown.

-- What somebody asks. Who they are and what they wrote is sealed; the code of their link lies here as a hash alone.
CREATE TABLE trust_request (
    {{org}},
    id          TEXT    NOT NULL, -- tr_…
    about       TEXT    NOT NULL CHECK (about IN ('question', 'contract', 'questionnaire', 'privacy')),
    progress    TEXT    NOT NULL CHECK (progress IN ('open', 'acknowledged', 'answered', 'closed')),
    hash        BLOB    NOT NULL,
    sealed      BLOB    NOT NULL,
    received_at INTEGER NOT NULL,
    ack_due     INTEGER NOT NULL,
    acked_at    INTEGER NOT NULL, -- 0 is not yet
    due         INTEGER NOT NULL,
    answered_at INTEGER NOT NULL, -- 0 is not yet
    decided_by  TEXT    NOT NULL, -- who took it on last: an actor
    version     INTEGER NOT NULL,
    PRIMARY KEY (org_id, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX trust_request_hash ON trust_request (org_id, hash);
CREATE INDEX trust_request_due ON trust_request (org_id, progress, due);

-- The record of a certification: without one nothing is shown.
CREATE TABLE trust_certificate (
    {{org}},
    id           TEXT    NOT NULL, -- ce_…
    name         TEXT    NOT NULL,
    issuer       TEXT    NOT NULL,
    scope        TEXT    NOT NULL,
    from_at      INTEGER NOT NULL,
    until        INTEGER NOT NULL,
    digest       TEXT    NOT NULL, -- of the document that the issuer gave out
    recorded_at  INTEGER NOT NULL,
    withdrawn_at INTEGER NOT NULL, -- 0 is not
    decided_by   TEXT    NOT NULL,
    version      INTEGER NOT NULL,
    PRIMARY KEY (org_id, id)
) WITHOUT ROWID;

-- A document that is shown to everybody, to customers, or on terms.
CREATE TABLE trust_item (
    {{org}},
    id           TEXT    NOT NULL, -- ti_…
    kind         TEXT    NOT NULL,
    title        TEXT    NOT NULL,
    edition      TEXT    NOT NULL, -- its version, as its author says
    level        TEXT    NOT NULL CHECK (level IN ('public', 'customer', 'terms')),
    organisation TEXT    NOT NULL, -- for that one alone; '' for all
    from_at      INTEGER NOT NULL,
    until        INTEGER NOT NULL,
    file         TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    size         INTEGER NOT NULL,
    digest       TEXT    NOT NULL,
    added_at     INTEGER NOT NULL,
    withdrawn_at INTEGER NOT NULL, -- 0 is not
    decided_by   TEXT    NOT NULL,
    version      INTEGER NOT NULL,
    PRIMARY KEY (org_id, id)
) WITHOUT ROWID;

-- What a document holds, sealed. The platform has no store of objects of its own.
CREATE TABLE trust_file (
    {{org}},
    id     TEXT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (org_id, id)
);
