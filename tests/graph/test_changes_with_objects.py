"""Changes with their objects by the query path, and queries that mix the change log with planned fields."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import pytest
from graphql import GraphQLError

from fkorg.errors import Unavailable
from graph.answer import Spoergsmaal, Svar
from graph.caller import Principal, Ret
from graph.changes import Changes
from graph.context import Context
from graph.documents import Dokumenter
from graph.execute import Udfoerer
from graph.ordinary import vist
from graph.subscriptions import Prepared, Subscriptions
from model.freshness import Freshness
from model.lease import Lease
from model.log import Log
from model.pool import Pool
from tests.builders import en_bruger, en_enhed, en_person, en_sti, insert
from tests.graph.fixture import CORE, NOW
from tests.graph.log_fixture import BY, LAESER, a_log
from tests.model.log import en_aendring

OBJEKT = (
    "objekt { __typename uuid ... on OrganisationEnhed { navn: enhedsnavn sti { uuid } } ... on Bruger { brugernavn } }"
)
SIDE = f"query ($efter: Stand) {{ aendringer(efter: $efter) {{ aendringer {{ uuid {OBJEKT} }} naeste }} }}"


@dataclass
class Counted:
    """The reader of answers, counting its statements."""

    lease: Lease
    asked: int = 0

    async def fetchrow(self, text: str, *values: object, kommune: object = None) -> Any:
        self.asked += 1
        return await self.lease.fetchrow(text, *values)


@dataclass
class Engine:
    """The engine as wired: plans, changes and subscriptions over one database."""

    log: Log
    laeser: Counted
    dokumenter: Dokumenter
    udfoerer: Udfoerer
    changes: Changes

    async def data(self, query: str, **variables: Any) -> Any:
        svar = await self.udfoerer.besvar(Spoergsmaal(query, None, variables), LAESER, self.log.ur())
        assert list(svar.errors) == []
        assert svar.data is not None
        return orjson.loads(svar.data)

    def kontekst(self, principal: Principal, now: datetime) -> Context:
        return Context(principal, now, self.changes, self.udfoerer.objekter)

    def subscriptions(self) -> Subscriptions:
        def prepare(spoergsmaal: Spoergsmaal, principal: Principal) -> Prepared:
            found = self.dokumenter.find(spoergsmaal)
            return found if isinstance(found, Svar) else found.document

        def shown(errors: Any) -> list[dict[str, Any]]:
            return [vist(error) for error in errors if isinstance(error, GraphQLError)]

        return Subscriptions(CORE, prepare, self.kontekst, shown, self.log.ur)


@pytest.fixture
async def engine(dsn: str) -> AsyncIterator[Engine]:
    async with a_log(dsn) as log, Lease(dsn, size=4) as lease:
        laeser, dokumenter = Counted(lease), Dokumenter(CORE)
        changes = Changes(log, Freshness(log.database))
        made: list[Engine] = []
        udfoerer = Udfoerer(dokumenter, laeser, lambda principal, now: made[0].kontekst(principal, now))
        made.append(Engine(log, laeser, dokumenter, udfoerer, changes))
        yield made[0]


async def begin(engine: Engine) -> str:
    position: str = (await engine.data(SIDE))["aendringer"]["naeste"]
    return position


async def skole(engine: Engine) -> UUID:
    """A unit under the root, with its change."""
    uuid = BY.en_uuid("skole")
    async with engine.log.database.transaction() as tx:
        await insert(tx, [en_enhed(BY, "Skole", uuid=uuid), en_sti(BY, BY.rod, uuid)])
        await en_aendring(tx, BY, uuid, art="OPSTAAET")
        await tx.execute("select pg_notify('aendring', '')")
    return uuid


async def test_a_change_shows_its_object_with_the_selection_of_its_type(engine: Engine) -> None:
    start = await begin(engine)
    uuid = await skole(engine)
    async with engine.log.database.transaction() as tx:
        await insert(tx, [en_bruger(BY, "mads", uuid=BY.en_uuid("mads"))])
        await en_aendring(tx, BY, BY.en_uuid("mads"), "BRUGER")
        await en_aendring(tx, BY, BY.en_uuid("borte"), art="SLETTET")

    found = (await engine.data(SIDE, efter=start))["aendringer"]["aendringer"]

    assert [one["objekt"] for one in found] == [
        {
            "__typename": "OrganisationEnhed",
            "uuid": str(uuid),
            "navn": "Skole",
            "sti": [{"uuid": str(BY.rod)}, {"uuid": str(uuid)}],
        },
        {"__typename": "Bruger", "uuid": str(BY.en_uuid("mads")), "brugernavn": "mads"},
        None,
    ]


@pytest.mark.parametrize(
    "query",
    [
        SIDE,
        'query { friskhed(cvr: "11111111") { status } }',
        'query { aendringer { naeste } friskhed(cvr: "11111111") { status } }',
    ],
)
async def test_a_question_that_is_all_resolvers_is_not_answered_while_the_database_is_away(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    """Both doors make a 503 of it, as of any other question (rules.md 20)."""
    monkeypatch.setattr(Pool, "connection", _away)

    with pytest.raises(Unavailable):
        await engine.udfoerer.besvar(Spoergsmaal(query, None, {}), LAESER, engine.log.ur())


async def test_what_can_be_answered_while_something_is_away_is_answered(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Pool, "connection", _away)

    svar = await engine.udfoerer.besvar(Spoergsmaal("{ aendringer { naeste } __typename }", None, {}), LAESER, NOW)

    assert svar.data is not None
    assert orjson.loads(svar.data) == {"aendringer": None, "__typename": "Query"}
    assert [error["extensions"]["kode"] for error in svar.errors] == ["UNAVAILABLE"]


@asynccontextmanager
async def _away(_: Pool) -> AsyncIterator[None]:
    raise Unavailable("the database is away")
    yield


async def test_what_is_missing_in_an_object_is_told_at_its_place(engine: Engine) -> None:
    start = await begin(engine)
    await skole(engine)
    uuid = BY.en_uuid("navnloes")
    async with engine.log.database.transaction() as tx:
        await insert(tx, [en_enhed(BY, None, uuid=uuid), en_sti(BY, BY.rod, uuid)])
        await en_aendring(tx, BY, BY.en_uuid("borte"), art="SLETTET")
        await en_aendring(tx, BY, uuid, art="OPSTAAET")

    svar = await engine.udfoerer.besvar(Spoergsmaal(SIDE, None, {"efter": start}), LAESER, engine.log.ur())

    assert [(told["path"], told["extensions"]["type"]) for told in svar.errors] == [
        (["aendringer", "aendringer", 2, "objekt", "navn"], "WARNING")
    ]


async def test_a_subscriber_is_told_what_is_missing_too(engine: Engine) -> None:
    query = f"subscription {{ aendringer {{ __typename ... on Aendring {{ uuid {OBJEKT} }} }} }}"
    uuid = BY.en_uuid("navnloes")

    async with aclosing(engine.subscriptions().follow(Spoergsmaal(query), lambda: LAESER)) as told:
        first = await anext(told)
        async with engine.log.database.transaction() as tx:
            await insert(tx, [en_enhed(BY, None, uuid=uuid), en_sti(BY, BY.rod, uuid)])
            await en_aendring(tx, BY, uuid, art="OPSTAAET")
            await tx.execute("select pg_notify('aendring', '')")
        second = await anext(told)

    assert list(first.svar.errors) == []
    assert [one["path"] for one in second.svar.errors] == [["aendringer", "objekt", "navn"]]


async def test_a_selection_that_costs_too_much_is_refused_for_each_object_alone(engine: Engine) -> None:
    ledere = " ".join(f"a{n}: effektivLeder {{ __typename }}" for n in range(25))
    objekt = f"objekt {{ ... on OrganisationEnhed {{ {ledere} }} }}"
    query = f"subscription {{ aendringer {{ ... on Aendring {{ uuid {objekt} }} }} }}"

    async with aclosing(engine.subscriptions().follow(Spoergsmaal(query), lambda: LAESER)) as told:
        await anext(told)
        uuid = await skole(engine)
        second = await anext(told)

    assert second.svar.data is not None
    assert orjson.loads(second.svar.data) == {"aendringer": {"uuid": str(uuid), "objekt": None}}
    assert [(one["message"][:25], one["extensions"]["classification"]) for one in second.svar.errors] == [
        ("wanted at most 200 tables", "ValidationError")
    ]


async def test_rights_are_those_of_the_moment_of_delivery(engine: Engine) -> None:
    """A token that was swapped meanwhile opens the name; one that lost the right closes it again."""
    query = "subscription { aendringer { ... on Aendring { objekt { ... on Person { navn } } } } }"
    uuid, caller = BY.en_uuid("mads"), [LAESER]
    async with engine.log.database.transaction() as tx:
        await insert(tx, [en_person(BY, "Mads Skjern", uuid=uuid)])

    names, warnings = [], []
    async with aclosing(engine.subscriptions().follow(Spoergsmaal(query), lambda: caller[0])) as told:
        await anext(told)
        for rights in ({Ret.LAES}, {Ret.LAES, Ret.SENAVN}, {Ret.LAES}):
            caller[0] = replace(LAESER, rettigheder=frozenset(rights))
            async with engine.log.database.transaction() as tx:
                await en_aendring(tx, BY, uuid, "PERSON")
                await tx.execute("select pg_notify('aendring', '')")
            svar = (await anext(told)).svar
            names.append(orjson.loads(svar.data or b"")["aendringer"]["objekt"]["navn"])
            warnings.append(len(svar.errors))

    assert names == [None, "Mads Skjern", None]
    assert warnings == [1, 0, 1]


async def test_the_objects_of_a_page_are_one_statement_per_type(engine: Engine) -> None:
    start = await begin(engine)
    await skole(engine)
    async with engine.log.database.transaction() as tx:
        for number in range(20):
            uuid, user = BY.en_uuid(f"e{number}"), BY.en_uuid(f"b{number}")
            await insert(tx, [en_enhed(BY, f"Enhed {number}", uuid=uuid), en_bruger(BY, f"b{number}", uuid=user)])
            await en_aendring(tx, BY, uuid)
            await en_aendring(tx, BY, user, "BRUGER")
    engine.laeser.asked = 0

    found = (await engine.data(SIDE, efter=start))["aendringer"]["aendringer"]

    assert len(found) == 41
    assert all(one["objekt"]["uuid"] == one["uuid"] for one in found)
    assert engine.laeser.asked == 2


async def test_an_object_is_never_older_than_its_change(engine: Engine) -> None:
    """The name is the number of the change: what is shown may be newer, never older."""
    start = await begin(engine)
    uuid = await skole(engine)
    subscription = (
        f"subscription ($efter: Stand) {{ a: aendringer(efter: $efter) {{ ... on Aendring {{ felter {OBJEKT} }} }} }}"
    )

    async with aclosing(
        engine.subscriptions().follow(Spoergsmaal(subscription, None, {"efter": start}), lambda: LAESER)
    ) as told:
        for number in range(20):
            async with engine.log.database.transaction() as tx:
                await tx.execute("update organisation_enhed set enhedsnavn = $1 where uuid = $2", str(number), uuid)
                await en_aendring(tx, BY, uuid, felter=(str(number),))
                await tx.execute("select pg_notify('aendring', '')")
            if number % 5 == 0:
                await anext(told)
        shown = [orjson.loads((await anext(told)).svar.data or b"")["a"] for _ in range(17)]

    changes = [one for one in shown if one and one["felter"][0].isdigit()]
    assert len(changes) >= 15
    assert all(int(one["objekt"]["navn"]) >= int(one["felter"][0]) for one in changes)


FOELG = """subscription ($efter: Stand, $ja: Boolean = true) { aendringer(efter: $efter) {
    ... on Aendring { uuid objekt { ... on Person { uuid @include(if: $ja) navn } } } ... on Puls { stand } } }"""


async def _told(
    subs: Subscriptions, principal: Principal, variables: dict[str, Any], following: "asyncio.Queue[None]"
) -> tuple[Any, bool]:
    """The object of the first change that a follower is told of after its pulse; and were there errors?"""
    async with aclosing(subs.follow(Spoergsmaal(FOELG, None, variables), lambda: principal)) as told:
        assert "stand" in orjson.loads((await anext(told)).svar.data or b"")["aendringer"]
        following.put_nowait(None)
        levering = await anext(told)
    return orjson.loads(levering.svar.data or b"")["aendringer"]["objekt"], bool(levering.svar.errors)


@pytest.mark.parametrize(
    "followers, executions",
    [
        ([(LAESER, {}), (LAESER, {}), (replace(LAESER, caller="another"), {"efter": None})], 1),
        ([(LAESER, {}), (LAESER, {"ja": True})], 2),
        ([(LAESER, {}), (replace(LAESER, rettigheder=LAESER.rettigheder | {Ret.SENAVN}), {})], 2),
    ],
    ids=["alike but for who asks from where", "other variables below the root", "other rights"],
)
async def test_a_change_is_executed_once_for_all_who_are_shown_it_alike(
    engine: Engine, followers: list[tuple[Principal, dict[str, Any]]], executions: int
) -> None:
    subs, uuid = engine.subscriptions(), BY.en_uuid("mads")
    async with engine.log.database.transaction() as tx:
        await insert(tx, [en_person(BY, "Mads M", uuid=uuid)])
    following: asyncio.Queue[None] = asyncio.Queue()
    tasks = [asyncio.create_task(_told(subs, *follower, following)) for follower in followers]
    async with asyncio.timeout(20):
        for _ in tasks:
            await following.get()
    engine.laeser.asked = 0
    async with engine.log.database.transaction() as tx:
        await en_aendring(tx, BY, uuid, "PERSON")
        await tx.execute("select pg_notify('aendring', '')")
    async with asyncio.timeout(20):
        shown = await asyncio.gather(*tasks)

    assert engine.laeser.asked == executions
    for (principal, _), (objekt, errors) in zip(followers, shown, strict=True):
        sees = principal.har(Ret.SENAVN)
        assert objekt == {"uuid": str(uuid), "navn": "Mads M" if sees else None}
        assert errors is not sees


async def test_a_query_may_mix_the_change_log_with_planned_fields(engine: Engine) -> None:
    start = await begin(engine)
    uuid = await skole(engine)
    query = f"""query ($efter: Stand, $uuid: [UUID!]!, $cvr: CVR!) {{
        sidst: organisationEnhed(uuid: $uuid) {{ enhedsnavn }}
        aendringer(efter: $efter) {{ aendringer {{ ...Aendret }} }}
        __typename
        friskhed(cvr: $cvr) {{ status }}
        foerst: organisationEnhed(uuid: $uuid) {{ uuid }} }}
        fragment Aendret on Aendring {{ uuid {OBJEKT.replace("navn: enhedsnavn sti { uuid }", "enhedsnavn")} }}"""

    found = await engine.data(query, efter=start, uuid=[str(uuid)], cvr=BY.cvr)

    objekt = {"__typename": "OrganisationEnhed", "uuid": str(uuid), "enhedsnavn": "Skole"}
    assert list(found.items()) == [
        ("sidst", [{"enhedsnavn": "Skole"}]),
        ("aendringer", {"aendringer": [{"uuid": str(uuid), "objekt": objekt}]}),
        ("__typename", "Query"),
        ("friskhed", {"status": "FRISK"}),
        ("foerst", [{"uuid": str(uuid)}]),
    ]


async def test_in_a_mixed_query_the_position_lies_not_beyond_the_data(engine: Engine) -> None:
    """A change that comes while the query runs is in the data, or after the position, or both."""
    query = "{ organisationEnhed(uuid: $uuid) { enhedsnavn } aendringer { naeste } }"
    uuid = await skole(engine)
    fetchrow = engine.laeser.lease.fetchrow

    async def renamed_meanwhile(text: str, *values: object, kommune: object = None) -> Any:
        async with engine.log.database.transaction() as tx:
            await tx.execute("update organisation_enhed set enhedsnavn = 'Ny' where uuid = $1", uuid)
            await en_aendring(tx, BY, uuid)
        return await fetchrow(text, *values)

    engine.laeser.fetchrow = renamed_meanwhile  # type: ignore[method-assign]

    found = await engine.data("query ($uuid: [UUID!]!) " + query, uuid=[str(uuid)])
    engine.laeser.fetchrow = fetchrow  # type: ignore[method-assign]
    after = await engine.data(SIDE, efter=found["aendringer"]["naeste"])

    assert found["organisationEnhed"] == [{"enhedsnavn": "Ny"}]
    assert [one["uuid"] for one in after["aendringer"]["aendringer"]] == [str(uuid)]


async def test_a_query_of_the_change_log_alone_that_fails_keeps_its_code(engine: Engine) -> None:
    svar = await engine.udfoerer.besvar(Spoergsmaal(SIDE, None, {"efter": "AAAA"}), LAESER, engine.log.ur())

    assert svar.data == b'{"aendringer":null}'
    (error,) = svar.errors
    assert error["path"] == ["aendringer"]
    assert (error["extensions"]["kode"], error["extensions"]["classification"]) == ("STAND_INVALID", "ValidationError")
