-- name: lock
-- Wait for our turn with one object; the session holds it until the connection goes back to its pool.
select pg_advisory_lock(hashtextextended(:navn, 0));

-- name: proev_laas
-- As lock, without waiting.
select pg_try_advisory_lock(hashtextextended(:navn, 0));

-- name: begin
-- The record of a write, before the first call. A key is free again when its record is too old, and for the same wish
-- when that was refused before anything was sent, or was broken off: then what it had done stays in the record. No
-- row: the key is taken.
insert into write_request as w
       (organisation, id, caller, idempotensnoegle, operation, input_hash, status, kvitteringer, started_at)
values (:organisation, :id, :caller, :noegle, :operation, :input_hash, 'STARTET', '{"undervejs": null}', :now)
on conflict (organisation, caller, idempotensnoegle) where idempotensnoegle is not null do update
   set id = excluded.id, operation = excluded.operation, input_hash = excluded.input_hash, status = excluded.status,
       kvitteringer = case when w.started_at < :foraeldet then excluded.kvitteringer
                           else w.kvitteringer || excluded.kvitteringer end,
       started_at = excluded.started_at, finished_at = null
 where w.started_at < :foraeldet
    or (w.status = 'AFVIST' and w.input_hash = excluded.input_hash
        and ((w.kvitteringer->'fejl'->>'kode' = 'UNAVAILABLE' and w.kvitteringer ? 'skridt')
             or not w.kvitteringer @? '$.kvitteringer[*] ? (@.sendt == true)'))
returning kvitteringer;

-- name: earlier
-- The record that holds a key.
select id, operation, input_hash, status, kvitteringer from write_request
 where organisation = :organisation and caller = :caller and idempotensnoegle = :noegle;

-- name: undervejs
-- What was done so far and what is about to be sent; not in a record that was settled meanwhile.
update write_request set kvitteringer = :kvitteringer
 where organisation = :organisation and id = :id and status = 'STARTET';

-- name: finish
-- What became of a write.
update write_request set status = :status, kvitteringer = :kvitteringer, finished_at = :now
 where organisation = :organisation and id = :id;

-- name: prune
-- Writes of old whose outcome is known.
delete from write_request where (organisation, id) in (
  select organisation, id from write_request
   where organisation = :organisation and status in ('UDFOERT', 'AFVIST') and started_at < :foraeldet limit :antal);

-- name: behind
-- Which of these objects the model does not yet show as new as wanted.
select w.nr from unnest(:objekttype::text[], :uuid::uuid[], :want_ns::bigint[])
                 with ordinality as w(objekttype, uuid, want_ns, nr)
  left join objekt o on o.organisation = :organisation and o.objekttype = w.objekttype and o.uuid = w.uuid
 where o.reg_ns is null or o.reg_ns < w.want_ns
 order by w.nr;

-- name: touched
-- Who a change of a unit touches: the units of its subtree, itself included, and their users now.
with enheder as (
  select :enhed::uuid as enhed
  union
  select s.enhed from enhed_sti s where s.organisation = :organisation and :enhed = any (s.sti)
)
select count(distinct e.enhed)::int as enheder, count(distinct m.bruger)::int as brugere
  from enheder e
  left join medlemskab m on m.organisation = :organisation and m.enhed = e.enhed
   and m.registreret_til = 9223372036854775807 and m.virkning_fra <= :now and m.virkning_til > :now;
