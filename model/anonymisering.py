"""Persons whose name and CPR number are forgotten: the mark of it, and what a registration is without them.

Source: rules.md 35. Owns the table `anonymisering`. A mark holds for all registrations up to its time, whenever they
are read; the leader empties what is stored of them (`model.projection.glemsel`). Refuses to know SOAP and who may ask.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.registrering import Egenskab, Registrering
from model import sql
from model.pool import Connection

SQL: Final = sql.load(__file__)
GLEMMES: Final = frozenset({"navn", "cpr"})
"""The fields of a person that go, as the catalogue names them."""


@dataclass(frozen=True, slots=True)
class Maerke:
    """A person is anonymous in every registration up to `til_ns`."""

    person: UUID
    til_ns: int


async def maerk(tx: Connection, organisation: UUID, maerke: Maerke, now: datetime) -> None:
    """In the transaction that records the source's answer: to be forgotten, here too."""
    await SQL["maerk"].execute(tx, organisation=organisation, person=maerke.person, til_ns=maerke.til_ns, now=now)


async def maerker(connection: Connection, organisation: UUID, personer: Sequence[UUID]) -> dict[UUID, int]:
    """Up to which registration time these are anonymous; those that are not are left out."""
    if not personer:
        return {}
    rows = await SQL["maerker"].fetch(connection, organisation=organisation, personer=personer)
    return {row["person"]: row["til_ns"] for row in rows}


async def ventende(connection: Connection, organisation: UUID) -> list[Maerke]:
    """What is still to be emptied."""
    rows = await SQL["ventende"].fetch(connection, organisation=organisation)
    return [Maerke(row["person"], row["til_ns"]) for row in rows]


async def venter(connection: Connection, organisation: UUID, personer: Sequence[UUID]) -> bool:
    """Is any of these still to be emptied?"""
    return bool(await SQL["venter"].fetch(connection, organisation=organisation, personer=personer))


async def glemt(tx: Connection, organisation: UUID, maerke: Maerke, now: datetime) -> None:
    """Emptied, unless it was marked anew meanwhile."""
    await SQL["glemt"].execute(tx, organisation=organisation, person=maerke.person, til_ns=maerke.til_ns, now=now)


async def med_cpr(connection: Connection, organisation: UUID, cpr: str) -> list[UUID]:
    """The persons that have, or had, this number."""
    return [row["uuid"] for row in await SQL["med_cpr"].fetch(connection, organisation=organisation, cpr=cpr)]


async def uden_personer(
    connection: Connection, organisation: UUID, fundne: Iterable[tuple[Objekttype, UUID, Registrering | None]]
) -> dict[tuple[Objekttype, UUID], Registrering]:
    """Those of the registrations that are of an anonymous person, as they may be stored and compared."""
    personer = {uuid: reg for objekttype, uuid, reg in fundne if objekttype is Objekttype.PERSON and reg is not None}
    til_ns = await maerker(connection, organisation, list(personer))
    return {
        (Objekttype.PERSON, uuid): uden_person(reg)
        for uuid, reg in personer.items()
        if uuid in til_ns and reg.tidspunkt_ns <= til_ns[uuid]
    }


def uden_person(registrering: Registrering) -> Registrering:
    """The registration without name and CPR number, also where another field beside them (the key) repeats one.

    It goes by the registration alone: whoever reads it once more comes to the same.
    """
    return replace(registrering, egenskaber=tuple(_uden(one) for one in registrering.egenskaber))


def _uden(egenskab: Egenskab) -> Egenskab:
    sagt = [egenskab.felter[navn] for navn in GLEMMES if navn in egenskab.felter]
    kept = {navn: value for navn, value in egenskab.felter.items() if navn not in GLEMMES and value not in sagt}
    return replace(egenskab, felter=kept)
