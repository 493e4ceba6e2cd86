"""Reading the objects of many changes together: one question per type and place in the document.

Owns the turn of the event loop in which those who ask gather. Refuses to know how objects are read.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from uuid import UUID

from fkorg.catalogue import KATALOG, Objekttype

Read: TypeAlias = Callable[[str, Sequence[UUID]], Awaitable[Sequence[Any]]]
"""GraphQL type and uuids -> the objects in that order, None for one that is gone."""
_Key: TypeAlias = tuple[tuple[str, ...], Objekttype]


@dataclass(slots=True)
class Gatherer:
    """One per execution of an operation, so that nothing is remembered longer than an answer."""

    _waiting: dict[_Key, dict[UUID, "asyncio.Future[Any]"]] = field(default_factory=dict)
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set)

    async def objekt(self, place: tuple[str, ...], objekttype: Objekttype, uuid: UUID, read: Read) -> Any:
        """The object, read together with all that are asked for at the same place in the same turn."""
        key = (place, objekttype)
        waiting = self._waiting.get(key)
        if waiting is None:
            waiting = self._waiting[key] = {}
            task = asyncio.create_task(self._read(key, read))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if uuid not in waiting:
            waiting[uuid] = asyncio.get_running_loop().create_future()
        return await asyncio.shield(waiting[uuid])

    async def _read(self, key: _Key, read: Read) -> None:
        await asyncio.sleep(0)  # let the others of this turn ask
        waiting = self._waiting.pop(key)
        try:
            found = await read(KATALOG[key[1]].navn, list(waiting))
        except Exception as error:  # noqa: BLE001  handed to those who asked
            for one in waiting.values():
                one.set_exception(error)
            return
        for one, value in zip(waiting.values(), found, strict=True):
            one.set_result(value)
