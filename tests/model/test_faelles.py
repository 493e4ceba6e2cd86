"""Work asked for by many at once: done once, given to all, and a failure or a departure is nobody else's."""

import asyncio

import pytest

from model.faelles import Faelles


class Arbejde:
    """Counts how often it was begun; ends when it is let."""

    def __init__(self) -> None:
        self.begun = 0
        self.let = asyncio.Event()

    async def __call__(self) -> int:
        self.begun += 1
        number = self.begun
        await self.let.wait()
        return number


async def test_those_who_ask_meanwhile_get_the_same() -> None:
    faelles, arbejde = Faelles[str, int](0), Arbejde()
    asked = [asyncio.create_task(faelles.faa("a", arbejde)) for _ in range(3)]
    other = asyncio.create_task(faelles.faa("b", arbejde))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    arbejde.let.set()

    assert await asyncio.gather(*asked, other) == [1, 1, 1, 2]


async def test_it_is_given_for_a_while_and_then_done_anew() -> None:
    kept, gone, arbejde = Faelles[str, int](3600), Faelles[str, int](0), Arbejde()
    arbejde.let.set()

    assert [await kept.faa("a", arbejde) for _ in range(2)] == [1, 1]
    first = await gone.faa("a", arbejde)
    while len(gone):
        await asyncio.sleep(0)
    assert (first, await gone.faa("a", arbejde)) == (2, 3)


async def test_who_leaves_takes_it_from_nobody() -> None:
    faelles, arbejde = Faelles[str, int](0), Arbejde()
    leaves, stays = (asyncio.create_task(faelles.faa("a", arbejde)) for _ in range(2))
    await asyncio.sleep(0)
    leaves.cancel()
    await asyncio.gather(leaves, return_exceptions=True)
    arbejde.let.set()

    assert await stays == 1
    assert leaves.cancelled()


async def test_a_failure_is_told_to_who_waited_and_not_kept() -> None:
    faelles, begun = Faelles[str, int](3600), []

    async def fails() -> int:
        begun.append(1)
        await asyncio.sleep(0)
        raise KeyError

    told = await asyncio.gather(*(faelles.faa("a", fails) for _ in range(2)), return_exceptions=True)
    with pytest.raises(KeyError):
        await faelles.faa("a", fails)

    assert [type(one) for one in told] == [KeyError, KeyError]
    assert (len(begun), len(faelles)) == (2, 0)
