-- name: mark
-- Marks: one row per object however many come; a time wanted beyond five minutes from now is cut to that. Unless
-- :bekraeft_at is null, one more look at each then; a look that is planned already is put off. Wakes the workers. The
-- looks are sorted, so that all rows of dirty are locked before the first of confirm, as everybody does it.
with marked as (
  insert into dirty as d (organisation, objekttype, uuid, want_ns, aarsag, due_at, first_marked_at, wanted_at)
  select x.organisation, x.objekttype, x.uuid,
         least(x.want_ns, (extract(epoch from :now::timestamptz + interval '5 minutes') * 1e9)::bigint),
         :aarsag, :due_at::timestamptz, :now::timestamptz, :now::timestamptz
    from unnest(:organisation::uuid[], :objekttype::text[], :uuid::uuid[], :want_ns::bigint[])
         x(organisation, objekttype, uuid, want_ns)
  on conflict (organisation, objekttype, uuid) do update
     set want_ns = greatest(d.want_ns, excluded.want_ns), gen = excluded.gen, due_at = least(d.due_at, excluded.due_at),
         attempts = 0, wanted_at = case when excluded.want_ns > d.want_ns then excluded.wanted_at else d.wanted_at end,
         aarsag = case when d.aarsag = 'MUTATION' or (d.aarsag = 'BESKED' and excluded.aarsag <> 'MUTATION')
                       then d.aarsag else excluded.aarsag end
  returning d.organisation, d.objekttype, d.uuid
), looks as (
  insert into confirm as c (organisation, objekttype, uuid, due_at)
  select m.organisation, m.objekttype, m.uuid, :bekraeft_at::timestamptz
    from marked m where :bekraeft_at is not null order by 1, 2, 3
  on conflict (organisation, objekttype, uuid) do update
     set gen = excluded.gen, due_at = greatest(c.due_at, excluded.due_at), aeldre = 0
)
select pg_notify('dirty', '');

-- name: laas
-- Their rows are ours until the transaction ends, taken one after the other in the order of those who mark: all of dirty,
-- then all of confirm.
with x as materialized (
  select * from unnest(:organisation::uuid[], :objekttype::text[], :uuid::uuid[]) x(organisation, objekttype, uuid)
   order by 1, 2, 3
), d as materialized (
  select from x cross join lateral (
    select from dirty d where d.organisation = x.organisation and d.objekttype = x.objekttype and d.uuid = x.uuid for update) d
), c as materialized (
  select from x cross join lateral (
    select from confirm c where c.organisation = x.organisation and c.objekttype = x.objekttype and c.uuid = x.uuid for update) c
)
select (select count(*) from d) as ventende, (select count(*) from c) as ubekraeftede;

-- name: confirm_one
-- One more look at this object.
insert into confirm as c (organisation, objekttype, uuid, due_at, aeldre)
values (:organisation, :objekttype, :uuid, :due_at, :aeldre)
on conflict (organisation, objekttype, uuid) do update
   set gen = excluded.gen, due_at = excluded.due_at, aeldre = excluded.aeldre;

-- name: put_off
-- These have just changed: the look that is planned comes a settle time after that.
update confirm c set due_at = greatest(c.due_at, :due_at::timestamptz)
  from unnest(:organisation::uuid[], :objekttype::text[], :uuid::uuid[]) x(organisation, objekttype, uuid)
 where c.organisation = x.organisation and c.objekttype = x.objekttype and c.uuid = x.uuid;

-- name: claim
-- The most overdue objects of which a registration is wanted. Each is ours until :lease_end; other workers pass by, a
-- crash gives it back. `aeldre`: reads in a row that found nothing, when the settle time after the latest has passed.
-- What is chosen is an array, so that it is chosen once: `in (select .. limit ..)` may be run again for each row of the
-- table by a plan of when that was empty, and take more than it was asked for. So is each look into the other table a
-- scalar one, which has no way but its key.
update dirty d set due_at = :lease_end, attempts = attempts + 1
 where ctid = any(array(
   select ctid from dirty
    where organisation = :organisation and due_at <= :now and want_ns > -9223372036854775808
    order by due_at limit :count for update skip locked))
returning objekttype, uuid, want_ns, gen, aarsag, attempts, first_marked_at, coalesce(wanted_at, first_marked_at) as wanted_at,
          coalesce((select case when c.due_at <= :now then c.aeldre end from confirm c where c.organisation = d.organisation
                       and c.objekttype = d.objekttype and c.uuid = d.uuid), 0) as aeldre;

-- name: claim_rest
-- The same of those of which none is wanted: most of the reads, and seldom news.
update dirty d set due_at = :lease_end, attempts = attempts + 1
 where ctid = any(array(
   select ctid from dirty
    where organisation = :organisation and due_at <= :now and want_ns = -9223372036854775808
    order by due_at limit :count for update skip locked))
returning objekttype, uuid, want_ns, gen, aarsag, attempts, first_marked_at, coalesce(wanted_at, first_marked_at) as wanted_at,
          coalesce((select case when c.due_at <= :now then c.aeldre end from confirm c where c.organisation = d.organisation
                       and c.objekttype = d.objekttype and c.uuid = d.uuid), 0) as aeldre;

-- name: claim_confirm
-- The most overdue confirm reads of objects that nothing else is about to read.
update confirm set due_at = :lease_end
 where ctid = any(array(
   select c.ctid from confirm c
    where c.organisation = :organisation and c.due_at <= :now
      and (select d.gen from dirty d where d.organisation = c.organisation and d.objekttype = c.objekttype
              and d.uuid = c.uuid) is null
    order by c.due_at limit :count for update skip locked))
returning objekttype, uuid, gen, aeldre;

-- name: release
-- Claims of a leader that is gone, and waits, end.
update dirty set due_at = :now where organisation = :organisation and due_at > :now;

-- name: senest
-- What would wait longer than anything may was put off by a clock that was ahead.
with d as (update dirty set due_at = :senest where organisation = :organisation and due_at > :senest returning 1),
     c as (update confirm set due_at = :senest where organisation = :organisation and due_at > :senest returning 1)
select (select count(*) from d) + (select count(*) from c);

-- name: clear
-- Done, unless marked again since.
delete from dirty d
 using unnest(:organisation::uuid[], :objekttype::text[], :uuid::uuid[], :gen::bigint[]) x(organisation, objekttype, uuid, gen)
 where d.organisation = x.organisation and d.objekttype = x.objekttype and d.uuid = x.uuid and d.gen = x.gen;

-- name: clear_confirm
-- Looked at, unless touched again since.
delete from confirm c
 using unnest(:organisation::uuid[], :objekttype::text[], :uuid::uuid[], :gen::bigint[]) x(organisation, objekttype, uuid, gen)
 where c.organisation = x.organisation and c.objekttype = x.objekttype and c.uuid = x.uuid and c.gen = x.gen;

-- name: forlaeng
-- Claims that are still needed end later. A row that was marked since is due when its mark says.
update dirty set due_at = :due_at
 where ctid = any(array(
   select d.ctid
     from (select * from unnest(:organisation::uuid[], :objekttype::text[], :uuid::uuid[], :gen::bigint[])
                         x(organisation, objekttype, uuid, gen) order by 1, 2, 3) x
    cross join lateral (
      select d.ctid, d.gen from dirty d
       where d.organisation = x.organisation and d.objekttype = x.objekttype and d.uuid = x.uuid for update) d
    where d.gen = x.gen));

-- name: again
-- Look again then. A row that was marked since is due at once: its mark wants more than we saw.
update dirty d set due_at = case when d.gen = x.gen then x.due_at else d.first_marked_at end
  from unnest(:organisation::uuid[], :objekttype::text[], :uuid::uuid[], :gen::bigint[], :due_at::timestamptz[])
       x(organisation, objekttype, uuid, gen, due_at)
 where d.organisation = x.organisation and d.objekttype = x.objekttype and d.uuid = x.uuid;

-- name: again_confirm
-- Confirm later.
update confirm c set due_at = x.due_at
  from unnest(:organisation::uuid[], :objekttype::text[], :uuid::uuid[], :gen::bigint[], :due_at::timestamptz[])
       x(organisation, objekttype, uuid, gen, due_at)
 where c.organisation = x.organisation and c.objekttype = x.objekttype and c.uuid = x.uuid and c.gen = x.gen;

-- name: pending
-- How many wait.
select count(*) from dirty where organisation = :organisation;

-- name: next_due
-- When there is something to do next. A confirm read of a dirty object waits for that.
select least((select min(due_at) from dirty where organisation = :organisation and want_ns > -9223372036854775808),
             (select min(due_at) from dirty where organisation = :organisation and want_ns = -9223372036854775808),
             (select c.due_at from confirm c
               where c.organisation = :organisation
                 and (select d.gen from dirty d where d.organisation = c.organisation
                         and d.objekttype = c.objekttype and d.uuid = c.uuid) is null
               order by c.due_at limit 1));

-- name: generations
-- The marks that stand.
select objekttype, uuid, gen from dirty where organisation = :organisation;
