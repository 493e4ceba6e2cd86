-- name: aaben
-- The comparison under way.
select id, straks, phase, page_token, started_at, skannet from afstemning
 where organisation = :organisation and finished_at is null;

-- name: viger
-- One that takes its time gives way to one that somebody waits for. It has no outcome.
update afstemning set finished_at = :now where organisation = :organisation and finished_at is null and not straks;

-- name: opgiv
-- Those under way end without an outcome.
update afstemning set finished_at = :now where finished_at is null;

-- name: forfra
-- One of everything for each municipality that is filled.
insert into afstemning (organisation, started_seq, started_at, straks, phase, page_token)
select k.organisation, coalesce((select max(seq) from aendring), 0), :now, true, :phase, '{}'
  from anvenderkontekst k where k.tilstand = 'KLAR';

-- name: begynd
-- One at a time: a second one joins the first.
insert into afstemning as a (organisation, started_seq, started_at, straks, phase, page_token)
values (:organisation, coalesce((select max(seq) from aendring), 0), :now, :straks, :phase, '{}')
on conflict (organisation) where finished_at is null do update set straks = a.straks
returning id;

-- name: skridt
-- Where to go on.
update afstemning set phase = :phase, page_token = :page_token, skannet = skannet + :skannet
 where organisation = :organisation and id = :id;

-- name: lagrede
-- What is stored of these objects.
select o.objekttype, o.uuid, o.reg_ns, o.rewind, o.tie, o.livscyklus, o.content_hash,
       o.anvendt_at >= :spurgt::timestamptz as senere
  from unnest(:objekttype::text[], :uuid::uuid[]) x(objekttype, uuid)
  join objekt o on o.organisation = :organisation and o.objekttype = x.objekttype and o.uuid = x.uuid;

-- name: noter
-- These are not.
insert into afstemning_forskel (organisation, afstemning, objekttype, uuid, forskel)
select :organisation, :id, x.objekttype, x.uuid, x.forskel
  from unnest(:objekttype::text[], :uuid::uuid[], :forskel::text[]) x(objekttype, uuid, forskel)
on conflict do nothing;

-- name: uset
-- Live objects not verified since the comparison began, that nobody is about to read.
select o.uuid
  from objekt o
 where o.organisation = :organisation and o.objekttype = :objekttype and o.uuid > :efter
   and o.livscyklus in ('OPSTAAET', 'IMPORTERET')
   and (o.verificeret_at is null or o.verificeret_at < :started_at) and o.anvendt_at < :started_at
   and not exists (select from dirty d where d.organisation = o.organisation and d.objekttype = o.objekttype
                      and d.uuid = o.uuid)
   and not exists (select from afstemning_forskel f where f.organisation = o.organisation and f.afstemning = :id
                      and f.objekttype = o.objekttype and f.uuid = o.uuid)
 order by o.uuid limit :antal;

-- name: antal_uset
-- How many of them there are.
select count(*)
  from objekt o
 where o.organisation = :organisation and o.objekttype = :objekttype
   and o.livscyklus in ('OPSTAAET', 'IMPORTERET')
   and (o.verificeret_at is null or o.verificeret_at < :started_at) and o.anvendt_at < :started_at
   and not exists (select from dirty d where d.organisation = o.organisation and d.objekttype = o.objekttype
                      and d.uuid = o.uuid)
   and not exists (select from afstemning_forskel f where f.organisation = o.organisation and f.afstemning = :id
                      and f.objekttype = o.objekttype and f.uuid = o.uuid);

-- name: antal_ekstra
-- How many the source was found not to have.
select count(*) from afstemning_forskel where organisation = :organisation and afstemning = :id and forskel = 'EKSTRA';

-- name: levende
-- How many live objects of these types there are.
select count(*) from objekt where organisation = :organisation and objekttype = any (:objekttyper::text[])
   and livscyklus in ('OPSTAAET', 'IMPORTERET');

-- name: udestaaende
-- Differences that are still to be read back or confirmed.
select count(*) from afstemning_forskel f
 where f.organisation = :organisation and f.afstemning = :id
   and (exists (select from dirty d where d.organisation = f.organisation and d.objekttype = f.objekttype
                   and d.uuid = f.uuid)
        or exists (select from confirm c where c.organisation = f.organisation and c.objekttype = f.objekttype
                      and c.uuid = f.uuid));

-- name: brems
-- So many were absent.
update afstemning set bremset = :fravaerende where organisation = :organisation and id = :id;

-- name: kort
-- So many cards were found wrong, and made anew.
update afstemning set kort = kort + :antal where organisation = :organisation and id = :id;

-- name: afslut
-- Over. Put right is what has changed here since.
update afstemning a set finished_at = :now, rettet = (
  select count(*) from afstemning_forskel f
   where f.organisation = a.organisation and f.afstemning = a.id
     and exists (select from aendring x where x.organisation = f.organisation and x.objekttype = f.objekttype
                    and x.uuid = f.uuid and x.seq > a.started_seq and x.aarsag not in ('KALENDER', 'AFLEDT')))
 where a.organisation = :organisation and a.id = :id;

-- name: rapport
-- A comparison that has ended.
select a.id, a.started_at as startet, a.finished_at as afsluttet, a.skannet, a.rettet, a.bremset, a.kort,
       count(*) filter (where f.forskel = 'MANGLER') as mangler,
       count(*) filter (where f.forskel in ('FORAELDET', 'UENS', 'KILDEN_ER_AELDRE')) as foraeldet,
       count(*) filter (where f.forskel = 'EKSTRA') as ekstra
  from afstemning a left join afstemning_forskel f on f.organisation = a.organisation and f.afstemning = a.id
 where a.organisation = :organisation and a.rettet is not null and a.id = coalesce(:nummer::bigint, a.id)
 group by a.organisation, a.id order by a.id desc limit 1;

-- name: rettede
-- Objects that were put right by it and not by a message; `tabt`: of a type whose changes are told by messages.
select f.objekttype, f.uuid, f.objekttype in ('ORGANISATION_ENHED', 'BRUGER') as tabt
  from afstemning_forskel f join afstemning a on a.organisation = f.organisation and a.id = f.afstemning
 where f.organisation = :organisation and f.afstemning = :id
   and (select x.aarsag from aendring x
         where x.organisation = f.organisation and x.objekttype = f.objekttype and x.uuid = f.uuid
           and x.seq > a.started_seq and x.aarsag not in ('KALENDER', 'AFLEDT')
         order by x.seq limit 1) = 'AFSTEMNING'
 order by f.objekttype, f.uuid;

-- name: prune_forskelle
-- What comparisons of old found.
delete from afstemning_forskel where (organisation, afstemning, objekttype, uuid) in (
  select f.organisation, f.afstemning, f.objekttype, f.uuid
    from afstemning_forskel f join afstemning a on a.organisation = f.organisation and a.id = f.afstemning
   where a.organisation = :organisation and a.finished_at < :before
     and a.id is distinct from (select max(b.id) from afstemning b
                                 where b.organisation = :organisation and b.rettet is not null)
   limit :antal);

-- name: prune
-- Comparisons of old.
delete from afstemning where (organisation, id) in (
  select a.organisation, a.id from afstemning a
   where a.organisation = :organisation and a.finished_at < :before
     and a.id is distinct from (select max(b.id) from afstemning b
                                 where b.organisation = :organisation and b.rettet is not null)
   limit :antal);
