-- name: put
-- Park it, or count once more that it failed.
insert into parked as p (organisation, besked_id, objekttype, uuid, reason, body, first_at, last_at)
values (:organisation, :besked_id, :objekttype, :uuid, :reason, :body, :now, :now)
on conflict (organisation, besked_id) do update
   set attempts = p.attempts + 1, last_at = excluded.last_at, reason = excluded.reason, body = excluded.body,
       objekttype = excluded.objekttype, uuid = excluded.uuid;

-- name: remove
-- Out of the way.
delete from parked where organisation = :organisation and besked_id = any (:besked_ider::text[]);

-- name: read
-- What is parked.
select organisation, besked_id, objekttype, uuid, reason, attempts, first_at, last_at, body
  from parked where :organisation::uuid is null or organisation = :organisation
 order by first_at, besked_id;

-- name: take
-- One of them, for us alone.
select organisation, besked_id, objekttype, uuid, reason, attempts, first_at, last_at, body
  from parked where organisation = :organisation and besked_id = :besked_id for update;
