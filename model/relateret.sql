-- name: haengende
-- Addresses of these units and users, persons of users, functions that point at them or that units point at; and what
-- any of `nye` points at and is not stored: a reader gets null until it is read.
select 'ADRESSE' as objekttype, a.adresse as uuid from adressering a
 where a.organisation = :organisation and a.ejer = any (:enheder::uuid[] || :brugere::uuid[])
   and a.registreret_til = 9223372036854775807
union
select 'PERSON', b.person from bruger b
 where b.organisation = :organisation and b.uuid = any (:brugere) and b.person is not null
   and b.registreret_til = 9223372036854775807
union
select t.ejertype, t.ejer from tilknytning t
 where t.organisation = :organisation and t.ejertype = 'ORGANISATION_FUNKTION'
   and t.registreret_til = 9223372036854775807
   and ((t.relation = 'TilknyttedeEnheder' and t.maal = any (:enheder))
        or (t.relation = 'TilknyttedeBrugere' and t.maal = any (:brugere)))
union
select 'ORGANISATION_FUNKTION', t.maal from tilknytning t
 where t.organisation = :organisation and t.relation = 'TilknyttedeFunktioner' and t.ejer = any (:enheder)
   and t.registreret_til = 9223372036854775807
union
select x.objekttype, x.uuid from (
  select 'ADRESSE' as objekttype, a.adresse as uuid from adressering a
   where a.organisation = :organisation and a.ejer = any (:nye::uuid[]) and a.registreret_til = 9223372036854775807
  union all
  select 'PERSON', b.person from bruger b
   where b.organisation = :organisation and b.uuid = any (:nye) and b.person is not null
     and b.registreret_til = 9223372036854775807
  union all
  select case t.relation when 'TilknyttedeFunktioner' then 'ORGANISATION_FUNKTION'
                         when 'TilknyttedeItSystemer' then 'IT_SYSTEM'
                         when 'TilknyttedeEnheder' then 'ORGANISATION_ENHED' else 'BRUGER' end, t.maal
    from tilknytning t
   where t.organisation = :organisation and t.ejer = any (:nye) and t.registreret_til = 9223372036854775807
     and (t.relation in ('TilknyttedeFunktioner', 'TilknyttedeItSystemer')
          or t.ejertype = 'ORGANISATION_FUNKTION' and t.relation in ('TilknyttedeEnheder', 'TilknyttedeBrugere'))
) x
 where not exists (select from objekt o where o.organisation = :organisation and o.objekttype = x.objekttype
                      and o.uuid = x.uuid)
 order by 1, 2;

-- name: findes
-- Which of these are objects of ours.
select distinct uuid from objekt where organisation = :organisation and uuid = any (:uuids::uuid[]);

-- name: aktive_funktioner_uden
-- Functions active now that a search has not found.
select f.uuid from funktion f
 where f.organisation = :organisation and f.status = 'AKTIV' and f.registreret_til = 9223372036854775807
   and f.virkning_til > :now and f.virkning_fra <= :now
   and not exists (select from unnest(:fundne::uuid[]) x(uuid) where x.uuid = f.uuid)
 order by f.uuid;

-- name: aktive_funktioner
-- How many functions are active now.
select count(*) from funktion f
 where f.organisation = :organisation and f.status = 'AKTIV' and f.registreret_til = 9223372036854775807
   and f.virkning_til > :now and f.virkning_fra <= :now;
