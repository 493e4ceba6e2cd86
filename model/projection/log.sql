-- name: skriv
-- Changes in the order given; the felter of one change come joined by commas. Wakes those who follow the log.
with nye as (
insert into aendring (incarnation, organisation, objekttype, uuid, art, reg_ns, rewind, tie, content_hash, felter, aarsag,
                      anvendt_at)
select s.incarnation, :organisation, x.objekttype, x.uuid, x.art, x.reg_ns, x.rewind, x.tie, x.content_hash,
       string_to_array(x.felter, ','), x.aarsag, :now::timestamptz
  from model_state s,
       unnest(:objekttype::text[], :uuid::uuid[], :art::text[], :reg_ns::bigint[], :rewind::int[], :tie::smallint[],
              :content_hash::bytea[], :felter::text[], :aarsag::text[])
       with ordinality x(objekttype, uuid, art, reg_ns, rewind, tie, content_hash, felter, aarsag, nr)
 where s.id = 1 order by x.nr
returning seq, objekttype, uuid
)
select nye.seq, nye.objekttype, nye.uuid from nye cross join (select pg_notify('aendring', '')) ring;

-- name: incarnation
-- Which life of the log this is.
select incarnation from model_state where id = 1;

-- name: skriv_afledte
-- Changes of units that follow from another object's change.
insert into aendring (incarnation, organisation, objekttype, uuid, art, reg_ns, rewind, tie, felter, aarsag, afledt_af,
                      anvendt_at)
select s.incarnation, :organisation, 'ORGANISATION_ENHED', x.enhed, 'AENDRET', o.reg_ns, o.rewind, o.tie,
       string_to_array(x.felter, ','), 'AFLEDT', x.afledt_af, :now::timestamptz
  from model_state s,
       unnest(:enhed::uuid[], :afledt_af::bigint[], :felter::text[]) with ordinality x(enhed, afledt_af, felter, nr)
  join objekt o on o.organisation = :organisation and o.objekttype = 'ORGANISATION_ENHED' and o.uuid = x.enhed
 where s.id = 1 order by x.nr;

-- name: ring
-- Wake those who follow the log (aendringslog.KANAL).
select pg_notify('aendring', '');
