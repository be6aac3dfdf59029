-- homes: organisation
-- What people say to each other about an architecture, and what they are told.

-- A comment on an element, a finding or a proposal. What is said is sealed; it is emptied when it is taken away, and when its author is erased.
CREATE TABLE comment (
    {{org}},
    id         TEXT    NOT NULL, -- cm_…
    project    TEXT    NOT NULL,
    about      TEXT    NOT NULL CHECK (about IN ('element', 'finding', 'proposal')),
    subject    TEXT    NOT NULL, -- its id
    label      TEXT    NOT NULL, -- what it was called then
    author     TEXT    NOT NULL, -- pn_…, '' of somebody who was erased
    text       BLOB    NOT NULL, -- sealed, or empty
    state      TEXT    NOT NULL CHECK (state IN ('shown', 'withdrawn', 'redacted', 'erased')),
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, project) REFERENCES project (org_id, id)
) WITHOUT ROWID;
CREATE INDEX comment_subject ON comment (org_id, project, about, subject, id);
CREATE INDEX comment_author ON comment (org_id, author);
CREATE INDEX comment_withdrawn ON comment (org_id, changed_at) WHERE state = 'withdrawn';

CREATE TABLE mention (
    {{org}},
    comment TEXT NOT NULL,
    person  TEXT NOT NULL,
    PRIMARY KEY (org_id, comment, person),
    FOREIGN KEY (org_id, comment) REFERENCES comment (org_id, id)
) WITHOUT ROWID;
CREATE INDEX mention_person ON mention (org_id, person);

-- What a person is told. It follows from the ledger and can be made again from it; the key is that of what happened, so nobody is told twice.
CREATE TABLE notice (
    {{org}},
    id      TEXT    NOT NULL, -- nt_…
    person  TEXT    NOT NULL,
    key     TEXT    NOT NULL,
    kind    TEXT    NOT NULL, -- what a person chooses by
    what    TEXT    NOT NULL, -- what happened
    project TEXT    NOT NULL, -- '' is the organisation
    subject TEXT    NOT NULL, -- ids, as JSON
    actor   TEXT    NOT NULL, -- pn_… whose doing it is, or ''
    listed  INTEGER NOT NULL CHECK (listed IN (0, 1)),
    at      INTEGER NOT NULL,
    seen_at INTEGER NOT NULL, -- 0 is not yet
    mail    TEXT    NOT NULL, -- the message that it goes with, or ''
    hook    TEXT    NOT NULL,
    PRIMARY KEY (org_id, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX notice_key ON notice (org_id, person, key);
CREATE INDEX notice_unseen ON notice (org_id, person, kind) WHERE listed = 1 AND seen_at = 0;
CREATE INDEX notice_at ON notice (org_id, at);

-- A message to a person that bundles notices: a mail, or a request to the person's own webhook.
CREATE TABLE message (
    {{org}},
    id         TEXT    NOT NULL, -- mg_…
    person     TEXT    NOT NULL,
    channel    TEXT    NOT NULL CHECK (channel IN ('mail', 'hook')),
    pace       TEXT    NOT NULL CHECK (pace IN ('now', 'daily')),
    state      TEXT    NOT NULL CHECK (state IN ('due', 'sent', 'dead', 'dropped')),
    due_at     INTEGER NOT NULL,
    attempts   INTEGER NOT NULL,
    error      TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    ended_at   INTEGER NOT NULL, -- 0 is not yet
    PRIMARY KEY (org_id, id)
) WITHOUT ROWID;
CREATE INDEX message_due ON message (org_id, due_at) WHERE state = 'due';
CREATE INDEX message_person ON message (org_id, person, channel, id);

-- What a person chose.
CREATE TABLE notice_setting (
    {{org}},
    id       TEXT    NOT NULL, -- pn_…
    settings TEXT    NOT NULL, -- JSON
    sealed   BLOB    NOT NULL, -- the secret that signs what the webhook gets, or empty
    version  INTEGER NOT NULL,
    PRIMARY KEY (org_id, id)
) WITHOUT ROWID;

-- What will be told when a time comes: something ends in a week, or has ended.
CREATE TABLE reminder (
    {{org}},
    what    TEXT    NOT NULL,
    subject TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    person  TEXT    NOT NULL, -- pn_…, or '' for everybody whom it concerns
    project TEXT    NOT NULL,
    PRIMARY KEY (org_id, what, subject)
) WITHOUT ROWID;
CREATE INDEX reminder_at ON reminder (org_id, at);

-- How far the ledger was followed.
CREATE TABLE notice_position (
    {{org}},
    next INTEGER NOT NULL,
    PRIMARY KEY (org_id)
) WITHOUT ROWID;
