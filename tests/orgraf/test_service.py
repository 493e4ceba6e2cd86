import asyncio

import pytest

from fkorg.errors import FkorgError, NoAccess, Refused, Unavailable
from orgraf import service

VENTES_PAA = {"a neighbour that is away": Unavailable("x"), "a source that does not let us in": NoAccess("x")}


@pytest.mark.parametrize("away", VENTES_PAA.values(), ids=VENTES_PAA)
async def test_is_waited_for(away: FkorgError, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "RETRY_S", 0)
    answers: list[FkorgError | str] = [away, away, "up"]

    async def work() -> str:
        answer = answers.pop(0)
        if isinstance(answer, FkorgError):
            raise answer
        return answer

    assert await service.patiently(work) == "up"


async def test_another_refusal_is_told() -> None:
    async def work() -> None:
        raise Refused("x", status_kode=40)

    with pytest.raises(Refused):
        await service.patiently(work)


async def test_what_does_not_end_in_time_is_left_and_named(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(service, "END_S", 0.05)
    over = asyncio.Event()

    async def stubborn() -> None:
        while not over.is_set():
            try:
                await over.wait()
            except asyncio.CancelledError:
                continue

    async def done() -> None:
        pass

    await service._until_told([stubborn(), done()])

    assert "stubborn > Event.wait" in caplog.text
    over.set()
