-- homes: platform
-- The legal registry: drafts that people work on, and versions that were published, which stay as they are.

CREATE TABLE legal_draft (
    {{org}},
    id           TEXT    NOT NULL, -- ld_…, which the version keeps
    slug         TEXT    NOT NULL,
    audience     TEXT    NOT NULL CHECK (audience IN ('public', 'enterprise')),
    title        TEXT    NOT NULL,
    summary      TEXT    NOT NULL,
    body         TEXT    NOT NULL,
    material     INTEGER NOT NULL CHECK (material IN (0, 1)),
    accept       INTEGER NOT NULL CHECK (accept IN (0, 1)),
    supports     TEXT    NOT NULL, -- JSON
    place        INTEGER NOT NULL, -- in the order of precedence
    template     INTEGER NOT NULL CHECK (template IN (0, 1)),
    weakens      INTEGER NOT NULL CHECK (weakens IN (0, 1)),
    decision     TEXT    NOT NULL, -- dc_…, or ''
    state        TEXT    NOT NULL CHECK (state IN ('draft', 'asked', 'withdrawn')),
    author       TEXT    NOT NULL, -- who wrote it last
    asker        TEXT    NOT NULL, -- who asked that it be published, or ''
    remark       TEXT    NOT NULL, -- why it was sent back, or ''
    effective_at INTEGER NOT NULL, -- 0: when it is approved
    asked_at     INTEGER NOT NULL, -- 0: not asked
    created_at   INTEGER NOT NULL,
    changed_at   INTEGER NOT NULL,
    version      INTEGER NOT NULL,
    PRIMARY KEY (org_id, id)
);

-- grant: SELECT, INSERT
CREATE TABLE legal_document (
    {{org}},
    id           TEXT    NOT NULL, -- ld_…
    slug         TEXT    NOT NULL,
    edition      TEXT    NOT NULL, -- an ISO date, with .2 and so on from the second of a day on
    effective_at INTEGER NOT NULL,
    audience     TEXT    NOT NULL,
    title        TEXT    NOT NULL,
    summary      TEXT    NOT NULL,
    body         TEXT    NOT NULL,
    material     INTEGER NOT NULL,
    accept       INTEGER NOT NULL,
    supports     TEXT    NOT NULL, -- JSON
    place        INTEGER NOT NULL,
    template     INTEGER NOT NULL,
    weakens      INTEGER NOT NULL,
    decision     TEXT    NOT NULL,
    digest       TEXT    NOT NULL, -- of the canonical bytes
    author       TEXT    NOT NULL, -- who asked that it be published
    approver     TEXT    NOT NULL,
    published_at INTEGER NOT NULL,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, slug, edition)
);

-- What was published stays as it is, whoever writes: a second wall behind the rights of the role.

-- engine: sqlite
CREATE TRIGGER legal_document_kept BEFORE DELETE ON legal_document
BEGIN SELECT RAISE(ABORT, 'a published document is kept'); END;
CREATE TRIGGER legal_document_same BEFORE UPDATE ON legal_document
BEGIN SELECT RAISE(ABORT, 'a published document stays as it is'); END;

-- engine: postgresql
CREATE FUNCTION legal_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'a published document stays as it is' USING ERRCODE = 'restrict_violation'; END $$;
CREATE TRIGGER legal_document_kept BEFORE DELETE ON legal_document FOR EACH ROW EXECUTE FUNCTION legal_kept();
CREATE TRIGGER legal_document_same BEFORE UPDATE ON legal_document FOR EACH ROW EXECUTE FUNCTION legal_kept();
CREATE TRIGGER legal_document_whole BEFORE TRUNCATE ON legal_document FOR EACH STATEMENT EXECUTE FUNCTION legal_kept();

-- engine: all
