-- homes: organisation
-- Under which key the home was made, so that another one that was put into the directory of organisations is noticed (docs/formats/sealed.md).

-- grant: SELECT, INSERT
CREATE TABLE key_check (
    {{org}},
    proof BLOB    NOT NULL, -- HMAC under the key of the instance; of the key it says nothing
    at    INTEGER NOT NULL,
    PRIMARY KEY (org_id)
);
