-- name: put
-- Keep messages once. Gives the hash that is stored under the ids of those that are here already; one that another
-- transaction has put meanwhile has an empty hash.
with x as (
  select * from unnest(:organisation::uuid[], :besked_id::text[], :objekttype::text[], :uuid::uuid[], :reg_ns::bigint[],
                       :body::bytea[], :body_hash::bytea[])
                x(organisation, besked_id, objekttype, uuid, reg_ns, body, body_hash)
), new as (
  insert into inbox (organisation, besked_id, kanal, modtaget_at, objekttype, uuid, reg_ns, body, body_hash, status)
  select organisation, besked_id, :kanal, :now::timestamptz, objekttype, uuid, reg_ns, body, body_hash, 'MODTAGET' from x
  on conflict (organisation, besked_id) do nothing returning organisation, besked_id
)
select x.organisation, x.besked_id, coalesce(old.body_hash, ''::bytea) as body_hash
  from x left join inbox old on old.organisation = x.organisation and old.besked_id = x.besked_id
 where not exists (select from new where new.organisation = x.organisation and new.besked_id = x.besked_id);

-- name: anvendt
-- What was asked for by these messages is in the model.
update inbox i set status = 'ANVENDT', body = null
  from unnest(:uuid::uuid[], :reg_ns::bigint[]) x(uuid, reg_ns)
 where i.organisation = :organisation and i.status = 'MODTAGET' and i.uuid = x.uuid
   and (i.reg_ns is null or i.reg_ns <= x.reg_ns);

-- name: prune
-- Applied messages of old.
delete from inbox where (organisation, besked_id) in (
  select organisation, besked_id from inbox
   where organisation = :organisation and status = 'ANVENDT' and modtaget_at < :before limit :antal);
