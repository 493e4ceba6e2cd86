-- name: skriv
-- One answer that showed personal data, or searched by it.
insert into access_log (organisation, tidspunkt, caller, operation, felter, personer)
values (:organisation, :tidspunkt, :caller, :operation, :felter, :personer);

-- name: om
-- Who has seen a person, the latest first, from a place on.
select id, tidspunkt, caller, operation, felter from access_log
 where organisation = :organisation and personer @> array[:person::uuid] and tidspunkt >= :fra and tidspunkt <= :til
   and id < :foer
 order by id desc limit :antal;

-- name: alle
-- All that was read, in the order it was written, from a place on.
select id, tidspunkt, caller, operation, felter, personer from access_log
 where organisation = :organisation and tidspunkt >= :fra and tidspunkt <= :til and id > :efter
 order by id limit :antal;

-- name: prune
-- What was read too long ago to be told.
delete from access_log where (organisation, id) in (
  select organisation, id from access_log
   where organisation = :organisation and tidspunkt < :foraeldet order by id limit :antal);

-- name: sorteres
-- Persons of rows since the last time go into their index, together; only who owns it may say so, thus by a function.
select access_log_sorteres();
