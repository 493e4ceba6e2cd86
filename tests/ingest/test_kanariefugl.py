"""Names and CPR numbers on their way through ingest: none is found in its log, in what is set aside, in errors.

The log is that of production, ours from DEBUG on. Spellings and the search for them are those of the server's canary.
"""

import re
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import httpx
import pytest

from fkorg.catalogue import Objekttype
from fkorg.errors import FkorgError, Malformed, Refused, Unavailable
from fkorg.operationer import Laes, operation
from fkorg.registrering import Objekt
from fkorg.soap.client import Klient
from fkorg.soap.transport import Transport
from model import dirty
from model.projection import apply
from simulator.fejl import Fejl
from simulator.tjeneste import Tjeneste
from tests import registreringer as r
from tests.fkorg.soap.http import HttpHer
from tests.ingest.conftest import Hus
from tests.ingest.test_afstemning import afstem
from tests.ingest.test_receive import besked, modtag
from tests.orgraf.test_kanariefugl import STAVET, findes
from tests.registreringer import uuid
from tests.simulator.fixtures import SEED, Ur, sandhed_in

PERSON = Objekttype.PERSON
MADS = uuid("mads-person")
CPR = "3112900017"
NAVN = "Kanarie Fuglsang"
_VAERDI = re.compile(rb">([^<>]+)<|=\"([^\"]+)\"")


async def laes_mads(hus: Hus) -> None:
    async with hus.pool.transaction() as tx:
        await dirty.mark(tx, Objekt(r.KOMMUNE, PERSON, MADS), aarsag="BESKED", now=hus.ur())
    for _ in range(12):
        await hus.worker.once(hus.ur())
        hus.ur.go(minutes=2)


async def sagt(hus: Hus, logget: StringIO) -> list[str]:
    """What stands in the log or in a reason, that may not."""
    reasons = [reason for (reason,) in await hus.rows("select reason from parked")]
    tekst = "\n".join([logget.getvalue(), *reasons])
    return findes(tekst) + re.findall("fuglsang", tekst.lower())


def i_hver_vaerdi(xml: bytes, ny: str) -> list[bytes]:
    """The text with each of its values in turn replaced."""
    steder = [m.span(1) if m[1] else m.span(2) for m in _VAERDI.finditer(xml)]
    return [xml[:fra] + ny.encode() + xml[til:] for fra, til in steder]


def test_the_search_finds_what_it_is_to_find() -> None:
    assert all(findes(stav(CPR)) for stav in STAVET.values())


@pytest.mark.parametrize("stavning", STAVET)
async def test_a_message_with_a_number_anywhere(hus: Hus, logget: StringIO, stavning: str) -> None:
    bodies = i_hver_vaerdi(besked(), STAVET[stavning](CPR))
    assert len(bodies) > 10

    for body in [*bodies, CPR.encode(), f"<a>{CPR}</b>".encode(), besked().replace(b"?>", f"?><!-- {CPR}".encode())]:
        await modtag(hus, body)

    assert await hus.rows("select count(*) > 0 from parked") == [(True,)]
    assert await sagt(hus, logget) == []


FEJL: dict[str, Callable[[], FkorgError]] = {
    "refused": lambda: Refused(f"the source says {CPR}", status_kode=40, tekst=f"{NAVN} {CPR}"),
    "malformed": lambda: Malformed(f"wanted a date, found {CPR}"),
    "away": lambda: Unavailable(f"http://kilde/{CPR}"),
}


@pytest.mark.parametrize("fejl", FEJL)
async def test_a_source_that_says_the_number_in_its_error(fuldt_hus: Hus, logget: StringIO, fejl: str) -> None:
    fuldt_hus.kilde.fejl[MADS] = FEJL[fejl]()

    await laes_mads(fuldt_hus)

    assert await sagt(fuldt_hus, logget) == []


@pytest.mark.parametrize("navn", [NAVN, f"{NAVN} {CPR}", f"{NAVN}\x00"], ids=["plain", "number", "not for Postgres"])
async def test_a_person_whose_name_and_number_are_read(fuldt_hus: Hus, logget: StringIO, navn: str) -> None:
    hus = fuldt_hus
    hus.kilde.put(PERSON, MADS, r.person(navn, CPR, tid=100))

    await laes_mads(hus)

    assert await sagt(hus, logget) == []


async def test_a_comparison_with_other_names(fuldt_hus: Hus, logget: StringIO) -> None:
    hus = fuldt_hus
    hus.kilde.put(PERSON, MADS, r.person(NAVN, CPR, tid=100))

    rapport = await afstem(hus)

    assert rapport.rettet == 1
    assert await hus.rows("select max(navn) from person where uuid = $1 and cpr = $2", MADS, CPR) == [(NAVN,)]
    assert await sagt(hus, logget) == []


async def test_a_bug_that_says_what_it_choked_on(
    fuldt_hus: Hus, logget: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def project(*_: object) -> object:
        raise ValueError(f"{NAVN} {CPR}")

    monkeypatch.setattr(apply, "project", project)
    fuldt_hus.kilde.put(PERSON, MADS, r.person(NAVN, CPR, tid=100))

    await laes_mads(fuldt_hus)

    assert "cannot apply" in logget.getvalue()
    assert await sagt(fuldt_hus, logget) == []


async def test_an_answer_of_the_source_with_the_number_anywhere(tmp_path: Path) -> None:
    sandhed = sandhed_in(tmp_path, Ur())
    tjeneste, person = Tjeneste(sandhed, Fejl(SEED)), next(uuid for uuid, _ in sandhed.objekter(PERSON))
    sendt: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        """What is to be sent, else what the services answer: which is kept."""
        sti = operation(Laes(PERSON, person)).sti
        body = sendt.pop() if sendt else tjeneste.answer(sti, request.content).body
        answered.append(body)
        return httpx.Response(200, content=body)

    answered: list[bytes] = []
    klient = Klient(Transport(http=HttpHer(answer), timeout_s=10), "http://kilde/organisation", cvr=r.CVR)
    await klient.laes(PERSON, person)
    told = []
    for body in i_hver_vaerdi(answered[0], CPR):
        sendt.append(body)
        try:
            await klient.laes(PERSON, person)
        except FkorgError as error:
            told.append(str(error))
    sandhed.close()

    assert len(told) > 3
    assert [error for error in told if findes(error)] == []
