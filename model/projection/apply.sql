-- name: lagrede
-- What is stored of these objects.
select o.objekttype, o.uuid, o.reg_ns, o.rewind, o.tie, o.livscyklus, o.content_hash
  from unnest(:objekttype::text[], :uuid::uuid[]) x(objekttype, uuid)
  join objekt o on o.organisation = :organisation and o.objekttype = x.objekttype and o.uuid = x.uuid;

-- name: verificeret
-- These objects were read and are what is stored.
update objekt o set verificeret_at = greatest(o.verificeret_at, :now)
  from unnest(:objekttype::text[], :uuid::uuid[]) x(objekttype, uuid)
 where o.organisation = :organisation and o.objekttype = x.objekttype and o.uuid = x.uuid;

-- name: gem_objekter
-- The newest version of objects that are stored already.
update objekt o
   set reg_ns = x.reg_ns, rewind = x.rewind, tie = x.tie, livscyklus = x.livscyklus, content_hash = x.content_hash,
       aarsag = x.aarsag, anvendt_at = x.anvendt_at, verificeret_at = x.verificeret_at, naeste_graense = x.naeste_graense
  from unnest(:organisation::uuid[], :objekttype::text[], :uuid::uuid[], :reg_ns::bigint[], :rewind::int[],
              :tie::smallint[], :livscyklus::text[], :content_hash::bytea[], :aarsag::text[],
              :anvendt_at::timestamptz[], :verificeret_at::timestamptz[], :naeste_graense::timestamptz[])
       x(organisation, objekttype, uuid, reg_ns, rewind, tie, livscyklus, content_hash, aarsag, anvendt_at,
         verificeret_at, naeste_graense)
 where o.organisation = x.organisation and o.objekttype = x.objekttype and o.uuid = x.uuid;

-- name: kontekst
-- The municipality, its root unit, and the key of hashes.
select k.rod, s.secret from anvenderkontekst k, model_state s where k.organisation = :organisation and s.id = 1;

-- name: ny_rod
-- Organisation.Overordnet names another unit.
update anvenderkontekst set rod = :rod where organisation = :organisation;

-- name: ny_roddens_plads
-- The root unit sorts first (storage.md 5): the new one gets its space, the old one loses it.
update organisation_enhed
   set sortering = case when uuid = :rod then ' ' || ltrim(sortering) else ltrim(sortering) end
 where organisation = :organisation and registreret_til = 9223372036854775807
   and (uuid = :rod) <> (sortering like ' %');
