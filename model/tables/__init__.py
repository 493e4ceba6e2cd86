"""Every table and index of the read model, once, as SQLAlchemy Core MetaData.

Layout as measured in storage.md: four time columns (effect as timestamptz with -infinity/infinity, registration as
bigint nanoseconds), one btree per key `(key, registreret_til, virkning_til)`, no overlap among rows known now.
Every row but `klasse` carries `organisation`: the municipality in whose CVR context it was read (rules.md 4).
Knows nothing of SOAP and GraphQL; migrations/ is compared with it in a test.
"""

from model.tables.columns import KENDT_NU, metadata
from model.tables.derived import bruger_kort, enhed_kort, enhed_sti, soegetekst
from model.tables.ingest import (
    aendring,
    afstemning,
    afstemning_forskel,
    anvenderkontekst,
    confirm,
    dirty,
    feed_forbindelse,
    feed_state,
    inbox,
    leader,
    model_state,
    objekt,
    parked,
    registrering,
    snapshot_run,
    snapshot_seen,
    write_request,
)
from model.tables.projection import (
    PROJEKTION,
    adresse,
    adressering,
    bruger,
    funktion,
    interessefaellesskab,
    it_system,
    klasse,
    medlemskab,
    myndighed,
    opgave,
    organisation,
    organisation_enhed,
    person,
    tilknytning,
    virksomhed,
)

__all__ = [
    "KENDT_NU",
    "PROJEKTION",
    "adresse",
    "adressering",
    "aendring",
    "afstemning",
    "afstemning_forskel",
    "anvenderkontekst",
    "bruger",
    "bruger_kort",
    "confirm",
    "dirty",
    "enhed_kort",
    "enhed_sti",
    "feed_forbindelse",
    "feed_state",
    "funktion",
    "inbox",
    "interessefaellesskab",
    "it_system",
    "klasse",
    "leader",
    "medlemskab",
    "metadata",
    "model_state",
    "myndighed",
    "objekt",
    "opgave",
    "organisation",
    "organisation_enhed",
    "parked",
    "person",
    "registrering",
    "snapshot_run",
    "snapshot_seen",
    "soegetekst",
    "tilknytning",
    "virksomhed",
    "write_request",
]
