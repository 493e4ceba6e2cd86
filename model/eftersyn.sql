-- name: server
-- How the server is set and loaded. Its clock is asked, to be compared with ours.
select current_setting('server_version') as version, current_setting('wal_level') as wal_level,
       array(select s.name from unnest('{fsync,full_page_writes,synchronous_commit}'::text[]) s(name)
              where current_setting(s.name) in ('off', 'local')) as usikre,
       current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as pladser,
       (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as optagne,
       pg_is_in_recovery() as replika, clock_timestamp() as ur,
       (select clock_timestamp() - min(a.xact_start) from pg_stat_activity a
         where a.datname = current_database() and a.pid <> pg_backend_pid() and a.backend_xid is not null) as aabent_siden,
       pg_database_size(current_database()) as stoerrelse_bytes;

-- name: leder
-- Who leads, and for how long it has not been heard, by the one clock that beats are told by.
select holder, epoch, clock_timestamp() - beat_at as tavs from leader
 where organisation = :organisation and role = :role;

-- name: kanaler
-- What the channels and the source said last.
select kanal, connected_since, disconnected_at, last_empty_at, last_besked_at, source_ok_at, source_failed_at
  from feed_state where organisation = :organisation order by kanal;

-- name: koe
-- What waits to be read, and to be looked at once more. What is overdue has not been taken by anybody.
select (select count(*) from dirty d where d.organisation = :organisation) as ventende,
       (select min(d.first_marked_at) from dirty d where d.organisation = :organisation) as venter_siden,
       (select count(*) from confirm c where c.organisation = :organisation and c.due_at < :now) as ubekraeftede,
       (select min(c.due_at) from confirm c where c.organisation = :organisation) as bekraeftes_siden;

-- name: aeldst
-- How far back the log and the applied messages go.
select (select anvendt_at from aendring where organisation = :organisation
         order by incarnation, xid, seq limit 1) as aendringer,
       (select min(modtaget_at) from inbox where organisation = :organisation and status = 'ANVENDT') as beskeder;

-- name: parkerede
-- What is set aside, by reason without its words.
select split_part(reason, ': ', 1) as reason, count(*) as antal, min(first_at) as siden, min(besked_id) as en
  from parked where organisation = :organisation group by 1 order by 1;

-- name: maal
-- What is measured of each municipality; the latest comparison is the one that has an outcome.
select k.cvr, clock_timestamp() - l.beat_at as leder_tavs, a.started_at as afstemt_at, coalesce(a.bremset, 0) as bremset,
       (select count(*) from write_request w
         where w.organisation = k.organisation and w.status in ('STARTET', 'UVIS')
           and w.started_at < :now::timestamptz - interval '2 minutes') as i_tvivl,
       (select count(*) from afstemning_forskel f
         where f.organisation = a.organisation and f.afstemning = a.id
           and f.objekttype in ('ORGANISATION_ENHED', 'BRUGER')
           and (select x.aarsag from aendring x
                 where x.organisation = f.organisation and x.objekttype = f.objekttype and x.uuid = f.uuid
                   and x.seq > a.started_seq and x.aarsag not in ('KALENDER', 'AFLEDT')
                 order by x.seq limit 1) = 'AFSTEMNING') as tabte
  from anvenderkontekst k
  left join leader l on l.organisation = k.organisation and l.role = :role
  left join lateral (select * from afstemning b where b.organisation = k.organisation and b.rettet is not null
                      order by b.id desc limit 1) a on true;

-- name: incarnation
-- Which life of the change log this is.
select incarnation from model_state where id = 1;
