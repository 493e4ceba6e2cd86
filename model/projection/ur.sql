-- name: forfaldne
-- Objects whose next boundary has passed, the earliest first.
select objekttype, uuid, reg_ns, rewind, tie, naeste_graense from objekt
 where organisation = :organisation and naeste_graense <= :now
 order by naeste_graense, objekttype, uuid limit :antal;

-- name: naeste
-- When to look at them again.
update objekt o set naeste_graense = x.graense
  from unnest(:objekttype::text[], :uuid::uuid[], :graense::timestamptz[]) x(objekttype, uuid, graense)
 where o.organisation = :organisation and o.objekttype = x.objekttype and o.uuid = x.uuid;

-- name: foerste
-- The next effect date that passes, or the first that has passed and is not told of yet.
select min(naeste_graense) from objekt where organisation = :organisation;
