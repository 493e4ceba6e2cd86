"""The token service is asked as it wants to be asked, and believed only when it proves what it says."""

import base64
from collections.abc import Callable
from datetime import datetime, timedelta

import orjson
import pytest
from lxml import etree

from fkorg.errors import FkorgError, NoAccess, Unavailable
from fkorg.security import sts, wss
from fkorg.security.navne import ACTION, BODY, BST, RELATES_TO, TIMESTAMP, TO
from fkorg.security.saml import Assertion
from fkorg.security.sts import Oenske
from fkorg.security.verifier import Afvist, Grund
from fkorg.wire import soap_xml
from fkorg.wire.soap_xml import Hoved
from simulator.sts import Tokenservice
from tests.fkorg.security import fixture as f
from tests.fkorg.security.fixture import NOW, noegle

ADRESSE = "https://sts.invalid/runtime/services/kombittrust/14/certificatemixed"
KONTEKST = "urn:uuid:55555555-5555-5555-5555-555555555555"


def tjeneste() -> Tokenservice:
    return Tokenservice(noegle(f.STS), kendte=[(noegle(f.EGEN).certifikat, frozenset({f.CVR}))])


def oenske(navn: str = f.EGEN, cvr: str = f.CVR) -> Oenske:
    return Oenske(noegle(navn), cvr, f.krav())


def spurgt(oenske_: Oenske | None = None, now: datetime = NOW) -> bytes:
    return sts.anmodning(oenske_ or oenske(), ADRESSE, now, f.MESSAGE_ID, KONTEKST)


def laest(raw: bytes, oenske_: Oenske | None = None, now: datetime = NOW, **more: str) -> Assertion:
    given = {"message_id": f.MESSAGE_ID, "kontekst": KONTEKST} | more
    return sts.svar(raw, oenske_ or oenske(), [noegle(f.STS).certifikat], now, given["message_id"], given["kontekst"])


def grund(raw: bytes, *args: Oenske, **more: str) -> Grund:
    with pytest.raises(Afvist) as found:
        laest(raw, *args, **more)
    return found.value.grund


def test_who_asks_rightly_has_a_token_for_the_municipality() -> None:
    found = laest(tjeneste().besvar(spurgt(), ADRESSE, NOW))
    assert (found.cvr, found.modtager, found.udloeber) == (f.CVR, f.MODTAGER, NOW + timedelta(hours=8))


def test_the_token_is_the_bytes_that_were_given() -> None:
    raw = tjeneste().besvar(spurgt(), ADRESSE, NOW)
    assert laest(raw).token.xml in raw


SPOERGSMAAL: dict[str, Callable[[], bytes]] = {
    "an unknown certificate": lambda: spurgt(oenske(f.FREMMED)),
    "another municipality": lambda: spurgt(oenske(cvr="22222222")),
    "of yesterday": lambda: spurgt(now=NOW - timedelta(days=1)),
    "unsigned": lambda: soap_xml.write_kuvert(etree.Element("{urn:x}x"), Hoved(None, sts.ISSUE, f.MESSAGE_ID, ADRESSE)),
    "the certificate not signed": lambda: f.om(spurgt(), lambda e: f.info_af(e).remove(f.reference_af(e, BST))),
    "the To not signed": lambda: f.om(spurgt(), lambda e: f.info_af(e).remove(f.reference_af(e, TO))),
    "a body changed": lambda: spurgt().replace(b">11111111<", b">22222222<"),
}


@pytest.mark.parametrize("raw", SPOERGSMAAL.values(), ids=SPOERGSMAAL)
def test_who_asks_otherwise_hears_a_fault_that_is_an_operators(raw: Callable[[], bytes]) -> None:
    with pytest.raises(NoAccess, match=r"fault 10[13]"):
        laest(tjeneste().besvar(raw(), ADRESSE, NOW))


def test_a_request_for_another_address_is_refused() -> None:
    with pytest.raises(NoAccess):
        laest(tjeneste().besvar(spurgt(), ADRESSE + "/", NOW))


@pytest.mark.parametrize(
    ("kode", "fejl"),
    [("100", Unavailable), ("106", Unavailable), ("130", Unavailable), ("101", NoAccess), ("111", NoAccess)],
)
def test_a_fault_is_weather_or_an_operators(kode: str, fejl: type[FkorgError]) -> None:
    krop = soap_xml.write_fault("hemmeligt", kode="Sender", underkode=kode)
    with pytest.raises(fejl, match=f"fault {kode}") as found:
        laest(soap_xml.write_kuvert(krop, Hoved()))
    assert "hemmeligt" not in str(found.value)


@pytest.mark.parametrize("del_", [BODY, ACTION, RELATES_TO, TIMESTAMP])
def test_each_part_of_the_answer_is_signed(del_: str) -> None:
    raw = f.om(
        tjeneste().besvar(spurgt(), ADRESSE, NOW),
        lambda e: f.info_af(e).remove(f.reference_af(e, del_)),
        signer=f.STS,
    )
    assert grund(raw) is Grund.IKKE_UNDERSKREVET


def test_17_18_an_answer_to_something_else_is_refused() -> None:
    raw = tjeneste().besvar(spurgt(), ADRESSE, NOW)
    assert grund(raw, message_id="urn:uuid:andet") is Grund.ADRESSERING
    assert grund(raw, kontekst="urn:uuid:andet") is Grund.KUVERT


def test_an_answer_by_another_key_is_refused() -> None:
    service = Tokenservice(noegle(f.FREMMED), kendte=tjeneste().kendte)
    assert grund(service.besvar(spurgt(), ADRESSE, NOW)) is Grund.SIGNATUR


def test_a_token_for_somebody_else_is_refused_though_the_service_signed_it() -> None:
    anden = Tokenservice(noegle(f.STS), kendte=[(noegle(f.FREMMED).certifikat, frozenset({f.CVR, "22222222"}))])
    raw = anden.besvar(spurgt(oenske(f.FREMMED)), ADRESSE, NOW)
    assert grund(raw) is Grund.BEKRAEFTELSE
    raw = anden.besvar(spurgt(oenske(f.FREMMED, "22222222")), ADRESSE, NOW)
    assert grund(raw, oenske(f.FREMMED)) is Grund.CVR


def test_an_answer_without_a_token_is_refused() -> None:
    krop = etree.Element("{http://docs.oasis-open.org/ws-sx/ws-trust/200512}RequestSecurityTokenResponse")
    krop.set("Context", KONTEKST)
    kuvert = soap_xml.write_kuvert(krop, Hoved(action="urn:x", relates_to=f.MESSAGE_ID))
    assert grund(wss.underskriv(kuvert, noegle(f.STS), NOW, medsend=False)) is Grund.ASSERTION


def test_the_request_as_json_says_the_same() -> None:
    found = orjson.loads(sts.anmodning_json(oenske()))
    assert found["AnvenderKontekst"] == {"Cvr": f.CVR}
    assert found["AppliesTo"] == {"EndpointReference": {"Address": f.MODTAGER}}
    assert found["UseKey"] == noegle(f.EGEN).base64


def som_json(token: object) -> bytes:
    return orjson.dumps({"RequestedSecurityToken": {"Assertion": token}, "Lifetime": {"Created": "06/01/2026"}})


def test_an_answer_as_json_is_believed_for_its_assertion_alone() -> None:
    raw = f.assertion()
    assert sts.svar_json(som_json(base64.b64encode(raw).decode()), oenske(), NOW).token.xml == raw


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        (b"", Grund.KUVERT),
        (b"[]", Grund.KUVERT),
        (b"{}", Grund.KUVERT),
        (som_json(7), Grund.KUVERT),
        (som_json("ikke base64!"), Grund.KUVERT),
        (som_json(base64.b64encode(b"<x/>").decode()), Grund.ASSERTION),
        (b" " * 2_000_001, Grund.KUVERT),
    ],
)
def test_json_of_another_shape_is_refused(raw: bytes, wanted: Grund) -> None:
    with pytest.raises(Afvist) as found:
        sts.svar_json(raw, oenske(), NOW)
    assert found.value.grund is wanted
