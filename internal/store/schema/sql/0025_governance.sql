-- homes: platform
-- Owners, risks, decisions, and the measures that a version of the program had.

-- Who owns a control, a runbook, a review, the rollout of a document, a part in incidents or in the product.
CREATE TABLE owner (
    {{org}},
    item      TEXT    NOT NULL, -- "control/ARC-GOV-01"
    person    TEXT    NOT NULL,
    since     INTEGER NOT NULL,
    opened_at INTEGER NOT NULL, -- since when it needs another owner; 0: it does not
    version   INTEGER NOT NULL,
    PRIMARY KEY (org_id, item)
) WITHOUT ROWID;

CREATE TABLE risk (
    {{org}},
    id                TEXT    NOT NULL, -- rk_…
    title             TEXT    NOT NULL,
    threat            TEXT    NOT NULL,
    likelihood        INTEGER NOT NULL, -- from 1 to 5, without any measure
    impact            INTEGER NOT NULL,
    target_likelihood INTEGER NOT NULL, -- while every control holds
    target_impact     INTEGER NOT NULL,
    treatment         TEXT    NOT NULL, -- avoid, reduce, transfer, accept
    plan              TEXT    NOT NULL,
    controls          TEXT    NOT NULL, -- JSON
    acceptor          TEXT    NOT NULL, -- a person, or ""
    accepted_at       INTEGER NOT NULL,
    review_at         INTEGER NOT NULL, -- by when it is looked at again
    reviewed_at       INTEGER NOT NULL,
    state             TEXT    NOT NULL, -- open, closed
    created_at        INTEGER NOT NULL,
    changed_at        INTEGER NOT NULL,
    version           INTEGER NOT NULL,
    PRIMARY KEY (org_id, id)
) WITHOUT ROWID;

-- What remained of a risk, one row each time that it changed.
CREATE TABLE risk_snapshot (
    {{org}},
    risk                TEXT    NOT NULL,
    at                  INTEGER NOT NULL,
    likelihood          INTEGER NOT NULL,
    impact              INTEGER NOT NULL,
    residual_likelihood INTEGER NOT NULL,
    residual_impact     INTEGER NOT NULL,
    failing             TEXT    NOT NULL, -- JSON: controls that did not hold
    PRIMARY KEY (org_id, risk, at)
) WITHOUT ROWID;

-- The journal. What a decision says is never changed.
CREATE TABLE decision (
    {{org}},
    id          TEXT    NOT NULL, -- dc_…
    kind        TEXT    NOT NULL,
    cause       TEXT    NOT NULL, -- product, customer, threat, regulation
    title       TEXT    NOT NULL,
    context     TEXT    NOT NULL,
    options     TEXT    NOT NULL,
    decision    TEXT    NOT NULL,
    links       TEXT    NOT NULL, -- JSON
    about       TEXT    NOT NULL, -- of the kind catalogue: digest of the measures
    supersedes  TEXT    NOT NULL,
    proposed_at INTEGER NOT NULL,
    digest      TEXT    NOT NULL, -- of the canonical bytes of what stands above
    state       TEXT    NOT NULL, -- proposed, approved, refused
    proposer    TEXT    NOT NULL,
    decider     TEXT    NOT NULL,
    reason      TEXT    NOT NULL,
    decided_at  INTEGER NOT NULL,
    superseded  TEXT    NOT NULL, -- by that decision
    version     INTEGER NOT NULL,
    PRIMARY KEY (org_id, id)
);

-- The controls and checks that a version of the program had, and that were taken as what the next one is compared with.
CREATE TABLE catalogue (
    {{org}},
    at       INTEGER NOT NULL,
    digest   TEXT    NOT NULL,
    program  TEXT    NOT NULL, -- its version
    measures TEXT    NOT NULL, -- JSON
    decision TEXT    NOT NULL, -- that approved what was weaker than before
    PRIMARY KEY (org_id, at)
);
