-- homes: organisation
-- How people join an organisation and come back to it.

CREATE TABLE invitation (
    {{org}},
    id         TEXT    NOT NULL, -- iv_…
    hash       BLOB    NOT NULL,
    person     TEXT    NOT NULL,
    role       TEXT    NOT NULL,
    actor      TEXT    NOT NULL,
    used       INTEGER NOT NULL CHECK (used IN (0, 1)),
    revoked    INTEGER NOT NULL CHECK (revoked IN (0, 1)),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, person) REFERENCES member (org_id, id)
);
CREATE UNIQUE INDEX invitation_hash ON invitation (org_id, hash);

CREATE TABLE recovery (
    {{org}},
    id         TEXT    NOT NULL, -- rc_…
    hash       BLOB    NOT NULL, -- empty until a second person has agreed
    person     TEXT    NOT NULL,
    role       TEXT    NOT NULL,
    reason     TEXT    NOT NULL,
    actor      TEXT    NOT NULL,
    approver   TEXT    NOT NULL, -- '' until then
    used       INTEGER NOT NULL CHECK (used IN (0, 1)),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, person) REFERENCES member (org_id, id)
);
