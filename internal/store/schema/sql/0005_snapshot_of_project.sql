-- homes: organisation
-- A snapshot belongs to a project. What a laptop kept before belongs to the project 'local'.

INSERT INTO project (id, slug, name, archived, created_at, version)
    SELECT 'local', 'local', 'local', 0, created_at, 1 FROM home WHERE org_id = 'local';
