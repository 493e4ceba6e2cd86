"""Small builders: periods, relations and registrations as the sample data writes them.

Every entry names the municipality's organisation as responsible, as clients do (FACTS.md 2). Knows no sizes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from random import Random
from typing import Final, TypeAlias
from uuid import UUID, uuid5

from fkorg.catalogue import Objekttype
from fkorg.klassifikation import BRUGERADRESSE, ENHEDSADRESSE
from fkorg.registrering import (
    Ansvar,
    Egenskab,
    Gyldighed,
    Livscyklus,
    Reference,
    Registrering,
    Relation,
    Tilstand,
)
from fkorg.tid import UENDELIG_NS, from_datetime, midnat_ns
from fkorg.virkning import ALTID, Virkning

Post: TypeAlias = tuple[Objekttype, UUID, tuple[Registrering, ...]]
"""One object with all its registrations, oldest first."""

EPOKE: Final = date(2025, 1, 1)
"""Every registration of the sample data is older; what happens while the simulator runs is newer (rules.md 8)."""
PLANLAGT: Final = date(2036, 8, 1)
"""When planned employments and relations begin."""
CVR: Final = "11111111"
_ROD: Final = UUID("5c1f0b7e-0000-4000-8000-0f0f0f0f0f0f")
_FOERSTE_NS: Final = from_datetime(datetime(2021, 1, 1, tzinfo=UTC))
_SIDSTE_NS: Final = from_datetime(datetime(2024, 12, 31, tzinfo=UTC))
_PRAECISION: Final = (100, 1_000, 1_000_000, 100)


def uuid_for(seed: int, *navn: str | int) -> UUID:
    """The UUID of a named thing in the municipality of that seed."""
    return uuid5(_ROD, f"{seed}/" + "/".join(map(str, navn)))


@dataclass(frozen=True, slots=True)
class Ramme:
    """What every object of one municipality shares."""

    seed: int
    organisation: UUID
    ansvar: Ansvar
    bruger: Reference

    def uuid(self, *navn: str | int) -> UUID:
        """The UUID of a named thing of this municipality."""
        return uuid_for(self.seed, *navn)


def ramme(seed: int) -> Ramme:
    """The frame of the municipality of that seed."""
    organisation = uuid_for(seed, "organisation")
    reference = Reference(str(organisation))
    return Ramme(seed, organisation, Ansvar(reference, "Organisation"), reference)


@lru_cache(maxsize=20_000)
def periode(fra: date | None, til: date | None = None) -> Virkning:
    """From one Danish midnight to another; None = no limit."""
    if fra is None and til is None:
        return ALTID
    start = ALTID.fra_ns if fra is None else midnat_ns(fra)
    return Virkning(start, UENDELIG_NS if til is None else midnat_ns(til))


def registreringstid(rnd: Random) -> int:
    """A registration time before the epoch; half of them with seven fraction digits (ingest.md 1)."""
    ns = rnd.randrange(_FOERSTE_NS, _SIDSTE_NS)
    return ns - ns % _PRAECISION[rnd.randrange(4)]


def egenskab(r: Ramme, virkning: Virkning, **felter: str | None) -> Egenskab:
    """One attribute set; a field given as None is left out."""
    return Egenskab(virkning, {navn: value for navn, value in felter.items() if value is not None}, r.ansvar)


def gyldig(r: Ramme, virkning: Virkning, status: Gyldighed = Gyldighed.AKTIV) -> Tilstand:
    """One Gyldighed."""
    return Tilstand(virkning, status, r.ansvar)


def gyldig_til(r: Ramme, fra: date, til: date | None) -> tuple[Tilstand, ...]:
    """Aktiv from `fra`; Inaktiv from `til` on, when there is one."""
    if til is None:
        return (gyldig(r, periode(fra)),)
    return (gyldig(r, periode(fra, til)), gyldig(r, periode(til), Gyldighed.INAKTIV))


def peger(r: Ramme, navn: str, maal: UUID, virkning: Virkning) -> Relation:
    """A plain relation."""
    return Relation(navn, virkning, Reference(str(maal)), ansvar=r.ansvar)


def tilhoerer(r: Ramme, virkning: Virkning) -> Relation:
    """The relation to the municipality's organisation."""
    return Relation("Tilhoerer", virkning, r.bruger, ansvar=r.ansvar)


def dynamisk(
    r: Ramme,
    navn: str,
    maal: UUID,
    virkning: Virkning,
    *,
    rolle: UUID,
    art: UUID,
    indeks: str,
    label: str | None = None,
) -> Relation:
    """A relation with Rolle, Type and Indeks."""
    return Relation(
        navn, virkning, Reference(str(maal)), Reference(str(rolle), label), Reference(str(art)), indeks, r.ansvar
    )


def enhedsadresse(r: Ramme, maal: UUID, rolle: UUID, virkning: Virkning, indeks: str) -> Relation:
    """A unit's address."""
    return dynamisk(r, "Adresser", maal, virkning, rolle=rolle, art=ENHEDSADRESSE, indeks=indeks)


def brugeradresse(r: Ramme, maal: UUID, rolle: UUID, virkning: Virkning, indeks: str) -> Relation:
    """A user's address."""
    return dynamisk(r, "Adresser", maal, virkning, rolle=rolle, art=BRUGERADRESSE, indeks=indeks)


def registrering(
    r: Ramme,
    tidspunkt_ns: int,
    egenskaber: Iterable[Egenskab],
    tilstande: Iterable[Tilstand] = (),
    relationer: Iterable[Relation] = (),
    livscyklus: Livscyklus = Livscyklus.IMPORTERET,
) -> Registrering:
    """One registration by the municipality."""
    return Registrering(
        tidspunkt_ns, livscyklus, tuple(egenskaber), tuple(tilstande), tuple(relationer), bruger=r.bruger
    )


def tekst(r: Ramme, uuid: UUID, tidspunkt_ns: int, fra: date, text: str) -> Post:
    """An Adresse."""
    felter = egenskab(r, periode(fra), brugervendtnoegle=str(uuid)[:8], adressetekst=text)
    return Objekttype.ADRESSE, uuid, (registrering(r, tidspunkt_ns, (felter,)),)


def person(r: Ramme, uuid: UUID, tidspunkt_ns: int, fra: date, navn: str, cpr: str | None) -> Post:
    """A Person."""
    felter = egenskab(r, periode(fra), brugervendtnoegle=str(uuid), cpr=cpr, navn=navn)
    return Objekttype.PERSON, uuid, (registrering(r, tidspunkt_ns, (felter,)),)


def omdoebt(post: Post, foer: Mapping[str, str], skift: date, tidspunkt_ns: int) -> Post:
    """The same object with a history: until `skift` its fields were `foer`, and a registration from then says so."""
    objekttype, uuid, registreringer = post
    nyeste = registreringer[-1]
    nu = nyeste.egenskaber[0]
    gammel = replace(nu, felter={**nu.felter, **foer})
    skift_ns = max(midnat_ns(skift), nu.virkning.fra_ns)
    delt = (
        replace(gammel, virkning=Virkning(nu.virkning.fra_ns, skift_ns)),
        replace(nu, virkning=Virkning(skift_ns, nu.virkning.til_ns)),
    )
    foerste = replace(nyeste, tidspunkt_ns=min(tidspunkt_ns, nyeste.tidspunkt_ns - 100), egenskaber=(gammel,))
    return objekttype, uuid, (*registreringer[:-1], foerste, replace(nyeste, egenskaber=delt))


def dag(rnd: Random, fra: int = 2005, til: int = 2024) -> date:
    """Some day in the years `fra` to `til`, both included; the 28th at most."""
    return date(rnd.randint(fra, til), rnd.randint(1, 12), rnd.randint(1, 28))


def cpr(rnd: Random) -> str:
    """Ten digits like a CPR number that can't be one: the month is 20 to 39."""
    return f"{rnd.randint(1, 28):02}{rnd.randint(20, 39)}{rnd.randrange(100):02}{rnd.randrange(10_000):04}"


def vaelg(rnd: Random, liste: Sequence[str]) -> str:
    """One of the texts; quicker than `choice`."""
    return liste[int(rnd.random() * len(liste))]
