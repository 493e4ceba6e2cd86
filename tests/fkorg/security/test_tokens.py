"""Tokens are fetched once for all, renewed in time, and never used when they are nearly over."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from fkorg.errors import NoAccess, Unavailable
from fkorg.security import saml
from fkorg.security.saml import Assertion
from fkorg.security.tokens import Tokens
from tests.fkorg.security import fixture as f

ANDEN = "22222222"
MINUT = timedelta(minutes=1)


@dataclass
class Verden:
    """A token service that counts, and a clock that is set."""

    now: datetime = f.NOW
    hentet: list[tuple[str, str]] = field(default_factory=list)
    fejl: Exception | None = None
    vent: asyncio.Event | None = None

    async def hent(self, modtager: str, cvr: str) -> Assertion:
        self.hentet.append((modtager, cvr))
        if self.vent is not None:
            await self.vent.wait()
        if self.fejl is not None:
            raise self.fejl
        return saml.efterproev(f.assertion(self.now, cvr=cvr), f.krav(), self.now)

    def tokens(self, spredning: timedelta = timedelta(0)) -> Tokens:
        return Tokens(self.hent, lambda: self.now, lambda: spredning)


async def test_many_callers_share_one_fetch_of_each_municipality() -> None:
    verden = Verden(vent=asyncio.Event())
    tokens = verden.tokens()
    callers = [asyncio.create_task(tokens.token(f.MODTAGER, cvr)) for cvr in [f.CVR, ANDEN] * 50]
    await asyncio.sleep(0.01)
    assert verden.vent is not None
    verden.vent.set()
    found = await asyncio.gather(*callers)
    assert sorted(verden.hentet) == [(f.MODTAGER, f.CVR), (f.MODTAGER, ANDEN)]
    assert {one.cvr for one in found[::2]} == {f.CVR}
    assert tokens.talt == {"HENTET": 2}


async def test_a_caller_that_gives_up_does_not_end_the_fetch_of_the_others() -> None:
    verden = Verden(vent=asyncio.Event())
    tokens = verden.tokens()
    first, second = (asyncio.create_task(tokens.token(f.MODTAGER, f.CVR)) for _ in range(2))
    await asyncio.sleep(0.01)
    first.cancel()
    assert verden.vent is not None
    verden.vent.set()
    assert (await second).cvr == f.CVR
    assert len(verden.hentet) == 1


@pytest.mark.parametrize(("gaaet", "hentet"), [(7 * 60 + 54, 1), (7 * 60 + 55, 2)])
async def test_it_is_renewed_before_it_ends(gaaet: int, hentet: int) -> None:
    verden = Verden()
    tokens = verden.tokens()
    await tokens.token(f.MODTAGER, f.CVR)
    verden.now += gaaet * MINUT
    await tokens.token(f.MODTAGER, f.CVR)
    assert len(verden.hentet) == hentet


async def test_replicas_do_not_all_renew_at_once() -> None:
    verden = Verden()
    tokens = verden.tokens(spredning=4 * MINUT)
    await tokens.token(f.MODTAGER, f.CVR)
    verden.now += timedelta(hours=7, minutes=51)
    await tokens.token(f.MODTAGER, f.CVR)
    assert len(verden.hentet) == 2
    assert timedelta(0) <= Tokens(verden.hent, lambda: verden.now).spredning() <= 5 * MINUT


async def test_the_old_one_is_used_while_the_token_service_is_away_but_not_to_its_last_second() -> None:
    verden = Verden()
    tokens = verden.tokens()
    first = await tokens.token(f.MODTAGER, f.CVR)
    verden.fejl = Unavailable("away")
    verden.now += timedelta(hours=7, minutes=56)
    for _ in range(5):
        assert await tokens.token(f.MODTAGER, f.CVR) is first
    assert len(verden.hentet) == 2, "it is not asked again at once"
    verden.now = f.NOW + timedelta(hours=8, seconds=-30)
    with pytest.raises(Unavailable):
        await tokens.token(f.MODTAGER, f.CVR)
    verden.fejl = None
    assert await tokens.token(f.MODTAGER, f.CVR) is not first
    assert tokens.talt == {"HENTET": 2, "FEJLET": 2}


async def test_what_the_token_service_refuses_is_raised_to_all() -> None:
    verden = Verden(fejl=NoAccess("101"))
    tokens = verden.tokens()
    found = await asyncio.gather(*(tokens.token(f.MODTAGER, f.CVR) for _ in range(3)), return_exceptions=True)
    assert [type(one) for one in found] == [NoAccess] * 3
    assert len(verden.hentet) == 1


async def test_one_that_a_service_refused_is_renewed_once_in_a_while() -> None:
    verden = Verden()
    tokens = verden.tokens()
    first = await tokens.token(f.MODTAGER, f.CVR)
    assert not tokens.afvist(first), "it was only just fetched"
    verden.now += timedelta(seconds=5)
    assert tokens.afvist(first)
    second = await tokens.token(f.MODTAGER, f.CVR)
    assert second is not first
    assert tokens.afvist(first), "it has been renewed meanwhile"
    assert not tokens.afvist(second)
    assert len(verden.hentet) == 2
