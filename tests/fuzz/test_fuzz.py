"""That the harness finds what it looks for, each planted here; and that what it sends is what it is said to be."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from graphql import parse
from starlette.types import Receive, Scope, Send

from graph import limits
from graph.answer import Spoergsmaal, Svar
from graph.documents import Dokumenter
from tests.fuzz import bodies, frames, hostile, mutate
from tests.fuzz.place import TRUSTED, Place
from tests.fuzz.stock import Stock
from tests.fuzz.verdict import GROWTH_MIB, Verdict
from tests.graph.fixture import CORE
from tests.graph.served import served
from tests.graph.worlds import a_world

ROLES = {role: role for role in ("persondata", "laes", "drift", "skriv")}


@pytest.fixture(scope="module")
def stock() -> Stock:
    return Stock.of(1, a_world(1, enheder=10))


@asynccontextmanager
async def fuzzed(status: int = 200, body: bytes = b'{"data":{}}', code: int = 4400) -> AsyncIterator[Place]:
    """A server that answers all bodies so, and closes all sockets so."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            await receive()
            await send({"type": "websocket.close", "code": code})
            return
        headers = [(b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async with served(app) as address:
        yield Place(int(address.rpartition(":")[2]), ROLES)


async def _run(place: Place, stock: Stock) -> Verdict:
    verdict = Verdict()
    await bodies.run(place, stock, 12, verdict)
    await frames.run(place, stock, 12, verdict)
    return verdict


async def test_a_server_that_answers_well_holds(stock: Stock) -> None:
    async with fuzzed() as place:
        verdict = await _run(place, stock)

        assert verdict.end(place), verdict.told()
        assert verdict.bodies == 12
        assert verdict.frames >= 12


FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "a body answered by 500": ({"status": 500}, "server_errors"),
    "a body answered by 503": ({"status": 503}, "server_errors"),
    "a masked bug": ({"body": b'{"errors":[{"message":"an error of ours, logged under 1"}]}'}, "masked"),
    "a socket closed as by a bug": ({"code": 1011}, "server_errors"),
}


@pytest.mark.parametrize("fault, counted", FAULTS.values(), ids=FAULTS)
async def test_a_fault_that_is_planted_is_found(stock: Stock, fault: dict[str, Any], counted: str) -> None:
    async with fuzzed(**fault) as place:
        verdict = await _run(place, stock)

        assert not verdict.end(place)
        assert getattr(verdict, counted) > 0


async def test_a_server_that_is_gone_is_a_crash(stock: Stock) -> None:
    async with fuzzed() as place:
        pass

    verdict = await _run(place, stock)

    assert verdict.crashes > 0
    assert not verdict.end(place)


def test_what_a_server_logs_unforeseen_is_found(tmp_path: Path) -> None:
    log = tmp_path / "serve.log"
    place = replace(Place(1, ROLES), log=log)
    log.write_text('{"event": "life 0 begins"}\n{"level": "info", "event": "served"}\n')
    assert Verdict().end(place)

    for line in ("Traceback (most recent call last):", json.dumps({"level": "error", "event": "uventet fejl"})):
        log.write_text(line + "\n")
        verdict = Verdict()
        assert not verdict.end(place)
        assert verdict.tracebacks == 1


def test_memory_that_grows_once_it_is_warm_is_found() -> None:
    warming = [100.0, 150, 180, 200, 201, 202, 203, 203, 203, 204]
    assert Verdict(memory=warming).end(Place(1, ROLES))
    assert not Verdict(memory=[100 + GROWTH_MIB * step / 2 for step in range(10)]).end(Place(1, ROLES))


def test_a_dear_body_is_found() -> None:
    verdict = Verdict()
    verdict.body(b"", 400, b"", 0.6)
    assert not verdict.end(Place(1, ROLES))


def test_equal_seeds_send_the_same() -> None:
    first, second = (Stock.of(3, a_world(3, enheder=10)) for _ in range(2))

    assert [first.question() for _ in range(50)] == [second.question() for _ in range(50)]


def test_much_of_what_is_sent_is_a_question_of_some_kind(stock: Stock) -> None:
    dokumenter, outcomes = Dokumenter(CORE), {"executed": 0, "refused": 0, "no JSON": 0}
    for _ in range(150):
        try:
            found = orjson.loads(stock.question())
        except orjson.JSONDecodeError:
            outcomes["no JSON"] += 1
            continue
        query = found.get("query") if isinstance(found, dict) else None
        executed = isinstance(query, str) and not isinstance(dokumenter.find(Spoergsmaal(query)), Svar)
        outcomes["executed" if executed else "refused"] += 1

    assert min(outcomes.values()) >= 5, outcomes


def test_what_the_server_is_told_to_trust_is_valid() -> None:
    for query in TRUSTED.values():
        assert not isinstance(Dokumenter(CORE).find(Spoergsmaal(query)), Svar)


@pytest.mark.parametrize("query", hostile.ALLE.values(), ids=hostile.ALLE)
def test_a_hostile_document_is_answered(query: str) -> None:
    """Refused, or within the limits and valid: never an exception."""
    found = Dokumenter(CORE).find(Spoergsmaal(query))

    if not isinstance(found, Svar):
        limits.proev(parse(query))
        found.trae({})


def test_words_are_put_together_again() -> None:
    assert mutate.WORD.findall('{ a(b: "x y", c: -1.5) ...F @d }') == [
        *("{", "a", "(", "b", ":", '"x y"', ",", "c", ":", "-1.5", ")", "...", "F", "@", "d", "}"),
    ]
