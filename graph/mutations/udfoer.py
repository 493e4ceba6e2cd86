"""From a mutation's wish to its payload: rights, the write itself, wait, answer by plan.

The one order in which every mutation happens (rules.md 31; design.md 3). Refuses to know what is written, and how a
write is carried to its end: that is skriv.py's.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, TypeAlias, TypeVar
from uuid import UUID

import strawberry
from graphql import GraphQLError

from fkorg.catalogue import Objekttype
from fkorg.errors import FkorgError, Unavailable
from fkorg.forskelle import Forskel as FkorgForskel
from fkorg.kvittering import Kvittering as FkorgKvittering
from graph import cpr, rettigheder
from graph.caller import PERSONRETTE, Principal, Ret
from graph.mutations import skriv, vent
from graph.mutations.fejl import Kode, Skrivefejl, oversat, uden_ret, ugyldig
from graph.mutations.forloeb import Roert
from graph.mutations.gang import UKENDT
from graph.mutations.kontekst import Kontekst, Skrivere, kontekst
from graph.mutations.skriv import Udfald, Wish
from graph.mutations.tekster import api_navn
from graph.mutations.typer import Beroert, BeroertObjekt, Forskel, Kvittering, Skrivevalg, Skrivning
from model import writes
from model.opslag import Opslag

P = TypeVar("P", bound=Skrivning)
T = TypeVar("T")
LAENGSTE_NOEGLE: Final = 200
Her: TypeAlias = Callable[[Skrivere, UUID, Sequence[Roert], datetime], Awaitable[bool]]


async def udfoer(info: strawberry.Info, payload: type[P], wish: Wish) -> P:
    """Carry out a mutation and make its payload. Raises GraphQLError with the code of rules.md 21."""

    async def svar(k: Kontekst, skrivere: Skrivere, organisation: UUID, udfald: Udfald) -> P:
        return await _payload(k, skrivere, organisation, payload, wish, udfald)

    return await _udfoer(info, wish, svar)


async def kvittering(info: strawberry.Info, wish: Wish, her: Her) -> Kvittering:
    """Carry out a mutation that answers by its receipt alone, the last one, once it has taken effect here too. `her`:
    waits for that."""

    async def svar(k: Kontekst, skrivere: Skrivere, organisation: UUID, udfald: Udfald) -> Kvittering:
        if not udfald.proeve and not await her(skrivere, organisation, udfald.roert, k.now):
            k.udvidelser["afventer"] = True
        return _kvittering(next(iter(udfald.kvitteringer[-1:]), None))

    return await _udfoer(info, wish, svar)


async def _udfoer(
    info: strawberry.Info, wish: Wish, svar: Callable[[Kontekst, Skrivere, UUID, Udfald], Awaitable[T]]
) -> T:
    k = kontekst(info)
    try:
        skrivere, organisation = _adgang(k, wish)
        proeve = bool(wish.valg and wish.valg.proeve)
        udfald = await (skriv.proev if proeve else skriv.til_ende)(k, skrivere, organisation, wish)
        return await svar(k, skrivere, organisation, udfald)
    except FkorgError as fejl:
        raise _graphql(oversat(fejl)) from fejl
    except Skrivefejl as fejl:
        raise _graphql(fejl) from fejl


def kontrol_cvr(info: strawberry.Info, cvr: str) -> None:
    """Raises GraphQLError when the input names another municipality than the token."""
    if cvr != kontekst(info).principal.cvr:
        raise _graphql(ugyldig("cvr", "wanted the CVR of the token: a token is for one municipality"))


def kontrol_proeve(info: strawberry.Info, valg: Skrivevalg | None, type_: str, felter: Sequence[str]) -> None:
    """A dry run tells by its differences whether a value is the one that is there: it takes the right to see it.

    `felter`: those of the type that are given. Raises GraphQLError.
    """
    principal = kontekst(info).principal
    krav = {felt: rettigheder.kraever(type_, felt) for felt in felter}
    mangler = [felt for felt, ret in krav.items() if ret is not None and not principal.har(ret)]
    if valg is not None and valg.proeve and mangler:
        raise _graphql(uden_ret(f"to try a change of {' and '.join(mangler)}: it would tell what is there"))


def _adgang(k: Kontekst, wish: Wish) -> tuple[Skrivere, UUID]:
    if not k.principal.har(Ret.SKRIV):
        raise uden_ret("to write")
    if k.skrivere is None or k.principal.cvr not in k.skrivere.kilder or k.principal.organisation is None:
        raise Skrivefejl("this server cannot reach the municipality's source", "ServerError", Kode.UNAVAILABLE)
    noegle = wish.valg.idempotensnoegle if wish.valg else None
    if noegle is not None and not 0 < len(noegle) <= LAENGSTE_NOEGLE:
        raise ugyldig("valg.idempotensnoegle", f"wanted 1 to {LAENGSTE_NOEGLE} characters")
    if noegle is not None and cpr.findes(noegle):
        raise ugyldig("valg.idempotensnoegle", "wanted a key without ten digits that could be a CPR number")
    return k.skrivere, k.principal.organisation


async def _payload(
    k: Kontekst, skrivere: Skrivere, organisation: UUID, payload: type[P], wish: Wish, udfald: Udfald
) -> P:
    stand = None if udfald.proeve else await vent.set_i_model(skrivere, organisation, udfald.roert, k.now)
    vises = udfald.proeve or stand is not None
    if not vises:
        k.udvidelser["afventer"] = True

    async def laes(info: strawberry.Info, type_name: str, uuid: UUID | None) -> dict[str, Any] | None:
        if uuid is None or uuid == UKENDT or not vises:
            return None
        (found,) = await k.objekter(info, type_name, [uuid], k.principal, k.now)
        answer: dict[str, Any] | None = found
        return answer

    beroert = Beroert(
        objekter=[
            BeroertObjekt(objekttype=r.objekttype, uuid=None if r.uuid == UKENDT else r.uuid) for r in udfald.roert
        ]
    )
    if udfald.proeve and wish.maal_enhed is not None:
        async with skrivere.pool.connection() as connection:
            antal = await writes.touched(connection, organisation, wish.maal_enhed, k.now)
        beroert.enheder, beroert.brugere = antal.enheder, antal.brugere
    seer = await _seer(k, organisation, udfald)
    return payload(
        kvitteringer=[_kvittering(one) for one in udfald.kvitteringer],
        forskelle=[_forskel(seer, objekttype, one) for objekttype, one in udfald.forskelle],
        beroert=beroert,
        stand=stand,
        maal=udfald.maal.uuid,
        medlemskab_uuid=udfald.maal.medlemskab,
        laes=laes,
    )


async def _seer(k: Kontekst, organisation: UUID, udfald: Udfald) -> Principal:
    """By whose rights differences are shown: the caller's, once the log of reads has what they show of persons; else
    those of one who may see no name and no CPR number."""
    krav = {forskel.felt: _ret(objekttype, forskel) for objekttype, forskel in udfald.forskelle}
    vist = sorted(felt for felt, ret in krav.items() if ret in PERSONRETTE and ret in k.principal.rettigheder)
    personer = [r.uuid for r in udfald.roert if r.objekttype is Objekttype.PERSON and r.uuid != UKENDT]
    if k.opslag is None or not vist or not personer:
        return k.principal
    try:
        await k.opslag.skriv(Opslag(organisation, k.now, k.principal.caller, vist, personer))
    except Unavailable:
        return replace(k.principal, rettigheder=k.principal.rettigheder - PERSONRETTE)
    return k.principal


def _ret(objekttype: Objekttype, forskel: FkorgForskel) -> Ret | None:
    return rettigheder.indhold(objekttype).get(forskel.felt)


def _kvittering(kvittering: FkorgKvittering | None) -> Kvittering:
    if kvittering is None:
        return Kvittering()
    return Kvittering(
        status_kode=kvittering.status_kode,
        tekst=kvittering.tekst,
        transaktions_id=UUID(kvittering.transaktions_id),
        sendt=True,
    )


def _forskel(principal: Principal, objekttype: Objekttype, forskel: FkorgForskel) -> Forskel:
    ret = _ret(objekttype, forskel)
    seen = ret is None or principal.har(ret)
    return Forskel(
        felt=api_navn(forskel.felt),
        foer=forskel.foer if seen else None,
        efter=forskel.efter.replace(str(UKENDT), "(ny)") if seen and forskel.efter else None,
    )


def _graphql(fejl: Skrivefejl) -> GraphQLError:
    return GraphQLError(str(fejl), extensions=fejl.extensions)
