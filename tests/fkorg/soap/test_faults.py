"""The table of failures is whole: every exception of the libraries, every code, fault and HTTP status has its error."""

import asyncio
import inspect
import ssl

import aiohttp
import pytest
from lxml import etree

from fkorg.errors import Conflict, FkorgError, Malformed, NoAccess, NotFound, Refused, Unavailable, Uncertain, Unheard
from fkorg.kvittering import StandardRetur
from fkorg.soap import faults
from fkorg.soap.faults import Udfald
from fkorg.wire.soap_xml import SoapFejl


def _exceptions(*modules: object) -> list[type[BaseException]]:
    found = {
        kind
        for module in modules
        for name, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, Exception) and not issubclass(kind, Warning) and not name.startswith("_")
    }
    return sorted(found, key=lambda kind: (kind.__module__, kind.__name__))


NOT_OURS = {aiohttp.WebSocketError, aiohttp.WSMessageTypeError, aiohttp.EofStream}
"""Of web sockets, and of streams read in a way that the client does not."""
OF_TRANSPORT = [
    *(kind for kind in _exceptions(aiohttp, etree) if kind not in NOT_OURS),
    TimeoutError,
    asyncio.TimeoutError,
    OSError,
    ssl.SSLError,
    ConnectionResetError,
]


@pytest.mark.parametrize("kind", OF_TRANSPORT)
def test_every_exception_of_aiohttp_and_lxml_is_mapped(kind: type[BaseException]) -> None:
    udfald = faults.udfald_af(kind)

    assert udfald is not None
    assert udfald.laeser in (Unheard, Unavailable, Malformed)
    assert udfald.skriver in (Unheard, Uncertain, Malformed)


@pytest.mark.parametrize("bug", [KeyError("x"), AttributeError("x"), asyncio.CancelledError(), KeyboardInterrupt()])
def test_a_bug_is_no_weather(bug: BaseException) -> None:
    assert faults.oversaet(bug, "bruger.laes", skriver=False) is None


NOT_SENT = [aiohttp.ClientConnectorError, aiohttp.ClientConnectorDNSError, aiohttp.ConnectionTimeoutError]
NOT_SENT += [aiohttp.ClientSSLError, aiohttp.ClientConnectorCertificateError, aiohttp.ClientProxyConnectionError]
PERHAPS_SENT = [
    aiohttp.ServerDisconnectedError,
    aiohttp.ClientOSError,
    aiohttp.ClientConnectionResetError,
    aiohttp.ClientPayloadError,
    aiohttp.SocketTimeoutError,
    aiohttp.ClientResponseError,
]


@pytest.mark.parametrize("kind", NOT_SENT)
def test_what_was_not_sent_is_unavailable_also_for_a_write(kind: type[Exception]) -> None:
    assert faults.udfald_af(kind) == Udfald(Unheard, Unheard)


@pytest.mark.parametrize("kind", PERHAPS_SENT)
def test_what_may_have_been_sent_is_uncertain_for_a_write(kind: type[Exception]) -> None:
    assert faults.udfald_af(kind) == Udfald(Unavailable, Uncertain)


CODES: dict[int, tuple[type[FkorgError], type[FkorgError]]] = {
    40: (Refused, Refused),
    41: (NoAccess, NoAccess),
    44: (NotFound, NotFound),
    45: (Refused, Refused),
    47: (Conflict, Conflict),
    49: (Conflict, Conflict),
    50: (Unavailable, Uncertain),
    0: (Unavailable, Uncertain),
    -1: (Unavailable, Uncertain),
}


@pytest.mark.parametrize("kode", CODES)
def test_codes(kode: int) -> None:
    for skriver, error in zip((False, True), CODES[kode], strict=True):
        with pytest.raises(error) as caught:
            faults.kraev_udfoert(StandardRetur(kode, "tekst"), "bruger.ret", skriver=skriver)
        assert type(caught.value) is error
        assert (caught.value.status_kode, caught.value.tekst) == (kode, "tekst")


def test_code_20_is_no_failure() -> None:
    faults.kraev_udfoert(StandardRetur(20), "bruger.ret", skriver=True)


FAULTS = {
    "no service agreement": (SoapFejl("Receiver", None, "ServiceAgreementNotFound"), NoAccess, NoAccess),
    "an agreement by subcode": (SoapFejl("Receiver", "InvalidServiceAgreement", ""), NoAccess, NoAccess),
    "an unknown CVR context": (SoapFejl("Receiver", "5015", "x"), NoAccess, NoAccess),
    "the same by text": (SoapFejl("Receiver", None, "Usercontext doesn't exist"), NoAccess, NoAccess),
    "an expired token": (SoapFejl("Sender", "FailedAuthentication", ""), Unheard, Unheard),
    "a refused message": (SoapFejl("Sender", None, "bad"), Refused, Refused),
    "a server fault": (SoapFejl("Receiver", None, "NullPointerException"), Unavailable, Uncertain),
    "nothing said": (SoapFejl("", None, ""), Unavailable, Uncertain),
}


@pytest.mark.parametrize("fejl, laeser, skriver", FAULTS.values(), ids=FAULTS)
def test_faults(fejl: SoapFejl, laeser: type[FkorgError], skriver: type[FkorgError]) -> None:
    assert type(faults.fault_fejl(fejl, "bruger.ret", skriver=False)) is laeser
    assert type(faults.fault_fejl(fejl, "bruger.ret", skriver=True)) is skriver


HTTP = {
    500: (Unavailable, Uncertain),
    502: (Unavailable, Uncertain),
    503: (Unavailable, Uncertain),
    408: (Unavailable, Unavailable),
    429: (Unheard, Unheard),
    302: (NoAccess, NoAccess),
    400: (Refused, Refused),
    401: (NoAccess, NoAccess),
    403: (NoAccess, NoAccess),
    404: (NoAccess, NoAccess),
    407: (NoAccess, NoAccess),
    204: (Unavailable, Uncertain),
}


@pytest.mark.parametrize("status", HTTP)
def test_http_statuses(status: int) -> None:
    laeser, skriver = HTTP[status]

    assert type(faults.http_fejl(status, "bruger.ret", skriver=False)) is laeser
    assert type(faults.http_fejl(status, "bruger.ret", skriver=True)) is skriver


def test_no_access_is_a_refusal_with_the_words_of_the_source() -> None:
    fejl = faults.fault_fejl(SoapFejl("Sender", "5015", "Usercontext doesn't exist"), "bruger.ret", skriver=True)
    with pytest.raises(NoAccess) as caught:
        faults.kraev_udfoert(StandardRetur(41, "Ikke autoriseret"), "bruger.ret", skriver=True)

    assert isinstance(fejl, Refused)
    assert (fejl.status_kode, fejl.tekst) == (None, "Usercontext doesn't exist")
    assert (caught.value.status_kode, caught.value.tekst) == (41, "Ikke autoriseret")


def test_the_text_of_an_error_names_the_kind_of_its_cause_and_nothing_it_said() -> None:
    fejl = faults.oversaet(aiohttp.ClientOSError("Hanne Holm 0101010101"), "person.laes", skriver=False)

    assert str(fejl) == "person.laes: ClientOSError"
    assert isinstance(fejl, Unavailable)


def test_an_unreadable_answer_to_a_write_is_uncertain() -> None:
    assert type(faults.oversaet(Malformed("x"), "bruger.ret", skriver=True)) is Uncertain
    assert type(faults.oversaet(Malformed("x"), "bruger.laes", skriver=False)) is Malformed
