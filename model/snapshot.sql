-- name: running
-- The run that was cut short.
select id, phase, page_token, started_at from snapshot_run
 where organisation = :organisation and state = 'RUNNING' order by id desc limit 1;

-- name: begin
-- A new run.
insert into snapshot_run (organisation, started_seq, started_at, phase, page_token, state)
values (:organisation, coalesce((select max(seq) from aendring), 0), :now, :phase, '{}', 'RUNNING')
returning id;

-- name: step
-- Where to go on.
update snapshot_run set phase = :phase, page_token = :page_token where organisation = :organisation and id = :id;

-- name: seen
-- Objects met.
insert into snapshot_seen (organisation, run, objekttype, uuid, reg_ns)
select :organisation, :run, x.objekttype, x.uuid, x.reg_ns
  from unnest(:objekttype::text[], :uuid::uuid[], :reg_ns::bigint[]) x(objekttype, uuid, reg_ns)
on conflict do nothing;

-- name: unseen
-- Live objects not met, and not applied since the run began.
select o.objekttype, o.uuid from objekt o
 where o.organisation = :organisation and o.objekttype = any (:objekttyper::text[])
   and o.livscyklus in ('OPSTAAET', 'IMPORTERET') and o.anvendt_at < :started_at
   and not exists (select from snapshot_seen s where s.organisation = o.organisation and s.run = :run
                      and s.objekttype = o.objekttype and s.uuid = o.uuid)
 order by o.objekttype, o.uuid;

-- name: live
-- How many live objects of these types there are.
select count(*) from objekt where organisation = :organisation and objekttype = any (:objekttyper::text[])
   and livscyklus in ('OPSTAAET', 'IMPORTERET');

-- name: finish
-- The run is over.
update snapshot_run set state = :state, finished_at = :now where organisation = :organisation and id = :id;

-- name: forget
-- What a run has met.
delete from snapshot_seen where organisation = :organisation and run = :run;

-- name: kontekst
-- A municipality by CVR.
select cvr, organisation, rod, tilstand from anvenderkontekst where cvr = :cvr;

-- name: modtagere
-- Those of these municipalities that are served (else one row without a CVR), each with the key of hashes.
select k.cvr, k.organisation, k.rod, k.tilstand, s.secret
  from model_state s left join anvenderkontekst k on k.cvr = any (:cvrs::text[]) where s.id = 1;

-- name: kontekster
-- All municipalities.
select cvr, organisation, rod, tilstand from anvenderkontekst order by cvr;

-- name: set_kontekst
-- Serve a municipality.
insert into anvenderkontekst as a (cvr, organisation, rod, tilstand) values (:cvr, :organisation, :rod, 'BOOTSTRAP')
on conflict (cvr) do update set organisation = excluded.organisation, rod = coalesce(a.rod, excluded.rod)
returning cvr, organisation, rod, tilstand;

-- name: set_tilstand
-- How far the first fill is.
update anvenderkontekst set tilstand = :tilstand where organisation = :organisation;

-- name: manglende_adresse
-- Addresses pointed at and not stored. `o.uuid > :efter` is said though it follows: a merge join would read all that is
-- stored up to there, each time.
select distinct a.adresse as uuid from adressering a
 where a.organisation = :organisation and a.registreret_til = 9223372036854775807 and a.adresse > :efter
   and not exists (select from objekt o where o.organisation = a.organisation and o.objekttype = 'ADRESSE'
                      and o.uuid = a.adresse and o.uuid > :efter)
 order by a.adresse limit :antal;

-- name: manglende_person
-- Persons pointed at and not stored.
select distinct b.person as uuid from bruger b
 where b.organisation = :organisation and b.registreret_til = 9223372036854775807 and b.person > :efter
   and not exists (select from objekt o where o.organisation = b.organisation and o.objekttype = 'PERSON'
                      and o.uuid = b.person and o.uuid > :efter)
 order by b.person limit :antal;

-- name: manglende_virksomhed
-- Companies pointed at and not stored.
select distinct x.virksomhed as uuid from organisation x
 where x.organisation = :organisation and x.registreret_til = 9223372036854775807 and x.virksomhed > :efter
   and not exists (select from objekt o where o.organisation = x.organisation and o.objekttype = 'VIRKSOMHED'
                      and o.uuid = x.virksomhed and o.uuid > :efter)
 order by x.virksomhed limit :antal;

-- name: manglende_myndighed
-- Authorities pointed at and not stored.
select distinct x.myndighed as uuid from organisation x
 where x.organisation = :organisation and x.registreret_til = 9223372036854775807 and x.myndighed > :efter
   and not exists (select from objekt o where o.organisation = x.organisation and o.objekttype = 'MYNDIGHED'
                      and o.uuid = x.myndighed and o.uuid > :efter)
 order by x.myndighed limit :antal;

-- name: manglende_organisation_funktion
-- Functions pointed at and not stored.
select distinct t.maal as uuid from tilknytning t
 where t.organisation = :organisation and t.relation = 'TilknyttedeFunktioner'
   and t.registreret_til = 9223372036854775807 and t.maal > :efter
   and not exists (select from objekt o where o.organisation = t.organisation
                      and o.objekttype = 'ORGANISATION_FUNKTION' and o.uuid = t.maal and o.uuid > :efter)
 order by t.maal limit :antal;

-- name: manglende_it_system
-- IT systems pointed at and not stored.
select distinct t.maal as uuid from tilknytning t
 where t.organisation = :organisation and t.relation = 'TilknyttedeItSystemer'
   and t.registreret_til = 9223372036854775807 and t.maal > :efter
   and not exists (select from objekt o where o.organisation = t.organisation and o.objekttype = 'IT_SYSTEM'
                      and o.uuid = t.maal and o.uuid > :efter)
 order by t.maal limit :antal;
