-- name: overtag
-- The leader before us kept the cards: so do we.
update leader set kort2_epoch = :epoch
 where organisation = :organisation and role = :role and epoch = :epoch and kort2_epoch in (:epoch - 1, :epoch)
returning epoch;

-- name: begynd
-- Whoever led before us did not keep them: from now on we do.
update leader set kort2_epoch = :epoch where organisation = :organisation and role = :role and epoch = :epoch;

-- name: toem
-- All cards.
with brugere as (delete from bruger_kort where organisation = :organisation)
delete from enhed_kort where organisation = :organisation;

-- name: beroerte_brugere
-- The users whose cards tell of these.
select x.uuid from unnest(:brugere::uuid[]) x(uuid)
union
select b.uuid from bruger b
 where b.organisation = :organisation and b.person = any (:personer::uuid[])
   and b.registreret_til = 9223372036854775807
union
select r.ejer from adressering r
 where r.organisation = :organisation and r.adresse = any (:adresser::uuid[]) and r.ejertype = 'BRUGER'
   and r.registreret_til = 9223372036854775807
union
select m.bruger from medlemskab m
 where m.organisation = :organisation and m.enhed = any (:enheder::uuid[])
   and m.registreret_til = 9223372036854775807 and m.bruger is not null;

-- name: beroerte_enheder
-- The units whose cards tell of these.
select x.uuid from unnest(:enheder::uuid[]) x(uuid)
union
select m.enhed from medlemskab m
 where m.organisation = :organisation and m.bruger = any (:ledere::uuid[]) and m.funktionstype = :lederrolle
   and m.registreret_til = 9223372036854775807 and m.enhed is not null;

-- name: glem
-- These cards are not to be believed any more.
with brugere as (delete from bruger_kort where organisation = :organisation and uuid = any (:brugere::uuid[]))
delete from enhed_kort where organisation = :organisation and uuid = any (:enheder::uuid[]);

-- name: side_brugere
-- The next users by uuid, and which of them lack a card that holds.
with side as (
  select distinct b.uuid from bruger b
   where b.uuid > :efter and b.organisation = :organisation and b.registreret_til = 9223372036854775807
   order by b.uuid limit :antal)
select side.uuid, k.uuid is null as mangler
  from side left join bruger_kort k
    on k.organisation = :organisation and k.uuid = side.uuid and k.gaelder_fra <= :now and k.gaelder_til > :now
 order by side.uuid;

-- name: side_enheder
-- The same of units.
with side as (
  select distinct e.uuid from organisation_enhed e
   where e.uuid > :efter and e.organisation = :organisation and e.registreret_til = 9223372036854775807
   order by e.uuid limit :antal)
select side.uuid, k.uuid is null as mangler
  from side left join enhed_kort k
    on k.organisation = :organisation and k.uuid = side.uuid and k.gaelder_fra <= :now and k.gaelder_til > :now
 order by side.uuid;

-- name: brugere
-- The cards of these users made anew; how many of those that were thought to hold said something else.
with x as (
  select u.uuid from unnest(:uuid::uuid[]) u(uuid)
   where exists (select from bruger b where b.organisation = :organisation and b.uuid = u.uuid
                    and b.registreret_til = 9223372036854775807)
), graense as (
  select x.uuid, b.virkning_fra, b.virkning_til
    from x join bruger b on b.uuid = x.uuid
   where b.organisation = :organisation and b.registreret_til = 9223372036854775807
  union all
  select x.uuid, p.virkning_fra, p.virkning_til
    from x join bruger b on b.uuid = x.uuid join person p on p.uuid = b.person
   where b.organisation = :organisation and b.registreret_til = 9223372036854775807
     and p.organisation = :organisation and p.registreret_til = 9223372036854775807
  union all
  select x.uuid, r.virkning_fra, r.virkning_til
    from x join adressering r on r.ejer = x.uuid
   where r.organisation = :organisation and r.ejertype = 'BRUGER' and r.registreret_til = 9223372036854775807
  union all
  select x.uuid, a.virkning_fra, a.virkning_til
    from x join adressering r on r.ejer = x.uuid join adresse a on a.uuid = r.adresse
   where r.organisation = :organisation and r.ejertype = 'BRUGER' and r.registreret_til = 9223372036854775807
     and a.organisation = :organisation and a.registreret_til = 9223372036854775807
  union all
  select x.uuid, m.virkning_fra, m.virkning_til
    from x join medlemskab m on m.bruger = x.uuid
   where m.organisation = :organisation and m.registreret_til = 9223372036854775807
  union all
  select x.uuid, e.virkning_fra, e.virkning_til
    from x join medlemskab m on m.bruger = x.uuid join organisation_enhed e on e.uuid = m.enhed
   where m.organisation = :organisation and m.registreret_til = 9223372036854775807
     and e.organisation = :organisation and e.registreret_til = 9223372036854775807
), gaelder as (
  select g.uuid,
         greatest(max(g.virkning_fra) filter (where g.virkning_fra <= :now),
                  max(g.virkning_til) filter (where g.virkning_til <= :now), '-infinity') as fra,
         least(min(g.virkning_fra) filter (where g.virkning_fra > :now),
               min(g.virkning_til) filter (where g.virkning_til > :now), 'infinity') as til
    from graense g group by g.uuid
), frisk as materialized (
  select x.uuid, gaelder.fra, gaelder.til,
    coalesce((
      select '{"uuid":"' || p.uuid || '","navn":' || coalesce(to_json(p.navn)::text, 'null') || E'\x05}'
        from bruger b join person p on p.uuid = b.person
       where b.organisation = :organisation and b.uuid = x.uuid and b.registreret_til = 9223372036854775807
         and b.virkning_til > :now and b.virkning_fra <= :now
         and p.organisation = :organisation and p.registreret_til = 9223372036854775807
         and p.virkning_til > :now and p.virkning_fra <= :now), 'null') as person,
    (select case when count(*) = count(l.j) and count(*) <= 2000
                 then '[' || coalesce(string_agg(l.j, ','), '') || ']' end
       from (select '{"uuid":"' || a.uuid || '","adresseTekst":' || to_json(a.adressetekst)::text
                    || ',"klassifikation":{"rolle":"' || r.rolle || E'"\x05}\x06}' as j
               from adressering r left join adresse a
                 on a.uuid = r.adresse and a.organisation = :organisation
                and a.registreret_til = 9223372036854775807 and a.virkning_til > :now and a.virkning_fra <= :now
              where r.organisation = :organisation and r.ejer = x.uuid and r.ejertype = 'BRUGER'
                and r.registreret_til = 9223372036854775807 and r.virkning_til > :now and r.virkning_fra <= :now
              order by r.indeks, r.adresse, r.rolle, r.type) l) as adresser,
    (select to_json(b.brugernavn)::text from bruger b
      where b.organisation = :organisation and b.uuid = x.uuid and b.registreret_til = 9223372036854775807
        and b.virkning_til > :now and b.virkning_fra <= :now) as brugernavn,
    (select case when count(*) = count(l.j) and count(*) <= 2000
                 then '[' || coalesce(string_agg(l.j, ','), '') || ']' end
       from (select '{"uuid":"' || m.uuid || '","funktionsTypeUuid":' || coalesce('"' || m.funktionstype || '"', 'null')
                    || ',"medlemAf":' || case when e.uuid is null then 'null'
                         else '{"enhedsnavn":' || to_json(e.enhedsnavn)::text || E'\x05}' end || E'\x06}' as j
               from medlemskab m left join organisation_enhed e
                 on e.uuid = m.enhed and e.organisation = :organisation
                and e.registreret_til = 9223372036854775807 and e.virkning_til > :now and e.virkning_fra <= :now
              where m.organisation = :organisation and m.bruger = x.uuid
                and m.registreret_til = 9223372036854775807 and m.virkning_til > :now and m.virkning_fra <= :now
              order by coalesce(m.start, '-infinity'), m.uuid) l) as medlemskaber
    from x join gaelder using (uuid)
), gemt as (
  insert into bruger_kort as k
         (organisation, uuid, person, adresser, brugernavn, medlemskaber, gaelder_fra, gaelder_til)
  select :organisation, f.uuid, f.person, f.adresser, f.brugernavn, f.medlemskaber, f.fra, f.til
    from frisk f order by f.uuid
  on conflict (organisation, uuid) do update
     set person = excluded.person, adresser = excluded.adresser, brugernavn = excluded.brugernavn,
         medlemskaber = excluded.medlemskaber, gaelder_fra = excluded.gaelder_fra, gaelder_til = excluded.gaelder_til
   where (k.person, k.adresser, k.brugernavn, k.medlemskaber, k.gaelder_fra, k.gaelder_til)
         is distinct from (excluded.person, excluded.adresser, excluded.brugernavn, excluded.medlemskaber,
                           excluded.gaelder_fra, excluded.gaelder_til)
), vaek as (
  delete from bruger_kort k
   where k.organisation = :organisation and k.uuid = any (:uuid::uuid[])
     and not exists (select from x where x.uuid = k.uuid)
)
select count(*) from frisk f join bruger_kort k on k.organisation = :organisation and k.uuid = f.uuid
 where k.gaelder_fra <= :now and k.gaelder_til > :now
   and (k.person, k.adresser, k.brugernavn, k.medlemskaber)
       is distinct from (f.person, f.adresser, f.brugernavn, f.medlemskaber);

-- name: enheder
-- The same of units.
with x as (
  select u.uuid from unnest(:uuid::uuid[]) u(uuid)
   where exists (select from organisation_enhed e where e.organisation = :organisation and e.uuid = u.uuid
                    and e.registreret_til = 9223372036854775807)
), graense as (
  select x.uuid, m.virkning_fra, m.virkning_til
    from x join medlemskab m on m.enhed = x.uuid
   where m.organisation = :organisation and m.funktionstype = :lederrolle
     and m.registreret_til = 9223372036854775807
  union all
  select x.uuid, b.virkning_fra, b.virkning_til
    from x join medlemskab m on m.enhed = x.uuid join bruger b on b.uuid = m.bruger
   where m.organisation = :organisation and m.funktionstype = :lederrolle
     and m.registreret_til = 9223372036854775807
     and b.organisation = :organisation and b.registreret_til = 9223372036854775807
), gaelder as (
  select x.uuid,
         greatest(max(g.virkning_fra) filter (where g.virkning_fra <= :now),
                  max(g.virkning_til) filter (where g.virkning_til <= :now), '-infinity') as fra,
         least(min(g.virkning_fra) filter (where g.virkning_fra > :now),
               min(g.virkning_til) filter (where g.virkning_til > :now), 'infinity') as til
    from x left join graense g using (uuid) group by x.uuid
), leder as (
  select x.uuid as enhed, m.start, m.uuid, m.bruger, b.uuid as b_uuid, to_json(b.brugernavn)::text as navn
    from x join medlemskab m on m.enhed = x.uuid join bruger b on b.uuid = m.bruger
   where m.organisation = :organisation and m.funktionstype = :lederrolle
     and m.registreret_til = 9223372036854775807 and m.virkning_til > :now and m.virkning_fra <= :now
     and b.organisation = :organisation and b.registreret_til = 9223372036854775807
     and b.virkning_til > :now and b.virkning_fra <= :now and b.status = 'AKTIV'
), frisk as materialized (
  select x.uuid, gaelder.fra, gaelder.til, l.ledere, l.ledernavne
    from x join gaelder using (uuid) cross join lateral (
      select case when count(*) = count(i.navn) and count(*) <= 2000 then
               '[' || coalesce(string_agg(
                 '{"bruger":{"uuid":"' || i.b_uuid || '","brugernavn":' || i.navn || E'\x05}\x06}', ','), '') || ']'
             end as ledere,
             case when count(*) = count(i.navn) and count(*) <= 2000 then
               '[' || coalesce(string_agg('{"bruger":{"brugernavn":' || i.navn || E'\x05}\x06}', ','), '') || ']'
             end as ledernavne
        from (select l.* from leder l where l.enhed = x.uuid
               order by coalesce(l.start, '-infinity'), l.uuid, l.bruger nulls first) i) l
), gemt as (
  insert into enhed_kort as k (organisation, uuid, ledere, ledernavne, gaelder_fra, gaelder_til)
  select :organisation, f.uuid, f.ledere, f.ledernavne, f.fra, f.til from frisk f order by f.uuid
  on conflict (organisation, uuid) do update
     set ledere = excluded.ledere, ledernavne = excluded.ledernavne,
         gaelder_fra = excluded.gaelder_fra, gaelder_til = excluded.gaelder_til
   where (k.ledere, k.ledernavne, k.gaelder_fra, k.gaelder_til)
         is distinct from (excluded.ledere, excluded.ledernavne, excluded.gaelder_fra, excluded.gaelder_til)
), vaek as (
  delete from enhed_kort k
   where k.organisation = :organisation and k.uuid = any (:uuid::uuid[])
     and not exists (select from x where x.uuid = k.uuid)
)
select count(*) from frisk f join enhed_kort k on k.organisation = :organisation and k.uuid = f.uuid
 where k.gaelder_fra <= :now and k.gaelder_til > :now
   and (k.ledere, k.ledernavne) is distinct from (f.ledere, f.ledernavne);
