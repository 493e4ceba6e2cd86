-- name: gem
-- Classes as the file says them; what another file said of the same uuid is overwritten.
insert into klasse (uuid, nummer, titel, facet, aktiv)
select x.uuid, x.nummer, x.titel, x.facet, x.aktiv
  from unnest(:uuid::uuid[], :nummer::text[], :titel::text[], :facet::text[], :aktiv::boolean[])
       x(uuid, nummer, titel, facet, aktiv)
on conflict (uuid) do update
   set nummer = excluded.nummer, titel = excluded.titel, facet = excluded.facet, aktiv = excluded.aktiv;
