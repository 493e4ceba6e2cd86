"""The client when things go wrong: which of the five errors, what was sent, and what was given before."""

import asyncio
import re
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from typing import Any
from uuid import UUID

import aiohttp
import httpx
import pytest

from fkorg.catalogue import Objekttype
from fkorg.errors import Conflict, Malformed, NoAccess, NotFound, Refused, Unavailable, Uncertain, Unheard
from fkorg.kvittering import StandardRetur
from fkorg.operationer import (
    ALLE,
    Ethvertsvar,
    HierarkiSvar,
    ImporterHierarkiSvar,
    LaesSvar,
    ListSvar,
    Operation,
    OpretSvar,
    Svar,
)
from fkorg.registrering import Egenskab, Lister, Oejebliksbillede, Reference, Relation
from fkorg.soap.client import Klient
from fkorg.virkning import Virkning
from fkorg.wire import soap_xml
from fkorg.wire.svar_xml import write_svar
from tests.fkorg import eksempler
from tests.fkorg.eksempler import OK, UUID_1, UUID_2
from tests.fkorg.soap.kilde import REFUSED, Kilde, pieces

ENHED, BRUGER, PERSON = Objekttype.ORGANISATION_ENHED, Objekttype.BRUGER, Objekttype.PERSON
BILLEDE = eksempler.billede(ENHED)
Call = Callable[[Klient], Coroutine[Any, Any, object]]


async def _hierarki(klient: Klient) -> list[tuple[Objekttype, Oejebliksbillede]]:
    return [pair async for pair in klient.hierarki()]


FAILURES: dict[str, tuple[Call, Ethvertsvar | httpx.Response | Exception, type[Exception]]] = {
    "laes of an unknown object": (lambda k: k.laes(ENHED, UUID_1), LaesSvar(StandardRetur(44)), NotFound),
    "laes that gives another object": (lambda k: k.laes(ENHED, UUID_2), LaesSvar(OK, BILLEDE), Malformed),
    "laes that gives none": (lambda k: k.laes(ENHED, UUID_2), LaesSvar(OK), Malformed),
    "list that is not authorised": (lambda k: k.list(ENHED, [UUID_1]), ListSvar(StandardRetur(41)), NoAccess),
    "opret without a UUID": (lambda k: k.opret(ENHED, Lister()), OpretSvar(OK), Uncertain),
    "importer of what exists": (
        lambda k: k.importer(ENHED, UUID_1, BILLEDE.registreringer),
        Svar(StandardRetur(49)),
        Conflict,
    ),
    "ret that is refused": (lambda k: k.ret(ENHED, UUID_1, Lister()), Svar(StandardRetur(40)), Refused),
    "ret with an unknown status": (lambda k: k.ret(ENHED, UUID_1, Lister()), Svar(StandardRetur(99)), Uncertain),
    "laes with an unknown status": (lambda k: k.laes(ENHED, UUID_1), LaesSvar(StandardRetur(99)), Unavailable),
    "import that is refused as a whole": (
        lambda k: k.importer_hierarki(eksempler.billede(Objekttype.ORGANISATION), []),
        ImporterHierarkiSvar(returer=(StandardRetur(40),)),
        Refused,
    ),
    "a read answered by 503": (lambda k: k.laes(ENHED, UUID_1), httpx.Response(503), Unavailable),
    "a write answered by 503": (lambda k: k.slet(ENHED, UUID_1), httpx.Response(503), Uncertain),
    "an export answered by 404": (_hierarki, httpx.Response(404), NoAccess),
    "a read without connection": (lambda k: k.laes(ENHED, UUID_1), REFUSED, Unheard),
    "a write without connection": (lambda k: k.slet(ENHED, UUID_1), REFUSED, Unheard),
    "a write whose answer does not come": (lambda k: k.slet(ENHED, UUID_1), aiohttp.SocketTimeoutError("x"), Uncertain),
    "a read whose answer is no XML": (lambda k: k.soeg(ENHED), httpx.Response(200, content=b"<html>"), Malformed),
    "a write whose answer is no XML": (
        lambda k: k.slet(ENHED, UUID_1),
        httpx.Response(200, content=b"<html>"),
        Uncertain,
    ),
    "an export whose answer is no XML": (_hierarki, httpx.Response(200, content=b"<html>"), Malformed),
    "an export without a StandardRetur": (_hierarki, httpx.Response(200, content=b"<html/>"), Malformed),
    "a redirect": (lambda k: k.slet(ENHED, UUID_1), httpx.Response(302, headers={"location": "/x"}), NoAccess),
}


@pytest.mark.parametrize("call, svar, error", FAILURES.values(), ids=FAILURES)
async def test_a_failure(call: Call, svar: Ethvertsvar | httpx.Response | Exception, error: type[Exception]) -> None:
    kilde = Kilde()
    kilde.svar = svar

    with pytest.raises(error) as caught:
        await call(kilde.klient())

    assert type(caught.value) is error


async def test_a_refusal_carries_the_words_of_the_source() -> None:
    kilde = Kilde()
    kilde.svar = Svar(StandardRetur(40, "Nej tak"))

    with pytest.raises(Refused) as caught:
        await kilde.klient().slet(ENHED, UUID_1)

    assert (caught.value.status_kode, caught.value.tekst) == (40, "Nej tak")
    assert "Nej tak" not in str(caught.value)


@pytest.mark.parametrize("status", [200, 500])
async def test_a_fault_is_translated_whatever_its_http_status(status: int) -> None:
    kilde = Kilde()
    fault = soap_xml.write_kuvert(soap_xml.write_fault("ServiceAgreementNotFound"), soap_xml.Hoved())
    kilde.svar = lambda: httpx.Response(status, content=fault)
    klient = kilde.klient()

    for call in (klient.slet(ENHED, UUID_1), klient.laes(ENHED, UUID_1), _hierarki(klient)):
        with pytest.raises(Refused) as caught:
            await call
        assert caught.value.tekst == "ServiceAgreementNotFound"


INVALID: dict[str, Call] = {
    "a key that is too long": lambda k: k.opret(
        ENHED, Lister((Egenskab(Virkning(), {"brugervendtnoegle": "x" * 51}),))
    ),
    "a CPR number of nine digits": lambda k: k.anonymiser(cpr="123456789"),
    "both ways to name a person": lambda k: k.anonymiser(UUID_1, cpr="0101010101"),
    "neither": lambda k: k.anonymiser(),
    "a control character": lambda k: k.ret(ENHED, UUID_1, Lister(), "\x01"),
    "an import without registrations": lambda k: k.importer(ENHED, UUID_1, []),
    "a relation of another type": lambda k: k.ret(
        BRUGER, UUID_1, Lister(relationer=(Relation("Overordnet", Virkning(), Reference(str(UUID_1))),))
    ),
    "a dynamic relation without a role": lambda k: k.ret(
        ENHED, UUID_1, Lister(relationer=(Relation("Adresser", Virkning(), Reference(str(UUID_1))),))
    ),
}


@pytest.mark.parametrize("call", INVALID.values(), ids=INVALID)
async def test_what_breaks_the_contract_is_never_sent(call: Call) -> None:
    kilde = Kilde()
    kilde.svar = Svar(OK)

    with pytest.raises(Malformed) as caught:
        await call(kilde.klient())

    assert kilde.kuverter == []
    assert not re.search(r"\d{9}", str(caught.value))


def _answer(svar: Ethvertsvar, op: Operation) -> bytes:
    return soap_xml.write_kuvert(write_svar(op, svar), soap_xml.Hoved())


EXPORT = next(op for op in ALLE if op.navn == "fremsoegobjekthierarki")
FULL = _answer(HierarkiSvar(OK, {BRUGER: tuple(eksempler.billede(BRUGER, UUID(int=n)) for n in range(20))}), EXPORT)

TRUNCATED: dict[str, tuple[tuple[bytes | Exception, ...], type[Exception]]] = {
    "cut off by the connection": ((FULL[:50_000], aiohttp.ClientPayloadError("x")), Unavailable),
    "cut off in the document": ((FULL[:50_000],), Malformed),
}


@pytest.mark.parametrize("body, error", TRUNCATED.values(), ids=TRUNCATED)
async def test_an_export_that_breaks_off_gives_what_came_and_then_the_error(
    body: tuple[bytes | Exception, ...], error: type[Exception]
) -> None:
    kilde = Kilde()
    found: list[object] = []
    kilde.svar = httpx.Response(200, content=pieces(*body))

    async def collect() -> None:
        async for pair in kilde.klient().hierarki():
            found.append(pair)

    with pytest.raises(error):
        await collect()

    assert 0 < len(found) < 20


async def test_objects_of_an_export_come_before_its_end() -> None:
    kilde, release = Kilde(), asyncio.Event()

    async def body() -> Any:
        yield FULL[:60_000]
        await release.wait()
        yield FULL[60_000:]

    kilde.svar = httpx.Response(200, content=body())
    async with aclosing(kilde.klient().hierarki()) as pairs:
        first = await asyncio.wait_for(anext(pairs), 5)
        release.set()
        rest = [pair async for pair in pairs]

    assert first[0] is BRUGER
    assert len(rest) == 19


async def test_an_answer_that_never_ends_is_given_up() -> None:
    kilde = Kilde()

    async def body() -> Any:
        while True:
            yield b" "
            await asyncio.sleep(0.01)

    kilde.svar = httpx.Response(200, content=body())

    with pytest.raises(Uncertain):
        await kilde.klient(timeout_s=0.1).slet(ENHED, UUID_1)


async def test_an_answer_beyond_the_limit_is_cut_off() -> None:
    kilde = Kilde()
    kilde.svar = LaesSvar(OK, BILLEDE)

    with pytest.raises(Malformed, match="limit"):
        await kilde.klient(max_bytes=1000).laes(ENHED, UUID_1)
