"""Registrations for tests: small valid ones, one thing changed at a time. `enhed(navn, overordnet=rod)` and so on.

Days count from 2026-01-01 (`dag(3)` is the 4th, UTC midnight); effect is unlimited forward from `FRA` unless said.
"""

from collections.abc import Iterable
from uuid import UUID, uuid5

from fkorg import klassifikation
from fkorg.registrering import Egenskab, Gyldighed, Livscyklus, Reference, Registrering, Relation, Tilstand
from fkorg.tid import UENDELIG_NS
from fkorg.virkning import Virkning

DAG_NS = 86_400 * 10**9
NUL_NS = 1_767_225_600_000_000_000
"""2026-01-01 in nanoseconds."""
FRA = Virkning(NUL_NS - 1000 * DAG_NS, UENDELIG_NS)
_NAVNERUM = UUID("6f726772-6166-5eed-8000-000000000001")


def uuid(navn: str) -> UUID:
    """The uuid of that name, the same in every run."""
    return uuid5(_NAVNERUM, navn)


KOMMUNE = uuid("kommune")
ROD = uuid("rod")
VIRKSOMHED = uuid("virksomhed")
CVR = "11111111"


def dag(number: float) -> int:
    """Nanoseconds of that many days after the start of 2026."""
    return NUL_NS + int(number * DAG_NS)


def fra(start: float, slut: float | None = None) -> Virkning:
    """Effect from a day, to a day or for ever."""
    return Virkning(dag(start), UENDELIG_NS if slut is None else dag(slut))


def reg(
    felter: dict[str, str],
    relationer: Iterable[Relation] = (),
    *,
    tid: float = 0,
    virkning: Virkning = FRA,
    status: Gyldighed | None = Gyldighed.AKTIV,
    livscyklus: Livscyklus = Livscyklus.IMPORTERET,
) -> Registrering:
    """A registration recorded on that day; `status` None: no Gyldighed."""
    tilstande = () if status is None else (Tilstand(virkning, status),)
    return Registrering(dag(tid), livscyklus, (Egenskab(virkning, felter),), tilstande, tuple(relationer))


def til(navn: str, maal: UUID | None, virkning: Virkning = FRA) -> Relation:
    """A plain relation."""
    return Relation(navn, virkning, None if maal is None else Reference(str(maal)))


def adresse_til(maal: UUID, rolle: UUID, indeks: str = "1", virkning: Virkning = FRA) -> Relation:
    """A relation to an address."""
    type_ = Reference(str(klassifikation.ENHEDSADRESSE))
    return Relation("Adresser", virkning, Reference(str(maal)), Reference(str(rolle)), type_, indeks)


def organisation(rod: UUID | None = ROD, *, tid: float = 0) -> Registrering:
    relationer = [til("Virksomhed", VIRKSOMHED), til("Tilhoerer", KOMMUNE)]
    relationer += [til("Overordnet", rod)] if rod else []
    return reg({"brugervendtnoegle": "Korsbæk", "organisationsnavn": "Korsbæk Kommune"}, relationer, tid=tid)


def virksomhed() -> Registrering:
    return reg({"brugervendtnoegle": CVR, "cvrnummer": CVR, "navn": "Korsbæk Kommune"}, status=None)


def enhed(
    navn: str, overordnet: UUID | None = ROD, *relationer: Relation, tid: float = 0, tilhoerer: UUID = KOMMUNE,
    status: Gyldighed | None = Gyldighed.AKTIV, livscyklus: Livscyklus = Livscyklus.IMPORTERET,
    virkning: Virkning = FRA,
) -> Registrering:  # fmt: skip
    over = [til("Overordnet", overordnet)] if overordnet else []
    felter = {"brugervendtnoegle": navn, "enhedsnavn": navn}
    relationer = (*over, til("Tilhoerer", tilhoerer), *relationer)
    return reg(felter, relationer, tid=tid, virkning=virkning, status=status, livscyklus=livscyklus)


def bruger(
    navn: str, *relationer: Relation, tid: float = 0, status: Gyldighed | None = Gyldighed.AKTIV
) -> Registrering:
    felter = {"brugervendtnoegle": navn, "brugernavn": navn}
    return reg(felter, [til("Tilhoerer", KOMMUNE), *relationer], tid=tid, status=status)


def person(navn: str, cpr: str | None = "0102031234", *, tid: float = 0) -> Registrering:
    felter = {"brugervendtnoegle": navn, "navn": navn} | ({"cpr": cpr} if cpr else {})
    return reg(felter, tid=tid, status=None)


def adresse(tekst: str, *, tid: float = 0) -> Registrering:
    return reg({"brugervendtnoegle": tekst[:50], "adressetekst": tekst}, tid=tid, status=None)


def funktion(
    type_: UUID, enheder: Iterable[UUID], brugere: Iterable[UUID], *relationer: Relation, titel: str = "Sagsbehandler",
    virkning: Virkning = FRA, tid: float = 0, status: Gyldighed | None = Gyldighed.AKTIV,
) -> Registrering:  # fmt: skip
    entries = [til("Funktionstype", type_, virkning), til("TilknyttedeOrganisationer", KOMMUNE, virkning)]
    entries += [til("TilknyttedeEnheder", en, virkning) for en in enheder]
    entries += [til("TilknyttedeBrugere", en, virkning) for en in brugere]
    felter = {"brugervendtnoegle": titel, "funktionsnavn": titel}
    return reg(felter, [*entries, *relationer], tid=tid, virkning=virkning, status=status)
