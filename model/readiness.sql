-- name: revision
-- Which version of the tables this database has; null when it has none.
select max(version_num) from alembic_version;

-- name: ready
-- Which of these municipalities have had their first fill.
select k.cvr from anvenderkontekst k where k.cvr = any (:cvr::text[]) and k.tilstand = 'KLAR';
