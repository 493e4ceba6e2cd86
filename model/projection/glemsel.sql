-- name: versioner
-- Every stored version of a person that says anything, up to then.
select rewind, reg_ns, tie, livscyklus, content from registrering
 where organisation = :organisation and objekttype = 'PERSON' and uuid = :person and reg_ns <= :til_ns
   and content ? 'egenskaber'
 order by rewind, reg_ns, tie;

-- name: toem_version
-- What a version says from now on.
update registrering set content = :content, content_hash = :hash
 where organisation = :organisation and objekttype = 'PERSON' and uuid = :person
   and rewind = :rewind and reg_ns = :reg_ns and tie = :tie;

-- name: toem_raekker
-- The rows of all times that were known up to then.
update person set navn = null, cpr = null,
       brugervendt_noegle = case when brugervendt_noegle in (navn, cpr) then null else brugervendt_noegle end
 where organisation = :organisation and uuid = :person and registreret_fra <= :til_ns
   and (navn is not null or cpr is not null);

-- name: toem_beskeder
-- Bodies that are kept of messages about the person.
with parkeret as (
  update parked set body = null where organisation = :organisation and uuid = :person and body is not null)
update inbox set body = null where organisation = :organisation and uuid = :person and body is not null;

-- name: nyeste
-- The version that stands.
select reg_ns, rewind, tie from objekt
 where organisation = :organisation and objekttype = 'PERSON' and uuid = :person;

-- name: toem_ord
-- What a search finds the person by.
delete from soegetekst where organisation = :organisation and objekttype = 'PERSON' and uuid = :person;

-- name: nyt_aftryk
-- The guard compares with what is left.
update objekt set content_hash = :hash
 where organisation = :organisation and objekttype = 'PERSON' and uuid = :person;
