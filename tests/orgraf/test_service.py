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
