-- homes: organisation
-- Which versions of which documents were accepted for the organisation, and what it ordered. Rows are added and never changed: what takes the place of one is a newer one.

CREATE TABLE acceptance (
    {{org}},
    slug        TEXT    NOT NULL, -- of the document
    edition     TEXT    NOT NULL, -- its version: 2026-11-23
    id          TEXT    NOT NULL, -- ac_…
    digest      TEXT    NOT NULL, -- of its canonical bytes
    list        TEXT    NOT NULL, -- the version of the list of subprocessors that was accepted with it; '' where none was published
    list_digest TEXT    NOT NULL,
    person      TEXT    NOT NULL, -- who accepted it
    authority   TEXT    NOT NULL, -- as the person declared it
    method      TEXT    NOT NULL CHECK (method IN ('click', 'signature', 'order-form-upload')),
    origin      TEXT    NOT NULL, -- the class of the address that it came from
    at          INTEGER NOT NULL,
    PRIMARY KEY (org_id, slug, edition)
) WITHOUT ROWID;

-- The terms of the order form, a row for each version of them.
CREATE TABLE order_terms (
    {{org}},
    number    INTEGER NOT NULL, -- from 1
    text      TEXT    NOT NULL, -- JSON
    reason    TEXT    NOT NULL,
    actor     TEXT    NOT NULL, -- one of the platform's own people
    at        INTEGER NOT NULL,
    PRIMARY KEY (org_id, number)
) WITHOUT ROWID;
