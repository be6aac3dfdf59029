-- homes: organisation
-- Roles under their names of today, members until a day, and tokens of one purpose each.

UPDATE member SET role = 'viewer' WHERE role = 'reader';
UPDATE token SET role = 'viewer' WHERE role = 'reader';
ALTER TABLE member ADD COLUMN until INTEGER NOT NULL DEFAULT 0;     -- when the membership ends by itself; 0: never
ALTER TABLE member ADD COLUMN external TEXT NOT NULL DEFAULT '';    -- who provisions it: '' a person, 'scim'

-- What programs are.
CREATE TABLE service_account (
    {{org}},
    id         TEXT    NOT NULL, -- sa_…
    name       TEXT    NOT NULL,
    owner      TEXT    NOT NULL,
    used_at    INTEGER NOT NULL, -- 0: never; not a decision
    disabled   INTEGER NOT NULL CHECK (disabled IN (0, 1)),
    why        TEXT    NOT NULL,
    enabled_at INTEGER NOT NULL, -- made, or last enabled
    created_at INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, owner) REFERENCES member (org_id, id)
);

-- What a token is for, in words, and the one purpose that bounds it. What programs had before keeps no more than its purpose gives.
ALTER TABLE token RENAME COLUMN purpose TO about;
ALTER TABLE token ADD COLUMN purpose TEXT NOT NULL DEFAULT 'interactive';
ALTER TABLE token ADD COLUMN scopes TEXT NOT NULL DEFAULT '[]';    -- JSON: actions; none is all of the purpose
ALTER TABLE token ADD COLUMN addresses TEXT NOT NULL DEFAULT '[]'; -- JSON: CIDR; none is any
ALTER TABLE token ADD COLUMN account TEXT;                         -- of a program: its service account
ALTER TABLE token ADD COLUMN used_at INTEGER NOT NULL DEFAULT 0;   -- 0: never; not a decision
UPDATE token SET purpose = 'ci' WHERE role = 'scanner';
UPDATE token SET purpose = 'reporting' WHERE person IS NULL AND role <> 'scanner';
CREATE INDEX token_account ON token (org_id, account);

-- Each program of before gets an account; the first owner answers for it until another one is named.
INSERT INTO service_account (org_id, id, name, owner, used_at, disabled, why, enabled_at, created_at, version)
SELECT org_id, 'sa_' || substr(id, 4), name, (SELECT m.id FROM member m WHERE m.org_id = token.org_id AND m.role = 'owner' AND m.removed = 0 ORDER BY m.id LIMIT 1),
    0, 0, '', COALESCE((SELECT h.at FROM ledger_head h WHERE h.org_id = token.org_id), created_at), created_at, 1
FROM token WHERE person IS NULL AND EXISTS (SELECT 1 FROM member m WHERE m.org_id = token.org_id AND m.role = 'owner' AND m.removed = 0);
UPDATE token SET account = 'sa_' || substr(id, 4), role = '' WHERE person IS NULL;
