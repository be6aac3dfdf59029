-- homes: all
-- Whose personal data a page of the ledger holds: verifying asks for it page by page, and without this each question would read the whole table.

CREATE INDEX ledger_subject_entry ON ledger_subject (org_id, idx, subject);
