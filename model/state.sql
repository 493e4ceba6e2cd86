-- name: begin
-- The row of a new database: incarnation 1 on this server. An old database keeps its row.
insert into model_state (id, incarnation, system_identifier, timeline_id, secret)
select 1, 1, (select system_identifier::text from pg_control_system()),
       (select timeline_id from pg_control_checkpoint()), :secret
on conflict (id) do nothing;

-- name: klasse
-- A class that is built in; a row from a file wins.
insert into klasse (uuid, nummer, titel, facet, aktiv) values (:uuid, :nummer, :titel, :facet, :aktiv)
on conflict (uuid) do nothing;

-- name: secret
-- The key of hashes.
select secret from model_state where id = 1;

-- name: incarnation
-- Which life of the change log this is.
select incarnation from model_state where id = 1;
