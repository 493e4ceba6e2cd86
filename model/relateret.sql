-- name: relaterede
-- Addresses of units and users, persons of users, functions that point at them or that units point at.
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
order by 1, 2;

-- name: findes
-- Which of these are objects of ours.
select distinct uuid from objekt where organisation = :organisation and uuid = any (:uuids::uuid[]);
