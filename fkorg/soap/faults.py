"""What a failed call means: StandardRetur codes, SOAP faults, HTTP and library exceptions -> the five errors. One table
each, and nobody else decides. Source: domain.md 8.4, security.md 5, rules.md 21.
"""

import ssl
from dataclasses import dataclass
from typing import Final

import aiohttp
from lxml import etree

from fkorg.errors import Conflict, FkorgError, Malformed, NoAccess, NotFound, Refused, Unavailable, Uncertain, Unheard
from fkorg.kvittering import (
    AFVIST,
    IKKE_AUTORISERET,
    IKKE_FUNDET,
    TIDSPUNKT_I_FREMTIDEN,
    TILSTANDSKONFLIKT,
    UDFOERT,
    UGYLDIG_PERIODE,
    StandardRetur,
)
from fkorg.wire.soap_xml import SoapFejl


class Usigneret(Malformed):
    """A fault, or an HTTP status alone, that nobody signed: it ends the call, and proves nothing, least of all that a
    write did not happen."""

    def __init__(self, found: "SoapFejl | int") -> None:
        super().__init__("wanted a signed answer, found a refusal that nobody signed")
        self.found = found


@dataclass(frozen=True, slots=True)
class Udfald:
    """What a failure means to a read and to a write that had been sent."""

    laeser: type[FkorgError]
    skriver: type[FkorgError]


INTET_SENDT: Final = Udfald(Unheard, Unheard)
"""The request never left, or was turned away at the door: also a write may simply be tried again."""
FOR_LAENGE: Final = Udfald(Unavailable, Unavailable)
"""The service would not wait for all of the request: it was not carried out, and a smaller one may be."""
UVIST: Final = Udfald(Unavailable, Uncertain)
"""The answer did not come, or was no answer: a write may have been carried out."""
ULAESELIGT: Final = Udfald(Malformed, Uncertain)
"""An answer came that cannot be read."""
AFVIST_UDFALD: Final = Udfald(Refused, Refused)
"""No to this request: what it asks, or whom it is about."""
INGEN_ADGANG: Final = Udfald(NoAccess, NoAccess)
"""No to us: any other request would be answered so too."""
EGEN_FEJL: Final = Udfald(Malformed, Malformed)
"""What was to be sent breaks the contract; it was not sent."""

KODER: Final = {
    AFVIST: AFVIST_UDFALD,
    IKKE_AUTORISERET: INGEN_ADGANG,
    IKKE_FUNDET: Udfald(NotFound, NotFound),
    TIDSPUNKT_I_FREMTIDEN: AFVIST_UDFALD,
    UGYLDIG_PERIODE: Udfald(Conflict, Conflict),
    TILSTANDSKONFLIKT: Udfald(Conflict, Conflict),
}
"""StatusKode -> what it means; any other one is technical (domain.md 8.4) and UVIST."""

FAULT_TEKSTER: Final = {
    "serviceagreement": INGEN_ADGANG,
    "5015": INGEN_ADGANG,
    "usercontext": INGEN_ADGANG,
    "failedauthentication": INTET_SENDT,
    "failedcheck": INTET_SENDT,
    "invalidsecurity": INTET_SENDT,
    "securitytokenunavailable": INTET_SENDT,
    "messageexpired": INTET_SENDT,
    "token expired": INTET_SENDT,
}
"""A word in a SOAP fault -> what it means, checked in this order.

A fault that says authentication failed tells that nothing was done: call again with a new token (security.md 5.4).
"""

UNDTAGELSER: Final[dict[type[BaseException], Udfald]] = {
    aiohttp.ClientConnectorError: INTET_SENDT,
    aiohttp.ConnectionTimeoutError: INTET_SENDT,
    aiohttp.ServerFingerprintMismatch: INTET_SENDT,
    aiohttp.InvalidURL: EGEN_FEJL,
    aiohttp.NonHttpUrlClientError: EGEN_FEJL,
    aiohttp.TooManyRedirects: ULAESELIGT,
    aiohttp.ContentTypeError: ULAESELIGT,
    aiohttp.ClientError: UVIST,
    etree.Error: ULAESELIGT,
    TimeoutError: UVIST,
    ssl.SSLError: UVIST,
    OSError: UVIST,
    Malformed: ULAESELIGT,
}
"""Exception class -> what it means once sending had begun. The nearest class in the exception's own line decides."""


_AFBRUDT: Final = (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError, aiohttp.ClientConnectionResetError)


def afbrudt(undtagelse: BaseException | None) -> bool:
    """Did the connection die? Before the answer began, that is mostly one which had idled and was just being closed."""
    return isinstance(undtagelse, _AFBRUDT) and not isinstance(undtagelse, aiohttp.ClientConnectorError)


def udfald_af(undtagelse: type[BaseException]) -> Udfald | None:
    """What an exception of this class means; None for one that is no failure of a call but a bug."""
    return next((UNDTAGELSER[kind] for kind in undtagelse.__mro__ if kind in UNDTAGELSER), None)


def oversaet(cause: BaseException, hvad: str, *, skriver: bool) -> FkorgError | None:
    """The error for an exception that came after sending had begun; None for a bug. `hvad`: service and operation.

    The text names the kind of exception only: what a library says may repeat what it read.
    """
    udfald = udfald_af(type(cause))
    if udfald is None:
        return None
    if isinstance(cause, Usigneret) and not skriver:
        if isinstance(cause.found, int):
            return http_fejl(cause.found, hvad, skriver=False)
        return fault_fejl(cause.found, hvad, skriver=False)
    if isinstance(cause, Malformed):
        return cause if not skriver else Uncertain(f"{hvad}: sent, but the answer cannot be read ({cause})")
    return _make(udfald, f"{hvad}: {type(cause).__name__}", skriver=skriver)


def kraev_udfoert(retur: StandardRetur, hvad: str, *, skriver: bool) -> None:
    """Raises the error for a StandardRetur that is not 20."""
    if retur.status_kode == UDFOERT:
        return
    udfald = KODER.get(retur.status_kode, UVIST)
    raise _make(udfald, f"{hvad}: StatusKode {_kode(retur)}", retur.status_kode, retur.tekst, skriver=skriver)


def afviser_token(fejl: SoapFejl) -> bool:
    """Does the fault say that authentication failed?"""
    return _udfald(fejl) is INTET_SENDT


def fault_fejl(fejl: SoapFejl, hvad: str, *, skriver: bool) -> FkorgError:
    """The error for a SOAP fault. One that blames the sender was refused; one of the receiver may be weather."""
    udfald = _udfald(fejl)
    if udfald is None:
        udfald = AFVIST_UDFALD if fejl.kode == "Sender" else UVIST
    return _make(udfald, f"{hvad}: SOAP fault {fejl.underkode or fejl.kode}", tekst=fejl.tekst, skriver=skriver)


def http_fejl(status: int, hvad: str, *, skriver: bool) -> FkorgError:
    """The error for an HTTP status that is not 200 and came without a SOAP fault.

    A door that is shut, moved or not there (3xx, 401, 403, 404, 407) is so for every object behind it."""
    if 300 <= status < 400 or status in (401, 403, 404, 407):
        udfald = INGEN_ADGANG
    elif status == 408:
        udfald = FOR_LAENGE
    elif status == 429:
        udfald = INTET_SENDT
    elif status >= 500 or status < 300:
        udfald = UVIST
    else:
        udfald = AFVIST_UDFALD
    return _make(udfald, f"{hvad}: HTTP {status}", tekst=f"HTTP {status}", skriver=skriver)


def _make(
    udfald: Udfald, message: str, status_kode: int | None = None, tekst: str | None = None, *, skriver: bool
) -> FkorgError:
    kind = udfald.skriver if skriver else udfald.laeser
    return kind(message, status_kode=status_kode, tekst=tekst)


def _udfald(fejl: SoapFejl) -> Udfald | None:
    """What its words say; None for none that we know."""
    words = " ".join((fejl.underkode or "", fejl.tekst)).lower()
    return next((udfald for word, udfald in FAULT_TEKSTER.items() if word in words), None)


def _kode(retur: StandardRetur) -> str:
    """As it is told: a number that is no code is not repeated."""
    return str(retur.status_kode) if 0 <= retur.status_kode < 1000 else "of more than three digits"
