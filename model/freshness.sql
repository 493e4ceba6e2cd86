-- name: facts
-- What freshness is told from, for one municipality; empty when it is not served here.
select k.tilstand,
       (select min(d.first_marked_at) from dirty d
         where d.organisation = k.organisation and d.aarsag in ('BESKED', 'MUTATION')) as besked_venter_siden,
       (select min(d.first_marked_at) from dirty d where d.organisation = k.organisation) as venter_siden,
       (select count(*) from dirty d where d.organisation = k.organisation) as ventende,
       (select count(*) from parked p where p.organisation = k.organisation) as parkerede,
       (select o.verificeret_at from objekt o
         where o.organisation = k.organisation and o.verificeret_at is not null
           and o.livscyklus in ('OPSTAAET', 'IMPORTERET')
         order by o.verificeret_at limit 1) as verificeret_at,
       (select min(o.anvendt_at) from objekt o
         where o.organisation = k.organisation and o.verificeret_at is null
           and o.livscyklus in ('OPSTAAET', 'IMPORTERET')) as aldrig_verificeret_at,
       f.kanal, f.connected_since, f.disconnected_at, f.last_empty_at, f.source_ok_at, f.source_failed_at
  from anvenderkontekst k left join feed_state f on f.organisation = k.organisation
 where k.organisation = :organisation
 order by f.kanal;
