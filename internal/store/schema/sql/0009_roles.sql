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
