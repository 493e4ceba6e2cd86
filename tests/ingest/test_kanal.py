"""What is written of a channel as it is connected, holds messages, is drained and lost."""

import asyncio

import pytest

from ingest.kanal import Kanal
from model import feed_state
from tests import registreringer as r
from tests.ingest.conftest import Hus


@pytest.fixture
def kanal(hus: Hus) -> Kanal:
    return Kanal(hus.pool, r.KOMMUNE, feed_state.AMQP, hus.ur)


async def _state(hus: Hus) -> tuple[object, ...]:
    """connected, and the seconds since it was last drained and lost."""
    hus_now = hus.ur()
    rows = await hus.rows("select connected_since, last_empty_at, disconnected_at from feed_state where kanal = 'AMQP'")
    return tuple(None if at is None else (hus_now - at).total_seconds() for at in (rows[0] if rows else (None,) * 3))


async def test_connected_is_not_drained(hus: Hus, kanal: Kanal) -> None:
    kanal.forbundet()
    await kanal.beat()

    assert await _state(hus) == (0, None, None)


async def test_each_beat_while_drained_says_so(hus: Hus, kanal: Kanal) -> None:
    kanal.forbundet()
    kanal.tomt()
    await kanal.beat()
    hus.ur.go(seconds=5)
    await kanal.beat()

    assert await _state(hus) == (5, 0, None)


async def test_a_mailbox_that_is_asked_was_empty_when_it_last_said_so(hus: Hus, kanal: Kanal) -> None:
    """However the channel is since: silent, or with a message in hand that came later."""
    kanal.spoerges = True
    kanal.forbundet()
    kanal.tomt(2)
    await kanal.beat()
    hus.ur.go(seconds=5)
    async with kanal.besked():
        await kanal.beat()
    await kanal.beat()

    assert await _state(hus) == (5, 7, None)


async def test_a_message_in_hand_stops_the_claim_until_the_mailbox_is_drained_again(hus: Hus, kanal: Kanal) -> None:
    kanal.forbundet()
    kanal.tomt()
    await kanal.beat()
    async with kanal.besked():
        hus.ur.go(seconds=5)
        await kanal.beat()
    await kanal.beat()
    while_held = await _state(hus)
    kanal.tomt()
    await kanal.beat()

    assert while_held == (5, 5, None)
    assert await _state(hus) == (5, 0, None)


async def test_drained_is_not_said_while_another_message_is_in_hand(hus: Hus, kanal: Kanal) -> None:
    kanal.forbundet()
    async with kanal.besked():
        kanal.tomt()
        await kanal.beat()

    assert await _state(hus) == (0, None, None)


async def test_a_message_that_cannot_be_kept_is_still_held(hus: Hus, kanal: Kanal) -> None:
    kanal.forbundet()
    kanal.tomt()
    kanal.pause(OSError())
    await kanal.beat()

    assert await _state(hus) == (0, None, None)


async def test_a_lost_channel_is_said_once(hus: Hus, kanal: Kanal) -> None:
    kanal.forbundet()
    kanal.tomt()
    await kanal.beat()
    hus.ur.go(seconds=5)
    kanal.afbrudt(OSError())
    await kanal.beat()
    hus.ur.go(seconds=5)
    await kanal.beat()

    assert await _state(hus) == (None, 10, 5)


async def test_who_is_still_connected_says_so_after_another_has_said_goodbye_for_the_channel(
    hus: Hus, kanal: Kanal
) -> None:
    """Two processes empty one mailbox; one of them is stopped."""
    other = Kanal(hus.pool, r.KOMMUNE, feed_state.AMQP, hus.ur)
    for one in (kanal, other):
        one.forbundet()
        await one.beat()
    hus.ur.go(seconds=5)
    other.afbrudt(OSError())
    await other.beat()
    goodbye = await _state(hus)
    await kanal.beat()

    assert goodbye == (None, None, 0)
    assert await _state(hus) == (0, None, None)


async def test_nothing_is_claimed_while_nobody_knows_who_else_holds_a_message(hus: Hus, kanal: Kanal) -> None:
    kanal.spoerges = True
    kanal.forbundet()
    kanal.tomt(forbrugere=0)
    await kanal.beat()

    assert await _state(hus) == (0, None, None)


async def test_the_end_of_the_process_is_the_end_of_the_channel(hus: Hus, kanal: Kanal) -> None:
    kanal.forbundet()
    kanal.tomt()
    beating = asyncio.create_task(kanal.run())
    async with asyncio.timeout(10):
        while await _state(hus) != (0, 0, None):
            await asyncio.sleep(0.01)
    beating.cancel()
    await asyncio.gather(beating, return_exceptions=True)

    assert await _state(hus) == (None, 0, 0)
