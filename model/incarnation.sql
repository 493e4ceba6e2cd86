-- name: here
-- The stored life of the log beside the server we are on; the row is locked, so that one start decides.
select s.incarnation, s.secret, s.system_identifier, s.timeline_id,
       (select c.system_identifier::text from pg_control_system() c) as server,
       ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int as timeline
  from model_state s where s.id = 1 for update;

-- name: stored
-- The stored life of the log, for those who may only read.
select s.incarnation, s.secret, pg_is_in_recovery() as replika from model_state s where s.id = 1;

-- name: bump
-- A new life of the log: every position given before ends here.
update model_state
   set incarnation = incarnation + 1,
       system_identifier = (select c.system_identifier::text from pg_control_system() c),
       timeline_id = ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int
 where id = 1 and incarnation = :incarnation
returning incarnation;

-- name: ring
-- Wake those who follow the log.
select pg_notify('aendring', '');
