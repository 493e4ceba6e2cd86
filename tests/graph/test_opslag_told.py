"""The log of reads and subscriptions: each caller who is told a name is in it, or is told none."""

from contextlib import AsyncExitStack, aclosing
from dataclasses import replace

import orjson

from graph.answer import Spoergsmaal
from graph.caller import Ret
from graph.execute import UDEN_OPSLAG
from tests.builders import en_person, insert
from tests.graph.fixture import Husker
from tests.graph.log_fixture import BY, LAESER
from tests.graph.test_changes_with_objects import Engine, engine
from tests.model.log import en_aendring

__all__ = ["engine"]


async def test_each_caller_who_is_told_a_name_is_in_the_log_of_reads(engine: Engine) -> None:
    """Callers with the same rights are told together, but not of persons."""
    query = "subscription { aendringer { ... on Aendring { objekt { ... on Person { navn } } } } }"
    uuid, husker = BY.en_uuid("mads"), Husker()
    engine.udfoerer.opslag = husker
    subscriptions = engine.subscriptions()
    async with engine.log.database.transaction() as tx:
        await insert(tx, [en_person(BY, "Mads Skjern", uuid=uuid)])

    callers = [replace(LAESER, caller=navn, rettigheder=frozenset({Ret.LAES, Ret.SENAVN})) for navn in ("a", "b")]
    async with AsyncExitStack() as stack:
        followers = [
            await stack.enter_async_context(aclosing(subscriptions.follow(Spoergsmaal(query), lambda who=who: who)))
            for who in callers
        ]
        for told in followers:
            await anext(told)
        async with engine.log.database.transaction() as tx:
            await en_aendring(tx, BY, uuid, "PERSON")
            await tx.execute("select pg_notify('aendring', '')")
        for told in followers:
            assert b"Mads Skjern" in ((await anext(told)).svar.data or b"")

    assert sorted((et.caller, et.felter, et.personer) for et in husker.husket) == [
        ("a", ("navn",), (str(uuid),)),
        ("b", ("navn",), (str(uuid),)),
    ]


async def test_while_the_log_of_reads_cannot_be_written_a_subscriber_is_told_no_name_and_why(engine: Engine) -> None:
    query = "subscription { aendringer { ... on Aendring { uuid objekt { ... on Person { navn } } } } }"
    uuid = BY.en_uuid("mads")
    engine.udfoerer.opslag = husker = Husker()
    husker.borte = True
    async with engine.log.database.transaction() as tx:
        await insert(tx, [en_person(BY, "Mads Skjern", uuid=uuid)])
    caller = replace(LAESER, rettigheder=frozenset({Ret.LAES, Ret.SENAVN}))

    async with aclosing(engine.subscriptions().follow(Spoergsmaal(query), lambda: caller)) as told:
        await anext(told)
        async with engine.log.database.transaction() as tx:
            await en_aendring(tx, BY, uuid, "PERSON")
            await tx.execute("select pg_notify('aendring', '')")
        svar = (await anext(told)).svar

    assert orjson.loads(svar.data or b"")["aendringer"] == {"uuid": str(uuid), "objekt": {"navn": None}}
    first, second = svar.errors
    assert (first["message"], first["path"]) == (UDEN_OPSLAG, ["aendringer", "objekt"])
    assert second["extensions"]["classification"] == "Unauthorized"
