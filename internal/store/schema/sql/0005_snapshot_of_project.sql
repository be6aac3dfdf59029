-- homes: organisation
-- Snapshots and baselines belong to a project, and nothing of one refers to something of another. What a laptop kept before belongs to the project 'local'.
-- The tables are made anew and filled from the old ones: a key cannot be changed in place on both engines. In a server no home is older than this step.

INSERT INTO project (id, slug, name, archived, created_at, version)
    SELECT 'local', 'local', 'local', 0, created_at, 1 FROM home WHERE org_id = 'local';

DROP INDEX snapshot_id;
DROP INDEX manifest_base;
DROP INDEX baseline_id;
DROP INDEX baseline_snapshot;
ALTER TABLE snapshot RENAME TO old_snapshot;
ALTER TABLE manifest RENAME TO old_manifest;
ALTER TABLE baseline RENAME TO old_baseline;
ALTER TABLE seen RENAME TO old_seen;

CREATE TABLE snapshot (
    {{org}},
    project      TEXT    NOT NULL,
    seq          INTEGER NOT NULL, -- counted in the organisation
    id           TEXT    NOT NULL,
    digest       TEXT    NOT NULL, -- of all that the snapshot is; the id is its beginning
    root         TEXT    NOT NULL,
    series       TEXT    NOT NULL, -- snapshots of the same thing, which differ little
    name         TEXT    NOT NULL,
    collected_at INTEGER NOT NULL,
    recorded_at  INTEGER NOT NULL,
    method       TEXT    NOT NULL,
    key_id       TEXT    NOT NULL,
    scope        TEXT    NOT NULL, -- JSON
    resources    INTEGER NOT NULL,
    not_read     INTEGER NOT NULL,
    fresh        INTEGER NOT NULL,
    overlay      TEXT    NOT NULL,
    overlay_name TEXT    NOT NULL,
    overlay_text TEXT,             -- digest; NULL where there was no overlay
    model        TEXT    NOT NULL,
    PRIMARY KEY (org_id, project, seq),
    FOREIGN KEY (org_id, project) REFERENCES project (org_id, id),
    FOREIGN KEY (org_id, overlay_text) REFERENCES overlay (org_id, digest)
);
CREATE UNIQUE INDEX snapshot_id ON snapshot (org_id, project, id);

-- Which contents and forms a snapshot has, and where they stood: whole, or what differs from that of another snapshot of the project.
CREATE TABLE manifest (
    {{org}},
    project  TEXT    NOT NULL,
    snapshot INTEGER NOT NULL,
    base     INTEGER,          -- NULL: it is whole
    depth    INTEGER NOT NULL, -- how many manifests it takes to read it, at most
    digest   BLOB    NOT NULL, -- of the plain bytes
    data     BLOB    NOT NULL, -- zstd
    PRIMARY KEY (org_id, project, snapshot),
    FOREIGN KEY (org_id, project, snapshot) REFERENCES snapshot (org_id, project, seq),
    FOREIGN KEY (org_id, project, base) REFERENCES manifest (org_id, project, snapshot)
);
CREATE INDEX manifest_base ON manifest (org_id, project, base) WHERE base IS NOT NULL;

CREATE TABLE baseline (
    {{org}},
    project      TEXT    NOT NULL,
    seq          INTEGER NOT NULL, -- counted in the organisation
    id           TEXT    NOT NULL,
    snapshot     INTEGER NOT NULL,
    approval     TEXT    NOT NULL, -- JSON; the id is of its digest
    seal         TEXT    NOT NULL,
    overlay_name TEXT    NOT NULL,
    overlay_text TEXT,
    digest       TEXT    NOT NULL, -- of the row
    PRIMARY KEY (org_id, project, seq),
    FOREIGN KEY (org_id, project, snapshot) REFERENCES snapshot (org_id, project, seq),
    FOREIGN KEY (org_id, overlay_text) REFERENCES overlay (org_id, digest)
);
CREATE UNIQUE INDEX baseline_id ON baseline (org_id, project, id);
CREATE INDEX baseline_snapshot ON baseline (org_id, project, snapshot);

CREATE TABLE seen (
    {{org}},
    project  TEXT    NOT NULL,
    baseline INTEGER NOT NULL,
    finding  TEXT    NOT NULL,
    first_at INTEGER NOT NULL,
    last_at  INTEGER NOT NULL,
    PRIMARY KEY (org_id, project, baseline, finding),
    FOREIGN KEY (org_id, project, baseline) REFERENCES baseline (org_id, project, seq)
) WITHOUT ROWID;

INSERT INTO snapshot (project, seq, id, digest, root, series, name, collected_at, recorded_at, method, key_id, scope, resources, not_read, fresh,
        overlay, overlay_name, overlay_text, model)
    SELECT 'local', seq, id, digest, root, series, name, collected_at, recorded_at, method, key_id, scope, resources, not_read, fresh,
        overlay, overlay_name, overlay_text, model FROM old_snapshot;
INSERT INTO manifest (project, snapshot, base, depth, digest, data)
    SELECT 'local', snapshot, base, depth, digest, data FROM old_manifest;
INSERT INTO baseline (project, seq, id, snapshot, approval, seal, overlay_name, overlay_text, digest)
    SELECT 'local', seq, id, snapshot, approval, seal, overlay_name, overlay_text, digest FROM old_baseline;
INSERT INTO seen (project, baseline, finding, first_at, last_at)
    SELECT 'local', baseline, finding, first_at, last_at FROM old_seen;

DROP TABLE old_seen;
DROP TABLE old_baseline;
DROP TABLE old_manifest;
DROP TABLE old_snapshot;
