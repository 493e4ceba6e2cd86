"""The change log and freshness as the API asks for them: arguments in, values of the schema out.

Owns the checks of arguments and the words of refusals. Refuses to know how the log is read (model/log.py), when a
follower is told what (graph/follow.py), and who carries the answers away.
"""

from collections.abc import AsyncGenerator, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import orjson
import strawberry
from graphql import GraphQLError
from strawberry.types import Info

from fkorg.catalogue import Objekttype
from fkorg.errors import Unavailable
from graph import follow
from graph.answer import Svar
from graph.caller import Principal, Ret
from graph.compile.markers import Klassifikation
from graph.errors import fejl
from graph.follow import Gensynk, Puls
from graph.types import aendring as api
from graph.types import friskhed as friskhed_api
from graph.types.enums import Aarsag
from graph.types.scalars import Stand as StandText
from graph.types.scalars import af_datetime, af_ns
from model import aendringslog, afstemning, freshness
from model.aendringslog import Filter
from model.freshness import Freshness
from model.log import Log
from model.stand import Stand, Standfejl

MEST: Final = 500
"""Changes of a page, and uuids of a filter, at most (rules.md 18)."""


@dataclass(frozen=True)
class Changes:
    """One per process: the `aendringer` of every operation's context."""

    log: Log
    freshness: Freshness
    puls: timedelta = follow.PULS
    _friskheder: dict[UUID, tuple[Hashable, bytes]] = field(default_factory=dict, init=False, repr=False)

    async def side(
        self, info: Info[Any, Any], efter: str | None, filter: api.AendringFilter | None, antal: int | None
    ) -> api.AendringSide:
        """`Query.aendringer`: without a position an empty page that tells where to begin."""
        principal = info.context.principal
        organisation, wanted = tenant(principal), chosen(principal, filter)
        count = MEST if antal is None or antal is strawberry.UNSET else antal
        if not 1 <= count <= MEST:
            raise refusal(f"antal: wanted 1 to {MEST}, found {count}")
        try:
            position = await self.log.begin(organisation, _position(efter))
            page = await self.log.read(organisation, position, wanted, count)
        except Standfejl as error:
            raise refusal(f"efter: {error.grund}", kode=error.kode) from error
        return api.AendringSide(
            aendringer=[self._aendring(organisation, one) for one in page.aendringer],
            naeste=StandText(self.log.text(organisation, page.naeste, page.naeste_givet)),
            flere=page.flere,
            friskhed=await self._friskhed(organisation, page.naeste, page.naeste_givet),
        )

    async def lyt(
        self, info: Info[Any, Any], efter: str | None, filter: api.AendringFilter | None
    ) -> AsyncGenerator[api.AendringBesked, None]:
        """`Subscription.aendringer`. Rights are those of the context's principal at each delivery."""
        context = info.context
        organisation, wanted = tenant(context.principal), chosen(context.principal, filter)
        told = follow.follow(
            self.log,
            organisation,
            context.fra or _position(efter),
            wanted,
            may_read=lambda: may_read(context.principal),
            puls=self.puls,
        )
        try:
            async for besked in told:
                yield await self._besked(organisation, besked)
        finally:
            await told.aclose()

    async def friskhed(self, info: Info[Any, Any], cvr: str) -> friskhed_api.Friskhed:
        """`Query.friskhed`: with the newest position that the process knows."""
        principal = info.context.principal
        own_cvr(principal, cvr)
        organisation = tenant(principal)
        fundet = await self._friskhed(organisation, await self.log.here(), self.log.ur())
        async with self.log.database.connection() as connection:
            fundet.seneste_afstemning = friskhed_api.afstemning(await afstemning.rapport(connection, organisation))
        return fundet

    async def extensions(self, principal: Principal, svar: Svar) -> orjson.Fragment:
        """`extensions.friskhed` of an answer: its position is the horizon that was read with the data (rules.md 13).

        Finished JSON, for orjson to put in place.
        """
        organisation, now = tenant(principal), self.log.ur()
        if (kendt := self.kendt(organisation, svar, now)) is not None:
            return orjson.Fragment(kendt)
        here = await self.log.here()
        position = here if svar.horisont is None else Stand(here.incarnation, svar.horisont)
        found = await self.freshness.of(organisation, now)
        made = freshness.fragment(found, self.log.text(organisation, position, now))
        self._friskheder[organisation] = (self._friskhed_af(organisation, svar, now), made)
        return orjson.Fragment(made)

    def kendt(self, organisation: UUID, svar: Svar, now: datetime) -> bytes | None:
        """The same, when the last one was made within this second, of the same facts and for the same position."""
        noegle = self._friskhed_af(organisation, svar, now)
        kendt = self._friskheder.get(organisation)
        return kendt[1] if noegle is not None and kendt is not None and kendt[0] == noegle else None

    def _friskhed_af(self, organisation: UUID, svar: Svar, now: datetime) -> Hashable | None:
        """What decides how it reads; None while the facts are to be asked for."""
        siden, here = self.freshness.siden(organisation, now), self.log.tail.aktuel
        if siden is None or here is None:
            return None
        return here.incarnation, here.horisont if svar.horisont is None else svar.horisont, int(now.timestamp()), siden

    async def mindst(self, principal: Principal, text: str) -> Svar | None:
        """Wait until the position in `x-Mindst` can be read here; a Svar when it never will be.

        Raises Unavailable when time was up: older data is never shown instead.
        """
        try:
            await self.log.reach(tenant(principal), text)
        except Standfejl as error:
            told = fejl(f"x-Mindst: {error.grund}", Klassifikation.VALIDATION, kode=str(error.kode))
            return Svar(None, [told], udfoert=False)
        return None

    async def _besked(self, organisation: UUID, besked: follow.Besked) -> api.AendringBesked:
        if isinstance(besked, aendringslog.Aendring):
            return self._aendring(organisation, besked)
        now = self.log.ur()
        stand = StandText(self.log.text(organisation, besked.stand, now))
        if isinstance(besked, Gensynk):
            return api.Gensynk(stand=stand, grund=besked.grund)
        assert isinstance(besked, Puls)
        friskhed = await self._friskhed(organisation, besked.stand, now)
        return api.Puls(stand=stand, sted=besked.stand, alt=besked.alt, friskhed=friskhed)

    async def _friskhed(self, organisation: UUID, position: Stand, givet: datetime) -> friskhed_api.Friskhed:
        found = await self.freshness.of(organisation, self.log.ur())
        return friskhed_api.friskhed(found, self.log.text(organisation, position, givet))

    def _aendring(self, organisation: UUID, one: aendringslog.Aendring) -> api.Aendring:
        def text(position: Stand) -> StandText:
            return StandText(self.log.text(organisation, position, one.anvendt_at))

        return api.Aendring(
            stand=text(one.stand),
            sted=one.stand,
            art=api.AendringsArt(one.art),
            aarsag=Aarsag(one.aarsag),
            objekttype=Objekttype(one.objekttype),
            uuid=one.uuid,
            registreringstid=af_ns(one.reg_ns),
            anvendt=af_datetime(one.anvendt_at),
            felter=list(one.felter),
            afledt_af=None if one.afledt_af is None else text(one.afledt_af),
        )


def chosen(principal: Principal, filter: api.AendringFilter | None) -> Filter:
    """The filter of a caller. Raises GraphQLError for another municipality, too many uuids, or no right to read."""
    may_read(principal)
    if not filter:
        return Filter()
    if filter.cvr:
        own_cvr(principal, filter.cvr, "filter.cvr")
    for name, uuids in (("uuid", filter.uuid), ("brugere", filter.brugere)):
        if uuids and len(uuids) > MEST:
            raise refusal(f"filter.{name}: wanted at most {MEST}, found {len(uuids)}")
    return Filter(
        objekttyper=_given(filter.objekttyper, lambda one: one.value),
        uuid=_given(filter.uuid, lambda one: one),
        under_enhed=filter.under_enhed or None,
        brugere=_given(filter.brugere, lambda one: one),
        afledte=bool(filter.afledte),
    )


def may_read(principal: Principal) -> None:
    """Raises GraphQLError for a caller without the right to read."""
    if not principal.har(Ret.LAES):
        raise refusal("the right to read is missing", classification="Unauthorized")


def own_cvr(principal: Principal, cvr: str, argument: str = "cvr") -> None:
    """Raises GraphQLError when the municipality asked for is not the token's."""
    if cvr != principal.cvr:
        raise refusal(f"{argument}: wanted the municipality of the token", classification="Unauthorized")


def tenant(principal: Principal) -> UUID:
    """The caller's organisation. Raises Unavailable while its first fill has not begun."""
    if principal.organisation is None:
        raise Unavailable("this municipality is being loaded")
    return principal.organisation


def refusal(message: str, *, classification: str = "ValidationError", kode: str | None = None) -> GraphQLError:
    """An error of the caller's, with our extensions."""
    return GraphQLError(message, extensions=extensions(message, classification=classification, kode=kode))


def extensions(message: str, *, classification: str = "ValidationError", kode: str | None = None) -> dict[str, Any]:
    """The extensions of an error in KOMBIT's shape, with our `kode` where there is one."""
    shown = {"message": message, "type": "ERROR", "classification": classification}
    return shown | ({"kode": str(kode)} if kode is not None else {})


def _position(efter: str | None) -> str | None:
    """The position given, also an empty one, which is no position; None when the argument is absent or null."""
    return None if efter is None or efter is strawberry.UNSET else str(efter)


def _given(values: Sequence[Any] | None, convert: Callable[[Any], Any]) -> tuple[Any, ...] | None:
    """None for an argument that is absent or null; an empty list stays one, and fits nothing."""
    return None if values is None or values is strawberry.UNSET else tuple(convert(one) for one in values)
