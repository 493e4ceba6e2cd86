-- name: check
-- Does the epoch lead? A key lock lets the beat pass and holds a successor until this transaction ends.
select epoch from leader where organisation = :organisation and role = :role and epoch = :epoch for key share;

-- name: check_alone
-- The same, and no other transaction that asks for it goes on before this one ends. Who does not lead waits for nobody:
-- whoever does may stand still in a transaction, and it is the one that waits who has to succeed it.
select epoch, pg_advisory_xact_lock(hashtextextended('orgraf apply ' || :organisation::uuid, 0))
  from leader where organisation = :organisation and role = :role and epoch = :epoch for key share;

-- name: read
-- Who leads and when it was last heard; an empty holder has let go.
select epoch, beat_at, holder = '' as free from leader where organisation = :organisation and role = :role;

-- name: first
-- The first leader ever.
insert into leader (organisation, role, epoch, holder, beat_at) values (:organisation, :role, 1, :holder, clock_timestamp())
on conflict do nothing returning epoch;

-- name: holder
-- Whose connections a successor has to end.
select holder from leader where organisation = :organisation and role = :role and epoch = :epoch;

-- name: end_connections
-- End the old leader's connections: a stopped process may hold the row in a transaction.
select count(pg_terminate_backend(pid)) from pg_stat_activity
 where application_name = :holder and :holder <> '' and pid <> pg_backend_pid() and datname = current_database();

-- name: succeed
-- Lead from now on, if nobody else has meanwhile. The full row lock waits for the last transaction of the old epoch.
update leader set epoch = epoch + 1, holder = :holder, beat_at = clock_timestamp()
 where (organisation, role) in (select organisation, role from leader
                                 where organisation = :organisation and role = :role and epoch = :seen for update)
returning epoch;

-- name: beat
-- We live. By the database's clock, which all standbys see alike.
update leader set beat_at = clock_timestamp() where organisation = :organisation and role = :role and epoch = :epoch
returning epoch;

-- name: release
-- Let go: the next one need not wait for missed beats.
update leader set holder = '' where organisation = :organisation and role = :role and epoch = :epoch returning epoch;
