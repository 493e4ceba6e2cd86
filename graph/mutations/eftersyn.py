"""Reading back: whether a write whose answer was not seen took effect. It reads alone, and never writes.

Owns how long one looks and when "not there" is an answer. Refuses to know records and locks.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Final
from uuid import UUID

from fkorg.errors import FkorgError, NotFound, Uncertain
from fkorg.operationer import INGEN, SoegRegistrering
from fkorg.registrering import Oejebliksbillede
from graph.mutations import hensigt as hensigter
from graph.mutations.hensigt import SLET, Fund, Hensigt
from graph.mutations.kontekst import Kilde, Skrivere
from graph.mutations.taalmod import Taalmod

SIDE: Final = 500
"""How many hits of a search are asked for, and read, at a time (domain.md 7)."""
Taget = Callable[[Iterable[UUID]], Awaitable[set[UUID]]]
"""Which of these objects were made by other writes that we know of."""


async def se(kilde: Kilde, hensigt: Hensigt, secret: bytes, taget: Taget) -> Fund | None:
    """What the source shows of the write now. Raises the failures of reading."""
    if hensigt.uuid is None:
        return await _se_ny(kilde, hensigt, secret, taget)
    try:
        billede = await kilde.laes(hensigt.objekttype, hensigt.uuid, registrering_fra_ns=max(hensigt.foer_ns, 0))
    except NotFound:
        return Fund(hensigt.uuid, hensigt.want_ns) if hensigt.operation == SLET else None
    return hensigter.genkend(hensigt, billede.registreringer, secret)


async def afvent(look: Callable[[], Awaitable[bool]], begyndt: float, skrivere: Skrivere) -> bool:
    """Look until all is seen; False: what is not did not take effect. Raises Uncertain when `vent` ends before that is
    sure.

    `begyndt`: since when it is in doubt, by the loop's clock. "Not there" is an answer only `stilhed` later: until
    then the source may still be at work on it, and its reads may lag.
    """
    taalmod, time = Taalmod(skrivere), asyncio.get_running_loop().time
    while True:
        silent = time() - begyndt >= skrivere.stilhed.total_seconds()
        try:
            found = await look()
        except FkorgError:
            found, silent = False, False
        if found or silent:
            return found
        if not await taalmod.pause():
            raise Uncertain("the write was sent and is not seen to have taken effect: it is looked for further")


async def _se_ny(kilde: Kilde, hensigt: Hensigt, secret: bytes, taget: Taget) -> Fund | None:
    """Among what was recorded since: no criterion says what was written, which may be a name."""
    siden, nr = SoegRegistrering(fra_ns=hensigt.foer_ns), 0
    found: list[Oejebliksbillede] = []
    while True:
        page = list(await kilde.soeg(hensigt.objekttype, INGEN, nr, SIDE, registrering=siden))
        found += await kilde.list(hensigt.objekttype, page)
        nr += len(page)
        if len(page) < SIDE:
            break
    others = await taget([billede.uuid for billede in found])
    return hensigter.genkend_ny(hensigt, found, others, secret)
