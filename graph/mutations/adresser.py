"""Addresses and tasks in inputs: relations with role and index, matched by (rolle, indeks). Source: rules.md 23, 25."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

import strawberry

from fkorg import klassifikation, ret
from fkorg.catalogue import KATALOG, Objekttype
from fkorg.registrering import Registrering, Relation
from fkorg.ret import Afslut, SaetDynamisk, SaetFelter, Skridt
from fkorg.virkning import Virkning
from graph.mutations import periode, tekster
from graph.mutations.fejl import ugyldig
from graph.mutations.felt import kraevet, uroert, valgfri
from graph.mutations.gang import INGENTING, Gang
from graph.mutations.periode import Periode

ADRESSETYPE: Final = {
    Objekttype.ORGANISATION_ENHED: klassifikation.ENHEDSADRESSE,
    Objekttype.BRUGER: klassifikation.BRUGERADRESSE,
    Objekttype.ORGANISATION_FUNKTION: klassifikation.FUNKTIONSADRESSE,
}
"""The Type of the address relation, by who has the address."""


@strawberry.input(description="An address in a role: one that exists (`adresse`), or a new one (`tekst`).")
class AdresseRelation:
    """Exactly one of adresse and tekst."""

    rolle: UUID = kraevet("Class of the role, e.g. postal address.")
    adresse: UUID | None = valgfri("One that exists.")
    tekst: str | None = valgfri("The text of a new one.")
    indeks: str | None = valgfri("With one that is in use: that entry ends and this one takes its place.")
    periode: Periode | None = valgfri("When it holds. Absent: from today on.")


@strawberry.input(description="Which entry of the addresses.")
class AdresseNoegle:
    """As the read model shows it."""

    rolle: UUID = kraevet("Class of the role.")
    indeks: str = kraevet("Its index in the list.")


@strawberry.input(description="A task of a unit, in a role.")
class OpgaveRelation:
    """`opgave` is the class of the task (KLE)."""

    opgave: UUID = kraevet("Class of the task (KLE).")
    rolle: UUID = kraevet("Class of the role, e.g. responsible.")
    indeks: str | None = valgfri("With one in use: that entry ends, this one takes its place.")
    periode: Periode | None = valgfri("When it holds. Absent: from today on.")


@strawberry.input(description="Which entry of the tasks.")
class OpgaveNoegle:
    """As the read model shows it."""

    rolle: UUID = kraevet("Class of the role.")
    indeks: str = kraevet("Its index in the list.")


@strawberry.input(description="Who has the address: one of the two.", one_of=True)
class Adresseejer:
    """A unit or a user."""

    enhed: UUID | None = uroert("A unit.")
    bruger: UUID | None = uroert("A user.")


async def skridt(
    gang: Gang,
    ejertype: Objekttype,
    relationer: Iterable[AdresseRelation],
    ejer: Registrering = INGENTING,
    inden: Virkning | None = None,
) -> list[Skridt]:
    """The steps that give the owner these addresses; new ones are created first. `inden`: what no period exceeds."""
    wanted = list(relationer)
    perioder = [
        _virkning(gang, relation.periode, f"adresser[{nr}].periode", inden) for nr, relation in enumerate(wanted)
    ]
    for nr, relation in enumerate(wanted):
        await _kontrol(gang, relation, f"adresser[{nr}]")
    return [
        SaetDynamisk(
            "Adresser",
            await _adresse(gang, relation, ejer, virkning),
            relation.rolle,
            ADRESSETYPE[ejertype],
            virkning,
            relation.indeks,
        )
        for relation, virkning in zip(wanted, perioder, strict=True)
    ]


def opgaveskridt(gang: Gang, relationer: Iterable[OpgaveRelation]) -> list[Skridt]:
    """The steps that give a unit these tasks."""
    return [
        SaetDynamisk(
            "Opgaver",
            relation.opgave,
            relation.rolle,
            klassifikation.OPGAVEKLASSE,
            _virkning(gang, relation.periode, f"opgaver[{nr}].periode"),
            relation.indeks,
        )
        for nr, relation in enumerate(relationer)
    ]


def afslut(navn: str, noegler: Iterable[AdresseNoegle | OpgaveNoegle], til_ns: int, ejer: Registrering) -> list[Skridt]:
    """The steps that end entries; each must be there. Raises Skrivefejl, which names the argument."""
    steps: list[Skridt] = []
    for nr, noegle in enumerate(noegler):
        if not any(_er(relation, noegle.rolle, noegle.indeks) for relation in ejer.relation(navn)):
            raise ugyldig(f"afslut{navn}[{nr}]", "there is no entry with that rolle and indeks")
        steps.append(Afslut(navn, til_ns, rolle=noegle.rolle, indeks=noegle.indeks))
    return steps


def levende(ejer: Registrering, rolle: UUID, fra_ns: int) -> list[Relation]:
    """The owner's addresses in a role that hold from a day on, the primary one first (domain.md 2.3, Indeks)."""
    found = [
        relation
        for relation in ejer.relation("Adresser")
        if _er(relation, rolle) and not relation.virkning.tom and relation.virkning.til_ns > fra_ns
    ]
    return sorted(found, key=lambda relation: relation.indeks or "")


async def tekst(gang: Gang, relation: Relation) -> str | None:
    """The text of the address that an entry points at, at the source; None when it dangles."""
    uuid = relation.reference.uuid if relation.reference else None
    if uuid is None:
        return None
    registrering = await gang.maaske(Objekttype.ADRESSE, uuid)
    if registrering is None or not registrering.livscyklus.levende:
        return None
    found = ret.gaeldende(registrering.egenskaber, gang.now_ns)
    return found.tekst("adressetekst") if found else None


async def opret(gang: Gang, text: str, fra_ns: int, noegle: str | None = None) -> UUID:
    """A new address. Its key is the beginning of its text when none is given."""
    longest = KATALOG[Objekttype.ADRESSE].felt("brugervendtnoegle").max_laengde
    key = noegle if noegle is not None else text[:longest].strip()
    return await gang.opret(Objekttype.ADRESSE, [SaetFelter({"adressetekst": text, "brugervendtnoegle": key}, fra_ns)])


async def _kontrol(gang: Gang, relation: AdresseRelation, argument: str) -> None:
    if (relation.adresse is None) == (relation.tekst is None):
        raise ugyldig(argument, "wanted one of adresse and tekst")
    if relation.tekst is not None:
        tekster.felter(Objekttype.ADRESSE, 0, {"adressetekst": relation.tekst}, f"{argument}.tekst")
    if relation.adresse is not None:
        await gang.findes(Objekttype.ADRESSE, relation.adresse, f"{argument}.adresse")


async def _adresse(gang: Gang, relation: AdresseRelation, ejer: Registrering, virkning: Virkning) -> UUID:
    """The address meant: the given one, one that says the text already in that role, else a new one."""
    if relation.adresse is not None:
        return relation.adresse
    assert relation.tekst is not None
    for found in levende(ejer, relation.rolle, virkning.fra_ns):
        uuid = found.reference.uuid if found.reference else None
        if uuid is not None and await tekst(gang, found) == relation.tekst:
            return uuid
    return await opret(gang, relation.tekst, virkning.fra_ns)


def _virkning(gang: Gang, givet: Periode | None, argument: str, inden: Virkning | None = None) -> Virkning:
    if givet is None and inden is not None:
        return inden
    wanted = periode.virkning(givet, argument, gang.now)
    return wanted if inden is None else wanted.overlap(inden)


def _er(relation: Relation, rolle: UUID, indeks: str | None = None) -> bool:
    same = relation.rolle is not None and relation.rolle.uuid == rolle
    return same and (indeks is None or relation.indeks == indeks)
