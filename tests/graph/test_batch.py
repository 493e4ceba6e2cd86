"""Objects asked for together are read together, and each asker gets its own."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import pytest

from fkorg.catalogue import Objekttype
from graph.batch import Gatherer

ENHED, BRUGER = Objekttype.ORGANISATION_ENHED, Objekttype.BRUGER


async def test_one_question_per_type_and_place() -> None:
    asked: list[tuple[str, list[int]]] = []

    async def read(type_name: str, uuids: Sequence[UUID]) -> list[str | None]:
        asked.append((type_name, [uuid.int for uuid in uuids]))
        return [f"{type_name} {uuid.int}" if uuid.int != 3 else None for uuid in uuids]

    gatherer = Gatherer()
    wanted = [(("a",), ENHED, 1), (("a",), ENHED, 2), (("a",), ENHED, 1), (("a",), ENHED, 3)]
    wanted += [(("a",), BRUGER, 1), (("b",), ENHED, 1)]

    found = await asyncio.gather(
        *(gatherer.objekt(place, objekttype, UUID(int=number), read) for place, objekttype, number in wanted)
    )

    assert found[:4] == ["OrganisationEnhed 1", "OrganisationEnhed 2", "OrganisationEnhed 1", None]
    assert found[4:] == ["Bruger 1", "OrganisationEnhed 1"]
    assert sorted(asked) == [("Bruger", [1]), ("OrganisationEnhed", [1]), ("OrganisationEnhed", [1, 2, 3])]


async def test_nothing_is_remembered_for_later() -> None:
    answers = iter(["old", "new"])

    async def read(type_name: str, uuids: Sequence[UUID]) -> list[str]:
        return [next(answers)]

    gatherer = Gatherer()

    assert await gatherer.objekt(("a",), ENHED, UUID(int=1), read) == "old"
    assert await gatherer.objekt(("a",), ENHED, UUID(int=1), read) == "new"


async def test_a_failure_reaches_all_who_asked() -> None:
    async def read(type_name: str, uuids: Sequence[UUID]) -> list[str]:
        raise ZeroDivisionError

    gatherer = Gatherer()
    asked = (gatherer.objekt(("a",), ENHED, UUID(int=number), read) for number in range(2))

    found = await asyncio.gather(*asked, return_exceptions=True)

    assert [type(one) for one in found] == [ZeroDivisionError, ZeroDivisionError]


async def test_an_asker_who_leaves_does_not_disturb_the_others() -> None:
    async def read(type_name: str, uuids: Sequence[UUID]) -> list[int]:
        return [uuid.int for uuid in uuids]

    gatherer = Gatherer()
    leaving = asyncio.create_task(gatherer.objekt(("a",), ENHED, UUID(int=1), read))
    staying = asyncio.create_task(gatherer.objekt(("a",), ENHED, UUID(int=1), read))
    await asyncio.sleep(0)
    leaving.cancel()

    assert await staying == 1
    with pytest.raises(asyncio.CancelledError):
        await leaving
