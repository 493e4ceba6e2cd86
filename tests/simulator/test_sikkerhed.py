"""The strict simulator: our client has its tokens and signatures, and whoever has not gets no further."""

from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from fkorg.catalogue import Objekttype
from fkorg.contract import SERVICENAVNE
from fkorg.errors import NoAccess, Unavailable
from fkorg.operationer import Laes, operation
from fkorg.security import wss
from fkorg.security.kald import Sikret
from fkorg.security.keys import Noegle
from fkorg.security.saml import Assertion
from fkorg.security.tokens import Tokens
from fkorg.soap.client import Klient
from fkorg.soap.sts import Tokenservice
from fkorg.soap.transport import Transport
from fkorg.wire import soap_xml
from fkorg.wire.anmodning_xml import write_anmodning
from fkorg.wire.soap_xml import Hoved
from simulator import noegler
from simulator.fejl import Fejl
from simulator.noegler import Noegler
from simulator.sandhed import Sandhed
from simulator.server import STS, Options, make_app, open_simulator
from simulator.sikkerhed import MODTAGER, Sikkerhed
from simulator.sts import UDSTEDER
from simulator.tjeneste import Besvaret, Tjeneste
from tests.fkorg.soap.http import HttpHer
from tests.simulator.fixtures import enhed_lister, first

BASE = "http://kilde.invalid"
ENHED = Objekttype.ORGANISATION_ENHED


class Sted:
    """The services and the token service of one truth, strict; `now` is everybody's clock."""

    def __init__(self, sandhed: Sandhed, mappe: Path) -> None:
        self.now = datetime(2026, 6, 1, 12, tzinfo=UTC)
        self.noegler: Noegler = noegler.load_or_make(mappe, self.now)
        self.sandhed = sandhed
        self.tjeneste = Tjeneste(sandhed, Fejl(1, []))
        self.sikkerhed = Sikkerhed(self.noegler, sandhed.cvr, lambda: self.now)
        self.fjern: list[bytes] = []
        """What was sent to the services."""

    def answer(self, request: httpx.Request) -> httpx.Response:
        url = str(request.url)
        if url == BASE + STS:
            return httpx.Response(200, content=self.sikkerhed.token(request.content, url))
        self.fjern.append(request.content)
        besvaret = self.kald(request.content, url)
        return httpx.Response(besvaret.status, content=besvaret.body)

    def kald(self, raw: bytes, url: str = f"{BASE}/organisation/organisationenhed/6/") -> Besvaret:
        return self.tjeneste.sikret(url.split("/")[-3], raw, url, self.sikkerhed)

    def tokens(self, noegle: Noegle | None = None, sts: Noegle | None = None) -> Tokenservice:
        noegle, sts = noegle or self.noegler.anvender, sts or self.noegler.sts
        return Tokenservice(HttpHer(self.answer), BASE + STS, UDSTEDER, [sts.certifikat], noegle, lambda: self.now)

    def klient(self, cvr: str | None = None, noegle: Noegle | None = None, modtager: str = MODTAGER) -> Klient:
        tokens = Tokens(self.tokens(noegle).hent, lambda: self.now)
        tjeneste = [self.noegler.tjeneste.certifikat]
        sikret = Sikret(noegle or self.noegler.anvender, tokens, modtager, tjeneste, lambda: self.now)
        transport = Transport(sikret, http=HttpHer(self.answer))
        return Klient(transport, f"{BASE}/organisation", cvr=cvr or self.sandhed.cvr)

    async def token(self, modtager: str = MODTAGER) -> Assertion:
        return await self.tokens().hent(modtager, self.sandhed.cvr)

    def kuvert(self, to: str = f"{BASE}/organisation/organisationenhed/6/") -> bytes:
        anmodning = Laes(ENHED, first(self.sandhed, ENHED))
        hoved = Hoved("t", operation(anmodning).soap_action, "urn:uuid:1", to)
        return soap_xml.write_kuvert(write_anmodning(anmodning), hoved)

    def underskrevet(self, token: Assertion, now: datetime | None = None, **more: str) -> bytes:
        return wss.underskriv(self.kuvert(**more), self.noegler.anvender, now or self.now, token=token.token)


@pytest.fixture
def sted(sandhed: Sandhed, tmp_path: Path) -> Sted:
    return Sted(sandhed, tmp_path / "noegler")


def afvist(besvaret: Besvaret) -> str | None:
    """The fault's subcode; None for an answer."""
    fejl = soap_xml.read_fault(soap_xml.read_kuvert(besvaret.body).krop)
    return None if fejl is None else fejl.underkode


async def test_our_client_reads_and_writes_with_tokens_and_signatures(sted: Sted) -> None:
    klient, uuid = sted.klient(), first(sted.sandhed, ENHED)
    assert (await klient.laes(ENHED, uuid)).uuid == uuid
    async with aclosing(klient.hierarki(0, 20)) as pairs:
        assert [pair async for pair in pairs]
    assert (await klient.passiver(ENHED, uuid)).status_kode == 20
    assert all(b"SignatureValue" in raw for raw in sted.fjern)


async def test_each_of_the_twelve_services_is_called_signed(sted: Sted) -> None:
    klient = sted.klient()
    for objekttype in Objekttype:
        for uuid in (await klient.soeg(objekttype))[:1]:
            assert (await klient.laes(objekttype, uuid)).uuid == uuid
    async with aclosing(klient.hierarki(0, 1)) as pairs:
        assert [pair async for pair in pairs]
    enhed = (await klient.opret(ENHED, enhed_lister()))[0]
    assert (await klient.fysisk_slet(sted.sandhed.organisation, enhed)).status_kode == 20

    assert {str(soap_xml.read_kuvert(raw).hoved.to).split("/")[-3] for raw in sted.fjern} == SERVICENAVNE.keys()
    assert all(b"SignatureValue" in raw for raw in sted.fjern)


async def test_a_signed_call_is_taken_once(sted: Sted) -> None:
    raw = sted.underskrevet(await sted.token())
    assert afvist(sted.kald(raw)) is None
    assert afvist(sted.kald(raw)) == "FailedAuthentication"


async def test_a_call_that_proves_nothing_is_refused(sted: Sted) -> None:
    token = await sted.token()
    for raw in (
        b"",
        sted.kuvert(),
        sted.underskrevet(token, to=f"{BASE}/organisation/bruger/6/"),
        sted.underskrevet(token, now=sted.now - timedelta(minutes=10)),
        sted.underskrevet(await sted.token("http://entityid.kombit.dk/service/bfo_modtag/2")),
        wss.underskriv(sted.kuvert(), sted.noegler.sts, sted.now, token=token.token),
        wss.underskriv(sted.kuvert(), sted.noegler.anvender, sted.now),
    ):
        assert afvist(sted.kald(raw)) == "FailedAuthentication"


async def test_a_token_holds_until_it_ends(sted: Sted) -> None:
    token = await sted.token()
    sted.now += timedelta(hours=8)
    assert afvist(sted.kald(sted.underskrevet(token))) is None
    sted.now += timedelta(minutes=1)
    assert afvist(sted.kald(sted.underskrevet(token))) == "FailedAuthentication"


async def test_who_is_not_registered_has_no_token(sted: Sted) -> None:
    with pytest.raises(NoAccess, match="fault 101"):
        await sted.klient(noegle=sted.noegler.tjeneste).laes(ENHED, first(sted.sandhed, ENHED))
    with pytest.raises(NoAccess, match="fault 101"):
        await sted.klient(cvr="22222222").laes(ENHED, first(sted.sandhed, ENHED))


async def test_a_token_service_that_proves_nothing_leaves_nothing_sent(sted: Sted) -> None:
    tokens = Tokens(sted.tokens(sts=sted.noegler.tjeneste).hent, lambda: sted.now)
    sikret = Sikret(sted.noegler.anvender, tokens, MODTAGER, [sted.noegler.tjeneste.certifikat], lambda: sted.now)
    klient = Klient(Transport(sikret, http=HttpHer(sted.answer)), f"{BASE}/organisation", cvr=sted.sandhed.cvr)
    with pytest.raises(Unavailable, match="nothing was sent"):
        await klient.slet(ENHED, first(sted.sandhed, ENHED))
    assert not sted.fjern


async def test_the_keys_are_kept_for_their_owner_alone(tmp_path: Path) -> None:
    now = datetime(2026, 6, 1, tzinfo=UTC)
    made = noegler.load_or_make(tmp_path, now)
    again = noegler.load_or_make(tmp_path, now)
    assert made.anvender.certifikat == again.anvender.certifikat
    assert made.privat(noegler.ANVENDER).stat().st_mode & 0o777 == 0o600


async def test_over_http_both_doors_are_there_and_unsigned_there_is_no_token_service(tmp_path: Path) -> None:
    for signed, status in ((True, 200), (False, 404)):
        options = Options(tmp_path / str(signed), signed=signed)
        simulator = open_simulator(options)
        app = make_app(options, simulator)
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url=BASE) as http:
                assert (await http.post(STS, content=b"")).status_code == status
                svar = await http.post("/organisation/bruger/6/", content=b"")
                assert (b"SignatureValue" in svar.content) is signed
        simulator.close()
