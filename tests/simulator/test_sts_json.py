"""The token service asked as JSON over TLS with our certificate: end to end, and who gets nothing. security.md 3.5."""

import json
from collections.abc import Callable, Iterator
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from fkorg.errors import FkorgError, Malformed, NoAccess, Unavailable
from fkorg.security import sts
from fkorg.security.kald import Sikret
from fkorg.security.keys import Noegle
from fkorg.security.saml import Krav
from fkorg.security.sts import Oenske
from fkorg.security.tls import som_klient
from fkorg.soap.sts import Tokenservice
from fkorg.soap.transport import Aiohttp, hele
from orgraf import doctor, wiring
from orgraf.service import sources
from orgraf.settings import SettingError, Settings, StsForm
from simulator import noegler
from simulator.noegler import Noegler
from simulator.sikkerhed import MODTAGER
from simulator.sts import UDSTEDER
from simulator.tokendoor import SAML_STI
from tests.fkorg.soap.http import HttpHer
from tests.simulator.live import udsteder

CVR = "11111111"


class Sted:
    """A signed simulator on two ports: its services on one, JSON tokens over TLS on the other."""

    def __init__(self, url: str, tokens: str, noegler: Noegler) -> None:
        self.url = url
        self.tokens = tokens + SAML_STI
        self.noegler = noegler

    def settings(self, **but: Any) -> Settings:
        given: dict[str, Any] = {
            "contexts": {CVR: None},
            "source_url": f"{self.url}/organisation",
            "certificate": self.noegler.certifikat(noegler.ANVENDER),
            "certificate_key": self.noegler.privat(noegler.ANVENDER),
            "sts_url": self.tokens,
            "sts_form": StsForm.JSON,
            "sts_issuer": UDSTEDER,
            "sts_certificates": (self.noegler.certifikat(noegler.STS),),
            "source_certificates": (self.noegler.certifikat(noegler.TJENESTE),),
        }
        return Settings(**(given | but))

    async def hent(
        self, noegle: Noegle | None = None, udsteder: str = UDSTEDER, cvr: str = CVR, *, vis: bool = True
    ) -> str:
        """The CVR of the token that somebody gets who shows that key's certificate, or none."""
        noegle = noegle or self.noegler.anvender
        http = Aiohttp(20.0, tls={self.tokens: som_klient(noegle)} if vis else {})
        pinned = [self.noegler.sts.certifikat]
        service = Tokenservice(http, self.tokens, udsteder, pinned, noegle, lambda: datetime.now(UTC))
        try:
            return (await service.hent_json(MODTAGER, cvr)).cvr
        finally:
            await http.aclose()

    async def status(self, body: bytes, content_type: str = "application/json", url: str | None = None) -> int:
        """Of the answer to these bytes, shown our certificate."""
        http = Aiohttp(20.0, tls={self.tokens: som_klient(self.noegler.anvender)})
        try:
            svar = await http.send("POST", url or self.tokens, body, {"Content-Type": content_type})
            await hele(svar, 100_000)
            return svar.status
        finally:
            await http.aclose()


@pytest.fixture(scope="module")
def sted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sted]:
    with udsteder(tmp_path_factory.mktemp("sts")) as (url, tokens, kept):
        yield Sted(url, tokens, kept)


async def test_the_source_is_read_with_tokens_that_were_asked_for_as_json(sted: Sted) -> None:
    settings = sted.settings()
    over = wiring.transport(settings)
    try:
        async with aclosing(wiring.klienter(settings, over)[CVR].hierarki(0, 20)) as pairs:
            assert [pair async for pair in pairs]
        assert isinstance(over.sikring, Sikret)
        assert over.sikring.tokens.talt == {"HENTET": 1}
    finally:
        await over.aclose()


async def test_the_doctor_asks_for_a_token_in_the_form_of_the_settings(sted: Sted) -> None:
    async with sources(sted.settings()) as (transport, _):
        assert isinstance(transport.sikring, Sikret)
        found = await doctor._token(transport.sikring, CVR)
    assert found.ok, found.tekst


async def test_who_shows_no_registered_certificate_is_not_let_in(sted: Sted) -> None:
    for noegle, vis in ((sted.noegler.tjeneste, True), (sted.noegler.anvender, False)):
        with pytest.raises(Unavailable, match="out of reach"):
            await sted.hent(noegle, vis=vis)


async def test_a_server_that_is_not_verified_is_told_nothing(sted: Sted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(sted.noegler.certifikat(noegler.TJENESTE)))
    with pytest.raises(Unavailable, match="ClientConnectorCertificateError"):
        await sted.hent()


async def test_only_a_registered_municipality_has_a_token(sted: Sted) -> None:
    assert await sted.hent() == CVR
    with pytest.raises(NoAccess, match="HTTP 403"):
        await sted.hent(cvr="22222222")


async def test_an_assertion_of_another_issuer_is_not_believed(sted: Sted) -> None:
    with pytest.raises(Malformed):
        await sted.hent(udsteder="https://anden.invalid/runtime")


def anmodning(sted: Sted, **but: Any) -> bytes:
    krav = Krav([sted.noegler.sts.certifikat], UDSTEDER, MODTAGER)
    whole = json.loads(sts.anmodning_json(Oenske(sted.noegler.anvender, CVR, krav))) | but
    return json.dumps({navn: value for navn, value in whole.items() if value != "-"}).encode()


ANMODNINGER: dict[str, tuple[Callable[[Sted], bytes], int]] = {
    "as it is to be": (anmodning, 200),
    "no JSON": (lambda _: b"<x/>", 403),
    "a list": (lambda _: b"[]", 403),
    "a field too many": (lambda sted: anmodning(sted, ActAs=None), 403),
    "a field too few": (lambda sted: anmodning(sted, OnBehalfOf="-"), 403),
    "a bearer token": (lambda sted: anmodning(sted, KeyType="http://docs.oasis-open.org/wst/Bearer"), 403),
    "another municipality": (lambda sted: anmodning(sted, AnvenderKontekst={"Cvr": "22222222"}), 403),
    "a key that is not registered": (lambda sted: anmodning(sted, UseKey=sted.noegler.sts.base64), 403),
    "no audience": (lambda sted: anmodning(sted, AppliesTo={"EndpointReference": {}}), 403),
}


@pytest.mark.parametrize("make, status", ANMODNINGER.values(), ids=ANMODNINGER)
async def test_the_simulator_takes_a_request_of_exactly_that_shape(
    sted: Sted, make: Callable[[Sted], bytes], status: int
) -> None:
    assert await sted.status(make(sted)) == status


async def test_json_is_answered_over_tls_alone_and_as_json_alone(sted: Sted) -> None:
    assert await sted.status(anmodning(sted), url=sted.url + SAML_STI) == 404
    assert await sted.status(anmodning(sted), content_type="text/plain") == 415


STATUS = {500: Unavailable, 503: Unavailable, 429: Unavailable, 400: NoAccess, 401: NoAccess, 302: NoAccess}


@pytest.mark.parametrize("status, fejl", STATUS.items(), ids=str)
async def test_a_status_is_weather_or_an_operators(sted: Sted, status: int, fejl: type[FkorgError]) -> None:
    http = HttpHer(lambda _: httpx.Response(status, text="hemmeligt"))
    noegle, ur = sted.noegler.anvender, lambda: datetime.now(UTC)
    service = Tokenservice(http, "https://sts.invalid", UDSTEDER, [sted.noegler.sts.certifikat], noegle, ur)
    with pytest.raises(fejl, match=f"HTTP {status}") as found:
        await service.hent_json(MODTAGER, CVR)
    assert "hemmeligt" not in str(found.value)


def test_the_form_json_wants_https(sted: Sted) -> None:
    with pytest.raises(SettingError, match="ORGRAF_STS_URL: wanted https"):
        wiring.transport(sted.settings(sts_url=sted.url + SAML_STI))
