-- homes: platform
-- Older backups that the operator accepted: from then on the log has another origin, because under the one before it entries were signed that are lost.

-- grant: SELECT, INSERT
CREATE TABLE log_epoch (
    {{org}},
    organisation TEXT    NOT NULL,
    epoch        TEXT    NOT NULL, -- when it began, as the origin has it
    size         INTEGER NOT NULL, -- of what was brought back
    root         BLOB    NOT NULL,
    known_size   INTEGER NOT NULL, -- of what was known of the log from elsewhere
    known_root   BLOB    NOT NULL,
    at           INTEGER NOT NULL,
    PRIMARY KEY (org_id, organisation, epoch)
);
