-- name: aktuel
-- Where the database is: the horizon below which every change is visible and complete.
select s.incarnation, pg_snapshot_xmin(o) as horisont, pg_snapshot_xmax(o) as naeste_xid,
       pg_is_in_recovery() as replika
  from model_state s, pg_current_snapshot() o where s.id = 1;

-- name: read
-- Changes after a position, in order, below the horizon: at most :vindue are looked at, so that a filter that matches
-- little costs no more than one that matches all. Always gives a row, with where the database is.
with aktuel as materialized (
  select s.incarnation, pg_snapshot_xmin(o) as horisont, pg_snapshot_xmax(o) as naeste_xid,
         pg_is_in_recovery() as replika
    from model_state s, pg_current_snapshot() o where s.id = 1
), vindue as materialized (
  select a.* from aendring a
   where a.organisation = :organisation and a.incarnation = (select incarnation from aktuel)
     and (a.xid, a.seq) > (:xid, :fra_seq) and a.xid < (select horisont from aktuel)
   order by a.xid, a.seq limit :vindue
), kandidat as (
  select v.xid, v.seq, '00000000-0000-0000-0000-000000000000'::uuid as rest, v.objekttype, v.uuid,
         case v.objekttype when 'ORGANISATION_ENHED' then v.uuid end as enhed,
         v.art, v.reg_ns, v.felter, v.aarsag, v.afledt_af, v.anvendt_at
    from vindue v where :afledte or v.aarsag <> 'AFLEDT'
  union all           -- a change that moves many is one row per unit (rules.md 29): its users are found here
  select distinct v.xid, v.seq, m.bruger, 'BRUGER', m.bruger, v.uuid,
         v.art, v.reg_ns, v.felter, v.aarsag, v.afledt_af, v.anvendt_at
    from vindue v
    join medlemskab m on m.organisation = :organisation and m.enhed = v.uuid and m.bruger is not null
     and m.registreret_til = 9223372036854775807 and m.virkning_til > :now and m.virkning_fra <= :now
   where :afledte and v.aarsag = 'AFLEDT' and v.objekttype = 'ORGANISATION_ENHED'
), valgt as (
  select k.* from kandidat k
   where (k.xid, k.seq, k.rest) > (:xid, :seq, :rest::uuid)
     and (:objekttyper::text[] is null or k.objekttype = any (:objekttyper))
     and (:uuid::uuid[] is null or k.uuid = any (:uuid))
     and (:brugere::uuid[] is null or case k.objekttype
       when 'BRUGER' then k.uuid = any (:brugere)
       when 'PERSON' then exists (
         select from bruger b where b.organisation = :organisation and b.person = k.uuid and b.uuid = any (:brugere)
            and b.registreret_til >= k.reg_ns)
       when 'ADRESSE' then exists (
         select from adressering d where d.organisation = :organisation and d.adresse = k.uuid
            and d.ejer = any (:brugere) and d.registreret_til >= k.reg_ns)
       when 'ORGANISATION_FUNKTION' then exists (
         select from medlemskab m where m.organisation = :organisation and m.uuid = k.uuid
            and m.bruger = any (:brugere) and m.registreret_til >= k.reg_ns)
       else false end)
   order by k.xid, k.seq, k.rest limit :antal
)
select ak.*, ende.*, t.*, a.xid as afledt_xid, a.reg_ns as afledt_ns
  from aktuel ak
  cross join (select count(v.seq)::int as laest, max(v.seq) filter (where v.xid = m.xid) as sidste_seq, m.xid as sidste_xid,
                     max(v.anvendt_at) filter (where v.xid = m.xid) as sidste_anvendt_at
                from (select max(xid) as xid from vindue) m left join vindue v on true group by m.xid) ende
  left join valgt t on true
  left join aendring a on a.seq = t.afledt_af
 order by t.xid, t.seq, t.rest;

-- name: inside
-- Which of these objects belong to a subtree now: units by their path, users, their persons and addresses by
-- membership, functions by their unit.
select distinct r.nr
  from unnest(:nr::int[], :objekttype::text[], :uuid::uuid[], :enhed::uuid[]) r(nr, objekttype, uuid, enhed),
       lateral (
    select r.enhed where r.enhed is not null
    union all
    select m.enhed from medlemskab m
     where r.objekttype = 'ORGANISATION_FUNKTION' and m.organisation = :organisation and m.uuid = r.uuid
       and m.registreret_til = 9223372036854775807 and m.virkning_til > :now
    union all
    select d.ejer from adressering d
     where r.objekttype = 'ADRESSE' and d.organisation = :organisation and d.adresse = r.uuid
       and d.registreret_til = 9223372036854775807 and d.virkning_til > :now
    union all
    select m.enhed from (
        select r.uuid as bruger where r.objekttype = 'BRUGER' and r.enhed is null
        union all
        select b.uuid from bruger b where r.objekttype = 'PERSON' and b.organisation = :organisation
           and b.person = r.uuid and b.registreret_til = 9223372036854775807 and b.virkning_til > :now
        union all
        select d.ejer from adressering d where r.objekttype = 'ADRESSE' and d.organisation = :organisation
           and d.adresse = r.uuid and d.registreret_til = 9223372036854775807 and d.virkning_til > :now) u
      join medlemskab m on m.organisation = :organisation and m.bruger = u.bruger
       and m.registreret_til = 9223372036854775807 and m.virkning_til > :now and m.virkning_fra <= :now
  ) u(enhed)
  join enhed_sti s on s.organisation = :organisation and s.enhed = u.enhed
 where :under_enhed = any (s.sti);

-- name: before
-- Which of these units and functions belonged to a subtree until their change: the chain of units as it was known
-- right before, an ancestor that is gone by what was last known of it. The calendar's boundary is the latest one.
with recursive r as (
  select x.nr, x.objekttype, x.uuid, case when x.aarsag = 'KALENDER' then x.reg_ns else x.reg_ns - 1 end as kendt,
         case when x.aarsag <> 'KALENDER' then x.anvendt_at else coalesce((
           select max(g.graense) - interval '1 microsecond'
             from (select e.virkning_fra, e.virkning_til, e.registreret_til from organisation_enhed e
                    where e.organisation = :organisation and e.uuid = x.uuid
                   union all
                   select m.virkning_fra, m.virkning_til, m.registreret_til from medlemskab m
                    where m.organisation = :organisation and m.uuid = x.uuid) p,
                  lateral (values (p.virkning_fra), (p.virkning_til)) g(graense)
            where p.registreret_til = 9223372036854775807 and g.graense <= x.anvendt_at and isfinite(g.graense)
         ), x.anvendt_at) end as tid
    from unnest(:nr::int[], :objekttype::text[], :uuid::uuid[], :reg_ns::bigint[], :aarsag::text[],
                :anvendt_at::timestamptz[]) x(nr, objekttype, uuid, reg_ns, aarsag, anvendt_at)
), kaede as (
  select f.nr, f.enhed, f.kendt, f.tid, 0 as trin from (
    select r.nr, r.uuid as enhed, r.kendt, r.tid from r where r.objekttype = 'ORGANISATION_ENHED'
    union all
    select r.nr, m.enhed, r.kendt, r.tid from r
      join medlemskab m on m.organisation = :organisation and m.uuid = r.uuid
       and m.registreret_fra <= r.kendt and m.registreret_til > r.kendt
       and m.virkning_fra <= r.tid and m.virkning_til > r.tid
     where r.objekttype = 'ORGANISATION_FUNKTION') f
  union all
  select k.nr, e.overordnet, k.kendt, k.tid, k.trin + 1
    from kaede k cross join lateral (
      select o.overordnet from organisation_enhed o
       where o.organisation = :organisation and o.uuid = k.enhed and o.registreret_fra <= k.kendt
         and o.virkning_fra <= k.tid and o.virkning_til > k.tid
       order by o.registreret_til desc, o.registreret_fra desc limit 1) e
   where k.trin < 50 and e.overordnet is not null
)
select distinct nr from kaede where enhed = :under_enhed;

-- name: news
-- Whose log has grown between two horizons, and whether changes are waiting for the horizon to pass them.
with aktuel as materialized (
  select s.incarnation, pg_snapshot_xmin(o) as horisont, pg_snapshot_xmax(o) as naeste_xid,
         pg_is_in_recovery() as replika
    from model_state s, pg_current_snapshot() o where s.id = 1
)
select a.*,
       array(select k.organisation from anvenderkontekst k where exists (
               select from aendring x where x.organisation = k.organisation and x.incarnation = a.incarnation
                  and x.xid >= :fra and x.xid < a.horisont)) as nyt,
       exists (select from anvenderkontekst k where exists (
               select from aendring x where x.organisation = k.organisation and x.incarnation = a.incarnation
                  and x.xid >= a.horisont)) as venter
  from aktuel a;

-- name: newest
-- The newest visible change of one object that is at least as new as :want_ns.
select a.incarnation, a.xid, a.seq from aendring a
 where a.organisation = :organisation and a.objekttype = :objekttype and a.uuid = :uuid and a.reg_ns >= :want_ns
 order by a.incarnation desc, a.xid desc, a.seq desc limit 1;

-- name: prune
-- Changes older than any position that still holds, from the first one on: what goes leaves no gap.
delete from aendring where seq in (
  select f.seq from (select a.seq, bool_and(a.anvendt_at < :foer) over (order by a.incarnation, a.xid, a.seq) as gammel
                       from (select * from aendring where organisation = :organisation
                              order by incarnation, xid, seq limit :antal) a) f
   where f.gammel);
