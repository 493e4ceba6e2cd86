-- name: connected
-- Connected, not yet drained.
insert into feed_state (organisation, kanal, connected_since) values (:organisation, :kanal, :now)
on conflict (organisation, kanal) do update set connected_since = excluded.connected_since, disconnected_at = null;

-- name: disconnected
-- Lost.
insert into feed_state (organisation, kanal, disconnected_at) values (:organisation, :kanal, :now)
on conflict (organisation, kanal) do update set connected_since = null, disconnected_at = excluded.disconnected_at;

-- name: emptied
-- Drained.
insert into feed_state (organisation, kanal, last_empty_at) values (:organisation, :kanal, :now)
on conflict (organisation, kanal) do update set last_empty_at = excluded.last_empty_at;

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
