-- homes: organisation
-- Who says who the members are: providers of OpenID Connect, domains, SCIM (RFC 7643, RFC 7644).

CREATE TABLE provider (
    {{org}},
    id         TEXT    NOT NULL, -- ip_…
    name       TEXT    NOT NULL,
    issuer     TEXT    NOT NULL,
    client     TEXT    NOT NULL,
    secret     TEXT,
    settings   TEXT    NOT NULL, -- JSON: scopes, claim of groups, role of who joins
    off        INTEGER NOT NULL CHECK (off IN (0, 1)),
    created_at INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, secret) REFERENCES secret (org_id, id)
);

CREATE TABLE domain (
    {{org}},
    id          TEXT    NOT NULL, -- dm_…
    name        TEXT    NOT NULL,
    proof       TEXT    NOT NULL, -- what a TXT record has to say
    verified_at INTEGER NOT NULL, -- 0: not yet
    provider    TEXT,
    created_at  INTEGER NOT NULL,
    version     INTEGER NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, provider) REFERENCES provider (org_id, id)
);
CREATE UNIQUE INDEX domain_name ON domain (org_id, name);

-- What the organisation demands of whoever signs in: one row.
CREATE TABLE sign_in_policy (
    {{org}},
    id      TEXT    NOT NULL,
    text    TEXT    NOT NULL, -- JSON
    version INTEGER NOT NULL,
    PRIMARY KEY (org_id, id)
);

-- A user as the provisioner knows it; the member is the right.
CREATE TABLE scim_user (
    {{org}},
    id         TEXT    NOT NULL, -- pn_…, the member
    user_name  TEXT    NOT NULL, -- lower case
    external   TEXT    NOT NULL,
    active     INTEGER NOT NULL CHECK (active IN (0, 1)),
    data       TEXT    NOT NULL, -- JSON: the attributes that are kept
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, id) REFERENCES member (org_id, id)
);
CREATE UNIQUE INDEX scim_user_name ON scim_user (org_id, user_name);

CREATE TABLE scim_group (
    {{org}},
    id         TEXT    NOT NULL, -- gp_…
    name       TEXT    NOT NULL,
    external   TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX scim_group_name ON scim_group (org_id, name);

CREATE TABLE scim_group_member (
    {{org}},
    group_id TEXT NOT NULL,
    person   TEXT NOT NULL,
    PRIMARY KEY (org_id, group_id, person),
    FOREIGN KEY (org_id, group_id) REFERENCES scim_group (org_id, id),
    FOREIGN KEY (org_id, person) REFERENCES scim_user (org_id, id)
);
