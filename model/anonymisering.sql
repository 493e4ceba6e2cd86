-- name: maerk
-- This person is to be forgotten in all registrations up to then.
insert into anonymisering as a (organisation, person, til_ns, anonymiseret_at)
values (:organisation, :person, :til_ns, :now)
on conflict (organisation, person) do update
   set til_ns = greatest(a.til_ns, excluded.til_ns), anonymiseret_at = excluded.anonymiseret_at, glemt_at = null;

-- name: maerker
-- Which of these are anonymous, and up to when.
select person, til_ns from anonymisering
 where organisation = :organisation and person = any (:personer::uuid[]);

-- name: ventende
-- Whose stored versions are still to be emptied.
select person, til_ns from anonymisering where organisation = :organisation and glemt_at is null order by person;

-- name: glemt
-- Done, unless marked anew since.
update anonymisering set glemt_at = :now
 where organisation = :organisation and person = :person and til_ns = :til_ns;

-- name: venter
-- Which of these are marked and not emptied yet.
select person from anonymisering
 where organisation = :organisation and person = any (:personer::uuid[]) and glemt_at is null;

-- name: med_cpr
-- Who has, or had, this number.
select distinct uuid from person where organisation = :organisation and cpr = :cpr order by uuid;
