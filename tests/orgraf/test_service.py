import pytest

from fkorg.errors import FkorgError, NoAccess, Refused, Unavailable
from fkorg.soap.client import Klient
from fkorg.soap.transport import Transport
from model import snapshot
from model.pool import Pool
from orgraf import service
from orgraf.settings import Settings
from tests import registreringer as r

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


async def test_a_municipality_that_was_found_before_goes_on_while_the_source_is_away(dsn: str) -> None:
    settings, over = Settings(contexts={r.CVR: None}), Transport()
    klient = Klient(over, "http://127.0.0.1:1", cvr=r.CVR)
    try:
        async with await Pool.open(dsn, size=2) as pool:
            with pytest.raises(Unavailable):
                await service._kontekst(settings, pool, klient)
            async with pool.transaction() as tx:
                await snapshot.set_kontekst(tx, r.CVR, r.KOMMUNE, r.ROD)
                await snapshot.set_tilstand(tx, r.KOMMUNE, "KLAR")
            assert (await service._kontekst(settings, pool, klient)).organisation == r.KOMMUNE
    finally:
        await over.aclose()
