"""Receives an answer: whole when small, object by object when bulk. Every failure is one of the five errors.

Builds no request.
"""

import asyncio
from collections.abc import AsyncGenerator

from fkorg.catalogue import Objekttype
from fkorg.errors import FkorgError, Malformed
from fkorg.kvittering import UDFOERT
from fkorg.operationer import Ethvertsvar, ImporterHierarkiSvar
from fkorg.registrering import Oejebliksbillede
from fkorg.soap import faults
from fkorg.soap.transport import OK, Svar
from fkorg.wire import soap_xml, svar_xml, xml
from fkorg.wire.stroem import Stroem


async def helt(
    svar: Svar, hvad: str, *, skriver: bool, tillad: int | None, timeout_s: float, max_bytes: int
) -> Ethvertsvar:
    """The whole answer. A StatusKode other than 20 and `tillad` raises its error."""
    try:
        body = b"".join([piece async for piece in _stykker(svar, timeout_s, max_bytes)])
        krop = _krop(svar, body, hvad, skriver=skriver)
        answer = svar_xml.read_svar(krop)
    except Exception as cause:
        raise _fejl(cause, hvad, skriver=skriver) from cause
    returer = answer.returer if isinstance(answer, ImporterHierarkiSvar) else (answer.retur,)
    for retur in returer:
        if retur.status_kode != tillad:
            faults.kraev_udfoert(retur, hvad, skriver=skriver)
    return answer


async def stroem(
    svar: Svar, hvad: str, *, tillad: int | None, timeout_s: float, max_bytes: int
) -> AsyncGenerator[tuple[Objekttype, Oejebliksbillede]]:
    """The objects of a read's answer as they arrive. Raises at the end what a whole answer would raise at once."""
    if svar.status != OK:
        await helt(svar, hvad, skriver=False, tillad=None, timeout_s=timeout_s, max_bytes=max_bytes)
    reader = Stroem(size_bytes=max_bytes)
    try:
        async for piece in _stykker(svar, timeout_s, max_bytes):
            for pair in reader.feed(piece):
                if reader.retur is not None and reader.retur.status_kode == UDFOERT:
                    yield pair
        for pair in reader.close():
            yield pair
    except Exception as cause:
        raise _fejl(cause, hvad, skriver=False) from cause
    fault = None if reader.fault is None else soap_xml.read_fault(reader.fault)
    if fault is not None:
        raise faults.fault_fejl(fault, hvad, skriver=False)
    if reader.retur is None:
        raise Malformed(f"{hvad}: wanted a StandardRetur in the answer")
    if reader.retur.status_kode != tillad:
        faults.kraev_udfoert(reader.retur, hvad, skriver=False)


async def _stykker(svar: Svar, timeout_s: float, max_bytes: int) -> AsyncGenerator[bytes]:
    """The pieces, within a budget of waiting that the receiver's own work does not use up."""
    clock = asyncio.get_running_loop().time
    pieces = svar.stykker()
    while True:
        started = clock()
        async with asyncio.timeout(timeout_s):
            piece = await anext(pieces, None)
        if piece is None:
            return
        timeout_s -= clock() - started
        max_bytes -= len(piece)
        if max_bytes < 0:
            raise Malformed("wanted a shorter answer: it is beyond the limit of bytes")
        yield piece


def _krop(svar: Svar, body: bytes, hvad: str, *, skriver: bool) -> xml.Element:
    """The element in the answer's body. A fault, or a status other than 200, raises."""
    try:
        krop = soap_xml.read_kuvert(body).krop
    except Malformed:
        if svar.status != OK:
            raise faults.http_fejl(svar.status, hvad, skriver=skriver) from None
        raise
    fault = soap_xml.read_fault(krop)
    if fault is not None:
        raise faults.fault_fejl(fault, hvad, skriver=skriver)
    if svar.status != OK:
        raise faults.http_fejl(svar.status, hvad, skriver=skriver)
    return krop


def _fejl(cause: Exception, hvad: str, *, skriver: bool) -> Exception:
    """The error for what went wrong while receiving; a bug as it is."""
    if isinstance(cause, FkorgError) and not isinstance(cause, Malformed):
        return cause
    return faults.oversaet(cause, hvad, skriver=skriver) or cause
