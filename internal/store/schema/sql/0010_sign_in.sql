-- homes: platform
-- How people sign in, and who is signed in. A person is known to the instance once, whatever the organisations.

CREATE TABLE passkey (
    {{org}},
    id         TEXT    NOT NULL, -- pk_…
    person     TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    handle     BLOB    NOT NULL, -- credential id of WebAuthn
    public_key BLOB    NOT NULL, -- COSE
    aaguid     TEXT    NOT NULL,
    format     TEXT    NOT NULL, -- of the attestation statement
    trusted    INTEGER NOT NULL CHECK (trusted IN (0, 1)),
    eligible   INTEGER NOT NULL CHECK (eligible IN (0, 1)),
    backed_up  INTEGER NOT NULL CHECK (backed_up IN (0, 1)),
    count      INTEGER NOT NULL,
    used_at    INTEGER NOT NULL,
    removed    INTEGER NOT NULL CHECK (removed IN (0, 1)),
    created_at INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, person) REFERENCES person (org_id, id)
);
CREATE UNIQUE INDEX passkey_handle ON passkey (org_id, handle);
CREATE INDEX passkey_person ON passkey (org_id, person);

-- Which organisations take a passkey for the one of their member: those by whose invitation or recovery it came, or that its holder joined with it.
CREATE TABLE passkey_trust (
    {{org}},
    passkey      TEXT    NOT NULL,
    organisation TEXT    NOT NULL, -- 'platform' is the platform's own people
    created_at   INTEGER NOT NULL,
    PRIMARY KEY (org_id, passkey, organisation),
    FOREIGN KEY (org_id, passkey) REFERENCES passkey (org_id, id)
);

-- Who a person is at a provider.
CREATE TABLE subject (
    {{org}},
    issuer       TEXT    NOT NULL,
    subject      TEXT    NOT NULL,
    organisation TEXT    NOT NULL, -- whose provider says so; 'platform' is the operator's
    person       TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    PRIMARY KEY (org_id, issuer, subject, organisation),
    FOREIGN KEY (org_id, person) REFERENCES person (org_id, id)
);
CREATE INDEX subject_person ON subject (org_id, person);

CREATE TABLE session (
    {{org}},
    id           TEXT    NOT NULL, -- ss_…
    hash         BLOB    NOT NULL, -- SHA-256 of the cookie
    realm        TEXT    NOT NULL CHECK (realm IN ('members', 'staff')),
    person       TEXT    NOT NULL,
    organisation TEXT    NOT NULL, -- '' until one is chosen
    support      TEXT    NOT NULL, -- id of the grant under which staff looks, or ''
    method       TEXT    NOT NULL,
    strength     TEXT    NOT NULL, -- JSON
    device       TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    seen_at      INTEGER NOT NULL, -- not a decision
    proven_at    INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    ended        INTEGER NOT NULL CHECK (ended IN (0, 1)),
    version      INTEGER NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, person) REFERENCES person (org_id, id)
);
CREATE UNIQUE INDEX session_hash ON session (org_id, hash);
CREATE INDEX session_person ON session (org_id, person);

-- What was begun in a browser and comes back: a challenge of WebAuthn, a state of OpenID Connect, a device that waits (RFC 8628). Each is used once.
CREATE TABLE ceremony (
    {{org}},
    hash       BLOB    NOT NULL, -- SHA-256 of what the browser or the device holds
    kind       TEXT    NOT NULL,
    code       BLOB,             -- SHA-256 of the user code, of a device
    sealed     BLOB    NOT NULL, -- what is needed at the end of it
    state      TEXT    NOT NULL CHECK (state IN ('open', 'approved', 'refused', 'used')),
    at         INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (org_id, hash)
);
CREATE UNIQUE INDEX ceremony_code ON ceremony (org_id, code);
CREATE INDEX ceremony_expires ON ceremony (org_id, expires_at);

-- Which organisation has proven to have a domain of e-mail addresses. One at most.
CREATE TABLE verified_domain (
    {{org}},
    name         TEXT    NOT NULL,
    organisation TEXT    NOT NULL,
    at           INTEGER NOT NULL,
    PRIMARY KEY (org_id, name)
);

ALTER TABLE operator_token ADD COLUMN addresses TEXT NOT NULL DEFAULT '[]'; -- JSON: CIDR; none is any
ALTER TABLE operator_token ADD COLUMN used_at INTEGER NOT NULL DEFAULT 0;   -- 0: never; not a decision
