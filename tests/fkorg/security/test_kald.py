"""The client over a service that takes signed calls alone and signs its answers: what is asked, believed, repeated."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import httpx
import pytest

from fkorg.catalogue import Objekttype
from fkorg.errors import Malformed, NoAccess, NotFound, Unavailable, Uncertain
from fkorg.kvittering import StandardRetur
from fkorg.operationer import EFTER_INPUT, LaesSvar, Svar
from fkorg.registrering import Livscyklus, Oejebliksbillede, Registrering
from fkorg.security import saml, verifier, wss
from fkorg.security.kald import TRAAD_BYTES, Sikret
from fkorg.security.navne import ACTION, MESSAGE_ID, RELATES_TO, TO
from fkorg.security.saml import Assertion
from fkorg.security.tokens import Tokens
from fkorg.soap.client import Klient
from fkorg.soap.transport import Transport
from fkorg.wire import soap_xml, xml
from fkorg.wire.soap_xml import Hoved
from fkorg.wire.svar_xml import write_svar
from tests.fkorg.security import fixture as f
from tests.fkorg.security.fixture import NOW, noegle
from tests.fkorg.soap.http import HttpHer

TJENESTE = "organisation"
PERSON = UUID("33333333-3333-3333-3333-333333333333")
Aendring = Callable[[bytes], bytes]


@dataclass
class Tjeneste:
    """A strict service: `aendr` spoils its next answers; `fault` is what it says instead of doing anything."""

    now: datetime = NOW
    signer: str = TJENESTE
    fault: soap_xml.SoapFejl | None = None
    signeret: bool = True
    aendr: Aendring = lambda raw: raw
    kode: int = 20
    status: int = 200
    note: str = ""
    kald: list[tuple[str, str]] = field(default_factory=list)
    """(CVR of the token, MessageID) of what was received and proved."""
    hentet: int = 0

    def answer(self, request: httpx.Request) -> httpx.Response:
        fundet = verifier.laes(request.content)
        assert fundet.assertion is not None
        assertion = saml.efterproev(saml.klip(request.content, fundet.assertion), f.krav(), self.now)
        verifier.proev(fundet, [assertion.certifikat], self.now, kraevede=(ACTION, MESSAGE_ID, TO))
        assert fundet.tekst(TO) == str(request.url)
        message_id = fundet.tekst(MESSAGE_ID) or ""
        self.kald.append((assertion.cvr, message_id))
        if self.fault is not None:
            krop = soap_xml.write_fault(self.fault.tekst, kode=self.fault.kode, underkode=self.fault.underkode)
        else:
            krop = self._svar(EFTER_INPUT[xml.tag(fundet.body[0])])
        hoved = Hoved(action="urn:svar", message_id="urn:uuid:svar", relates_to=message_id)
        raw = soap_xml.write_kuvert(krop, hoved)
        raw = wss.underskriv(raw, noegle(self.signer), self.now) if self.signeret else raw
        return httpx.Response(self.status, content=self.aendr(raw))

    def _svar(self, operation: object) -> xml.Element:
        retur = StandardRetur(self.kode, "")
        registrering = Registrering(1, Livscyklus.OPSTAAET, note=self.note or None)
        billede = Oejebliksbillede(PERSON, (registrering,)) if self.kode == 20 else None
        laeser = getattr(operation, "navn") == "laes"  # noqa: B009  any operation
        return write_svar(operation, LaesSvar(retur, billede) if laeser else Svar(retur))  # type: ignore[arg-type]

    async def hent(self, modtager: str, cvr: str) -> Assertion:
        self.hentet += 1
        raw = f.assertion(self.now, modtager=modtager, cvr=cvr)
        return saml.efterproev(raw, f.krav(modtager=modtager), self.now)

    def klient(self) -> Klient:
        tokens = Tokens(self.hent, lambda: self.now, lambda: timedelta(0))
        sikret = Sikret(noegle(f.EGEN), tokens, f.MODTAGER, [noegle(TJENESTE).certifikat], lambda: self.now)
        return Klient(
            Transport(sikret, http=HttpHer(self.answer)), "https://organisation.invalid/organisation", cvr=f.CVR
        )


async def laes(klient: Klient) -> Oejebliksbillede:
    return await klient.laes(Objekttype.PERSON, PERSON)


async def slet(klient: Klient) -> object:
    return await klient.slet(Objekttype.PERSON, PERSON)


async def test_a_signed_call_has_its_proved_answer() -> None:
    tjeneste = Tjeneste()
    klient = tjeneste.klient()
    assert (await laes(klient)).uuid == PERSON
    await slet(klient)
    assert [cvr for cvr, _ in tjeneste.kald] == [f.CVR, f.CVR]
    assert tjeneste.hentet == 1


async def test_a_long_answer_is_proved_too() -> None:
    tjeneste = Tjeneste(note="x" * TRAAD_BYTES)
    assert (await laes(tjeneste.klient())).registreringer[0].note == tjeneste.note
    tjeneste.aendr = lambda raw: raw.replace(b"xx</", b"xy</")
    with pytest.raises(Malformed):
        await laes(tjeneste.klient())


def _svar_paa_andet(raw: bytes) -> bytes:
    """Validly signed by the service, but of another call."""

    def saet(envelope: xml.Element) -> None:
        relates_to = next(envelope.iter(RELATES_TO))
        relates_to.text = "urn:uuid:andet"
        f.reference_af(envelope, RELATES_TO)[2].text = wss.digest(wss.kanonisk(relates_to))

    return f.om(raw, saet, TJENESTE)


SPOLERET: dict[str, Aendring] = {
    "3 changed": lambda raw: raw.replace(b">20</", b">21</"),
    "18 the answer to something else": _svar_paa_andet,
    "24 not XML": lambda raw: raw[:-10],
    "1 unsigned": lambda raw: soap_xml.write_kuvert(xml.root("{urn:x}x"), Hoved()),
}


@pytest.mark.parametrize("aendr", SPOLERET.values(), ids=SPOLERET)
async def test_an_answer_that_proves_nothing_is_no_data_and_leaves_a_write_uncertain(aendr: Aendring) -> None:
    klient = Tjeneste(aendr=aendr).klient()
    with pytest.raises(Malformed):
        await laes(klient)
    with pytest.raises(Uncertain):
        await slet(klient)


async def test_18_an_answer_to_another_call_is_refused_for_that() -> None:
    with pytest.raises(Malformed, match="the answer to what was asked"):
        await laes(Tjeneste(aendr=_svar_paa_andet).klient())


async def test_an_answer_by_another_key_is_no_data() -> None:
    with pytest.raises(Malformed):
        await laes(Tjeneste(signer=f.FREMMED).klient())


async def test_a_signed_refusal_is_believed() -> None:
    klient = Tjeneste(kode=44).klient()
    with pytest.raises(NotFound):
        await laes(klient)
    with pytest.raises(NotFound):
        await slet(klient)


TOKEN_AFVIST = soap_xml.SoapFejl("Sender", "FailedAuthentication", "token expired")
INGEN_AFTALE = soap_xml.SoapFejl("Sender", "5015", "no service agreement")


async def test_22_a_fault_that_nobody_signed_ends_the_call_and_proves_nothing() -> None:
    klient = Tjeneste(fault=TOKEN_AFVIST, signeret=False).klient()
    with pytest.raises(Unavailable):
        await laes(klient)
    with pytest.raises(Uncertain):
        await slet(klient)
    with pytest.raises(NoAccess):
        await laes(Tjeneste(fault=INGEN_AFTALE, signeret=False).klient())


@pytest.mark.parametrize(("status", "fejl"), [(502, Unavailable), (429, Unavailable), (403, NoAccess)])
async def test_a_page_of_a_gateway_is_weather_to_a_read_and_leaves_a_write_uncertain(
    status: int, fejl: type[Exception]
) -> None:
    klient = Tjeneste(aendr=lambda raw: b"<html>Bad Gateway</html>", status=status).klient()
    with pytest.raises(fejl):
        await laes(klient)
    with pytest.raises(Uncertain):
        await slet(klient)


async def test_a_signed_fault_that_blames_the_token_has_the_call_sent_once_more_with_a_new_one() -> None:
    tjeneste = Tjeneste()
    klient = tjeneste.klient()
    await laes(klient)
    tjeneste.now += timedelta(minutes=1)
    tjeneste.fault = TOKEN_AFVIST
    with pytest.raises(Unavailable):
        await slet(klient)
    assert tjeneste.hentet == 2, "once, and then not again at once"
    assert len(tjeneste.kald) == 3
    assert len({message_id for _, message_id in tjeneste.kald}) == 3


async def test_a_signed_fault_that_blames_the_agreement_is_not_repeated() -> None:
    tjeneste = Tjeneste(fault=INGEN_AFTALE)
    with pytest.raises(NoAccess):
        await slet(tjeneste.klient())
    assert len(tjeneste.kald) == 1
