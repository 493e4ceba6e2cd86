"""importerHierarki: many units by one call of the source's. Source: domain.md 8.1, FACTS.md 5 (import); rules.md 26.

Owns the form of its input. The municipality's Organisation goes along as the source has it: the call wants one, and
that it exists already is what the source says of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import strawberry

from fkorg.errors import Conflict, Malformed, Refused
from fkorg.kvittering import TILSTANDSKONFLIKT, UGYLDIG_PERIODE, UnikRetur
from graph.mutations import vent
from graph.mutations.enhed import ENHED, OpretOrganisationEnhed, beskrivelse
from graph.mutations.fejl import Skrivefejl, ugyldig
from graph.mutations.felt import resolver
from graph.mutations.forloeb import Maal
from graph.mutations.gang import Gang, Ny
from graph.mutations.periode import Periode
from graph.mutations.skriv import Wish
from graph.mutations.typer import Kvittering, Skrivevalg
from graph.mutations.udfoer import kontrol_cvr, kvittering
from graph.types import scalars
from graph.types.scalars import CVR, JSON, Tidspunkt

MEST_ENHEDER: Final = 1_000
"""Units of one call: each is a turn that is held until it ends."""
NAEVNES: Final = 5
"""Refused units that an error names."""
_KRAEVET: Final = ("uuid", "brugervendtNoegle", "enhedsnavn", "overordnetEnhed")
_VALGFRI: Final = ("registreringstid", "enhedstypeUuid", "periode")


@dataclass(frozen=True, slots=True)
class Enhed:
    """One unit of the input; `sted`: where it stands there."""

    sted: str
    uuid: UUID
    registreringstid: Tidspunkt | None
    input: OpretOrganisationEnhed


@strawberry.type
class HierarkiMutationer:
    """Whole trees."""

    @resolver(
        'Store up to 1,000 units under your own uuids by one call: `{"enheder": [{"uuid", "registreringstid",'
        ' "brugervendtNoegle", "enhedsnavn", "overordnetEnhed", "enhedstypeUuid", "periode": {"fra", "til"}}]}`, as for'
        " importerOrganisationEnhed, without addresses; a unit may lie under another of them. An error names the units"
        " that were refused, the others stand. The body may be 1 MiB."
    )
    async def importer_hierarki(
        self, info: strawberry.Info, cvr: CVR, input: JSON, valg: Skrivevalg | None = None
    ) -> Kvittering | None:
        kontrol_cvr(info, cvr)

        async def arbejde(gang: Gang) -> Maal:
            enheder = laes(cvr, input)
            await _kontrol_overordnede(gang, enheder)
            nye = [_ny(gang, en) for en in enheder]
            for uuid in sorted(en.uuid for en in enheder):
                await gang.laas(uuid)
            if refused := await gang.importer_enheder(nye):
                raise _afvist({en.uuid: en.sted for en in enheder}, refused)
            return Maal(None)

        return await kvittering(info, Wish("importerHierarki", input, valg, [], arbejde), vent.kommet)


def laes(cvr: CVR, input: object) -> list[Enhed]:
    """The units of an input. Raises Skrivefejl, which says where it is not as wanted, and repeats no value."""
    listed = input.get("enheder") if isinstance(input, dict) and set(input) == {"enheder"} else None
    if not isinstance(listed, list) or not 0 < len(listed) <= MEST_ENHEDER:
        raise ugyldig("input", f'wanted {{"enheder": [...]}} and nothing else, with 1 to {MEST_ENHEDER} units')
    enheder = [_enhed(cvr, f"input.enheder[{nr}]", one) for nr, one in enumerate(listed)]
    seen: set[UUID] = set()
    for en in enheder:
        if en.uuid in seen:
            raise ugyldig(f"{en.sted}.uuid", "wanted each unit once")
        seen.add(en.uuid)
    return enheder


def _enhed(cvr: CVR, sted: str, found: object) -> Enhed:
    if not isinstance(found, dict):
        raise ugyldig(sted, "wanted an object")
    missing = [navn for navn in _KRAEVET if navn not in found]
    if missing or set(found) - {*_KRAEVET, *_VALGFRI}:
        wanted = f"wanted {', '.join(_KRAEVET)}, and of the others only {', '.join(_VALGFRI)}"
        raise ugyldig(f"{sted}.{missing[0]}" if missing else sted, wanted)
    type_, tid = found.get("enhedstypeUuid"), found.get("registreringstid")
    return Enhed(
        sted,
        _uuid(f"{sted}.uuid", found["uuid"]),
        None if tid is None else _tid(f"{sted}.registreringstid", tid),
        OpretOrganisationEnhed(
            cvr=cvr,
            brugervendt_noegle=_tekst(f"{sted}.brugervendtNoegle", found["brugervendtNoegle"]),
            enhedsnavn=_tekst(f"{sted}.enhedsnavn", found["enhedsnavn"]),
            overordnet_enhed=_uuid(f"{sted}.overordnetEnhed", found["overordnetEnhed"]),
            enhedstype_uuid=None if type_ is None else _uuid(f"{sted}.enhedstypeUuid", type_),
            periode=_periode(f"{sted}.periode", found.get("periode")),
        ),
    )


def _periode(sted: str, found: object) -> Periode | None:
    if found is None:
        return None
    if not isinstance(found, dict) or set(found) - {"fra", "til"}:
        raise ugyldig(sted, "wanted an object with fra and til alone")
    fra, til = found.get("fra"), found.get("til")
    return Periode(
        fra=None if fra is None else _tid(f"{sted}.fra", fra), til=None if til is None else _tid(f"{sted}.til", til)
    )


def _tekst(sted: str, found: object) -> str:
    if not isinstance(found, str):
        raise ugyldig(sted, "wanted a text")
    return found


def _uuid(sted: str, found: object) -> UUID:
    try:
        return scalars.uuid(_tekst(sted, found))
    except Malformed as cause:
        raise ugyldig(sted, "wanted a UUID") from cause


def _tid(sted: str, found: object) -> Tidspunkt:
    try:
        return scalars.tidspunkt(_tekst(sted, found))
    except Malformed as cause:
        raise ugyldig(sted, "wanted a date and time with a zone, like 2026-01-31T00:00:00+01:00") from cause


async def _kontrol_overordnede(gang: Gang, enheder: Sequence[Enhed]) -> None:
    """Each lies under another of them, none of them under itself, or under a unit that is there. Raises Skrivefejl."""
    over = {en.uuid: en.input.overordnet_enhed for en in enheder}
    udenfor = await gang.laes_flere(ENHED, sorted({*over.values()} - {*over}))
    kendt = {uuid for uuid, registrering in udenfor if registrering.livscyklus.levende}
    for en in enheder:
        if (maal := over[en.uuid]) not in over and maal not in kendt:
            raise ugyldig(f"{en.sted}.overordnetEnhed", "there is no such unit in this municipality, nor in the input")
    under: dict[UUID, list[UUID]] = {}
    for uuid, maal in over.items():
        under.setdefault(maal, []).append(uuid)
    fast = list(kendt)
    for uuid in fast:  # grows by what lies under each
        fast += under.get(uuid, ())
    festede = set(fast)
    if kreds := [en.sted for en in enheder if en.uuid not in festede]:
        raise ugyldig(f"{kreds[0]}.overordnetEnhed", "wanted a unit that is not the unit itself or below it")


def _ny(gang: Gang, en: Enhed) -> Ny:
    """What is wrong with it is told with where it stands."""
    try:
        return Ny(en.uuid, en.registreringstid, beskrivelse(gang, en.input))
    except Skrivefejl as fejl:
        raise Skrivefejl(f"{en.sted}.{fejl}", fejl.classification, fejl.kode) from fejl


def _afvist(steder: Mapping[UUID, str], refused: Sequence[tuple[UUID, UnikRetur]]) -> Refused:
    """What the source said of those it did not take."""
    named = ", ".join(f"{steder[uuid]} (StatusKode {retur.status_kode})" for uuid, retur in refused[:NAEVNES])
    first = refused[0][1]
    konflikt = {retur.status_kode for _, retur in refused} <= {TILSTANDSKONFLIKT, UGYLDIG_PERIODE}
    return (Conflict if konflikt else Refused)(
        f"{len(refused)} of {len(steder)} units were refused, the others stand: {named}",
        status_kode=first.status_kode,
        tekst=first.tekst,
    )
