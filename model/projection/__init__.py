"""One registration of one object -> the rows of the read model. Pure: no I/O, no clock, no settings.

One file per object type says which columns it fills from where; `stykker` cuts time, `apply` stores the result.
"""

from collections.abc import Callable
from typing import Final
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.registrering import Registrering
from model.projection import (
    adresse,
    bruger,
    interessefaellesskab,
    it_system,
    myndighed,
    organisation,
    organisation_enhed,
    organisation_funktion,
    person,
    virksomhed,
)
from model.projection.raekker import Afvigelse, Kontekst, Projektion, Row, Rows

__all__ = ["Afvigelse", "Kontekst", "Projektion", "Row", "Rows", "project"]

_EFTER_TYPE: Final[dict[Objekttype, Callable[[Registrering, Kontekst, UUID], Projektion]]] = {
    Objekttype.ORGANISATION: organisation.project,
    Objekttype.ORGANISATION_ENHED: organisation_enhed.project,
    Objekttype.ORGANISATION_FUNKTION: organisation_funktion.project,
    Objekttype.BRUGER: bruger.project,
    Objekttype.PERSON: person.project,
    Objekttype.ADRESSE: adresse.project,
    Objekttype.VIRKSOMHED: virksomhed.project,
    Objekttype.MYNDIGHED: myndighed.project,
    Objekttype.IT_SYSTEM: it_system.project,
    Objekttype.INTERESSEFAELLESSKAB: interessefaellesskab.project,
}


def project(objekttype: Objekttype, uuid: UUID, reg: Registrering, kontekst: Kontekst) -> Projektion:
    """The rows that a registration gives, by table, and what in it gives none."""
    return _EFTER_TYPE[objekttype](reg, kontekst, uuid)
