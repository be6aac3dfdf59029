-- homes: all
-- Who was let in to what, or not; on the platform also whoever was nobody. Rows are written in batches behind the requests; they are no decisions, and go after ninety days.
CREATE TABLE access_log (
    {{org}},
    seq      INTEGER NOT NULL, -- without gaps: what is read by it misses nothing
    at       INTEGER NOT NULL,
    actor    TEXT    NOT NULL,
    surface  TEXT    NOT NULL,
    method   TEXT    NOT NULL,
    route    TEXT    NOT NULL, -- the pattern, without ids
    status   INTEGER NOT NULL,
    decision TEXT    NOT NULL CHECK (decision IN ('allowed', 'denied', 'missing', 'failed', 'lost', 'gone')),
    policy   TEXT    NOT NULL, -- that decided
    request  TEXT    NOT NULL,
    count    INTEGER NOT NULL, -- of requests: 1, or how many were lost
    PRIMARY KEY (org_id, seq)
);
CREATE INDEX access_log_at ON access_log (org_id, at);
