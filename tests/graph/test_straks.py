"""The short way: the same bytes with the same token, as long as token, answer and freshness hold; else the long one."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
from starlette.types import Message, Scope

from graph import http
from graph.answer import Spoergsmaal, Svar
from graph.caller import CERTIFIKAT, Principal, TokenAfvist
from graph.straks import STOERST, Straks
from tests.graph.fixture import NOW
from tests.graph.log_fixture import BY, LAESER
from tests.graph.test_genbrug import NAVN, SKOLE, Sted, et_sted
from tests.model.log import NOW as BEGYNDT

BODY = orjson.dumps({"query": NAVN, "variables": {"u": [str(SKOLE["uuid"])]}})
JSON = (b"content-type", b"application/json")


@dataclass
class Doer:
    """`/graphql` over an engine that gives answers again; `lange` counts the questions that went the long way."""

    sted: Sted
    lange: int = 0
    spurgt: int = 0
    bundet: str | None = None
    tokens: dict[str, Principal] = field(default_factory=lambda: {"Bearer et": LAESER})

    def __post_init__(self) -> None:
        self.straks = Straks(self.sted.genbrug, self.kalder, self.sted.changes.kendt)
        log: Any = self.sted.log
        self.app = http.graphql(
            http.Engine(
                self.kalder,
                self.besvar,
                self.sted.changes.extensions,
                self.sted.changes.mindst,
                lambda *told: None,
                log.ur,
                straks=lambda: self.straks,
            )
        )

    def kalder(self, headers: Any, now: datetime, certifikat: str | None) -> Principal:
        self.spurgt += 1
        found = self.tokens.get(headers[0]) if len(headers) == 1 else None
        if found is None or found.udloeber <= now or certifikat != self.bundet:
            raise TokenAfvist("wanted another token")
        return found

    async def besvar(self, spoergsmaal: Spoergsmaal, principal: Principal, now: datetime) -> Svar:
        self.lange += 1
        return await self.sted.motor.besvar(spoergsmaal, principal, now)

    async def spoerg(
        self,
        body: bytes = BODY,
        *headers: tuple[bytes, bytes],
        token: str = "Bearer et",
        pieces: int = 1,
        certifikat: str | None = None,
    ) -> tuple[int, dict[str, str], Any]:
        """Status, headers and JSON of the answer."""
        known = [JSON, (b"authorization", token.encode()), (b"content-length", b"%d" % len(body)), *headers]
        scope: Scope = {"type": "http", "method": "POST", "path": "/graphql", "headers": known, "query_string": b""}
        if certifikat is not None:
            scope[CERTIFIKAT] = certifikat
        cut = -(-len(body) // pieces)
        waiting = [body[n : n + cut] for n in range(0, len(body), cut)]
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": waiting.pop(0), "more_body": bool(waiting)}

        async def send(message: Message) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        start, *rest = sent
        text = b"".join(one.get("body", b"") for one in rest)
        heads = {name.decode(): value.decode() for name, value in start["headers"]}
        assert heads.get("content-length", str(len(text))) == str(len(text))
        return start["status"], heads, orjson.loads(text) if text else None


@pytest.fixture
async def doer(dsn: str) -> AsyncIterator[Doer]:
    async with et_sted(dsn) as sted:
        yield Doer(sted)


async def test_the_answer_is_the_same_by_the_short_way(doer: Doer) -> None:
    """The first is made; the second may have to wait for a look at the log (the first gave a position)."""
    first, second, third = [await doer.spoerg() for _ in range(3)]

    assert doer.sted.talt == ["MISS", "HIT", "HIT"]
    assert doer.lange in (1, 2)
    assert second == third
    assert first[1] == third[1]
    assert first[1]["etag"].startswith('W/"')
    assert first[2]["data"] == third[2]["data"] == {"organisationEnhed": [{"enhedsnavn": "Skolen"}]}
    assert third[2]["extensions"]["friskhed"]["stand"]


async def test_a_change_closes_it_until_it_is_asked_again(doer: Doer) -> None:
    await doer.spoerg()
    await doer.sted.omdoeb("Ny skole")
    answers = [(await doer.spoerg())[2]["data"]["organisationEnhed"][0]["enhedsnavn"] for _ in range(3)]

    assert answers == ["Ny skole"] * 3
    assert doer.sted.talt == ["MISS", "MISS", "HIT", "HIT"]


async def test_who_was_given_a_position_is_shown_nothing_older_on_the_short_way_either(doer: Doer) -> None:
    await doer.spoerg()
    await doer.sted.omdoeb("Uhørt", ring=False)
    log = doer.sted.log
    log.text(BY.uuid, await log.begin(BY.uuid, None), log.ur())

    assert (await doer.spoerg())[2]["data"]["organisationEnhed"] == [{"enhedsnavn": "Uhørt"}]


async def test_the_token_is_looked_at_each_time(doer: Doer) -> None:
    doer.tokens["Bearer et"] = replace(LAESER, udloeber=NOW + timedelta(minutes=10))
    clock: Any = doer.sted.log.ur
    for _ in range(3):
        await doer.spoerg()
    clock.now = NOW + timedelta(minutes=10)

    status, _, answer = await doer.spoerg()

    assert (status, answer["errors"][0]["message"]) == (401, "wanted another token")


async def test_31_the_certificate_is_looked_at_each_time(doer: Doer) -> None:
    doer.bundet = "vores"
    answers = [await doer.spoerg(certifikat="vores") for _ in range(3)]
    long_way = doer.lange

    assert [status for status, _, _ in answers] == [200] * 3
    assert long_way < 3, "the short way was gone"
    for certifikat in ("anden", None):
        assert (await doer.spoerg(certifikat=certifikat))[0] == 401
    assert doer.lange == long_way


async def test_a_caller_who_may_read_no_more_is_refused(doer: Doer) -> None:
    for _ in range(3):
        await doer.spoerg()
    doer.tokens["Bearer et"] = replace(LAESER, rettigheder=frozenset())

    assert (await doer.spoerg())[2]["errors"][0]["extensions"]["classification"] == "Unauthorized"


async def test_another_token_is_another_question(doer: Doer) -> None:
    for _ in range(3):
        await doer.spoerg()
    doer.tokens["Bearer to"] = replace(LAESER, caller="to")
    before = doer.lange

    await doer.spoerg(token="Bearer to")

    assert doer.lange == before + 1


LANGE: dict[str, tuple[tuple[bytes, bytes], ...]] = {
    "a position to wait for": ((b"x-mindst", b"nonsense"),),
    "a tag": ((b"if-none-match", b'"x"'),),
    "another media type": ((b"accept", b"application/graphql-response+json"),),
    "two tokens": ((b"authorization", b"Bearer et"),),
}


@pytest.mark.parametrize("headers", LANGE.values(), ids=LANGE)
async def test_another_header_is_not_answered_the_short_way(doer: Doer, headers: Any) -> None:
    for _ in range(3):
        await doer.spoerg()
    before = doer.lange

    status, found, _ = await doer.spoerg(BODY, *headers)

    assert doer.lange == before + (status == 200 and headers[0][0] != b"x-mindst")
    assert found["content-type"].startswith(
        "application/graphql-response+json" if headers[0][0] == b"accept" else "application/json"
    )
    assert status in (200, 401)


async def test_a_body_in_pieces_or_a_large_one_goes_the_long_way_and_is_answered(doer: Doer) -> None:
    large = orjson.dumps({"query": NAVN + " " * STOERST, "variables": {"u": [str(SKOLE["uuid"])]}})
    asked = [(BODY, 3), (large, 1)] * 3

    told = [(await doer.spoerg(body, pieces=pieces))[2]["data"] for body, pieces in asked]

    assert told == [{"organisationEnhed": [{"enhedsnavn": "Skolen"}]}] * 6
    assert doer.lange == 6


async def test_freshness_on_the_short_way_is_that_of_the_moment(doer: Doer) -> None:
    clock: Any = doer.sted.log.ur
    clock.now = BEGYNDT
    told = []
    for _ in range(4):
        for _ in range(2):
            found = (await doer.spoerg())[2]["extensions"]["friskhed"]
        told.append(found)
        clock.now += timedelta(seconds=14)

    assert len({one["stand"] for one in told}) == 4, "its age counts from now"
    assert told[0]["status"] == "FRISK"
    assert told[3]["status"] == "BAGUD"
    assert set(doer.sted.talt[1:]) == {"HIT"}
