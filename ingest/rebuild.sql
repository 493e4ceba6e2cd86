-- name: registreringer
-- Every stored registration, object by object, in the order in which they were applied.
select objekttype, uuid, reg_ns, livscyklus, content from registrering
 where organisation = :organisation order by objekttype, uuid, rewind, reg_ns, tie;

-- name: graenser
-- When each object's next effect boundary passes.
update objekt o set naeste_graense = x.graense
  from unnest(:objekttype::text[], :uuid::uuid[], :graense::timestamptz[]) x(objekttype, uuid, graense)
 where o.organisation = :organisation and o.objekttype = x.objekttype and o.uuid = x.uuid
   and o.naeste_graense is distinct from x.graense;
