"""Many objects read back: batches by `list`, halved down to the single one at fault. The only caller of Kilde.list.
A source that heard nothing is not asked about each of them.

Owns how a failing batch is narrowed down. Refuses to know what the objects are wanted for.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.errors import FkorgError, NotFound, Unheard
from fkorg.registrering import Registrering
from ingest.kilde import Kilde

STOERST: int = 500
"""Objects in one `list` at most: the limit is published nowhere (domain.md 7)."""
_OPGIVET = 2
"""After so many single objects in a row that could not be read, the source is away, not the objects at fault."""


@dataclass(slots=True)
class Hentet:
    """What came of it: the newest registration of each object (None: the source does not know it), or the error."""

    fundet: dict[UUID, Registrering | None] = field(default_factory=dict)
    fejl: dict[UUID, Exception] = field(default_factory=dict)
    i_traek: int = 0
    andet: bool = False
    """Asked about something else, the source did answer."""
    skyld: set[UUID] = field(default_factory=set)
    """Objects that failed alone, after the source had answered about others: the fault is theirs."""

    def svarede(self) -> bool:
        """Did the source answer at all?"""
        return bool(self.fundet) or not self.fejl or self.andet


async def hent(kilde: Kilde, objekttype: Objekttype, uuids: Sequence[UUID], *, batch: int = STOERST) -> Hentet:
    """Read the objects. Raises nothing of the five: errors are told per object."""
    ud = Hentet()
    for start in range(0, len(uuids), batch):
        await _hent(kilde, objekttype, list(uuids[start : start + batch]), ud)
    return ud


async def proev(kilde: Kilde, organisation: UUID, objekttype: Objekttype, hentet: Hentet) -> None:
    """Whose fault is it? When nothing could be read, the municipality's own object tells whether the source is away. If
    it is not, a few that failed are read again alone: they may have failed before it came back."""
    if not hentet.svarede():
        try:
            await kilde.laes(Objekttype.ORGANISATION, organisation)
        except NotFound:
            pass
        except FkorgError:
            return
        hentet.andet = True
    for uuid in [uuid for uuid in hentet.fejl if uuid not in hentet.skyld][:_OPGIVET]:
        await _hent(kilde, objekttype, [uuid], hentet)


async def _hent(kilde: Kilde, objekttype: Objekttype, uuids: list[UUID], ud: Hentet) -> None:
    try:
        if len(uuids) == 1:
            found = [await kilde.laes(objekttype, uuids[0])]
        else:
            found = await kilde.list(objekttype, uuids)
    except NotFound:
        found = []
    except FkorgError as error:
        await _halver(kilde, objekttype, uuids, error, ud)
        return
    ud.i_traek = 0
    ud.fundet.update(dict.fromkeys(uuids))
    ud.fundet.update((billede.uuid, billede.nyeste) for billede in found)
    for uuid in uuids:
        ud.fejl.pop(uuid, None)


async def _halver(kilde: Kilde, objekttype: Objekttype, uuids: list[UUID], error: FkorgError, ud: Hentet) -> None:
    heard = not isinstance(error, Unheard)
    if heard and len(uuids) > 1 and ud.i_traek < _OPGIVET:
        half = len(uuids) // 2
        await _hent(kilde, objekttype, uuids[:half], ud)
        await _hent(kilde, objekttype, uuids[half:], ud)
        return
    if heard and len(uuids) == 1 and (ud.fundet or ud.andet):
        ud.skyld.update(uuids)
    ud.i_traek += 1
    ud.fejl.update(dict.fromkeys(uuids, error))
