-- homes: platform
-- The platform's own people, what they signed, and what they asked to look at.

CREATE TABLE personnel (
    {{org}},
    person      TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    roles       TEXT    NOT NULL, -- JSON
    contractor  INTEGER NOT NULL CHECK (contractor IN (0, 1)),
    contract    TEXT    NOT NULL,
    until       INTEGER NOT NULL, -- of the contract; 0: it has no end
    document    TEXT    NOT NULL, -- version of the undertaking that was signed; '' none
    digest      TEXT    NOT NULL,
    signed_at   INTEGER NOT NULL,
    gone        INTEGER NOT NULL CHECK (gone IN (0, 1)),
    created_at  INTEGER NOT NULL,
    version     INTEGER NOT NULL,
    PRIMARY KEY (org_id, person),
    FOREIGN KEY (org_id, person) REFERENCES person (org_id, id)
);

-- What was asked of an organisation; what it grants lies in its home.
CREATE TABLE grant_request (
    {{org}},
    id           TEXT    NOT NULL, -- gr_…
    person       TEXT    NOT NULL,
    organisation TEXT    NOT NULL,
    reason       TEXT    NOT NULL,
    ticket       TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, person) REFERENCES personnel (org_id, person)
);

-- The sealed account for the day when the provider is away: one row. Its code is told once, and its use ends it.
CREATE TABLE break_glass (
    {{org}},
    id         TEXT    NOT NULL,
    hash       BLOB    NOT NULL,
    used_at    INTEGER NOT NULL, -- 0: it is sealed
    created_at INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    PRIMARY KEY (org_id, id)
);
