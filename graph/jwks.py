"""The keys of an issuer by its JWKS address: fetched in the background, kept, refreshed, and asked for with measure.

Source: security.md 9.2, last paragraph. Owns when they are fetched; how they read: graph/noegler.py. A request never
waits for a fetch: a kid that is not known is refused at once, and makes the next fetch come sooner.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from fkorg.errors import FkorgError, Malformed, Unavailable
from fkorg.soap import faults, transport
from fkorg.soap.transport import Http
from graph import noegler
from graph.noegler import Tokennoegle

STOERST_BYTES: Final = 256 * 1024
FRISK: Final = timedelta(minutes=10)
"""Keys are fetched anew after so long."""
MELLEMRUM: Final = timedelta(minutes=1)
"""Between two fetches, whatever is asked for and however the last one ended."""
HOLDBAR: Final = timedelta(hours=24)
"""Keys are used for so long when they cannot be fetched anew."""
TIMEOUT_S: Final = 10.0
OK: Final = 200

log = structlog.get_logger()


async def hent(http: Http, adresse: str) -> bytes:
    """What stands at the address, at most 256 kB; redirects are not followed. Raises one of the five errors."""
    hvad = "the issuer's keys"
    try:
        async with asyncio.timeout(TIMEOUT_S):
            svar = await http.send("GET", adresse, None, {"Accept": "application/json"})
            try:
                if svar.status != OK:
                    raise faults.http_fejl(svar.status, hvad, skriver=False)
                return await transport.hele(svar, STOERST_BYTES)
            finally:
                await svar.aclose()
    except FkorgError:
        raise
    except Exception as cause:
        if (fejl := faults.oversaet(cause, hvad, skriver=False)) is None:
            raise
        raise fejl from cause


@dataclass(slots=True)
class Jwks:
    """One issuer's. `hent` fetches the set and raises one of the five errors; `ur`: what time it is."""

    udsteder: str
    algoritmer: tuple[str, ...]
    hent: Callable[[], Awaitable[bytes]]
    ur: Callable[[], datetime]
    _noegler: Mapping[str, Tokennoegle] = field(default_factory=dict, init=False)
    _hentet: datetime | None = field(default=None, init=False)
    _forsoegt: datetime | None = field(default=None, init=False)
    _ukendt: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    """A kid was asked for, since the last fetch, that is not known."""

    def find(self, kid: str, now: datetime) -> Tokennoegle | None:
        """The key of the kid. Raises Unavailable when none were ever fetched, or for too long."""
        alder = self.alder(now)
        if alder is None or alder >= HOLDBAR:
            raise Unavailable("the keys of the token's issuer are not here")
        noegle = self._noegler.get(kid)
        if noegle is None:
            self._ukendt.set()
        return noegle

    async def run(self, skiftet: Callable[[], None]) -> None:
        """Fetch when it is time to, until cancelled. `skiftet` is told when the keys are others than before."""
        while True:
            while (vent := self.forfalder() - self.ur()) > timedelta():
                if self._ukendt.is_set():
                    await asyncio.sleep(vent.total_seconds())
                else:
                    with suppress(TimeoutError):
                        async with asyncio.timeout(vent.total_seconds()):
                            await self._ukendt.wait()
            try:
                if await self.forny():
                    skiftet()
            except FkorgError as fejl:
                log.warning(f"the keys of {self.udsteder} cannot be fetched", grund=str(fejl))

    def forfalder(self) -> datetime:
        """When the next fetch is due."""
        if self._forsoegt is None:
            return self.ur()
        if self._ukendt.is_set() or self._hentet != self._forsoegt:
            return self._forsoegt + MELLEMRUM
        return self._forsoegt + FRISK

    async def forny(self) -> bool:
        """Fetch now. Are the keys others than before? When it raises one of the five errors, they are as before."""
        self._ukendt.clear()
        self._forsoegt = now = self.ur()
        raw = await self.hent()
        try:
            found = noegler.jwks(raw, self.algoritmer)
        except ValueError as cause:
            raise Malformed(str(cause)) from cause
        andre, self._noegler, self._hentet = found != self._noegler, found, now
        return andre

    def alder(self, now: datetime) -> timedelta | None:
        """Since the keys were fetched; None when they never were."""
        return None if self._hentet is None else now - self._hentet

    @property
    def antal(self) -> int:
        """How many keys there are."""
        return len(self._noegler)
