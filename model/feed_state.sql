-- name: connected
-- Connected, not yet drained. Another process may have said goodbye for all.
insert into feed_state (organisation, kanal, connected_since) values (:organisation, :kanal, :now)
on conflict (organisation, kanal) do update
   set connected_since = coalesce(feed_state.connected_since, excluded.connected_since), disconnected_at = null
 where feed_state.connected_since is null or feed_state.disconnected_at is not null;

-- name: disconnected
-- Lost.
insert into feed_state (organisation, kanal, disconnected_at) values (:organisation, :kanal, :now)
on conflict (organisation, kanal) do update set connected_since = null, disconnected_at = excluded.disconnected_at;

-- name: said_empty
-- One connection saw nothing in the mailbox and has nothing in hand.
insert into feed_forbindelse (organisation, kanal, forbindelse, empty_at) values (:organisation, :kanal, :forbindelse, :now)
on conflict (organisation, kanal, forbindelse) do update set empty_at = excluded.empty_at;

-- name: emptied
-- Drained up to when the last of so many connections said so; while fewer have said it, nothing is claimed. What was
-- claimed once stays, unless the clock that told it was ahead.
insert into feed_state (organisation, kanal, last_empty_at)
select :organisation, :kanal, min(senest.empty_at)
  from (select f.empty_at from feed_forbindelse f
         where f.organisation = :organisation and f.kanal = :kanal and f.empty_at <= :now
         order by f.empty_at desc limit :forbindelser) senest
having count(*) = :forbindelser
on conflict (organisation, kanal) do update
   set last_empty_at = case when feed_state.last_empty_at <= :now
                            then greatest(feed_state.last_empty_at, excluded.last_empty_at)
                            else excluded.last_empty_at end;

-- name: forget
-- Connections that have said nothing for long; one that the broker still counts is missed, and nothing is claimed.
delete from feed_forbindelse where organisation = :organisation and kanal = :kanal and empty_at < :before;

-- name: besked
-- A message came.
insert into feed_state (organisation, kanal, last_besked_at) values (:organisation, :kanal, :now)
on conflict (organisation, kanal) do update set last_besked_at = excluded.last_besked_at;

-- name: source_ok
-- The source answered. A failure that a clock told which was ahead is not later than this; none stays none.
insert into feed_state (organisation, kanal, source_ok_at) values (:organisation, 'SOAP', :now)
on conflict (organisation, kanal) do update
   set source_ok_at = excluded.source_ok_at,
       source_failed_at = case when feed_state.source_failed_at is not null
                               then least(feed_state.source_failed_at, excluded.source_ok_at) end;

-- name: source_failed
-- The source did not answer. An answer that a clock told which was ahead is earlier than this; none stays none.
insert into feed_state (organisation, kanal, source_failed_at) values (:organisation, 'SOAP', :now)
on conflict (organisation, kanal) do update
   set source_failed_at = excluded.source_failed_at,
       source_ok_at = case when feed_state.source_ok_at is not null
                           then least(feed_state.source_ok_at, excluded.source_failed_at - interval '1 microsecond')
                      end;
