import asyncio
import subprocess
import sys

import pytest

from fkorg import failpoint
from fkorg.errors import Unavailable
from orgraf import failpoints


@pytest.fixture(autouse=True)
def _off_again():
    yield
    failpoint.switch_on({})


async def test_a_place_that_is_not_switched_on_does_nothing() -> None:
    failpoint.switch_on(failpoints.read("leader.taken=raise"))

    await failpoint.failpoint("worker.read")


PASSES = {
    "the first": ("worker.read=raise", [0]),
    "a later one": ("worker.read=raise@2", [1]),
    "every one": ("worker.read=raise@*", [0, 1, 2]),
}


@pytest.mark.parametrize("text, expected", PASSES.values(), ids=PASSES)
async def test_what_is_done_is_done_at_the_pass_that_is_named(text: str, expected: list[int]) -> None:
    failpoint.switch_on(failpoints.read(text))

    struck = []
    for number in range(3):
        try:
            await failpoint.failpoint("worker.read")
        except Unavailable:
            struck.append(number)

    assert struck == expected


async def test_a_wait_holds_only_who_passes() -> None:
    failpoint.switch_on(failpoints.read("worker.read=wait:30s, leader.taken=raise@9"))
    held = asyncio.create_task(failpoint.failpoint("worker.read"))

    await failpoint.failpoint("leader.taken")

    assert not held.done()
    held.cancel()


def test_a_kill_is_a_kill() -> None:
    program = (
        "import asyncio; from fkorg import failpoint; from orgraf import failpoints;"
        "failpoint.switch_on(failpoints.read('worker.read=kill'));"
        "asyncio.run(failpoint.failpoint('worker.read'))"
    )

    assert subprocess.run([sys.executable, "-c", program]).returncode == -9


@pytest.mark.parametrize("text", ["nowhere=kill", "worker.read", "worker.read=explode", "worker.read=kill@0"])
def test_what_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="at places that exist"):
        failpoints.read(text)
