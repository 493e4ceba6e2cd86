"""One mutation under way: it reads the source, sends what has to change, and remembers what it did.

Owns the order read, compare, enter, send, read back. Refuses to know inputs, and how a run is begun and ended.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import UUID, uuid4

from fkorg import ret
from fkorg.catalogue import Objekttype
from fkorg.errors import Conflict, FkorgError, Unavailable, Uncertain
from fkorg.failpoint import failpoint
from fkorg.forskelle import Forskel, forskelle
from fkorg.kvittering import UDFOERT, Kvittering, UnikRetur
from fkorg.registrering import (
    UDEN_TIDSPUNKT_NS,
    Ansvar,
    Lister,
    Livscyklus,
    Oejebliksbillede,
    Reference,
    Registrering,
)
from fkorg.ret import Skridt
from graph.mutations import eftersyn, journal
from graph.mutations.bog import Bog
from graph.mutations.forloeb import Forloeb, Skrevet
from graph.mutations.hensigt import ANONYMISER, IMPORTER, OPRET, PASSIVER, RET, SLET, Fund, Hensigt, maerke
from graph.mutations.laesning import I_TVIVL, Laesning, levende
from graph.types.scalars import Tidspunkt
from model.anonymisering import uden_person

INGENTING: Final = Registrering(UDEN_TIDSPUNKT_NS, Livscyklus.OPSTAAET)
"""What a new object is before it says anything."""
UKENDT: Final = UUID(int=0)
"""The uuid of an object that a dry run would have made."""


@dataclass(frozen=True, slots=True)
class Ny:
    """An object to import: the caller's uuid and registration time, and what it says."""

    uuid: UUID
    tidspunkt: Tidspunkt | None
    skridt: Sequence[Skridt]


@dataclass(slots=True, kw_only=True)
class Gang(Laesning):
    """One run; without `bog` a dry one. `forloeb`: what it has done; `tidligere`: what an earlier try of the same wish
    did and this one has not come to: a step that took effect is never sent again."""

    note: str | None = None
    forloeb: Forloeb = field(default_factory=Forloeb)
    tidligere: list[Skrevet] = field(default_factory=list)
    forskelle: list[tuple[Objekttype, Forskel]] = field(default_factory=list)

    @property
    def ansvar(self) -> Ansvar:
        """Who answers for what we write: the municipality. Source: domain.md 4.1, AktoerRef."""
        return Ansvar(Reference(str(self.organisation)), "Organisation")

    async def laas(self, uuid: UUID) -> None:
        """Take the turn of one more object."""
        if self.bog is not None:
            await self.bog.laas(uuid)

    async def laes_maal(self, objekttype: Objekttype, uuid: UUID) -> Registrering:
        """As for any reading; what an earlier try wrote is no surprise to the caller."""
        if any(s.uuid == uuid for s in self.forloeb.skrevet):
            return await self.laes(objekttype, uuid, til_ret=True)
        return await Laesning.laes_maal(self, objekttype, uuid)

    async def opret(self, objekttype: Objekttype, skridt: Iterable[Skridt]) -> UUID:
        """A new object; the source gives the uuid."""
        if (made := self._gjort(OPRET, objekttype)) is not None:
            return made
        lister = self._ny(objekttype, skridt)
        if self.bog is None:
            self.forloeb.intet(objekttype, UKENDT, 0)
            return UKENDT

        async def kald(transaktion: str) -> tuple[UUID, Kvittering]:
            return await self.kilde.opret(objekttype, lister, self.note, transaktion=transaktion)

        wanted = maerke(_med(INGENTING, lister), self.bog.skrivere.secret)
        await self.bog.laas(f"opret/{wanted}")  # who looks for a lost one must not find another's
        siden_ns = await self.bog.siden_ns(self.now_ns)
        return await self._send(Hensigt.om(OPRET, objekttype, None, siden_ns, 1, wanted), kald)

    async def importer(
        self, objekttype: Objekttype, uuid: UUID, tidspunkt: Tidspunkt | None, skridt: Iterable[Skridt]
    ) -> None:
        """A new object under the caller's uuid and registration time; what is passive or deleted is revived."""
        if self._gjort(IMPORTER, objekttype, uuid) is not None:
            return
        registrering = self._importeret(objekttype, tidspunkt, skridt)
        foer = await self.maaske(objekttype, uuid, til_ret=True)
        foer_ns = foer.tidspunkt_ns if foer else 0
        want_ns = tidspunkt.ns if tidspunkt else foer_ns + 1
        if self.bog is None:
            self.forloeb.intet(objekttype, uuid, want_ns)
            return

        async def kald(transaktion: str) -> tuple[UUID, Kvittering]:
            return uuid, await self.kilde.importer(objekttype, uuid, (registrering,), transaktion=transaktion)

        wanted = maerke(registrering, self.bog.skrivere.secret)
        await self._send(Hensigt.om(IMPORTER, objekttype, uuid, foer_ns, want_ns, wanted), kald)

    async def importer_enheder(self, enheder: Iterable[Ny]) -> list[tuple[UUID, UnikRetur]]:
        """Units as by `importer`, all by one call. What became of those that the source refused."""
        art = Objekttype.ORGANISATION_ENHED
        nye = [en for en in enheder if self._gjort(IMPORTER, art, en.uuid) is None]
        if not nye:
            return []
        foer = await self._foer(art, [en.uuid for en in nye])
        oensket = {en.uuid: en.tidspunkt.ns if en.tidspunkt else foer[en.uuid] + 1 for en in nye}
        registreringer = {en.uuid: self._importeret(art, en.tidspunkt, en.skridt) for en in nye}
        if self.bog is None:
            for uuid, want_ns in oensket.items():
                self.forloeb.intet(art, uuid, want_ns)
            return []
        organisation = await self.laes(Objekttype.ORGANISATION, self.organisation)
        transaktion, secret = str(uuid4()), self.bog.skrivere.secret
        hensigter = [
            Hensigt(IMPORTER, art, uuid, foer[uuid], oensket[uuid], maerke(registrering, secret), transaktion)
            for uuid, registrering in registreringer.items()
        ]

        async def kald() -> dict[UUID, UnikRetur]:
            hvem = Oejebliksbillede(self.organisation, (organisation,))
            billeder = [Oejebliksbillede(uuid, (registrering,)) for uuid, registrering in registreringer.items()]
            unikke, _ = await self.kilde.importer_hierarki(hvem, billeder, transaktion=transaktion)
            return {one.uuid: one for one in unikke}

        return await self._send_alle(hensigter, kald)

    async def ret(
        self, objekttype: Objekttype, uuid: UUID, registrering: Registrering, skridt: Sequence[Skridt]
    ) -> None:
        """Change an object from the registration just read; nothing is sent when it says all that already."""
        if self._gjort(RET, objekttype, uuid) is not None:
            return
        lister = ret.ret(registrering, skridt, self.now_ns, self.ansvar)
        if lister is None or self.bog is None:
            levende(objekttype, registrering)
            self.forloeb.intet(objekttype, uuid, registrering.tidspunkt_ns)
        if lister is None:
            return
        self._forskel(objekttype, Lister.af(registrering), lister)
        if self.bog is None:
            return

        async def kald(transaktion: str) -> tuple[UUID, Kvittering]:
            return uuid, await self.kilde.ret(objekttype, uuid, lister, self.note, transaktion=transaktion)

        foer_ns, wanted = registrering.tidspunkt_ns, maerke(_med(registrering, lister), self.bog.skrivere.secret)
        await self._send(Hensigt.om(RET, objekttype, uuid, foer_ns, foer_ns + 1, wanted), kald)

    async def afslut_liv(self, objekttype: Objekttype, uuid: UUID, til: Livscyklus) -> None:
        """passiver or slet; nothing is sent when it is so already."""
        operation = SLET if til is Livscyklus.SLETTET else PASSIVER
        if self._gjort(operation, objekttype, uuid) is not None:
            return
        registrering = await self.laes_maal(objekttype, uuid)
        foer_ns = registrering.tidspunkt_ns
        if registrering.livscyklus is til or self.bog is None:
            self.forloeb.intet(objekttype, uuid, foer_ns)
        if registrering.livscyklus is til:
            return
        self.forskelle.append((objekttype, Forskel("livscyklus", registrering.livscyklus.value, til.value)))
        if self.bog is None:
            return
        call = self.kilde.slet if til is Livscyklus.SLETTET else self.kilde.passiver

        async def kald(transaktion: str) -> tuple[UUID, Kvittering]:
            return uuid, await call(objekttype, uuid, self.note, transaktion=transaktion)

        await self._send(Hensigt.om(operation, objekttype, uuid, foer_ns, foer_ns + 1, None), kald)

    async def anonymiser(self, person: UUID) -> None:
        """Have the source forget the person's name and CPR number. It is sent also when there is nothing to forget."""
        if self._gjort(ANONYMISER, Objekttype.PERSON, person) is not None:
            return
        registrering = await self.laes_maal(Objekttype.PERSON, person)
        foer_ns = registrering.tidspunkt_ns
        self._forskel(Objekttype.PERSON, Lister.af(registrering), Lister.af(uden_person(registrering)))
        if self.bog is None:
            self.forloeb.intet(Objekttype.PERSON, person, foer_ns)
            return

        async def kald(transaktion: str) -> tuple[UUID, Kvittering]:
            return person, await self.kilde.anonymiser(person, transaktion=transaktion)

        kendt = maerke(registrering, self.bog.skrivere.secret)
        await self._send(Hensigt.om(ANONYMISER, Objekttype.PERSON, person, foer_ns, foer_ns, kendt), kald)

    async def _send(self, hensigt: Hensigt, kald: Callable[[str], Awaitable[tuple[UUID, Kvittering]]]) -> UUID:
        """One write: entered before it leaves; when its answer is not seen, what the source shows decides.

        Raises Uncertain with the write still under way: what it is known by stays in the record.
        """
        assert self.bog is not None, "a dry run sends nothing"
        self.forloeb.undervejs, want_ns = [hensigt], hensigt.want_ns
        try:
            await self._indfoer(self.bog)
            uuid, kvittering = await kald(hensigt.transaktion)
        except Uncertain as tvivl:
            fund = (await self._efterset([hensigt], tvivl)).get(hensigt)
            if fund is None:
                self.forloeb.uden_virkning(hensigt)
                raise Unavailable(f"{tvivl}; it did not take effect: try again") from tvivl
            uuid, kvittering, want_ns = fund.uuid, journal.read_back(hensigt), fund.tidspunkt_ns
        except Conflict:
            self.forloeb.uden_virkning(hensigt)
            raise
        except FkorgError:
            self.forloeb.undervejs = []
            raise
        await self._sendt()
        self.forloeb.udfoert(hensigt, uuid, kvittering, want_ns)
        return uuid

    async def _send_alle(
        self, hensigter: Sequence[Hensigt], kald: Callable[[], Awaitable[Mapping[UUID, UnikRetur]]]
    ) -> list[tuple[UUID, UnikRetur]]:
        """The same for writes that leave together: the source says of each what became of it, and what it does not say
        is read back. Who was refused."""
        assert self.bog is not None, "a dry run sends nothing"
        self.forloeb.undervejs, tvivl = list(hensigter), Uncertain("the source did not say what became of all units")
        told: Mapping[UUID, UnikRetur] = {}
        try:
            await self._indfoer(self.bog)
            told = await kald()
        except Uncertain as unseen:
            tvivl = unseen
        except FkorgError:
            self.forloeb.undervejs = []
            raise
        await self._sendt()
        refused = []
        for hensigt in hensigter:
            assert hensigt.uuid is not None, "an import says which objects"
            if (retur := told.get(hensigt.uuid)) is None:
                continue
            if retur.status_kode == UDFOERT:
                kvittering = Kvittering(retur.status_kode, retur.tekst, hensigt.transaktion)
                self.forloeb.udfoert(hensigt, hensigt.uuid, kvittering, hensigt.want_ns)
            else:
                self.forloeb.uden_virkning(hensigt)
                refused.append((hensigt.uuid, retur))
        await self._efterse_alle(tvivl)
        return refused

    async def _indfoer(self, bog: Bog) -> None:
        """What is about to leave is in the record."""
        await bog.foer(self.forloeb)
        await failpoint("write.recorded")

    async def _sendt(self) -> None:
        """The call has come to an end: its outcome was told, or is to be read back."""
        await failpoint("write.sent")

    async def _efterse_alle(self, tvivl: Uncertain) -> None:
        """What is under way is looked for. Raises Unavailable when some did not take effect, Uncertain when that is not
        sure yet."""
        if not (ventende := list(self.forloeb.undervejs)):
            return
        funde = await self._efterset(ventende, tvivl)
        for hensigt in ventende:
            if (fund := funde.get(hensigt)) is not None:
                self.forloeb.udfoert(hensigt, fund.uuid, journal.read_back(hensigt), fund.tidspunkt_ns)
            else:
                self.forloeb.uden_virkning(hensigt)
        if missing := len(ventende) - len(funde):
            raise Unavailable(f"{tvivl}; {missing} of {len(ventende)} did not take effect: try again") from tvivl

    async def _efterset(self, hensigter: Sequence[Hensigt], tvivl: Uncertain) -> dict[Hensigt, Fund]:
        """What these writes made; none of those that changed nothing. Raises Uncertain when that is not sure yet."""
        bog = self.bog
        assert bog is not None
        begyndt = asyncio.get_running_loop().time()
        bog.skrivere.siden[bog.anmodning.organisation, bog.anmodning.id] = begyndt
        funde: dict[Hensigt, Fund] = {}

        async def look() -> bool:
            for hensigt in hensigter:
                if hensigt not in funde:
                    fund = await eftersyn.se(self.kilde, hensigt, bog.skrivere.secret, bog.tagne)
                    if fund is not None:
                        funde[hensigt] = fund
            return len(funde) == len(hensigter)

        try:
            await eftersyn.afvent(look, begyndt, bog.skrivere)
        except Uncertain as still:
            raise Uncertain(f"{tvivl}; {still}", status_kode=tvivl.status_kode, tekst=tvivl.tekst) from tvivl
        return funde

    def _gjort(self, operation: str, objekttype: Objekttype, uuid: UUID | None = None) -> UUID | None:
        """The object that an earlier try wrote to in this step; None when it had not come so far."""
        for nr, skrevet in enumerate(self.tidligere):
            same = skrevet.operation == operation and skrevet.objekttype is objekttype
            if same and uuid in (None, skrevet.uuid):
                return self.tidligere.pop(nr).uuid
        return None

    def _importeret(
        self, objekttype: Objekttype, tidspunkt: Tidspunkt | None, skridt: Iterable[Skridt]
    ) -> Registrering:
        """The registration that is sent."""
        return replace(
            _med(INGENTING, self._ny(objekttype, skridt)),
            tidspunkt_ns=tidspunkt.ns if tidspunkt else UDEN_TIDSPUNKT_NS,
            livscyklus=Livscyklus.IMPORTERET,
            bruger=self.ansvar.aktoer,
            note=self.note,
        )

    async def _foer(self, objekttype: Objekttype, uuids: Sequence[UUID]) -> dict[UUID, int]:
        """When each was recorded last, 0 for what is not there. Raises Unavailable while one is in doubt."""
        if self.bog is not None and await self.bog.andres(uuids):
            raise Unavailable(I_TVIVL)
        found = await self.laes_flere(objekttype, uuids)
        return dict.fromkeys(uuids, 0) | {uuid: registrering.tidspunkt_ns for uuid, registrering in found}

    def _ny(self, objekttype: Objekttype, skridt: Iterable[Skridt]) -> Lister:
        lister = ret.ret(INGENTING, skridt, self.now_ns, self.ansvar) or Lister.af(INGENTING)
        self._forskel(objekttype, Lister(), lister)
        return lister

    def _forskel(self, objekttype: Objekttype, foer: Lister, efter: Lister) -> None:
        self.forskelle.extend((objekttype, forskel) for forskel in forskelle(foer, efter))


def _med(registrering: Registrering, lister: Lister) -> Registrering:
    """The registration with these lists."""
    return replace(
        registrering,
        egenskaber=lister.egenskaber or (),
        tilstande=lister.tilstande or (),
        relationer=lister.relationer or (),
    )
