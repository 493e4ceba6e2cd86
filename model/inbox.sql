-- name: put
-- Keep a message once. Gives the hash that is stored under its id already, nothing when the message is new.
with old as (
  select body_hash from inbox where organisation = :organisation and besked_id = :besked_id
), new as (
  insert into inbox (organisation, besked_id, kanal, modtaget_at, objekttype, uuid, reg_ns, body, body_hash, status)
  values (:organisation, :besked_id, :kanal, :now, :objekttype, :uuid, :reg_ns, :body, :body_hash, 'MODTAGET')
  on conflict (organisation, besked_id) do nothing returning 1
)
select coalesce((select body_hash from old), case when not exists (select from new) then ''::bytea end);

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
