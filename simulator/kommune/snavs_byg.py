"""What the dirty records are built with: plain units, users, addresses that a record then spoils.

Knows no catalogue of dirt.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.klassifikation import AFDELING, ENHEDSROLLE, INTERN_BRUGER
from fkorg.registrering import Relation
from fkorg.tid import midnat_ns
from simulator.kommune import byg
from simulator.kommune.byg import Post, Ramme
from simulator.kommune.funktioner import funktion

FRA: Final = date(2019, 3, 1)
SLUT: Final = date(2023, 7, 1)
ALTID: Final = byg.periode(FRA)
AFSLUTTET: Final = byg.periode(FRA, SLUT)
TIDSPUNKT_NS: Final = midnat_ns(date(2024, 6, 1)) + 123_456_700
FOER_NS: Final = midnat_ns(date(2022, 6, 1)) + 5_000_000


class Saerhed(StrEnum):
    """How reads treat an object oddly."""

    INGEN_REGISTRERING = "ingen_registrering"
    TO_REGISTRERINGER = "to_registreringer"
    VERSALER = "versaler"


@dataclass(frozen=True, slots=True)
class Fund:
    """The objects of one kind of dirt by short name, what they point at in vain, and what reads do oddly."""

    poster: dict[str, Post]
    mangler: dict[str, UUID] = field(default_factory=dict)
    saerheder: dict[str, Saerhed] = field(default_factory=dict)


def enhed(
    r: Ramme,
    uuid: UUID,
    navn: str | None,
    *,
    overordnet: UUID | None = None,
    rod: bool = False,
    relationer: Iterable[Relation] = (),
    enhedstype: UUID | None = AFDELING,
    organisation: UUID | None = None,
) -> Post:
    """A plain unit under the root unit, or under `overordnet`, or with no parent at all (`rod`)."""
    alle = list(relationer)
    if enhedstype is not None:
        alle.append(byg.peger(r, "Enhedstype", enhedstype, ALTID))
    if not rod:
        alle.append(byg.peger(r, "Overordnet", overordnet or r.uuid("enhed", 0), ALTID))
    alle.append(byg.peger(r, "Tilhoerer", organisation or r.organisation, ALTID))
    felter = byg.egenskab(r, ALTID, brugervendtnoegle=(navn or "uden navn")[:50], enhedsnavn=navn)
    registreret = byg.registrering(r, TIDSPUNKT_NS, (felter,), (byg.gyldig(r, ALTID),), alle)
    return Objekttype.ORGANISATION_ENHED, uuid, (registreret,)


def bruger(
    r: Ramme,
    uuid: UUID,
    login: str,
    *,
    person: UUID | None = None,
    relationer: Iterable[Relation] = (),
    brugertype: UUID = INTERN_BRUGER,
) -> Post:
    """A plain active user."""
    alle = [*relationer, byg.peger(r, "BrugerTyper", brugertype, ALTID), byg.tilhoerer(r, ALTID)]
    if person is not None:
        alle.append(byg.peger(r, "TilknyttedePersoner", person, ALTID))
    felter = byg.egenskab(r, ALTID, brugervendtnoegle=login, brugernavn=login)
    registreret = byg.registrering(r, TIDSPUNKT_NS, (felter,), (byg.gyldig(r, ALTID),), alle)
    return Objekttype.BRUGER, uuid, (registreret,)


def person(r: Ramme, uuid: UUID, navn: str) -> Post:
    """A plain person without CPR number."""
    return byg.person(r, uuid, TIDSPUNKT_NS, FRA, navn, None)


def adresse(r: Ramme, uuid: UUID, text: str) -> Post:
    """A plain address."""
    return byg.tekst(r, uuid, TIDSPUNKT_NS, FRA, text)


def ansaettelse(
    r: Ramme, uuid: UUID, enheder: Iterable[UUID], brugere: Iterable[UUID], *, art: UUID = ENHEDSROLLE, fra: date = FRA
) -> Post:
    """A plain function, an employment unless told otherwise."""
    return funktion(r, uuid, TIDSPUNKT_NS, art=art, navn="Særlig stilling", fra=fra, enheder=enheder, brugere=brugere)
