"""Small registrations of a unit, for the tests of read-modify-write: days of March 2026, noon of the tenth is now."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from fkorg import klassifikation
from fkorg.registrering import (
    Ansvar,
    Egenskab,
    Gyldighed,
    Lister,
    Livscyklus,
    Reference,
    Registrering,
    Relation,
    Tilstand,
)
from fkorg.ret import SaetDynamisk
from fkorg.tid import ALTID_NS, UENDELIG_NS, midnat_ns
from fkorg.virkning import Virkning

OS = Ansvar(Reference("11111111-1111-4111-8111-111111111111"), "Organisation")
ANDRE = Ansvar(Reference("99999999-9999-4999-8999-999999999999"), "Organisation")
A, B, C, D = (UUID(int=n) for n in (0xA, 0xB, 0xC, 0xD))
ROLLE, SOR = klassifikation.ENHED_EMAIL, UUID("b44138cf-72df-45d1-8821-83db39b62093")
AKTIV, INAKTIV = Gyldighed.AKTIV, Gyldighed.INAKTIV


def ns(day: int) -> int:
    return midnat_ns(date(2026, 3, day))


def periode(fra: int | None = None, til: int | None = None) -> Virkning:
    return Virkning(ALTID_NS if fra is None else ns(fra), UENDELIG_NS if til is None else ns(til))


IDAG = 10
NOW = ns(IDAG) + 12 * 3600 * 10**9


def navn(
    text: str | None, fra: int | None = 1, til: int | None = None, ansvar: Ansvar = ANDRE, **felter: str
) -> Egenskab:
    given = {"enhedsnavn": text} if text is not None else {}
    return Egenskab(periode(fra, til), {"brugervendtnoegle": "N", **given, **felter}, ansvar)


def status(value: Gyldighed, fra: int | None = 1, til: int | None = None, ansvar: Ansvar = ANDRE) -> Tilstand:
    return Tilstand(periode(fra, til), value, ansvar)


def rel(hvad: str, maal: UUID, fra: int | None = 1, til: int | None = None, ansvar: Ansvar = ANDRE) -> Relation:
    return Relation(hvad, periode(fra, til), Reference(str(maal)), ansvar=ansvar)


def adr(
    maal: UUID, indeks: str, fra: int | None = 1, til: int | None = None, rolle: UUID = ROLLE, ansvar: Ansvar = ANDRE
) -> Relation:
    return Relation(
        "Adresser",
        periode(fra, til),
        Reference(str(maal)),
        Reference(str(rolle), "E-mail" if ansvar is ANDRE else None),
        Reference(str(klassifikation.ENHEDSADRESSE)),
        indeks,
        ansvar,
    )


def saet_adr(maal: UUID, indeks: str | None = None, fra: int = IDAG, til: int | None = None) -> SaetDynamisk:
    return SaetDynamisk("Adresser", maal, ROLLE, klassifikation.ENHEDSADRESSE, periode(fra, til), indeks)


def enhed(
    egenskaber: Sequence[Egenskab] = (), tilstande: Sequence[Tilstand] = (), relationer: Sequence[Relation] = ()
) -> Registrering:
    return Registrering(
        1,
        Livscyklus.OPSTAAET,
        tuple(egenskaber),
        tuple(tilstande),
        tuple(relationer),
        lokal_udvidelse={"relationer": "<x/>"},
    )


def efter(registrering: Registrering, lister: Lister | None) -> Registrering:
    """What the source holds when `ret` replaces each list that is sent."""
    if lister is None:
        return registrering
    assert lister.egenskaber is not None
    assert lister.tilstande is not None
    assert lister.relationer is not None
    return replace(registrering, egenskaber=lister.egenskaber, tilstande=lister.tilstande, relationer=lister.relationer)
