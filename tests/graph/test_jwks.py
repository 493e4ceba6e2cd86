"""When an issuer's keys are fetched, and what holds meanwhile: cases 27 and 32 of security.md 11, and rotation."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import httpx
import pytest

from fkorg.errors import FkorgError, Malformed, NoAccess, Unavailable
from graph import jwks as hentning
from graph.caller import TokenAfvist
from graph.jwks import STOERST_BYTES, Jwks
from graph.token import Tokenkontrol
from tests.fkorg.soap.http import HttpHer
from tests.graph.tokens import BETJENTE, CVR, FREMMED, NOW, UDSTEDER, jwk, jwks, udstedt, with_header

MINUT = timedelta(minutes=1)
GAMMEL, NY = jwks(jwk(UDSTEDER, UDSTEDER.kid)), jwks(jwk(UDSTEDER, UDSTEDER.kid), jwk(FREMMED, "ny"))


@dataclass
class Sted:
    """An issuer's address, the clock, and a verifier that has its keys from there."""

    svar: bytes | FkorgError = GAMMEL
    now: datetime = NOW
    hentet: int = 0
    skift: int = 0
    jwks: Jwks = field(init=False)
    kontrol: Tokenkontrol = field(init=False)

    def __post_init__(self) -> None:
        self.jwks = Jwks("https://udsteder.invalid/", ("PS256",), self.hent, lambda: self.now)
        self.kontrol = Tokenkontrol([replace(UDSTEDER.regler, noegler=self.jwks.find)])

    async def hent(self) -> bytes:
        self.hentet += 1
        if isinstance(self.svar, FkorgError):
            raise self.svar
        return self.svar

    def skiftet(self) -> None:
        self.skift += 1
        self.kontrol.glem()

    def kalder(self, text: str) -> str:
        return self.kontrol.kalder([f"Bearer {text}"], BETJENTE, self.now).cvr

    async def hvis_tid(self) -> None:
        """What `run` does when it wakes now."""
        if self.jwks.forfalder() <= self.now:
            try:
                if await self.jwks.forny():
                    self.skiftet()
            except FkorgError:
                pass

    @asynccontextmanager
    async def koerer(self) -> Any:
        """With `run` going on, its first fetch done."""
        task = asyncio.create_task(self.jwks.run(self.skiftet))
        try:
            await til(lambda: self.hentet == 1)
            yield
        finally:
            task.cancel()


async def til(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():
            await asyncio.sleep(0)


async def roen() -> None:
    """Whatever was woken has run."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_before_the_first_fetch_nobody_is_refused_for_it() -> None:
    with pytest.raises(Unavailable, match="not here"):
        Sted().kalder(udstedt())


async def test_keys_are_fetched_at_once_and_anew_after_ten_minutes() -> None:
    sted = Sted()
    async with sted.koerer():
        assert sted.kalder(udstedt()) == CVR
    assert sted.jwks.forfalder() == NOW + 10 * MINUT


async def test_a_new_key_holds_after_the_first_token_that_names_it() -> None:
    sted, ny = Sted(), with_header(FREMMED.noegle, kid="ny")
    await sted.hvis_tid()
    sted.svar, sted.now = NY, NOW + 2 * MINUT

    with pytest.raises(TokenAfvist, match="kid"):
        sted.kalder(ny)
    await sted.hvis_tid()

    assert sted.kalder(ny) == CVR
    assert sted.kalder(udstedt()) == CVR
    assert (sted.hentet, sted.skift) == (2, 2)


async def test_run_is_woken_by_a_kid_that_is_not_known() -> None:
    sted, ny = Sted(), with_header(FREMMED.noegle, kid="ny")
    async with sted.koerer():
        sted.svar, sted.now = NY, NOW + 2 * MINUT
        with pytest.raises(TokenAfvist, match="kid"):
            sted.kalder(ny)

        await til(lambda: sted.skift == 2)

        assert sted.kalder(ny) == CVR


async def test_a_key_that_is_gone_holds_no_more_also_for_tokens_that_are_remembered() -> None:
    sted, text = Sted(), udstedt()
    await sted.hvis_tid()
    assert sted.kalder(text) == CVR
    sted.svar, sted.now = jwks(jwk(FREMMED, "ny")), NOW + 10 * MINUT

    await sted.hvis_tid()

    with pytest.raises(TokenAfvist, match="kid"):
        sted.kalder(text)


async def test_keys_that_stay_as_they_are_make_nobody_forget() -> None:
    sted = Sted()
    await sted.hvis_tid()
    sted.now += 10 * MINUT
    await sted.hvis_tid()

    assert (sted.hentet, sted.skift) == (2, 1)


async def test_32_ten_thousand_unknown_kids_in_a_minute_are_one_fetch() -> None:
    sted = Sted()
    async with sted.koerer():
        sted.now = NOW + MINUT
        for number in range(10_000):
            assert sted.jwks.find(f"ukendt {number}", sted.now) is None
            if number % 100 == 0:
                await roen()
        await roen()
        assert sted.hentet == 2, "the first one, and one for all of these"

    assert sted.jwks.forfalder() == NOW + 2 * MINUT


async def test_27_32_tokens_with_unknown_kids_are_refused_and_fetch_nothing_within_the_minute() -> None:
    sted = Sted()
    async with sted.koerer():
        for kid in ("../../etc/passwd", "' or 1=1 --", "https://evil.invalid/jwks", "x" * 1_000):
            with pytest.raises(TokenAfvist, match="kid of a key of its issuer"):
                sted.kalder(with_header(FREMMED.noegle, kid=kid, jku="https://evil.invalid/jwks"))
        await roen()
        assert sted.hentet == 1


FEJL: dict[str, bytes | FkorgError] = {
    "out of reach": Unavailable("away"),
    "no key set": b"<html>",
    "no keys": jwks(),
    "no key that fits": jwks(jwk(FREMMED, "ny", alg="RS256")),
}


@pytest.mark.parametrize("svar", FEJL.values(), ids=FEJL)
async def test_a_fetch_that_fails_leaves_the_old_keys_for_a_day_and_is_tried_each_minute(
    svar: bytes | FkorgError,
) -> None:
    sted = Sted()
    await sted.hvis_tid()
    sted.svar, sted.now = svar, NOW + 10 * MINUT

    await sted.hvis_tid()
    assert sted.jwks.forfalder() == NOW + 11 * MINUT

    sted.now = NOW + timedelta(hours=24, seconds=-1)
    assert sted.jwks.find(UDSTEDER.kid, sted.now) is not None
    sted.now = NOW + timedelta(hours=24)
    with pytest.raises(Unavailable, match="not here"):
        sted.jwks.find(UDSTEDER.kid, sted.now)
    sted.svar = GAMMEL
    await sted.hvis_tid()
    assert sted.jwks.find(UDSTEDER.kid, sted.now) is not None


async def test_run_goes_on_after_a_fetch_that_failed() -> None:
    sted = Sted(svar=Unavailable("away"))
    async with sted.koerer():
        await roen()
        assert sted.skift == 0
        with pytest.raises(Unavailable):
            sted.kalder(udstedt())


def her(answer: Callable[[httpx.Request], httpx.Response]) -> Awaitable[bytes]:
    return hentning.hent(HttpHer(answer), "https://udsteder.invalid/jwks")


async def test_the_address_is_asked_once_and_answers_with_the_set() -> None:
    spurgt: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        spurgt.append(f"{request.method} {request.url}")
        return httpx.Response(200, content=GAMMEL)

    assert await her(answer) == GAMMEL
    assert spurgt == ["GET https://udsteder.invalid/jwks"]


SVAR: dict[str, tuple[httpx.Response | Exception, type[FkorgError]]] = {
    "a redirect": (httpx.Response(302, headers={"location": "https://evil.invalid/"}), NoAccess),
    "not found": (httpx.Response(404), NoAccess),
    "an error of theirs": (httpx.Response(500), Unavailable),
    "larger than 256 kB": (httpx.Response(200, content=b" " * (STOERST_BYTES + 1)), Malformed),
    "a connection that fails": (aiohttp.ClientConnectionError(), Unavailable),
    "no answer in time": (TimeoutError(), Unavailable),
}


@pytest.mark.parametrize("svar, fejl", SVAR.values(), ids=SVAR)
async def test_what_is_no_answer_with_a_set_fails(svar: httpx.Response | Exception, fejl: type[FkorgError]) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        if isinstance(svar, Exception):
            raise svar
        return svar

    with pytest.raises(fejl):
        await her(answer)
