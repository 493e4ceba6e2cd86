import asyncio

import pytest

from fkorg.tasks import cancelled, hvor


async def ending(*, fails: Exception | None = None, begun: asyncio.Event | None = None) -> None:
    try:
        await asyncio.Event().wait()
    finally:
        if begun is not None:
            begun.set()
        await asyncio.sleep(0)
        if fails is not None:
            raise fails


async def test_what_each_came_to_is_told() -> None:
    fails = ValueError()
    tasks = [asyncio.create_task(ending()), asyncio.create_task(ending(fails=fails))]
    await asyncio.sleep(0)

    outcomes = await cancelled(*tasks)

    assert [type(one) for one in outcomes] == [asyncio.CancelledError, ValueError]
    assert all(task.done() for task in tasks)


async def test_a_cancellation_of_ours_meanwhile_is_ours() -> None:
    begun = asyncio.Event()
    task = asyncio.create_task(ending(begun=begun))
    await asyncio.sleep(0)
    us = asyncio.create_task(cancelled(task))
    await begun.wait()

    us.cancel()

    with pytest.raises(asyncio.CancelledError):
        await us
    assert task.done()


async def test_where_a_task_waits_is_told() -> None:
    async def outer() -> None:
        await ending()

    task = asyncio.create_task(outer())
    await asyncio.sleep(0)

    assert hvor(task).endswith("outer > ending > Event.wait")
    await cancelled(task)
