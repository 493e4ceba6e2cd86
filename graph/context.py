"""What the resolvers of one execution may use: the caller, the one moment, and the parts that answer for them.

Read fields have no resolvers and see nothing of this; a plan gets its values as arguments.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from strawberry.types import Info

from fkorg.catalogue import Objekttype
from graph.batch import Gatherer
from graph.caller import Principal
from graph.changes import Changes
from graph.indsigt import Indsigt
from graph.mutations.kontekst import Objekter, Skrivere
from graph.opslag import Opslagslog


@dataclass(slots=True)
class Context:
    """One per execution; of a subscription one per event, with the caller and the moment of its delivery."""

    principal: Principal
    now: datetime
    aendringer: Changes
    objekter: Objekter
    skrivere: Skrivere | None = None
    """Who writes; None on a server that only reads."""
    opslag: Opslagslog | None = None
    """Where it is written who saw what of persons; None: nowhere, which is for tests."""
    indsigt: Indsigt | None = None
    """Who tells of it."""
    udvidelser: dict[str, object] = field(default_factory=dict)
    """What resolvers add to the extensions of the answer."""
    advarsler: list[dict[str, Any]] = field(default_factory=list, init=False)
    """What was found missing in objects that resolvers read: errors of the answer."""
    _samler: Gatherer = field(default_factory=Gatherer, init=False)
    _stier: dict[tuple[tuple[str, ...], UUID], list[str | int]] = field(default_factory=dict, init=False)

    async def objekt(self, info: Info[Any, Any], objekttype: Objekttype, uuid: UUID) -> Any:
        """An object by the query path; those asked for together are read together."""

        async def read(type_name: str, uuids: Sequence[UUID]) -> Sequence[Any]:
            return await self.objekter(info, type_name, uuids, self.principal, self.now)

        place = _place(info)
        self._stier.setdefault((place, uuid), list(info.path.as_list()))
        return await self._samler.objekt(place, objekttype, uuid, read)

    def advar(self, info: Info[Any, Any], uuids: Sequence[UUID], errors: Sequence[Mapping[str, Any]]) -> None:
        """Errors found in objects that were read by `info`'s field: their paths begin with which of them it is. One
        without a path is about all of them.

        One that is not there is none: the field is null, as it says.
        """
        for error in errors:
            if not error["path"]:
                self.advarsler.append({**error, "path": list(info.path.as_list())})
                continue
            nr, *inden = error["path"]
            if inden:
                sti = self._stier.get((_place(info), uuids[nr]), list(info.path.as_list()))
                self.advarsler.append({**error, "path": [*sti, *inden]})


def _place(info: Info[Any, Any]) -> tuple[str, ...]:
    """Where in the document: the path without the numbers of list elements."""
    return tuple(step for step in info.path.as_list() if isinstance(step, str))
