-- homes: organisation
-- The operator's people in an organisation: who may look, why, until when.

CREATE TABLE support_grant (
    {{org}},
    id         TEXT    NOT NULL, -- gr_…
    person     TEXT    NOT NULL, -- of the platform's people
    reason     TEXT    NOT NULL,
    ticket     TEXT    NOT NULL,
    state      TEXT    NOT NULL CHECK (state IN ('asked', 'active', 'refused', 'revoked')),
    asked_at   INTEGER NOT NULL,
    from_at    INTEGER NOT NULL,
    until_at   INTEGER NOT NULL,
    actor      TEXT    NOT NULL, -- who decided
    looked     INTEGER NOT NULL, -- how many reads there were under it, each of which is an entry of the ledger
    version    INTEGER NOT NULL,
    PRIMARY KEY (org_id, id)
);
