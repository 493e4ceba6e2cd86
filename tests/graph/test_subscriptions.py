"""A subscription's document over a real log: its answers, its refusals, and the whole way to a real client."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson
import pytest
from gql import Client, gql
from gql.transport.websockets import WebsocketsTransport
from graphql import GraphQLError, parse, validate

from graph import http, schema
from graph.answer import Spoergsmaal, Svar
from graph.caller import Principal
from graph.socket import SocketEngine, graphql
from graph.subscriptions import Levering, Prepared, Subscriptions
from model import incarnation
from model.log import Log
from tests.graph.log_fixture import BY, LAESER, a_log, change, context
from tests.graph.served import served
from tests.model.log import NOW

CORE = schema.core(schema.build())
DEADLINE_S = 20.0
DOCUMENT = """subscription ($efter: Stand, $filter: AendringFilter) {
  besked: aendringer(efter: $efter, filter: $filter) {
  __typename
  ... on Aendring { stand uuid art felter }
  ... on Puls { stand friskhed { status stand } }
  ... on Gensynk { stand grund }
} }"""


def prepare(spoergsmaal: Spoergsmaal, principal: Principal) -> Prepared:
    try:
        document = parse(spoergsmaal.query)
    except GraphQLError as error:
        return Svar(None, shown([error]), udfoert=False)
    errors = validate(CORE, document)
    return Svar(None, shown(errors), udfoert=False) if errors else document


def shown(errors: Sequence[GraphQLError]) -> list[dict[str, Any]]:
    return [dict(error.formatted) for error in errors]


@pytest.fixture
async def log(dsn: str) -> AsyncIterator[Log]:
    async with a_log(dsn) as log:
        yield log


def subscriptions(log: Log) -> Subscriptions:
    return Subscriptions(CORE, prepare, lambda principal, now: context(log, principal), shown, log.ur)


def following(
    log: Log, query: str = DOCUMENT, principal: Callable[[], Principal] = lambda: LAESER, **variables: Any
) -> AsyncGenerator[Levering, None]:
    return subscriptions(log).follow(Spoergsmaal(query, None, variables), principal)


async def next_of(told: AsyncGenerator[Levering, None]) -> Any:
    async with asyncio.timeout(DEADLINE_S):
        levering = await anext(told)
    assert levering.svar.udfoert
    assert levering.svar.data is not None
    besked = orjson.loads(levering.svar.data)["besked"]
    assert levering.stand == besked["stand"]
    return besked


async def test_each_event_is_answered_as_the_document_selects(log: Log) -> None:
    async with aclosing(following(log)) as told:
        pulse = await next_of(told)
        uuid = await change(log, "ny")
        changed = await next_of(told)

    assert pulse == {
        "__typename": "Puls",
        "stand": pulse["stand"],
        "friskhed": {"status": "FRISK", "stand": pulse["stand"]},
    }
    expected = {"stand": changed["stand"], "uuid": str(uuid), "art": "AENDRET", "felter": ["enhedsnavn"]}
    assert changed == {"__typename": "Aendring", **expected}


async def test_variables_and_filter_reach_the_log(log: Log) -> None:
    async with aclosing(following(log, filter={"uuid": [str(BY.en_uuid("b"))]})) as told:
        await next_of(told)
        for navn in ("a", "b"):
            await change(log, navn)

        assert (await next_of(told))["uuid"] == str(BY.en_uuid("b"))


REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "no document": ("subscription {", {}, "Syntax Error"),
    "an unknown field": ("subscription { aendringer { nope } }", {}, "Cannot query field"),
    "a variable that is wrong": (DOCUMENT, {"filter": {"uuid": ["x"]}}, "Variable '$filter'"),
    "another municipality": (DOCUMENT, {"filter": {"cvr": "22222222"}}, "filter.cvr: wanted"),
    "a position that is no text": (DOCUMENT, {"efter": 5}, "Variable '$efter'"),
}


@pytest.mark.parametrize("query, variables, message", REFUSED.values(), ids=REFUSED)
async def test_a_subscription_is_refused(log: Log, query: str, variables: dict[str, Any], message: str) -> None:
    async with aclosing(following(log, query, **variables)) as told:
        only = [levering async for levering in told]

    assert [levering.svar.udfoert for levering in only] == [False]
    assert only[0].svar.errors[0]["message"].startswith(message)


async def test_a_wrong_variable_is_refused_without_repeating_it(log: Log) -> None:
    async with aclosing(following(log, filter={"uuid": ["0102031234 Mads Skjern"]})) as told:
        only = [levering async for levering in told]

    assert "wanted UUID" in only[0].svar.errors[0]["message"]
    assert "Mads" not in str(only[0].svar.errors)


async def test_an_empty_position_is_none_of_ours(log: Log) -> None:
    async with aclosing(following(log, efter="")) as told:
        assert (await next_of(told))["__typename"] == "Gensynk"


async def test_rights_are_those_of_the_delivery(log: Log) -> None:
    now = LAESER

    async with aclosing(following(log, principal=lambda: now)) as told:
        await next_of(told)
        now = replace(LAESER, rettigheder=frozenset())
        await change(log, "hemmelig")
        async with asyncio.timeout(DEADLINE_S):
            last = [levering async for levering in told]

    assert [levering.svar.udfoert for levering in last] == [False]
    assert last[0].svar.errors[0]["extensions"]["classification"] == "Unauthorized"


def test_a_query_is_no_subscription(log: Log) -> None:
    asked = {"{__typename}": False, "subscription {": False, DOCUMENT: True}

    found = {query: subscriptions(log).is_one(Spoergsmaal(query), LAESER) for query in asked}

    assert found == asked


@asynccontextmanager
async def client(log: Log) -> AsyncIterator[Callable[[], Client]]:
    """gql's client, as users have it, against the door served by uvicorn."""

    async def besvar(spoergsmaal: Spoergsmaal, principal: Principal, now: datetime) -> Svar:
        raise AssertionError("no query is asked")

    async def mindst(principal: Principal, text: str) -> None:
        return None

    engine = http.Engine(
        lambda headers, now, certifikat: LAESER,
        besvar,
        context(log).aendringer.extensions,
        mindst,
        lambda *_: None,
        log.ur,
    )
    app = graphql(SocketEngine(engine, subscriptions(log)))
    async with served(app) as address:
        yield lambda: Client(
            transport=WebsocketsTransport(
                url=f"ws://{address}/graphql",
                init_payload={"token": "t"},
                subprotocols=["graphql-transport-ws"],
                connect_args={"proxy": None},
            )
        )


async def test_a_real_client_follows_leaves_and_goes_on_without_gap_or_repeat(log: Log) -> None:
    found: list[str] = []
    position = None
    expected = []
    async with client(log) as new_client:
        for turn in range(4):
            expected += [str(await change(log, f"{turn}-away-{n}", ring=False)) for n in range(3 if turn else 0)]
            request = gql(DOCUMENT)
            request.variable_values = {"efter": position}
            async with new_client() as session, aclosing(session.subscribe(request)) as told:
                begun = False
                async with asyncio.timeout(DEADLINE_S):
                    async for answer in told:
                        besked = answer["besked"]
                        position = besked["stand"]
                        if besked["__typename"] == "Aendring":
                            found.append(besked["uuid"])
                        elif not begun:
                            begun = True
                            expected += [str(await change(log, f"{turn}-here-{n}")) for n in range(3)]
                        if begun and len(found) == len(expected) - turn % 2:
                            break  # every other time before all was read

    assert found == expected[: len(found)]
    assert len(found) == len(expected) - 1


async def test_a_restore_reaches_the_client_as_gensynk(log: Log) -> None:
    async with aclosing(following(log)) as told:
        await next_of(told)
        async with log.database.transaction() as tx:
            await incarnation.begin(tx, await incarnation.read(tx), NOW)

        besked = await next_of(told)

    assert besked["__typename"] == "Gensynk"
    assert "restored" in besked["grund"]
