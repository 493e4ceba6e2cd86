"""What the resolvers of one execution may use: the caller, the one moment, and the parts that answer for them.

Read fields have no resolvers and see nothing of this; a plan gets its values as arguments.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from strawberry.types import Info

from fkorg.catalogue import Objekttype
from graph.batch import Gatherer
from graph.caller import Principal
from graph.changes import Changes
from graph.mutations.kontekst import Objekter, Skrivere


@dataclass(slots=True)
class Context:
    """One per execution; of a subscription one per event, with the caller and the moment of its delivery."""

    principal: Principal
    now: datetime
    aendringer: Changes
    objekter: Objekter
    skrivere: Skrivere | None = None
    """Who writes; None on a server that only reads."""
    udvidelser: dict[str, object] = field(default_factory=dict)
    """What resolvers add to the extensions of the answer."""
    _samler: Gatherer = field(default_factory=Gatherer, init=False)

    async def objekt(self, info: Info[Any, Any], objekttype: Objekttype, uuid: UUID) -> Any:
        """An object by the query path; those asked for together are read together."""

        async def read(type_name: str, uuids: Sequence[UUID]) -> Sequence[Any]:
            return await self.objekter(info, type_name, uuids, self.principal, self.now)

        place = tuple(step for step in info.path.as_list() if isinstance(step, str))
        return await self._samler.objekt(place, objekttype, uuid, read)
