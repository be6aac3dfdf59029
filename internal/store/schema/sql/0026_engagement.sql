-- homes: organisation
-- Audits by the organisation: what was asked for, what both sides agreed to, and who was let in under it.

CREATE TABLE engagement (
    {{org}},
    id              TEXT    NOT NULL, -- eg_…
    scope           TEXT    NOT NULL,
    first_day       TEXT    NOT NULL, -- 2026-11-23, in UTC
    last_day        TEXT    NOT NULL,
    confidentiality TEXT    NOT NULL,
    security        TEXT    NOT NULL,
    cost            TEXT    NOT NULL,
    digest          TEXT    NOT NULL, -- of the six columns above, which the ledger has too
    state           TEXT    NOT NULL CHECK (state IN ('asked', 'returned', 'offered', 'agreed', 'withdrawn', 'ended')),
    asked_by        TEXT    NOT NULL,
    asked_at        INTEGER NOT NULL,
    reason          TEXT    NOT NULL, -- why it was returned or ended
    platform_by     TEXT    NOT NULL, -- one of the platform's own people, who agreed; '' while nobody has
    platform_at     INTEGER NOT NULL,
    agreed_by       TEXT    NOT NULL, -- of the organisation, after that
    agreed_at       INTEGER NOT NULL,
    ended_at        INTEGER NOT NULL, -- or withdrawn
    auditors        TEXT    NOT NULL, -- JSON: members who were let in, by whom, when, until when
    version         INTEGER NOT NULL,
    PRIMARY KEY (org_id, id)
) WITHOUT ROWID;
