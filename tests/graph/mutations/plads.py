"""A place to write from: the schema, real Postgres, and the simulator's truth behind our own SOAP client.

Ingest is stood in for by `indtag`, which does with the dirty rows what graph relies on: read at the source, move the
object's guard, log the change. The answer's objects are not read here: `laest` tells which would be.
"""

import asyncio
from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import strawberry

from fkorg import tid
from fkorg.catalogue import Objekttype
from fkorg.errors import NotFound
from fkorg.registrering import Registrering
from fkorg.soap.client import Klient
from fkorg.soap.transport import Transport
from graph import schema
from graph.caller import Principal, Ret
from graph.mutations.kontekst import Objekter, Skrivere
from graph.opslag import Opslagslog
from model.pool import Pool
from model.stand import Segl, Stand
from model.writes import Skrivelaas
from simulator.fejl import Fejl
from simulator.sandhed import Sandhed
from simulator.tjeneste import Besvaret, Tjeneste
from tests.fkorg.soap.http import HttpHer
from tests.simulator.fixtures import DAG_NS, Ur

SECRET = b"s" * 32
SKRIVER = frozenset({Ret.LAES, Ret.SKRIV})


SCHEMA = schema.build()


@dataclass
class Forbindelse:
    """What the client talks to: the tjeneste of the test that runs, and the service and operation of each write.

    `svigter` is raised instead of a write (of `svigter_ved`, when that is set), or after it was carried out. The
    write `afvis_ved` is refused.
    """

    tjeneste: Tjeneste | None = None
    fejl: Fejl | None = None
    kald: list[str] = field(default_factory=list)
    svigter: Exception | None = None
    svigter_ved: str | None = None
    svigter_efter: bool = False
    afvis_ved: str | None = None
    efter_skrivning: Callable[[], None] | None = None
    efter_laesning: Callable[[], None] | None = None
    foer_svigt: Callable[[], None] | None = None

    def answer(self, request: httpx.Request) -> httpx.Response:
        assert self.tjeneste is not None
        service = urlsplit(str(request.url)).path.split("/")[2]
        operation = request.headers["content-type"].rsplit("/", 1)[-1].strip('"')
        kald = f"{service}.{operation}"
        writes = operation in ("opret", "importer", "ret", "passiver", "slet", "anonymiser", "import")
        fails = self.svigter if writes and self.svigter_ved in (None, kald) else None
        if fails is not None and not self.svigter_efter:
            if self.foer_svigt is not None:
                self.foer_svigt()
            raise fails
        besvaret = self._besvar(self.tjeneste, service, request.content, afvis=kald == self.afvis_ved)
        if writes:
            self.kald.append(kald)
            if self.efter_skrivning is not None:
                self.efter_skrivning()
        elif self.efter_laesning is not None:
            self.efter_laesning()
        if fails is not None:
            raise fails
        return httpx.Response(besvaret.status, content=besvaret.body)

    def _besvar(self, tjeneste: Tjeneste, service: str, body: bytes, *, afvis: bool) -> Besvaret:
        fejl = self.fejl
        assert fejl is not None
        before, fejl.plan = fejl.plan, replace(fejl.plan, refuse=40) if afvis else fejl.plan
        try:
            return tjeneste.answer(service, body)
        finally:
            fejl.plan = before

    def klient(self) -> Klient:
        return Klient(Transport(http=HttpHer(self.answer), timeout_s=10), "http://kilde/organisation", cvr="11111111")


@dataclass
class Kontekst:
    """What mutations read of `info.context`."""

    principal: Principal
    skrivere: Skrivere | None
    now: datetime
    objekter: Objekter
    opslag: Opslagslog | None = None
    udvidelser: MutableMapping[str, object] = field(default_factory=dict)


@dataclass
class Svar:
    """The answer of one operation."""

    data: dict[str, Any] | None
    errors: list[dict[str, Any]]
    udvidelser: MutableMapping[str, object]

    @property
    def payload(self) -> dict[str, Any]:
        """The one field that was asked for; the test expects it to have succeeded."""
        assert self.errors == [], self.errors
        assert self.data is not None
        (found,) = self.data.values()
        return dict(found)

    @property
    def fejl(self) -> dict[str, Any]:
        """The one error's message and extensions; the test expects the field to be null."""
        assert len(self.errors) == 1, (self.data, self.errors)
        assert self.data is None or set(self.data.values()) == {None}
        return self.errors[0]


class Plads:
    """Everything a test of mutations needs. `ingest` False: nobody takes the writes in."""

    def __init__(
        self, dsn: str, pool: Pool, sandhed: Sandhed, ur: Ur, forbindelse: Forbindelse, klient: Klient
    ) -> None:
        self.sandhed, self.forbindelse = sandhed, forbindelse
        self.klient = klient
        self.laest: list[tuple[str, UUID]] = []
        self.ur = ur
        self.ingest = True
        self.opslag: Opslagslog | None = None
        self.dsn = dsn
        self.brug(pool)

    def brug(self, pool: Pool) -> None:
        """Write with this database."""
        self.pool = pool
        laas = Skrivelaas(pool, vent=timedelta(seconds=10))
        wait, pause = timedelta(seconds=5), timedelta(milliseconds=5)
        self.skrivere = Skrivere({"11111111": self.klient}, pool, laas, SECRET, wait, pause, timedelta(0))

    def stand(self, text: str) -> Stand:
        """What a position says."""
        return Segl.of(SECRET, self.organisation).parse(text, self.now)

    @property
    def now(self) -> datetime:
        found = tid.to_datetime(self.ur())
        assert found is not None
        return found

    def om_to_dage(self) -> None:
        """The clock of the source and ours, two days on."""
        self.ur.go(2 * DAG_NS)

    @property
    def organisation(self) -> UUID:
        return self.sandhed.organisation

    async def goer(
        self,
        document: str,
        *,
        rettigheder: frozenset[Ret] = SKRIVER,
        caller: str = "et-system",
        skrivere: Skrivere | None = None,
        **variables: Any,
    ) -> Svar:
        """Run a document with ingest beside it."""
        principal = Principal(caller, "11111111", self.organisation, rettigheder, self.now + timedelta(hours=1))
        kontekst = Kontekst(principal, skrivere or self.skrivere, self.now, self._objekter, self.opslag)
        ingest = asyncio.create_task(self._ingest())
        try:
            result = await SCHEMA.execute(document, variable_values=_plain(variables), context_value=kontekst)
        finally:
            ingest.cancel()
        errors = [{"message": e.message, **(e.extensions or {})} for e in result.errors or ()]
        return Svar(result.data, errors, kontekst.udvidelser)

    async def indtag(self) -> None:
        """Take in what is dirty, and forget who is to be forgotten, as ingest does."""
        await self.pool.execute("update anonymisering set glemt_at = now() where glemt_at is null")
        for row in await self.pool.fetch("select objekttype, uuid, want_ns, gen from dirty order by first_marked_at"):
            try:
                billede = await self.klient.laes(Objekttype(row["objekttype"]), row["uuid"])
            except NotFound:
                continue
            found = billede.nyeste
            if found is not None and found.tidspunkt_ns >= row["want_ns"]:
                await self._anvend(row["objekttype"], row["uuid"], found, row["gen"])

    def nyeste(self, objekttype: Objekttype, uuid: UUID | str) -> Registrering:
        """What the source says now."""
        found = self.sandhed.nyeste(objekttype, UUID(str(uuid)))
        assert found is not None
        return found

    async def _ingest(self) -> None:
        while True:
            if self.ingest:
                await self.indtag()
            await asyncio.sleep(0.01)

    async def _anvend(self, objekttype: str, uuid: UUID, found: Registrering, gen: int) -> None:
        key = (self.organisation, objekttype, uuid)
        async with self.pool.transaction() as tx:
            await tx.execute(
                "insert into objekt (organisation, objekttype, uuid, reg_ns, livscyklus, content_hash, aarsag,"
                " anvendt_at) values ($1, $2, $3, $4, $5, '', 'MUTATION', now())"
                " on conflict (organisation, objekttype, uuid) do update set reg_ns = excluded.reg_ns",
                *key,
                found.tidspunkt_ns,
                found.livscyklus.value,
            )
            await tx.execute(
                "insert into aendring (incarnation, organisation, objekttype, uuid, art, reg_ns, felter, aarsag,"
                " anvendt_at) values ((select incarnation from model_state), $1, $2, $3, 'AENDRET', $4, '{}',"
                " 'MUTATION', now())",
                *key,
                found.tidspunkt_ns,
            )
            await tx.execute(
                "delete from dirty where organisation = $1 and objekttype = $2 and uuid = $3 and gen = $4", *key, gen
            )

    async def _objekter(
        self, info: strawberry.Info, type_name: str, uuids: Sequence[UUID], principal: Principal, now: datetime
    ) -> Sequence[dict[str, Any] | None]:
        self.laest.extend((type_name, uuid) for uuid in uuids)
        return [None for _ in uuids]


def _plain(value: Any) -> Any:
    """Variables as JSON has them."""
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, (list, tuple)) else value
