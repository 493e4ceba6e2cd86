"""What is written out to a client who reads now and then: all of it, in order, and no more than has room waits."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random

import pytest
from starlette.types import Message

from graph.udbakke import Udbakke

MEST = 3


@dataclass
class Klient:
    """A client who reads, or does not."""

    laeser: asyncio.Event = field(default_factory=asyncio.Event)
    straks: bool = True
    fik: list[bytes] = field(default_factory=list)
    skrevet: list[str | None] = field(default_factory=list)
    langsom: int = 0

    def nu(self, frame: bytes) -> bool:
        if not self.straks or not self.laeser.is_set():
            return False
        self.fik.append(frame)
        return True

    async def send(self, message: Message) -> None:
        await self.laeser.wait()
        self.fik.append(message["text"].encode())

    def er_skrevet(self, id: str, stand: str | None) -> None:
        assert id == "s"
        self.skrevet.append(stand)

    def er_langsom(self) -> None:
        self.langsom += 1


@asynccontextmanager
async def udbakke(klient: Klient, taalmod: float = 20.0) -> AsyncIterator[Udbakke]:
    ud = Udbakke(klient.send, klient.nu, MEST, taalmod, klient.er_skrevet, klient.er_langsom)
    yield ud
    await ud.luk()


@pytest.mark.parametrize("straks", [True, False], ids=["can be written to at once", "cannot"])
@pytest.mark.parametrize("seed", range(20))
async def test_all_is_written_in_order_whoever_reads_when(seed: int, straks: bool) -> None:
    rnd, klient = Random(seed), Klient(straks=straks)
    ventet: list[bytes] = []

    async def laes() -> None:
        while True:
            (klient.laeser.clear if rnd.random() < 0.5 else klient.laeser.set)()
            await asyncio.sleep(0)

    async with udbakke(klient) as ud:
        laeser = asyncio.create_task(laes())
        for number in range(100):
            frame = b"%d" % number
            if rnd.random() < 0.5:
                await ud.put(frame, "s", str(number))
            elif not ud.nu(frame, "s", str(number)):
                continue
            ventet.append(frame)
            if rnd.random() < 0.3:
                await asyncio.sleep(0)
        await ud.toemt()
        laeser.cancel()

    assert klient.fik == ventet
    assert klient.skrevet == [frame.decode() for frame in ventet]


async def test_who_has_much_to_tell_a_reader_leaves_others_their_turn() -> None:
    klient, turns = Klient(), 0
    klient.laeser.set()

    async def another() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async with udbakke(klient) as ud:
        other = asyncio.create_task(another())
        for _ in range(10):
            await ud.put(b"x", "s")
        other.cancel()

    assert turns == 10


async def test_no_more_waits_than_has_room_and_who_finds_none_waits_himself() -> None:
    klient = Klient()
    async with udbakke(klient) as ud:
        taken = [ud.nu(b"%d" % number, "s") for number in range(MEST + 2)]
        waiting = asyncio.create_task(ud.put(b"put", "s"))
        await asyncio.sleep(0)  # the writer holds one
        assert taken == [True] * MEST + [False] * 2
        behind = ud.nu(b"behind", "s")
        klient.laeser.set()
        await waiting
        await ud.toemt()

    assert not behind
    assert klient.fik == [b"0", b"1", b"2", b"put"]


async def test_who_leaves_while_he_waits_for_room_holds_up_nobody() -> None:
    klient = Klient()
    async with udbakke(klient) as ud:
        for number in range(MEST):
            ud.nu(b"%d" % number, "s")
        waiting = asyncio.create_task(ud.put(b"left", "s"))
        await asyncio.sleep(0)
        waiting.cancel()
        klient.laeser.set()
        await ud.toemt()
        await asyncio.gather(waiting, return_exceptions=True)
        ud.nu(b"at once", "s")

        assert klient.fik[-1] == b"at once"


async def test_a_client_who_takes_nothing_for_too_long_is_told_of_and_written_to_no_more() -> None:
    klient = Klient()
    async with udbakke(klient, taalmod=0.01) as ud:
        ud.nu(b"one", "s")
        async with asyncio.timeout(20):
            while not klient.langsom:
                await asyncio.sleep(0.005)
        klient.laeser.set()
        ud.nu(b"two", "s")
        await asyncio.sleep(0.02)

    assert (klient.fik, klient.skrevet, klient.langsom) == ([], [], 1)
