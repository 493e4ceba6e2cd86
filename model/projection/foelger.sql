-- name: fjern
-- The paths of these units and of all below them go: each other unit that lost its path, and which of these it was below.
with top as materialized (
  select sti from enhed_sti where organisation = :organisation and enhed = any (:enheder::uuid[])
), vaek as (
  delete from enhed_sti s using top
   where s.organisation = :organisation and s.sti >= top.sti
     and s.sti < top.sti || 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid
  returning s.enhed, s.sti
)
select vaek.enhed, o.over from vaek cross join unnest(vaek.sti) o(over)
 where o.over = any (:enheder::uuid[]) and vaek.enhed <> all (:enheder::uuid[]);

-- name: fjern_alle
-- All paths of a municipality.
delete from enhed_sti where organisation = :organisation;

-- name: indsaet
-- Paths of these units, where their superior has one or they are the root, and of all below them: each other unit that
-- has one now, and which of these it is below. A unit of another organisation, or of none, stands in no tree (rules.md 4,
-- domain.md 5); a ring of units hangs on nothing: no path.
with recursive nu as not materialized (
  select e.uuid, e.overordnet from organisation_enhed e
   where e.organisation = :organisation and e.registreret_til = 9223372036854775807
     and e.virkning_til > :now and e.virkning_fra <= :now
     and e.tilhoerer = :organisation
), r as (
  select nu.uuid, case when nu.uuid = :rod then array[nu.uuid] else over.sti || nu.uuid end as sti
    from nu left join enhed_sti over on over.organisation = :organisation and over.enhed = nu.overordnet
   where nu.uuid = any (:enheder::uuid[])
     and (nu.uuid = :rod or (over.enhed is not null and nu.uuid <> all (over.sti)))
  union all
  select nu.uuid, r.sti || nu.uuid
    from r join nu on nu.overordnet = r.uuid
   where nu.uuid <> :rod and nu.uuid <> all (r.sti) and cardinality(r.sti) < 50
), nye as (
  insert into enhed_sti (organisation, enhed, sti, dybde)
  select :organisation, r.uuid, r.sti, cardinality(r.sti) - 1 from r
  on conflict (organisation, enhed) do nothing
  returning enhed, sti
)
select nye.enhed, o.over from nye cross join unnest(nye.sti) o(over)
 where o.over = any (:enheder::uuid[]) and nye.enhed <> all (:enheder::uuid[]);

-- name: enheder_ledet_af
-- The units that these users manage now.
select distinct m.bruger, m.enhed from medlemskab m
 where m.organisation = :organisation and m.bruger = any (:brugere::uuid[]) and m.funktionstype = :lederrolle
   and m.registreret_til = 9223372036854775807 and m.virkning_til > :now and m.virkning_fra <= :now;

-- name: arver_leder
-- These units, and below them those with no active manager of their own, down to the next that has one.
with recursive r as (
  select x.enhed, x.aarsag, true as egen from unnest(:enheder::uuid[], :aarsager::bigint[]) x(enhed, aarsag)
  union
  select e.uuid, r.aarsag, false
    from r join organisation_enhed e on e.organisation = :organisation and e.overordnet = r.enhed
     and e.registreret_til = 9223372036854775807 and e.virkning_til > :now and e.virkning_fra <= :now
   where not exists (
     select from medlemskab m join bruger b on b.organisation = :organisation and b.uuid = m.bruger and b.status = 'AKTIV'
      and b.registreret_til = 9223372036854775807 and b.virkning_til > :now and b.virkning_fra <= :now
      where m.organisation = :organisation and m.enhed = e.uuid and m.funktionstype = :lederrolle
        and m.registreret_til = 9223372036854775807 and m.virkning_til > :now and m.virkning_fra <= :now)
)
select r.enhed, r.aarsag, bool_or(r.egen) as egen from r group by r.enhed, r.aarsag order by r.aarsag, r.enhed;
