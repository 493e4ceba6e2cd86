"""The documents of the mutations, one each, and what the source says of an object as plain values."""

from typing import Any
from uuid import UUID

import pytest

from fkorg import ret
from fkorg.catalogue import Objekttype
from fkorg.tid import UENDELIG_NS, dag
from simulator.operationer.ret import RetMaade
from tests.graph.mutations.plads import Plads, Svar

ENHED = Objekttype.ORGANISATION_ENHED
BRUGER = Objekttype.BRUGER
PERSON = Objekttype.PERSON
ADRESSE = Objekttype.ADRESSE
FUNKTION = Objekttype.ORGANISATION_FUNKTION
NAVNE = {
    "OrganisationEnhed": "organisationEnhed",
    "Bruger": "bruger",
    "Person": "person",
    "Adresse": "adresse",
    "OrganisationFunktion": "organisationFunktion",
}
I_DAG = "2026-09-21T00:00:00+02:00"
I_MORGEN = "2026-09-22T00:00:00+02:00"
I_GAAR = "2026-09-20T00:00:00+02:00"


KUN_REPLACE = pytest.mark.parametrize("maade", [RetMaade.REPLACE], indirect=True)
"""For tests in which nothing reaches `ret`."""


def _svar(objekt: str) -> str:
    return (
        "{ kvitteringer { statusKode tekst transaktionsId sendt } forskelle { felt foer efter } "
        f"beroert {{ objekter {{ objekttype uuid }} enheder brugere }} stand {NAVNE[objekt]} {{ uuid }} }}"
    )


def opret(objekt: str) -> str:
    felt = f"opret{objekt}(input: $input, valg: $valg)"
    return f"mutation($input: Opret{objekt}!, $valg: Skrivevalg) {{ {felt} {_svar(objekt)} }}"


def importer(objekt: str) -> str:
    felt = f"importer{objekt}(uuid: $uuid, registreringstid: $tid, input: $input, valg: $valg)"
    declared = f"$uuid: UUID!, $tid: DateTime, $input: Opret{objekt}!, $valg: Skrivevalg"
    return f"mutation({declared}) {{ {felt} {_svar(objekt)} }}"


def rettelse(objekt: str) -> str:
    felt = f"ret{objekt}(input: $input, valg: $valg)"
    return f"mutation($input: Ret{objekt}!, $valg: Skrivevalg) {{ {felt} {_svar(objekt)} }}"


def livsende(navn: str, objekt: str) -> str:
    """`navn`: passiver or slet."""
    return f"mutation($uuid: UUID!, $valg: Skrivevalg) {{ {navn}{objekt}(uuid: $uuid, valg: $valg) {_svar(objekt)} }}"


def opgave(navn: str, objekt: str, **argumenter: str) -> str:
    """A task; `argumenter`: name -> type."""
    declared = ", ".join(f"${name}: {kind}" for name, kind in argumenter.items())
    passed = ", ".join(f"{name}: ${name}" for name in argumenter)
    svar = _svar(objekt)
    return f"mutation({declared}, $valg: Skrivevalg) {{ {navn}({passed}, valg: $valg) {svar} }}"


OMDOEB = opgave("omdoebEnhed", "OrganisationEnhed", uuid="UUID!", enhedsnavn="String!", fra="DateTime")
FLYT = opgave("flytEnhed", "OrganisationEnhed", uuid="UUID!", nyOverordnet="UUID!", fra="DateTime")
UDPEG = opgave(
    "udpegLeder",
    "OrganisationEnhed",
    enhed="UUID!",
    bruger="UUID!",
    titel="String",
    erstat="Boolean! = false",
    fra="DateTime",
)
ANSAET = opgave(
    "ansaetBruger",
    "Bruger",
    bruger="UUID!",
    enhed="UUID!",
    titel="String!",
    funktionsTypeUuid="UUID",
    periode="Periode",
)
AFSLUT = opgave("afslutMedlemskab", "Bruger", medlemskab="UUID!", bruger="UUID!", til="DateTime")
SKIFT = opgave("skiftAdresse", "Adresse", ejer="Adresseejer!", rolle="UUID!", tekst="String!", fra="DateTime")


def felter(plads: Plads, objekttype: Objekttype, uuid: UUID | str, ns: int | None = None) -> dict[str, Any]:
    """The fields in effect at the source, now unless said."""
    found = ret.gaeldende(plads.nyeste(objekttype, uuid).egenskaber, plads.sandhed.ur() if ns is None else ns)
    return dict(found.felter) if found else {}


def status(plads: Plads, objekttype: Objekttype, uuid: UUID | str, ns: int | None = None) -> str | None:
    """The Gyldighed in effect at the source."""
    moment = plads.sandhed.ur() if ns is None else ns
    found = [t for t in plads.nyeste(objekttype, uuid).tilstande if t.virkning.gaelder(moment)]
    assert len(found) <= 1, found
    return found[0].status.value if found else None


def peger(plads: Plads, objekttype: Objekttype, uuid: UUID | str, relation: str, ns: int | None = None) -> list[str]:
    """What a relation points at in effect at the source."""
    moment = plads.sandhed.ur() if ns is None else ns
    entries = plads.nyeste(objekttype, uuid).relation(relation)
    return sorted(r.reference.id for r in entries if r.reference and r.virkning.gaelder(moment))


def perioder(
    plads: Plads, objekttype: Objekttype, uuid: UUID | str, relation: str
) -> list[tuple[str, str, str | None]]:
    """Every entry of a relation: target, first day, day it ends."""
    return [
        (
            r.reference.id if r.reference else "",
            str(dag(r.virkning.fra_ns)),
            None if r.virkning.til_ns == UENDELIG_NS else str(dag(r.virkning.til_ns)),
        )
        for r in plads.nyeste(objekttype, uuid).relation(relation)
    ]


def ny(svar: Svar, objekttype: Objekttype) -> str:
    """The uuid of the object of that type that the answer says was written."""
    found = [o["uuid"] for o in svar.payload["beroert"]["objekter"] if o["objekttype"] == objekttype.value]
    assert len(found) == 1, found
    return str(found[0])


def rod(plads: Plads) -> str:
    """The root unit."""
    return peger(plads, Objekttype.ORGANISATION, plads.organisation, "Overordnet")[0]


async def en_enhed(plads: Plads, navn: str = "En enhed", under: UUID | str | None = None, **felter: Any) -> str:
    """A new unit, under the root unless said."""
    over = under or rod(plads)
    given = {"cvr": "11111111", "brugervendtNoegle": navn, "enhedsnavn": navn, "overordnetEnhed": over, **felter}
    return ny(await plads.goer(opret("OrganisationEnhed"), input=given), ENHED)


async def en_bruger(plads: Plads, navn: str = "mads", **felter: Any) -> str:
    given = {"cvr": "11111111", "brugervendtNoegle": navn, "brugernavn": navn, **felter}
    return ny(await plads.goer(opret("Bruger"), input=given), BRUGER)


async def en_person(plads: Plads, **felter: Any) -> str:
    given = {"cvr": "11111111", "brugervendtNoegle": "p1", "navn": "Mads Skjern", "cpr": "0102031234", **felter}
    return ny(await plads.goer(opret("Person"), input=given), PERSON)


async def en_adresse(plads: Plads, tekst: str = "Algade 1") -> str:
    given = {"cvr": "11111111", "brugervendtNoegle": tekst, "adresseTekst": tekst}
    return ny(await plads.goer(opret("Adresse"), input=given), ADRESSE)


def sendte(svar: Svar) -> list[bool]:
    return [kvittering["sendt"] for kvittering in svar.payload["kvitteringer"]]
