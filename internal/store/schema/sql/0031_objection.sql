-- homes: organisation
-- Changes of subprocessors that the organisation was told of, with what it objected.

CREATE TABLE subprocessor_notice (
    {{org}},
    id         TEXT    NOT NULL, -- sb_… of the change
    stage      TEXT    NOT NULL CHECK (stage IN ('noticed', 'open', 'objected', 'expired', 'resolved', 'activated', 'withdrawn')),
    noticed_at INTEGER NOT NULL,
    closes_at  INTEGER NOT NULL, -- 0: the window is not open yet
    sealed     BLOB    NOT NULL, -- the notice and its objections, as JSON under the organisation's key
    version    INTEGER NOT NULL,
    PRIMARY KEY (org_id, id)
) WITHOUT ROWID;
