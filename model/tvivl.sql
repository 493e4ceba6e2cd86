-- name: kendte
-- The newest registration that the model has, or that a write of our own wants and the model does not show yet.
select coalesce(o.uuid, d.uuid) as uuid, greatest(coalesce(o.reg_ns, 0), coalesce(d.want_ns, 0)) as ns,
       coalesce(d.want_ns, 0) > coalesce(o.reg_ns, 0)
       or coalesce(o.livscyklus in ('OPSTAAET', 'IMPORTERET'), false) as findes
  from (select uuid, reg_ns, livscyklus from objekt
         where organisation = :organisation and objekttype = :objekttype and uuid = any (:uuids::uuid[])) o
  full join (select uuid, want_ns from dirty
              where organisation = :organisation and objekttype = :objekttype and uuid = any (:uuids::uuid[])
                and aarsag = 'MUTATION') d on d.uuid = o.uuid;

-- name: andres
-- Whether another record without an outcome is about one of the objects: by one write under way, or by some of an import.
select exists (select from write_request
                where organisation = :organisation and status in ('STARTET', 'UVIS') and id <> :id
                  and jsonb_path_query_array(kvitteringer, 'lax $.undervejs[*].uuid') ?| :uuids::text[]);

-- name: uafklarede
-- Records without an outcome. Those of a server that did not yet write down what it was about tell nothing.
select id from write_request
 where organisation = :organisation and status in ('STARTET', 'UVIS') and kvitteringer ? 'undervejs'
 order by started_at, id;

-- name: uafklaret
-- One of them.
select kvitteringer from write_request
 where organisation = :organisation and id = :id and status in ('STARTET', 'UVIS');

-- name: afklar
-- Its outcome, unless it has got one.
update write_request set status = :status, kvitteringer = :kvitteringer, finished_at = :now
 where organisation = :organisation and id = :id and status in ('STARTET', 'UVIS');

-- name: tagne
-- Objects that stand in the record of a write.
select distinct (r->>1)::uuid as uuid
  from write_request w, jsonb_array_elements(w.kvitteringer->'roert') r
 where w.organisation = :organisation and jsonb_typeof(w.kvitteringer->'roert') = 'array'
   and r->>1 = any (:uuids::text[]);

-- name: nyligt
-- The newest registration time among the changes applied last. One that lies in the future is a fault of a clock.
select max(reg_ns) from (select reg_ns from aendring where organisation = :organisation
                          order by incarnation desc, xid desc, seq desc limit 100) a
 where reg_ns <= :now_ns;
