-- name: registreringer
-- Registrations that a later one had replaced by :foer_ns. What was known at that moment stays, and the newest always.
delete from registrering where (organisation, objekttype, uuid, rewind, reg_ns, tie) in (
  select r.organisation, r.objekttype, r.uuid, r.rewind, r.reg_ns, r.tie from registrering r
   where r.organisation = :organisation
     and exists (select from registrering n
                  where n.organisation = r.organisation and n.objekttype = r.objekttype and n.uuid = r.uuid
                    and (n.rewind, n.reg_ns, n.tie) > (r.rewind, r.reg_ns, r.tie) and n.reg_ns <= :foer_ns)
   limit :antal);

-- name: raekker
-- Rows that were known no more by :foer_ns, of every projected table.
with
organisation_ as (delete from organisation where ctid in (
  select ctid from organisation where organisation = :organisation and registreret_til <= :foer_ns limit :antal) returning 1),
virksomhed_ as (delete from virksomhed where ctid in (
  select ctid from virksomhed where organisation = :organisation and registreret_til <= :foer_ns limit :antal) returning 1),
myndighed_ as (delete from myndighed where ctid in (
  select ctid from myndighed where organisation = :organisation and registreret_til <= :foer_ns limit :antal) returning 1),
organisation_enhed_ as (delete from organisation_enhed where ctid in (
  select ctid from organisation_enhed where organisation = :organisation and registreret_til <= :foer_ns limit :antal) returning 1),
bruger_ as (delete from bruger where ctid in (
  select ctid from bruger where organisation = :organisation and registreret_til <= :foer_ns limit :antal) returning 1),
person_ as (delete from person where ctid in (
  select ctid from person where organisation = :organisation and registreret_til <= :foer_ns limit :antal) returning 1),
adresse_ as (delete from adresse where ctid in (
  select ctid from adresse where organisation = :organisation and registreret_til <= :foer_ns limit :antal) returning 1),
it_system_ as (delete from it_system where ctid in (
  select ctid from it_system where organisation = :organisation and registreret_til <= :foer_ns limit :antal) returning 1),
interessefaellesskab_ as (delete from interessefaellesskab where ctid in (
  select ctid from interessefaellesskab where organisation = :organisation and registreret_til <= :foer_ns limit :antal) returning 1),
funktion_ as (delete from funktion where ctid in (
  select ctid from funktion where organisation = :organisation and registreret_til <= :foer_ns limit :antal) returning 1),
medlemskab_ as (delete from medlemskab where ctid in (
  select ctid from medlemskab where organisation = :organisation and registreret_til <= :foer_ns limit :antal) returning 1),
adressering_ as (delete from adressering where ctid in (
  select ctid from adressering where organisation = :organisation and registreret_til <= :foer_ns limit :antal) returning 1),
opgave_ as (delete from opgave where ctid in (
  select ctid from opgave where organisation = :organisation and registreret_til <= :foer_ns limit :antal) returning 1),
tilknytning_ as (delete from tilknytning where ctid in (
  select ctid from tilknytning where organisation = :organisation and registreret_til <= :foer_ns limit :antal) returning 1)
select (select count(*) from organisation_)
     + (select count(*) from virksomhed_)
     + (select count(*) from myndighed_)
     + (select count(*) from organisation_enhed_)
     + (select count(*) from bruger_)
     + (select count(*) from person_)
     + (select count(*) from adresse_)
     + (select count(*) from it_system_)
     + (select count(*) from interessefaellesskab_)
     + (select count(*) from funktion_)
     + (select count(*) from medlemskab_)
     + (select count(*) from adressering_)
     + (select count(*) from opgave_)
     + (select count(*) from tilknytning_);
