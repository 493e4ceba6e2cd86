"""The client of the twelve services: one method per operation.

Requests are written by our own code and validated against our schema before they leave (decision 0018). Answers are
read by our own lxml code, bulk answers as they arrive.
Every failure is one of the five errors (faults.py). A write may be given the id of its transaction, which its receipt
names: who keeps it beforehand has the receipt also when the answer is lost. Repeating is the caller's table; here only
a read is sent once more whose connection died before its answer began (security.md 5).

    transport = Transport()
    klient = Klient(transport, "http://127.0.0.1:8001/organisation", cvr="11111111")

    await klient.laes(objekttype, uuid) -> Oejebliksbillede          NotFound when there is none
    await klient.list(objekttype, uuids) -> list[Oejebliksbillede]   unknown ones are left out
    await klient.soeg(objekttype, kriterier, fra_nummer, antal) -> list[UUID]
    async for objekttype, billede in klient.hierarki(fra_nummer, antal)
    await klient.opret(objekttype, lister, note) -> (UUID, Kvittering)
    await klient.importer(objekttype, uuid, registreringer) -> Kvittering
    await klient.ret(objekttype, uuid, lister, note) -> Kvittering
    await klient.passiver(objekttype, uuid, note), klient.slet(objekttype, uuid, note) -> Kvittering
    await klient.importer_hierarki(organisation, enheder) -> (tuple[UnikRetur, ...], Kvittering)
    await klient.anonymiser(uuid) or klient.anonymiser(cpr=...) -> Kvittering
    await klient.fysisk_slet(organisation, enhed) -> Kvittering
"""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import aclosing
from typing import Final, TypeAlias
from uuid import UUID, uuid4

from fkorg import contract
from fkorg.catalogue import Objekttype
from fkorg.errors import FkorgError, Malformed, Unavailable, Uncertain
from fkorg.kvittering import IKKE_FUNDET, Kvittering, StandardRetur, UnikRetur
from fkorg.operationer import (
    ALT,
    INGEN,
    Anmodning,
    Anonymiser,
    Ethvertsvar,
    Filtre,
    FysiskSlet,
    Hierarki,
    Importer,
    ImporterHierarki,
    ImporterHierarkiSvar,
    Laes,
    List,
    Opret,
    OpretSvar,
    Passiver,
    Ret,
    Slet,
    Soeg,
    SoegRegistrering,
    SoegSvar,
    SoegVirkning,
    operation,
)
from fkorg.registrering import Egenskab, Lister, Oejebliksbillede, Registrering
from fkorg.soap import faults, modtag
from fkorg.soap.transport import Svar, TokenAfvist, Transport
from fkorg.wire import soap_xml
from fkorg.wire.anmodning_xml import write_anmodning
from fkorg.wire.soap_xml import Hoved

Billeder: TypeAlias = list[Oejebliksbillede]
Uuider: TypeAlias = list[UUID]
LAESER: Final = frozenset({"laes", "list", "soeg", "fremsoegobjekthierarki"})
"""The operations that change nothing."""
_STROEM_BYTES: Final = 2_000_000_000
"""What a page of the export may be: it is read object by object, so only its end must be certain."""


class Klient:
    """The services of one installation, called in one CVR context. Cheap; shares its transport."""

    def __init__(self, transport: Transport, base_url: str, *, cvr: str) -> None:
        self.cvr = cvr
        self._transport = transport
        self._base_url = base_url.rstrip("/")

    async def laes(
        self,
        objekttype: Objekttype,
        uuid: UUID,
        *,
        alt: bool = True,
        registrering_fra_ns: int | None = None,
        registrering_til_ns: int | None = None,
    ) -> Oejebliksbillede:
        """The object; by default every value of its newest registration (rules.md 1), with `alt=False` those in
        effect now. Raises NotFound."""
        filtre = _filtre(alt, registrering_fra_ns, registrering_til_ns)
        found = await self._billeder(Laes(objekttype, uuid, filtre))
        for billede in found:
            if billede.uuid == uuid:
                return billede
        raise Malformed(f"{objekttype} laes: StatusKode 20 without the object that was asked for")

    async def list(self, objekttype: Objekttype, uuids: Iterable[UUID], *, alt: bool = True) -> Billeder:
        """Those of the objects that exist. One call; how many to ask for at a time is the caller's."""
        asked = tuple(dict.fromkeys(uuids))
        if not asked:
            return []
        found = await self._billeder(List(objekttype, asked, _filtre(alt)))
        wanted = set(asked)
        return [billede for billede in found if billede.uuid in wanted]

    async def soeg(
        self,
        objekttype: Objekttype,
        kriterier: Lister = INGEN,
        fra_nummer: int = 0,
        antal: int = 500,
        *,
        virkning: SoegVirkning | None = None,
        registrering: SoegRegistrering | None = None,
    ) -> Uuider:
        """One page of UUIDs; empty beyond the end. Hits may not meet the criteria (domain.md 5): check them."""
        anmodning = Soeg(objekttype, kriterier, fra_nummer, antal, registrering, virkning)
        svar = await self._kald(anmodning, tillad=IKKE_FUNDET)
        return [*(svar.uuids or ())] if isinstance(svar, SoegSvar) else []

    async def hierarki(
        self,
        fra_nummer: int = 0,
        antal: int = 500,
        *,
        virkning: SoegVirkning | None = None,
        egenskaber: Mapping[Objekttype, Egenskab] | None = None,
    ) -> AsyncGenerator[tuple[Objekttype, Oejebliksbillede]]:
        """One page of the export, object by object as they arrive; nothing beyond the end.

        What was given before an error stays given: apply a page when it has ended well.
        """
        anmodning = Hierarki(fra_nummer, antal, None, virkning, egenskaber or {})
        async with aclosing(self._stroem(anmodning, None, _STROEM_BYTES)) as pairs:
            async for pair in pairs:
                yield pair

    async def opret(
        self, objekttype: Objekttype, lister: Lister, note: str | None = None, *, transaktion: str | None = None
    ) -> tuple[UUID, Kvittering]:
        """A new object and the UUID the service gave it."""
        transaktion = transaktion or str(uuid4())
        svar = await self._kald(Opret(objekttype, lister, note), transaktion)
        if not isinstance(svar, OpretSvar) or svar.uuid is None:
            raise Uncertain(f"{objekttype} opret: done, but the answer holds no UUID")
        return svar.uuid, _kvittering(svar.retur, transaktion)

    async def importer(
        self,
        objekttype: Objekttype,
        uuid: UUID,
        registreringer: Iterable[Registrering],
        *,
        transaktion: str | None = None,
    ) -> Kvittering:
        """The object with the caller's UUID and registrations. Conflict when it exists (49)."""
        return await self._skriv(Importer(objekttype, Oejebliksbillede(uuid, tuple(registreringer))), transaktion)

    async def ret(
        self,
        objekttype: Objekttype,
        uuid: UUID,
        lister: Lister,
        note: str | None = None,
        *,
        transaktion: str | None = None,
    ) -> Kvittering:
        """A new registration; a list that is None stays untouched."""
        return await self._skriv(Ret(objekttype, uuid, lister, note), transaktion)

    async def passiver(
        self, objekttype: Objekttype, uuid: UUID, note: str | None = None, *, transaktion: str | None = None
    ) -> Kvittering:
        """Passiveret."""
        return await self._skriv(Passiver(objekttype, uuid, note), transaktion)

    async def slet(
        self, objekttype: Objekttype, uuid: UUID, note: str | None = None, *, transaktion: str | None = None
    ) -> Kvittering:
        """Slettet."""
        return await self._skriv(Slet(objekttype, uuid, note), transaktion)

    async def importer_hierarki(
        self, organisation: Oejebliksbillede, enheder: Iterable[Oejebliksbillede], *, transaktion: str | None = None
    ) -> tuple[tuple[UnikRetur, ...], Kvittering]:
        """An organisation and its units at once, with the outcome for each object."""
        transaktion = transaktion or str(uuid4())
        svar = await self._kald(ImporterHierarki(organisation, tuple(enheder)), transaktion)
        assert isinstance(svar, ImporterHierarkiSvar)
        retur = svar.returer[0] if svar.returer else StandardRetur()
        return svar.unikke, _kvittering(retur, transaktion)

    async def anonymiser(
        self, person: UUID | None = None, *, cpr: str | None = None, transaktion: str | None = None
    ) -> Kvittering:
        """Forget a person's name and CPR number; by UUID or by CPR number."""
        return await self._skriv(Anonymiser(person, cpr), transaktion)

    async def fysisk_slet(self, organisation: UUID, enhed: UUID) -> Kvittering:
        """Physical removal of a unit."""
        return await self._skriv(FysiskSlet(organisation, enhed))

    async def _skriv(self, anmodning: Anmodning, transaktion: str | None = None) -> Kvittering:
        transaktion = transaktion or str(uuid4())
        svar = await self._kald(anmodning, transaktion)
        assert not isinstance(svar, ImporterHierarkiSvar)
        return _kvittering(svar.retur, transaktion)

    async def _billeder(self, anmodning: Laes | List) -> Billeder:
        tillad = IKKE_FUNDET if isinstance(anmodning, List) else None
        async with aclosing(self._stroem(anmodning, tillad, self._transport.max_svar_bytes)) as pairs:
            return [billede async for _, billede in pairs]

    async def _kald(
        self, anmodning: Anmodning, transaktion: str | None = None, *, tillad: int | None = None
    ) -> Ethvertsvar:
        op = operation(anmodning)
        svar = await self._send(anmodning, transaktion or str(uuid4()))
        try:
            return await modtag.helt(
                svar,
                f"{op.sti}.{op.navn}",
                skriver=op.navn not in LAESER,
                tillad=tillad,
                timeout_s=self._transport.timeout_s,
                max_bytes=self._transport.max_svar_bytes,
            )
        finally:
            await svar.aclose()

    async def _stroem(
        self, anmodning: Anmodning, tillad: int | None, max_bytes: int
    ) -> AsyncGenerator[tuple[Objekttype, Oejebliksbillede]]:
        op = operation(anmodning)
        svar = await self._send(anmodning, str(uuid4()))
        try:
            pairs = modtag.stroem(
                svar,
                f"{op.sti}.{op.navn}",
                tillad=tillad,
                timeout_s=self._transport.timeout_s,
                max_bytes=max_bytes,
            )
            async with aclosing(pairs):
                async for pair in pairs:
                    yield pair
        finally:
            await svar.aclose()

    async def _send(self, anmodning: Anmodning, transaktion: str) -> Svar:
        """The answer as it begins. Sent once more, as another message of the same transaction: a read whose connection
        the service was just closing, and what was not done because our token did not hold."""
        try:
            return await self._post(anmodning, transaktion)
        except TokenAfvist:
            pass
        except Unavailable as error:
            if operation(anmodning).navn not in LAESER or not faults.afbrudt(error.__cause__):
                raise
        return await self._post(anmodning, transaktion)

    async def _post(self, anmodning: Anmodning, transaktion: str) -> Svar:
        """Writes, validates, and posts: from then on a write may have been carried out. Raises Malformed for what the
        contract does not allow."""
        op = operation(anmodning)
        hvad, skriver = f"{op.sti}.{op.navn}", op.navn not in LAESER
        adresse, message_id = f"{self._base_url}/{op.sti}/6/", f"urn:uuid:{uuid4()}"
        try:
            krop = write_anmodning(anmodning)
        except ValueError as cause:
            raise Malformed(f"{hvad}: wanted text that XML can hold") from cause
        if (brud := contract.brud(op.sti, krop)) is not None:
            raise Malformed(f"{hvad}: the request breaks the contract ({brud})")
        kuvert = soap_xml.write_kuvert(krop, Hoved(transaktion, op.soap_action, message_id, adresse))
        try:
            async with asyncio.timeout(self._transport.timeout_s):
                return await self._transport.send(adresse, op.soap_action, kuvert, message_id=message_id, cvr=self.cvr)
        except FkorgError as error:
            told = faults.oversaet(error, hvad, skriver=skriver) if isinstance(error, Malformed) else None
            if told is None or told is error:
                raise
            raise told from error
        except Exception as cause:
            fejl = faults.oversaet(cause, hvad, skriver=skriver)
            if fejl is None:
                raise
            raise fejl from cause


def _filtre(alt: bool, registrering_fra_ns: int | None = None, registrering_til_ns: int | None = None) -> Filtre:
    start = ALT if alt else Filtre()
    return Filtre(start.virkning_fra_ns, start.virkning_til_ns, registrering_fra_ns, registrering_til_ns)


def _kvittering(retur: StandardRetur, transaktion: str) -> Kvittering:
    return Kvittering(retur.status_kode, retur.tekst, transaktion)
