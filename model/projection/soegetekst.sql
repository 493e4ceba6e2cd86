-- name: glem
-- The words of these objects.
delete from soegetekst s using unnest(:objekttype::text[], :uuid::uuid[]) x(objekttype, uuid)
 where s.organisation = :organisation and s.objekttype = x.objekttype and s.uuid = x.uuid;
