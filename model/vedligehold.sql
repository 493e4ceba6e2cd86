-- name: projektion
-- What readers ask.
analyze organisation, organisation_enhed, bruger, person, adresse, funktion, medlemskab, adressering, opgave,
  tilknytning, enhed_sti, soegetekst, bruger_kort, enhed_kort;

-- name: ingest
-- What ingest asks.
analyze objekt, dirty, confirm, snapshot_seen;
