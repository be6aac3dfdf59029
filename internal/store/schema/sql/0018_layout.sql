-- homes: organisation
-- Where people put the boxes of pictures.

CREATE TABLE layout (
    {{org}},
    project TEXT    NOT NULL,
    view    TEXT    NOT NULL, -- the key of a view, which a later snapshot may have again
    places  BLOB    NOT NULL, -- sealed: a layout file with that view, or with none where it was let go
    at      INTEGER NOT NULL, -- of the last change
    version INTEGER NOT NULL,
    PRIMARY KEY (org_id, project, view),
    FOREIGN KEY (org_id, project) REFERENCES project (org_id, id)
) WITHOUT ROWID;
