-- homes: platform
-- The platform's own people, what they signed, what takes two of them, and what they asked to look at.

CREATE TABLE personnel (
    {{org}},
    person      TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    email       TEXT    NOT NULL, -- at which the platform's provider knows the person
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

-- A rule about all of them (there is an administrator) is a rule about this one row: each change of a record is one of its version too.
CREATE TABLE personnel_list (
    {{org}},
    id      TEXT    NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (org_id, id)
);

-- What takes a second person of the platform: another administrator, an export of what an organisation has.
CREATE TABLE staff_proposal (
    {{org}},
    id           TEXT    NOT NULL, -- pr_…
    kind         TEXT    NOT NULL CHECK (kind IN ('administrator', 'export')),
    person       TEXT    NOT NULL, -- who is to be an administrator, or ''
    organisation TEXT    NOT NULL, -- whose export it is, or ''
    reason       TEXT    NOT NULL,
    ticket       TEXT    NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('asked', 'approved', 'refused', 'done')),
    proposer     TEXT    NOT NULL,
    approver     TEXT    NOT NULL, -- '' until then
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    decided_at   INTEGER NOT NULL, -- 0: not yet
    version      INTEGER NOT NULL,
    PRIMARY KEY (org_id, id)
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
CREATE INDEX grant_request_person ON grant_request (org_id, person);

-- The sealed account for the day when the provider is away: one row. Its code is told once, and its use ends it.
CREATE TABLE break_glass (
    {{org}},
    id         TEXT    NOT NULL,
    person     TEXT    NOT NULL, -- as whom it acts: nobody's name, no address
    hash       BLOB    NOT NULL, -- SHA-256 of the code
    used_at    INTEGER NOT NULL, -- 0: it is sealed
    noted_at   INTEGER NOT NULL, -- when an administrator said why it was used; 0: not yet
    created_at INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, person) REFERENCES person (org_id, id)
);

-- How staff came in, or did not, by day.
CREATE TABLE staff_sign_in (
    {{org}},
    day      INTEGER NOT NULL, -- days since 1970 in UTC
    method   TEXT    NOT NULL,
    strength TEXT    NOT NULL CHECK (strength IN ('hardware', 'asserted', 'phishingResistant', 'weak', 'breakGlass')),
    admitted INTEGER NOT NULL CHECK (admitted IN (0, 1)),
    count    INTEGER NOT NULL,
    PRIMARY KEY (org_id, day, method, strength, admitted)
);
